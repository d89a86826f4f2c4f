// The architecture of the workspace and of each resource: service endpoints, private endpoints or managed network.

import type { Architecture } from '../model/assumption.ts';
import type { ArchitectureAnswer } from '../model/finding.ts';
import { attempt, readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { isUnresolvedRead } from '../model/unresolved.ts';
import { computeType } from '../resource-types/compute.ts';
import { aclsOf, publicNetworkAccessOf } from '../resource-types/network-acls.ts';
import { findSubnet } from '../resource-types/network-view.ts';
import { registryView } from '../resource-types/registry-view.ts';
import { computeView } from '../resource-types/workspace-view.ts';
import { customerEndpoints } from './endpoints.ts';
import { defaultAccountId, isRegistry, workspaceInHand, workspaceRegistryId, workspaceVaultId } from './links.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';
import { needsOf } from './needs.ts';
import { connectsPrivately } from './reach.ts';

type Decided = ArchitectureAnswer & { readonly answer: Architecture };

/**
 * For display: the architecture with the votes behind it; rules use {@link architectureFor}. Never throws: where the deciding
 * resource could not be read, or files leave its value unresolved, the answer is `unknown`.
 */
export const architectureOf = memoizePerSnapshot(
  (index: SnapshotIndex): ArchitectureAnswer =>
    attempt<ArchitectureAnswer, ArchitectureAnswer>(
      () => decided(index),
      ({ gap }) => ({ answer: 'unknown', votes: ballotsFor(index, true).map(plainVote), by: unreadWords(gap) }),
    ),
);

/** Why the architecture is unknown, as a clause. */
const unreadWords = ({ id, open, status }: ReadFailure): string => {
  const name = clean(nameOf(id), 120);
  if (open) return `${clean(open.pointer.split('/').at(-1), 80)} of ${name} is not known`;
  return status === 404 ? `${name} does not exist` : `${name} could not be read`;
};

/** The same for rules. Throws UnreadableError where the deciding value is not known. */
export const architectureFor = (index: SnapshotIndex): Architecture => decided(index).answer;

const eitherEndpoint: readonly Architecture[] = ['service-endpoint', 'private-endpoint'];
const everyArchitecture: readonly Architecture[] = ['service-endpoint', 'private-endpoint', 'managed-network'];

/** Those that what was read leaves possible: one where it is decided, all where the workspace itself was not read. */
export const possibleArchitectures = memoizePerSnapshot((index: SnapshotIndex): readonly Architecture[] =>
  attempt<readonly Architecture[], readonly Architecture[]>(
    () => [decided(index).answer],
    () => (isUnmanaged(index) ? eitherEndpoint : everyArchitecture),
  ),
);

/** What is supposed of an architecture that is not decided: of the workspace, or of one resource (lower case). */
const supposed = new WeakMap<SnapshotIndex, { readonly architecture: Architecture; readonly resource?: string }>();

const supposing = (index: SnapshotIndex, architecture: Architecture, resource?: string): SnapshotIndex => {
  const made = { ...index };
  supposed.set(made, { architecture, ...(resource === undefined ? {} : { resource: fold(resource) }) });
  return made;
};
const supposedCases = memoizePerSnapshotAndKey((resource: string, index: SnapshotIndex): readonly SnapshotIndex[] => {
  const possible = possibleArchitectures(index);
  if (possible.length > 1) return possible.map((one) => supposing(index, one));
  const strategy = readable(() => strategyOf(resource, index));
  return strategy.state === 'known' ? [] : eitherEndpoint.map((one) => supposing(index, one, resource));
});

/**
 * The same snapshot once for each architecture that the workspace may have or, where that is decided, that the resource may follow;
 * none where both are decided.
 */
export const architectureCases = (resource: string, index: SnapshotIndex): readonly SnapshotIndex[] =>
  supposed.has(index) ? [] : supposedCases(resource, index);

/** Whether the workspace was read and has no managed network. */
const isUnmanaged = (index: SnapshotIndex): boolean =>
  attempt(
    () => outright(index) === undefined && index.posture().state === 'read',
    () => false,
  );

/** What takes precedence over votes: the managed network, then the operator's assumption. */
function outright(index: SnapshotIndex): { readonly answer: Architecture; readonly by: string } | undefined {
  const given = supposed.get(index);
  if (given && given.resource === undefined) return { answer: given.architecture, by: 'possible' };
  if (workspaceInHand(index)?.view.managedNetwork.on) return { answer: 'managed-network', by: 'managed network' };
  const wished = wish(index);
  return wished && { answer: wished, by: 'intent' };
}

const ballotsFor = (index: SnapshotIndex, idle: boolean): Ballot[] =>
  voters(index, idle).map((resource) => ballot(resource, index));
const plainVote = ({ resource, vote }: Ballot) => ({ resource, vote });

/** Without the workspace it is not even known who votes, or whether its managed network is on: throws UnreadableError. */
function requireWorkspace(index: SnapshotIndex): void {
  const seen = index.posture();
  const { workspace: id } = index.snapshot;
  if (id === null || seen.state === 'read') return;
  const absent = { id, reason: 'The workspace does not exist (status 404).', action: '', status: 404 };
  throw new UnreadableError(seen.state === 'gap' ? seen.gap : absent);
}

const decided = memoizePerSnapshot((index: SnapshotIndex): Decided => {
  const first = outright(index);
  if (first === undefined) requireWorkspace(index);
  const alone = first === undefined ? unplacedAlone(index) : undefined;
  if (alone) throw new UnreadableError(alone);
  const ballots = ballotsFor(index, first !== undefined);
  const votes = ballots.map(plainVote);
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

/**
 * Computes in files without their workspace: in a subnet, they are in no managed network; without one, they may be in one, and
 * only the workspace says so.
 */
function unplacedAlone(index: SnapshotIndex): ReadFailure | undefined {
  const all = index.snapshot.workspace === null ? index.ofType(computeType) : [];
  const found = all.filter((one) => ['AmlCompute', 'ComputeInstance'].includes(computeView(one).computeType ?? ''));
  const [first] = found.filter((one) => computeView(one).subnet === undefined);
  if (!first || found.some((one) => computeView(one).subnet !== undefined)) return undefined;
  const id = parentId(first.id) ?? first.id;
  return { id, reason: `The workspace of ${clean(nameOf(first.id), 80)} is not in the files.`, action: '' };
}

/** The resources that vote. `idle`: the votes are for display only, so an unreadable link is skipped. */
const voters = (index: SnapshotIndex, idle: boolean): string[] =>
  [defaultAccountId, workspaceVaultId, workspaceRegistryId].flatMap((link) => {
    try {
      return link(index) ?? [];
    } catch (error) {
      if (idle && error instanceof UnreadableError) return [];
      throw error;
    }
  });

interface Ballot {
  readonly resource: string;
  readonly vote: Architecture | null;
  /** Why the vote is unknown, where the resource could not be read or files leave it unresolved. */
  readonly open?: UnreadableError;
}
/** Was it asked for and not given? What files simply do not hold has no vote. */
const isRefused = ({ status, code, open }: ReadFailure): boolean => (status ?? code ?? open) !== undefined;

const ballot = (resource: string, index: SnapshotIndex): Ballot =>
  attempt<Ballot, Ballot>(
    () => ({ resource, vote: evidence(resource, index) }),
    (error) => ({ resource, vote: null, ...(isRefused(error.gap) ? { open: error } : {}) }),
  );

/** The assumption, where it names an architecture that an operator can declare. */
function wish(index: SnapshotIndex): Architecture | undefined {
  const { architecture } = index.snapshot.intents;
  return architecture === 'service-endpoint' || architecture === 'private-endpoint' ? architecture : undefined;
}

/**
 * The architecture that a resource's rules and endpoints indicate; null when they indicate none or could not be read. Throws
 * UnreadableError where files leave the deciding value unresolved.
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

/**
 * The architecture that rules use for a storage account, vault or registry. Throws UnreadableError as {@link evidenceOf}
 * does.
 */
export function strategyOf(resourceId: string, index: SnapshotIndex): Architecture {
  const given = supposed.get(index);
  if (given?.resource === fold(resourceId)) return given.architecture;
  const first = outright(index)?.answer;
  if (first !== undefined) return first;
  // A managed network would decide for every resource.
  requireWorkspace(index);
  return evidenceOf(resourceId, index) ?? decided(index).answer;
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
  if (listed && needs.every((subnet) => connectsPrivately(resourceId, subnet, index))) return null;
  return listed && needs.length > 0 ? 'service-endpoint' : 'private-endpoint';
}

/**
 * Subnets allowed by rules in effect; undefined where the rules are not shown (a registry read at the current api-version
 * only).
 */
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
