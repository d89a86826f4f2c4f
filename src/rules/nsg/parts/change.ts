// Changes to a network security group, one rule at a time: a new rule at a priority that takes effect, an allow moved before the
// deny that shadows it, a rule deleted; and a new group with all its rules at once (docs/reference/nsg-priorities.md).

import { closingName } from '../../../facts/flows.ts';
import { sharers } from '../../../facts/training-subnets.ts';
import { readVersionOf } from '../../../model/api-versions.ts';
import { type Change, deleteChange, editChange } from '../../../model/change.ts';
import { setMember } from '../../../model/edit.ts';
import { isObject, type JsonObject, sameJson } from '../../../model/json.ts';
import type { Phase } from '../../../model/plan.ts';
import { withMember } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, nameOf, sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import type { Decision } from '../../../net/decision.ts';
import { type Direction, priorityBefore, type SecurityRule } from '../../../net/index.ts';
import type { Owner } from '../../../net/layers.ts';
import { readRule } from '../../../net/nsg.ts';
import type { Opening } from '../../../net/openings.ts';
import { nicType } from '../../../resource-types/machine-view.ts';
import { isWithinRule } from '../../../resource-types/parts/security-rule-effects.ts';
import { listAt, objectAt, textAt } from '../../../resource-types/read.ts';
import {
  securityGroupType,
  securityRulesOf,
  securityRulesPointer,
  securityRuleType,
  withoutSecurityRule,
  withSecurityRule,
} from '../../../resource-types/security-group-view.ts';
import { numberedName, placeToMake } from '../../parts/naming.ts';
import { displayName, few, subnetShown } from '../../parts/verdict.ts';
import type { Proposal, RuleContext } from '../../rule.ts';
import type { FlowNeed } from './flows.ts';
import { decided, type NsgPlace, ruledOut, withGroup } from './place.ts';

/** A rule as a fix writes it; its priority is chosen once the rules that it must precede are known. */
export interface RuleSpec {
  /** The name without its prefix: `outbound-storage`. */
  readonly slug: string;
  readonly direction: Direction;
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
}

/** One member where there is one value, its plural where there are several; tags and `*` are legal in the singular only. */
const oneOrMany = (singular: string, plural: string, values: readonly string[]): JsonObject =>
  values.length === 1 ? { [singular]: values[0] ?? '*' } : { [plural]: [...values] };

const ruleProperties = (spec: RuleSpec, priority: number): JsonObject => ({
  protocol: spec.protocol,
  direction: spec.direction,
  access: spec.access,
  priority,
  ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', spec.sources),
  sourcePortRange: '*',
  ...oneOrMany('destinationAddressPrefix', 'destinationAddressPrefixes', spec.destinations),
  ...oneOrMany('destinationPortRange', 'destinationPortRanges', spec.ports),
});

/** `bastide-<slug>`, with a number appended where the name is taken. */
function freeName({ group }: Pick<NsgPlace, 'group'>, slug: string): string {
  const taken = new Set(securityRulesOf(group).map(({ id }) => fold(nameOf(id))));
  for (let position = 1; ; position += 1) {
    const name = `bastide-${slug}${position > 1 ? `-${position}` : ''}`;
    if (!taken.has(fold(name))) return name;
  }
}

/** A change of one rule, and the place after it. */
export interface NsgStep {
  readonly change: Change;
  readonly after: NsgPlace;
}

/** The changes of an opening, in order; an added rule is named `bastide-<slug>`. [] where a rule has no name to change it by. */
export function openingChanges(group: Resource, opening: Opening, slug: string): readonly Change[] {
  let here = group;
  if (opening.some((one) => one.kind !== 'add' && !ruleNamed({ group }, one.rule.name))) return [];
  return opening.flatMap((one): Change[] => {
    if (one.kind === 'add') {
      const { sources, destinations, destinationPorts: ports, direction, protocol } = one.allow;
      const name = freeName({ group: here }, slug);
      const spec: RuleSpec = { slug, direction, access: 'Allow', protocol, sources, destinations, ports };
      const properties = ruleProperties(spec, one.priority);
      const id = `${group.id}/securityRules/${name}`;
      const made = { id, type: securityRuleType, apiVersion: group.apiVersion, body: { id, name, properties } };
      here = withSecurityRule(here, made);
      return [{ kind: 'create', resource: id, edits: [], body: { properties } }];
    }
    const rule = ruleNamed({ group }, one.rule.name);
    if (!rule) return [];
    if (one.kind === 'delete') return [deleteChange(rule)];
    return [editChange(rule.id, [setMember(rule.body, '/properties/priority', one.priority)])];
  });
}

