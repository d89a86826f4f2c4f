// Subnet rules that a service would reject: their subnet does not exist, or has no service endpoint. An existing one
// allowed no access either. Pure.

import type { Edit } from '../model/edit.ts';
import { valueAt } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import { fold } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { findSubnet, firewallPlaces, subnetView, textAt } from '../resource-types/index.ts';

/** The service endpoints that let a subnet's packets through to a service; the first is the one to be named. */
const endpoints: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'microsoft.storage/storageaccounts': ['Microsoft.Storage', 'Microsoft.Storage.Global'],
  'microsoft.keyvault/vaults': ['Microsoft.KeyVault'],
  'microsoft.containerregistry/registries': ['Microsoft.ContainerRegistry'],
};

/** Why a rule that the edit adds to a firewall of this type stays out; null where it may come, or where that is not known. */
export function lockedOutAddresses(edit: Edit, type: string, snapshot: Snapshot): string | null {
  if (edit.op !== 'add' || edit.pointer !== firewallPlaces(type).subnets) return null;
  const id = textAt(edit.after, '/id');
  const wanted = endpoints[fold(type)];
  if (id === undefined || wanted === undefined) return null;
  return attempt(
    () => {
      const subnet = findSubnet(indexSnapshot(snapshot), id);
      if (!subnet) return `the rule for ${id} is not restored: the subnet does not exist.`;
      if (valueAt(edit.after, '/ignoreMissingVnetServiceEndpoint') === true) return null;
      const has = subnetView(subnet).serviceEndpoints.some(({ service }) =>
        wanted.some((one) => fold(one) === fold(service)),
      );
      return has
        ? null
        : `the rule for ${id} is not restored: the subnet has no ${wanted[0]} service endpoint, so the rule would have no effect.`;
    },
    () => null,
  );
}
