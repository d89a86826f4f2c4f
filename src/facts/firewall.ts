// Which Azure Firewall is between a subnet and the Internet, what it allows, and by which rule. `path` and the firewall rules
// call the same two functions: firewallInPath and firewallVerdict.

import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { contextOf, type NetworkContext } from '../net/context.ts';
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
import {
  basePolicyOf,
  firewallPolicyType,
  firewallType,
  firewallView,
  ipGroupAddresses,
  ipGroupType,
  ruleCollectionGroupsOf,
} from '../resource-types/azure-firewall.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey, network } from './memoize.ts';
import { serviceTagsOf } from './service-tags.ts';
import { tunnelOf } from './tunnel.ts';

/** A next hop of the routes to the Internet. */
export interface FirewallHop {
  readonly address: string;
  /** undefined: a third-party appliance, whose rules Azure does not show. */
  readonly firewall: Resource | undefined;
}

/**
 * The Azure Firewall with this private address; undefined when the snapshot has none. Throws UnreadableError when one may be
 * unread.
 */
export function firewallAt(address: string, index: SnapshotIndex): Resource | undefined {
  const found = index.ofType(firewallType).find((one) => firewallView(one).addresses.includes(address));
  if (found) return found;
  const list = `/providers/${fold(firewallType)}`;
  const unread = index.snapshot.gaps.find(({ id, status }) => fold(id).endsWith(list) && status !== 404);
  if (unread) throw new UnreadableError(unread);
  return undefined;
}

/**
 * The appliances between a subnet and the Internet; [] where none is. Throws UnreadableError when its routes, or a firewall,
 * were not read.
 */
export const firewallInPath = memoizePerSnapshotAndKey(
  (subnetId: string, index: SnapshotIndex): readonly FirewallHop[] =>
    tunnelOf(subnetId, index).appliances.map((address) => ({ address, firewall: firewallAt(address, index) })),
  network,
);

/** The rule collection groups of a policy and of those it inherits from, the topmost parent first. */
function levelsOf(policyId: string, index: SnapshotIndex): FirewallBody[][] {
  const levels: FirewallBody[][] = [];
  const met = new Set<string>();
  for (let id: string | undefined = policyId; id !== undefined && !met.has(fold(id)); ) {
    met.add(fold(id));
    const policy = index.get(id);
    if (!policy) break;
    const groups = index.list(ruleCollectionGroupsOf(policy.id));
    levels.unshift(groups.map(({ id: resource, body }) => ({ resource, body })));
    id = basePolicyOf(policy);
  }
  return levels;
}

const rulesById = memoizePerSnapshotAndKey((firewallId: string, index: SnapshotIndex): FirewallRules => {
  const firewall = index.get(firewallId);
  const policy = firewall && firewallView(firewall).policy;
  if (policy !== undefined) return readPolicyRules(levelsOf(policy, index));
  return readClassicRules({ resource: firewallId, body: firewall?.body });
}, network);

/**
 * The rules of a firewall in the order it tries them. Throws UnreadableError when its policy, a parent or their groups were
 * not read.
 */
export const firewallRulesOf = (firewall: Resource, index: SnapshotIndex): FirewallRules =>
  rulesById(firewall.id, index);

/**
 * The rules after a change: with `more` as one more rule collection group of its policy, or as the body of a firewall with
 * classic rules. Throws UnreadableError when its policy, a parent or their groups were not read.
 */
export function firewallRulesWith(firewall: Resource, more: FirewallBody, index: SnapshotIndex): FirewallRules {
  const policy = firewallPolicyOf(firewall, index);
  if (!policy) return readClassicRules(more);
  const levels = levelsOf(policy.id, index);
  return readPolicyRules([...levels.slice(0, -1), [...(levels.at(-1) ?? []), more]]);
}

/** What tags and IP groups resolve to in firewall rules. */
export const firewallContext = memoizePerSnapshot((index): NetworkContext => {
  const groups = index
    .ofType(ipGroupType)
    .map((group) => [group.id, ipGroupAddresses(group).flatMap(asPrefixes)] as const);
  return contextOf({ serviceTags: serviceTagsOf(index), groups: Object.fromEntries(groups) });
}, network);

/** The decision of a firewall on a set of packets, with its rules. Throws UnreadableError when its rules were not read. */
export const firewallVerdict = (question: FirewallQuestion, firewall: Resource, index: SnapshotIndex): FirewallAnswer =>
  decideFirewall(question, firewallRulesOf(firewall, index), firewallContext(index));

/**
 * The policy whose rules a firewall follows; undefined for one with classic rules. Throws UnreadableError when it was not
 * read.
 */
export function firewallPolicyOf(firewall: Resource, index: SnapshotIndex): Resource | undefined {
  const id = firewallView(firewall).policy;
  const policy = id === undefined ? undefined : index.get(id);
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
