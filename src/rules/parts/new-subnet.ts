// A new subnet in an existing virtual network.
import { freeRange, refusesRange } from '../../kinds/free-ranges.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import type { Proposal } from '../rule.ts';

export { freeRange };

export interface SubnetWish {
  readonly network: Resource;
  readonly name: string;
  readonly range: string;
  /** More members of `properties`. */
  readonly more: JsonObject;
  readonly risk: string;
}

/** The creation, or the reason why it is not possible. */
export function newSubnet(wish: SubnetWish, world: World): Proposal | string {
  const refusal = refusesRange(wish.network, wish.range, world);
  if (refusal !== undefined) return refusal;
  const resource = `${wish.network.id}/subnets/${wish.name}`;
  const body = { properties: { addressPrefix: wish.range, ...wish.more } };
  return { change: { kind: 'create', resource, edits: [], body }, phase: 1, risk: wish.risk };
}
