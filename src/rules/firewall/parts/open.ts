// The fix of the firewall rules (rules-catalogue 15.10): rules of Bastide's own, where nothing that denies comes before them. A
// policy gets one rule collection group for the subnet; a firewall with rules of its own gets collections in its body.
import {
  groupCollectionsPointer,
  ruleCollectionGroupsOf,
  ruleCollectionGroupType,
} from '../../../kinds/azure-firewall.ts';
import { listAt, numberAt, textAt } from '../../../kinds/read.ts';
import { editChange } from '../../../model/change.ts';
import { addTo, applyEdits } from '../../../model/edit.ts';
import type { Finding } from '../../../model/finding.ts';
import type { Json } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, nameOf, parentId } from '../../../model/resource-id.ts';
import type { FirewallBody } from '../../../net/firewall/index.ts';
import { firewallPolicyOf, firewallRulesOf, firewallRulesWith } from '../../../posture/firewall.ts';
import { subnetPrefixes } from '../../../posture/flows.ts';
import { legalName } from '../../parts/naming.ts';
import { proposalsOn } from '../../parts/subjects.ts';
import { listed, shown, subnetShown } from '../../parts/verdict.ts';
import type { Judgement, Proposal } from '../../rule.ts';
import { type FirewallPlace, isPlace, placeOf, ruleShown } from './place.ts';
import type { Purpose } from './purposes.ts';
import { type Standing, standingOf, standingsOf } from './standing.ts';
import { classicCollection, groupBody, together, type Wanted, wantedOf, writtenRules } from './written.ts';

const [lowest, highest] = [100, 65000];
type Where = 'last' | 'before the denies';

/** A number nobody uses: behind all others, or before the first that denies; undefined when none is left. */
function freeNumber(used: readonly number[], denies: readonly number[], where: Where): number | undefined {
  const taken = new Set(used);
  const next = Math.ceil((Math.max(200, ...used) + 1) / 100) * 100;
  const behind = where === 'last' || denies.length === 0;
  if (behind && next <= highest) return next;
  const before = behind ? highest + 1 : Math.min(...denies);
  const round = Math.floor((before - 1) / 10) * 10;
  for (let number = round; number >= lowest; number -= 10) if (!taken.has(number)) return number;
  for (let number = before - 1; number >= lowest; number -= 1) if (!taken.has(number)) return number;
  return undefined;
}

/** `bastide-vnet-ml-snet-train`, with a number behind it where somebody has taken the name; 80 characters at most. */
function freeName(parts: readonly string[], taken: readonly string[]): string {
  const names = new Set(taken.map(fold));
  const name = legalName(['bastide', ...parts], 74);
  for (let index = 1; ; index += 1) {
    const numbered = index === 1 ? name : `${name}-${index}`;
    if (!names.has(fold(numbered))) return numbered;
  }
}
const placeName = (subnet: string): string[] => [shown(parentId(subnet) ?? ''), shown(subnet)];

const denies = (collection: Json): boolean =>
  fold(textAt(collection, '/action/type') ?? textAt(collection, '/properties/action/type') ?? '') === 'deny';

/** A change that may do, and the rules as they would be. */
interface Attempt {
  readonly proposal: Proposal;
  readonly after: FirewallBody;
}

function inPolicy(
  place: FirewallPlace,
  policy: Resource,
  wanted: readonly Wanted[],
  where: Where,
): Attempt | undefined {
  const { world } = place.judgement;
  const groups = world.list(ruleCollectionGroupsOf(policy.id));
  const priorityOf = ({ body }: Resource): number[] => {
    const priority = numberAt(body, '/properties/priority');
    return priority === undefined ? [] : [priority];
  };
  const denying = groups.filter(({ body }) => listAt(body, groupCollectionsPointer).some(denies));
  const priority = freeNumber(groups.flatMap(priorityOf), denying.flatMap(priorityOf), where);
  if (priority === undefined) return undefined;
  const name = freeName(
    placeName(place.subnet),
    groups.map(({ id }) => nameOf(id)),
  );
  const resource = `${policy.id}/${ruleCollectionGroupType.split('/').at(-1)}/${name}`;
  const body = groupBody(priority, writtenRules(wanted, rangesOf(place), 'policy'));
  const followers = listAt(policy.body, '/properties/firewalls').map((item) => shown(textAt(item, '/id') ?? ''));
  const risk = riskOf(followers.length === 0 ? [shown(place.firewall.id)] : followers);
  return {
    proposal: { change: { kind: 'create', resource, edits: [], body }, phase: 2, risk },
    after: { resource, body },
  };
}

