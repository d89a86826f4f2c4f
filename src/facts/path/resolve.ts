// From what the operator typed to an end of the path: an id, a name, an address or block, a host name, a service tag, `internet`.

import { fold, isListId, nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { withoutEnd } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import {
  both,
  looksLiteral,
  noAddress,
  parseAddresses,
  prefixesOf,
  readPrefixes,
  without,
} from '../../net/addresses.ts';
import { publicSpace } from '../../net/facts.ts';
import { globalTagOf } from '../../net/service-tags.ts';
import { subnetType, subnetView, vnetOf, vnetType, vnetView } from '../../resource-types/network-view.ts';
import { isOfType } from '../../resource-types/workspace-view.ts';
import { endpointsInHand } from '../endpoints-in-hand.ts';
import { serviceTagsOf } from '../service-tags.ts';
import { unreadEnds } from '../unread.ts';
import { isRefused, type Refused, type ResolvedEnd } from './ends.ts';
import { frontWords, scoringFronts } from './fronts.ts';
import { endOf, hostedEnd, isHostedNodes, namesToAsk, nicAt, nicsNamed, subnetEnd, thingsNamed } from './named.ts';
import { hostNamed, hostOf, reachedAt, resourceNamed, serviceKindOf } from './services.ts';

// Tag names that a question may use without tag data. Source: service-tags-overview (Microsoft Learn, read 2026).
const published = [
  'ActionGroup',
  'ApiManagement',
  'AppConfiguration',
  'ApplicationInsightsAvailability',
  'AppService',
  'AppServiceManagement',
  'AzureActiveDirectory',
  'AzureActiveDirectoryDomainServices',
  'AzureAdvancedThreatProtection',
  'AzureArcInfrastructure',
  'AzureAttestation',
  'AzureBackup',
  'AzureBotService',
  'AzureCloud',
  'AzureCognitiveSearch',
  'AzureConnectors',
  'AzureContainerAppsService',
  'AzureContainerRegistry',
  'AzureCosmosDB',
  'AzureDatabricks',
  'AzureDataExplorerManagement',
  'AzureDeviceUpdate',
  'AzureDevOps',
  'AzureDigitalTwins',
  'AzureEventGrid',
  'AzureFrontDoor.Backend',
  'AzureFrontDoor.FirstParty',
  'AzureFrontDoor.Frontend',
  'AzureHealthcareAPIs',
  'AzureInformationProtection',
  'AzureIoTHub',
  'AzureKeyVault',
  'AzureKubernetesService',
  'AzureLoadBalancer',
  'AzureLoadTestingInstanceManagement',
  'AzureMachineLearning',
  'AzureMachineLearningInference',
  'AzureManagedGrafana',
  'AzureMonitor',
  'AzureOpenDatasets',
  'AzurePlatformDNS',
  'AzurePlatformIMDS',
  'AzurePlatformLKM',
  'AzureResourceManager',
  'AzureSentinel',
  'AzureSignalR',
  'AzureSiteRecovery',
  'AzureSphere',
  'AzureSpringCloud',
  'AzureStack',
  'AzureTrafficManager',
  'AzureUpdateDelivery',
  'AzureWebPubSub',
  'BatchNodeManagement',
  'ChaosStudio',
  'CognitiveServicesFrontend',
  'CognitiveServicesManagement',
  'DataFactory',
  'DataFactoryManagement',
  'EventHub',
  'GatewayManager',
  'GenevaActions',
  'GuestAndHybridManagement',
  'HDInsight',
  'LogicApps',
  'LogicAppsManagement',
  'Marketplace',
  'MicrosoftCloudAppSecurity',
  'MicrosoftContainerRegistry',
  'MicrosoftDefenderForEndpoint',
  'OneDsCollector',
  'PowerBI',
  'PowerPlatformInfra',
  'PowerPlatformPlex',
  'PowerQueryOnline',
  'Scuba',
  'SerialConsole',
  'ServiceBus',
  'ServiceFabric',
  'Sql',
  'SqlManagement',
  'Storage',
  'StorageMover',
  'StorageSyncService',
  'VideoIndexer',
  'VirtualNetwork',
  'WindowsAdminCenter',
  'WindowsVirtualDesktop',
];
const spelled = new Map(published.map((name) => [fold(name), name]));

/** The tag as Microsoft writes it; undefined for a name in neither the tag data nor the list. */
function tagNamed(text: string, index: SnapshotIndex): string | undefined {
  const known = serviceTagsOf(index)?.get(text);
  if (known) return known.name;
  const whole = spelled.get(fold(text));
  if (whole !== undefined) return whole;
  const family = spelled.get(fold(globalTagOf(text)));
  return family === undefined || !/^[^.]+\.[a-z0-9]+$/i.test(text) ? undefined : `${family}.${text.split('.')[1]}`;
}

/**
 * The end that a text means. `near`: the network of the other end, preferred to others with the same addresses. Throws
 * UnreadableError where a resource it depends on was not read.
 */
export function resolveEnd(text: string, index: SnapshotIndex, near?: string): ResolvedEnd | Refused {
  const asked = text.trim();
  if (sameId(asked, 'internet')) return outside(asked, 'public', ['Internet'], 'the Internet');
  if (asked.startsWith('/')) return endOf(withoutEnd(asked, '/'), asked, index);
  if (isLiteral(asked)) return literalEnd(asked, index, near);
  const [first, second, ...rest] = thingsNamed(asked, index);
  if (first !== undefined && second === undefined) return endOf(first, asked, index);
  if (first !== undefined && second !== undefined)
    return { reason: `Several resources are named ${asked}.`, candidates: choices([first, second, ...rest]) };
  const [nic, ...nics] = nicsNamed(asked, index);
  if (nic !== undefined && nics.length === 0) return endOf(nic, asked, index);
  if (isHostedNodes(asked)) return hostedEnd(asked, index);
  const tag = tagNamed(asked, index);
  if (tag !== undefined) return outside(asked, 'tag', [tag], `the service tag ${tag}`);
  if (/^[a-z0-9_*-]+(?:\.[a-z0-9_-]+)*\.[a-z]{2,}\.?$/i.test(asked)) return hostEnd(asked, index);
  const other = index.snapshot.resources.find(({ id }) => sameId(nameOf(id), asked));
  if (other !== undefined) return endOf(other.id, asked, index);
  return unlessHidden({ reason: `No resource that was read is named ${asked}.`, candidates: namesToAsk(index) }, index);
}

/** Nothing has the name, unless what has it was not read. Throws UnreadableError where a read failed that may have shown it. */
function unlessHidden(refused: Refused, index: SnapshotIndex): Refused {
  const gap = unreadEnds('destination', index).find(({ id }) => isListId(id) || isOfType(id, vnetType));
  if (gap === undefined) return refused;
  const reason = `${withoutEnd(refused.reason, '.')}, and ${nameInParent(gap.id)} could not be read: ${gap.reason}`;
  throw new UnreadableError({ ...gap, reason });
}

/** `10.0.0.0/8`, `2001:db8::1`, `10.0.0.1-10.0.0.9`; names such as `vnet/subnet` hold a letter that no address has. */
const isLiteral = (text: string): boolean =>
  text === '' || (looksLiteral(text) && /^[0-9a-f.:/\s,-]*$/i.test(text) && /^[0-9:]|^[0-9a-f]{1,4}:/i.test(text));

/** As they are typed: `network/subnet` where that is unique, else ids. */
function choices(ids: readonly string[]): string[] {
  const names = ids.map(nameInParent);
  const apart = new Set(names.map(fold)).size === names.length && names.every((name) => name.includes('/'));
  return apart ? names : [...ids];
}

const outside = (
  asked: string,
  scope: Extract<ResolvedEnd, { kind: 'outside' }>['scope'],
  addresses: readonly string[],
  is: string,
): ResolvedEnd => ({ kind: 'outside', asked, scope, addresses, is, resource: null });

function hostEnd(asked: string, index: SnapshotIndex): ResolvedEnd | Refused {
  const host = hostNamed(asked, index);
  // A pattern is of many hosts.
  if (!host || asked.includes('*')) return outside(asked, 'host', ['Internet'], `the host ${asked}`);
  const named = resourceNamed(host, index);
  const resource = named && reachedAt(named, index);
  if (resource !== undefined) {
    return {
      ...{ kind: 'service', asked, resource, group: host.group, through: undefined, addresses: [] },
      is: `${host.kind.label} ${hostOf(resource, host.group, index)}`,
    };
  }
  return unlessHidden(
    {
      reason: `No ${host.kind.label} that was read has the host name ${asked}.`,
      candidates: index.ofType(host.kind.type).map(({ id }) => hostOf(id, host.group, index)),
    },
    index,
  );
}

function literalEnd(asked: string, index: SnapshotIndex, near: string | undefined): ResolvedEnd | Refused {
  const parsed = parseAddresses(asked);
  if (!parsed.ok)
    return { reason: `${asked === '' ? 'An empty text' : asked} is not an address. ${parsed.reason}`, candidates: [] };
  const addresses = parsed.value;
  const prefixes = prefixesOf(addresses);
  const shown = prefixes.length === 1 ? (prefixes[0] ?? asked) : asked;
  const endpoint = endpointsInHand(index).find((one) => prefixes.length === 1 && one.addresses.includes(shown));
  const serviceConnection = endpoint?.serviceConnections.find(({ target }) => serviceKindOf(target) !== undefined);
  if (endpoint && serviceConnection) {
    const [group = ''] = serviceConnection.groups;
    return {
      ...{
        kind: 'service',
        asked,
        resource: serviceConnection.target,
        group,
        through: endpoint.endpoint.id,
        addresses: [shown],
      },
      is: `${nameOf(endpoint.endpoint.id)}, the private endpoint of ${nameOf(serviceConnection.target)}`,
    };
  }
  const front = scoringFronts(index).find((one) => prefixes.length === 1 && prefixes[0] === one.address);
  if (front !== undefined) {
    const end = subnetEnd(front.subnet, asked, index, prefixes);
    const { compute, address } = front;
    return isRefused(end) ? end : { ...end, compute, resource: compute.id, is: frontWords(front), front: address };
  }
  const met = index.ofType(subnetType).filter((subnet) => {
    return !noAddress(both(readPrefixes(subnetView(subnet).prefixes).addresses, addresses));
  });
  const nearest = near === undefined ? [] : met.filter(({ id }) => sameId(vnetOf(id), near));
  const subnets = nearest.length > 0 ? nearest : met;
  const [first, second] = subnets;
  if (first && !second) {
    const whole = readPrefixes(subnetView(first).prefixes).addresses;
    if (!noAddress(without(addresses, whole))) {
      return {
        reason: `${asked} includes addresses of ${nameOf(first.id)} and others. Use one of them at a time.`,
        candidates: prefixesOf(both(addresses, whole), 4),
      };
    }
    const nic = prefixes.length === 1 ? nicAt(shown, first.id, index) : undefined;
    const end = subnetEnd(first.id, asked, index, prefixes);
    if (isRefused(end)) return end;
    return { ...end, nic, resource: nic?.id ?? end.resource, is: `${asked} in ${end.is}` };
  }
  if (first && second) {
    return {
      reason: `${asked} includes addresses of ${subnets.length} subnets. Use one of them at a time.`,
      candidates: subnets.map(({ id }) => nameInParent(id)),
    };
  }
  if (!noAddress(both(addresses, publicSpace)) && !isInside(addresses, index)) {
    return outside(asked, 'public', prefixes, `the public address ${asked}`);
  }
  return outside(asked, 'private', prefixes, `the private address ${asked}, which is in no subnet that was read`);
}

const isInside = (addresses: Parameters<typeof both>[0], index: SnapshotIndex): boolean =>
  index
    .ofType(vnetType)
    .some((network) => !noAddress(both(readPrefixes(vnetView(network).prefixes).addresses, addresses)));
