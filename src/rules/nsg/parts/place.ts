// A training subnet with its network security group, as rules check it: how a flow is decided there, and the evidence of the
// decision.

import { adminLayerAt } from '../../../facts/admin-rules.ts';
import {
  closingName,
  decidedAt,
  type FlowQuestion,
  layerFor,
  type OutboundMode,
  outboundModeOf,
} from '../../../facts/flows.ts';
import { serviceTagsOf } from '../../../facts/service-tags.ts';
import { regionAt, securityGroupAt } from '../../../facts/training-subnets.ts';
import type { Evidence } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { looksLiteral } from '../../../net/addresses.ts';
import type { Decision, FlowOutcome } from '../../../net/decision.ts';
import { isSpecialTag } from '../../../net/facts.ts';
import { rangesOf } from '../../../net/index.ts';
import type { Layer, Owner } from '../../../net/layers.ts';
import { subnetType, vnetOf } from '../../../resource-types/network-view.ts';
import { itemsAt, textAt } from '../../../resource-types/read.ts';
import { securityRulesPointer } from '../../../resource-types/security-group-view.ts';
import { adminRulesIn, adminRulesOf } from '../../../resource-types/service-answers.ts';
import { defineRule, type RuleDraft } from '../../define.ts';
import { askedForTags, noTraining, trainingSubjects } from '../../parts/subjects.ts';
import { displayName, evidenceAt, listed, notApplicable, noted, subnetShown } from '../../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, Rule, RuleContext, Subjects } from '../../rule.ts';

/** One machine of a subnet, whose traffic is checked. */
export interface AtMachine {
  /** The NIC whose network security group is checked; undefined for the group of the subnet. */
  readonly nic: string | undefined;
  /** Its addresses; undefined where the whole subnet is meant. */
  readonly local: readonly string[] | undefined;
  /** Open or limited at both groups together. Throws UnreadableError when one could not be read. */
  mode(): OutboundMode;
}

/** A subnet and its network security group, or a machine and one of its groups. */
export interface NsgPlace {
  readonly subnet: string;
  readonly machine?: AtMachine;
  /** Without a group: a placeholder with the id of the subnet, which allows everything. */
  readonly group: Resource;
  readonly layer: Layer;
  /** Checked as if outbound Internet access were already denied. */
  readonly restricted: boolean;
  readonly context: RuleContext;
  /** By the current documentation, not by the article of 2020. */
  readonly today: boolean;
}

/** Each training subnet with its network security group, or with the placeholder where it has none. */
const trainingPlaces: Subjects<NsgPlace> = {
  list: (context) => trainingSubjects(context, ({ body }) => textAt(body, '/properties/networkSecurityGroup/id')),
  resolve: ({ resource }, context) =>
    noTraining(resource, context.index) ??
    placeAt(resource, context) ??
    withGroup(
      { subnet: resource, restricted: false, context, today: context.profile !== 'article-2020' },
      noneAt(resource),
    ),
};

/** The place of a subnet; undefined without a group. Throws UnreadableError when it could not be read. */
export function placeAt(subnet: string, context: RuleContext): NsgPlace | undefined {
  const { index, profile, assumeDenyByDefault } = context;
  const group = securityGroupAt(subnet, index);
  if (!group) return undefined;
  const restricted = assumeDenyByDefault && index.snapshot.intents.outboundMode === 'limited';
  return withGroup({ subnet, restricted, context, today: profile !== 'article-2020' }, group);
}

/** A subnet without a group allows everything that no security admin rule denies. */
const noneAt = (subnet: string): Resource => {
  const both = (['Inbound', 'Outbound'] as const).map((direction) => ({
    name: 'no network security group',
    properties: {
      ...{ direction, access: 'Allow', protocol: '*', priority: 65000, sourcePortRange: '*' },
      ...{ destinationPortRange: '*', sourceAddressPrefix: '*', destinationAddressPrefix: '*' },
    },
  }));
  return { id: subnet, type: subnetType, apiVersion: '', body: { properties: { defaultSecurityRules: both } } };
};
const hasGroup = ({ group, subnet }: NsgPlace): boolean => !sameId(group.id, subnet);

