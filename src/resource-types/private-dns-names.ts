// The names of services in private DNS: the zones of each group of private endpoints, and what a service is called in them.

import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parseId, typeOf } from '../model/resource-id.ts';
import { textAt } from './read.ts';

/** The name of a zone, e.g. `privatelink.blob.core.windows.net`, in lower case. */
export const zoneNameOf = (zoneId: string): string => fold(parseId(zoneId).names[0] ?? nameOf(zoneId));
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

/** The zones a group id needs; an unknown cloud counts as the public one. */
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

/** Where public names end, where that is not the zone without `privatelink.` (Azure private DNS zone values, read 2026). */
const vaultSuffixes: Readonly<Record<string, string>> = {
  'privatelink.vaultcore.azure.net': 'vault.azure.net',
  'privatelink.vaultcore.usgovcloudapi.net': 'vault.usgovcloudapi.net',
  'privatelink.vaultcore.azure.cn': 'vault.azure.cn',
};
/** The suffix of the public names whose private form is in a zone. */
export const publicSuffix = (zone: string): string => vaultSuffixes[zone] ?? zone.replace(/^privatelink\./, '');

/** The name in the zone of a public name, or of its private form. */
export function labelIn(host: string, zoneId: string): string | undefined {
  const name = zoneNameOf(zoneId);
  const suffixes = [name, name.replace(/^privatelink\./, ''), publicSuffix(name)].map((one) => `.${one}`);
  const suffix = suffixes.find((one) => host.endsWith(one));
  return suffix === undefined ? undefined : host.slice(0, -suffix.length);
}

/**
 * The names of a service in one of the zones of a group by Azure's own pattern, where the resource shows what they are made of; in
 * lower case. `body`: of the service, where it was read.
 */
export function patternLabels(
  target: string,
  body: Resource['body'] | undefined,
  group: string,
  zoneId: string,
): string[] {
  const at = Object.keys(suffixes)
    .map((cloud) => zoneNamesOf(group, cloud).indexOf(zoneNameOf(zoneId)))
    .find((one) => one >= 0);
  if (at === undefined) return [];
  const name = fold(nameOf(target));
  const region = fold(textAt(body, '/location') ?? '').replaceAll(' ', '');
  const type = fold(typeOf(target));
  if (type === 'microsoft.containerregistry/registries')
    return region === '' ? [name] : [name, `${name}.${region}.data`];
  if (type !== 'microsoft.machinelearningservices/workspaces') return [name];
  const guid = fold(textAt(body, '/properties/workspaceId') ?? '');
  if (guid === '' || region === '') return [];
  return at === 0
    ? [`${guid}.workspace.${region}`, `${guid}.workspace.${region}.cert`, `*.${guid}.inference.${region}`]
    : [`ml-${name}-${region}-${guid}.${region}`];
}
