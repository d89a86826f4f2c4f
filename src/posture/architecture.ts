// Which way the workspace keeps its traffic inside, and each resource its own (rules-catalogue 3.13, to the letter).
import { type Acls, aclsOf, publicNetworkAccessOf } from '../kinds/network-acls.ts';
import { findSubnet, vnetOf } from '../kinds/network-view.ts';
import { listAt, textAt } from '../kinds/read.ts';
import type { ArchitectureAnswer } from '../model/finding.ts';
import type { Architecture } from '../model/intent.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import { GapRead, type World } from '../model/world.ts';
import { customerEndpoints, reachedPrivately } from './endpoints.ts';
import { defaultAccountId, isRegistry, workspaceInHand, workspaceRegistryId, workspaceVaultId } from './links.ts';
import { oncePerWorld, oncePerWorldAndKey } from './memo.ts';
import { needsOf } from './needs.ts';

/** The workspace's architecture, with the votes that led to it. Never throws: what cannot be read does not vote. */
export const architectureOf = oncePerWorld((world: World): ArchitectureAnswer => {
  const workspace = workspaceInHand(world)?.view;
  const voters = [defaultAccountId(world), workspaceVaultId(world), workspaceRegistryId(world)];
  const votes = voters
    .filter((id) => id !== undefined)
    .map((resource) => ({ resource, vote: evidenceOf(resource, world) }));
  const count = (architecture: Architecture) => votes.filter(({ vote }) => vote === architecture).length;
  const answer = (architecture: Architecture, by: string) => ({ answer: architecture, votes, by });
  if (workspace?.managedNetwork.on) return answer('managed-network', 'managed network');
  const wished = wish(world);
  if (wished) return answer(wished, 'intent');
  const difference = count('private-endpoint') - count('service-endpoint');
  if (difference !== 0) return answer(difference > 0 ? 'private-endpoint' : 'service-endpoint', 'votes');
  if (workspace?.publicNetworkAccess === 'Disabled') return answer('private-endpoint', 'public access off');
  return answer('service-endpoint', 'default');
});

/** The intent, where it is one that can be had by wishing. */
function wish(world: World): Architecture | undefined {
  const { architecture } = world.snapshot.intents;
  return architecture === 'service-endpoint' || architecture === 'private-endpoint' ? architecture : undefined;
}

/** What a resource's own rules and endpoints say; null when they say nothing or could not be read. */
export const evidenceOf = oncePerWorldAndKey((resourceId: string, world: World): Architecture | null => {
  try {
    return evidence(resourceId, world);
  } catch (error) {
    if (error instanceof GapRead) return null;
    throw error;
  }
});

/** The architecture a storage account, vault or registry is judged by. */
export function strategyOf(resourceId: string, world: World): Architecture {
  const { answer, by } = architectureOf(world);
  if (answer === 'managed-network' || by === 'intent') return answer;
  return evidenceOf(resourceId, world) ?? answer;
}

function evidence(resourceId: string, world: World): Architecture | null {
  const resource = world.get(resourceId);
  if (!resource) return null;
  const rules = livingSubnetRules(resource, world);
  const ends = customerEndpoints(resourceId, world);
  const off = publicNetworkAccessOf(resource) === 'Disabled';
  if (rules === undefined) return ends.length > 0 ? 'private-endpoint' : null;
  if (rules.length > 0 && ends.length === 0) return 'service-endpoint';
  if (rules.length === 0) return ends.length > 0 || off ? 'private-endpoint' : null;
  if (off) return 'private-endpoint';
  const needs = needsOf(resourceId, world);
  const listed = needs.every((subnet) => rules.some((id) => sameId(id, subnet)));
  if (listed && needs.every((subnet) => reachedPrivately(resourceId, vnetOf(subnet), world))) return null;
  return listed && needs.length > 0 ? 'service-endpoint' : 'private-endpoint';
}

/** Subnets that living rules admit; undefined where the rules cannot be seen (a registry at today's version). */
function livingSubnetRules(resource: Resource, world: World): readonly string[] | undefined {
  const rules = isRegistry(resource.id) ? registryRules(resource) : firewallRules(aclsOf(resource));
  return rules
    ?.filter(({ id, state }) => {
      if (state !== undefined && fold(state) !== 'succeeded') return false;
      try {
        return findSubnet(world, id) !== undefined;
      } catch (error) {
        if (error instanceof GapRead) return true;
        throw error;
      }
    })
    .map(({ id }) => id);
}

type RuleSeen = { readonly id: string; readonly state: string | undefined };

const firewallRules = (acls: 'absent' | 'malformed' | Acls): readonly RuleSeen[] =>
  typeof acls === 'string' ? [] : acls.subnetRules;

function registryRules({ body }: Resource): readonly RuleSeen[] | undefined {
  const set = '/properties/networkRuleSet';
  const shown = listAt(body, `${set}/virtualNetworkRules`);
  if (shown.length === 0) return undefined;
  return shown.flatMap((item) => {
    const id = textAt(item, '/id');
    return id === undefined ? [] : [{ id, state: undefined }];
  });
}
