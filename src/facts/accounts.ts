// Which storage accounts, vaults and registries the audit is about: those the workspace names, those of datastores, the
// operator's list; in files without a workspace, every one.

import { memoizePerObject } from '../model/caches.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, isNamed, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { datastoreView } from '../resource-types/workspace-view.ts';
import {
  defaultAccountId,
  registryType,
  storageType,
  vaultType,
  workspaceRegistryId,
  workspaceVaultId,
} from './links.ts';
import { memoizePerSnapshot } from './memoize.ts';

export type AccountRole = 'default' | 'datastore' | 'named';
export interface AuditedAccount {
  readonly id: string;
  readonly roles: readonly AccountRole[];
  readonly datastores: readonly Resource[];
  /** A Data Lake Gen2 datastore uses it. */
  readonly gen2: boolean;
  /** Azure answered 404. */
  readonly missing?: true;
}
/** An account known by name only, found in no subscription that was read. */
export interface UnresolvedAccount {
  readonly name: string;
  readonly datastores: readonly Resource[];
}

/** The list of a workspace's datastores, as a path. */
export const datastoresOf = (workspace: string): string => `${workspace}/datastores`;

/** The datastores that were read; [] when the list was refused. */
export function datastoresInHand(index: SnapshotIndex): readonly Resource[] {
  const { workspace } = index.snapshot;
  if (workspace === null) return [];
  const list = datastoresOf(workspace);
  return index.hasList(list) ? index.list(list) : [];
}

/** Id of the account behind a datastore; a bare name is looked up among the accounts of the snapshot. */
export function datastoreAccount(datastore: Resource, index: SnapshotIndex): string | undefined {
  const { account, accountName } = datastoreView(datastore);
  if (account !== undefined) {
    const seen = index.peek(account);
    return seen.state === 'read' ? seen.resource.id : account;
  }
  if (accountName === undefined) return undefined;
  const known = [defaultAccountId(index), ...(index.snapshot.intents.storageAccounts ?? [])];
  return (
    known.find((id) => id !== undefined && sameId(nameOf(id), accountName)) ??
    index.ofType(storageType).find(({ id }) => sameId(nameOf(id), accountName))?.id ??
    // Found in a list, and not read itself.
    index.snapshot.gaps.find(
      ({ id }) => sameId(typeOf(id), storageType) && isNamed(id) && sameId(nameOf(id), accountName),
    )?.id
  );
}

/** Every audited account, the default one first. Never throws for a refused list of datastores. */
export const auditedAccounts = memoizePerSnapshot((index: SnapshotIndex): readonly AuditedAccount[] => {
  const { workspace, intents } = index.snapshot;
  return workspace === null && intents.storageAccounts === undefined
    ? everyAccount(index.idsOf(storageType))
    : namedAccounts(index);
});

const everyAccount = memoizePerObject((ids: readonly string[]): readonly AuditedAccount[] => {
  return distinctIds(ids).map((id) => ({ id, roles: [], datastores: [], gen2: false }));
});

function namedAccounts(index: SnapshotIndex): readonly AuditedAccount[] {
  const found = new Map<string, { id: string; roles: AccountRole[]; datastores: Resource[]; gen2: boolean }>();
  const note = (id: string, role: AccountRole | undefined, datastore?: Resource) => {
    const entry = found.get(fold(id)) ?? { id, roles: [], datastores: [], gen2: false };
    found.set(fold(id), entry);
    if (role && !entry.roles.includes(role)) entry.roles.push(role);
    if (!datastore) return;
    entry.datastores.push(datastore);
    entry.gen2 ||= datastoreView(datastore).datastoreType === 'AzureDataLakeGen2';
  };
  const byDefault = defaultAccountId(index);
  if (byDefault !== undefined) note(byDefault, 'default');
  for (const datastore of datastoresInHand(index)) {
    const id = datastoreAccount(datastore, index);
    if (id !== undefined) note(id, 'datastore', datastore);
  }
  for (const id of index.snapshot.intents.storageAccounts ?? []) note(id, 'named');
  if (index.snapshot.workspace === null) for (const { id } of index.ofType(storageType)) note(id, undefined);
  return [...found.values()].map((entry) => {
    const seen = index.peek(entry.id);
    const id = seen.state === 'read' ? seen.resource.id : entry.id;
    return { ...entry, id, ...(seen.state === 'missing' ? { missing: true as const } : {}) };
  });
}

const gen2Accounts = memoizePerObject(
  (accounts: readonly AuditedAccount[]): ReadonlySet<string> =>
    new Set(accounts.flatMap(({ id, gen2 }) => (gen2 ? [fold(id)] : []))),
);
/** Does a Data Lake Gen2 datastore in the snapshot use this account? */
export const isGen2 = (id: string, index: SnapshotIndex): boolean => gen2Accounts(auditedAccounts(index)).has(fold(id));

/** Accounts that datastores name and no subscription holds; rules about them are `unknown`. */
export const unresolvedAccounts = memoizePerSnapshot((index: SnapshotIndex): readonly UnresolvedAccount[] => {
  const named = datastoresInHand(index).flatMap((datastore) => {
    const { accountName } = datastoreView(datastore);
    return accountName !== undefined && datastoreAccount(datastore, index) === undefined
      ? [{ name: accountName, datastore }]
      : [];
  });
  return [...Map.groupBy(named, ({ name }) => fold(name)).values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ name: first.name, datastores: group.map(({ datastore }) => datastore) }] : [];
  });
});

/** A vault or a registry. */
export interface AuditedService {
  readonly id: string;
  /** Azure answered 404. */
  readonly missing?: true;
}

/** The one the workspace names; in files without a workspace, every one of the type. */
function servicesOf(linked: string | undefined, type: string, index: SnapshotIndex): readonly AuditedService[] {
  const all = () => (index.snapshot.workspace === null ? index.ofType(type).map(({ id }) => id) : []);
  return (linked === undefined ? all() : [linked]).map((id) => {
    const seen = index.peek(id);
    return {
      id: seen.state === 'read' ? seen.resource.id : id,
      ...(seen.state === 'missing' ? { missing: true as const } : {}),
    };
  });
}

export const auditedVaults = memoizePerSnapshot((index: SnapshotIndex) =>
  servicesOf(workspaceVaultId(index), vaultType, index),
);
export const auditedRegistries = memoizePerSnapshot((index: SnapshotIndex) =>
  servicesOf(workspaceRegistryId(index), registryType, index),
);
