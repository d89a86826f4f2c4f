// Attached virtual machines and HDInsight clusters, as subjects of the vm rules: one finding each, checked at the security group
// of the subnet and at that of the NIC, and fixed there.

import {
  attachedMachines,
  attachedTo,
  isHdinsight,
  isUnattached,
  type MachinePlacement,
  machineOutboundMode,
  nicGroup,
  placementsOfMachine,
} from '../../../facts/machines.ts';
import { securityGroupAt } from '../../../facts/training-subnets.ts';
import type { Evidence, Severity } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { UnreadableError } from '../../../model/unreadable-error.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { derived } from '../../define.ts';
import { openFor, proposed } from '../../nsg/parts/change.ts';
import type { FlowNeed } from '../../nsg/parts/flows.ts';
import { type NsgPlace, withGroup } from '../../nsg/parts/place.ts';
import { resourcesOr } from '../../parts/subjects.ts';
import { displayName, evidenceAt, notApplicable, worstOf } from '../../parts/verdict.ts';
import type { CheckResult, Proposal, RuleContext, Subjects } from '../../rule.ts';

/** What all vm rules have in common. */
export const vmRule = {
  for: ['service-endpoint', 'private-endpoint'],
  instead: 'compute.managed-network-conflict',
} as const;

export interface AttachedMachine {
  readonly compute: Resource;
  /** `virtual machine vm-tools`, `HDInsight cluster hdi-spark`. */
  readonly name: string;
  readonly isHdinsight: boolean;
}
export interface ExistingMachine extends AttachedMachine {
  /** The virtual machine or cluster itself. */
  readonly attached: Resource;
}

/** Each attached virtual machine and HDInsight cluster. */
export const machines: Subjects<AttachedMachine> = derived(
  resourcesOr('No virtual machine or HDInsight cluster is attached to the workspace.', ({ index }) =>
    attachedMachines(index),
  ),
  (compute) => {
    const isCluster = isHdinsight(compute);
    const name = isUnattached(compute) ? displayName(compute.id) : clean(computeView(compute).name, 120);
    return { compute, isHdinsight: isCluster, name: `${isCluster ? 'HDInsight cluster' : 'virtual machine'} ${name}` };
  },
);
export const virtualMachines = derived(machines, (one) =>
  one.isHdinsight ? notApplicable(`The ${one.name} is not a virtual machine.`) : one,
);
export const hdinsightClusters = derived(machines, (one) =>
  one.isHdinsight ? one : notApplicable(`The ${one.name} is not an HDInsight cluster.`),
);

/** The same with the machine behind the compute. Throws UnreadableError when it could not be read. */
export const existing = (base: Subjects<AttachedMachine>): Subjects<ExistingMachine> =>
  derived(base, (one, { index }) => {
    const attached = attachedTo(one.compute, index);
    return attached ? { ...one, attached } : notApplicable(`The ${one.name} does not exist (see vm.attached).`);
  });

/** The first evidence of every vm rule. */
export const machineEvidence = ({ compute }: AttachedMachine): Evidence[] => [
  evidenceAt(compute, '/properties/computeType', 'compute type'),
  evidenceAt(compute, '/properties/resourceId', 'resource ID'),
];

type GroupAt = () => NsgPlace | undefined;

/** The security groups of a placement: of the subnet, and of the NIC. Each throws UnreadableError when it could not be read. */
function groupsAt(placement: MachinePlacement, context: RuleContext): readonly [subnet: GroupAt, nic: GroupAt] {
  const { index, profile, assumeDenyByDefault } = context;
  const { subnet, local, nic } = placement;
  const base = { subnet, context, today: profile !== 'article-2020' };
  const mode = () => machineOutboundMode(placement, index);
  const restricted = assumeDenyByDefault && index.snapshot.intents.outboundMode === 'limited';
  return [
    () => {
      const group = securityGroupAt(subnet, index);
      return group && withGroup({ ...base, restricted, machine: { nic: undefined, local, mode } }, group);
    },
    () => {
      const group = nic === undefined ? undefined : nicGroup(nic, index);
      return group && withGroup({ ...base, restricted: false, machine: { nic: nic, local, mode } }, group);
    },
  ];
}

/**
 * The groups that apply to a placement, each once: of the subnet, then of the NIC. Throws UnreadableError when one could not
 * be read.
 */
export function placesAt(placement: MachinePlacement, context: RuleContext): NsgPlace[] {
  const places = groupsAt(placement, context).flatMap((at) => at() ?? []);
  const isFirst = ({ group }: NsgPlace, position: number) =>
    places.findIndex((place) => sameId(place.group.id, group.id)) === position;
  return places.filter(isFirst);
}

/** The groups that apply to a machine or cluster. Throws UnreadableError when one could not be read. */
export const placesOf = ({ compute }: AttachedMachine, context: RuleContext): NsgPlace[] =>
  placementsOfMachine(compute, context.index).flatMap((placement) => placesAt(placement, context));

/**
 * The result at all groups that apply, undefined where there is none: one that denies is enough, and one that could not be read
 * does not hide a failure of the other.
 */
export function checkedAt(
  placements: readonly MachinePlacement[],
  context: RuleContext,
  severity: Severity,
  evidence: readonly Evidence[],
  check: (place: NsgPlace) => CheckResult,
): CheckResult | undefined {
  const parts = placements.flatMap((placement) =>
    groupsAt(placement, context).flatMap((at): (() => CheckResult)[] => {
      try {
        const place = at();
        return place ? [() => check(place)] : [];
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error;
        return [
          () => {
            throw error;
          },
        ];
      }
    }),
  );
  if (parts.length === 0) return undefined;
  const verdict = worstOf(severity, parts);
  return { ...verdict, evidence: [...evidence, ...(verdict.evidence ?? [])] };
}

/** The changes that allow flows at each group that denies them, or the reason why there are none. */
export function allowAt(
  places: readonly NsgPlace[],
  needsAt: (place: NsgPlace) => readonly FlowNeed[],
): readonly Proposal[] | string {
  const proposals: Proposal[] = [];
  for (const place of places) {
    const opened = openFor(place, needsAt(place));
    if (typeof opened === 'string') return opened;
    proposals.push(...proposed(place, opened.steps, 2));
  }
  return proposals;
}
