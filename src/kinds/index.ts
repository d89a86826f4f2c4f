// Every kind there is, and the one for a type. The views over raw bodies: network-acls.ts, network-view.ts, storage-view.ts,
// vault-view.ts, workspace-view.ts, on the tolerant readers of read.ts.
import { fold } from '../model/resource-id.ts';
import { compute } from './compute.ts';
import { datastore } from './datastore.ts';
import { genericKind } from './generic.ts';
import type { Kind } from './kind.ts';
import { lock } from './lock.ts';
import { storageAccount } from './storage-account.ts';
import { subnet } from './subnet.ts';
import { vault } from './vault.ts';
import { virtualNetwork } from './virtual-network.ts';
import { workspace } from './workspace.ts';

export { versionOf } from './generic.ts';
export * from './network-acls.ts';
export * from './network-view.ts';
export { openAcls } from './parts/firewall-write.ts';
export * from './private-dns-view.ts';
export * from './read.ts';
export * from './storage-view.ts';
export * from './vault-view.ts';
export * from './workspace-view.ts';

/** In the order of a resource tree. */
export const kinds: readonly Kind[] = [
  workspace,
  compute,
  datastore,
  storageAccount,
  vault,
  virtualNetwork,
  subnet,
  lock,
];

const byType = new Map(kinds.map((kind) => [fold(kind.type), kind]));

/** The kind of an ARM type; a read-only one for types without a file of their own. */
export const kindOf = (type: string): Kind => byType.get(fold(type)) ?? genericKind(type);
