// A training subnet with its network security group, as rules check it: how a flow is decided there, and what the decision shows.

import { vnetOf } from '../../kinds/network-view.ts';
import { itemsAt, textAt } from '../../kinds/read.ts';
import { securityRulesPointer } from '../../kinds/security-group-view.ts';
import { adminRulesIn, adminRulesOf } from '../../kinds/service-answers.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { looksLiteral } from '../../net/addresses.ts';
import type { Decision, Outcome } from '../../net/decision.ts';
import { isSpecialTag } from '../../net/facts.ts';
import { rangesOf } from '../../net/index.ts';
import type { Layer, Owner } from '../../net/layers.ts';
import { adminLayerAt } from '../../posture/admin-rules.ts';
import {
  type Asked,
  closingName,
  decidedAt,
  layerFor,
  type OutboundMode,
  outboundModeOf,
} from '../../posture/flows.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { regionAt, securityGroupAt } from '../../posture/training-subnets.ts';
import { type Draft, defineRule } from '../define.ts';
import type { Answers, Judgement, Proposal, Rule, Subjects, Verdict } from '../rule.ts';
import { askedForTags, noTraining, trainingSubjects } from './training.ts';
import { listed, notApplicable, noted, seen, shown, subnetShown } from './verdict.ts';

export const subnetType = 'Microsoft.Network/virtualNetworks/subnets';

/** One machine of a subnet, as its traffic is checked. */
export interface AtMachine {
  /** The NIC whose network security group is checked; undefined for the group of the subnet. */
  readonly card: string | undefined;
  /** Its own addresses; undefined where the whole subnet counts. */
  readonly local: readonly string[] | undefined;
  /** Open or limited at both groups together. Throws GapRead when one could not be read. */
  mode(): OutboundMode;
}

/** A subnet and its network security group, or a machine and one of its groups. */
export interface Place {
  readonly subnet: string;
  readonly machine?: AtMachine;
  /** Without a group: a stand-in with the id of the subnet, which allows everything. */
  readonly group: Resource;
  readonly layer: Layer;
  /** Checked as if the Internet were denied already. */
  readonly shut: boolean;
  readonly judgement: Judgement;
  /** By the current documentation, not by the article of 2020. */
  readonly today: boolean;
}

/** Each training subnet with its network security group, or with the stand-in where it has none. */
export const trainingPlaces: Subjects<Place> = {
  list: (judgement) => trainingSubjects(judgement, ({ body }) => textAt(body, '/properties/networkSecurityGroup/id')),
  resolve: ({ resource }, judgement) =>
    noTraining(resource, judgement.world) ??
    placeAt(resource, judgement) ??
    withGroup({ subnet: resource, shut: false, judgement, today: judgement.profile !== 'seed-2020' }, noneAt(resource)),
};

/** The place of a subnet; undefined without a group. Throws GapRead when it could not be read. */
export function placeAt(subnet: string, judgement: Judgement): Place | undefined {
  const { world, profile, asIfClosed } = judgement;
  const group = securityGroupAt(subnet, world);
  if (!group) return undefined;
  const shut = asIfClosed && world.snapshot.intents.outboundMode === 'limited';
  return withGroup({ subnet, shut, judgement, today: profile !== 'seed-2020' }, group);
}

/** What a subnet without a group does: everything passes that no security admin rule stops. */
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
export const hasGroup = ({ group, subnet }: Place): boolean => !sameId(group.id, subnet);

type GroupDraft = Omit<Draft, 'for' | 'about' | 'subjects' | 'check' | 'flows' | 'fix' | 'fixKind' | 'undo'> & {
  check(place: Place): Verdict;
  /** The result where the subnet has no group; not applicable unless given. */
  bare?(place: Place): Verdict;
  /** Flows that Azure can be asked about, whatever was read. */
  asked?(judgement: Judgement): readonly Asked[];
  flows?(place: Place): readonly Asked[];
  fix?(place: Place, answers: Answers): readonly Proposal[] | string;
  /** The change for a subnet without a group; none unless given. */
  fixBare?(place: Place): readonly Proposal[] | string;
};

/** A rule about the network security group of each training subnet. A fix is automatic and can be undone completely. */
export function groupRule({ check, bare, asked, flows, fix, fixBare, ...draft }: GroupDraft): Rule {
  const none = fixBare ?? (() => 'The subnet has no network security group.');
  const rule = defineRule<Place>({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    about: subnetType,
    ...(fix && { fixKind: 'auto', undo: 'exact' }),
    subjects: trainingPlaces,
    check(place) {
      if (hasGroup(place)) return check(place);
      const { subnet, judgement } = place;
      const without = () => (bare ?? noGroup)(place);
      if (!adminLayerAt(subnet, judgement.world)) return without();
      // Without a group, what security admin rules stop still counts.
      const open = check(place);
      const tells = bare ? open.outcome === 'pass' : open.outcome === 'fail';
      return tells || open.outcome === 'unknown' ? open : without();
    },
    ...(flows && { flows: (place) => (hasGroup(place) ? flows(place) : []) }),
    ...(fix && { fix: (place, _judgement, answers) => (hasGroup(place) ? fix(place, answers) : none(place)) }),
  });
  return asked ? { ...rule, flows: (_subject, judgement) => asked(judgement) } : rule;
}
const noGroup = ({ subnet }: Place): Verdict =>
  notApplicable(`${subnetShown(subnet)} has no network security group; see nsg.subnet-nsg-state.`);

