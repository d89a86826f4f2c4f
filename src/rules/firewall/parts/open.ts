// The fix of the firewall rules: new allow rules, one per purpose, from the ranges of the subnet, at a priority before any
// deny. A policy gets one rule collection group for the subnet; a firewall with classic rules gets collections in its body.

import { firewallPolicyOf, firewallRulesOf, firewallRulesWith } from '../../../facts/firewall.ts';
import { subnetPrefixes } from '../../../facts/flows.ts';
import { editChange } from '../../../model/change.ts';
import { addTo, applyEdits } from '../../../model/edit.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, nameOf, parentId } from '../../../model/resource-id.ts';
import type { FirewallBody } from '../../../net/firewall/index.ts';
import {
  groupCollectionsPointer,
  ruleCollectionGroupsOf,
  ruleCollectionGroupType,
} from '../../../resource-types/azure-firewall.ts';
import { listAt, numberAt, textAt } from '../../../resource-types/read.ts';
import { legalName } from '../../parts/naming.ts';
import { displayName, listed, subnetShown } from '../../parts/verdict.ts';
import type { Proposal } from '../../rule.ts';
import { type PurposeStatus, statusesOf, statusOf } from './check.ts';
import { type FirewallOnRoute, ruleShown } from './place.ts';
import type { HostNeed, Purpose, TagNeed } from './purposes.ts';

/** `classic`: rules in the body of a firewall; `policy`: rules in a rule collection group. */
type Dialect = 'classic' | 'policy';

interface WantedRules {
  readonly slug: string;
  readonly tags: readonly TagNeed[];
  readonly hosts: readonly HostNeed[];
}

const isWeb = ({ protocol, ports }: HostNeed): boolean =>
  protocol === 'Tcp' && ports.every((port) => port === '80' || port === '443');

/** What is missing, by tag where there is one; `byHosts`: by host name where host names on 80 and 443 are enough. */
function wantedOf({ purpose, tags, hosts }: PurposeStatus, byHosts: boolean): WantedRules {
  const { slug } = purpose;
  const named = purpose.tags.length === 0 || (byHosts && purpose.hosts.length > 0 && purpose.hosts.every(isWeb));
  return named ? { slug, tags: [], hosts } : { slug, tags, hosts: [] };
}

/** One entry per slug. */
const bySlug = (wanted: readonly WantedRules[]): WantedRules[] =>
  [...Map.groupBy(wanted, ({ slug }) => slug)].map(([slug, some]) => ({
    slug,
    tags: some.flatMap(({ tags }) => tags),
    hosts: some.flatMap(({ hosts }) => hosts),
  }));

/** Needs that one rule can hold: those of the same protocol and ports. */
const alike = <Need extends TagNeed | HostNeed>(needs: readonly Need[]): Need[][] => [
  ...Map.groupBy(needs, ({ protocol, ports }) => `${protocol} ${ports.join(',')}`).values(),
];
const numbered = (slug: string, position: number): string => (position === 0 ? slug : `${slug}-${position + 1}`);

function networkRules({ slug, tags }: WantedRules, source: readonly string[], dialect: Dialect): JsonObject[] {
  return alike(tags).map((some, position): JsonObject => {
    const [first] = some;
    const protocol = first?.protocol === '*' ? 'Any' : (first?.protocol ?? 'Tcp').toUpperCase();
    return {
      ...(dialect === 'policy' ? { ruleType: 'NetworkRule' } : {}),
      name: numbered(slug, position),
      [dialect === 'policy' ? 'ipProtocols' : 'protocols']: [protocol],
      sourceAddresses: [...source],
      destinationAddresses: some.map(({ tag }) => tag),
      destinationPorts: [...(first?.ports ?? [])],
    };
  });
}

function applicationRules({ slug, hosts }: WantedRules, source: readonly string[], dialect: Dialect): JsonObject[] {
  return alike(hosts).map(
    (some, position): JsonObject => ({
      ...(dialect === 'policy' ? { ruleType: 'ApplicationRule' } : {}),
      name: numbered(slug, position),
      sourceAddresses: [...source],
      protocols: (some[0]?.ports ?? []).map((port) => ({
        protocolType: port === '80' ? 'Http' : 'Https',
        port: Number(port),
      })),
      targetFqdns: some.map(({ host }) => host),
    }),
  );
}

interface WrittenRules {
  readonly network: readonly JsonObject[];
  readonly application: readonly JsonObject[];
}
const writtenRules = (wanted: readonly WantedRules[], source: readonly string[], dialect: Dialect): WrittenRules => ({
  network: wanted.flatMap((one) => networkRules(one, source, dialect)),
  application: wanted.flatMap((one) => applicationRules(one, source, dialect)),
});

/** An Allow collection in the body of a firewall. */
const classicCollection = (name: string, priority: number, rules: readonly JsonObject[]): JsonObject => ({
  name,
  properties: { priority, action: { type: 'Allow' }, rules: [...rules] },
});

