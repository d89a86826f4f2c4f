// What findings are attached to: storage accounts, key vaults, registries, pairs of these with a subnet, the workspace. Where a list
// could not be read, the resource alone is the subject; its check then repeats the failed read, and the outcome is unknown.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Finding } from '../../model/finding.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead, type World } from '../../model/world.ts';
import { auditedAccounts, auditedRegistries, auditedVaults } from '../../posture/accounts.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { knownNeedsOf, needsOf, subnetUses, unreadNeedsOf, unreadUses } from '../../posture/needs.ts';
import type { Judgement, Proposal, Subject, Subjects } from '../rule.ts';
import { notApplicable, shown } from './verdict.ts';

/** What a read gives, or `instead` where it failed: for choosing subjects only, never for a result. */
export function orElse<T>(read: () => T, instead: T): T {
  return attempt(read, () => instead);
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
export const accounts = ({ world }: Judgement): Subject[] => auditedAccounts(world).map(({ id }) => ({ resource: id }));
export const vaults = ({ world }: Judgement): Subject[] => auditedVaults(world).map(({ id }) => ({ resource: id }));
/** Empty while the workspace has no registry, which `acr.resolved` reports. */
export const registries = ({ world }: Judgement): Subject[] =>
  auditedRegistries(world).map(({ id }) => ({ resource: id }));
export const defaultAccount = ({ world }: Judgement): Subject[] => {
  const id = defaultAccountId(world);
  return id === undefined ? [] : [{ resource: orElse(() => world.get(id)?.id ?? id, id) }];
};

/** Each subnet that needs a resource, as its pair; the resource alone where there is none, or where a read failed. */
export function subnetPairs({ resource }: Subject, world: World): Subject[] {
  const known = orElse<readonly string[] | undefined>(() => knownNeedsOf(resource, world), undefined);
  const bare = known === undefined || known.length === 0 || unreadNeedsOf(resource, world).length > 0;
  return [...(bare ? [{ resource }] : []), ...(known ?? []).map((where) => ({ resource, where }))];
}

/** Subnets of the computes that need a resource. Throws GapRead when a compute could not be read. */
export const needs = (id: string, { world }: Judgement): readonly string[] => needsOf(id, world);

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
/** Names of the computes in a subnet; `the serverless settings` for serverless compute. */
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

/** The fix for the resource of a finding, as a list; a failed read is the reason why there is none. */
export function proposalsOn(
  finding: Finding,
  { world }: Judgement,
  build: (resource: Resource) => Proposal | readonly Proposal[] | string,
): readonly Proposal[] | string {
  return attempt(
    () => {
      const resource = world.get(finding.resource);
      if (!resource) return `${shown(finding.resource)} does not exist.`;
      const built = build(resource);
      if (typeof built === 'string') return built;
      return 'change' in built ? [built] : built;
    },
    (error) => `The fix needs a setting that could not be read: ${error.gap.reason}`,
  );
}
