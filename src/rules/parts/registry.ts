// The registry as its rules look at it: what an api-version does not show, and the SKU that rules and endpoints need
// (rules-catalogue, P-ACR-SKU and P-ACR-ACL). Rules take everything about registries from here.
import { registryView, shownAtSku, subnetRulesVersion } from '../../kinds/registry-view.ts';
import { editChange } from '../../model/change.ts';
import { applyEdits, EditConflict, setMember } from '../../model/edit.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Need, needSentence } from '../../model/need.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead, type World } from '../../model/world.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import type { Answers, Proposal, Verdict } from '../rule.ts';
import { switchPointer, type Wall, wallOf } from './firewall.ts';
import { seen, unknown } from './verdict.ts';

export const skuPointer = '/sku/name';

/** The id under which the scan notes that the old api-version was refused. */
const subnetRulesGap = (registry: string): string => `${registry}/virtualNetworkRules`;

/** The verdict where the version that was read does not show subnet rules. Throws GapRead where Azure refused the one that does. */
export function unseenSubnetRules(wall: Wall, { snapshot }: World): Verdict | undefined {
  const { resource, at, name } = wall;
  if (!registryView(resource).subnetRulesHidden) return undefined;
  const gap = snapshot.gaps.find(({ id }) => sameId(id, subnetRulesGap(resource.id)));
  if (gap) throw new GapRead(gap);
  return unknown(
    `The subnet rules of the ${name} are not shown: only api-version ${subnetRulesVersion} and older ones do, and it was read with ${clean(resource.apiVersion, 40)}.`,
    [seen(resource, at.rules, 'without subnet rules'), seen(resource, skuPointer, 'SKU')],
  );
}

/** Does it keep networks out, or is it reached by an endpoint of the customer's (rules-catalogue 5.12, "secured")? */
export const isSecured = (wall: Wall, world: World): boolean =>
  wall.door === 'closed' || customerEndpoints(wall.resource.id, world).length > 0;

/** SKU and door, for the evidence of a registry rule. */
export const registryEvidence = ({ resource, at }: Wall) => [
  seen(resource, skuPointer, 'SKU'),
  seen(resource, at.action, 'what happens to whoever no rule names'),
  seen(resource, switchPointer, 'public network access'),
];

const premium: Need = { kind: 'choice', options: [{ name: 'sku', value: 'Premium', says: '' }] };

/** The upgrade to Premium, where the answer says so; or the sentence that asks. */
export function upgrade({ resource, name }: Wall, answers: Answers): Proposal | string {
  const { sku } = registryView(resource);
  const now = clean(sku ?? 'of no SKU that is shown', 40);
  if (answers.sku?.trim().toLowerCase() !== 'premium') {
    return `The ${name} is ${now}; network rules and private endpoints are Premium's alone, which costs more a day. ${needSentence(premium)}`;
  }
  try {
    const edit = setMember(resource.body, skuPointer, 'Premium');
    const risk = `Premium costs more a day than ${now}, and the registry goes back only while nothing of Premium is in use.`;
    return { change: editChange(resource.id, [edit]), phase: 1, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The SKU of the ${name} is not in a form that can be edited.`;
    throw error;
  }
}

/** A fix that only Premium takes: after the upgrade where the registry is smaller and the answer says so. */
export function inPremium(
  wall: Wall,
  answers: Answers,
  build: (wall: Wall) => Proposal | readonly Proposal[] | string,
): readonly Proposal[] | string {
  if (registryView(wall.resource).premium) return listed(build(wall));
  const up = upgrade(wall, answers);
  if (typeof up === 'string') return up;
  const body = applyEdits(wall.resource.body, up.change.edits) as JsonObject;
  const made = listed(build(wallOf(shownAtSku({ ...wall.resource, body }), 'registry')));
  return typeof made === 'string' ? made : [up, ...made];
}

const listed = (made: Proposal | readonly Proposal[] | string): readonly Proposal[] | string =>
  typeof made !== 'string' && 'change' in made ? [made] : made;
