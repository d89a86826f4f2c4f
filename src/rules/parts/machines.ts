// Attached virtual machines and HDInsight clusters as the vm rules look at them: one finding each, judged at the security group
// of the subnet and at that of the interface, and mended there (rules-catalogue 5.8).
import { attachedView, sshPortPointer } from '../../kinds/machine-view.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Evidence, Finding, Severity } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead } from '../../model/world.ts';
import { attachedMachines, cardGroup, type MachineSeat, machineMode, seatsOfMachine } from '../../posture/machines.ts';
import { securityGroupAt } from '../../posture/training-subnets.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';
import { openFor, proposed } from './nsg-change.ts';
import type { Need } from './nsg-flows.ts';
import { type Place, withGroup } from './nsg-place.ts';
import { proposalsOn } from './subjects.ts';
import { notApplicable, seen, shown, together } from './verdict.ts';

/** Each attached machine and cluster; the workspace where there is none, so that the rule says so. */
export function machineSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = attachedMachines(world).map(({ id }) => ({ resource: id }));
  return found.length > 0 ? found : [{ resource: workspace }];
}

/** Judges a machine or cluster; the workspace as subject stands for "there is none". */
export function machineJudged(
  { resource: id }: Subject,
  { world }: Judgement,
  judge: (compute: Resource) => Verdict,
): Verdict {
  if (id === world.snapshot.workspace)
    return notApplicable('No virtual machine and no HDInsight cluster is attached to the workspace.');
  const compute = world.get(id);
  return compute ? judge(compute) : notApplicable(`${shown(id)} does not exist.`);
}

export const isHdinsight = (compute: Resource): boolean => computeView(compute).computeType === 'HDInsight';
export const machineShown = (compute: Resource): string =>
  `${isHdinsight(compute) ? 'HDInsight cluster' : 'virtual machine'} ${clean(computeView(compute).name, 120)}`;

/** What the evidence of every vm rule begins with. */
export const machineEvidence = (compute: Resource): Evidence[] => [
  seen(compute, '/properties/computeType', 'type'),
  seen(compute, '/properties/resourceId', 'attached'),
];
export const portEvidence = (compute: Resource): Evidence => seen(compute, sshPortPointer, 'port it was attached with');

/** The port that the service opens SSH to: that of the attaching, else the usual one. */
export const sshPortOf = (compute: Resource): string => String(attachedView(compute).port ?? 22);

type Side = () => Place | undefined;

/** The two places where a group may stand for a seat. Each throws GapRead when it could not be read. */
function sidesOf(seat: MachineSeat, judgement: Judgement): readonly [subnet: Side, card: Side] {
  const { world, profile, asIfClosed } = judgement;
  const { subnet, local, card } = seat;
  const base = { subnet, judgement, today: profile !== 'seed-2020' };
  const mode = () => machineMode(seat, world);
  const shut = asIfClosed && world.snapshot.intents.outboundMode === 'limited';
  return [
    () => {
      const group = securityGroupAt(subnet, world);
      return group && withGroup({ ...base, shut, machine: { card: undefined, local, mode } }, group);
    },
    () => {
      const group = card === undefined ? undefined : cardGroup(card, world);
      return group && withGroup({ ...base, shut: false, machine: { card, local, mode } }, group);
    },
  ];
}

/** The groups that decide at a seat, each once: the subnet's, then the interface's. Throws GapRead when one was not read. */
export function placesAt(seat: MachineSeat, judgement: Judgement): Place[] {
  const places = sidesOf(seat, judgement).flatMap((side) => side() ?? []);
  const isFirst = ({ group }: Place, index: number) =>
    places.findIndex((place) => sameId(place.group.id, group.id)) === index;
  return places.filter(isFirst);
}

/** The groups at every seat of a machine or cluster. Throws GapRead when one was not read. */
export const placesOf = (compute: Resource, judgement: Judgement): Place[] =>
  seatsOfMachine(compute, judgement.world).flatMap((seat) => placesAt(seat, judgement));

/**
 * The verdict of all groups that traffic meets, undefined where there is none: one that stops it is enough, and one that could
 * not be read hides no failure of the other.
 */
export function judgedAt(
  seats: readonly MachineSeat[],
  judgement: Judgement,
  severity: Severity,
  evidence: readonly Evidence[],
  judge: (place: Place) => Verdict,
): Verdict | undefined {
  const parts = seats.flatMap((seat) =>
    sidesOf(seat, judgement).flatMap((side): (() => Verdict)[] => {
      try {
        const place = side();
        return place ? [() => judge(place)] : [];
      } catch (error) {
        if (!(error instanceof GapRead)) throw error;
        return [
          () => {
            throw error;
          },
        ];
      }
    }),
  );
  if (parts.length === 0) return undefined;
  const verdict = together(severity, parts);
  return { ...verdict, evidence: [...evidence, ...(verdict.evidence ?? [])] };
}

/** What lets flows pass at each group that stops them, or the sentence why one cannot. */
export function openAt(
  places: readonly Place[],
  needsAt: (place: Place) => readonly Need[],
  what: string,
): readonly Proposal[] | string {
  const proposals: Proposal[] = [];
  for (const place of places) {
    const opened = openFor(place, needsAt(place));
    if (typeof opened === 'string') return opened;
    proposals.push(...proposed(place, opened.steps, 2, what));
  }
  return proposals;
}

/** The same for a finding about a compute. */
export const machineProposals = (
  finding: Finding,
  judgement: Judgement,
  propose: (compute: Resource) => readonly Proposal[] | string,
): readonly Proposal[] | string => proposalsOn(finding, judgement, propose);

/** SSH from the service to a port, with the rule that the article writes field by field. */
export const sshNeed = (port: string): Need => ({
  asked: { direction: 'Inbound', protocol: 'Tcp', remote: [sshService], ports: [port] },
  what: `SSH from ${sshService} on Tcp ${port}`,
  add: {
    ...{ slug: `inbound-ssh-azureml${port === '22' ? '' : `-${port}`}`, direction: 'Inbound', access: 'Allow' },
    ...{ protocol: '*', sources: [sshService], destinations: ['*'], ports: [port] },
  },
});
export const sshService = 'AzureMachineLearning';
export const sshRisk = 'Lets the service open SSH to the machines.';
