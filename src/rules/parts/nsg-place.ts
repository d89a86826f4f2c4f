// A training subnet and its security group, as the nsg rules look at them: who is judged, which facts, what a decision shows.
import { itemsAt, textAt } from '../../kinds/read.ts';
import { securityRulesPointer } from '../../kinds/security-group-view.ts';
import type { Evidence, Finding } from '../../model/finding.ts';
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
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';
import { adminEvidence, beforeGroups, isAdmin, managerShown } from './nsg-admin.ts';
import { proposalsOn } from './subjects.ts';
import { askedForTags } from './tag-data.ts';
import { noTraining, trainingSubjects } from './training.ts';
import { listed, notApplicable, noted, seen, shown, subnetShown } from './verdict.ts';

export const subnetType = 'Microsoft.Network/virtualNetworks/subnets';

/** One machine of a subnet, as its traffic is judged. */
export interface AtMachine {
  /** The interface that the group stands at; undefined where it is the subnet's group that is looked at. */
  readonly card: string | undefined;
  /** Its own addresses; undefined where the whole subnet counts. */
  readonly local: readonly string[] | undefined;
  /** Open or limited at both groups together. Throws GapRead when one could not be read. */
  mode(): OutboundMode;
}

/** What a rule judges: a subnet that has a group, or a machine at one of its groups. */
export interface Place {
  readonly subnet: string;
  readonly machine?: AtMachine;
  readonly group: Resource;
  readonly layer: Layer;
  /** Judged as if the Internet were denied already. */
  readonly shut: boolean;
  readonly judgement: Judgement;
  /** Today's sentences rather than those of 2020. */
  readonly today: boolean;
}

/** Each training subnet with its group. */
export const trainingPlaces = (judgement: Judgement): Subject[] =>
  trainingSubjects(judgement, ({ body }) => textAt(body, '/properties/networkSecurityGroup/id'));

/** Judges a subnet by its group. `bare`: the answer where the subnet has none. */
export function placeJudged(
  { resource: id }: Subject,
  judgement: Judgement,
  judge: (place: Place) => Verdict,
  bare: (subnet: string) => Verdict = noGroup,
): Verdict {
  const nowhere = noTraining(id, judgement.world);
  if (nowhere) return nowhere;
  const place = placeAt(id, judgement);
  if (place) return judge(place);
  if (!adminLayerAt(id, judgement.world)) return bare(id);
  // Without a group everything passes that no network manager stops.
  const open = judge(
    withGroup({ subnet: id, shut: false, judgement, today: judgement.profile !== 'seed-2020' }, noneAt(id)),
  );
  const tells = bare === noGroup ? open.outcome === 'fail' : open.outcome === 'pass';
  return tells || open.outcome === 'unknown' ? open : bare(id);
}

/** What stands in for a group where there is none: it lets everything pass. */
const noneAt = (subnet: string): Resource => {
  const both = (['Inbound', 'Outbound'] as const).map((direction) => ({
    name: 'no security group',
    properties: {
      ...{ direction, access: 'Allow', protocol: '*', priority: 65000, sourcePortRange: '*' },
      ...{ destinationPortRange: '*', sourceAddressPrefix: '*', destinationAddressPrefix: '*' },
    },
  }));
  return { id: subnet, type: subnetType, apiVersion: '', body: { properties: { defaultSecurityRules: both } } };
};
const noGroup = (subnet: string): Verdict =>
  notApplicable(`${subnetShown(subnet)} has no network security group; nsg.subnet-nsg-state speaks of it.`);

/** The place of a subnet; undefined without a group. Throws GapRead when it could not be read. */
export function placeAt(subnet: string, judgement: Judgement): Place | undefined {
  const { world, profile, asIfClosed } = judgement;
  const group = securityGroupAt(subnet, world);
  if (!group) return undefined;
  const shut = asIfClosed && world.snapshot.intents.outboundMode === 'limited';
  return withGroup({ subnet, shut, judgement, today: profile !== 'seed-2020' }, group);
}

