// A subnet is handed to container instances (rules-catalogue, P-SUBNET-DELEGATE and P-SUBNET-CREATE): one that is there and empty,
// or a new one.
import { containerDelegation } from '../../kinds/container-group.ts';
import { findSubnet, subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { listAt } from '../../kinds/read.ts';
import { associationLinks } from '../../kinds/subnet.ts';
import { editChange } from '../../model/change.ts';
import { addTo, applyEdits, EditConflict, setMember } from '../../model/edit.ts';
import { needSentence } from '../../model/need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { subnetUses } from '../../posture/needs.ts';
import type { Answers, Judgement, Proposal } from '../rule.ts';
import { isDelegatedToContainers, meantSubnets, userMembers } from './container-instances.ts';
import { freeRange, newSubnet } from './new-subnet.ts';
import { listed, quoted, shown, subnetShown } from './verdict.ts';
import { isOdd } from './workspace.ts';

const pointer = '/properties/delegations';
const key = { member: 'name', fold: true };
const usualName = 'snet-aci';
const delegation = { name: 'bastide-aci', properties: { serviceName: containerDelegation } };

/** The subnet that the operator meant is delegated, or made; without one a new subnet in the computes' network. */
export function handOver(judgement: Judgement, answers: Answers): Proposal | string {
  const { world } = judgement;
  const asked = answers.subnet?.trim();
  if (asked !== undefined) {
    const found = world.ofType('Microsoft.Network/virtualNetworks/subnets').filter(({ id }) => isNamed(id, asked));
    const [only] = found;
    if (only && found.length === 1) return delegated(only, world);
    return `${quoted(asked)} is ${found.length > 1 ? 'the name of several subnets' : 'no subnet that was read'}: name it as VNET/NAME.`;
  }
  const [meant] = meantSubnets(world);
  if (meant !== undefined) return handOverSubnet(meant, judgement, answers);
  const network = home(world);
  return made(network, network === undefined ? usualName : freeName(network), world, answers);
}

/** This subnet is delegated, or made where its network is there without it. */
export function handOverSubnet(id: string, { world }: Judgement, answers: Answers): Proposal | string {
  const found = findSubnet(world, id);
  return found ? delegated(found, world) : made(world.get(vnetOf(id)), nameOf(id), world, answers);
}

const isNamed = (id: string, wanted: string): boolean =>
  sameId(id, wanted) || sameId(`${nameOf(vnetOf(id))}/${nameOf(id)}`, wanted) || sameId(nameOf(id), wanted);

/** The network that computes sit in; the only one in hand where they sit in none. */
function home(world: World): Resource | undefined {
  const [first] = computeNetworks(world);
  if (first) return world.get(first.vnet);
  const all = world.ofType('Microsoft.Network/virtualNetworks');
  return all.length === 1 ? all[0] : undefined;
}

function freeName(network: Resource): string {
  const names = vnetView(network).subnets.map(({ id }) => nameOf(id));
  const isFree = (name: string) => !names.some((other) => sameId(other, name));
  let count = 2;
  if (isFree(usualName)) return usualName;
  while (!isFree(`${usualName}-${count}`)) count += 1;
  return `${usualName}-${count}`;
}

function made(network: Resource | undefined, name: string, world: World, answers: Answers): Proposal | string {
  if (!network) {
    const need = needSentence({ kind: 'text', name: 'subnet', what: 'VNET/NAME', suggestion: null });
    return `${need} It is an empty subnet: no network was found to make one in.`;
  }
  const range = answers.prefix?.trim() ?? freeRange(network, world);
  if (range === undefined) {
    return `No range of ${shown(network.id)} is known to be free: give one as prefix=RANGE, or an empty subnet as subnet=VNET/NAME.`;
  }
  const risk = `Takes ${range} of the address space of ${shown(network.id)}. Nothing but container groups can be placed there; once the first has been, an undo may be refused (aci.delegation-removable).`;
  return newSubnet({ network, name, range, more: { delegations: [delegation] }, risk }, world);
}

/** An existing subnet, while it is empty: what it was delegated to gives way. */
function delegated(subnet: Resource, world: World): Proposal | string {
  const name = subnetShown(subnet.id);
  if (isDelegatedToContainers(subnet)) return `${name} is delegated to container instances already.`;
  const taken = [...userMembers, associationLinks].some(
    (one) => listAt(subnet.body, one).length > 0 || isOdd(subnet, one, 'list'),
  );
  const computes = subnetUses(world)
    .filter((use) => sameId(use.subnet, subnet.id))
    .flatMap(({ by }) => by.map(shown));
  if (taken || computes.length > 0) {
    const who = computes.length > 0 ? ` (${listed(computes)})` : '';
    return `${name} is in use${who}, and only an empty subnet can be delegated: take another one.`;
  }
  const all = listAt(subnet.body, pointer);
  const before = subnetView(subnet).delegations.map((one) => clean(one, 120));
  if (all.length > 1 || all.length !== before.length || isOdd(subnet, pointer, 'list')) {
    return `The delegations of ${name} are not in a form that can be edited.`;
  }
  const { body } = subnet;
  try {
    const edit =
      all.length === 0
        ? addTo(body, pointer, delegation, key)
        : setMember(body, `${pointer}/0/properties/serviceName`, containerDelegation);
    applyEdits(body, [edit]);
    const gives = before.length === 0 ? '' : ` ${listed(before)} can place nothing there any more.`;
    const risk = `Nothing but container groups can be placed in ${name}; once the first has been, an undo may be refused (aci.delegation-removable).${gives}`;
    return { change: editChange(subnet.id, [edit]), phase: 2, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The delegations of ${name} are not in a form that can be edited.`;
    throw error;
  }
}

export const isContainerService = (service: string): boolean => fold(service) === fold(containerDelegation);
