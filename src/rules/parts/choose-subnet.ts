// The subnet of a private endpoint or a compute: the operator names one of those that accept it, or a new one is created.

import type { JsonObject } from '../../model/json.ts';
import { type NeedOption, needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { freeAddresses, freeRange, refusesRange } from '../../resource-types/free-ranges.ts';
import { subnetView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import type { Answers, Proposal } from '../rule.ts';
import { quoted, subnetShown } from './verdict.ts';

export { freeAddresses, freeRange };

/** Subnets whose name reserves them for one service (Microsoft Learn, "Virtual network FAQ", read 2026). */
const reserved = /^(?:gateway|azurefirewall|azurefirewallmanagement|azurebastion|routeserver)subnet$/i;

/**
 * Subnets of these virtual networks that accept private endpoints with so many addresses. Throws UnreadableError when one was not
 * read.
 */
export function endpointSubnets(vnets: readonly string[], index: SnapshotIndex, addresses = 1): Resource[] {
  return vnets.flatMap((id) => {
    const vnet = index.get(id);
    return vnet ? vnetView(vnet).subnets.filter((subnet) => takesEndpoints(subnet, addresses)) : [];
  });
}

function takesEndpoints(subnet: Resource, addresses: number): boolean {
  const { delegations } = subnetView(subnet);
  const free = freeAddresses(subnet) ?? addresses;
  return delegations.length === 0 && !reserved.test(nameOf(subnet.id)) && free >= addresses;
}

/** The subnet that the answer `subnet` names, by id, `vnet/name` or a unique name; else the sentence that asks for it. */
export function chooseSubnet(
  answers: Answers,
  candidates: readonly Resource[],
  what = 'a private endpoint',
): Resource | string {
  const wanted = answers.subnet?.trim();
  const found = wanted === undefined ? [] : candidates.filter((one) => isNamed(one.id, wanted));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (candidates.length === 0) {
    return `No subnet accepts ${what} there: it needs a subnet without a delegation and with enough free addresses.`;
  }
  const said =
    wanted === undefined
      ? ''
      : found.length > 1
        ? `${quoted(wanted)} matches several subnets. `
        : `${quoted(wanted)} is not a subnet that accepts ${what}. `;
  return `${said}${needSentence({ kind: 'choice', options: candidates.map(option) }, 'VNET/NAME')}`;
}

const isNamed = (id: string, wanted: string): boolean =>
  sameId(id, wanted) || sameId(`${nameOf(vnetOf(id))}/${nameOf(id)}`, wanted) || sameId(nameOf(id), wanted);

function option(subnet: Resource): NeedOption {
  const free = freeAddresses(subnet);
  return { name: 'subnet', value: subnetShown(subnet.id), says: free === undefined ? '' : `${free} free` };
}

export interface SubnetWish {
  readonly network: Resource;
  readonly name: string;
  readonly range: string;
  /** More members of `properties`. */
  readonly more: JsonObject;
  readonly advice: string;
}

/** The creation, or the reason why it is not possible. */
export function newSubnet(wish: SubnetWish, index: SnapshotIndex): Proposal | string {
  const refusal = refusesRange(wish.network, wish.range, index);
  if (refusal !== undefined) return refusal;
  const resource = `${wish.network.id}/subnets/${wish.name}`;
  const body = { properties: { addressPrefix: wish.range, ...wish.more } };
  return { change: { kind: 'create', resource, edits: [], body }, phase: 1, advice: wish.advice };
}
