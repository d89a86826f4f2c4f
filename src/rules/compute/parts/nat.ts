// The outbound route of a subnet through a NAT gateway: the one of its network, or a new one with a public IP address.

import { editChange } from '../../../model/change.ts';
import { EditConflict, setMember } from '../../../model/edit.ts';
import type { Resource } from '../../../model/resource.ts';
import { groupIdOf, nameOf } from '../../../model/resource-id.ts';
import { natGatewayType } from '../../../resource-types/nat-gateway.ts';
import { subnetView, vnetOf, vnetView } from '../../../resource-types/network-view.ts';
import { publicAddressType } from '../../../resource-types/public-ip-address.ts';
import { describeState, stateOf } from '../../parts/firewall-verdicts.ts';
import { legalName } from '../../parts/naming.ts';
import { displayName, subnetShown } from '../../parts/verdict.ts';
import type { Proposal, RuleContext } from '../../rule.ts';

const gatewayPointer = '/properties/natGateway';

/** Throws UnreadableError when the network was not read. */
export function natProposals(subnet: Resource, { index }: RuleContext): Proposal[] | string {
  const { provisioningState } = subnetView(subnet);
  if (stateOf(provisioningState) !== 'good') {
    return `Subnet ${subnetShown(subnet.id)} is in state ${describeState(provisioningState)}. Fix that first (workspace.network-preexists).`;
  }
  const network = index.get(vnetOf(subnet.id));
  const region = network && vnetView(network).location;
  if (!network || region === undefined) return `The region of ${subnetShown(subnet.id)} is not known.`;
  const existing = vnetView(network).subnets.flatMap((one) => subnetView(one).natGateway ?? [])[0];
  const name = (kind: string): string => legalName([kind, nameOf(network.id)], 70);
  const beside = (type: string, kind: string): string => `${groupIdOf(network.id)}/providers/${type}/${name(kind)}`;
  const gateway = existing ?? beside(natGatewayType, 'nat');
  const exists = existing !== undefined || index.peek(gateway).state === 'read';
  const attach = attached(subnet, gateway);
  if (typeof attach === 'string') return attach;
  return exists ? [attach] : [...gatewayWith(gateway, beside(publicAddressType, 'pip-nat'), region), attach];
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
