// Which storage accounts, vaults and registries the audit is about: those the workspace names, those of datastores, the
// operator's list; in files without a workspace, every one.
import { datastoreView } from '../kinds/workspace-view.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';
import {
  defaultAccountId,
  registryType,
  storageType,
  vaultType,
  workspaceRegistryId,
  workspaceVaultId,
} from './links.ts';
import { oncePerWorld } from './memo.ts';

export type AccountRole = 'default' | 'datastore' | 'named';
export interface AuditedAccount {
  readonly id: string;
  readonly roles: readonly AccountRole[];
  readonly datastores: readonly Resource[];
  /** A Data Lake Gen2 datastore stands on it. */
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
export function datastoresInHand(world: World): readonly Resource[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const list = datastoresOf(workspace);
  return world.hasList(list) ? world.list(list) : [];
}

/** Id of the account behind a datastore; a bare name is looked up among the accounts in hand. */
export function datastoreAccount(datastore: Resource, world: World): string | undefined {
  const { account, accountName } = datastoreView(datastore);
  if (account !== undefined) {
    const seen = world.peek(account);
    return seen.state === 'read' ? seen.resource.id : account;
  }
  if (accountName === undefined) return undefined;
  const known = [defaultAccountId(world), ...(world.snapshot.intents.storageAccounts ?? [])];
  return (
    known.find((id) => id !== undefined && sameId(nameOf(id), accountName)) ??
    world.ofType(storageType).find(({ id }) => sameId(nameOf(id), accountName))?.id
  );
}

/** Every audited account, the default one first. Never throws for a refused list of datastores. */
export const auditedAccounts = oncePerWorld((world: World): readonly AuditedAccount[] => {
  const found = new Map<string, { id: string; roles: AccountRole[]; datastores: Resource[]; gen2: boolean }>();
  const note = (id: string, role: AccountRole | undefined, datastore?: Resource) => {
    const entry = found.get(fold(id)) ?? { id, roles: [], datastores: [], gen2: false };
    found.set(fold(id), entry);
    if (role && !entry.roles.includes(role)) entry.roles.push(role);
    if (!datastore) return;
    entry.datastores.push(datastore);
    entry.gen2 ||= datastoreView(datastore).datastoreType === 'AzureDataLakeGen2';
  };
  const byDefault = defaultAccountId(world);
  if (byDefault !== undefined) note(byDefault, 'default');
  for (const datastore of datastoresInHand(world)) {
    const id = datastoreAccount(datastore, world);
    if (id !== undefined) note(id, 'datastore', datastore);
  }
  for (const id of world.snapshot.intents.storageAccounts ?? []) note(id, 'named');
  if (world.snapshot.workspace === null) for (const { id } of world.ofType(storageType)) note(id, undefined);
  return [...found.values()].map((entry) => {
    const seen = world.peek(entry.id);
    const id = seen.state === 'read' ? seen.resource.id : entry.id;
    return { ...entry, id, ...(seen.state === 'missing' ? { missing: true as const } : {}) };
  });
});

const gen2Accounts = oncePerWorld(
  (world): ReadonlySet<string> => new Set(auditedAccounts(world).flatMap(({ id, gen2 }) => (gen2 ? [fold(id)] : []))),
);
/** Does a Data Lake Gen2 datastore in hand stand on this account? */
export const isGen2 = (id: string, world: World): boolean => gen2Accounts(world).has(fold(id));

/** Accounts that datastores name and nobody could find; rules about them are `unknown`. */
export const unresolvedAccounts = oncePerWorld((world: World): readonly UnresolvedAccount[] => {
  const named = datastoresInHand(world).flatMap((datastore) => {
    const { accountName } = datastoreView(datastore);
    return accountName !== undefined && datastoreAccount(datastore, world) === undefined
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
function servicesOf(linked: string | undefined, type: string, world: World): readonly AuditedService[] {
  const all = () => (world.snapshot.workspace === null ? world.ofType(type).map(({ id }) => id) : []);
  return (linked === undefined ? all() : [linked]).map((id) => {
    const seen = world.peek(id);
    return {
      id: seen.state === 'read' ? seen.resource.id : id,
      ...(seen.state === 'missing' ? { missing: true as const } : {}),
    };
  });
}

export const auditedVaults = oncePerWorld((world: World) => servicesOf(workspaceVaultId(world), vaultType, world));
export const auditedRegistries = oncePerWorld((world: World) =>
  servicesOf(workspaceRegistryId(world), registryType, world),
);