type GroupDraft = Omit<RuleDraft, 'for' | 'about' | 'subjects' | 'check' | 'flows' | 'fix' | 'undo'> & {
  check(place: NsgPlace): CheckResult;
  /** The result where the subnet has no group; not applicable unless given. */
  bare?(place: NsgPlace): CheckResult;
  /** Flows for live checks by Azure, even where a read failed. */
  asked?(context: RuleContext): readonly FlowQuestion[];
  flows?(place: NsgPlace): readonly FlowQuestion[];
  fix?(place: NsgPlace, answers: Answers): readonly Proposal[] | string;
  /** The change for a subnet without a group; none unless given. */
  fixBare?(place: NsgPlace): readonly Proposal[] | string;
};

/** A rule about the network security group of each training subnet. A fix is automatic unless given, and can be undone completely. */
export function groupRule({ check, bare, asked, flows, fix, fixBare, ...draft }: GroupDraft): Rule {
  const none = fixBare ?? (() => 'The subnet has no network security group.');
  const rule = defineRule<NsgPlace>({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    subjects: trainingPlaces,
    check(place) {
      if (hasGroup(place)) return check(place);
      const { subnet, context } = place;
      const without = () => (bare ?? noGroup)(place);
      if (!adminLayerAt(subnet, context.index)) return without();
      // Without a group, security admin rules still apply.
      const open = check(place);
      const tells = bare ? open.outcome === 'pass' : open.outcome === 'fail';
      return tells || open.outcome === 'unknown' ? open : without();
    },
    ...(flows && { flows: (place) => (hasGroup(place) ? flows(place) : []) }),
    ...(fix && { fix: (place, _judgement, answers) => (hasGroup(place) ? fix(place, answers) : none(place)) }),
  });
  return asked ? { ...rule, flows: (_subject, context) => asked(context) } : rule;
}
const noGroup = ({ subnet }: NsgPlace): CheckResult =>
  notApplicable(`${subnetShown(subnet)} has no network security group; see nsg.subnet-nsg-state.`);

/** The same place with another group, or with the planned group. */
export const withGroup = (place: Omit<NsgPlace, 'group' | 'layer'>, group: Resource): NsgPlace => ({
  ...place,
  group,
  layer: layerFor(
    group,
    place.subnet,
    place.context.index,
    place.restricted,
    place.machine?.nic === undefined ? 'subnet' : 'nic',
  ),
});

export const modeOf = ({ subnet, context, machine }: NsgPlace): OutboundMode =>
  machine ? machine.mode() : outboundModeOf(subnet, context.index);
export function decided(asked: FlowQuestion, { subnet, layer, context, machine }: NsgPlace): Decision {
  const here = machine?.local === undefined ? asked : { ...asked, local: machine.local };
  return decidedAt(here, subnet, layer, context.index);
}

/** ARM's name of the region whose services the subnet uses. */
export const regionOf = ({ subnet, context }: Pick<NsgPlace, 'subnet' | 'context'>): string =>
  regionAt(subnet, context.index);

const owners = (decision: Decision, outcome: FlowOutcome): Owner[] => {
  const all = decision.parts
    .filter((part) => part.outcome === outcome)
    .flatMap((part) => (outcome === 'unknown' ? part.unsure : part.by));
  return [...new Map(all.map((owner) => [owner.label, owner])).values()];
};

/** The pointer of a custom rule in the body of its group. */
export const pointerOf = (group: Resource, name: string): string | undefined =>
  itemsAt(group.body, securityRulesPointer).find(({ item }) => fold(textAt(item, '/name') ?? '') === fold(name))
    ?.pointer;

/** `Deny, priority 200`. */
export const accessShown = ({ access, priority }: { readonly access: string; readonly priority: number }): string =>
  `${access}, priority ${priority}`;
const ownerAccess = ({ rule, access }: Owner): string => (rule ? accessShown({ ...rule, access }) : access);
const ruleShown = (owner: Owner): string => {
  if (owner.rule?.name === closingName) return closingName;
  const name = `${clean(owner.rule?.name ?? owner.label, 80)} (${ownerAccess(owner)})`;
  return isAdmin(owner) ? `security admin rule ${name}` : name;
};

// Security admin rules come before every group, and no rule of a group overrides one.
const isAdmin = ({ place }: Owner): boolean => place === 'admin';

/** A security admin rule among those in effect. */
function adminEvidence({ rule }: Owner, { subnet, context: { index } }: NsgPlace, note: string): Evidence {
  const id = adminRulesOf(vnetOf(subnet));
  const name = rule?.name ?? '';
  const there = index.peek(id);
  const found = there.state === 'read' ? adminRulesIn(there.resource).find((one) => one.name === name) : undefined;
  return there.state === 'read' && found
    ? evidenceAt(there.resource, found.pointer, note)
    : noted(id, clean(name, 80), note);
}

