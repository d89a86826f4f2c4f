// A way out of a subnet by a NAT gateway: the gateway of its network where one stands, else one that is made with an address
// (rules-catalogue, `compute.explicit-outbound`).
import { natGatewayType } from '../../kinds/nat-gateway.ts';
import { subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { publicAddressType } from '../../kinds/public-ip-address.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf } from '../../model/resource-id.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { describeState, stateOf } from './firewall-verdicts.ts';
import { legalName } from './naming.ts';
import { shown, subnetShown } from './verdict.ts';

const gatewayPointer = '/properties/natGateway';

/** Throws GapRead when the network was not read. */
export function natProposals(subnet: Resource, { world }: Judgement): Proposal[] | string {
  const { provisioningState } = subnetView(subnet);
  if (stateOf(provisioningState) !== 'good') {
    return `The subnet ${subnetShown(subnet.id)} is in state ${describeState(provisioningState)}; that comes first (workspace.network-preexists).`;
  }
  const network = world.get(vnetOf(subnet.id));
  const region = network && vnetView(network).location;
  if (!network || region === undefined) return `The region of the network of ${subnetShown(subnet.id)} is not shown.`;
  const standing = vnetView(network).subnets.flatMap((one) => subnetView(one).natGateway ?? [])[0];
  const name = (kind: string): string => legalName([kind, nameOf(network.id)], 70);
  const beside = (type: string, kind: string): string => `${groupIdOf(network.id)}/providers/${type}/${name(kind)}`;
  const gateway = standing ?? beside(natGatewayType, 'nat');
  const isThere = standing !== undefined || world.peek(gateway).state === 'read';
  const attach = attached(subnet, gateway);
  if (typeof attach === 'string') return attach;
  return isThere ? [attach] : [...gatewayWith(gateway, beside(publicAddressType, 'pip-nat'), region), attach];
}

function gatewayWith(gateway: string, address: string, region: string): Proposal[] {
  const create = (resource: string, properties: Record<string, never> | object, risk: string): Proposal => ({
    change: {
      kind: 'create',
      resource,
      edits: [],
      body: { location: region, sku: { name: 'Standard' }, properties: { ...properties } },
    },
    phase: 1,
    risk,
  });
  return [
    create(address, { publicIPAllocationMethod: 'Static' }, 'A public address is billed by the hour.'),
    create(
      gateway,
      { publicIpAddresses: [{ id: address }] },
      'A NAT gateway is billed by the hour and by what passes through it.',
    ),
  ];
}

function attached(subnet: Resource, gateway: string): Proposal | string {
  const name = subnetShown(subnet.id);
  try {
    const change = editChange(subnet.id, [setMember(subnet.body, gatewayPointer, { id: gateway })]);
    const risk = `Everything in ${name} goes out through ${shown(gateway)} from then on: IP rules elsewhere that admitted its old address stop matching.`;
    return { change, phase: 2, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The body of ${name} is not in a form that can be edited.`;
    throw error;
  }
}
