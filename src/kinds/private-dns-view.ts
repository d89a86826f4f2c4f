// Private DNS zones: the types, and which zones a group of private endpoints needs in which cloud. Reads only; never throws.
import { fold } from '../model/resource-id.ts';

export const zoneType = 'Microsoft.Network/privateDnsZones';
export const zoneLinkType = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';
export const zoneGroupType = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups';

interface Suffixes {
  readonly core: string;
  readonly vault: string;
  readonly registry: string;
  readonly workspace: readonly string[];
}
/** Zones of each group by cloud (Microsoft Learn, "Azure private endpoint private DNS zone values", read 2026). */
const suffixes: Readonly<Record<string, Suffixes>> = {
  public: {
    core: 'core.windows.net',
    vault: 'vaultcore.azure.net',
    registry: 'azurecr.io',
    workspace: ['api.azureml.ms', 'notebooks.azure.net'],
  },
  usgov: {
    core: 'core.usgovcloudapi.net',
    vault: 'vaultcore.usgovcloudapi.net',
    registry: 'azurecr.us',
    workspace: ['api.ml.azure.us', 'notebooks.usgovcloudapi.net'],
  },
  china: {
    core: 'core.chinacloudapi.cn',
    vault: 'vaultcore.azure.cn',
    registry: 'azurecr.cn',
    workspace: ['api.ml.azure.cn', 'notebooks.chinacloudapi.cn'],
  },
};

/** The zones a group id needs; a cloud nobody knows counts as the public one. */
export function zoneNamesOf(group: string, cloud: string): readonly string[] {
  const names = suffixes[cloud] ?? suffixes.public;
  if (!names) return [];
  const zone = (suffix: string) => `privatelink.${suffix}`;
  switch (fold(group)) {
    case 'amlworkspace':
      return names.workspace.map(zone);
    case 'vault':
      return [zone(names.vault)];
    case 'registry':
      return [zone(names.registry)];
    default:
      return [zone(`${fold(group)}.${names.core}`)];
  }
}
