// The edits of service firewall fixes. An absent rule object is first set to the explicit open object, in every proposal
// alike, so that a plan can merge them (docs/reference/service-firewalls.md).

import { ownWorkspace } from '../../facts/links.ts';
import { isAssociated, perimeterName } from '../../facts/perimeter.ts';
import { editChange } from '../../model/change.ts';
import { addTo, applyEdits, type Edit, EditConflict, type ListKey, removeFrom, setMember } from '../../model/edit.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { parseClientAddress } from '../../net/ip-rules.ts';
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import { formatBypass } from '../../resource-types/network-acls.ts';
import { findSubnet } from '../../resource-types/network-view.ts';
import { openRulesOf } from '../../resource-types/parts/firewall-write.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import type { Proposal, RuleContext } from '../rule.ts';
import { endpointFor, serviceEndpoint } from '../services/parts/service-endpoints.ts';
import {
  allowedRanges,
  instancesPointer,
  overruling,
  type ServiceFirewall,
  serviceFirewallOf,
  subnetRuleFor,
  switchPointer,
} from './firewall.ts';
import { displayName, subnetShown } from './verdict.ts';

export const subnetKey: ListKey = { member: 'id', fold: true };
export const addressKey: ListKey = { member: 'value', fold: false };
const instanceKey: ListKey = { member: 'resourceId', fold: true };

type Fixed = Proposal | readonly Proposal[] | string;

/** Successive edits, each on the body after the previous ones, so that positions are right for the undo. */
export function editsInTurn(
  body: JsonObject,
  steps: readonly ((body: JsonObject) => readonly Edit[])[],
): readonly Edit[] {
  const edits: Edit[] = [];
  for (const step of steps) edits.push(...step(applyEdits(body, edits)));
  return edits;
}

/** The result of `build`, or a sentence where the body cannot be edited as the fix needs. */
export function editable<T>(resource: Resource, build: () => T): T | string {
  try {
    return build();
  } catch (error) {
    if (error instanceof EditConflict)
      return `The body of ${displayName(resource.id)} cannot be edited at ${error.edit.pointer}.`;
    throw error;
  }
}

/** One change to a firewall. `build` receives the body with an absent rule object made explicit. */
export function firewallChange(
  firewall: ServiceFirewall,
  phase: Phase,
  build: (body: JsonObject) => readonly Edit[],
): Proposal | string {
  if (firewall.rules === 'malformed')
    return `The network rules of the ${firewall.name} have an unexpected format, so they are not edited.`;
  if (firewall.rules === 'hidden') {
    return `The network rules of the ${firewall.name} may be hidden while public network access is Disabled, so they are not edited.`;
  }
  const { at } = firewall;
  const broken = [at.subnets, at.addresses, at.instances].find((pointer) => firewall.unreadable.includes(pointer));
  if (broken !== undefined) return `${broken} of the ${firewall.name} has an unexpected format, so it is not edited.`;
  const { body, id, type } = firewall.resource;
  return editable(firewall.resource, () => {
    const base = firewall.rules === 'absent' ? [setMember(body, at.rules, openRulesOf(type))] : [];
    const explicit = applyEdits(body, base);
    const edits = build(explicit);
    applyEdits(explicit, edits);
    return { change: editChange(id, [...base, ...edits]), phase };
  });
}

/** Why a rule of the firewall is not added: a perimeter overrules it. */
const withoutEffect = (firewall: ServiceFirewall): string | undefined =>
  firewall.overruled
    ? `${overruling(firewall)} overrules the network rules of the ${firewall.name}, so a rule would have no effect (see ${firewall.service === 'vault' ? 'keyvault' : 'storage'}.perimeter-override).`
    : undefined;

/** Successive proposals, each on the firewall after the previous ones. */
export function inTurn(
  firewall: ServiceFirewall,
  steps: readonly ((firewall: ServiceFirewall) => Fixed)[],
): Proposal[] | string {
  const all: Proposal[] = [];
  let here = firewall;
  for (const step of steps) {
    const made = step(here);
    if (typeof made === 'string') return made;
    const some = 'change' in made ? [made] : made;
    all.push(...some);
    const edits = some.flatMap(({ change }) => (sameId(change.resource, firewall.resource.id) ? change.edits : []));
    const body = applyEdits(here.resource.body, edits);
    here = serviceFirewallOf({ ...here.resource, body }, firewall.service, false, firewall.perimeter);
  }
  return all;
}

/** Only the access rules of a perimeter leave open what denies by default already. */
export const denyByDefault = (firewall: ServiceFirewall): Proposal | string =>
  firewall.acls.defaultAction === 'Deny' && isAssociated(firewall.perimeter)
    ? `The default action of the ${firewall.name} is Deny already. Narrow the access rules of ${perimeterName(firewall.perimeter)}.`
    : firewallChange(firewall, 5, (body) => [setMember(body, firewall.at.action, 'Deny')]);

