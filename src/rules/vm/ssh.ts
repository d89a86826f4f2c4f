// SSH from the service to an attached machine: allowed by the security groups of the subnet and of the NIC, on the right port.

import type { FlowQuestion } from '../../facts/flows.ts';
import { type MachinePlacement, machineOutboundMode, placementsOfMachine } from '../../facts/machines.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import { type PlanNeed as Answer, needSentence } from '../../model/plan-need.ts';
import { groupIdOf, nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { addressPointer, attachedView, sshPortPointer } from '../../resource-types/machine-view.ts';
import { nicGroupPointer } from '../../resource-types/network-interface.ts';
import { closedWithoutGroup } from '../../resource-types/public-ip-address.ts';
import { textAt } from '../../resource-types/read.ts';
import { defineRule, derived } from '../define.ts';
import { freeGroup, newGroup, newGroupBody, openFor } from '../nsg/parts/change.ts';
import { type FlowNeed, judgeNeed, sshNeed, sshService } from '../nsg/parts/flows.ts';
import { decided, type NsgPlace, placeShown } from '../nsg/parts/place.ts';
import { links } from '../parts/links.ts';
import { displayName, evidenceAt, fail, few, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import {
  type AttachedMachine,
  allowAt,
  checkedAt,
  hdinsightClusters,
  machineEvidence,
  machines,
  placesAt,
  placesOf,
  virtualMachines,
  vmRule,
} from './parts/machines.ts';

/** The port that the machine was attached with, else the default one. */
const sshPortOf = ({ compute }: AttachedMachine): string => String(attachedView(compute).port ?? 22);
const sshEvidence = (machine: AttachedMachine): Evidence[] => [
  ...machineEvidence(machine),
  evidenceAt(machine.compute, sshPortPointer, 'SSH port of the attached compute'),
];
const allowSsh = (machine: AttachedMachine, context: RuleContext): readonly Proposal[] | string =>
  allowAt(placesOf(machine, context), () => [sshNeed(sshPortOf(machine))]);

interface PlacedMachine extends AttachedMachine {
  readonly placement: MachinePlacement;
}

/** Without a security group, the SKU of the public IP address decides: Basic allows inbound traffic, Standard denies it. */
function checkAddress(machine: PlacedMachine, index: SnapshotIndex): CheckResult {
  const { name, placement } = machine;
  const evidence = sshEvidence(machine);
  if (placement.publicAddress === undefined) {
    return unknown(
      `The ${name} has no NSG and no public IP address. How the service connects by SSH is not known.`,
      evidence,
    );
  }
  const address = index.get(placement.publicAddress);
  if (!address) return unknown(`The public IP address of the ${name} does not exist.`, evidence);
  const sku = textAt(address.body, '/sku/name') ?? 'Basic';
  const all = [...evidence, evidenceAt(address, '/sku/name', 'SKU of the public IP address (default: Basic)')];
  const closed = closedWithoutGroup(address);
  if (closed === undefined) {
    return unknown(
      `Whether a public IP address with SKU ${sku.slice(0, 40)} allows inbound traffic is not known.`,
      all,
    );
  }
  return closed
    ? fail(
        `The ${name} has no NSG, and its Standard public IP address ${displayName(address.id)} denies inbound traffic.`,
        all,
      )
    : pass(`The ${name} has no NSG, and its Basic public IP address allows inbound traffic.`, all);
}

const makeGroup: Answer = { kind: 'choice', options: [{ name: 'group', value: 'make', says: '' }] };

/** A new security group with one Allow rule for a NIC without one: only on request, since it denies other inbound traffic. */
function groupForNic(
  placement: MachinePlacement,
  need: FlowNeed,
  context: RuleContext,
  answers: Answers,
): readonly Proposal[] | string {
  const { subnet, local } = placement;
  const nic = placement.nic === undefined ? undefined : context.index.get(placement.nic);
  if (!nic) return 'The NIC of the machine is not known.';
  if (answers.group !== 'make') {
    return `NIC ${displayName(nic.id)} has no NSG. A new one denies all other inbound traffic. ${needSentence(makeGroup)}`;
  }
  const home = groupIdOf(nic.id) ?? '';
  const machine = { nic: nic.id, local, mode: () => machineOutboundMode(placement, context.index) };
  const place = { subnet, restricted: false, context, today: context.profile !== 'article-2020', machine };
  const opened = openFor(newGroup(place, home, textAt(nic.body, '/location') ?? ''), [need]);
  if (typeof opened === 'string') return opened;
  const body = newGroupBody(opened.after);
  const made = freeGroup(home, nameOf(nic.id), body, context);
  return [
    ...(made.stands
      ? []
      : [{ change: { kind: 'create', resource: made.id, edits: [], body } as const, phase: 1 as const }]),
    { change: editChange(nic.id, [setMember(nic.body, nicGroupPointer, { id: made.id })]), phase: 5 },
  ];
}

export const vmSshInboundAzureml = defineRule({
  ...vmRule,
  id: 'vm.ssh-inbound-azureml',
  answers: { group: ['make'] },
  title: 'SSH from AzureMachineLearning is allowed',
  problem: 'SSH from AzureMachineLearning is denied',
  severity: 'high',
  explain: {
    why: 'The service connects to an attached machine by SSH. Both the NSG of the subnet and that of the NIC must allow it.',
    fix: 'Adds an Allow rule for the tag AzureMachineLearning and the SSH port to each NSG that denies it. Without an NSG, the answer group=make creates one with that rule for the NIC.',
    breaks:
      'The service can connect by SSH to all resources that share the NSG. A new NSG for a NIC denies all its other inbound traffic.',
    links: [links.secureTraining, links.nicSecurityGroups],
  },
  subjects: derived(virtualMachines, (machine, { index }): PlacedMachine | CheckResult => {
    const [placement] = placementsOfMachine(machine.compute, index);
    return placement
      ? { ...machine, placement }
      : notApplicable(`The ${machine.name} or its subnet does not exist (see vm.attached).`);
  }),
  check(machine, context) {
    const { index } = context;
    const { placement } = machine;
    const address = placement.publicAddress === undefined ? undefined : index.peek(placement.publicAddress);
    const sku =
      address?.state === 'read' ? [evidenceAt(address.resource, '/sku/name', 'SKU of the public IP address')] : [];
    const need = sshNeed(sshPortOf(machine));
    const check = (place: NsgPlace) => judgeNeed(need, place);
    return (
      checkedAt([placement], context, 'high', [...sshEvidence(machine), ...sku], check) ?? checkAddress(machine, index)
    );
  },
  fix(machine, context, answers) {
    const places = placesAt(machine.placement, context);
    const need = sshNeed(sshPortOf(machine));
    return places.length === 0 ? groupForNic(machine.placement, need, context, answers) : allowAt(places, () => [need]);
  },
});

export const vmHdinsightSameRules = defineRule({
  ...vmRule,
  id: 'vm.hdinsight-same-rules',
  title: 'SSH from AzureMachineLearning to HDInsight is allowed',
  problem: 'SSH from AzureMachineLearning to HDInsight is denied',
  severity: 'medium',
  explain: {
    why: 'The service connects to the head node of an attached HDInsight cluster by SSH, as it does to a virtual machine.',
    fix: 'Adds an Allow rule for the tag AzureMachineLearning and the SSH port to the NSG of the cluster subnet.',
    breaks: 'The service can connect by SSH to all resources that share the NSG.',
    links: [links.secureTraining, links.hdinsightNetwork],
  },
  subjects: hdinsightClusters,
  check(machine, context) {
    const { compute, name } = machine;
    const evidence = [...sshEvidence(machine), evidenceAt(compute, addressPointer, 'SSH address')];
    const placements = placementsOfMachine(compute, context.index);
    if (placements.length === 0) {
      return notApplicable(`The ${name} does not exist or has no network (see vm.attached, vm.in-vnet).`, evidence);
    }
    const need = sshNeed(sshPortOf(machine));
    return (
      checkedAt(placements, context, 'medium', evidence, (place) => judgeNeed(need, place)) ??
      pass(`The subnet of the ${name} has no network security group.`, evidence)
    );
  },
  fix: allowSsh,
});

const everyPort: FlowQuestion = { direction: 'Inbound', protocol: 'Tcp', remote: [sshService], ports: ['*'] };

/** Single ports that a group allows for the service, and 22 in any range. */
function allowedPorts(place: NsgPlace): string[] {
  const ranges = decided(everyPort, place)
    .parts.filter(({ outcome }) => outcome === 'allowed')
    .map(({ box }) => box.destinationPorts);
  const ports = ranges.flatMap((pairs) =>
    pairs.flatMap((from, position) => {
      const end = pairs[position + 1] ?? from;
      if (position % 2 === 1) return [];
      return end - from === 1 ? [from] : from <= 22 && end > 22 ? [22] : [];
    }),
  );
  return [...new Set(ports)].map(String);
}

function checkPort(place: NsgPlace, machine: AttachedMachine): CheckResult {
  const port = sshPortOf(machine);
  const verdict = judgeNeed(sshNeed(port), place);
  if (verdict.outcome !== 'fail') return verdict;
  const others = allowedPorts(place);
  const evidence = [...(verdict.evidence ?? []), noted(place.group.id, others, 'ports allowed for the service')];
  return others.length === 0
    ? notApplicable(`${placeShown(place)} allows no port for the service (see vm.ssh-inbound-azureml).`, evidence)
    : fail(
        `The SSH port of the ${machine.name} is ${port}; ${placeShown(place)} allows ${few(others)} for the service.`,
        evidence,
      );
}

export const vmSshPortMatches = defineRule({
  ...vmRule,
  id: 'vm.ssh-port-matches',
  title: 'NSG rule allows the SSH port of the compute',
  problem: 'NSG rule allows a different SSH port',
  severity: 'low',
  explain: {
    why: 'SSH usually uses port 22. A rule for port 22 has no effect for a machine that listens on another port.',
    fix: 'Adds an Allow rule for the tag AzureMachineLearning and the port that the machine was attached with.',
    breaks: 'The service can connect to that port of all resources that share the NSG.',
    links: [links.secureTraining, links.securityGroups],
  },
  subjects: machines,
  check(machine, context) {
    const isShown = attachedView(machine.compute).port !== undefined;
    const check = (place: NsgPlace) =>
      isShown ? checkPort(place, machine) : unknown(`The SSH port of the ${machine.name} is not known.`);
    const placements = placementsOfMachine(machine.compute, context.index);
    return (
      checkedAt(placements, context, 'low', sshEvidence(machine), check) ??
      notApplicable(`The ${machine.name} has no network security group.`, sshEvidence(machine))
    );
  },
  fix: allowSsh,
});
