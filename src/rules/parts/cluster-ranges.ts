// Do two address ranges meet? Asked again and again of a cluster's address plan.
import { clean } from '../../model/text.ts';
import { both, noAddress, readPrefixes } from '../../net/addresses.ts';
import { formatBlock, parseAddress } from '../../net/ipv4.ts';

export interface Named {
  readonly prefix: string;
  /** What it is the range of, for sentences: `vnet-ml/snet-train`. */
  readonly of: string;
}

/** Those of `others` that share an address with the range; what cannot be read is apart. */
export function meeting(range: string, others: readonly Named[]): { meets: readonly Named[]; odd: readonly Named[] } {
  const own = readPrefixes([range]);
  const read = others.map((one) => ({ one, ...readPrefixes([one.prefix]) }));
  const isOdd = own.refused.length > 0;
  return {
    meets: read.filter(({ addresses }) => !noAddress(both(addresses, own.addresses))).map(({ one }) => one),
    odd: isOdd
      ? [{ prefix: range, of: 'the range itself' }]
      : read.filter(({ refused }) => refused.length > 0).map(({ one }) => one),
  };
}

export const rangeShown = ({ prefix, of }: Named): string => `${of} (${clean(prefix, 60)})`;

/** A host address with a prefix length (`172.17.0.1/16`) as the range it lies in; undefined when it is none. */
export function masked(text: string): string | undefined {
  const [address = '', length = ''] = text.split('/');
  const parsed = parseAddress(address);
  const prefix = Number(length);
  if (!parsed.ok || !/^\d{1,2}$/.test(length) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return formatBlock({ first: parsed.value - (parsed.value % size), prefix });
}
