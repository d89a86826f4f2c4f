// The edits that fixes are made of (rules-catalogue, P-SUBNET-SE, P-STG-ACL, P-KV-ACL, P-ACR-ACL). A rule object that is not there is
// first set to the explicit open object, in every proposal alike, so that a plan can merge them.
import { formatBypass } from '../../kinds/network-acls.ts';
import { findSubnet } from '../../kinds/network-view.ts';
import { openRulesOf } from '../../kinds/parts/firewall-write.ts';
import { editChange } from '../../model/change.ts';
import { addTo, applyEdits, type Edit, EditConflict, type ListKey, removeFrom, setMember } from '../../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { parseClientAddress } from '../../net/ip-rules.ts';
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { type Service, subnetRuleFor, switchPointer, type Wall, wallOf } from './firewall.ts';
import {
  type EndpointService,
  endpointStanding,
  endpointsPointer,
  serviceOf,
  storageServiceFor,
} from './subnet-endpoints.ts';
import { subnetShown } from './verdict.ts';

export const subnetKey: ListKey = { member: 'id', fold: true };
export const addressKey: ListKey = { member: 'value', fold: false };
export const instanceKey: ListKey = { member: 'resourceId', fold: true };
export const serviceKey: ListKey = { member: 'service', fold: true };

/** Edits made one after the other, each on the body the ones before it lead to, so that positions are right on the way back. */
export function editsInTurn(
  body: JsonObject,
  steps: readonly ((body: JsonObject) => readonly Edit[])[],
): readonly Edit[] {
  const edits: Edit[] = [];
  for (const step of steps) edits.push(...step(applyEdits(body, edits) as JsonObject));
  return edits;
}

/** One change to a firewall. `build` sees the body with an absent rule object made explicit. */
export function wallProposal(
  wall: Wall,
  phase: Phase,
  build: (body: JsonObject) => readonly Edit[],
  risk?: string,
): Proposal | string {
  if (wall.rules === 'malformed') return `The network rules of the ${wall.name} are not in a form that can be edited.`;
  if (wall.rules === 'hidden') {
    return `The rules of the ${wall.name} may be hidden while its public access is off; they are never written unseen.`;
  }
  const { at } = wall;
  const broken = [at.subnets, at.addresses, at.instances].find((pointer) => wall.unreadable.includes(pointer));
  if (broken !== undefined) return `${broken} of the ${wall.name} is not shown as a list, so it is not edited.`;
  const { body, id, type } = wall.resource;
  try {
    const base = wall.rules === 'absent' ? [setMember(body, at.rules, openRulesOf(type))] : [];
    const explicit = applyEdits(body, base) as JsonObject;
    const edits = build(explicit);
    applyEdits(explicit, edits);
    const change = editChange(id, [...base, ...edits]);
    return { change, phase, ...(risk === undefined ? {} : { risk }) };
  } catch (error) {
    if (error instanceof EditConflict) return `The body of the ${wall.name} cannot be edited at ${error.edit.pointer}.`;
    throw error;
  }
}

/** Proposals made one after the other, each on the firewall that the ones before it lead to. */
export function inTurn(
  wall: Wall,
  steps: readonly ((wall: Wall) => Proposal | readonly Proposal[] | string)[],
): Proposal[] | string {
  const all: Proposal[] = [];
  let here = wall;
  for (const step of steps) {
    const made = step(here);
    if (typeof made === 'string') return made;
    const some = 'change' in made ? [made] : made;
    all.push(...some);
    const edits = some.flatMap(({ change }) => (sameId(change.resource, wall.resource.id) ? change.edits : []));
    const body = applyEdits(here.resource.body, edits) as JsonObject;
    here = wallOf({ ...here.resource, body }, wall.service);
  }
  return all;
}

export const denyByDefault = (wall: Wall): Proposal | string =>
  wallProposal(wall, 5, (body) => [setMember(body, wall.at.action, 'Deny')], denyRisk[wall.service]);

const denyRisk: Readonly<Record<Service, string>> = {
  storage:
    'Every client no rule names loses blob, file, queue, table and lake at once, you included; the control plane stays open, so an undo remains possible.',
  vault: 'Everybody no rule names gets 403 from this vault: people and programs elsewhere, the portal included.',
  registry:
    'Pushes and pulls from anywhere else are denied: the registry’s own build tasks, image scanners, other clusters, build agents, your own machine. It takes some minutes to bite.',
};

/** `AzureServices` beside what stands there already, in the service's own order; `None` is replaced. */
export const trustServices = (wall: Wall): Proposal | string =>
  wallProposal(
    wall,
    2,
    (body) => {
      const names = new Set([...(wall.acls.bypass ?? []), 'AzureServices']);
      const bypass = wall.service === 'storage' ? formatBypass(names) : 'AzureServices';
      return valueAt(body, wall.at.bypass) === bypass ? [] : [setMember(body, wall.at.bypass, bypass)];
    },
    'Every service on the vendor’s trusted list may pass, as far as its own permissions go.',
  );

const reached: Readonly<Record<Service, string>> = {
  storage: 'storage',
  vault: 'key vaults',
  registry: 'container registries',
};
const endpointRisk = (service: Service) =>
  `Open connections from this subnet to ${reached[service]} are cut while its routes switch, and IP rules that admitted its machines stop matching.`;