export function addRule(place: NsgPlace, spec: RuleSpec, priority: number): NsgStep {
  const { group } = place;
  const name = freeName(place, spec.slug);
  const id = `${group.id}/securityRules/${name}`;
  const properties = ruleProperties(spec, priority);
  const rule: Resource = { id, type: securityRuleType, apiVersion: group.apiVersion, body: { id, name, properties } };
  return {
    change: { kind: 'create', resource: id, edits: [], body: { properties } },
    after: withGroup(place, withSecurityRule(group, rule)),
  };
}

export const ruleNamed = ({ group }: Pick<NsgPlace, 'group'>, name: string): Resource | undefined =>
  securityRulesOf(group).find(({ id }) => fold(nameOf(id)) === fold(name));

export function moveRule(place: NsgPlace, rule: Resource, priority: number): NsgStep {
  const edit = setMember(rule.body, '/properties/priority', priority);
  const properties = { ...(rule.body.properties as JsonObject), priority };
  return {
    change: editChange(rule.id, [edit]),
    after: withGroup(place, withSecurityRule(place.group, { ...rule, body: { ...rule.body, properties } })),
  };
}

export const deleteRule = (place: NsgPlace, rule: Resource): NsgStep => ({
  change: deleteChange(rule),
  after: withGroup(place, withoutSecurityRule(place.group, rule.id)),
});