function inBody(place: FirewallPlace, wanted: readonly Wanted[], where: Where): Attempt | undefined {
  const { firewall } = place;
  const rules = writtenRules(wanted, rangesOf(place), 'classic');
  const edits = [];
  for (const [kind, pointer, own] of [
    ['net', '/properties/networkRuleCollections', rules.network],
    ['app', '/properties/applicationRuleCollections', rules.application],
  ] as const) {
    if (own.length === 0) continue;
    const present = listAt(firewall.body, pointer);
    const numbersOf = (some: readonly Json[]) => some.flatMap((item) => numberAt(item, '/properties/priority') ?? []);
    const priority = freeNumber(numbersOf(present), numbersOf(present.filter(denies)), where);
    if (priority === undefined) return undefined;
    const taken = present.map((item) => textAt(item, '/name') ?? '');
    const name = freeName([kind, ...placeName(place.subnet)], taken);
    edits.push(addTo(firewall.body, pointer, classicCollection(name, priority, own), { member: 'name', fold: true }));
  }
  return {
    proposal: { change: editChange(firewall.id, edits), phase: 2, risk: riskOf([shown(firewall.id)]) },
    after: { resource: firewall.id, body: applyEdits(firewall.body, edits) },
  };
}

const riskOf = (firewalls: readonly string[]): string =>
  `An update of ${listed(firewalls)} takes minutes and holds up every other one. Its rules serve every network behind it; these name the ranges of the subnet as their source. A network rule is looked at before every application rule.`;

/** Azure Firewall has rules for IPv4 alone. */
const rangesOf = ({ subnet, judgement }: FirewallPlace): string[] =>
  subnetPrefixes(subnet, judgement.world).filter((prefix) => !prefix.includes(':'));

/** The rules that let the unmet purposes pass, or the sentence why none of Bastide's can. */
function openAt(place: FirewallPlace, unmet: readonly Standing[], byHosts: boolean): readonly Proposal[] | string {
  const { world } = place.judgement;
  if (unmet.length === 0) return [];
  if (rangesOf(place).length === 0) return `The ranges of ${subnetShown(place.subnet)} are not known.`;
  const wanted = together(unmet.map((standing) => wantedOf(standing, byHosts)));
  const policy = firewallPolicyOf(place.firewall, world);
  let stuck: readonly Standing[] = [];
  for (const where of ['last', 'before the denies'] as const) {
    const attempt = policy ? inPolicy(place, policy, wanted, where) : inBody(place, wanted, where);
    if (!attempt) continue;
    const rules = firewallRulesWith(place.firewall, attempt.after, world);
    stuck = unmet.filter(({ purpose }) => standingOf(purpose, place, rules).outcome !== 'met');
    if (stuck.length === 0) return [attempt.proposal];
  }
  const [first] = stuck;
  if (!first)
    return `No priority from ${lowest} to ${highest} is left at ${shown((policy ?? place.firewall).id)} for rules that count: move some of its collections first.`;
  const { by } = standingOf(first.purpose, place, firewallRulesOf(place.firewall, world));
  const whose = by[0] ? `${ruleShown(by[0])} of ${shown(by[0].resource)}` : 'a rule';
  return `${whose} comes before every rule that Bastide could add for ${first.purpose.name}: change that rule first, then fix again.`;
}

/** What mends a finding about purposes. `byHosts`: by host names rather than by tags, where names are enough. */
export const openProposals = (
  finding: Finding,
  judgement: Judgement,
  purposesOf: (place: FirewallPlace) => readonly Purpose[],
  byHosts: boolean,
): readonly Proposal[] | string =>
  proposalsOn(finding, judgement, ({ id }) => {
    const subject = { resource: id, ...(finding.where === null ? {} : { where: finding.where }) };
    const place = placeOf(subject, judgement);
    if (!isPlace(place)) return place.because;
    const unmet = standingsOf(purposesOf(place), place).filter(({ outcome }) => outcome === 'unmet');
    return openAt(place, unmet, byHosts);
  });
