// The subjects of findings: storage accounts, key vaults, registries, pairs of these with a subnet, the workspace. Where a
// list could not be read, the resource alone is the subject; its check then repeats the failed read, and the outcome is
// unknown.
import { type AuditedAccount, auditedAccounts, auditedRegistries, auditedVaults } from '../../facts/accounts.ts';
import { defaultAccountId, inheritedFrom } from '../../facts/links.ts';
import { knownNeedsOf, needsOf, subnetUses, unreadNeedsOf, unreadUses } from '../../facts/needs.ts';
import { serviceTagsOf, tagsGapOf } from '../../facts/service-tags.ts';
import { trainingSubnets, unreadTraining } from '../../facts/training-subnets.ts';
import { memoizePerObject } from '../../model/caches.ts';
import type { Evidence } from '../../model/finding.ts';
import { valueAt } from '../../model/pointer.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import type { CheckResult, RuleContext, Subject, Subjects } from '../rule.ts';
import { displayName, notApplicable, unknown } from './verdict.ts';

/** What a read gives, or `instead` where it failed: for choosing subjects only, never for a result. */
export function orElse<T>(read: () => T, instead: T): T {
  return attempt(read, () => instead);
}

/** A file declares the resource, and shows nothing that only Azure knows of it. */
export const isOnlyDeclared = ({ body }: Resource, { snapshot }: SnapshotIndex): boolean =>
  snapshot.source.kind === 'files' && valueAt(body, '/properties/provisioningState') === undefined;

export const workspaces = ({ index }: Pick<RuleContext, 'index'>): Subject[] =>
  index.snapshot.workspace === null ? [] : [{ resource: index.snapshot.workspace }];

/** A resource paired with each of these places; alone where there is none. */
export const perPlace = (resource: string, places: readonly string[]): Subject[] =>
  places.length === 0 ? [{ resource }] : places.map((where) => ({ resource, where }));

/**
 * Each resource that `find` gives; the workspace represents "none" with the reason `none`. A failed read in `find` makes the
 * outcome unknown.
 */
export const resourcesOr = (none: string, find: (context: RuleContext) => readonly Resource[]): Subjects<Resource> => ({
  list(context) {
    const { workspace } = context.index.snapshot;
    const found = orElse(() => find(context), []).map(({ id }) => ({ resource: id }));
    return found.length > 0 || workspace === null ? found : [{ resource: workspace }];
  },
  resolve({ resource }, context) {
    const { index } = context;
    if (resource === index.snapshot.workspace) {
      find(context);
      return notApplicable(none);
    }
    return index.get(resource) ?? notApplicable(`${displayName(resource)} does not exist.`);
  },
});

/** Every resource of a type where no workspace is selected: what it is for is not known, so it is checked by itself. */
export const aloneOf = (type: string, { index }: RuleContext): readonly Resource[] =>
  index.snapshot.workspace === null ? index.ofType(type) : [];
export const alone = (type: string): Subjects<Resource> => ({
  list: (context) => aloneOf(type, context).map(({ id }) => ({ resource: id })),
  resolve: ({ resource }, { index }) =>
    index.get(resource) ?? notApplicable(`${displayName(resource)} does not exist.`),
});

/** The workspace whose settings apply, the hub of a project; that it exists is checked by `workspace.exists`. */
export const workspaceSubjects: Subjects<Resource> = {
  list: ({ index }) => {
    const hub = inheritedFrom(index);
    if (hub === undefined) return workspaces({ index });
    const seen = index.peek(hub);
    return [{ resource: seen.state === 'read' ? seen.resource.id : hub }];
  },
  resolve: (_subject, { index }) =>
    index.workspace() ??
    notApplicable(`${displayName(index.snapshot.workspace ?? '')} does not exist; see workspace.exists.`),
};
/** The workspace itself: a project, not its hub. */
export const ownWorkspaceSubjects: Subjects<Resource> = {
  list: workspaces,
  resolve: ({ resource }, { index }) =>
    index.get(resource) ?? notApplicable(`${displayName(resource)} does not exist; see workspace.exists.`),
};
// Many rules have the same subjects.
const subjectOfEach = memoizePerObject((found: readonly AuditedAccount[]): readonly Subject[] =>
  found.map(({ id }) => ({ resource: id })),
);
export const accounts = ({ index }: RuleContext): readonly Subject[] => subjectOfEach(auditedAccounts(index));
export const vaults = ({ index }: RuleContext): Subject[] => auditedVaults(index).map(({ id }) => ({ resource: id }));
/** Empty while the workspace has no registry, which `acr.resolved` reports. */
export const registries = ({ index }: RuleContext): Subject[] =>
  auditedRegistries(index).map(({ id }) => ({ resource: id }));
