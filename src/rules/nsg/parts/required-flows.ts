// The flows that training traffic needs, one row for each rule: headlines, severity, profiles, when they are needed, and what
// the fix adds. src/rules/nsg/required-flows.ts makes its rules from these rows (docs/reference/required-flows.md).

import { type MonitorEndpoint, monitorEndpoints } from '../../../facts/azure-monitor.ts';
import { endpointsWithin } from '../../../facts/endpoints-in-hand.ts';
import { networkSpace, subnetPrefixes } from '../../../facts/flows.ts';
import { defaultAccountId, workspaceInHand, workspaceRegistryId } from '../../../facts/links.ts';
import { connectsPrivately } from '../../../facts/reach.ts';
import { holdsMachinesOnly, publicComputesIn } from '../../../facts/training-subnets.ts';
import { isTunnelled } from '../../../facts/tunnel.ts';
import { unreadWorkspace } from '../../../facts/unread.ts';
import type { Profile } from '../../../model/assumption.ts';
import type { Severity } from '../../../model/finding.ts';
import { fold, subscriptionOf } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { UnreadableError } from '../../../model/unreadable-error.ts';
import type { Protocol } from '../../../net/ports.ts';
import { privateEndpointType, vnetOf } from '../../../resource-types/index.ts';
import { accessModeFor, accessModes } from '../../../resource-types/private-link-scope.ts';
import { booleanAt } from '../../../resource-types/read.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { displayName, listed, notApplicable, worstOf } from '../../parts/verdict.ts';
import type { CheckResult } from '../../rule.ts';
import type { RuleSpec } from './change.ts';
import { type Asker, type FlowNeed, judgeNeed, type Needs, outbound, portsShown, regional, regions } from './flows.ts';
import { decided, modeOf, type NsgPlace, placeShown, regionOf } from './place.ts';

export interface RequiredFlow {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles?: readonly Profile[];
  readonly why: string;
  /** What the fix adds, as a sentence. */
  readonly fix: string;
  /** Why Azure no longer needs it: judged as the article of 2020 alone, never opened. */
  readonly retired?: string;
  /** Why nothing is needed here; undefined where the flows are. */
  readonly unless?: (place: NsgPlace) => string | undefined;
  readonly flows: (place: Asker) => Needs;
}

const azureml = 'AzureMachineLearning';
/** Why nothing needs to be open for Azure Batch, as a sentence. */
export const classicRetired = 'Azure Batch retired connections to nodes (classic communication) on 31 March 2026.';
const anything = { protocol: '*', ports: ['*'] } as const;
const article: readonly Profile[] = ['article-2020'];
const current: readonly Profile[] = ['current'];

/** Headlines and fix of a row about one outbound destination. */
const to = (tag: string, ports: string, destination = tag) => ({
  title: `${tag} allowed outbound on ${ports}`,
  problem: `${tag} denied outbound on ${ports}`,
  fix: `Adds an outbound allow rule to ${destination}: ${ports}.`,
});
const toRegional = (tag: string, ports: string) => to(tag, ports, `the regional tag ${tag}`);

const openOutbound = (place: NsgPlace): string | undefined =>
  modeOf(place) === 'open' ? 'Outbound access is open here; no allow rule is needed.' : undefined;

/** A tag on TCP ports; the rule of 2020 names no port, today's does. */
const tcp = (place: Asker, slug: string, tag: string, ports: readonly string[] = ['443']): FlowNeed =>
  outbound(slug, tag, 'Tcp', ports, place.today ? { protocol: 'Tcp', ports } : anything);

/** A service in the workspace's region, and in that of a resource elsewhere. */
const eachRegion = (place: Asker, slug: string, tag: string, resourceId: string | undefined): FlowNeed[] =>
  regions(place, resourceId).map((region, position) =>
    tcp(place, position > 0 ? `${slug}-${region}` : slug, regional(place, tag, region)),
  );

