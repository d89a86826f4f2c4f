// Attached virtual machines and HDInsight clusters, as subjects of the vm rules: one finding each, checked at the security group
// of the subnet and at that of the NIC, and fixed there.

import { computeType } from '../../../kinds/compute.ts';
import { computeView } from '../../../kinds/workspace-view.ts';
import type { Evidence, Severity } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { GapRead } from '../../../model/world.ts';
import {
  attachedMachines,
  attachedTo,
  cardGroup,
  type MachineSeat,
  machineMode,
  seatsOfMachine,
} from '../../../posture/machines.ts';
import { securityGroupAt } from '../../../posture/training-subnets.ts';
import { derived } from '../../define.ts';
import { openFor, proposed } from '../../parts/nsg-change.ts';
import type { Need } from '../../parts/nsg-flows.ts';
import { type Place, withGroup } from '../../parts/nsg-place.ts';
import { resourcesOr } from '../../parts/subjects.ts';
import { notApplicable, seen, together } from '../../parts/verdict.ts';
import type { Judgement, Proposal, Subjects, Verdict } from '../../rule.ts';

/** What all vm rules have in common. */
export const vmRule = {
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  instead: 'compute.managed-network-conflict',
} as const;

export interface Machine {
  readonly compute: Resource;
  /** `virtual machine vm-tools`, `HDInsight cluster hdi-spark`. */
  readonly name: string;
  readonly isHdinsight: boolean;
}
export interface ExistingMachine extends Machine {
  /** The virtual machine or cluster itself. */
  readonly attached: Resource;
}

/** Each attached virtual machine and HDInsight cluster. */
export const machines: Subjects<Machine> = derived(
  resourcesOr('No virtual machine or HDInsight cluster is attached to the workspace.', ({ world }) =>
    attachedMachines(world),
  ),
  (compute) => {
    const { computeType: type, name } = computeView(compute);
    const isHdinsight = type === 'HDInsight';
    return {
      ...{ compute, isHdinsight },
      name: `${isHdinsight ? 'HDInsight cluster' : 'virtual machine'} ${clean(name, 120)}`,
    };
  },
);
export const virtualMachines = derived(machines, (one) =>
  one.isHdinsight ? notApplicable(`The ${one.name} is not a virtual machine.`) : one,
);
export const hdinsightClusters = derived(machines, (one) =>
  one.isHdinsight ? one : notApplicable(`The ${one.name} is not an HDInsight cluster.`),
);

/** The same with the machine behind the compute. Throws GapRead when it could not be read. */
export const existing = (base: Subjects<Machine>): Subjects<ExistingMachine> =>
  derived(base, (one, { world }) => {
    const attached = attachedTo(one.compute, world);
    return attached ? { ...one, attached } : notApplicable(`The ${one.name} does not exist (see vm.attached).`);
  });

/** What the evidence of every vm rule begins with. */
export const machineEvidence = ({ compute }: Machine): Evidence[] => [
  seen(compute, '/properties/computeType', 'compute type'),
  seen(compute, '/properties/resourceId', 'resource ID'),
];

type GroupAt = () => Place | undefined;

/** The security groups of a seat: of the subnet, and of the NIC. Each throws GapRead when it could not be read. */
function groupsAt(seat: MachineSeat, judgement: Judgement): readonly [subnet: GroupAt, nic: GroupAt] {
  const { world, profile, asIfClosed } = judgement;
  const { subnet, local, card: nic } = seat;
  const base = { subnet, judgement, today: profile !== 'seed-2020' };
  const mode = () => machineMode(seat, world);
  const shut = asIfClosed && world.snapshot.intents.outboundMode === 'limited';
  return [
    () => {
      const group = securityGroupAt(subnet, world);
      return group && withGroup({ ...base, shut, machine: { card: undefined, local, mode } }, group);
    },
    () => {
      const group = nic === undefined ? undefined : cardGroup(nic, world);
      return group && withGroup({ ...base, shut: false, machine: { card: nic, local, mode } }, group);
    },
  ];
}

/** The groups that apply to a seat, each once: of the subnet, then of the NIC. Throws GapRead when one could not be read. */
export function placesAt(seat: MachineSeat, judgement: Judgement): Place[] {
  const places = groupsAt(seat, judgement).flatMap((at) => at() ?? []);
  const isFirst = ({ group }: Place, index: number) =>
    places.findIndex((place) => sameId(place.group.id, group.id)) === index;
  return places.filter(isFirst);
}

/** The groups that apply to a machine or cluster. Throws GapRead when one could not be read. */
export const placesOf = ({ compute }: Machine, judgement: Judgement): Place[] =>
  seatsOfMachine(compute, judgement.world).flatMap((seat) => placesAt(seat, judgement));

/**
 * The result at all groups that apply, undefined where there is none: one that denies is enough, and one that could not be read
 * does not hide a failure of the other.
 */
export function checkedAt(
  seats: readonly MachineSeat[],
  judgement: Judgement,
  severity: Severity,
  evidence: readonly Evidence[],
  check: (place: Place) => Verdict,
): Verdict | undefined {
  const parts = seats.flatMap((seat) =>
    groupsAt(seat, judgement).flatMap((at): (() => Verdict)[] => {
      try {
        const place = at();
        return place ? [() => check(place)] : [];
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

/** The changes that allow flows at each group that denies them, or the reason why there are none. */
export function allowAt(
  places: readonly Place[],
  needsAt: (place: Place) => readonly Need[],
  risk: string,
): readonly Proposal[] | string {
  const proposals: Proposal[] = [];
  for (const place of places) {
    const opened = openFor(place, needsAt(place));
    if (typeof opened === 'string') return opened;
    proposals.push(...proposed(place, opened.steps, 2, risk));
  }
  return proposals;
}
