// Which way the workspace keeps its traffic inside, and each resource its own.
import { aclsOf, publicNetworkAccessOf } from '../kinds/network-acls.ts';
import { findSubnet, vnetOf } from '../kinds/network-view.ts';
import { registryView } from '../kinds/registry-view.ts';
import type { ArchitectureAnswer } from '../model/finding.ts';
import type { Architecture } from '../model/intent.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import { isOpenRead } from '../model/unresolved.ts';
import type { GapRead, World } from '../model/world.ts';
import { customerEndpoints, reachedPrivately } from './endpoints.ts';
import { defaultAccountId, isRegistry, workspaceInHand, workspaceRegistryId, workspaceVaultId } from './links.ts';
import { oncePerWorld, oncePerWorldAndKey } from './memo.ts';
import { needsOf } from './needs.ts';

/** `by` of an architecture that files leave open: the answer beside it is only what the report shows. */
export const notKnown = 'not known';

/** For showing: the architecture with the votes that led to it; verdicts ask {@link architectureFor}. Never throws: what cannot be read does not vote. */
export const architectureOf = oncePerWorld((world: World): ArchitectureAnswer => {
  try {
    return decided(world);
  } catch (error) {
    if (isOpenRead(error)) return { answer: 'service-endpoint', votes: [], by: notKnown };
    throw error;
  }
});

/** The same for a verdict: throws GapRead where the files leave open what decides it. */
export const architectureFor = (world: World): Architecture => decided(world).answer;

/** What decides before any vote: the managed network, then the operator's intent. */
function outright(world: World): { readonly answer: Architecture; readonly by: string } | undefined {
  if (workspaceInHand(world)?.view.managedNetwork.on) return { answer: 'managed-network', by: 'managed network' };
  const wished = wish(world);
  return wished && { answer: wished, by: 'intent' };
}

const decided = oncePerWorld((world: World): ArchitectureAnswer => {
  const first = outright(world);
  const ballots = voters(world, first !== undefined).map((resource) => ballot(resource, world));
  const votes = ballots.map(({ resource, vote }) => ({ resource, vote }));
  const count = (architecture: Architecture) => votes.filter(({ vote }) => vote === architecture).length;
  const answer = (architecture: Architecture, by: string) => ({ answer: architecture, votes, by });
  if (first) return { ...first, votes };
  const difference = count('private-endpoint') - count('service-endpoint');
  const open = ballots.flatMap((one) => one.open ?? []);
  if (open[0] && Math.abs(difference) <= open.length) throw open[0];
  if (difference !== 0) return answer(difference > 0 ? 'private-endpoint' : 'service-endpoint', 'votes');
  if (workspaceInHand(world)?.view.publicNetworkAccess === 'Disabled')
    return answer('private-endpoint', 'public access off');
  return answer('service-endpoint', 'default');
});

/** Who votes. `idle`: the votes are only shown, so a link that is open is left out. */
const voters = (world: World, idle: boolean): string[] =>
  [defaultAccountId, workspaceVaultId, workspaceRegistryId].flatMap((link) => {
    try {
      return link(world) ?? [];
    } catch (error) {
      if (idle && isOpenRead(error)) return [];
      throw error;
    }
  });

interface Ballot {
  readonly resource: string;
  readonly vote: Architecture | null;
  /** Why the vote is not known, where files leave open what it would be. */
  readonly open?: GapRead;
}
function ballot(resource: string, world: World): Ballot {
  try {
    return { resource, vote: evidenceOf(resource, world) };
  } catch (error) {
    if (isOpenRead(error)) return { resource, vote: null, open: error };
    throw error;
  }
}

/** The intent, where it is one that can be had by wishing. */
function wish(world: World): Architecture | undefined {
  const { architecture } = world.snapshot.intents;
  return architecture === 'service-endpoint' || architecture === 'private-endpoint' ? architecture : undefined;
}

/**
 * What a resource's own rules and endpoints say; null when they say nothing or could not be read. Throws GapRead where
 * files leave open what they would say.
 */
export const evidenceOf = oncePerWorldAndKey((resourceId: string, world: World): Architecture | null => {
  return attempt(
    () => evidence(resourceId, world),
    (error) => {
      if (isOpenRead(error)) throw error;
      return null;
    },
  );
});

/** The architecture a storage account, vault or registry is judged by. Throws GapRead as {@link evidenceOf} does. */
export function strategyOf(resourceId: string, world: World): Architecture {
  return outright(world)?.answer ?? evidenceOf(resourceId, world) ?? decided(world).answer;
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

/** Subnets that living rules admit; undefined where the rules cannot be seen (a registry that was read at today's version alone). */
function livingSubnetRules(resource: Resource, world: World): readonly string[] | undefined {
  if (isRegistry(resource.id) && registryView(resource).subnetRulesHidden) return undefined;
  const acls = aclsOf(resource);
  const rules = typeof acls === 'string' ? [] : acls.subnetRules;
  return rules
    .filter(({ id, state }) => {
      if (state !== undefined && fold(state) !== 'succeeded') return false;
      return attempt(
        () => findSubnet(world, id) !== undefined,
        (error) => {
          if (isOpenRead(error)) throw error;
          return true;
        },
      );
    })
    .map(({ id }) => id);
}
