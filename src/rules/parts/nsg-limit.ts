// Limiting outbound: the deny behind every allow, and the security group that a bare subnet gets with all of them at once.
import { cardType } from '../../kinds/machine-view.ts';
import { networkVersion, vnetView } from '../../kinds/network-view.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import { securityGroupType, securityRulesPointer } from '../../kinds/security-group-view.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { isObject, type JsonObject, sameJson } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { allowedTags, priorityAfter } from '../../net/index.ts';
import { leak } from '../../net/leak.ts';
import { adminRulesAt } from '../../posture/admin-rules.ts';
import { contextAt, subnetPrefixes } from '../../posture/flows.ts';
import { type SubnetRole, subnetUses, unreadUses } from '../../posture/needs.ts';
import { networkOf, sharers } from '../../posture/training-subnets.ts';
import { isTunnelled } from '../../posture/tunnel.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { legalName } from './naming.ts';
import { addRule, openFor, type RuleSpec, riskOf, ruleNamed, type Step } from './nsg-change.ts';
import { allNeeds } from './nsg-needs.ts';
import { type Place, withGroup } from './nsg-place.ts';
import { shown, subnetShown } from './verdict.ts';

/** Under a default route to an appliance the reach of `Internet` is unsettled, so everything is denied there. */
const denySpec = ({ subnet, judgement: { world } }: Place): RuleSpec => ({
  slug: 'outbound-deny-internet',
  ...{ direction: 'Outbound', access: 'Deny', protocol: '*', sources: ['*'], ports: ['*'] },
  destinations: [isTunnelled(subnet, world) ? '*' : 'Internet'],
});

/** The deny behind every custom outbound allow, or the sentence why it cannot stand there. */
function denyLast(place: Place): Step | string {
  const allows = place.layer.group.rules.filter(
    (rule) => !rule.standard && rule.direction === 'Outbound' && rule.access === 'Allow',
  );
  const after = Math.max(0, ...allows.map(({ priority }) => priority));
  const own = place.layer.group.rules.filter(({ name }) => ruleNamed(place, name) !== undefined);
  const priority = priorityAfter(own, 'Outbound', after);
  if (priority === undefined) {
    return `No number above ${after} is free at ${shown(place.group.id)}: move its allows to lower numbers first.`;
  }
  return addRule(place, denySpec(place), priority);
}

/** Does the group leave nothing of the Internet open beyond the tags it allows? */
const isShut = ({ subnet, group, judgement: { world } }: Place): boolean =>
  leak(
    { source: subnetPrefixes(subnet, world), allowed: allowedTags(group.body) },
    { subnetNsg: group.body, adminRules: adminRulesAt(subnet, world) },
    contextAt(subnet, world),
    1,
  ).verdict === 'denied';

/** Nodes of any Kubernetes cluster, attached to the workspace or not, show in their subnet by their scale set. */
const ofNode = /\/virtualMachineScaleSets\/aks-/i;
const holdsNodes = (subnet: string, world: World): boolean => {
  const there = world.peek(subnet);
  const body = there.state === 'read' ? there.resource.body : undefined;
  return listAt(body, '/properties/ipConfigurations').some((one) => ofNode.test(textAt(one, '/id') ?? ''));
};