/** What mends a finding at the group of its subnet, or the sentence why nothing does. */
export const proposalsAt = (
  finding: Finding,
  judgement: Judgement,
  propose: (place: Place) => readonly Proposal[] | string,
): readonly Proposal[] | string =>
  proposalsOn(finding, judgement, ({ id }) => {
    const place = placeAt(id, judgement);
    return place ? propose(place) : 'The subnet has no network security group.';
  });

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

/** ARM's name of the region whose services the subnet meets. */
export const regionOf = ({ subnet, judgement }: Pick<Place, 'subnet' | 'judgement'>): string =>
  regionAt(subnet, judgement.world);

const owners = (decision: Decision, outcome: Outcome): Owner[] => {
  const all = decision.parts
    .filter((part) => part.outcome === outcome)
    .flatMap((part) => (outcome === 'unknown' ? part.unsure : part.by));
  return [...new Map(all.map((owner) => [owner.label, owner])).values()];
};

/** The pointer of a custom rule in its group's body. */
export const pointerOf = (group: Resource, name: string): string | undefined =>
  itemsAt(group.body, securityRulesPointer).find(({ item }) => fold(textAt(item, '/name') ?? '') === fold(name))
    ?.pointer;

const said = ({ rule, access }: Owner): string => `${access} at ${rule?.priority ?? 'no number'}`;
const ruleShown = (owner: Owner): string => {
  if (owner.rule?.name === closingName) return closingName;
  const name = `${clean(owner.rule?.name ?? owner.label, 80)} (${said(owner)})`;
  return isAdmin(owner) ? `the security admin rule ${name}` : name;
};

/** Who stops a flow: the group, or a network manager where all that stops it are rules of one. */
export function stopperShown(decision: Decision, place: Place): string {
  const stopping = owners(decision, 'denied');
  return stopping.length > 0 && stopping.every(isAdmin) ? managerShown(place.subnet) : placeShown(place);
}

/** Why no rule of a group lets a flow pass; undefined where no security admin rule stops it, or may. */
export function ruledOut(decision: Decision, { subnet }: Place): string | undefined {
  const stopping = [...owners(decision, 'denied'), ...owners(decision, 'unknown')];
  const first = stopping.find((owner) => isAdmin(owner) && owner.access === 'Deny');
  return first && beforeGroups(ruleShown(first), subnet);
}

/** The rules that decide, in words: `DenyInternet (Deny at 200)`. */
export const deciders = (decision: Decision, outcome: Outcome): string => {
  const all = owners(decision, outcome).map(ruleShown);
  return listed(all.length > 4 ? [...all.slice(0, 3), `${all.length - 3} more`] : all);
};

const isTag = (text: string): boolean => text !== '*' && !looksLiteral(text) && !isSpecialTag(text);
const namesTag = ({ rule }: Owner): boolean =>
  rule !== undefined && [...rule.source.prefixes, ...rule.destination.prefixes].some(isTag);

/**
 * What an undecided flow hangs on, in words. Throws GapRead where it is what a service tag stands for, and Azure refused to tell.
 */
export function hangsOn(decision: Decision, place: Place): string {
  return deciders(decision, 'unknown') + needsTags(decision, place);
}

/**
 * That it hangs on what service tags stand for, as the end of a sentence; empty where it does not, or where that is known. `sure`: it
 * hangs on them whatever the decision says. Throws GapRead where Azure refused to tell.
 */
export function needsTags(decision: Decision, { judgement: { world } }: Place, sure = false): string {
  const onTags = sure || decision.uncounted.length > 0 || owners(decision, 'unknown').some(namesTag);
  if (!onTags || serviceTagsOf(world)) return '';
  askedForTags(world);
  return ', and the addresses of service tags are not at hand (--service-tags FILE)';
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
        const note = `${said(owner)}: ${outcome === 'unknown' ? 'may decide' : 'decides'}`;
        if (isAdmin(owner)) return adminEvidence(owner, place.subnet, place.judgement.world, note);
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
    return [noted(group.id, texts, `${outcome}${packet === undefined ? '' : `, for instance ${packet}`}`)];
  });
  return [...rules, ...parts];
}

export const placeShown = ({ subnet, group, machine }: Place): string =>
  sameId(group.id, subnet)
    ? subnetShown(subnet)
    : `${shown(group.id)} on ${machine?.card === undefined ? subnetShown(subnet) : shown(machine.card)}`;