const inbound = (slug: string, tag: string, ports: string, destination: string): RuleSpec => ({
  ...{ slug, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
  ...{ sources: [tag], destinations: [destination], ports: [ports] },
});
const noPublicIp = 'No compute here has a public IP address; no service connects to it.';

/** Is the default account's file share reached by a private endpoint from this network? */
export function filesPrivate({ subnet, context: { index } }: Asker): boolean {
  const account = defaultAccountId(index);
  return account !== undefined && connectsPrivately(account, subnet, index, ['file']);
}

/** What compute needs of its own network: other nodes, private endpoints, the file share of the default account. */
function ownNetwork(place: Asker): FlowNeed[] {
  const { subnet, context, today } = place;
  const { index } = context;
  const space = networkSpace(subnet, index);
  const add: RuleSpec = {
    ...{ slug: 'outbound-vnet', direction: 'Outbound', access: 'Allow', sources: ['*'], ...anything },
    destinations: isTunnelled(subnet, index) ? space : ['VirtualNetwork'],
  };
  const to = (
    remote: readonly string[],
    whom: string,
    protocol: Protocol | '*',
    ports: readonly string[],
  ): FlowNeed => ({
    asked: { direction: 'Outbound', protocol, remote, ports },
    what: `${whom} on ${portsShown(protocol, ports)}`,
    add,
  });
  const whole = to(space, 'the virtual network', '*', ['*']);
  if (!today) return [whole];
  const hasEndpoints = endpointsWithin([vnetOf(subnet)], index).length > 0;
  return [
    to(subnetPrefixes(subnet, index), 'the same subnet', '*', ['*']),
    ...(hasEndpoints ? [to(space, 'private endpoints', 'Tcp', ['443'])] : []),
    ...(filesPrivate(place) ? [to(space, 'the file private endpoint', 'Tcp', ['445'])] : []),
    { ...whole, informational: true },
  ];
}

const azuremlTcp = (ports: readonly string[]): FlowNeed =>
  outbound('outbound-azureml', azureml, 'Tcp', ports, { protocol: 'Tcp', ports: ['443', '8787', '18881'] });

function azuremlPorts({ subnet, context: { index } }: Asker): FlowNeed[] {
  const base = azuremlTcp(['443']);
  if (holdsMachinesOnly(subnet, index)) return [base];
  const rstudio = azuremlTcp(['8787']);
  return [
    base,
    outbound('outbound-azureml-udp', azureml, 'Udp', ['5831']),
    { ...azuremlTcp(['18881']), severity: 'low' },
    index.snapshot.intents.usesRStudio === true ? { ...rstudio, severity: 'low' } : { ...rstudio, informational: true },
  ];
}

/**
 * Why a subnet needs no outbound access to Azure Monitor: a private endpoint is near, and the operator says that it is used, or its
 * scope is in Open mode. In mode PrivateOnly, telemetry of the service does not go through it.
 */
function throughScope(subnet: string, index: SnapshotIndex): string | undefined {
  const { azureMonitorSecured } = index.snapshot.intents;
  if (azureMonitorSecured === false) return undefined;
  const isOpen = ({ id, scope }: MonitorEndpoint) => {
    const seen = index.peek(scope);
    if (seen.state !== 'read') return false;
    return accessModes.every((mode) => fold(accessModeFor(seen.resource, mode, id) ?? '') === 'open');
  };
  const endpoint = monitorEndpoints([vnetOf(subnet)], index).find((one) => azureMonitorSecured === true || isOpen(one));
  if (endpoint) return `Azure Monitor is reached through the private endpoint ${displayName(endpoint.id)}.`;
  const list = `/subscriptions/${subscriptionOf(subnet) ?? ''}/providers/${privateEndpointType}`;
  return azureMonitorSecured === true && !index.hasList(list)
    ? 'Assumption azureMonitorSecured is true, and the private endpoints near the subnet were not read.'
    : undefined;
}

const rows = [
  {
    id: 'nsg.inbound-batch',
    title: 'BatchNodeManagement allowed inbound on TCP 29876-29877',
    problem: 'BatchNodeManagement denied inbound on TCP 29876-29877',
    severity: 'critical',
    why: "Azure Batch scheduled work on nodes through these ports (classic node communication) until 31 March 2026. Microsoft's 2020 article on virtual networks asks for them.",
    fix: 'None. Nodes connect to Azure Batch themselves; these ports stay closed.',
    retired: `${classicRetired} nsg.inbound-batch-obsolete checks remaining rules.`,
    flows(place) {
      if (publicComputesIn(place.subnet, place.context.index).length === 0) return noPublicIp;
      const ports = ['29876-29877'];
      const remote = [regional(place, 'BatchNodeManagement', regionOf(place))];
      return [
        {
          // Batch connects from port 443, so an allow rule for that source port is enough.
          asked: { direction: 'Inbound', protocol: 'Tcp', remote, ports, sourcePorts: ['443'] },
          what: 'inbound TCP 29876-29877 from BatchNodeManagement',
          add: inbound('inbound-batch', 'BatchNodeManagement', '29876-29877', '*'),
        },
      ];
    },
  },
  {
    id: 'nsg.inbound-azureml-44224',
    title: 'AzureMachineLearning allowed inbound on TCP 44224',
    problem: 'AzureMachineLearning denied inbound on TCP 44224',
    severity: 'high',
    why: 'Azure Machine Learning connects to compute with a public IP address on this port to create, start and manage it.',
    fix: 'Adds an inbound allow rule for TCP 44224 from AzureMachineLearning.',
    flows({ subnet, context, today }) {
      const found = publicComputesIn(subnet, context.index);
      if (found.length === 0) return noPublicIp;
      const instances = found.filter((compute) => computeView(compute).computeType === 'ComputeInstance');
      if (!today && instances.length === 0)
        return 'In 2020 only compute instances needed this port, and none is in this subnet.';
      return [
        {
          asked: { direction: 'Inbound', protocol: 'Tcp', remote: [azureml], ports: ['44224'] },
          what: `inbound TCP 44224 from ${azureml}`,
          add: inbound('inbound-azureml-44224', azureml, '44224', today ? 'VirtualNetwork' : '*'),
        },
      ];
    },
  },
  {
    id: 'nsg.outbound-vnet',
    title: 'VirtualNetwork allowed outbound on all ports',
    problem: 'VirtualNetwork denied outbound',
    severity: 'high',
    why: 'Nodes connect to each other, to private endpoints and to the DNS servers of the virtual network.',
    fix: 'Adds an outbound allow rule to VirtualNetwork. Where a default route (0.0.0.0/0) widens that tag, the rule names the address space instead.',
    flows: ownNetwork,
  },
  {
    id: 'nsg.outbound-storage',
    ...toRegional('Storage', 'TCP 443'),
    severity: 'critical',
    why: 'Jobs and nodes use blob, queue and table storage in the region.',
    unless: openOutbound,
    flows: (place) => eachRegion(place, 'outbound-storage', 'Storage', defaultAccountId(place.context.index)),
  },
  {
    id: 'nsg.outbound-acr',
    ...toRegional('AzureContainerRegistry', 'TCP 443'),
    severity: 'high',
    why: 'Nodes pull environment images from the container registry.',
    unless: openOutbound,
    flows(place) {
      const { index } = place.context;
      const id = workspaceRegistryId(index);
      return id !== undefined && connectsPrivately(id, place.subnet, index)
        ? 'The container registry has a private endpoint in this network.'
        : eachRegion(place, 'outbound-acr', 'AzureContainerRegistry', id);
    },
  },
  {
    id: 'nsg.outbound-azureml',
    ...to('AzureMachineLearning', 'TCP 443'),
    severity: 'critical',
    profiles: article,
    why: 'Run tracking and control traffic go to Azure Machine Learning.',
    unless: openOutbound,
    flows({ today }) {
      const need = azuremlTcp(['443']);
      return [today ? need : { ...need, add: { ...need.add, ...anything } }];
    },
  },
  {
    id: 'nsg.outbound-arm',
    ...to('AzureResourceManager', 'TCP 443'),
    severity: 'high',
    why: 'The SDK and the agents of Azure Machine Learning create resources through Azure Resource Manager.',
    unless: openOutbound,
    flows: (place) => [tcp(place, 'outbound-arm', 'AzureResourceManager')],
  },
  {
    id: 'nsg.outbound-entra',
    ...to('AzureActiveDirectory', 'TCP 80 and 443'),
    severity: 'critical',
    why: 'Sign-in needs Microsoft Entra ID: it issues every access token.',
    unless: openOutbound,
    flows: (place) => [tcp(place, 'outbound-entra', 'AzureActiveDirectory', place.today ? ['80', '443'] : ['443'])],
  },
  {
    id: 'nsg.outbound-mcr',
    ...toRegional('MicrosoftContainerRegistry', 'TCP 443'),
    severity: 'medium',
    why: 'Base images come from Microsoft Container Registry.',
    unless: openOutbound,
    flows: (place) =>
      !place.today && place.context.index.snapshot.intents.useMicrosoftImagesUserManaged !== true
        ? 'Assumption useMicrosoftImagesUserManaged is not set: no Microsoft images with user-managed dependencies.'
        : [tcp(place, 'outbound-mcr', regional(place, 'MicrosoftContainerRegistry', regionOf(place)))],
  },
  {
    id: 'nsg.outbound-azureml-ports',
    title: 'AzureMachineLearning allowed outbound on its four ports',
    problem: 'AzureMachineLearning denied outbound on a required port',
    severity: 'high',
    profiles: current,
    why: 'The service uses TCP 443. Creating a compute instance uses UDP 5831, notebooks use TCP 18881, RStudio uses TCP 8787.',
    fix: 'Adds two outbound allow rules to AzureMachineLearning: TCP 443, 8787, 18881 and UDP 5831.',
    unless: openOutbound,
    flows: azuremlPorts,
  },
  {
    id: 'nsg.outbound-batchnodemanagement',
    ...toRegional('BatchNodeManagement', 'port 443'),
    severity: 'critical',
    profiles: current,
    why: 'Nodes connect to Azure Batch to receive work.',
    unless: openOutbound,
    flows(place) {
      if (holdsMachinesOnly(place.subnet, place.context.index))
        return 'Only attached machines use this subnet, and Azure Batch does not run them.';
      const tag = regional(place, 'BatchNodeManagement', regionOf(place));
      const slug = 'outbound-batchnodemanagement';
      return [
        outbound(slug, tag, 'Tcp', ['443'], { protocol: '*', ports: ['443'] }),
        { ...outbound(slug, tag, '*', ['443']), informational: true },
      ];
    },
  },
  {
    id: 'nsg.outbound-frontdoor-frontend',
    ...to('AzureFrontDoor.Frontend', 'TCP 443'),
    severity: 'medium',
    profiles: current,
    why: 'The studio and the images of automated ML are served from Azure Front Door.',
    unless: openOutbound,
    flows({ context: { index } }) {
      const { source, intents } = index.snapshot;
      if (source.kind === 'azure' && source.name === 'china') return 'Azure China does not need Azure Front Door here.';
      const need = outbound('outbound-frontdoor-frontend', 'AzureFrontDoor.Frontend', 'Tcp', ['443']);
      return [intents.usesStudio === false ? { ...need, informational: true } : need];
    },
  },
  {
    id: 'nsg.outbound-frontdoor-firstparty',
    ...to('AzureFrontDoor.FirstParty', 'TCP 443'),
    severity: 'high',
    profiles: current,
    why: 'The layers of Microsoft images are served from Azure Front Door.',
    unless: openOutbound,
    flows: () => [outbound('outbound-frontdoor-firstparty', 'AzureFrontDoor.FirstParty', 'Tcp', ['443'])],
  },
  {
    id: 'nsg.outbound-azuremonitor',
    ...to('AzureMonitor', 'TCP 443'),
    severity: 'low',
    profiles: current,
    why: 'Metrics, logs and support data go to Azure Monitor.',
    unless: openOutbound,
    flows: ({ subnet, context: { index } }) =>
      throughScope(subnet, index) ?? [outbound('outbound-azuremonitor', 'AzureMonitor', 'Tcp', ['443'])],
  },
  {
    id: 'nsg.outbound-keyvault-hbi',
    ...toRegional('AzureKeyVault', 'TCP 443'),
    severity: 'medium',
    profiles: current,
    why: 'Azure Batch uses its own key vault for a high business impact workspace (`hbiWorkspace`).',
    unless: openOutbound,
    flows(place) {
      const { index } = place.context;
      const gap = unreadWorkspace(index);
      if (gap) throw new UnreadableError(gap);
      return booleanAt(workspaceInHand(index)?.workspace.body, '/properties/hbiWorkspace') === true
        ? [outbound('outbound-keyvault-hbi', regional(place, 'AzureKeyVault', regionOf(place)), 'Tcp', ['443'])]
        : 'The workspace is not marked as high business impact (`hbiWorkspace`).';
    },
  },
  {
    id: 'nsg.outbound-storage-445',
    ...to('File shares', 'TCP 445 (SMB)', 'the regional tag Storage'),
    severity: 'medium',
    profiles: current,
    why: 'File shares are mounted over SMB, TCP 445.',
    unless: openOutbound,
    flows: (place) =>
      filesPrivate(place)
        ? ownNetwork(place)
        : [outbound('outbound-storage-445', regional(place, 'Storage', regionOf(place)), 'Tcp', ['445'])],
  },
] as const satisfies readonly RequiredFlow[];

export type FlowRule = (typeof rows)[number]['id'];
export const requiredFlows: readonly (RequiredFlow & { readonly id: FlowRule })[] = rows;

const byId = new Map<string, RequiredFlow>(rows.map((row) => [row.id, row]));

/**
 * The flows of a row, whatever the outbound mode; [] where none is needed. Throws UnreadableError when the deciding resource
 * was not read.
 */
export function flowsOf(rule: FlowRule, place: Asker): readonly FlowNeed[] {
  const needs = byId.get(rule)?.flows(place) ?? [];
  return typeof needs === 'string' ? [] : needs;
}

/** The flows that a rule needs at a place. Throws UnreadableError when the deciding resource could not be read. */
export function needsOf(rule: string, place: NsgPlace): Needs {
  const row = byId.get(rule);
  return row ? (row.unless?.(place) ?? row.flows(place)) : 'No flow is required.';
}

/** Rules whose flows must be allowed before the Internet is denied: gates of `nsg.outbound-deny-internet`. */
export const outboundRules: readonly string[] = rows.map(({ id }) => id).filter((id) => id.startsWith('nsg.outbound-'));

/** Every flow that the rules of the profile need at a place. */
export const allNeeds = (place: NsgPlace): FlowNeed[] =>
  requiredFlows.flatMap(({ id, profiles, retired }) => {
    const { profile } = place.context;
    if (retired !== undefined) return [];
    if (profiles && profile !== 'all' && !profiles.includes(profile)) return [];
    const needs = needsOf(id, place);
    return typeof needs === 'string' ? [] : needs.filter(({ informational }) => informational !== true);
  });

/** The result of all flows of a rule at a group: one that is denied is enough. */
export function judgeNeeds(rule: string, severity: Severity, place: NsgPlace): CheckResult {
  const needs = needsOf(rule, place);
  if (typeof needs === 'string') return notApplicable(needs);
  const verdict = worstOf(
    severity,
    needs.map((need) => () => judgeNeed(need, place)),
  );
  const allowed = needs.filter(
    ({ asked }) => verdict.outcome === 'pass' && decided(asked, place).verdict === 'allowed',
  );
  const because =
    allowed.length > 1 ? `${placeShown(place)} allows ${listed(allowed.map(({ what }) => what))}.` : verdict.because;
  return { ...verdict, because: because.replaceAll(/ +/g, ' ').trim() };
}
