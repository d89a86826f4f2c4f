// Limited outbound access: the deny rule after every allow rule, and a new group with all of them for a subnet without one.

import { adminRulesAt } from '../../../facts/admin-rules.ts';
import { contextAt, subnetPrefixes } from '../../../facts/flows.ts';
import { type SubnetRole, subnetUses, unreadUses } from '../../../facts/needs.ts';
import { networkOf, sharers } from '../../../facts/training-subnets.ts';
import { isTunnelled } from '../../../facts/tunnel.ts';
import { editChange } from '../../../model/change.ts';
import { setMember } from '../../../model/edit.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { allowedTags, priorityAfter } from '../../../net/index.ts';
import { leak } from '../../../net/leak.ts';
import { vnetView } from '../../../resource-types/network-view.ts';
import { listAt, textAt } from '../../../resource-types/read.ts';
import { displayName, subnetShown } from '../../parts/verdict.ts';
import type { Proposal, RuleContext } from '../../rule.ts';
import {
  addRule,
  freeGroup,
  type NsgStep,
  newGroup,
  newGroupBody,
  openFor,
  type RuleSpec,
  ruleNamed,
  sharedBy,
} from './change.ts';
import type { NsgPlace } from './place.ts';
import { allNeeds } from './required-flows.ts';

/** Under a default route to an appliance it is undocumented what `Internet` covers, so everything is denied there. */
const denySpec = ({ subnet, context: { index } }: NsgPlace): RuleSpec => ({
  slug: 'outbound-deny-internet',
  ...{ direction: 'Outbound', access: 'Deny', protocol: '*', sources: ['*'], ports: ['*'] },
  destinations: [isTunnelled(subnet, index) ? '*' : 'Internet'],
});

/** The deny rule after every custom outbound allow rule, or a sentence why there is no priority for it. */
function denyLast(place: NsgPlace): NsgStep | string {
  const allows = place.layer.group.rules.filter(
    (rule) => !rule.standard && rule.direction === 'Outbound' && rule.access === 'Allow',
  );
  const after = Math.max(0, ...allows.map(({ priority }) => priority));
  const own = place.layer.group.rules.filter(({ name }) => ruleNamed(place, name) !== undefined);
  const priority = priorityAfter(own, 'Outbound', after);
  if (priority === undefined) {
    return `No priority above ${after} is free in ${displayName(place.group.id)}. Move its allow rules to lower numbers first.`;
  }
  return addRule(place, denySpec(place), priority);
}

/** Does the group deny the Internet beyond the tags it allows? */
const isRestricted = ({ subnet, group, context: { index } }: NsgPlace): boolean =>
  leak(
    { source: subnetPrefixes(subnet, index), allowed: allowedTags(group.body) },
    { subnetNsg: group.body, adminRules: adminRulesAt(subnet, index) },
    contextAt(subnet, index),
    1,
  ).verdict === 'denied';

/** Nodes of any AKS cluster, attached to the workspace or not, show in their subnet by their scale set. */
const ofNode = /\/virtualMachineScaleSets\/aks-/i;
const holdsNodes = (subnet: string, index: SnapshotIndex): boolean => {
  const there = index.peek(subnet);
  const body = there.state === 'read' ? there.resource.body : undefined;
  return listAt(body, '/properties/ipConfigurations').some((one) => ofNode.test(textAt(one, '/id') ?? ''));
};

/** Why the Internet is not denied at a group that these subnets share; undefined where it may be. */
function blockedBy(subnets: readonly string[], { index }: RuleContext): string | undefined {
  const uses = subnetUses(index);
  const isOf = (id: string, wanted: (role: SubnetRole) => boolean): boolean =>
    uses.some(({ role, subnet }) => wanted(role) && sameId(id, subnet));
  const nodes = subnets.find((id) => isOf(id, (role) => role === 'inference') || holdsNodes(id, index));
  const first = 'Give them their own network security group first.';
  if (nodes !== undefined)
    return `${subnetShown(nodes)} contains AKS nodes, which need the Internet; a deny rule in a shared group disconnects the cluster. ${first}`;
  const [unread] = unreadUses(index).filter(({ role }) => role === 'inference');
  const foreign = subnets.find((id) => /\/subnets\//i.test(id) && !isOf(id, () => true));
  if (!unread || foreign === undefined) return undefined;
  return `${subnetShown(foreign)} shares the group and may contain nodes of ${displayName(unread.compute)}, whose subnet could not be read: ${unread.gap.reason} Nodes need the Internet. ${first}`;
}

const impact = 'Package installs (PyPI, conda), Docker Hub and operating system updates stop.';

/** Denies the Internet at the group of a subnet, after every other change. */
export function limitGroup(place: NsgPlace): readonly Proposal[] | string {
  const { index } = place.context;
  const blocked = blockedBy([...sharers(place.group.id, index)], place.context);
  if (blocked !== undefined) return blocked;
  const step = denyLast(place);
  if (typeof step === 'string') return step;
  if (!isRestricted(step.after)) {
    return `A deny rule after the allow rules of ${displayName(place.group.id)} would leave part of the Internet open. Delete or narrow the allow rule that the finding names first.`;
  }
  return [{ change: step.change, phase: 5, advice: `${impact} ${sharedBy(place)}` }];
}

/** A new group with every allow and the deny, then associated with the subnet. */
export function limitBare(subnetId: string, context: RuleContext): readonly Proposal[] | string {
  const { index } = context;
  const subnet = index.get(subnetId);
  const network = networkOf(subnetId, index);
  if (!subnet || !network) return `${subnetShown(subnetId)} does not exist.`;
  const blocked = blockedBy([subnet.id], context);
  if (blocked !== undefined) return blocked;
  const home = groupIdOf(network.id) ?? '';
  const body = bodyFor(subnet.id, network, home, context);
  if (typeof body === 'string') return body;
  const made = freeGroup(home, nameOf(subnet.id), body, context);
  const attach = setMember(subnet.body, '/properties/networkSecurityGroup', { id: made.id });
  const advice = `The new network security group applies to every machine of ${subnetShown(subnet.id)}. ${impact}`;
  return [
    ...(made.stands
      ? []
      : [{ change: { kind: 'create', resource: made.id, edits: [], body } as const, phase: 1 as const }]),
    { change: editChange(subnet.id, [attach]), phase: 5, advice },
  ];
}

function bodyFor(subnet: string, network: Resource, home: string, context: RuleContext): JsonObject | string {
  const bare = { subnet, restricted: true, context, today: context.profile !== 'article-2020' };
  const place = newGroup(bare, home, vnetView(network).location ?? '');
  const opened = openFor(place, allNeeds(place));
  if (typeof opened === 'string') return opened;
  const denied = denyLast(opened.after);
  return typeof denied === 'string' ? denied : newGroupBody(denied.after);
}
