// The checks of a job that packets or findings decide: where a task runs, whether its traffic arrives, and which findings name the cause.

import type { Finding } from '../../model/finding.ts';
import type { JobFile, JobTask } from '../../model/job.ts';
import type { Hop, HopKind, PathAnswer, PathVerdict } from '../../model/path.ts';
import type { LegCheck, LegName } from '../../model/preflight.ts';
import { readable } from '../../model/readable.ts';
import { fold, nameOf, sameId, typeOf } from '../../model/resource-id.ts';
import type { ListRequest } from '../../model/snapshot.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { endpointInHand } from '../endpoints-in-hand.ts';
import { storageType, workspaceInHand } from '../links.ts';
import { computes, subnetsOfCompute } from '../needs.ts';
import { answerPath, type PathQuestion } from '../path/path.ts';
import { firewalledResource } from '../path/services.ts';

/** Findings that decide a leg by themselves: a failing one on what the task uses stops it. */
const rulesOf: Readonly<Partial<Record<LegName, readonly string[]>>> = {
  submit: ['workspace.exists', 'workspace.v1-legacy-mode'],
  upload: ['storage.default-account'],
  compute: [
    'compute.vnet-same-subscription',
    'compute.vnet-same-region',
    'compute.subnet-free-ips',
    'compute.locks',
    'compute.policy',
    'compute.network-quota',
    'compute.unusable-nodes',
    'compute.subnet-not-delegated',
    'compute.npip-private-endpoint',
    'compute.managed-network-conflict',
    'workspace.managed-network-provisioned',
    'workspace.network-preexists',
    'nsg.inbound-azureml-44224',
    'nsg.outbound-vnet',
    'nsg.outbound-azureml-ports',
    'nsg.outbound-batchnodemanagement',
    'nsg.outbound-entra',
    'nsg.outbound-arm',
    'udr.azureml-prefixes',
    'udr.next-hop-internet',
    'udr.table-on-compute-subnet',
    'firewall.current-rules',
    'compute.explicit-outbound',
    'aks.attached',
    'aks.private-link-unsupported',
    'aks.api-server-access',
    'aks.outbound-default',
    'vm.attached',
    'vm.ssh-inbound-azureml',
  ],
  build: [
    'acr.image-build-compute',
    'acr.workspace-has-cluster',
    'acr.build-cluster-same-subnet',
    'acr.build-cluster-egress',
    'acr.build-cluster-cpu',
    'acr.shared-private-link',
    'acr.shared-private-link-approved',
    'acr.trusted-services',
    'acr.resolved',
  ],
  service: [
    'storage.default-account',
    'storage.resource-instance-rule',
    'storage.perimeter-override',
    'storage.shared-key-access',
    'keyvault.resolved',
    'keyvault.bypass-azure-services',
    'keyvault.perimeter-override',
  ],
};
/** Rules of the service at the end of a leg. */
const serviceRules: Readonly<Partial<Record<LegName, RegExp>>> = {
  submit: /^workspace\.(?:private-endpoint|private-dns)/,
  upload: /^storage\.dev-client-ip/,
  image: /^acr\.(?!image-build|build-cluster|tasks|workspace-has|shared-private|trusted|sku)/,
  data: /^storage\.(?!dev-client|bypass|resource-instance|studio|exfiltration)/,
  tracking: /^workspace\.(?:private-endpoint|private-dns|ip-allowlist)/,
  telemetry: /^workspace\.monitor/,
};
const outboundRules: Readonly<Partial<Record<LegName, RegExp>>> = {
  image: /^nsg\.outbound-(?:acr|mcr|frontdoor|vnet|deny)|^aks\.outbound/,
  packages: /^nsg\.outbound-internet/,
  data: /^nsg\.outbound-(?:storage|vnet)/,
  tracking: /^nsg\.outbound-(?:azureml|vnet)/,
  telemetry: /^nsg\.outbound-azuremonitor/,
};
const endpointRules = /^(?:compute\.endpoint-path|[a-z]+\.(?:private-endpoints?|private-dns)|dns\.)/;

/** Rules whose findings name the cause where this hop stops the traffic of a leg. */
function causesAt(hop: HopKind | null, leg: LegName): readonly RegExp[] {
  const service = serviceRules[leg];
  const outbound = outboundRules[leg];
  switch (hop) {
    case 'name':
    case 'wayIn':
      return [endpointRules];
    case 'sourceCard':
    case 'sourceSubnet':
    case 'adminRules':
      return outbound === undefined ? [] : [outbound];
    case 'destinationSubnet':
    case 'destinationCard':
      return [/^compute\.endpoint-path/];
    case 'route':
      return [/^udr\./, /^compute\.endpoint-path/];
    case 'firewall':
      return [/^firewall\.current/, /^udr\./];
    case 'wayOut':
      return [/^compute\.(?:explicit-outbound|npip)/];
    case 'endpointPolicy':
      return [/^storage\.exfiltration-policy/, /^udr\.storage-reachable/];
    case 'managedNetwork':
      return [/^workspace\.managed/, endpointRules];
    case 'service':
      return service === undefined ? [] : [service, endpointRules];
    default:
      return [];
  }
}

