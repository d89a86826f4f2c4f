// URIs of data, images and package sources in job files.

import type { AssetName, DataPlace, EnvironmentNeed } from '../model/job.ts';
import { clean } from '../model/text.ts';

const text = (value: string): string => clean(value, 200);

const ports: Readonly<Record<string, readonly string[]>> = { file: ['443', '445'] };

/** Host and ports of a URL; the ports of a share are those of its mount. `rest`: what follows them. */
function hostPlace(host: string, port: string, rest = '', container = /^\/([^/?#]+)/.exec(rest)?.[1]): DataPlace {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(name)) {
    return { kind: 'unknown', text: text(host) };
  }
  const service = name.split('.')[1] ?? '';
  // A signature of a user names that user (skoid); that of a key does not.
  const signature = /[?&]sig=/i.test(rest) ? (/[?&]skoid=/i.test(rest) ? 'user' : 'key') : undefined;
  return {
    ...{ kind: 'host', host: name, ports: port !== '' ? [port] : (ports[service] ?? ['443']) },
    ...(container === undefined || !isStorage(service) ? {} : { container: text(container) }),
    ...(signature === undefined ? {} : { signature }),
  };
}

const isStorage = (service: string): boolean => ['blob', 'dfs', 'file'].includes(service);

/**
 * What a reference to an asset of the workspace names: `azureml:NAME:VERSION`, `azureml:NAME@LABEL`, `NAME`, an id of Azure Resource
 * Manager, or an id with the region and GUID of the workspace.
 */
export function assetOf(reference: string, kind: AssetName['kind']): AssetName {
  const given = reference.trim().replace(/^azureml:(?:\/\/)?/i, '');
  const id = /^\/?(subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/workspaces\/[^/]+)\/(.+)$/i.exec(
    given,
  );
  const inside = id?.[2] ?? /^locations\/[^/]+\/workspaces\/[^/]+\/(.+)$/i.exec(given)?.[1];
  const parts = /^(data|models|environments|components)\/([^/]+)\/(versions|labels)\/([^/]+)\/?$/i.exec(inside ?? '');
  const named = parts ?? /^(?<kind>)([^:@/]+)(?:([:@])(.+))?$/.exec(given.split('/').at(-1) ?? given);
  const [, , name = given, mark = '', rest = ''] = named ?? [];
  const isLabel = mark === '@' || /^labels$/i.test(mark);
  const isVersion = rest !== '' && !isLabel;
  return {
    reference: text(reference),
    kind: (parts?.[1]?.toLowerCase() as AssetName['kind'] | undefined) ?? kind,
    name: text(name),
    version: isVersion ? text(rest) : null,
    label: isLabel && !/^latest$/i.test(rest) ? text(rest) : null,
    workspace: id?.[1] === undefined ? null : `/${id[1]}`,
  };
}

/** The place that a path of a job file means. `kind`: what a name without a scheme of its own is. */
export function placeOf(path: string, kind: 'data' | 'models' = 'data'): DataPlace {
  // `${{default_datastore}}` and `${{name}}` stand for what the service fills in.
  const given = path.trim().replace(/\$\{\{\s*default_datastore\s*\}\}/g, 'workspaceblobstore');
  if (/\$\{\{/.test(given)) {
    const named = /^azureml:\/\/datastores\/([^/${}]+)\//i.exec(given);
    if (named?.[1] !== undefined) return { kind: 'datastore', name: named[1], workspace: null };
    return { kind: 'unknown', text: text(given) };
  }
  const datastore =
    /^azureml:\/\/(?:subscriptions\/[^/]+\/resourcegroups\/[^/]+\/(?:providers\/[^/]+\/)?workspaces\/([^/]+)\/)?datastores\/([^/]+)(?:\/|$)/i.exec(
      given,
    );
  if (datastore?.[2] !== undefined) {
    return { kind: 'datastore', name: datastore[2], workspace: datastore[1] ?? null };
  }
  const registry = /^azureml:\/\/registries\/([^/]+)\//i.exec(given);
  if (registry?.[1] !== undefined) return { kind: 'registry', registry: registry[1] };
  const job = /^azureml:\/\/jobs\//i.test(given) || /^runs:\/\//i.test(given);
  if (job) return { kind: 'datastore', name: 'workspaceartifactstore', workspace: null };
  if (/^azureml:/i.test(given)) return { kind: 'asset', asset: assetOf(given, kind) };
  const inContainer = /^(?:wasbs?|abfss?):\/\/([^@/]+)@([^/:]+)(?::(\d+))?(\/.*|$)/i.exec(given);
  if (inContainer?.[2] !== undefined)
    return hostPlace(inContainer[2], inContainer[3] ?? '', inContainer[4], inContainer[1]);
  const url = /^(https?|adl|hdfs|s3|gs):\/\/([^/:?#]+)(?::(\d+))?(.*)$/i.exec(given);
  if (url?.[2] !== undefined) {
    const scheme = (url[1] ?? '').toLowerCase();
    if (scheme === 's3') return hostPlace('s3.amazonaws.com', '');
    if (scheme === 'gs') return hostPlace('storage.googleapis.com', '');
    return hostPlace(url[2], url[3] ?? (scheme === 'http' ? '80' : ''), url[4]);
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given) && !/^file:\/\//i.test(given))
    return { kind: 'unknown', text: text(given) };
  return { kind: 'local', path: text(given.replace(/^file:(?:\/\/)?/i, '')) };
}

/** The environment of a component or an environment of a registry; the registry "azureml" publishes its images in the Microsoft one. */
export function environmentOfRegistry(reference: string): EnvironmentNeed | null {
  const registry = /^azureml:\/\/registries\/([^/]+)\//i.exec(reference)?.[1];
  if (registry === undefined) return null;
  const from = registry.toLowerCase() === 'azureml' ? 'mcr.microsoft.com' : `registry:${clean(registry, 60)}`;
  return { name: environmentName(reference), from, builds: 'no', asset: null, hosts: [] };
}

/** A reference without its scheme. */
export const environmentName = (reference: string): string => clean(reference.replace(/^azureml:(?:\/\/)?/i, ''), 120);

/** The environment of a registry or one that Microsoft curates; null where the reference names neither. */
export function publishedEnvironment(reference: string): EnvironmentNeed | null {
  if (!/^(?:azureml:)?AzureML-/i.test(reference)) return environmentOfRegistry(reference);
  return { name: environmentName(reference), from: 'mcr.microsoft.com', builds: 'no', asset: null, hosts: [] };
}

/** The host that an image is pulled from; names without a host are of Docker Hub. */
export function imageHost(image: string): string {
  const [first = '', ...rest] = image.trim().split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = isHost ? first.replace(/:\d+$/, '').toLowerCase() : 'docker.io';
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}

type HostUse = EnvironmentNeed['hosts'][number];

/** Hosts that conda and pip packages come from. `definition`: a conda file as data. */
export function packageHosts(definition: unknown): HostUse[] {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) return [];
  const { channels, dependencies } = definition as Record<string, unknown>;
  const listed = Array.isArray(dependencies) ? dependencies : [];
  const names = Array.isArray(channels) ? channels.filter((one): one is string => typeof one === 'string') : [];
  const found: HostUse[] = names.flatMap(channelHosts);
  const hasConda = listed.some((one) => typeof one === 'string');
  if (hasConda && names.length === 0) found.push(...channelHosts('defaults'));
  const pip = listed.flatMap((one) =>
    typeof one === 'object' && one !== null && Array.isArray((one as { pip?: unknown }).pip)
      ? ((one as { pip: unknown[] }).pip.filter((line) => typeof line === 'string') as string[])
      : [],
  );
  if (pip.length > 0) found.push(...pipHosts(pip));
  return once(found);
}

function channelHosts(channel: string): HostUse[] {
  const url = /^https?:\/\/([^/:]+)/i.exec(channel)?.[1];
  if (url !== undefined) return [{ host: url.toLowerCase(), use: `conda channel ${text(channel)}` }];
  if (channel === 'nodefaults' || channel === 'local') return [];
  return ['defaults', 'main', 'r', 'msys2', 'anaconda'].includes(channel)
    ? [{ host: 'repo.anaconda.com', use: 'conda packages' }]
    : [{ host: 'conda.anaconda.org', use: `conda channel ${text(channel)}` }];
}

/** Of the lines of a requirements list: the index in use, further indexes, and packages by URL. */
export function pipHosts(lines: readonly string[]): HostUse[] {
  const found: HostUse[] = [];
  let index = true;
  for (const line of lines) {
    const option = /^\s*(?:-i|--index-url)[=\s]+["']?https?:\/\/(?:[^@/]+@)?([^/:\s"']+)/i.exec(line);
    const further = /--(?:extra-index-url|find-links)[=\s]+["']?https?:\/\/(?:[^@/]+@)?([^/:\s"']+)/i.exec(line);
    const direct = /(?:^|@\s*|\s)(?:git\+)?(?:https?|ssh):\/\/(?:[^@/]+@)?([^/:\s"']+)/i.exec(line);
    if (option?.[1] !== undefined) {
      index = false;
      found.push({ host: option[1].toLowerCase(), use: 'pip packages' });
    } else if (further?.[1] !== undefined) found.push({ host: further[1].toLowerCase(), use: 'pip packages' });
    else if (direct?.[1] !== undefined) found.push({ host: direct[1].toLowerCase(), use: 'a package by URL' });
  }
  if (index) {
    found.push({ host: 'pypi.org', use: 'pip packages' }, { host: 'files.pythonhosted.org', use: 'pip packages' });
  }
  return once(found);
}

/** What a command line installs while it runs. */
export function commandHosts(command: string): HostUse[] {
  const found: HostUse[] = [];
  const installs = command.match(/\bpip3?\s+install\b[^\n;&|]*/gi) ?? [];
  const fromIndex = installs.filter((one) => !/\s--no-index\b/i.test(one));
  if (fromIndex.length > 0) {
    const lines = fromIndex.flatMap(
      (one) => one.match(/(?:-i|--index-url|--extra-index-url|--find-links)[=\s]+\S+|git\+\S+/gi) ?? [],
    );
    found.push(...pipHosts(lines));
  }
  if (/\bconda\s+(?:install|env\s+(?:create|update))\b/i.test(command)) found.push(...channelHosts('defaults'));
  if (/\bapt(?:-get)?\s+(?:update|install)\b/i.test(command)) {
    found.push({ host: 'archive.ubuntu.com', use: 'Ubuntu packages' });
  }
  for (const host of command.split(/[\n;&|]/).flatMap(downloadsIn))
    found.push({ host, use: 'a download of the command' });
  return once(found);
}

/** The hosts of the addresses behind each program that downloads; the first behind each. */
function downloadsIn(command: string): string[] {
  const program = /\b(?:git\s+clone|curl|wget)\s/gi;
  const address = /https?:\/\/([^/:\s"']+)/gi;
  const hosts: string[] = [];
  while (program.test(command)) {
    address.lastIndex = program.lastIndex;
    const [, host] = address.exec(command) ?? [];
    if (host === undefined) break;
    hosts.push(host.toLowerCase());
    program.lastIndex = address.lastIndex;
  }
  return hosts;
}

const isHostName = (host: string): boolean => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host);

function once(uses: readonly HostUse[]): HostUse[] {
  return [...new Map(uses.filter(({ host }) => isHostName(host)).map((one) => [one.host, one])).values()];
}