/** The service endpoint on a subnet: [] when it is there; a failed one is taken out and put back, in two writes. */
export function serviceEndpoint(subnet: Resource, service: EndpointService, location?: string): Proposal[] | string {
  const kind = serviceOf(service);
  const { standing, pointer } = endpointStanding(subnet, kind, location);
  const name = subnetShown(subnet.id);
  if (standing === 'ready') return [];
  if (standing === 'passing') return `The service endpoint of ${name} is still being changed; wait until it is done.`;
  if (standing === 'malformed') return `The service endpoints of ${name} are not a list, so they are not edited.`;
  const risk = endpointRisk(kind);
  const { body } = subnet;
  const put = (name: EndpointService) => addTo(body, endpointsPointer, { service: name }, serviceKey);
  const propose = (phase: Phase, edits: readonly Edit[]): Proposal => ({
    change: editChange(subnet.id, edits),
    phase,
    risk,
  });
  if (!isObject(valueAt(body, '/properties'))) return `The body of ${name} is not in a form that can be edited.`;
  const old = pointer === undefined ? undefined : valueAt(body, pointer);
  if (standing === 'none' || old === undefined) return [propose(2, [put(service)])];
  const out = removeFrom(body, endpointsPointer, old, serviceKey);
  if (standing === 'elsewhere') return [propose(2, [out, put('Microsoft.Storage.Global')])];
  return [propose(1, [out]), propose(2, [put(service)])];
}

/** A subnet rule, and the service endpoint it stands on. [] when both are there. */
export function admitSubnet(wall: Wall, subnetId: string, { world }: Judgement): Proposal[] | string {
  const subnet = findSubnet(world, subnetId);
  if (!subnet) return `${subnetShown(subnetId)} does not exist, so it cannot be admitted.`;
  const { location } = wall.view;
  const service = endpointFor(wall, subnetId, world);
  const endpoint = serviceEndpoint(subnet, service, wall.service === 'storage' ? location : undefined);
  if (typeof endpoint === 'string') return endpoint;
  if (subnetRuleFor(wall, subnetId)) return endpoint;
  const rule: JsonObject = wall.service === 'vault' ? { id: subnet.id } : { id: subnet.id, action: 'Allow' };
  const proposal = subnetRuleProposal(wall, rule);
  return typeof proposal === 'string' ? proposal : [...endpoint, proposal];
}

function endpointFor(wall: Wall, subnetId: string, world: World): EndpointService {
  if (wall.service === 'storage') return storageServiceFor(world, subnetId, wall.view.location);
  return wall.service === 'vault' ? 'Microsoft.KeyVault' : 'Microsoft.ContainerRegistry';
}

export const subnetRuleProposal = (wall: Wall, rule: Json): Proposal | string =>
  wallProposal(wall, 2, (body) => [addTo(body, wall.at.subnets, rule, subnetKey)]);

/** An IP rule for each public address or range named; [] when all of them are admitted already. */
export function admitAddresses(wall: Wall, addresses: readonly string[]): Proposal[] | string {
  const present = wall.acls.ipRules.flatMap(({ value }) => {
    const range = parseRange(value);
    return range.ok ? [range.value] : [];
  });
  const wanted: string[] = [];
  for (const address of addresses) {
    const parsed = parseClientAddress(address);
    if (!parsed.ok) return parsed.reason;
    for (const value of parsed.value) {
      const range = parseRange(value);
      if (range.ok && !coveredBy(range.value, present) && !wanted.includes(value)) wanted.push(value);
    }
  }
  if (wanted.length === 0) return [];
  const risk =
    wall.view.publicNetworkAccess === 'Disabled'
      ? 'Has no effect while public access is off; admits the named addresses only once it is on.'
      : undefined;
  const proposal = wallProposal(
    wall,
    2,
    (body) => wanted.map((value) => addTo(body, wall.at.addresses, addressRule(wall, value), addressKey)),
    risk,
  );
  return typeof proposal === 'string' ? proposal : [proposal];
}
/** Vaults write a single address with its `/32`, as they give it back. */
export const addressRule = (wall: Wall, value: string): JsonObject =>
  wall.service === 'vault' ? { value: value.includes('/') ? value : `${value}/32` } : { value, action: 'Allow' };

/** Public access on again with Deny kept in the same call: service endpoints use the public endpoint. */
export function switchOn(wall: Wall): Proposal | string {
  return wallProposal(
    wall,
    2,
    (body) => [
      setMember(body, switchPointer, wall.service === 'vault' ? 'enabled' : 'Enabled'),
      ...(wall.acls.defaultAction === 'Deny' ? [] : [setMember(body, wall.at.action, 'Deny')]),
    ],
    'Opens the public endpoint to the subnets and addresses that have a rule, and to nobody else.',
  );
}
/** Public access off; Deny goes with it so that scanners agree. */
export function switchOff(wall: Wall): Proposal | string {
  return wallProposal(
    wall,
    5,
    (body) => [
      setMember(body, switchPointer, wall.service === 'vault' ? 'disabled' : 'Disabled'),
      ...(wall.acls.defaultAction === 'Deny' || wall.service === 'vault'
        ? []
        : [setMember(body, wall.at.action, 'Deny')]),
    ],
    'Everybody without a private endpoint is cut off; every IP and subnet rule is dead from then on.',
  );
}
