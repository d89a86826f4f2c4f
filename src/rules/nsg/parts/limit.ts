// Limited outbound access: the deny rule behind every allow rule, and the group with all of them that a subnet without one gets.
import { vnetView } from '../../../kinds/network-view.ts';
import { listAt, textAt } from '../../../kinds/read.ts';
import { editChange } from '../../../model/change.ts';
import { setMember } from '../../../model/edit.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../../model/resource-id.ts';
import type { World } from '../../../model/world.ts';
import { allowedTags, priorityAfter } from '../../../net/index.ts';
import { leak } from '../../../net/leak.ts';
import { adminRulesAt } from '../../../posture/admin-rules.ts';
import { contextAt, subnetPrefixes } from '../../../posture/flows.ts';
import { type SubnetRole, subnetUses, unreadUses } from '../../../posture/needs.ts';
import { networkOf, sharers } from '../../../posture/training-subnets.ts';
import { isTunnelled } from '../../../posture/tunnel.ts';
import {
  addRule,
  freeGroup,
  newGroup,
  newGroupBody,
  openFor,
  type RuleSpec,
  riskOf,
  ruleNamed,
  type Step,
} from '../../parts/nsg-change.ts';
import type { Place } from '../../parts/nsg-place.ts';
import { allNeeds } from '../../parts/required-flows.ts';
import { shown, subnetShown } from '../../parts/verdict.ts';
import type { Judgement, Proposal } from '../../rule.ts';

/** Under a default route to an appliance it is unsettled what `Internet` covers, so everything is denied there. */
const denySpec = ({ subnet, judgement: { world } }: Place): RuleSpec => ({
  slug: 'outbound-deny-internet',
  ...{ direction: 'Outbound', access: 'Deny', protocol: '*', sources: ['*'], ports: ['*'] },
  destinations: [isTunnelled(subnet, world) ? '*' : 'Internet'],
});

/** The deny behind every custom outbound allow, or the sentence why there is no priority for it. */
function denyLast(place: Place): Step | string {
  const allows = place.layer.group.rules.filter(
    (rule) => !rule.standard && rule.direction === 'Outbound' && rule.access === 'Allow',
  );
  const after = Math.max(0, ...allows.map(({ priority }) => priority));
  const own = place.layer.group.rules.filter(({ name }) => ruleNamed(place, name) !== undefined);
  const priority = priorityAfter(own, 'Outbound', after);
  if (priority === undefined) {
    return `No priority above ${after} is free in ${shown(place.group.id)}. Move its allow rules to lower numbers first.`;
  }
  return addRule(place, denySpec(place), priority);
}

/** Does the group deny the Internet beyond the tags it allows? */
const isShut = ({ subnet, group, judgement: { world } }: Place): boolean =>
  leak(
    { source: subnetPrefixes(subnet, world), allowed: allowedTags(group.body) },
    { subnetNsg: group.body, adminRules: adminRulesAt(subnet, world) },
    contextAt(subnet, world),
    1,
  ).verdict === 'denied';

/** Nodes of any AKS cluster, attached to the workspace or not, show in their subnet by their scale set. */
const ofNode = /\/virtualMachineScaleSets\/aks-/i;
const holdsNodes = (subnet: string, world: World): boolean => {
  const there = world.peek(subnet);
  const body = there.state === 'read' ? there.resource.body : undefined;
  return listAt(body, '/properties/ipConfigurations').some((one) => ofNode.test(textAt(one, '/id') ?? ''));
};

/** Why the Internet is not denied at a group that these subnets share; undefined where it may be. */
function blockedBy(subnets: readonly string[], { world }: Judgement): string | undefined {
  const uses = subnetUses(world);
  const isOf = (id: string, wanted: (role: SubnetRole) => boolean): boolean =>
    uses.some(({ role, subnet }) => wanted(role) && sameId(id, subnet));
  const nodes = subnets.find((id) => isOf(id, (role) => role === 'inference') || holdsNodes(id, world));
  const first = 'Give them their own network security group first.';
  if (nodes !== undefined)
    return `${subnetShown(nodes)} holds AKS nodes, which need the Internet; a deny rule in a shared group disconnects the cluster. ${first}`;
  const [unread] = unreadUses(world).filter(({ role }) => role === 'inference');
  const foreign = subnets.find((id) => /\/subnets\//i.test(id) && !isOf(id, () => true));
  if (!unread || foreign === undefined) return undefined;
  return `${subnetShown(foreign)} shares the group and may hold nodes of ${shown(unread.compute)}, whose subnet could not be read: ${unread.gap.reason} Nodes need the Internet. ${first}`;
}

const impact =
  'Package installs (PyPI, conda), Docker Hub and operating system updates stop. Established connections survive.';

/** Denies the Internet at the group of a subnet, after every other change. */
export function limitGroup(place: Place): readonly Proposal[] | string {
  const { world } = place.judgement;
  const blocked = blockedBy([...sharers(place.group.id, world)], place.judgement);
  if (blocked !== undefined) return blocked;
  const step = denyLast(place);
  if (typeof step === 'string') return step;
  if (!isShut(step.after)) {
    return `A deny rule behind the allow rules of ${shown(place.group.id)} would leave part of the Internet open. Delete or narrow the allow rule that the finding names first.`;
  }
  return [{ change: step.change, phase: 5, risk: riskOf(place, impact) }];
}

/** A new group with every allow and the deny, then associated with the subnet. */
export function limitBare(subnetId: string, judgement: Judgement): readonly Proposal[] | string {
  const { world } = judgement;
  const subnet = world.get(subnetId);
  const network = networkOf(subnetId, world);
  if (!subnet || !network) return `${subnetShown(subnetId)} does not exist.`;
  const blocked = blockedBy([subnet.id], judgement);
  if (blocked !== undefined) return blocked;
  const home = groupIdOf(network.id) ?? '';
  const body = bodyFor(subnet.id, network, home, judgement);
  if (typeof body === 'string') return body;
  const made = freeGroup(home, nameOf(subnet.id), body, judgement);
  const attach = setMember(subnet.body, '/properties/networkSecurityGroup', { id: made.id });
  const risk = `The new network security group applies to every machine of ${subnetShown(subnet.id)}: inbound traffic it does not allow is denied. ${impact}`;
  return [
    ...(made.stands
      ? []
      : [{ change: { kind: 'create', resource: made.id, edits: [], body } as const, phase: 1 as const }]),
    { change: editChange(subnet.id, [attach]), phase: 5, risk },
  ];
}

function bodyFor(subnet: string, network: Resource, home: string, judgement: Judgement): JsonObject | string {
  const bare = { subnet, shut: true, judgement, today: judgement.profile !== 'seed-2020' };
  const place = newGroup(bare, home, vnetView(network).location ?? '');
  const opened = openFor(place, allNeeds(place));
  if (typeof opened === 'string') return opened;
  const denied = denyLast(opened.after);
  return typeof denied === 'string' ? denied : newGroupBody(denied.after);
}
