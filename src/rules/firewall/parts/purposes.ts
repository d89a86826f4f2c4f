// What computes behind a firewall must reach, purpose by purpose (rules-catalogue 5.11): by service tag in a network rule, or by
// host names in application rules. The tags are those of the security group rules; the names are Microsoft's list of 2026-03
// (how-to-access-azureml-behind-firewall) and of July 2020, those of Azure Monitor of azure-monitor/ip-addresses (2025).
import { findSubnet, vnetOf } from '../../../kinds/network-view.ts';
import type { Severity } from '../../../model/finding.ts';
import { fold, nameOf } from '../../../model/resource-id.ts';
import { GapRead } from '../../../model/world.ts';
import type { Protocol } from '../../../net/ports.ts';
import { reachedPrivately } from '../../../posture/endpoints.ts';
import { defaultAccountId, workspaceRegistryId, workspaceVaultId } from '../../../posture/links.ts';
import { endpointStanding } from '../../../posture/service-endpoints.ts';
import { type Needs, regions } from '../../parts/nsg-need.ts';
import { filesPrivate, storage445 } from '../../parts/nsg-needs-network.ts';
import {
  arm,
  azuremlPorts,
  batch,
  entra,
  firstParty,
  frontend,
  images,
  monitor,
  registry,
  storage,
  vaultHbi,
} from '../../parts/nsg-needs-outbound.ts';
import { regionOf } from '../../parts/nsg-place.ts';
import { packageHosts } from '../../parts/package-hosts.ts';
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
/** Met by all of its tags, or by all of its hosts; an empty list meets nothing. */
export interface Purpose {
  /** As a rule's name has it. */
  readonly slug: string;
  readonly name: string;
  readonly tags: readonly TagNeed[];
  readonly hosts: readonly HostNeed[];
  readonly severity?: Severity;
}

const web = (hosts: readonly string[], ports: readonly string[] = ['443']): HostNeed[] =>
  hosts.map((host) => ({ host, protocol: 'Tcp', ports }));

/** One purpose for flows that nothing but a tag tells apart; none where the needs say why nothing is needed. */
function purpose(slug: string, name: string, needs: Needs, hosts: readonly HostNeed[]): Purpose[] {
  const wanted = typeof needs === 'string' ? [] : needs.filter(({ onlyNote }) => onlyNote !== true);
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
  const needs = azuremlPorts(place);
  return (typeof needs === 'string' ? [] : needs).flatMap((need): Purpose[] => {
    const { protocol, ports } = need.asked;
    const [port] = ports;
    const slug = port === '443' ? 'azureml' : `azureml-${port}`;
    const made = purpose(slug, `Azure Machine Learning on ${protocol} ${port}`, [need], hostsOf(protocol, port));
    return made.map((one) => (need.severity === undefined ? one : { ...one, severity: need.severity }));
  });
}

/** Does the subnet reach the service by a service endpoint, past the firewall? Throws GapRead when the subnet was not read. */
function byEndpoint(
  { subnet, judgement }: FirewallPlace,
  service: 'storage' | 'vault' | 'registry',
  region?: string,
): boolean {
  const found = findSubnet(judgement.world, subnet);
  return found !== undefined && endpointStanding(found, service, region).standing === 'ready';
}

/** Storage of each region in use, with Batch's own accounts, and the file share of the default account. */
function storageOf(place: FirewallPlace): Purpose[] {
  const { world } = place.judgement;
  const account = defaultAccountId(world);
  const needs = storage(place);
  const each = typeof needs === 'string' ? [] : needs;
  const accounts = regions(place, account).flatMap((region, index) => {
    const need = each[index];
    if (!need || byEndpoint(place, 'storage', region)) return [];
    const hosts = ['blob', 'table', 'queue'].map((service) => `*.${service}.core.windows.net`);
    return purpose(index === 0 ? 'storage' : `storage-${region}`, `Storage of ${region}`, [need], web(hosts));
  });
  if (account === undefined || filesPrivate(place) || byEndpoint(place, 'storage', regionOf(place))) return accounts;
  const share = web([`${fold(nameOf(account))}.file.core.windows.net`], ['445']);
  return [...accounts, ...purpose('files', 'the file share of the default account', storage445(place), share)];
}

/** The workspace's registry; names are Azure's default for it. */
const registryHost = (place: FirewallPlace): string => {
  const id = workspaceRegistryId(place.judgement.world);
  return id === undefined ? '*.azurecr.io' : `${fold(nameOf(id))}.azurecr.io`;
};

