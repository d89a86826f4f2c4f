// The IP rules of a firewall with the addresses each admits. Knows no single rule.
import type { Json } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import { parseRange, type Range, sizeOf } from '../../net/ipv4.ts';
import type { Wall } from './firewall.ts';

/** From so many addresses on (a /8) a denying firewall is closed in name only. */
export const TOO_MANY = 2 ** 24;

/** An IP rule as it stands: `raw` is its element, `range` undefined where its value is no address or block. */
export interface Sized {
  readonly value: string;
  readonly pointer: string;
  readonly raw: Json;
  readonly range: Range | undefined;
}
export const rangesOf = (wall: Wall): Sized[] =>
  wall.acls.ipRules.map(({ value, pointer }) => {
    const parsed = parseRange(value);
    return {
      value,
      pointer,
      raw: valueAt(wall.resource.body, pointer) ?? null,
      range: parsed.ok && !value.includes('-') ? parsed.value : undefined,
    };
  });
/** The ranges that can be read. */
export const known = (rules: readonly Sized[]): Range[] => rules.flatMap((rule) => rule.range ?? []);
/** How many addresses a rule admits; 0 where that cannot be read. */
export const span = (rule: Sized): number => (rule.range ? sizeOf(rule.range) : 0);
