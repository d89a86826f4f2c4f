// The subnets of a cluster's nodes with their security groups, as the aks rules about traffic look at them: one finding for each
// cluster and subnet.
import type { Finding } from '../../model/finding.ts';
import { sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import type { Asked } from '../../posture/flows.ts';
import { sharers, trainingSubnets } from '../../posture/training-subnets.ts';
import type { Draft } from '../define.ts';
import { defineRule } from '../define.ts';
import type { Judgement, Proposal, Rule, Subject, Verdict } from '../rule.ts';
import {
  type Attached,
  attachedJudged,
  attachedOf,
  attachedSubjects,
  computeType,
  nodeSubnets,
  placeless,
} from './clusters.ts';
import { deleteRule, ruleNamed, type Step } from './nsg-change.ts';
import { decided, type Place, placeAt } from './nsg-place.ts';
import { proposalsOn } from './subjects.ts';
import { notApplicable, shown, subnetShown } from './verdict.ts';

/** A node subnet with its group, and the cluster whose it is. */
export interface NodePlace extends Place {
  readonly one: Attached;
}

/** Each cluster with each subnet of its nodes; a cluster that was not read, or has none, by itself. */
export function nodePlaces(judgement: Judgement): Subject[] {
  const { world } = judgement;
  return attachedSubjects(judgement).flatMap((subject): Subject[] => {
    try {
      const compute = world.peek(subject.resource);
      const one = compute.state === 'read' ? attachedOf(compute.resource, world) : undefined;
      const subnets = one === undefined || one === 'gone' ? [] : nodeSubnets(one);
      return subnets.length === 0 ? [subject] : subnets.map((where) => ({ resource: subject.resource, where }));
    } catch (error) {
      if (error instanceof GapRead) return [subject];
      throw error;
    }
  });
}

type PlaceDraft = Omit<Draft, 'about' | 'subjects' | 'check' | 'for' | 'instead' | 'fix' | 'flows'>;

export interface PlaceRule {
  /** The answer where the subnet has no group. */
  readonly bare: (name: string) => Verdict;
  readonly judge: (place: NodePlace) => Verdict;
  readonly fix: (place: NodePlace, answers: Readonly<Record<string, string>>) => readonly Proposal[] | string;
}

function nodePlaceAt(one: Attached, subnet: string, judgement: Judgement): NodePlace | undefined {
  const place = placeAt(subnet, judgement);
  return place && { ...place, one };
}

/** A rule about the traffic of a cluster's nodes at the group of their subnet. */
export const nodePlaceRule = (draft: PlaceDraft, { bare, judge, fix }: PlaceRule): Rule =>
  defineRule({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    about: computeType,
    instead: 'compute.managed-network-conflict',
    subjects: nodePlaces,
    check: (subject, judgement) =>
      attachedJudged(subject, judgement, (one) => {
        const { where } = subject;
        if (where === undefined)
          return placeless(one) ?? notApplicable('Each subnet of its nodes is judged by itself.');
        const place = nodePlaceAt(one, where, judgement);
        return place ? judge(place) : bare(subnetShown(where));
      }),
    fix: (finding: Finding, judgement, answers) =>
      proposalsOn(finding, judgement, (compute) => {
        const one = attachedOf(compute, judgement.world);
        if (one === undefined || one === 'gone' || finding.where === null) return 'The cluster does not exist.';
        const place = nodePlaceAt(one, finding.where, judgement);
        return place ? fix(place, answers) : 'The subnet has no network security group.';
      }),
  });

/** Names of the custom denies that stop part of a flow, and of those that may. */
export function deniesOf(asked: Asked, place: Place): { sure: readonly string[]; unsure: readonly string[] } {
  const decision = decided(asked, place);
  const custom = (outcome: 'denied' | 'unknown') =>
    decision.parts
      .filter((part) => part.outcome === outcome)
      .flatMap((part) => (outcome === 'denied' ? part.by : part.unsure))
      .flatMap(({ access, rule }) => (access === 'Deny' && rule && !rule.standard ? [rule.name] : []));
  return { sure: [...new Set(custom('denied'))], unsure: [...new Set(custom('unknown'))] };
}

/** The denies in the way of flows taken out, one after the other as taking one out uncovers the next. */
export function withoutDenies(place: Place, flows: readonly Asked[]): Step[] | string {
  const steps: Step[] = [];
  for (let here = place; ; ) {
    const [name] = flows.flatMap((asked) => deniesOf(asked, here).sure);
    if (name === undefined) return steps;
    const rule = ruleNamed(here, name);
    if (!rule) return 'What stops it is no rule of the security group that could be taken out.';
    const step = deleteRule(here, rule);
    steps.push(step);
    here = step.after;
  }
}

/** The sentence why a group that nodes share with training computes is left alone; undefined where they do not. */
export function sharedWithTraining({ group, judgement: { world } }: Place): string | undefined {
  const training = trainingSubnets(world).map(({ subnet }) => subnet);
  const shared = sharers(group.id, world).filter((id) => training.some((one) => sameId(one, id)));
  return shared.length === 0
    ? undefined
    : `${shown(group.id)} also stands at ${shared.map(subnetShown).join(', ')}, where training computes sit and the deny may be wanted: give the cluster’s subnet a security group of its own first.`;
}
