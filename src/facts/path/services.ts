// Services by their host names, and what each is called in tags, endpoints and sentences.

import { hubOf } from '../../model/posture.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { regionalTag } from '../../net/service-tags.ts';
import { textAt } from '../../resource-types/read.ts';
import { isOfType, workspaceType } from '../../resource-types/workspace-view.ts';
import { publicSuffix, zoneNames } from '../dns.ts';
import { registryType, storageType, vaultType } from '../links.ts';
import { serviceTagsOf } from '../service-tags.ts';

export interface ServiceKind {
  readonly type: string;
  /** `the storage account`. */
  readonly label: string;
  /** The service tag its public addresses are in. */
  readonly tag: string;
  /** Its name among service endpoints; undefined for a service that has none. */
  readonly endpoint: 'storage' | 'vault' | 'registry' | undefined;
  /** Group ids of its private endpoints; the first is the default. */
  readonly groups: readonly string[];
}

export const serviceKinds: readonly ServiceKind[] = [
  {
    type: storageType,
    label: 'storage account',
    tag: 'Storage',
    endpoint: 'storage',
    groups: ['blob', 'file', 'dfs', 'queue', 'table', 'web'],
  },
  { type: vaultType, label: 'key vault', tag: 'AzureKeyVault', endpoint: 'vault', groups: ['vault'] },
  {
    type: registryType,
    label: 'container registry',
    tag: 'AzureContainerRegistry',
    endpoint: 'registry',
    groups: ['registry'],
  },
  {
    type: workspaceType,
    label: 'workspace',
    tag: 'AzureMachineLearning',
    endpoint: undefined,
    groups: ['amlworkspace'],
  },
];

export const serviceKindOf = (id: string): ServiceKind | undefined =>
  serviceKinds.find(({ type }) => isOfType(id, type));

/** The tag that holds the public addresses of a service: regional where the region is known and the service is bound to it. */
export function tagOf(service: ServiceKind, resource: Resource, index: SnapshotIndex): string {
  const location = textAt(resource.body, '/location');
  return location === undefined ? service.tag : regionalTag(serviceTagsOf(index), service.tag, location);
}

export interface HostName {
  readonly kind: ServiceKind;
  readonly group: string;
  /** The part before the suffix: `stmlsim`. */
  readonly label: string;
}

/** The service behind a host name, in its public or private form; undefined for any other name. */
export function hostNamed(host: string, index: SnapshotIndex): HostName | undefined {
  const name = fold(host).replace(/\.$/, '');
  for (const kind of serviceKinds) {
    for (const group of kind.groups) {
      for (const zone of zoneNames(group, index)) {
        const suffix = [zone, publicSuffix(zone)].find((one) => name.endsWith(`.${one}`));
        if (suffix !== undefined) return { kind, group, label: name.slice(0, -suffix.length - 1) };
      }
    }
  }
  return undefined;
}

/** Id of the resource behind a host name, among those read and those refused. */
export function resourceNamed({ kind, label }: HostName, index: SnapshotIndex): string | undefined {
  const all = index.ofType(kind.type);
  if (!sameId(kind.type, workspaceType)) {
    const [first = label] = label.split('.');
    const refused = index.snapshot.gaps.filter(({ id, status }) => status !== 404 && isOfType(id, kind.type));
    return [...all, ...refused].find(({ id }) => sameId(nameOf(id), first))?.id;
  }
  return all.find(({ id, body }) => {
    const guid = textAt(body, '/properties/workspaceId');
    const notebook = textAt(body, '/properties/notebookInfo/fqdn');
    return (
      (guid !== undefined && label.includes(fold(guid))) ||
      label.startsWith(`ml-${fold(nameOf(id))}-`) ||
      (notebook !== undefined && fold(notebook).startsWith(`${label}.`))
    );
  })?.id;
}

/**
 * Public names of Azure services that have a firewall, other than those of `serviceKinds`, and of those in other clouds. Source: Azure
 * private endpoint private DNS zone values, Microsoft Learn, read 2026.
 */
const firewalledNames =
  /\.(?:(?:blob|dfs|file|queue|table|web)\.(?:core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|storage\.azure\.net)|azurecr\.(?:io|us|cn)|vault\.(?:azure\.net|usgovcloudapi\.net|azure\.cn)|azuredatalakestore\.net|(?:onelake\.dfs|onelake\.blob)\.fabric\.microsoft\.com|database\.(?:windows\.net|azure\.com|usgovcloudapi\.net|chinacloudapi\.cn)|(?:documents|cosmos)\.azure\.(?:com|us|cn)|azuresynapse\.net|kusto\.windows\.net|azuredatabricks\.net|servicebus\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|eventgrid\.azure\.net|search\.windows\.net|(?:cognitiveservices|openai|services\.ai)\.azure\.(?:com|us|cn)|azconfig\.io|redis\.cache\.windows\.net|azurewebsites\.net|azure-api\.net|azurehdinsight\.net|inference\.ml\.azure\.(?:com|us|cn))$/;

/** The resource of Azure that a host name is of, where its firewall decides who may connect; undefined for any other host. */
export function firewalledResource(
  host: string,
  index: SnapshotIndex,
): { readonly kind: ServiceKind | undefined; readonly name: string } | undefined {
  const named = hostNamed(host, index);
  if (named !== undefined) return { kind: named.kind, name: named.label.split('.')[0] ?? named.label };
  const name = fold(host).replace(/\.$/, '');
  return firewalledNames.test(`.${name}`) ? { kind: undefined, name } : undefined;
}

/** The resource whose endpoints and firewall count for a service: of a project its hub. */
export function reachedAt(id: string, index: SnapshotIndex): string {
  const seen = index.peek(id);
  if (seen.state !== 'read') return id;
  const hub = hubOf(seen.resource);
  if (hub === undefined) return seen.resource.id;
  const settings = index.peek(hub);
  return settings.state === 'read' ? settings.resource.id : hub;
}

/** The public name of a resource in a group, for sentences and candidates. */
export function hostOf(resource: string, group: string, index: SnapshotIndex): string {
  const [zone = ''] = zoneNames(group, index);
  return fold(group) === 'amlworkspace' ? nameOf(resource) : `${nameOf(resource)}.${publicSuffix(zone)}`;
}
