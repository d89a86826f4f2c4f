// Will a job run? Each leg of a job or deployment is decided by the path of its packets and by the findings of the audit: nothing is
// checked here that `bastide path` or `bastide audit` would answer otherwise.

import { isCounted, type Report } from '../../model/finding.ts';
import type { DataUse, EnvironmentNeed, JobFile, JobTask } from '../../model/job.ts';
import { type Leg, type LegCheck, type LegName, legNames, legTitles, type Preflight } from '../../model/preflight.ts';
import { readable } from '../../model/readable.ts';
import { fold, nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { subnetType } from '../../resource-types/network-view.ts';
import { textAt } from '../../resource-types/read.ts';
import { datastoreView } from '../../resource-types/workspace-view.ts';
import { datastoreAccount, datastoresOf } from '../accounts.ts';
import { builderName, defaultAccountId, workspaceInHand, workspaceRegistryId, workspaceVaultId } from '../links.ts';
import { hostNamed, hostOf, resourceNamed } from '../path/services.ts';
import {
  type Check,
  type Context,
  check,
  decided,
  flow,
  isCheck,
  type ReadsNeeded,
  sourceOf,
  type TaskSource,
  withRules,
} from './checks.ts';
import { computeChecks } from './compute-leg.ts';
import { heldBy, heldByAddress, pullChecks, signInChecks } from './data-roles.ts';

/** What stands in the workspace is not known where it could not be read; undefined where it was, or where there is none. */
function workspaceUnread(subject: string, what: string, index: SnapshotIndex): Check | undefined {
  const seen = index.posture();
  if (seen.state !== 'gap') return undefined;
  return check(subject, 'unknown', `The workspace could not be read: ${what} is not known.`, { gaps: [seen.gap.id] });
}

/** What a path says about data that a task reads or writes. */
function dataChecks(task: JobTask, source: TaskSource, context: Context): Check[] {
  const { index } = context;
  const isServed = task.kind === 'onlineDeployment';
  const base: DataUse = {
    name: isServed ? 'code and model' : 'code, outputs and logs',
    direction: isServed ? 'in' : 'out',
    place: { kind: 'datastore', name: 'workspaceblobstore', workspace: null },
  };
  const seen = new Set<string>();
  // Writing needs more than reading: asked first, it answers for both.
  const uses = [base, ...task.data].toSorted((a, b) => Number(b.direction === 'out') - Number(a.direction === 'out'));
  return uses.flatMap((use): Check[] => {
    const { place } = use;
    const name = place.kind === 'local' ? 'workspaceblobstore' : 'name' in place ? place.name : '';
    const other = place.kind === 'datastore' && isElsewhere(place.workspace, index) ? place.workspace : null;
    const key = JSON.stringify(name === '' ? place : [fold(name), other]);
    if (seen.has(key)) return [];
    seen.add(key);
    if (place.kind === 'unknown')
      return [check(use.name, 'unknown', `The location of ${use.name} is not known: ${place.text}.`)];
    if (place.kind === 'asset') {
      const isSaid = task.notes.some(({ subject }) => subject === use.name);
      const because = `The location of ${clean(place.asset.name, 80)} is known only to the workspace. Name its datastore: azureml://datastores/NAME/paths/PATH.`;
      return isSaid ? [] : [check(use.name, 'unknown', because)];
    }
    if (other !== null) {
      const because = `${use.name} is in a datastore of another workspace, ${clean(other, 80)}, which is not read.`;
      return [check(use.name, 'unknown', because)];
    }
    if (place.kind === 'registry') {
      const host = `${place.registry}.blob.core.windows.net`;
      const shown = `registry ${place.registry}`;
      const unread = unreadOf(place.registry, 'storage account');
      return [flow({ leg: 'data', source, destination: host, shown, unread }, context)];
    }
    if (place.kind === 'host') return uriChecks(place, use, task, source, context);
    return datastoreChecks(name, use, task, source, context);
  });
}

/** Of a registry of Azure Machine Learning nothing is read. That of Microsoft is open to every network. */
const unreadOf = (registry: string, what: string): string | null =>
  sameId(registry, 'azureml') ? null : `the ${what} of registry ${registry}`;

/** Names a path a workspace other than the one in question? */
const isElsewhere = (workspace: string | null, { snapshot }: SnapshotIndex): boolean =>
  workspace !== null && !sameId(workspace, nameOf(snapshot.workspace ?? ''));

/** Data by its address: the way there, and how the task signs in where an account that was read is behind it. */
function uriChecks(
  place: Extract<DataUse['place'], { kind: 'host' }>,
  use: DataUse,
  task: JobTask,
  source: TaskSource,
  context: Context,
): Check[] {
  const { host, ports } = place;
  const named = hostNamed(host, context.index);
  const account = named && resourceNamed(named, context.index);
  const about = account === undefined ? [] : [account];
  const way = flow({ leg: 'data', source, destination: host, shown: host, ports, about }, context);
  const of = named === undefined ? undefined : dataGroups[named.group];
  if (of === undefined || account === undefined) return [way];
  const { container, signature } = place;
  const held = heldByAddress({
    ...{ of, container, credentials: signature === undefined ? 'None' : 'Sas' },
    ...(signature === undefined ? {} : { isOfKey: signature === 'key' }),
  });
  const subject = `${source.label} → ${clean(host, 80)}`;
  return [way, ...signInChecks({ held, account, isWrite: use.direction === 'out', subject }, task, source, context)];
}
/** Kinds of data in an account, by the first part of its host names. */
const dataGroups: Readonly<Record<string, 'blob' | 'file'>> = { blob: 'blob', dfs: 'blob', file: 'file' };

/** Datastores that every workspace has in its default account, and the part of the account they are in. */
const systemDatastores: Readonly<Record<string, string>> = {
  workspaceblobstore: 'blob',
  workspaceartifactstore: 'blob',
  workspaceworkingdirectory: 'file',
  workspacefilestore: 'file',
};

function datastoreChecks(name: string, use: DataUse, task: JobTask, source: TaskSource, context: Context): Check[] {
  const { index } = context;
  const { workspace } = index.snapshot;
  const list = readable(() => (workspace === null ? [] : index.list(datastoresOf(workspace))));
  const group = systemDatastores[fold(name)];
  const main = group === undefined ? undefined : defaultAccountId(index);
  const datastore = list.state === 'known' ? list.value.find(({ id }) => sameId(nameOf(id), name)) : undefined;
  const subject = `${source.label} → ${clean(name, 80)}`;
  if (workspace === null)
    return [check(subject, 'unknown', `No workspace was found that could have the datastore ${clean(name, 60)}.`)];
  if (datastore === undefined && main === undefined) {
    return list.state === 'unreadable'
      ? [check(subject, 'unknown', 'The datastores of the workspace could not be read.', { gaps: [list.error.gap.id] })]
      : [check(subject, 'fails', `The workspace has no datastore named ${clean(name, 60)}, which ${use.name} names.`)];
  }
  const behind = (datastore && datastoreAccount(datastore, index)) ?? main;
  const about = behind === undefined ? [] : [behind];
  const isShare = (datastore ? datastoreView(datastore).datastoreType : '') === 'AzureFile' || group === 'file';
  const ports = isShare ? ['443', '445'] : ['443'];
  const destination = datastore?.id ?? (main === undefined ? name : hostOf(main, group ?? 'blob', index));
  const way = flow({ leg: 'data', source, destination, shown: name, ports, about }, context);
  const account = about[0];
  if (datastore !== undefined) {
    const access = { held: heldBy(datastore), account, isWrite: use.direction === 'out', subject };
    return [way, ...signInChecks(access, task, source, context)];
  }
  const because = 'The datastores of the workspace could not be read: how this one signs in is not known.';
  return list.state === 'known' ? [way] : [way, check(subject, 'unknown', because, { gaps: [list.error.gap.id] })];
}

/** Hosts that a registry sends its clients on to. Source: docs.docker.com/desktop/setup/allow-list, docs.github.com, 2026-11. */
const hostsBeside: Readonly<Record<string, readonly string[]>> = {
  'registry-1.docker.io': ['auth.docker.io', 'production.cloudflare.docker.com'],
  'ghcr.io': ['pkg-containers.githubusercontent.com'],
};

/** A quarantine policy hides an image that was just built until it is released. */
function heldBack(registry: string, { index }: Context): Check[] {
  const seen = index.peek(registry);
  const status =
    seen.state === 'read' ? textAt(seen.resource.body, '/properties/policies/quarantinePolicy/status') : undefined;
  if (fold(status ?? '') !== 'enabled') return [];
  const name = nameOf(registry);
  const because = `${name} has a quarantine policy: an image that was built cannot be pulled until it is released.`;
  return [check(name, 'unknown', because)];
}

const isPrivateRegistry = (host: string): boolean => /^[a-z0-9]+\.azurecr\.(?:io|cn|us)$/i.test(host);

/** The id of the registry of the workspace for its host; every other host as it is. */
function registryAt(host: string, index: SnapshotIndex): string {
  const own = workspaceRegistryId(index);
  return own !== undefined && isPrivateRegistry(host) && sameId(host.split('.')[0], nameOf(own)) ? own : host;
}

function imageChecks(task: JobTask, source: TaskSource, context: Context): Check[] {
  const { environment } = task;
  const registry = workspaceRegistryId(context.index);
  if (environment === null) {
    if (task.kind === 'automl' || task.kind === 'spark' || task.kind === 'import') {
      return [flow({ leg: 'image', source, destination: 'mcr.microsoft.com' }, context)];
    }
    const isSaid = task.notes.some(({ about }) => about !== 'data');
    const because = 'The file does not name the environment: a component or model of the workspace does.';
    return isSaid ? [] : [check(source.label, 'unknown', because)];
  }
  if (environment.from === 'workspace') {
    if (registry === undefined) {
      const unread = workspaceUnread(environment.name, 'its container registry', context.index);
      if (unread !== undefined) return [unread];
      return [
        check(
          environment.name,
          'unknown',
          'The workspace has no container registry: Azure creates one with the first image.',
        ),
      ];
    }
    return [
      flow({ leg: 'image', source, destination: registry, about: [registry] }, context),
      ...pullChecks(task, source, registry, context),
      ...heldBack(registry, context),
    ];
  }
  if (environment.from.startsWith('registry:')) {
    const name = environment.from.slice('registry:'.length);
    // Images of a registry of Azure Machine Learning are in a container registry that it brings along.
    const to = { destination: 'AzureContainerRegistry', shown: `registry ${name}` };
    return [flow({ leg: 'image', source, ...to, unread: unreadOf(name, 'container registry') }, context)];
  }
  const from = registryAt(environment.from, context.index);
  const own = from === registry;
  return [
    flow(
      {
        ...{ leg: 'image', source, destination: from, shown: environment.from },
        about: own ? [from] : [],
      },
      context,
    ),
    ...(hostsBeside[environment.from] ?? []).map((host) =>
      flow({ leg: 'image', source, destination: host, shown: `${host} (${environment.from})` }, context),
    ),
    ...(isPrivateRegistry(environment.from) ? pullChecks(task, source, from, context) : []),
  ];
}

function buildChecks(task: JobTask, context: Context): { readonly build: Check[]; readonly packages: Check[] } {
  const { environment } = task;
  if (environment === null || environment.builds === 'no') return { build: [], packages: [] };
  const { index } = context;
  const registry = workspaceRegistryId(index);
  const unread = workspaceUnread(environment.name, 'what builds the image', index);
  if (unread !== undefined) return { build: [unread], packages: environment.hosts.length === 0 ? [] : [unread] };
  const here = workspaceInHand(index);
  // Undefined where ACR Tasks build.
  const builder = here && builderName(here.workspace);
  const stops = registry === undefined ? [] : decided('build', [registry], context);
  const build = stops.map((one) => ifBuilt(environment, one));
  const done = build.length > 0 ? build : [check(environment.name, 'ok', builtBy(builder))];
  if (builder === undefined || environment.hosts.length === 0) return { build: done, packages: [] };
  const source = sourceOf({ ...task, compute: { kind: 'named', name: builder } }, context);
  if (isCheck(source)) return { build: [...build, source], packages: [unreached(source)] };
  const bases = environment.hosts.filter(({ host }) => isPrivateRegistry(host));
  const pulls = bases.flatMap(({ host }) =>
    pullChecks(
      { ...task, kind: 'command', compute: { kind: 'named', name: builder } },
      source,
      registryAt(host, index),
      context,
    ),
  );
  const packages = environment.hosts.map(({ host, use }) =>
    ifBuilt(environment, flow({ leg: 'packages', source, destination: host, shown: `${host} (${use})` }, context)),
  );
  return { build: [...done, ...pulls.map((one) => ifBuilt(environment, one))], packages };
}

/** An image of the workspace that was built before needs no build: what would stop one is then no failure. */
const ifBuilt = ({ builds, name }: EnvironmentNeed, found: Check): Check =>
  builds === 'maybe' && found.verdict === 'fails'
    ? { ...found, verdict: 'unknown', because: `If the image of ${name} was not built before: ${found.because}` }
    : found;

const builtBy = (builder: string | undefined): string =>
  builder === undefined
    ? 'ACR Tasks build the image in the registry.'
    : `Compute ${clean(builder, 60)} builds the image.`;

/** This machine: it sends the job to the workspace, and its files to the default account. */
function submitChecks(context: Context): Record<'submit' | 'upload', Check[]> {
  const { index, job } = context;
  const { workspace } = index.snapshot;
  if (workspace === null) {
    return {
      submit: [check('workspace', 'unknown', 'No workspace was found that the job could be sent to.')],
      upload: [],
    };
  }
  const name = nameOf(workspace);
  // With public access, a private endpoint is a matter of the networks that use it.
  const isClosed = workspaceInHand(index)?.view.publicNetworkAccess === 'Disabled';
  const rules = isClosed ? ['workspace.private-endpoint', 'workspace.private-dns'] : [];
  const unread = workspaceUnread(`this machine → ${name}`, 'from which networks it accepts jobs', index);
  const found = [...decided('submit', [workspace], context), ...withRules(rules, [workspace], context)];
  const sent = fromClients({ leg: 'submit', destination: workspace, shown: name, about: [workspace] }, context);
  const submit = unread === undefined ? [...found, ...sent] : found.length > 0 ? found : [unread];
  return { submit, upload: job.uploads.length === 0 ? [] : uploadChecks(context) };
}

function uploadChecks(context: Context): Check[] {
  const { index } = context;
  const account = defaultAccountId(index);
  if (account === undefined) {
    const unread = workspaceUnread('storage account', 'its default storage account', index);
    return [unread ?? check('storage account', 'unknown', 'The workspace has no default storage account.')];
  }
  const destination = hostOf(account, 'blob', index);
  const sent = fromClients({ leg: 'upload', destination, shown: nameOf(account), about: [account] }, context);
  // A finding names what no path sees: an address in the region of the account.
  const isSaid = sent.some(({ verdict }) => verdict === 'fails');
  const rules = ['storage.default-account', ...(isSaid ? [] : ['storage.dev-client-ip'])];
  const found = withRules(rules, [account], context).filter(
    ({ verdict }) => verdict === 'fails' || !sent.some((one) => one.verdict === 'unknown'),
  );
  return [...found.map((one) => ({ ...one, subject: `this machine → ${one.subject}` })), ...sent];
}

/**
 * The path from the machine that sends the job: from each declared address. Undeclared, it is known only where every public address is
 * allowed; of a machine without a public address, from which subnets it is.
 */
function fromClients(to: ClientTrip, context: Context): Check[] {
  const { index } = context;
  const { devClientIps: declared } = index.snapshot.intents;
  const trip = (end: string, label: string) => flow({ ...to, source: { end, label, about: [] } }, context);
  if (declared !== undefined && declared.length > 0) return declared.map((address) => trip(address, address));
  const anywhere = trip('internet', 'every public address');
  if (anywhere.verdict === 'ok' || anywhere.gaps.length > 0) return [anywhere];
  const subject = `this machine → ${to.shown}`;
  const open = (because: string, gaps: readonly string[] = []): Check[] => [
    check(subject, 'unknown', because, { gaps }),
  ];
  if (declared === undefined) {
    return open(
      `Whether ${to.shown} accepts this machine is not known: set the assumption devClientIps to its IP address, or to none.`,
    );
  }
  const subnets = index.ofType(subnetType).filter(({ id }) => !ofAzure.test(id));
  const all = subnets.map(({ id }) => ({ name: nameInParent(id), told: trip(id, nameOf(id)) }));
  const arriving = all.filter(({ told }) => told.verdict === 'ok');
  const some = arriving.slice(0, arriving.length > 4 ? 3 : 4).map(({ name }) => clean(name, 120));
  const more = arriving.length - some.length;
  const names = more === 0 ? some.join(', ') : `${some.join(', ')} and ${more} more`;
  const [first] = arriving;
  // The operator says that the job is sent from inside: from where that works is told.
  if (first !== undefined) {
    const where = arriving.length === all.length ? 'each subnet that was read' : 'these subnets alone';
    return [{ ...first.told, subject, because: `Traffic arrives from ${where}: ${names}.` }];
  }
  return open(
    'The assumption devClientIps is none, and traffic is known to arrive from no subnet that was read.',
    all.flatMap(({ told }) => told.gaps),
  );
}
/** Subnets of gateways, firewalls and bastions: no client is in them. */
const ofAzure = /\/(?:GatewaySubnet|RouteServerSubnet|Azure(?:Firewall|Bastion)\w*)$/i;
type ClientTrip = Omit<Parameters<typeof flow>[0], 'source'> & { readonly shown: string };

function taskChecks(task: JobTask, context: Context): [LegName, Check[]][] {
  if (task.compute.kind === 'local') return [];
  const source = sourceOf(task, context);
  const { build, packages } = buildChecks(task, context);
  const { index, job } = context;
  const workspace = index.snapshot.workspace;
  const isTracked = workspace !== null && job.kind !== 'onlineDeployment';
  if (isCheck(source)) {
    const open = [unreached(source)];
    return [
      ['compute', [source]],
      ['build', build],
      ['packages', task.hosts.length > 0 ? [...packages, ...open] : packages],
      ['image', open],
      ['data', open],
      ['tracking', isTracked ? open : []],
      ['telemetry', open],
    ];
  }
  const compute = computeChecks(task, source, context);
  const isolated = task.kind === 'onlineDeployment' && job.egress === 'disabled';
  if (isolated) {
    const own =
      'egress_public_network_access is disabled: the deployment reaches registry and storage by its own private endpoints.';
    return [
      ['compute', compute],
      ['build', build],
      ['packages', packages],
      ['image', [check(source.label, 'ok', own), ...identityChecks(imageChecks(task, source, context))]],
      ['data', [check(source.label, 'ok', own), ...identityChecks(dataChecks(task, source, context))]],
    ];
  }
  const tracked =
    workspace !== null && isTracked
      ? [flow({ leg: 'tracking', source, destination: workspace, about: [workspace] }, context)]
      : [];
  return [
    ['compute', compute],
    ['build', build],
    [
      'packages',
      [
        ...packages,
        ...task.hosts.map(({ host, use }) =>
          flow({ leg: 'packages', source, destination: host, shown: `${host} (${use})` }, context),
        ),
      ],
    ],
    ['image', imageChecks(task, source, context)],
    ['data', dataChecks(task, source, context)],
    ['tracking', tracked],
    [
      'telemetry',
      [
        flow(
          { leg: 'telemetry', source, destination: 'dc.services.visualstudio.com', shown: 'Application Insights' },
          context,
        ),
      ],
    ],
  ];
}

/** A step of a task of which it is not known where it runs. */
const unreached = ({ because, gaps, subject }: Check): Check =>
  check(subject, 'unknown', `From which network is not known: ${because}`, { gaps });

/** Of the checks of a leg, those that no path decides: an identity and its roles. */
const identityChecks = (checks: readonly Check[]): Check[] => checks.filter(({ path }) => path === null);

const noteLegs = { environment: 'image', component: 'submit', data: 'data' } as const;

/** Whether a job runs, leg by leg. `report` is the audit of the same snapshot, at most with more read since. Pure. */
export const preflight = (job: JobFile, snapshot: Snapshot, report: Report): Preflight =>
  preflightWithReads(job, snapshot, report).result;

/** The same, and what decides it and was not read yet. */
export function preflightWithReads(
  job: JobFile,
  snapshot: Snapshot,
  report: Report,
): { readonly result: Preflight; readonly reads: ReadsNeeded } {
  const counted = report.findings.filter((finding) => isCounted(finding) || finding.accepted !== undefined);
  const context: Context = {
    index: indexSnapshot(snapshot),
    reads: { ids: new Set(), lists: new Map() },
    traced: new Map(),
    failing: counted.filter(({ outcome }) => outcome === 'fail'),
    unknown: counted.filter(({ outcome }) => outcome === 'unknown'),
    job,
  };
  const checks = new Map<LegName, LegCheck[]>(legNames.map((leg) => [leg, []]));
  const add = (leg: LegName, task: string | null, found: readonly Check[]) =>
    checks.get(leg)?.push(...found.map((one) => ({ ...one, task })));
  const { submit, upload } = submitChecks(context);
  add('submit', null, submit);
  add('upload', null, upload);
  for (const task of job.tasks) {
    for (const [leg, found] of taskChecks(task, context)) add(leg, task.name, found);
    for (const { about, subject, verdict, because, gaps } of task.notes)
      add(noteLegs[about], task.name, [check(subject, verdict, because, { gaps })]);
  }
  const inService = [defaultAccountId(context.index), workspaceVaultId(context.index)].flatMap((id) => id ?? []);
  if (snapshot.workspace !== null && job.tasks.some(({ compute }) => compute.kind !== 'local')) {
    const stops = decided('service', inService, context);
    const ok = check('workspace', 'ok', 'The workspace service reaches the default storage account and the key vault.');
    const unread = workspaceUnread('workspace', 'which storage account and key vault it uses', context.index);
    add('service', null, stops.length > 0 ? stops : [unread ?? ok]);
  }
  const legs = legNames.map((leg) => legOf(leg, once(checks.get(leg) ?? [])));
  return { result: { ...verdictOfLegs(legs), legs, unseen: job.unseen }, reads: context.reads };
}

/** Steps of a pipeline on one compute share their checks: said once. */
function once(checks: readonly LegCheck[]): LegCheck[] {
  const key = ({ subject, verdict, because }: LegCheck) => JSON.stringify([subject, verdict, because]);
  const grouped = Map.groupBy(checks, key);
  return [...grouped.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [rest.length > 0 ? { ...first, task: null } : first],
  );
}

function legOf(leg: LegName, checks: readonly LegCheck[]): Leg {
  const optional = leg === 'telemetry';
  const worst = (['fails', 'unknown', 'ok'] as const).find((verdict) => checks.some((one) => one.verdict === verdict));
  const deciding = checks.find(({ verdict }) => verdict === worst);
  return {
    leg,
    optional,
    checks,
    verdict: worst ?? 'notNeeded',
    because: deciding?.because ?? 'Nothing in the file needs this step.',
  };
}

function verdictOfLegs(legs: readonly Leg[]): Pick<Preflight, 'verdict' | 'because'> {
  const needed = legs.filter(({ optional }) => !optional);
  const fails = needed.find(({ verdict }) => verdict === 'fails');
  const subjectOf = (leg: Leg) => leg.checks.find(({ verdict }) => verdict === leg.verdict)?.subject ?? '';
  if (fails)
    return {
      verdict: 'willFail',
      because: `At ${fold(legTitles[fails.leg])} (${subjectOf(fails)}): ${fails.because}`,
    };
  const open = needed.find(({ verdict }) => verdict === 'unknown');
  if (open)
    return {
      verdict: 'unknown',
      because: `At ${fold(legTitles[open.leg])} (${subjectOf(open)}): ${open.because}`,
    };
  const lost = legs.find(({ optional, verdict }) => optional && verdict !== 'ok' && verdict !== 'notNeeded');
  return {
    verdict: 'willRun',
    because: lost ? `It will run; ${fold(legTitles[lost.leg])} may be lost: ${lost.because}` : 'All checks pass.',
  };
}
