// What hosts need of a resource type: its order in lists, whether packets start or end there, and its page in the portal, so
// that no host names an ARM type.
import { fold, parseId } from '../model/resource-id.ts';
import type { Source } from '../model/snapshot.ts';

/** ARM types, folded, in the order of lists; every other type comes after. */
const order: readonly string[] = [
  'microsoft.machinelearningservices/workspaces',
  'microsoft.machinelearningservices/workspaces/computes',
  'microsoft.machinelearningservices/workspaces/datastores',
  'microsoft.machinelearningservices/workspaces/onlineendpoints',
  'microsoft.storage/storageaccounts',
  'microsoft.keyvault/vaults',
  'microsoft.network/virtualnetworks',
  'microsoft.authorization/locks',
];
/** Lower numbers come first. */
export function rankOfType(type: string): number {
  const at = order.indexOf(fold(type));
  return at < 0 ? order.length : at;
}

const lastOf = (types: string) => new RegExp(`/(?:${types})/[^/]+$`, 'i');
const starting = lastOf('subnets|computes|virtualMachines|networkInterfaces');
const ending = lastOf('storageAccounts|vaults|registries|datastores');
const deciding = lastOf('subnets|networkSecurityGroups|routeTables|virtualNetworks');
const account = lastOf('storageAccounts');

/** Can a path start here? */
export const sendsPackets = (id: string): boolean => starting.test(id);
/** Can a path end here? */
export const takesPackets = (id: string): boolean => ending.test(id);
/** Does traffic of a subnet pass it? */
export const decidesTraffic = (id: string): boolean => deciding.test(id);
/** Does it have a firewall to which one change can add addresses? */
export const allowsAddresses = (id: string): boolean => account.test(id);
export const isSubnetId = (id: string): boolean => lastOf('subnets').test(id);

/** Documents that a scan stores under the path they were read from: answers about a resource or region, and no resources. */
const reading = /\/(?:usages|vmSizes|instanceView|outboundNetworkDependenciesEndpoints|list[a-z]+)$/i;
export const isReading = (id: string): boolean => reading.test(id);

const portals: Readonly<Record<string, string>> = {
  public: 'https://portal.azure.com',
  china: 'https://portal.azure.cn',
  usgov: 'https://portal.azure.us',
};

/**
 * The portal URL of a resource; null for a type without a page and for a snapshot without an Azure cloud. Each part is
 * encoded.
 */
export function portalAddress({ kind, name }: Source, id: string): string | null {
  const portal = kind === 'azure' ? portals[name] : undefined;
  if (portal === undefined || !id.startsWith('/subscriptions/') || parseId(id).names.length !== 1) return null;
  return `${portal}/#resource${id.toWellFormed().split('/').map(encodeURIComponent).join('/')}`;
}
