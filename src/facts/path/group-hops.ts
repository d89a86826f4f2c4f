// The hops at security groups: of a subnet, of a NIC; each decided by `net` in the context of the subnet.

import type { Evidence } from '../../model/finding.ts';
import type { HopKind } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import { decideAt } from '../../net/decide.ts';
import { blockingRules, type Decision, type Direction, readGroup } from '../../net/index.ts';
import type { LayerKind, Owner } from '../../net/layers.ts';
import { findSubnet } from '../../resource-types/network-view.ts';
import { itemsAt, textAt } from '../../resource-types/read.ts';
import { securityRulesPointer } from '../../resource-types/security-group-view.ts';
import { beforeRules } from '../admin-rules.ts';
import { contextAt, contextBehindGateway, contextWith } from '../flows.ts';
import { securityGroupAt } from '../training-subnets.ts';
import { tunnelOf } from '../tunnel.ts';
import type { SubnetEnd } from './ends.ts';
import { all, divided, flowOf, guarded, type Journey, type PathStage, quoted, silent } from './stage.ts';

export function subnetGroupHop(hop: HopKind, subnetId: string, direction: Direction, journey: Journey): PathStage {
  const { index, packets } = journey;
  const name = nameOf(subnetId);
  return guarded({ hop, at: `NSG of ${name}` }, packets, () => {
    const group = securityGroupAt(subnetId, index);
    if (group) return groupHop({ hop, place: 'subnet', owner: name }, group, subnetId, direction, journey);
    const subnet = findSubnet(index, subnetId);
    const evidence = subnet ? [quoted(subnet, '/properties/networkSecurityGroup', 'no NSG')] : [];
    return all({ hop, at: name }, 'allowed', `${name} has no NSG, so all traffic is allowed here.`, evidence, packets);
  });
}

export function nicGroupHop(hop: HopKind, end: SubnetEnd, direction: Direction, journey: Journey): PathStage {
  const { index, packets } = journey;
  const { nic, compute } = end;
  if (!nic) {
    if (compute) {
      const name = nameOf(compute.id);
      const because = `The NICs of ${name} are managed by Azure, and their NSGs cannot be read.`;
      return silent({ hop, at: `NICs of ${name}` }, because);
    }
    return silent({ hop, at: `NICs in ${nameOf(end.subnet)}` }, 'No NIC is named, so no NIC NSG is checked.');
  }
  const name = nameOf(nic.id);
  return guarded({ hop, at: `NSG of ${name}` }, packets, () => {
    const group = nic.group === undefined ? undefined : index.get(nic.group);
    if (group) return groupHop({ hop, place: 'nic', owner: name }, group, end.subnet, direction, journey);
    const own = index.get(nic.id);
    const evidence = own ? [quoted(own, '/properties/networkSecurityGroup', 'no NSG')] : [];
    return all({ hop, at: name }, 'allowed', `The NIC ${name} has no NSG.`, evidence, packets);
  });
}

interface Where {
  readonly hop: HopKind;
  readonly place: LayerKind;
  /** Name of the subnet or NIC it is associated with. */
  readonly owner: string;
}

function groupHop(where: Where, group: Resource, subnetId: string, direction: Direction, journey: Journey): PathStage {
  const { packets, index, isUnseen = false } = journey;
  const layer = { place: where.place, group: readGroup(group.body) };
  // AlwaysAllow of a security admin rule bypasses the groups; a Deny was applied before them.
  const layers = [...beforeRules(subnetId, index), layer];
  const beyond = direction === 'Outbound' ? packets.destination : packets.source;
  const context = isUnseen
    ? contextWith(beyond, subnetId, index)
    : tunnelOf(subnetId, index).kind === 'suspectedBgp'
      ? contextBehindGateway(subnetId, index)
      : contextAt(subnetId, index);
  const flow = flowOf(packets, direction);
  const decision = decideAt(flow, layers, context);
  const name = nameOf(group.id);
  const place = { hop: where.hop, at: `${name} at ${where.owner}` };
  if (packets.brief) return divided(place, decision.parts, () => '', [], packets);
  const blocking = blockingIn(decision, () => blockingRules(flow, layers, context).filter(isOfGroup));
  const shown = [...decisive(decision).filter(isOfGroup), ...blocking];
  const stage = divided(
    place,
    decision.parts,
    (met) => sentence(met, decision, name, blocking),
    [...new Map(shown.map((owner) => [owner.label, owner])).values()]
      .slice(0, mostEvidence)
      .map((owner) => ruleEvidence(group, owner)),
    packets,
  );
  const before = layers.slice(0, -1);
  return {
    ...stage,
    blockedBy: blocking.map(ruleName),
    control: { kind: 'group', group, flow, before, layer, context },
  };
}