/** What denies a flow: the group, or Virtual Network Manager where only security admin rules do. */
export function stopperShown(decision: Decision, place: NsgPlace): string {
  const stopping = owners(decision, 'denied');
  return stopping.length > 0 && stopping.every(isAdmin)
    ? `Virtual Network Manager of ${displayName(vnetOf(place.subnet))}`
    : placeShown(place);
}

/** Why no rule of a group can allow a flow; undefined where no security admin rule denies it, or may. */
export function ruledOut(decision: Decision, { subnet }: NsgPlace): string | undefined {
  const stopping = [...owners(decision, 'denied'), ...owners(decision, 'unknown')];
  const first = stopping.find((owner) => isAdmin(owner) && owner.access === 'Deny');
  if (!first) return undefined;
  const rule = ruleShown(first).replace(/^s/, 'S');
  return `${rule} applies before every network security group in ${displayName(vnetOf(subnet))}. Change it in Virtual Network Manager.`;
}

/** The rules that decide, as text: `DenyInternet (Deny, priority 200)`. */
export const deciders = (decision: Decision, outcome: FlowOutcome): string => {
  const all = owners(decision, outcome).map(ruleShown);
  return listed(all.length > 4 ? [...all.slice(0, 3), `${all.length - 3} more`] : all);
};

const isTag = (text: string): boolean => text !== '*' && !looksLiteral(text) && !isSpecialTag(text);
const namesTag = ({ rule }: Owner): boolean =>
  rule !== undefined && [...rule.source.prefixes, ...rule.destination.prefixes].some(isTag);

/**
 * What an undecided flow depends on, as text. Throws UnreadableError where it is the addresses of a service tag, and Azure
 * refused to list them.
 */
export function hangsOn(decision: Decision, place: NsgPlace): string {
  return deciders(decision, 'unknown') + needsTags(decision, place);
}

/**
 * That it depends on the addresses of service tags, as the end of a sentence; empty where it does not, or where they are
 * known. `sure`: it certainly depends on them. Throws UnreadableError where Azure refused to list them.
 */
export function needsTags(decision: Decision, { context: { index } }: NsgPlace, sure = false): string {
  const onTags = sure || decision.uncounted.length > 0 || owners(decision, 'unknown').some(namesTag);
  if (!onTags || serviceTagsOf(index)) return '';
  askedForTags(index);
  return '; service tag addresses are missing (pass --service-tags FILE)';
}

/** The rules that decide, then what is denied, unknown or (`shows`) allowed, in CIDRs and ports, with one packet. */
export function evidenceOf(
  decision: Decision,
  place: NsgPlace,
  direction: FlowQuestion['direction'],
  shows?: 'allowed',
): Evidence[] {
  const { group } = place;
  const outcomes = (['denied', 'unknown', 'allowed'] as const).filter((one) => owners(decision, one).length > 0);
  const rules = outcomes.flatMap((outcome) =>
    owners(decision, outcome)
      .slice(0, 6)
      .map((owner) => {
        const note = `${outcome === 'unknown' ? 'may decide' : 'decides'}: ${ownerAccess(owner)}`;
        if (isAdmin(owner)) return adminEvidence(owner, place, note);
        const pointer = pointerOf(group, owner.rule?.name ?? '');
        return pointer === undefined || owner.rule?.standard
          ? noted(group.id, clean(owner.rule?.name ?? owner.label, 80), note)
          : evidenceAt(group, pointer, note);
      }),
  );
  const parts = (['denied', 'unknown', ...(shows ? [shows] : [])] as const).flatMap((outcome) => {
    const some = decision.parts.filter((part) => part.outcome === outcome);
    if (some.length === 0) return [];
    const texts = rangesOf(some.slice(0, 6), direction, decision.uncounted, 4).map(
      (range) =>
        `${range.protocol} ${range.sources.join(',')} -> ${range.destinations.join(',')} ports ${range.destinationPorts.join(',')}`,
    );
    const packet = decision.witness[outcome];
    return [noted(group.id, texts, `${outcome} traffic${packet === undefined ? '' : `, for example ${packet}`}`)];
  });
  return [...rules, ...parts];
}

export const placeShown = (place: NsgPlace): string => {
  const { subnet, group, machine } = place;
  if (!hasGroup(place)) return subnetShown(subnet);
  return `${displayName(group.id)} on ${machine?.nic === undefined ? subnetShown(subnet) : displayName(machine.nic)}`;
};
