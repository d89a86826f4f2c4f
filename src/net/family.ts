// The two address families behind one interface, so that the walk is written once.
import { type Addresses, count4, count6 } from './addresses.ts';
import type { Operand } from './context.ts';
import { type Intervals, type Point, unite } from './sets.ts';

export interface Family<N extends Point> {
  readonly name: 'v4' | 'v6';
  pick(addresses: Addresses): Intervals<N>;
  /** All addresses that an operand may hold. */
  whole(operand: Operand): Intervals<N>;
  /** Real addresses, without the points that represent tags. */
  count(set: Intervals<N>): bigint;
  /** As addresses of this family alone. */
  wrap(set: Intervals<N>): Addresses;
}

export const family4: Family<number> = {
  name: 'v4',
  pick: ({ v4 }) => v4,
  whole: (operand) => unite(operand.in.v4, operand.maybe.v4),
  count: (set) => BigInt(count4(set)),
  wrap: (v4) => ({ v4, v6: [] }),
};
export const family6: Family<bigint> = {
  name: 'v6',
  pick: ({ v6 }) => v6,
  whole: (operand) => unite(operand.in.v6, operand.maybe.v6),
  count: count6,
  wrap: (v6) => ({ v4: [], v6 }),
};
