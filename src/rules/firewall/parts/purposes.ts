// What compute behind a firewall must reach, purpose by purpose: by service tag in a network rule, or by host names in
// application rules. The tags are those of the required flows; the host names are those that the workspace
// lists itself, else Microsoft's list of 2026-03-19 (how-to-access-azureml-behind-firewall); those of July 2020 for the article.

import { packageHosts } from '../../../facts/firewall.ts';
import { defaultAccountId, workspaceRegistryId, workspaceVaultId } from '../../../facts/links.ts';
import { subnetUses } from '../../../facts/needs.ts';
import { connectsPrivately } from '../../../facts/reach.ts';
import { endpointStanding } from '../../../facts/service-endpoints.ts';
import type { Severity } from '../../../model/finding.ts';
import { readable } from '../../../model/readable.ts';
import { fold, nameOf, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import type { UnreadableError } from '../../../model/unreadable-error.ts';
import type { Protocol } from '../../../net/ports.ts';
import { findSubnet } from '../../../resource-types/network-view.ts';
import { booleanAt } from '../../../resource-types/read.ts';
import { requiredHostsIn, requiredHostsOf } from '../../../resource-types/service-answers.ts';
import { type FlowNeed, portsShown, regions } from '../../nsg/parts/flows.ts';
import { regionOf } from '../../nsg/parts/place.ts';
import { filesPrivate, flowsOf } from '../../nsg/parts/required-flows.ts';
import type { FirewallPlace } from './place.ts';

export interface TagNeed {
  readonly tag: string;
  readonly protocol: Protocol | '*';
  readonly ports: readonly string[];
}
export interface HostNeed {
  readonly host: string;
  readonly protocol: Protocol;
  readonly ports: readonly string[];
}
/** Met by all of its tags, by all of its hosts, or by all of its other hosts; an empty list meets nothing. */
export interface Purpose {
  /** In the names of rules. */
  readonly slug: string;
  readonly name: string;
  readonly tags: readonly TagNeed[];
  readonly hosts: readonly HostNeed[];
  /** The same hosts under other names. */
  readonly otherHosts?: readonly HostNeed[];
  readonly severity?: Severity;
}

const web = (hosts: readonly string[], ports: readonly string[] = ['443']): HostNeed[] =>
  hosts.map((host) => ({ host, protocol: 'Tcp', ports }));

/** One purpose for flows that only a tag tells apart; none where no flow is needed. */
function purpose(slug: string, name: string, needs: readonly FlowNeed[], hosts: readonly HostNeed[]): Purpose[] {
  const wanted = needs.filter(({ informational }) => informational !== true);
  if (wanted.length === 0) return [];
  const tags = wanted.map(
    ({ asked }): TagNeed => ({ tag: asked.remote[0] ?? '', protocol: asked.protocol, ports: asked.ports }),
  );
  return [{ slug, name, tags, hosts }];
}

/** Azure Machine Learning, a purpose for each of its ports. */
function machineLearning(place: FirewallPlace): Purpose[] {
  const region = regionOf(place);
  const instances = ['*.instances.azureml.ms'];
  const hostsOf = (protocol: Protocol | '*', port: string | undefined): HostNeed[] => {
    if (protocol === 'Udp') {
      const tundra = [`${region}.tundra.azureml.ms`, `*.tundra.${region}.api.azureml.ms`];
      return tundra.map((host) => ({ host, protocol: 'Udp', ports: ['5831'] }));
    }
    if (port !== '443') return web(instances, [port ?? '443']);
    return web([
      ...['ml.azure.com', '*.azureml.ms', '*.azureml.net', '*.modelmanagement.azureml.net', '*.notebooks.azure.net'],
      ...['*.aznbcontent.net', '*.instances.azureml.net', ...instances],
    ]);
  };
  return flowsOf('nsg.outbound-azureml-ports', place).flatMap((need): Purpose[] => {
    const { protocol, ports } = need.asked;
    const [port] = ports;
    const slug = port === '443' ? 'azureml' : `azureml-${port}`;
    const name = `Azure Machine Learning on ${portsShown(protocol, ports)}`;
    const made = purpose(slug, name, [need], hostsOf(protocol, port));
    return made.map((one) => (need.severity === undefined ? one : { ...one, severity: need.severity }));
  });
}

/**
 * Does the subnet reach the service by a service endpoint, which bypasses the firewall? Throws UnreadableError when the
 * subnet was not read.
 */
function byEndpoint(
  { subnet, context }: FirewallPlace,
  service: 'storage' | 'vault' | 'registry',
  region?: string,
): boolean {
  const found = findSubnet(context.index, subnet);
  return found !== undefined && endpointStanding(found, service, context.index, region).standing === 'ready';
}

/** Storage of each region in use, for the accounts of Azure Batch too, and the file share of the default account. */
function storageOf(place: FirewallPlace): Purpose[] {
  const { index } = place.context;
  const account = defaultAccountId(index);
  const each = flowsOf('nsg.outbound-storage', place);
  const accounts = regions(place, account).flatMap((region, position) => {
    const need = each[position];
    if (!need || byEndpoint(place, 'storage', region)) return [];
    const hosts = ['blob', 'table', 'queue'].map((service) => `*.${service}.core.windows.net`);
    const lake = position === 0 && account !== undefined ? [`${fold(nameOf(account))}.dfs.core.windows.net`] : [];
    return purpose(
      position === 0 ? 'storage' : `storage-${region}`,
      `Storage in ${region}`,
      [need],
      web([...hosts, ...lake]),
    );
  });
  if (account === undefined || filesPrivate(place) || byEndpoint(place, 'storage', regionOf(place))) return accounts;
  const share = web([`${fold(nameOf(account))}.file.core.windows.net`], ['443', '445']);
  const files = flowsOf('nsg.outbound-storage-445', place);
  return [...accounts, ...purpose('files', 'the file share of the default account', files, share)];
}

/** The workspace's registry; names are Azure's default for it. */
const registryHost = (place: FirewallPlace): string => {
  const id = workspaceRegistryId(place.context.index);
  return id === undefined ? '*.azurecr.io' : `${fold(nameOf(id))}.azurecr.io`;
};

/** Layers of images come from an endpoint of the registry where it has some, else from storage. */
function registryOf(place: FirewallPlace): Purpose[] {
  if (byEndpoint(place, 'registry')) return [];
  const { index } = place.context;
  const id = workspaceRegistryId(index);
  const found = id === undefined ? undefined : index.peek(id);
  const own = found?.state === 'read' && booleanAt(found.resource.body, '/properties/dataEndpointEnabled') === true;
  const layers = own ? `${fold(nameOf(id ?? ''))}.${regionOf(place)}.data.azurecr.io` : '*.blob.core.windows.net';
  return purpose(
    'registry',
    'the container registry',
    flowsOf('nsg.outbound-acr', place),
    web([registryHost(place), layers]),
  );
}

/** The studio, and the resources of automated ML for text and images, which have two names. */
function frontDoorOf(place: FirewallPlace): Purpose[] {
  const flows = flowsOf('nsg.outbound-frontdoor-frontend', place);
  const hosts = (automl: string) => web(['ml.azure.com', 'aka.ms', automl]);
  return purpose(
    'frontdoor',
    'Azure Front Door for the studio',
    flows,
    hosts('automlresources-prod.azureedge.net'),
  ).map((one) => ({ ...one, otherHosts: hosts('automlresources-prod-d0eaehh7g8andvav.b02.azurefd.net') }));
}

/** Kubernetes nodes in the subnet send their logs to Azure Data Explorer as well. */
function kubernetesOf({ subnet, context }: FirewallPlace): Purpose[] {
  const isServed = subnetUses(context.index).some((use) => use.role === 'inference' && sameId(use.subnet, subnet));
  const hosts = web(['*.kusto.windows.net']);
  return isServed ? [{ slug: 'kubernetes', name: 'Kubernetes compute', tags: [], hosts, severity: 'medium' }] : [];
}

const codeHosts = [
  ...[
    '*.vscode.dev',
    '*.vscode-unpkg.net',
    '*.vscode-cdn.net',
    '*.vscodeexperiments.azureedge.net',
    'default.exp-tas.com',
  ],
  ...['code.visualstudio.com', 'update.code.visualstudio.com', '*.vo.msecnd.net', 'marketplace.visualstudio.com'],
  ...['vscode.blob.core.windows.net', '*.gallerycdn.vsassets.io', 'vscode.download.prss.microsoft.com'],
];
const codeOf = ({ context: { index } }: FirewallPlace): Purpose[] =>
  index.snapshot.intents.usesVsCode === true
    ? [{ slug: 'vscode', name: 'Visual Studio Code', tags: [], hosts: web(codeHosts), severity: 'low' }]
    : [];

/** The category of the workspace's own list that replaces the hosts of a purpose. */
const categories: Readonly<Record<string, string>> = {
  entra: 'azure active directory',
  azureml: 'azure machine learning',
  batch: 'azure batch',
  storage: 'azure storage',
  keyvault: 'azure key vault',
  registry: 'azure container registry',
  images: 'microsoft container registry',
  monitor: 'azure monitor',
};

/** The hosts that the workspace itself lists in a category; undefined where that was not read, or it lists none. */
function ownHosts(slug: string, index: SnapshotIndex): HostNeed[] | undefined {
  const found = index.peek(requiredHostsOf(index.snapshot.workspace ?? ''));
  if (found.state !== 'read') return undefined;
  const hosts = requiredHostsIn(found.resource)
    .filter(({ category }) => fold(category) === categories[slug])
    .flatMap(({ host, ports }) => web([host], ports.length > 0 ? ports : ['443']));
  return hosts.length > 0 ? hosts : undefined;
}

function vaultOf(place: FirewallPlace): Purpose[] {
  const { index } = place.context;
  const id = workspaceVaultId(index);
  if (byEndpoint(place, 'vault') || (id !== undefined && connectsPrivately(id, place.subnet, index))) return [];
  return purpose('keyvault', 'Key Vault', flowsOf('nsg.outbound-keyvault-hbi', place), web(['*.vault.azure.net']));
}

function batchOf(place: FirewallPlace): Purpose[] {
  const region = regionOf(place);
  const hosts = web([`*.${region}.batch.azure.com`, `*.${region}.service.batch.azure.com`]);
  return purpose('batch', 'Azure Batch', flowsOf('nsg.outbound-batchnodemanagement', place), hosts);
}

/** Microsoft images need two tags. */
function imagesOf(place: FirewallPlace): Purpose[] {
  const registry = flowsOf('nsg.outbound-mcr', place);
  const needs = registry.length === 0 ? [] : [...registry, ...flowsOf('nsg.outbound-frontdoor-firstparty', place)];
  return purpose('images', 'Microsoft images', needs, web(['mcr.microsoft.com', '*.data.mcr.microsoft.com']));
}

const packages: Purpose = {
  slug: 'packages',
  name: 'packages',
  tags: [],
  hosts: web(packageHosts),
  severity: 'low',
};

/** Microsoft's list of host names is of the public cloud; in other clouds only the tags decide. */
const inPublicCloud = ({ context }: FirewallPlace): boolean => {
  const { source } = context.index.snapshot;
  return source.kind !== 'azure' || source.name === 'public';
};

/** What is needed, and the failed read that may hide more. */
export interface Purposes {
  readonly purposes: readonly Purpose[];
  readonly gap: UnreadableError | undefined;
}

const telemetry = [
  ...['dc.applicationinsights.azure.com', 'dc.applicationinsights.microsoft.com', 'dc.services.visualstudio.com'],
  '*.in.applicationinsights.azure.com',
];
const graph = ['graph.microsoft.com', 'graph.windows.net'];
const signIn = [...web(['login.microsoftonline.com'], ['80', '443']), ...web(graph)];

/** The current list, each purpose evaluated separately: an UnreadableError of one hides no other. */
const current: readonly ((place: FirewallPlace) => readonly Purpose[])[] = [
  (place) => purpose('entra', 'Microsoft Entra ID', flowsOf('nsg.outbound-entra', place), signIn),
  (place) =>
    purpose('arm', 'Azure Resource Manager', flowsOf('nsg.outbound-arm', place), web(['management.azure.com'])),
  machineLearning,
  frontDoorOf,
  batchOf,
  storageOf,
  registryOf,
  imagesOf,
  (place) => purpose('monitor', 'Azure Monitor', flowsOf('nsg.outbound-azuremonitor', place), web(telemetry)),
  vaultOf,
  kubernetesOf,
  codeOf,
];

export function currentPurposes(place: FirewallPlace): Purposes {
  const found: Purpose[] = [];
  let gap: UnreadableError | undefined;
  for (const purposesOf of current) {
    const purposes = readable(() => purposesOf(place));
    if (purposes.state === 'known') found.push(...purposes.value);
    else gap ??= purposes.error;
  }
  const { index } = place.context;
  const named = inPublicCloud(place)
    ? found.map((one) => ({ ...one, hosts: ownHosts(one.slug, index) ?? one.hosts }))
    : found.map((one) => ({ ...one, hosts: [], otherHosts: [] }));
  return { purposes: [...named, packages], gap };
}

/** The host names of July 2020, each its own purpose; the name of the registry where it is known. */
export function namesOf2020(place: FirewallPlace): HostNeed[] {
  const own = workspaceRegistryId(place.context.index) === undefined ? [] : [registryHost(place)];
  return web([
    ...['*.batchai.core.windows.net', 'ml.azure.com', 'default.exp-tas.com', '*.azureml.ms'],
    ...['*.experiments.azureml.net', '*.modelmanagement.azureml.net', 'mlworkspace.azure.ai', '*.aether.ms'],
    ...['*.instances.azureml.net', '*.instances.azureml.ms', 'windows.net', 'vault.azure.net', 'azurecr.io'],
    ...['mcr.microsoft.com', ...own, '*.notebooks.azure.net', 'graph.windows.net', 'anaconda.com', '*.anaconda.org'],
    ...['pypi.org', 'cloud.r-project.org'],
  ]);
}
