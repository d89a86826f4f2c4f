// The container registry as rules check it: what an api-version does not show, and the SKU that network rules and private
// endpoints need (docs/reference/registry.md).

import { customerEndpoints } from '../../../facts/endpoints.ts';
import { editChange } from '../../../model/change.ts';
import { applyEdits, EditConflict, setMember } from '../../../model/edit.ts';
import { needSentence, type PlanNeed } from '../../../model/plan-need.ts';
import { sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { clean } from '../../../model/text.ts';
import { UnreadableError } from '../../../model/unreadable-error.ts';
import { registryView, shownAtSku, subnetRulesVersions } from '../../../resource-types/registry-view.ts';
import { type ServiceFirewall, serviceFirewallOf, switchPointer } from '../../parts/firewall.ts';
import { evidenceAt, notApplicable, unknown } from '../../parts/verdict.ts';
import type { Answers, CheckResult, Proposal } from '../../rule.ts';

export const skuPointer = '/sku/name';

/** The id under which the scan records that the older api-version was refused. */
const subnetRulesGap = (registry: string): string => `${registry}/virtualNetworkRules`;

/**
 * The result where the api-version does not show virtual network rules. Throws UnreadableError where Azure refused the one
 * that does.
 */
export function unseenSubnetRules(firewall: ServiceFirewall, { snapshot }: SnapshotIndex): CheckResult | undefined {
  const { resource, at, name } = firewall;
  if (!registryView(resource).subnetRulesHidden) return undefined;
  const gap = snapshot.gaps.find(({ id }) => sameId(id, subnetRulesGap(resource.id)));
  if (gap) throw new UnreadableError(gap);
  return unknown(
    `The virtual network rules of the ${name} are not returned by api-version ${clean(resource.apiVersion, 40)}, only by ${subnetRulesVersions.join(' and ')}.`,
    [evidenceAt(resource, at.rules, 'network rules'), evidenceAt(resource, skuPointer, 'SKU')],
  );
}

/** Does it deny by default, or does it have a private endpoint of the customer? */
export const isSecured = (firewall: ServiceFirewall, index: SnapshotIndex): boolean =>
  firewall.access === 'closed' || customerEndpoints(firewall.resource.id, index).length > 0;

/** Evidence of most registry rules. */
/** Clouds without service endpoints for registries (Microsoft Learn, "container-registry-vnet", read 2026). */
const unsupported: readonly string[] = ['china', 'usgov'];
/** The result where the cloud has no service endpoints for registries. */
export const noRegistryEndpoints = ({ snapshot: { source } }: SnapshotIndex): CheckResult | undefined =>
  source.kind === 'azure' && unsupported.includes(source.name)
    ? notApplicable('This cloud has no service endpoints for container registries.')
    : undefined;

export const registryEvidence = ({ resource, at }: ServiceFirewall) => [
  evidenceAt(resource, skuPointer, 'SKU'),
  evidenceAt(resource, at.action, 'default action'),
  evidenceAt(resource, switchPointer, 'public network access'),
];

const premium: PlanNeed = { kind: 'choice', options: [{ name: 'sku', value: 'Premium', says: '' }] };

/** The upgrade to Premium, where the answer says so; or the sentence that asks for it. */
export function upgrade({ resource, name }: ServiceFirewall, answers: Answers): Proposal | string {
  const { sku } = registryView(resource);
  const now = clean(sku ?? 'not shown', 40);
  if (answers.sku?.trim().toLowerCase() !== 'premium') {
    return `SKU of the ${name} is ${now}. Network rules and private endpoints need the Premium tier (higher cost). ${needSentence(premium)}`;
  }
  try {
    const edit = setMember(resource.body, skuPointer, 'Premium');
    return { change: editChange(resource.id, [edit]), phase: 1 };
  } catch (error) {
    if (error instanceof EditConflict) return `The SKU of the ${name} cannot be edited at ${error.edit.pointer}.`;
    throw error;
  }
}

/** A fix that needs Premium: preceded by the upgrade where the registry has a lower tier and the answer says so. */
export function inPremium(
  firewall: ServiceFirewall,
  answers: Answers,
  build: (firewall: ServiceFirewall) => Proposal | readonly Proposal[] | string,
): readonly Proposal[] | string {
  if (registryView(firewall.resource).premium) return listed(build(firewall));
  const up = upgrade(firewall, answers);
  if (typeof up === 'string') return up;
  const body = applyEdits(firewall.resource.body, up.change.edits);
  const made = listed(build(serviceFirewallOf(shownAtSku({ ...firewall.resource, body }), 'registry')));
  return typeof made === 'string' ? made : [up, ...made];
}

const listed = (made: Proposal | readonly Proposal[] | string): readonly Proposal[] | string =>
  typeof made !== 'string' && 'change' in made ? [made] : made;
