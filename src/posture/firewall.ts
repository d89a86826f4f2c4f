// Which Azure Firewall stands in a subnet's way to the Internet, what it lets pass, and by which rule.
// `path` and the firewall rules ask the same two functions: firewallInPath and firewallVerdict.
import {
  basePolicyOf,
  firewallPolicyType,
  firewallType,
  firewallView,
  ipGroupAddresses,
  ipGroupType,
  ruleCollectionGroupsOf,
} from '../kinds/azure-firewall.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { GapRead, type World } from '../model/world.ts';
import { type Context, contextOf } from '../net/context.ts';
import {
  asPrefixes,
  decideFirewall,
  type FirewallAnswer,
  type FirewallBody,
  type FirewallQuestion,
  type FirewallRules,
  readClassicRules,
  readPolicyRules,
} from '../net/firewall/index.ts';
import { oncePerWorld, oncePerWorldAndKey } from './memo.ts';
import { serviceTagsOf } from './service-tags.ts';
import { tunnelOf } from './tunnel.ts';

/** A next hop of the routes to the Internet. */
export interface FirewallHop {
  readonly address: string;
  /** undefined: the appliance of somebody else, whose rules Azure does not show. */
  readonly firewall: Resource | undefined;
}

/** The Azure Firewall that answers at a private address; undefined when none in hand does. Throws GapRead when one may be unread. */
export function firewallAt(address: string, world: World): Resource | undefined {
  const found = world.ofType(firewallType).find((one) => firewallView(one).addresses.includes(address));
  if (found) return found;
  const list = `/providers/${fold(firewallType)}`;
  const unread = world.snapshot.gaps.find(({ id, status }) => fold(id).endsWith(list) && status !== 404);
  if (unread) throw new GapRead(unread);
  return undefined;
}

/** The appliances between a subnet and the Internet; [] where none is. Throws GapRead when its routes, or a firewall, were not read. */
export const firewallInPath = oncePerWorldAndKey((subnetId: string, world: World): readonly FirewallHop[] =>
  tunnelOf(subnetId, world).appliances.map((address) => ({ address, firewall: firewallAt(address, world) })),
);

/** The rule collection groups of a policy and of those it inherits from, the topmost parent first. */
function levelsOf(policyId: string, world: World): FirewallBody[][] {
  const levels: FirewallBody[][] = [];
  const met = new Set<string>();
  for (let id: string | undefined = policyId; id !== undefined && !met.has(fold(id)); ) {
    met.add(fold(id));
    const policy = world.get(id);
    if (!policy) break;
    const groups = world.list(ruleCollectionGroupsOf(policy.id));
    levels.unshift(groups.map(({ id: resource, body }) => ({ resource, body })));
    id = basePolicyOf(policy);
  }
  return levels;
}

const rulesById = oncePerWorldAndKey((firewallId: string, world: World): FirewallRules => {
  const firewall = world.get(firewallId);
  const policy = firewall && firewallView(firewall).policy;
  if (policy !== undefined) return readPolicyRules(levelsOf(policy, world));
  return readClassicRules({ resource: firewallId, body: firewall?.body });
});

/** The rules of a firewall in the order it tries them. Throws GapRead when its policy, a parent or their groups were not read. */
export const firewallRulesOf = (firewall: Resource, world: World): FirewallRules => rulesById(firewall.id, world);

/**
 * The rules as they will be: with `more` as one more rule collection group of its policy, or as the body of a firewall that keeps
 * its own. Throws GapRead when its policy, a parent or their groups were not read.
 */
export function firewallRulesWith(firewall: Resource, more: FirewallBody, world: World): FirewallRules {
  const policy = firewallPolicyOf(firewall, world);
  if (!policy) return readClassicRules(more);
  const levels = levelsOf(policy.id, world);
  return readPolicyRules([...levels.slice(0, -1), [...(levels.at(-1) ?? []), more]]);
}

/** What tags and IP groups stand for in firewall rules. */
export const firewallContext = oncePerWorld((world): Context => {
  const groups = world
    .ofType(ipGroupType)
    .map((group) => [group.id, ipGroupAddresses(group).flatMap(asPrefixes)] as const);
  return contextOf({ serviceTags: serviceTagsOf(world), groups: Object.fromEntries(groups) });
});

/** What a firewall does with a set of packets, and by which rules. Throws GapRead when its rules were not read. */
export const firewallVerdict = (question: FirewallQuestion, firewall: Resource, world: World): FirewallAnswer =>
  decideFirewall(question, firewallRulesOf(firewall, world), firewallContext(world));

/** The policy whose rules a firewall follows; undefined for one with rules of its own. Throws GapRead when it was not read. */
export function firewallPolicyOf(firewall: Resource, world: World): Resource | undefined {
  const id = firewallView(firewall).policy;
  const policy = id === undefined ? undefined : world.get(id);
  return policy && fold(policy.type) === fold(firewallPolicyType) ? policy : undefined;
}

/**
 * Where environments get their packages (Microsoft Learn, "Configure inbound and outbound network traffic", read 2026). These
 * hosts have no service tag, so a network security group cannot name them.
 */
export const packageHosts: readonly string[] = [
  ...['anaconda.com', '*.anaconda.com', '*.anaconda.org', 'pypi.org', '*.pythonhosted.org', 'cloud.r-project.org'],
  ...['*.pytorch.org', '*.tensorflow.org'],
];