/** The same place with another group, or the group as it will be. */
export const withGroup = (place: Omit<Place, 'group' | 'layer'>, group: Resource): Place => ({
  ...place,
  group,
  layer: layerFor(
    group,
    place.subnet,
    place.judgement.world,
    place.shut,
    place.machine?.card === undefined ? 'subnet' : 'nic',
  ),
});

export const modeOf = ({ subnet, judgement, machine }: Place): OutboundMode =>
  machine ? machine.mode() : outboundModeOf(subnet, judgement.world);
export function decided(asked: Asked, { subnet, layer, judgement, machine }: Place): Decision {
  const here = machine?.local === undefined ? asked : { ...asked, local: machine.local };
  return decidedAt(here, subnet, layer, judgement.world);
}

/** ARM's name of the region whose services the subnet uses. */
export const regionOf = ({ subnet, judgement }: Pick<Place, 'subnet' | 'judgement'>): string =>
  regionAt(subnet, judgement.world);

const owners = (decision: Decision, outcome: Outcome): Owner[] => {
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
function adminEvidence({ rule }: Owner, { subnet, judgement: { world } }: Place, note: string): Evidence {
  const id = adminRulesOf(vnetOf(subnet));
  const name = rule?.name ?? '';
  const there = world.peek(id);
  const found = there.state === 'read' ? adminRulesIn(there.resource).find((one) => one.name === name) : undefined;
  return there.state === 'read' && found ? seen(there.resource, found.pointer, note) : noted(id, clean(name, 80), note);
}

/** Who denies a flow: the group, or Virtual Network Manager where only security admin rules do. */
export function stopperShown(decision: Decision, place: Place): string {
  const stopping = owners(decision, 'denied');
  return stopping.length > 0 && stopping.every(isAdmin)
    ? `Virtual Network Manager of ${shown(vnetOf(place.subnet))}`
    : placeShown(place);
}

/** Why no rule of a group can allow a flow; undefined where no security admin rule denies it, or may. */
export function ruledOut(decision: Decision, { subnet }: Place): string | undefined {
  const stopping = [...owners(decision, 'denied'), ...owners(decision, 'unknown')];
  const first = stopping.find((owner) => isAdmin(owner) && owner.access === 'Deny');
  if (!first) return undefined;
  const rule = ruleShown(first).replace(/^s/, 'S');
  return `${rule} applies before every network security group in ${shown(vnetOf(subnet))}. Change it in Virtual Network Manager.`;
}

/** The rules that decide, in words: `DenyInternet (Deny, priority 200)`. */
export const deciders = (decision: Decision, outcome: Outcome): string => {
  const all = owners(decision, outcome).map(ruleShown);
  return listed(all.length > 4 ? [...all.slice(0, 3), `${all.length - 3} more`] : all);
};

const isTag = (text: string): boolean => text !== '*' && !looksLiteral(text) && !isSpecialTag(text);
const namesTag = ({ rule }: Owner): boolean =>
  rule !== undefined && [...rule.source.prefixes, ...rule.destination.prefixes].some(isTag);

/** What an undecided flow depends on, in words. Throws GapRead where it is the addresses of a service tag, and Azure refused to list them. */
export function hangsOn(decision: Decision, place: Place): string {
  return deciders(decision, 'unknown') + needsTags(decision, place);
}

/**
 * That it depends on the addresses of service tags, as the end of a sentence; empty where it does not, or where they are known.
 * `sure`: it depends on them whatever the decision says. Throws GapRead where Azure refused to list them.
 */
export function needsTags(decision: Decision, { judgement: { world } }: Place, sure = false): string {
  const onTags = sure || decision.uncounted.length > 0 || owners(decision, 'unknown').some(namesTag);
  if (!onTags || serviceTagsOf(world)) return '';
  askedForTags(world);
  return '; service tag addresses are missing (pass --service-tags FILE)';
}

/** The rules that decide, then what is denied, unknown or (`shows`) allowed, in CIDRs and ports, with one packet. */
export function evidenceOf(
  decision: Decision,
  place: Place,
  direction: Asked['direction'],
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
          : seen(group, pointer, note);
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

export const placeShown = (place: Place): string => {
  const { subnet, group, machine } = place;
  if (!hasGroup(place)) return subnetShown(subnet);
  return `${shown(group.id)} on ${machine?.card === undefined ? subnetShown(subnet) : shown(machine.card)}`;
};