/** A new rule collection group: its network rules in one collection, its application rules in another. */
function groupBody(priority: number, { network, application }: WrittenRules): JsonObject {
  const collection = (name: string, at: number, rules: readonly JsonObject[]): Json[] =>
    rules.length === 0
      ? []
      : [
          {
            ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
            ...{ name, priority: at, action: { type: 'Allow' }, rules: [...rules] },
          },
        ];
  const ruleCollections = [...collection('bastide-net', 200, network), ...collection('bastide-app', 300, application)];
  return { properties: { priority, ruleCollections } };
}

const [lowest, highest] = [100, 65000];
type Where = 'last' | 'before the denies';

/** A free priority: after all others, or before the first that denies; undefined when none is left. */
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

/** `bastide-vnet-ml-snet-train`, with a number appended where the name is taken; 80 characters at most. */
function freeName(parts: readonly string[], taken: readonly string[]): string {
  const names = new Set(taken.map(fold));
  const name = legalName(['bastide', ...parts], 74);
  for (let position = 1; ; position += 1) {
    const numbered = position === 1 ? name : `${name}-${position}`;
    if (!names.has(fold(numbered))) return numbered;
  }
}
const placeName = (subnet: string): string[] => [displayName(parentId(subnet) ?? ''), displayName(subnet)];

const denies = (collection: Json): boolean =>
  fold(textAt(collection, '/action/type') ?? textAt(collection, '/properties/action/type') ?? '') === 'deny';

/** A possible change, and the rules after it. */
interface Attempt {
  readonly proposal: Proposal;
  readonly after: FirewallBody;
}

function inPolicy(
  place: FirewallOnRoute,
  policy: Resource,
  wanted: readonly WantedRules[],
  where: Where,
): Attempt | undefined {
  const { index } = place.context;
  const groups = index.list(ruleCollectionGroupsOf(policy.id));
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
  const followers = listAt(policy.body, '/properties/firewalls').map((item) => displayName(textAt(item, '/id') ?? ''));
  const advice = updateTakes(followers.length === 0 ? [displayName(place.firewall.id)] : followers);
  return {
    proposal: { change: { kind: 'create', resource, edits: [], body }, phase: 2, advice },
    after: { resource, body },
  };
}

function inBody(place: FirewallOnRoute, wanted: readonly WantedRules[], where: Where): Attempt | undefined {
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
    proposal: { change: editChange(firewall.id, edits), phase: 2, advice: updateTakes([displayName(firewall.id)]) },
    after: { resource: firewall.id, body: applyEdits(firewall.body, edits) },
  };
}

const updateTakes = (firewalls: readonly string[]): string =>
  `An update of ${listed(firewalls)} takes minutes, and other updates wait for it. Azure Firewall processes network rules before application rules.`;

/** Azure Firewall has rules for IPv4 only. */
const rangesOf = ({ subnet, context }: FirewallOnRoute): string[] =>
  subnetPrefixes(subnet, context.index).filter((prefix) => !prefix.includes(':'));

/**
 * The rules that allow what the firewall does not allow yet, or a sentence why none can. `byHosts`: by host names rather than
 * tags, where these are enough.
 */
export function allowPurposes(
  purposes: readonly Purpose[],
  place: FirewallOnRoute,
  byHosts: boolean,
): readonly Proposal[] | string {
  const { index } = place.context;
  const unmet = statusesOf(purposes, place).filter(({ outcome }) => outcome === 'unmet');
  if (unmet.length === 0) return [];
  if (rangesOf(place).length === 0) return `The address ranges of ${subnetShown(place.subnet)} are not known.`;
  const wanted = bySlug(unmet.map((status) => wantedOf(status, byHosts)));
  const policy = firewallPolicyOf(place.firewall, index);
  let stuck: readonly PurposeStatus[] = [];
  for (const where of ['last', 'before the denies'] as const) {
    const attempt = policy ? inPolicy(place, policy, wanted, where) : inBody(place, wanted, where);
    if (!attempt) continue;
    const rules = firewallRulesWith(place.firewall, attempt.after, index);
    stuck = unmet.filter(({ purpose }) => statusOf(purpose, place, rules).outcome !== 'met');
    if (stuck.length === 0) return [attempt.proposal];
  }
  const [first] = stuck;
  if (!first)
    return `No priority from ${lowest} to ${highest} is free in ${displayName((policy ?? place.firewall).id)}. Move some of its collections first.`;
  const { by } = statusOf(first.purpose, place, firewallRulesOf(place.firewall, index));
  const rule = by[0] ? `${ruleShown(by[0])} of ${displayName(by[0].resource)}` : 'An existing rule';
  return `${rule} comes before any rule that could be added for ${first.purpose.name}. Change that rule, then run fix again.`;
}