/** Service tags that the public addresses of a host are in. Source: the hosts of `firewall.current-rules`, docs/reference. */
const tagsOfHosts: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:[\w-]+\.)*mcr\.microsoft\.com$/, ['MicrosoftContainerRegistry', 'AzureFrontDoor.FirstParty']],
  [/\.(?:blob|dfs|file|queue|table)\.core\./, ['Storage']],
  [/\.azurecr\./, ['AzureContainerRegistry']],
  [/\.vault\.azure\./, ['AzureKeyVault']],
  [/\.(?:in\.applicationinsights\.azure|services\.visualstudio)\.com$/, ['AzureMonitor']],
];

/** What decides a check and was not read yet. */
export interface ReadsNeeded {
  readonly ids: Set<string>;
  /** By the key of the list in a snapshot. */
  readonly lists: Map<string, ListRequest>;
}

export interface Context {
  readonly index: SnapshotIndex;
  readonly reads: ReadsNeeded;
  /** Flows that were traced already: the steps of a pipeline ask the same. */
  readonly traced: Map<string, Check>;
  readonly failing: readonly Finding[];
  readonly unknown: readonly Finding[];
  readonly job: JobFile;
}

/** Where the packets of a task come from: a word for `bastide path`, and what findings may be about. */
export interface TaskSource {
  readonly end: string;
  readonly label: string;
  /** Ids of the compute and its subnets; a finding about one of them concerns the task. */
  readonly about: readonly string[];
}

export type Check = Omit<LegCheck, 'task'>;
export const check = (
  subject: string,
  verdict: LegCheck['verdict'],
  because: string,
  more: Partial<Pick<LegCheck, 'findings' | 'gaps' | 'path'>> = {},
): Check => ({ subject, verdict, because, path: null, findings: [], gaps: [], ...more });

const isAbout = ({ resource, where }: Finding, ids: readonly string[]): boolean =>
  ids.some((id) => sameId(id, resource) || (where !== null && sameId(id, where)));

/** The computes of the workspace, or why they are not known. */
const computesOfJob = ({ index }: Context) => readable(() => computes(index));

export function sourceOf(task: JobTask, context: Context): TaskSource | Check {
  const { index } = context;
  const { compute } = task;
  if (compute.kind === 'unknown') {
    return check(compute.text, 'unknown', `The file names no compute, only the placeholder ${compute.text}.`);
  }
  const workspace = index.snapshot.workspace ?? '';
  if (compute.kind !== 'named') {
    const end = compute.kind === 'managed' ? 'online-endpoint' : 'serverless';
    const subnet = end === 'serverless' ? workspaceInHand(index)?.view.serverless.subnet : undefined;
    const label = end === 'serverless' ? 'serverless compute' : 'the nodes of the endpoint';
    return { end, label, about: [...(subnet === undefined ? [] : [subnet]), workspace] };
  }
  const all = computesOfJob(context);
  if (all.state === 'unreadable') {
    return check(compute.name, 'unknown', 'The computes of the workspace could not be read.', {
      gaps: [all.error.gap.id],
    });
  }
  const found = all.value.find(({ id }) => sameId(nameOf(id), compute.name));
  if (found === undefined) {
    const names = all.value.map(({ id }) => nameOf(id));
    const has = names.length === 0 ? 'It has none.' : `It has ${clean(names.slice(0, 6).join(', '), 200)}.`;
    return check(compute.name, 'fails', `The workspace has no compute named ${clean(compute.name, 60)}. ${has}`);
  }
  const subnets = readable(() => subnetsOfCompute(found, index));
  if (subnets.state === 'unreadable') {
    return check(compute.name, 'unknown', `The subnet of ${nameOf(found.id)} could not be read.`, {
      gaps: [subnets.error.gap.id],
    });
  }
  return { end: found.id, label: nameOf(found.id), about: [found.id, ...subnets.value, workspace] };
}

export const isCheck = (value: TaskSource | Check): value is Check => 'verdict' in value;

/** Hops that see addresses, and no names. */
const seesAddresses: readonly HopKind[] = ['managedNetwork', 'adminRules', 'sourceCard', 'sourceSubnet'];