/** Why the Internet is not denied at a group that these subnets share; undefined where it may be. */
function stands(subnets: readonly string[], { world }: Judgement): string | undefined {
  const uses = subnetUses(world);
  const isOf = (id: string, wanted: (role: SubnetRole) => boolean): boolean =>
    uses.some(({ role, subnet }) => wanted(role) && sameId(id, subnet));
  const nodes = subnets.find((id) => isOf(id, (role) => role === 'inference') || holdsNodes(id, world));
  const first = 'give them a security group of their own first';
  if (nodes !== undefined)
    return `${subnetShown(nodes)} holds Kubernetes nodes, which need the Internet: ${first}. Denied at a group that they share, the cluster would be cut off.`;
  const [unread] = unreadUses(world).filter(({ role }) => role === 'inference');
  const foreign = subnets.find((id) => /\/subnets\//i.test(id) && !isOf(id, () => true));
  if (!unread || foreign === undefined) return undefined;
  return `${subnetShown(foreign)} shares the group and may hold the nodes of ${shown(unread.compute)}, whose subnet could not be read: ${unread.gap.reason} Nodes need the Internet, so ${first}.`;
}

const closes =
  'Package installs (PyPI, conda), Docker Hub and updates of the operating system stop; sessions that stand survive.';

/** Denies the Internet at the group of a subnet, last of all. */
export function limitGroup(place: Place): readonly Proposal[] | string {
  const { world } = place.judgement;
  const blocked = stands([...sharers(place.group.id, world)], place.judgement);
  if (blocked !== undefined) return blocked;
  const step = denyLast(place);
  if (typeof step === 'string') return step;
  if (!isShut(step.after)) {
    return `A deny behind the allows of ${shown(place.group.id)} would leave part of the Internet open; take out or narrow the allow that the finding names first.`;
  }
  return [{ change: step.change, phase: 5, risk: riskOf(place, closes) }];
}

/** A group of its own for a bare subnet, born with every allow and the deny, then hung on the subnet. */
export function limitBare(subnet: Resource, judgement: Judgement): readonly Proposal[] | string {
  const { world } = judgement;
  const network = networkOf(subnet.id, world);
  const blocked = stands([subnet.id], judgement);
  if (!network || blocked !== undefined) return blocked ?? 'The network of the subnet does not exist.';
  const body = bornWith(subnet.id, network, judgement);
  if (typeof body === 'string') return body;
  const made = freeGroup(groupIdOf(network.id) ?? '', nameOf(subnet.id), body, judgement);
  const attach = setMember(subnet.body, '/properties/networkSecurityGroup', { id: made.id });
  const risk = `From then on the security group decides for every machine of ${subnetShown(subnet.id)}: all inbound traffic but what it allows is shut. ${closes}`;
  return [
    ...(made.stands
      ? []
      : [{ change: { kind: 'create', resource: made.id, edits: [], body } as const, phase: 1 as const }]),
    { change: editChange(subnet.id, [attach]), phase: 5, risk },
  ];
}

function bornWith(subnet: string, network: Resource, judgement: Judgement): JsonObject | string {
  const location = vnetView(network).location ?? '';
  const id = `${groupIdOf(network.id)}/providers/${securityGroupType}/new`;
  const empty: JsonObject = { location, properties: { securityRules: [] } };
  const bare = { subnet, shut: true, judgement, today: judgement.profile !== 'seed-2020' };
  const place = withGroup(bare, { id, type: securityGroupType, apiVersion: networkVersion, body: empty });
  const opened = openFor(place, allNeeds(place));
  if (typeof opened === 'string') return opened;
  const denied = denyLast(opened.after);
  if (typeof denied === 'string') return denied;
  const rules = listAt(denied.after.group.body, securityRulesPointer).flatMap((rule) =>
    isObject(rule) ? [{ name: rule.name ?? '', properties: rule.properties ?? {} }] : [],
  );
  return { location, properties: { securityRules: rules } };
}

/**
 * A name that is free in a resource group; the group of an earlier phase of the same plan is found again by what it holds.
 * `of`: name of what it is made for.
 */
export function freeGroup(home: string, of: string, body: JsonObject, { world }: Judgement) {
  const holders = ['Microsoft.Network/virtualNetworks/subnets', cardType].flatMap((type) => world.ofType(type));
  for (let index = 1; ; index += 1) {
    const name = legalName(['nsg', of, ...(index > 1 ? [String(index)] : [])], 80);
    const id = `${home}/providers/${securityGroupType}/${name}`;
    const there = world.peek(id);
    if (there.state !== 'read') return { id, stands: false };
    const alike = sameJson(
      (there.resource.body.properties as JsonObject | undefined)?.securityRules ?? null,
      (body.properties as JsonObject).securityRules ?? null,
    );
    const alone = holders.every((one) => !sameId(textAt(one.body, '/properties/networkSecurityGroup/id'), id));
    if (alike && alone) return { id, stands: true };
  }
}
