// The outbound route of a subnet through a NAT gateway: the one of its network, or a new one with a public IP address.

import { editChange } from '../../../model/change.ts';
import { EditConflict, setMember } from '../../../model/edit.ts';
import { needSentence } from '../../../model/plan-need.ts';
import type { Resource } from '../../../model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../../model/resource-id.ts';
import { natGatewayType } from '../../../resource-types/nat-gateway.ts';
import { subnetView, vnetOf, vnetView } from '../../../resource-types/network-view.ts';
import { publicAddressType } from '../../../resource-types/public-ip-address.ts';
import { describeState, stateOf } from '../../parts/firewall-verdicts.ts';
import { numberedName, onceEach, placeToMake } from '../../parts/naming.ts';
import { displayName, quoted, subnetShown } from '../../parts/verdict.ts';
import type { Answers, Proposal, RuleContext } from '../../rule.ts';

const gatewayPointer = '/properties/natGateway';

/** Throws UnreadableError when the network was not read. */
export function natProposals(
  subnet: Resource,
  { index, isOwn = () => false }: RuleContext,
  answers: Answers,
): Proposal[] | string {
  const { provisioningState } = subnetView(subnet);
  if (stateOf(provisioningState) !== 'good') {
    return `Subnet ${subnetShown(subnet.id)} is in state ${describeState(provisioningState)}. Fix that first (workspace.network-preexists).`;
  }
  const network = index.get(vnetOf(subnet.id));
  const region = network && vnetView(network).location;
  if (!network || region === undefined) return `The region of ${subnetShown(subnet.id)} is not known.`;
  const used = vnetView(network).subnets.flatMap((one) => subnetView(one).natGateway ?? []);
  const beside = (type: string, kind: string, position: number): string =>
    `${groupIdOf(network.id)}/providers/${type}/${numberedName([kind, nameOf(network.id)], 70, position)}`;
  // What was not read is of no plan.
  const isOurs = (id: string) => index.peek(id).state === 'read' && isOwn(id);
  const existing = chosen(onceEach(used), isOurs, answers);
  if (typeof existing === 'object') return existing.asks;
  const made = placeToMake(
    (position) => beside(natGatewayType, 'nat', position),
    index,
    ({ id }) => isOurs(id),
  );
  const gateway = existing ?? made.id;
  const exists = existing !== undefined || made.stands;
  const attach = attached(subnet, gateway);
  if (typeof attach === 'string') return attach;
  if (exists) return [attach];
  const address = placeToMake((position) => beside(publicAddressType, 'pip-nat', position), index).id;
  return [...gatewayWith(gateway, address, region), attach];
}

/** A gateway that others made is used only where its name is given: its addresses may be allowed elsewhere, and its ports are shared. */
function chosen(
  used: readonly string[],
  isOurs: (id: string) => boolean,
  { nat }: Answers,
): string | undefined | { readonly asks: string } {
  const own = used.find((id) => isOurs(id));
  if (nat === undefined && (own !== undefined || used.length === 0)) return own;
  if (nat === 'new') return undefined;
  const named = used.filter((id) => [id, nameOf(id)].some((one) => sameId(one, nat ?? '')));
  if (named.length === 1) return named[0];
  const options = [
    ...used.map((id) => ({ name: 'nat', value: nameOf(id), says: `of ${displayName(groupIdOf(id) ?? id)}` })),
    { name: 'nat', value: 'new', says: 'creates one, which is billed' },
  ];
  const invalid = nat === undefined ? '' : `${quoted(nat)} is not one of them. `;
  return { asks: `${invalid}${needSentence({ kind: 'choice', options }, 'NAME')}` };
}

function gatewayWith(gateway: string, address: string, region: string): Proposal[] {
  const create = (resource: string, properties: Record<string, never> | object): Proposal => ({
    change: {
      kind: 'create',
      resource,
      edits: [],
      body: { location: region, sku: { name: 'Standard' }, properties: { ...properties } },
    },
    phase: 1,
  });
  return [
    create(address, { publicIPAllocationMethod: 'Static' }),
    create(gateway, { publicIpAddresses: [{ id: address }] }),
  ];
}

function attached(subnet: Resource, gateway: string): Proposal | string {
  const name = subnetShown(subnet.id);
  try {
    const change = editChange(subnet.id, [setMember(subnet.body, gatewayPointer, { id: gateway })]);
    const advice = `Outbound traffic of ${name} then uses ${displayName(gateway)}. IP rules elsewhere need its address.`;
    return { change, phase: 2, advice };
  } catch (error) {
    if (error instanceof EditConflict) return `Subnet ${name} has an unexpected format and cannot be edited.`;
    throw error;
  }
}
