// Which way the workspace keeps its traffic inside, and each resource its own.

import type { Architecture } from '../model/assumption.ts';
import type { ArchitectureAnswer } from '../model/finding.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { GapRead, SnapshotIndex } from '../model/snapshot-index.ts';
import { isUnresolvedRead } from '../model/unresolved.ts';
import { aclsOf, publicNetworkAccessOf } from '../resource-types/network-acls.ts';
import { findSubnet, vnetOf } from '../resource-types/network-view.ts';
import { registryView } from '../resource-types/registry-view.ts';
import { customerEndpoints, reachedPrivately } from './endpoints.ts';
import { defaultAccountId, isRegistry, workspaceInHand, workspaceRegistryId, workspaceVaultId } from './links.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';
import { needsOf } from './needs.ts';

/** `by` of an architecture that files leave open: the answer beside it is only what the report shows. */
export const notKnown = 'not known';

/** For showing: the architecture with the votes that led to it; verdicts ask {@link architectureFor}. Never throws: what cannot be read does not vote. */
export const architectureOf = memoizePerSnapshot((index: SnapshotIndex): ArchitectureAnswer => {
  try {
    return decided(index);
  } catch (error) {
    if (isUnresolvedRead(error)) return { answer: 'service-endpoint', votes: [], by: notKnown };
    throw error;
  }
});

/** The same for a verdict: throws UnreadableError where the files leave open what decides it. */
export const architectureFor = (index: SnapshotIndex): Architecture => decided(index).answer;

/** What decides before any vote: the managed network, then the operator's intent. */
function outright(index: SnapshotIndex): { readonly answer: Architecture; readonly by: string } | undefined {
  if (workspaceInHand(index)?.view.managedNetwork.on) return { answer: 'managed-network', by: 'managed network' };
  const wished = wish(index);
  return wished && { answer: wished, by: 'intent' };
}

const decided = memoizePerSnapshot((index: SnapshotIndex): ArchitectureAnswer => {
  const first = outright(index);
  const ballots = voters(index, first !== undefined).map((resource) => ballot(resource, index));
  const votes = ballots.map(({ resource, vote }) => ({ resource, vote }));
  const count = (architecture: Architecture) => votes.filter(({ vote }) => vote === architecture).length;
  const answer = (architecture: Architecture, by: string) => ({ answer: architecture, votes, by });
  if (first) return { ...first, votes };
  const difference = count('private-endpoint') - count('service-endpoint');
  const open = ballots.flatMap((one) => one.open ?? []);
  if (open[0] && Math.abs(difference) <= open.length) throw open[0];
  if (difference !== 0) return answer(difference > 0 ? 'private-endpoint' : 'service-endpoint', 'votes');
  if (workspaceInHand(index)?.view.publicNetworkAccess === 'Disabled')
    return answer('private-endpoint', 'public access off');
  return answer('service-endpoint', 'default');
});

/** Who votes. `idle`: the votes are only shown, so a link that is open is left out. */
const voters = (index: SnapshotIndex, idle: boolean): string[] =>
  [defaultAccountId, workspaceVaultId, workspaceRegistryId].flatMap((link) => {
    try {
      return link(index) ?? [];
    } catch (error) {
      if (idle && isUnresolvedRead(error)) return [];
      throw error;
    }
  });

interface Ballot {
  readonly resource: string;
  readonly vote: Architecture | null;
  /** Why the vote is not known, where files leave open what it would be. */
  readonly open?: GapRead;
}
function ballot(resource: string, index: SnapshotIndex): Ballot {
  try {
    return { resource, vote: evidenceOf(resource, index) };
  } catch (error) {
    if (isUnresolvedRead(error)) return { resource, vote: null, open: error };
    throw error;
  }
}

/** The intent, where it is one that can be had by wishing. */
function wish(index: SnapshotIndex): Architecture | undefined {
  const { architecture } = index.snapshot.intents;
  return architecture === 'service-endpoint' || architecture === 'private-endpoint' ? architecture : undefined;
}

/**
 * What a resource's own rules and endpoints say; null when they say nothing or could not be read. Throws UnreadableError where
 * files leave open what they would say.
 */
export const evidenceOf = memoizePerSnapshotAndKey((resourceId: string, index: SnapshotIndex): Architecture | null => {
  return attempt(
    () => evidence(resourceId, index),
    (error) => {
      if (isUnresolvedRead(error)) throw error;
      return null;
    },
  );
});

/** The architecture a storage account, vault or registry is judged by. Throws UnreadableError as {@link evidenceOf} does. */
export function strategyOf(resourceId: string, index: SnapshotIndex): Architecture {
  return outright(index)?.answer ?? evidenceOf(resourceId, index) ?? decided(index).answer;
}

function evidence(resourceId: string, index: SnapshotIndex): Architecture | null {
  const resource = index.get(resourceId);
  if (!resource) return null;
  const rules = livingSubnetRules(resource, index);
  const ends = customerEndpoints(resourceId, index);
  const off = publicNetworkAccessOf(resource) === 'Disabled';
  if (rules === undefined) return ends.length > 0 ? 'private-endpoint' : null;
  if (rules.length > 0 && ends.length === 0) return 'service-endpoint';
  if (rules.length === 0) return ends.length > 0 || off ? 'private-endpoint' : null;
  if (off) return 'private-endpoint';
  const needs = needsOf(resourceId, index);
  const listed = needs.every((subnet) => rules.some((id) => sameId(id, subnet)));
  if (listed && needs.every((subnet) => reachedPrivately(resourceId, vnetOf(subnet), index))) return null;
  return listed && needs.length > 0 ? 'service-endpoint' : 'private-endpoint';
}

/** Subnets that living rules admit; undefined where the rules cannot be seen (a registry that was read at today's version alone). */
function livingSubnetRules(resource: Resource, index: SnapshotIndex): readonly string[] | undefined {
  if (isRegistry(resource.id) && registryView(resource).subnetRulesHidden) return undefined;
  const acls = aclsOf(resource);
  const rules = typeof acls === 'string' ? [] : acls.subnetRules;
  return rules
    .filter(({ id, state }) => {
      if (state !== undefined && fold(state) !== 'succeeded') return false;
      return attempt(
        () => findSubnet(index, id) !== undefined,
        (error) => {
          if (isUnresolvedRead(error)) throw error;
          return true;
        },
      );
    })
    .map(({ id }) => id);
}
