// The facts that rules share, in one place to import from.
export {
  type AccountRole,
  type AuditedAccount,
  type AuditedService,
  auditedAccounts,
  auditedRegistries,
  auditedVaults,
  datastoreAccount,
  datastoresInHand,
  datastoresOf,
  type UnresolvedAccount,
  unresolvedAccounts,
} from './accounts.ts';
export { architectureFor, architectureOf, evidenceOf, strategyOf } from './architecture.ts';
export { type CustomerEndpoint, customerEndpoints, peersOf, reachedPrivately } from './endpoints.ts';
export { accountGroups } from './groups.ts';
export {
  defaultAccountId,
  isRegistry,
  isStorage,
  isVault,
  type Linked,
  peekWorkspace,
  registryType,
  storageType,
  vaultType,
  workspaceInHand,
  workspacePrincipal,
  workspaceRegistryId,
  workspaceVaultId,
} from './links.ts';
export {
  computes,
  computesOf,
  knownNeedsOf,
  needsOf,
  roleOf,
  type SubnetRole,
  type SubnetUse,
  subnetsOfCompute,
  subnetUses,
  type UnreadUse,
  unreadNeedsOf,
  unreadUses,
} from './needs.ts';
export {
  isPubliclyClosed as isClosed,
  isPubliclyOpen as isOpen,
  perimeter,
} from './public-access.ts';