/** What a change of the group means for every subnet and NIC that uses it. */
export function sharedBy({ group, context: { index } }: NsgPlace): string {
  const all = sharers(group.id, index).map((id) => (/\/subnets\//i.test(id) ? subnetShown(id) : displayName(id)));
  return `Applies to every subnet and NIC that uses ${displayName(group.id)}: ${few(all)}.`;
}

/**
 * The lowest priority number among the deny rules of groups that deny, or may deny, part of a flow; 65500 where only a
 * default rule does.
 */
export function lowestDeny(decision: Decision): number {
  const stopping = decision.parts
    .filter(({ outcome }) => outcome !== 'allowed')
    .flatMap((part): readonly Owner[] => [...part.by, ...part.unsure, ...part.pending])
    .flatMap(({ access, place, rule }) => (access === 'Deny' && rule && place !== 'admin' ? [rule.priority] : []));
  return Math.min(65500, ...stopping);
}

const numbered = ({ layer }: NsgPlace): SecurityRule[] => layer.group.rules.filter(({ name }) => name !== closingName);
export const numberBefore = (place: NsgPlace, direction: Direction, before: number): number | undefined =>
  priorityBefore(numbered(place), direction, before);

/** Why no priority is left, and what to do manually. */
export function noNumber({ group, layer }: NsgPlace, direction: Direction, before: number): string {
  const deny = layer.group.rules.find((rule) => rule.direction === direction && rule.priority === before);
  const name = clean(deny?.name ?? 'the deny rule', 80);
  return `${noPriority} ${before} is free in ${displayName(group.id)}. Move ${name} to a higher number, then run fix again: az network nsg rule update --nsg-name ${displayName(group.id)} -n ${name} --priority N.`;
}
/** How the sentence of `noNumber` begins. */
export const noPriority = 'No priority below';

/** The change that allows one flow; undefined when it is already allowed, a sentence when no rule of the group can allow it. */
function openOne(place: NsgPlace, { asked, add, what }: FlowNeed): NsgStep | string | undefined {
  const decision = decided(asked, place);
  if (decision.verdict === 'allowed') return undefined;
  const ruled = ruledOut(decision, place);
  if (ruled !== undefined) return ruled;
  const before = lowestDeny(decision);
  const priority = numberBefore(place, asked.direction, before);
  if (priority === undefined) return noNumber(place, asked.direction, before);
  const passes = ({ after }: NsgStep) => decided(asked, after).verdict === 'allowed';
  const wanted = readRule({ name: add.slug, properties: ruleProperties(add, priority) }, false).rules;
  // A rule that allows more than is required stays where its owner placed it.
  const behind = numbered(place).filter(
    (rule) =>
      !rule.standard &&
      rule.direction === asked.direction &&
      rule.access === 'Allow' &&
      rule.priority > before &&
      wanted.some((one) => isWithinRule(rule, one)),
  );
  const moved = behind.values().flatMap((rule) => {
    const resource = ruleNamed(place, rule.name);
    return resource ? [moveRule(place, resource, priority)] : [];
  });
  // A rule is added only where moving one is not enough.
  const found = moved.find(passes) ?? addRule(place, add, priority);
  return passes(found) ? found : `One more allow rule in ${displayName(place.group.id)} may not allow ${what}.`;
}

/** The changes that allow flows, one after the other; [] when all are allowed, a sentence when one cannot be. */
export function openFor(
  place: NsgPlace,
  needs: readonly FlowNeed[],
): { steps: readonly NsgStep[]; after: NsgPlace } | string {
  const steps: NsgStep[] = [];
  let here = place;
  for (const need of needs) {
    const step = openOne(here, need);
    if (typeof step === 'string') return step;
    if (!step) continue;
    steps.push(step);
    here = step.after;
  }
  return { steps, after: here };
}

export const proposed = (place: NsgPlace, steps: readonly NsgStep[], phase: Phase): Proposal[] =>
  steps.map(({ change }) => ({ change, phase, advice: sharedBy(place) }));

/** A planned group at a subnet or NIC; `home` is the id of its resource group. */
export const newGroup = (place: Omit<NsgPlace, 'group' | 'layer'>, home: string, location: string): NsgPlace =>
  withGroup(place, {
    ...{
      id: `${home}/providers/${securityGroupType}/new`,
      type: securityGroupType,
      apiVersion: readVersionOf(securityGroupType),
    },
    body: { location, properties: { securityRules: [] } },
  });

/** The body that a new group is created with: its location and all its rules. */
export function newGroupBody({ group }: NsgPlace): JsonObject {
  const rules = listAt(group.body, securityRulesPointer).flatMap((rule) =>
    isObject(rule) ? [{ name: rule.name ?? '', properties: rule.properties ?? {} }] : [],
  );
  return { location: textAt(group.body, '/location') ?? '', properties: { securityRules: rules } };
}

/**
 * Where to create a group in a resource group; one that this plan or the history made is identified by its content. `of`: name of the
 * resource it is created for.
 */
export function freeGroup(home: string, of: string, body: JsonObject, { index, isOwn }: RuleContext) {
  const holders = ['Microsoft.Network/virtualNetworks/subnets', nicType].flatMap((type) => index.ofType(type));
  const isAlone = (id: string) =>
    holders.every((one) => !sameId(textAt(one.body, '/properties/networkSecurityGroup/id'), id));
  return placeToMake(
    (position) => `${home}/providers/${securityGroupType}/${numberedName(['nsg', of], 80, position)}`,
    index,
    (there) => isOwn?.(there.id) === true && holdsRules(there, body, isOwn) && isAlone(there.id),
  );
}

/** Has a group the rules of a new one? Own Allow rules may be beside them: an earlier change of the plan needed them. */
function holdsRules(there: Resource, wanted: JsonObject, isOwn: RuleContext['isOwn']): boolean {
  const rulesOf = (body: JsonObject) =>
    listAt(body, '/properties/securityRules').map((rule) => ({
      name: textAt(rule, '/name') ?? '',
      allows: textAt(rule, '/properties/access') === 'Allow',
      flow: withMember(objectAt(rule, '/properties') ?? {}, 'priority', undefined),
    }));
  const [own, needed] = [rulesOf(there.body), rulesOf(wanted)];
  const isNeeded = ({ name, flow }: (typeof own)[number]) =>
    needed.some((one) => one.name === name && sameJson(one.flow, flow));
  return (
    needed.every(({ name }) => own.some((one) => one.name === name && isNeeded(one))) &&
    own.every((one) => isNeeded(one) || (one.allows && isOwn?.(`${there.id}/securityRules/${one.name}`) === true))
  );
}