function vaultOf(place: FirewallPlace): Purpose[] {
  const { world } = place.judgement;
  const id = workspaceVaultId(world);
  if (byEndpoint(place, 'vault') || (id !== undefined && reachedPrivately(id, vnetOf(place.subnet), world))) return [];
  return purpose('keyvault', 'Key Vault', vaultHbi(place), web(['*.vault.azure.net']));
}

function batchOf(place: FirewallPlace): Purpose[] {
  const region = regionOf(place);
  const hosts = web([`*.${region}.batch.azure.com`, `*.${region}.service.batch.azure.com`]);
  return purpose('batch', 'Azure Batch', batch(place), hosts);
}

/** Microsoft's images lie behind two tags. */
function imagesOf(place: FirewallPlace): Purpose[] {
  const [own, shared] = [images(place), firstParty()];
  const needs = typeof own === 'string' || typeof shared === 'string' ? own : [...own, ...shared];
  return purpose('images', 'Microsoft’s images', needs, web(['mcr.microsoft.com', '*.data.mcr.microsoft.com']));
}

const packages: Purpose = {
  slug: 'packages',
  name: 'packages',
  tags: [],
  hosts: web(packageHosts),
  severity: 'low',
};

/** Names differ in other clouds, and Microsoft’s list is of the public one: there the tags alone decide. */
const inPublicCloud = ({ judgement }: FirewallPlace): boolean => {
  const { source } = judgement.world.snapshot;
  return source.kind !== 'azure' || source.name === 'public';
};

/** What is needed, as far as it could be told. */
export interface Asked {
  readonly purposes: readonly Purpose[];
  /** What hides whether more is needed. */
  readonly gap: GapRead | undefined;
}

const telemetry = [
  ...['dc.applicationinsights.azure.com', 'dc.applicationinsights.microsoft.com', 'dc.services.visualstudio.com'],
  '*.in.applicationinsights.azure.com',
];
const graph = ['graph.microsoft.com', 'graph.windows.net'];
const signIn = [...web(['login.microsoftonline.com'], ['80', '443']), ...web(graph)];

/** What today's pages ask for, each by itself: a throw of one (GapRead) hides no other. */
const current: readonly ((place: FirewallPlace) => readonly Purpose[])[] = [
  (place) => purpose('entra', 'Microsoft Entra ID', entra(place), signIn),
  (place) => purpose('arm', 'Azure Resource Manager', arm(place), web(['management.azure.com'])),
  machineLearning,
  (place) => purpose('frontdoor', 'the studio’s front door', frontend(place), web(['ml.azure.com'])),
  batchOf,
  storageOf,
  (place) =>
    byEndpoint(place, 'registry')
      ? []
      : purpose('registry', 'the container registry', registry(place), web([registryHost(place)])),
  imagesOf,
  (place) => purpose('monitor', 'Azure Monitor', monitor(place), web(telemetry)),
  vaultOf,
];

export function currentPurposes(place: FirewallPlace): Asked {
  const found: Purpose[] = [];
  let gap: GapRead | undefined;
  for (const purposesOf of current) {
    try {
      found.push(...purposesOf(place));
    } catch (error) {
      if (!(error instanceof GapRead)) throw error;
      gap ??= error;
    }
  }
  const named = inPublicCloud(place) ? found : found.map((one) => ({ ...one, hosts: [] }));
  return { purposes: [...named, packages], gap };
}

/** The names of July 2020, each a purpose of its own; the registry's own name where it is known. */
export function namesOf2020(place: FirewallPlace): HostNeed[] {
  const own = workspaceRegistryId(place.judgement.world) === undefined ? [] : [registryHost(place)];
  return web([
    ...['*.batchai.core.windows.net', 'ml.azure.com', 'default.exp-tas.com', '*.azureml.ms'],
    ...['*.experiments.azureml.net', '*.modelmanagement.azureml.net', 'mlworkspace.azure.ai', '*.aether.ms'],
    ...['*.instances.azureml.net', '*.instances.azureml.ms', 'windows.net', 'vault.azure.net', 'azurecr.io'],
    ...['mcr.microsoft.com', ...own, '*.notebooks.azure.net', 'graph.windows.net', 'anaconda.com', '*.anaconda.org'],
    ...['pypi.org', 'cloud.r-project.org'],
  ]);
}