/** Adds `AzureServices` to the bypass, in the order that the service writes it; `None` is replaced. */
export const trustServices = (firewall: ServiceFirewall): Proposal | string =>
  withoutEffect(firewall) ??
  firewallChange(firewall, 2, (body) => {
    const names = new Set([...(firewall.acls.bypass ?? []), 'AzureServices']);
    const bypass = firewall.service === 'storage' ? formatBypass(names) : 'AzureServices';
    return valueAt(body, firewall.at.bypass) === bypass ? [] : [setMember(body, firewall.at.bypass, bypass)];
  });

/** A virtual network rule, and the service endpoint that it depends on; [] when both are present. */
export function allowSubnet(firewall: ServiceFirewall, subnetId: string, { index }: RuleContext): Proposal[] | string {
  const subnet = findSubnet(index, subnetId);
  if (!subnet) return `${subnetShown(subnetId)} does not exist, so no rule can allow it.`;
  const location = firewall.service === 'storage' ? firewall.view.location : undefined;
  const endpoint = serviceEndpoint(subnet, endpointFor(firewall.service, subnetId, location, index), index, location);
  if (typeof endpoint === 'string') return endpoint;
  if (subnetRuleFor(firewall, subnetId)) return endpoint;
  const rule: JsonObject = firewall.service === 'vault' ? { id: subnet.id } : { id: subnet.id, action: 'Allow' };
  const proposal = subnetRuleProposal(firewall, rule);
  return typeof proposal === 'string' ? proposal : [...endpoint, proposal];
}

export const subnetRuleProposal = (firewall: ServiceFirewall, rule: Json): Proposal | string =>
  withoutEffect(firewall) ?? firewallChange(firewall, 2, (body) => [addTo(body, firewall.at.subnets, rule, subnetKey)]);

/** Removes every virtual network rule, as the last step of a plan. */
export const removeSubnetRules = (firewall: ServiceFirewall): Proposal | string =>
  firewallChange(firewall, 5, (body) =>
    editsInTurn(
      body,
      firewall.acls.subnetRules.map(({ pointer }) => {
        const rule = valueAt(body, pointer) ?? null;
        return (here) => [removeFrom(here, firewall.at.subnets, rule, subnetKey)];
      }),
    ),
  );

/** An IP rule for each public address or range; [] when all of them are allowed. */
export function allowAddresses(firewall: ServiceFirewall, addresses: readonly string[]): Proposal[] | string {
  const present = allowedRanges(firewall);
  const wanted: string[] = [];
  for (const address of addresses) {
    const parsed = parseClientAddress(address);
    if (!parsed.ok) return parsed.reason;
    for (const value of parsed.value) {
      const range = parseRange(value);
      if (range.ok && !coveredBy(range.value, present) && !wanted.includes(value)) wanted.push(value);
    }
  }
  const vain = withoutEffect(firewall);
  if (vain !== undefined) return vain;
  if (wanted.length === 0) return [];
  const proposal = firewallChange(firewall, 2, (body) =>
    wanted.map((value) => addTo(body, firewall.at.addresses, addressRule(firewall, value), addressKey)),
  );
  return typeof proposal === 'string' ? proposal : [proposal];
}
/** Key vaults return a single address with `/32`, so it is written that way. */
export const addressRule = (firewall: ServiceFirewall, value: string): JsonObject =>
  firewall.service === 'vault' ? { value: value.includes('/') ? value : `${value}/32` } : { value, action: 'Allow' };

/** A resource instance rule that allows the workspace, or the reason why there can be none. */
export function allowWorkspace(firewall: ServiceFirewall, { index }: RuleContext): Proposal[] | string {
  const workspace = ownWorkspace(index);
  if (!workspace) return 'No workspace was found.';
  const tenantId = workspaceView(workspace).tenantId ?? index.snapshot.identity?.tenant;
  if (tenantId === undefined) return 'The tenant of the workspace is not known, and a resource instance rule needs it.';
  const vain = withoutEffect(firewall);
  if (vain !== undefined) return vain;
  const rule = { tenantId, resourceId: workspace.id };
  const proposal = firewallChange(firewall, 2, (body) => [addTo(body, instancesPointer, rule, instanceKey)]);
  return typeof proposal === 'string' ? proposal : [proposal];
}

/** Public network access enabled with Deny kept in the same write, because service endpoints use the public endpoint. */
export const enablePublicAccess = (firewall: ServiceFirewall): Proposal | string =>
  firewallChange(firewall, 2, (body) => [
    setMember(body, switchPointer, 'Enabled'),
    ...(firewall.acls.defaultAction === 'Deny' ? [] : [setMember(body, firewall.at.action, 'Deny')]),
  ]);
/** Public network access disabled; Deny is set with it so that scanners agree. */
export const disablePublicAccess = (firewall: ServiceFirewall): Proposal | string =>
  firewallChange(firewall, 5, (body) => [
    setMember(body, switchPointer, 'Disabled'),
    ...(firewall.acls.defaultAction === 'Deny' || firewall.service === 'vault'
      ? []
      : [setMember(body, firewall.at.action, 'Deny')]),
  ]);
