// What findings are attached to: accounts, vaults, pairs of these with a subnet, the workspace. A list that was refused gives
// the bare subject, whose check then reads the gap and comes out unknown.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead, type World } from '../../model/world.ts';
import {
  type AuditedAccount,
  auditedAccounts,
  auditedRegistries,
  auditedVaults,
  datastoresOf,
  isGen2,
} from '../../posture/accounts.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { knownNeedsOf, needsOf, subnetUses, unreadNeedsOf, unreadUses } from '../../posture/needs.ts';
import type { Judgement, Proposal, Subject, Subjects, Verdict } from '../rule.ts';
import { notApplicable, shown } from './verdict.ts';

/** What a read gives, or `instead` where it lies in a gap: for choosing subjects only, never for a verdict. */
export function orElse<T>(read: () => T, instead: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof GapRead) return instead;
    throw error;
  }
}

export const workspaces = ({ world }: Judgement): Subject[] =>
  world.snapshot.workspace === null ? [] : [{ resource: world.snapshot.workspace }];

/**
 * Each resource that `find` gives; the workspace stands for "none" with the reason `none`. A failed read in `find` makes the
 * outcome unknown.
 */
export const resourcesOr = (none: string, find: (judgement: Judgement) => readonly Resource[]): Subjects<Resource> => ({
  list(judgement) {
    const { workspace } = judgement.world.snapshot;
    if (workspace === null) return [];
    const found = orElse(() => find(judgement), []).map(({ id }) => ({ resource: id }));
    return found.length > 0 ? found : [{ resource: workspace }];
  },
  resolve({ resource }, judgement) {
    const { world } = judgement;
    if (resource === world.snapshot.workspace) {
      find(judgement);
      return notApplicable(none);
    }
    return world.get(resource) ?? notApplicable(`${shown(resource)} does not exist.`);
  },
});

/** The workspace; that it exists is checked by `workspace.exists`. */
export const workspaceSubjects: Subjects<Resource> = {
  list: workspaces,
  resolve: ({ resource }, { world }) =>
    world.get(resource) ?? notApplicable(`${shown(resource)} does not exist; see workspace.exists.`),
};
export const accountIds = ({ world }: Judgement): string[] => auditedAccounts(world).map(({ id }) => id);
export const accounts = (judgement: Judgement): Subject[] => accountIds(judgement).map((resource) => ({ resource }));
export const vaults = ({ world }: Judgement): Subject[] => auditedVaults(world).map(({ id }) => ({ resource: id }));
/** A workspace that has no registry yet has nothing to be judged of it; `acr.resolved` says so. */
export const registries = ({ world }: Judgement): Subject[] =>
  auditedRegistries(world).map(({ id }) => ({ resource: id }));
export const defaultAccount = ({ world }: Judgement): Subject[] => {
  const id = defaultAccountId(world);
  return id === undefined ? [] : [{ resource: orElse(() => world.get(id)?.id ?? id, id) }];
};

/** Accounts the workspace uses beside its default one. */
export const otherAccounts = ({ world }: Judgement): readonly AuditedAccount[] =>
  auditedAccounts(world).filter(({ roles }) => roles.length > 0 && !roles.includes('default'));

const pairs = (resource: string, world: World): Subject[] => {
  const known = orElse<readonly string[] | undefined>(() => knownNeedsOf(resource, world), undefined);
  const bare = known === undefined || known.length === 0 || unreadNeedsOf(resource, world).length > 0;
  return [...(bare ? [{ resource }] : []), ...(known ?? []).map((where) => ({ resource, where }))];
};
export const accountsAndSubnets = (judgement: Judgement): Subject[] =>
  accountIds(judgement).flatMap((id) => pairs(id, judgement.world));
export const vaultsAndSubnets = (judgement: Judgement): Subject[] =>
  vaults(judgement).flatMap(({ resource }) => pairs(resource, judgement.world));
export const registriesAndSubnets = (judgement: Judgement): Subject[] =>
  registries(judgement).flatMap(({ resource }) => pairs(resource, judgement.world));

/** needs(resource) of the catalogue's 3.13. Throws GapRead when a compute could not be read. */
export const needs = (id: string, { world }: Judgement): readonly string[] => needsOf(id, world);

/** Judges a pair; a bare subject stands for "no subnet needs it", or reads the gap that hides which ones do. */
export function pairJudged(subject: Subject, judgement: Judgement, judge: (subnet: string) => Verdict): Verdict {
  if (subject.where !== undefined) return judge(subject.where);
  return needs(subject.resource, judgement).length === 0
    ? notApplicable(`No compute sits in a subnet that needs ${shown(subject.resource)}.`)
    : notApplicable('Each subnet is judged by itself.');
}

/** Subnets that computes or the workspace's serverless settings name. `strict`: throws GapRead instead of giving none. */
export function namedSubnets({ world }: Judgement, strict = false): string[] {
  const uses = strict ? subnetUses(world) : orElse(() => subnetUses(world), []);
  const [unread] = strict ? unreadUses(world) : [];
  if (unread) throw new GapRead(unread.gap);
  const byId = new Map(uses.toReversed().map(({ subnet }) => [fold(subnet), subnet]));
  return [...byId.values()].toReversed().map((id) => {
    const found = world.peek(id);
    return found.state === 'read' ? found.resource.id : id;
  });
}
/** Names of the computes in a subnet; `the serverless settings` for the workspace's own. */
export function whoNames(subnet: string, { world }: Judgement): string[] {
  const uses = orElse(() => subnetUses(world), []).filter((use) => sameId(use.subnet, subnet));
  return uses.flatMap(({ by, role }) =>
    role === 'serverless' ? ['the serverless settings'] : by.map((id) => nameIn(world, id)),
  );
}
function nameIn(world: World, id: string): string {
  const compute = world.peek(id);
  return compute.state === 'read' ? clean(computeView(compute.resource).name, 120) : shown(id);
}

/** Does a Data Lake Gen2 datastore stand on this account? Throws GapRead when the datastores were not read. */
export function isLake(id: string, { world }: Judgement): boolean {
  const { workspace } = world.snapshot;
  if (workspace !== null) world.list(datastoresOf(workspace));
  return isGen2(id, world);
}
export const notALake = (name: string): Verdict => notApplicable(`No Gen2 datastore points to the ${name}.`);

/** A fix over the resource of a finding, as a list; a gap it would have to read is the sentence why there is none. */
export function proposalsOn(
  finding: Finding,
  { world }: Judgement,
  build: (resource: Resource) => Proposal | readonly Proposal[] | string,
): readonly Proposal[] | string {
  try {
    const resource = world.get(finding.resource);
    if (!resource) return `${shown(finding.resource)} does not exist.`;
    const built = build(resource);
    if (typeof built === 'string') return built;
    return 'change' in built ? [built] : built;
  } catch (error) {
    if (error instanceof GapRead) return `What the fix needs to know could not be read: ${error.gap.reason}`;
    throw error;
  }
}