export const defaultAccount = ({ index }: RuleContext): Subject[] => {
  const id = defaultAccountId(index);
  return id === undefined ? [] : [{ resource: orElse(() => index.get(id)?.id ?? id, id) }];
};

/** The result where the workspace names no account. Throws UnreadableError where the workspace was not read. */
export function noDefaultAccount(index: SnapshotIndex): CheckResult {
  index.workspace();
  return notApplicable('The workspace has no default storage account.');
}

/** Each subnet that needs a resource, as its pair; the resource alone where there is none, or where a read failed. */
function subnetPairs(subject: Subject, index: SnapshotIndex): Subject[] {
  const { resource } = subject;
  const known = orElse<readonly string[] | undefined>(() => knownNeedsOf(resource, index), undefined);
  const bare = known === undefined || known.length === 0 || unreadNeedsOf(resource, index).length > 0;
  return [...(bare ? [subject] : []), ...(known ?? []).map((where) => ({ resource, where }))];
}

/** {@link subnetPairs} of each: they themselves where no subnet needs anything. */
export const pairedWithSubnets = (subjects: readonly Subject[], index: SnapshotIndex): readonly Subject[] =>
  orElse(() => subnetUses(index), []).length === 0 ? subjects : subjects.flatMap((one) => subnetPairs(one, index));

/** Subnets of the computes that need a resource. Throws UnreadableError when a compute could not be read. */
export const needs = (id: string, { index }: RuleContext): readonly string[] => needsOf(id, index);

/** Subnets that computes or the workspace's serverless settings name. `strict`: throws UnreadableError instead of giving none. */
export function namedSubnets({ index }: RuleContext, strict = false): string[] {
  const uses = strict ? subnetUses(index) : orElse(() => subnetUses(index), []);
  const [unread] = strict ? unreadUses(index) : [];
  if (unread) throw new UnreadableError(unread.gap);
  const byId = new Map(uses.toReversed().map(({ subnet }) => [fold(subnet), subnet]));
  return [...byId.values()].toReversed().map((id) => {
    const found = index.peek(id);
    return found.state === 'read' ? found.resource.id : id;
  });
}
/** Names of the computes in a subnet; `the serverless settings` for serverless compute. */
export function whoNames(subnet: string, { index }: RuleContext): string[] {
  const uses = orElse(() => subnetUses(index), []).filter((use) => sameId(use.subnet, subnet));
  return uses.flatMap(({ by, role }) =>
    role === 'serverless' ? ['the serverless settings'] : by.map((id) => nameIn(index, id)),
  );
}
function nameIn(index: SnapshotIndex, id: string): string {
  const compute = index.peek(id);
  return compute.state === 'read' ? clean(computeView(compute.resource).name, 120) : displayName(id);
}

// What rules about training subnets share: the subnets as subjects, and the result where service tag addresses are missing.
/**
 * Each training subnet, in the casing of its own answer where that was read, with what `where` finds in it; the workspace where
 * there is none, or where one may be missing from the snapshot.
 */
export function trainingSubjects(
  { index }: RuleContext,
  where: (subnet: Resource) => string | undefined = () => undefined,
): Subject[] {
  const { workspace } = index.snapshot;
  const found = trainingSubnets(index).map(({ subnet }): Subject => {
    const there = index.peek(subnet);
    if (there.state !== 'read') return { resource: subnet };
    const second = where(there.resource);
    return { resource: there.resource.id, ...(second === undefined ? {} : { where: second }) };
  });
  const mayLack = found.length === 0 || unreadTraining(index).length > 0;
  return mayLack && workspace !== null ? [{ resource: workspace }, ...found] : found;
}

/**
 * The result where the workspace itself is the subject; undefined for a subnet. Throws UnreadableError when a compute was not
 * read.
 */
export function noTraining(
  id: string,
  index: SnapshotIndex,
  sentence = 'No training compute uses a subnet.',
): CheckResult | undefined {
  if (id !== index.snapshot.workspace) return undefined;
  const [unread] = unreadTraining(index);
  if (unread) throw new UnreadableError(unread.gap);
  return notApplicable(sentence);
}

/** Throws UnreadableError where Azure refused to list the service tags and none are cached: that is why the result is unknown. */
export function askedForTags(index: SnapshotIndex): void {
  const gap = serviceTagsOf(index) ? undefined : tagsGapOf(index);
  if (gap) throw new UnreadableError(gap);
}

/** Unknown because service tag addresses are missing. Throws UnreadableError where Azure refused to list them. */
export function unknownForTags(index: SnapshotIndex, because: string, evidence: readonly Evidence[] = []): CheckResult {
  askedForTags(index);
  return unknown(because, evidence);
}