/** The answers of two questions about one host, by its name and by the service tag that its addresses are in. */
function combined(answer: PathAnswer, byTag: PathAnswer | undefined): PathAnswer {
  if (byTag === undefined) return answer;
  const better = (hop: Hop): Hop => {
    if (hop.verdict === 'allowed' || hop.verdict === 'notAsked') return hop;
    const other = byTag.hops.find((one) => one.hop === hop.hop);
    return other && (other.verdict === 'allowed' || seesAddresses.includes(hop.hop)) ? other : hop;
  };
  const hops = answer.hops.map(better);
  const worst = (['denied', 'partly', 'unknown'] as const).find((verdict) =>
    hops.some((hop) => hop.verdict === verdict),
  );
  const verdict: PathVerdict = worst ?? 'allowed';
  const stop = hops.find((hop) => hop.verdict === worst);
  return { ...answer, hops, verdict, because: stop?.because ?? byTag.because, stoppedBy: stop?.hop ?? null };
}

function asked(
  question: PathQuestion,
  index: SnapshotIndex,
): PathAnswer | { readonly reason: string; readonly gap?: string } {
  const result = readable(() => answerPath(question, index));
  if (result.state === 'unreadable') return { reason: result.error.gap.reason, gap: result.error.gap.id };
  return 'reason' in result.value ? { reason: result.value.reason } : result.value;
}

interface Trip {
  readonly leg: LegName;
  readonly source: TaskSource;
  readonly destination: string;
  /** As shown; the destination where absent. */
  readonly shown?: string;
  readonly ports?: readonly string[];
  /** Ids that a finding about the destination may be about. */
  readonly about?: readonly string[];
  /** A service that is never read, as sentences name it; null for a public one of Microsoft, without a firewall. */
  readonly unread?: string | null;
}

/** One flow, with the findings that explain what stops it. */
export function flow(trip: Trip, context: Context): Check {
  const key = JSON.stringify(trip);
  const known = context.traced.get(key) ?? traced(trip, context);
  context.traced.set(key, known);
  return known;
}

/** What sentences say of the service at the end of a trip, where what its firewall allows was not read. */
function serviceUnread(
  { destination, source, unread }: Trip,
  first: ReturnType<typeof asked>,
  index: SnapshotIndex,
): string | undefined {
  if (unread === null || ('hops' in first && first.destination.resource !== null)) return undefined;
  const behind = unread === undefined ? firewalledResource(destination, index) : { kind: undefined, name: unread };
  if (behind === undefined) return undefined;
  if ('reason' in first && first.gap !== undefined) return first.reason;
  const name = clean(behind.name, 80);
  const what = behind.kind === undefined ? name : `the ${behind.kind.label} ${name}`;
  const open = `The firewall of ${what} was not read: whether it allows ${source.label} is not known.`;
  return sameId(behind.kind?.type, storageType)
    ? `${open} Add the resource ID of ${name} to the assumption storageAccounts.`
    : `${open} See the networking settings of ${name} in Azure.`;
}

function traced(trip: Trip, context: Context): Check {
  const { leg, source, destination, shown, ports = ['443'], about = [] } = trip;
  const { index } = context;
  const question = (end: string): PathQuestion => ({ source: source.end, destination: end, ports, protocol: 'Tcp' });
  const subject = `${source.label} → ${clean(shown ?? nameOf(destination), 120)}`;
  const tags = tagsOfHosts.find(([pattern]) => pattern.test(fold(destination)))?.[1] ?? [];
  const first = asked(question(destination), index);
  const byTag = tags.map((tag) => asked(question(tag), index)).filter((one): one is PathAnswer => 'hops' in one);
  const worstTag = byTag.find(({ verdict }) => verdict !== 'allowed') ?? byTag[0];
  // A service of somebody else has no resource here: its public addresses are those of the tag.
  const answer = 'hops' in first ? combined(first, worstTag) : worstTag;
  const open = serviceUnread(trip, first, index);
  if (open !== undefined) {
    const gap = 'reason' in first ? first.gap : undefined;
    const because =
      answer === undefined || answer.verdict === 'allowed'
        ? open
        : `${clean(answer.because, 300)} A private endpoint may lead there as well. ${open}`;
    return check(subject, 'unknown', because, {
      path: { source: source.end, destination, ports, stoppedBy: answer?.stoppedBy ?? null },
      gaps: gap === undefined ? [] : [gap],
    });
  }
  if (answer === undefined) {
    const { reason, gap } = first as { reason: string; gap?: string };
    return check(subject, 'unknown', clean(reason, 300), { gaps: gap === undefined ? [] : [gap] });
  }
  const byTagsAlone = tags.length === 0 && isForeign(destination) && onlyTagsAllowed(answer);
  const verdict = byTagsAlone ? 'fails' : verdictOf(answer, destination, tags.length > 0);
  const found = verdict === 'ok' ? [] : explaining(leg, answer.stoppedBy, source.about, about, context);
  const because = byTagsAlone
    ? `Outbound traffic is allowed to service tags only, and ${clean(destination, 80)} is in none of them.`
    : answer.because;
  return check(subject, verdict, clean(because, 400), {
    path: { source: source.end, destination, ports, stoppedBy: answer.stoppedBy },
    findings: found.map(({ id }) => id),
    gaps: verdict === 'unknown' ? answer.hops.flatMap(({ gaps }) => gaps) : [],
  });
}

