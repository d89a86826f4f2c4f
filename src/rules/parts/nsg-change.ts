// Changes to a security group, one rule at a time: a new rule at a number that makes it count, an allow moved ahead of the deny
// that hides it, a rule taken out (rules-catalogue 3.12 and 15.5).
import {
  securityRulesOf,
  securityRuleType,
  withoutSecurityRule,
  withSecurityRule,
} from '../../kinds/security-group-view.ts';
import { type Change, editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { Decision } from '../../net/decision.ts';
import { type Direction, priorityBefore, type Rule } from '../../net/index.ts';
import type { Owner } from '../../net/layers.ts';
import { closingName } from '../../posture/flows.ts';
import { sharers } from '../../posture/training-subnets.ts';
import type { Proposal } from '../rule.ts';
import type { Need } from './nsg-need.ts';
import { decided, type Place, ruledOut, withGroup } from './nsg-place.ts';
import { listed, shown, subnetShown } from './verdict.ts';

/** A rule as a fix writes it; the number is chosen where it is known what it must come before. */
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

/** One member where there is one value, its plural where there are several; tags and `*` stand in the singular only. */
const oneOrMany = (singular: string, plural: string, values: readonly string[]): JsonObject =>
  values.length === 1 ? { [singular]: values[0] ?? '*' } : { [plural]: [...values] };

export const ruleProperties = (spec: RuleSpec, priority: number): JsonObject => ({
  protocol: spec.protocol,
  direction: spec.direction,
  access: spec.access,
  priority,
  ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', spec.sources),
  sourcePortRange: '*',
  ...oneOrMany('destinationAddressPrefix', 'destinationAddressPrefixes', spec.destinations),
  ...oneOrMany('destinationPortRange', 'destinationPortRanges', spec.ports),
});

/** `bastide-<slug>`, with a number behind it where somebody has taken the name. */
export function freeName({ group }: Place, slug: string): string {
  const taken = new Set(securityRulesOf(group).map(({ id }) => fold(nameOf(id))));
  for (let index = 1; ; index += 1) {
    const name = `bastide-${slug}${index > 1 ? `-${index}` : ''}`;
    if (!taken.has(fold(name))) return name;
  }
}

/** A change of one rule, and the place after it. */
export interface Step {
  readonly change: Change;
  readonly after: Place;
}

export function addRule(place: Place, spec: RuleSpec, priority: number): Step {
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

export const ruleNamed = ({ group }: Place, name: string): Resource | undefined =>
  securityRulesOf(group).find(({ id }) => fold(nameOf(id)) === fold(name));

export function moveRule(place: Place, rule: Resource, priority: number): Step {
  const edit = setMember(rule.body, '/properties/priority', priority);
  const properties = { ...(rule.body.properties as JsonObject), priority };
  return {
    change: editChange(rule.id, [edit]),
    after: withGroup(place, withSecurityRule(place.group, { ...rule, body: { ...rule.body, properties } })),
  };
}

export const deleteRule = (place: Place, rule: Resource): Step => ({
  change: { kind: 'delete', resource: rule.id, edits: [], body: rule.body },
  after: withGroup(place, withoutSecurityRule(place.group, rule.id)),
});

/** What everybody who shares the group meets. */
export function riskOf({ group, judgement: { world } }: Place, what: string): string {
  const all = sharers(group.id, world).map((id) => (/\/subnets\//i.test(id) ? subnetShown(id) : shown(id)));
  const whom = all.length > 6 ? [...all.slice(0, 5), `${all.length - 5} more`] : all;
  return `${what} That holds for everything that ${shown(group.id)} stands at: ${listed(whom)}.`;
}

/** The lowest number among the denies of groups that stop, or may stop, part of a flow; 65500 when only Azure's own does. */
export function lowestDeny(decision: Decision): number {
  const stopping = decision.parts
    .filter(({ outcome }) => outcome !== 'allowed')
    .flatMap((part): readonly Owner[] => [...part.by, ...part.unsure, ...part.pending])
    .flatMap(({ access, place, rule }) => (access === 'Deny' && rule && place !== 'admin' ? [rule.priority] : []));
  return Math.min(65500, ...stopping);
}

const numbered = ({ layer }: Place): Rule[] => layer.group.rules.filter(({ name }) => name !== closingName);
export const numberBefore = (place: Place, direction: Direction, before: number): number | undefined =>
  priorityBefore(numbered(place), direction, before);

/** No number is left: what to do by hand. */
export function noNumber({ group, layer }: Place, direction: Direction, before: number): string {
  const deny = layer.group.rules.find((rule) => rule.direction === direction && rule.priority === before);
  const name = clean(deny?.name ?? 'the deny', 80);
  return `No number below ${before} is free at ${shown(group.id)}: move ${name} upward first (az network nsg rule update --nsg-name ${shown(group.id)} -n ${name} --priority N), then fix again.`;
}

/** The change that lets one flow pass; undefined when it passes already, a sentence when no rule of ours can do it. */
function openOne(place: Place, { asked, add, what }: Need): Step | string | undefined {
  const decision = decided(asked, place);
  if (decision.verdict === 'allowed') return undefined;
  const ruled = ruledOut(decision, place);
  if (ruled !== undefined) return ruled;
  const before = lowestDeny(decision);
  const priority = numberBefore(place, asked.direction, before);
  if (priority === undefined) return noNumber(place, asked.direction, before);
  const passes = ({ after }: Step) => decided(asked, after).verdict === 'allowed';
  const behind = numbered(place).filter(
    (rule) => !rule.standard && rule.direction === asked.direction && rule.access === 'Allow' && rule.priority > before,
  );
  const moved = behind.values().flatMap((rule) => {
    const resource = ruleNamed(place, rule.name);
    return resource ? [moveRule(place, resource, priority)] : [];
  });
  // A rule is moved only when none before it would do.
  const found = moved.find(passes) ?? addRule(place, add, priority);
  return passes(found) ? found : `One more allow would not let ${what} pass for certain at ${shown(place.group.id)}.`;
}

/** The changes that let flows pass, one after the other; [] when all do, a sentence when one cannot be helped. */
export function openFor(place: Place, needs: readonly Need[]): { steps: readonly Step[]; after: Place } | string {
  const steps: Step[] = [];
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

export const proposed = (place: Place, steps: readonly Step[], phase: Phase, what: string): Proposal[] =>
  steps.map(({ change }) => ({ change, phase, risk: riskOf(place, what) }));