const mostEvidence = 6;
const blockingIn = ({ deniedBy }: Decision, find: () => readonly Owner[]): readonly Owner[] =>
  deniedBy.length === 0 ? [] : find();

const ownersOf = (decision: Decision, outcome: 'allowed' | 'denied' | 'unknown'): Owner[] => {
  const found = decision.parts
    .filter((part) => part.outcome === outcome)
    .flatMap(({ by, unsure }) => (outcome === 'unknown' ? unsure : by));
  return [...new Map(found.map((owner) => [owner.label, owner])).values()];
};

/** The rules that matter to the verdict, at most six: those that deny first. */
const decisive = (decision: Decision): Owner[] =>
  (['denied', 'unknown', 'allowed'] as const)
    .flatMap((outcome) => ownersOf(decision, outcome))
    .filter((owner, position, owners) => owners.findIndex(({ label }) => label === owner.label) === position)
    .slice(0, 6);

const ruleName = ({ label }: Owner): string => label.slice(label.indexOf('/') + 1);

const few = 3;
function namesOf(owners: readonly Owner[]): string {
  const names = owners.map((owner) =>
    owner.rule === undefined ? 'the Azure platform exception' : `${ruleName(owner)} (${owner.rule.priority})`,
  );
  const more = names.length - few;
  return more > 0 ? `${names.slice(0, few).join(', ')} and ${more} more` : names.join(', ');
}

/** Security admin rules are decided with the group, and are none of its rules. */
const isOfGroup = ({ label }: Owner): boolean => !label.startsWith('admin/');

/** `met`: as reported; `decision`: as the group decided, with its rules. */
function sentence(met: Decision, decision: Decision, name: string, blocking: readonly Owner[]): string {
  const by = (outcome: 'allowed' | 'denied' | 'unknown') => namesOf(ownersOf(decision, outcome).filter(isOfGroup));
  const [allow, deny] = [by('allowed'), by('denied')];
  switch (met.verdict) {
    case 'allowed':
      return allow === ''
        ? `Security admin rules allow the traffic, not ${name}.`
        : `${name} allows the traffic by ${allow}.`;
    case 'denied':
      return deny === ''
        ? `Security admin rules deny the traffic before ${name} applies.`
        : `${name} denies the traffic by ${deny}${behind(decision, blocking)}.`;
    case 'partly':
      if (deny === '') return `${name} allows by ${allow} what no security admin rule denies.`;
      return allow === ''
        ? `${name} denies by ${deny} what no security admin rule allows.`
        : `${name} allows some of the traffic by ${allow} and denies some by ${deny}.`;
    default: {
      const unsure = by('unknown');
      if (unsure !== '') return `The result at ${name} depends on ${unsure}.`;
      if (deny !== '') return `${name} denies some of these addresses by ${deny}. Which address is used is not known.`;
      return `The result at ${name} cannot be determined.`;
    }
  }
}

/** The rules that deny it as well, once those that decide are gone. */
function behind(decision: Decision, blocking: readonly Owner[]): string {
  const more = blocking.filter(({ label }) => !decision.deniedBy.includes(label));
  return more.length === 0 ? '' : `, then by ${namesOf(more)}`;
}

/** The rule in the group's body; Azure's default rules may be missing there. */
function ruleEvidence(group: Resource, { label, rule }: Owner): Evidence {
  const name = label.slice(label.indexOf('/') + 1);
  const note = rule === undefined ? 'an Azure platform exception' : `${rule.access} at priority ${rule.priority}`;
  const found = [securityRulesPointer, '/properties/defaultSecurityRules']
    .flatMap((list) => itemsAt(group.body, list))
    .find(({ item }) => sameId(textAt(item, '/name'), name));
  if (found) return quoted(group, found.pointer, note);
  return {
    resource: group.id,
    pointer: '/properties/defaultSecurityRules',
    value: name,
    note: `${note}, an Azure default rule`,
  };
}