/** A host name that is none of Microsoft's: its addresses are in no service tag. */
function isForeign(end: string): boolean {
  const labels = end.toLowerCase().split('.');
  if (!/^[a-z]{2,}$/.test(labels.at(-1) ?? '') || labels.length < 2) return false;
  // The label before those of letters alone, and those but the last.
  const from = Math.max(
    0,
    labels.findLastIndex((label) => !/^[a-z]*$/.test(label)),
  );
  return !labels.slice(from, -1).some((label) => vendor.test(label) && /^[\w-]*$/.test(label));
}
const vendor = /microsoft|azure|windows|visualstudio|msft|office|live|aka|nuget|sharepoint/;

/** What stops the traffic allows some of the Internet, and all of that by service tags. */
function onlyTagsAllowed({ verdict, hops, stoppedBy }: PathAnswer): boolean {
  if (verdict !== 'partly' && verdict !== 'unknown') return false;
  const stop = hops.find(({ hop }) => hop === stoppedBy);
  if (stop === undefined || !['managedNetwork', 'sourceSubnet', 'sourceCard'].includes(stop.hop)) return false;
  const written = JSON.stringify(stop.evidence.map(({ value }) => value));
  return (
    stop.gaps.length === 0 &&
    stop.evidence.length > 0 &&
    !/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|unresolved|FQDN/i.test(written)
  );
}

/** Part of the Internet is allowed: a host whose addresses are in no tag may be in either part. */
function verdictOf({ verdict, destination }: PathAnswer, end: string, hasTag: boolean): LegCheck['verdict'] {
  if (verdict === 'allowed') return 'ok';
  if (verdict === 'denied') return 'fails';
  const isVague = destination.resource === null && destination.addresses.includes('Internet');
  return verdict === 'partly' && !(isVague && !hasTag && end.includes('.')) ? 'fails' : 'unknown';
}

/** Failing findings that name the cause: about the source, the destination, or an endpoint of the destination. */
function explaining(
  leg: LegName,
  hop: HopKind | null,
  source: readonly string[],
  ends: readonly string[],
  context: Context,
): Finding[] {
  const patterns = causesAt(hop, leg);
  const isOneOf = (id: string, ids: readonly string[]): boolean => ids.some((one) => sameId(one, id));
  const leadsTo = (id: string): boolean =>
    endpointInHand(id, context.index)?.serviceConnections.some(({ target }) => isOneOf(target, ends)) === true;
  const isHere = ({ resource, where }: Finding): boolean => {
    const isEndpoint = (id: string) => sameId(typeOf(id), privateEndpointType);
    if (where !== null && isEndpoint(where)) return isOneOf(resource, source) && leadsTo(where);
    if (isEndpoint(resource)) return leadsTo(resource);
    if (isOneOf(resource, ends)) return where === null || isOneOf(where, source) || !isSubnet(where);
    return isOneOf(resource, source);
  };
  return context.failing.filter((finding) => patterns.some((one) => one.test(finding.rule)) && isHere(finding));
}
const isSubnet = (id: string): boolean => /\/subnets\/[^/]+$/i.test(id);

/** Default outbound access is retired, and works where it is still on. */
const stops = ({ rule, severity }: Finding): boolean => rule !== 'compute.explicit-outbound' || severity === 'high';

/** The findings that decide a leg by themselves, of what the task uses; one check each. */
export const decided = (leg: LegName, ids: readonly string[], context: Context): Check[] =>
  withRules(rulesOf[leg] ?? [], ids, context);

/** The findings of these rules about one of these resources, one check each: failing, or unknown for what was not read. */
export function withRules(rules: readonly string[], ids: readonly string[], { failing, unknown }: Context): Check[] {
  const of = (findings: readonly Finding[]) =>
    findings.filter((finding) => rules.includes(finding.rule) && isAbout(finding, ids) && stops(finding));
  return [
    ...of(failing).map((finding) =>
      check(nameOf(finding.resource), 'fails', clean(finding.because, 400), { findings: [finding.id] }),
    ),
    ...of(unknown)
      .filter(({ gaps }) => gaps.length > 0)
      .map((finding) =>
        check(nameOf(finding.resource), 'unknown', clean(finding.because, 400), { gaps: finding.gaps }),
      ),
  ];
}
