// The flags that every command takes: where the data comes from, how the answer is given, what a command may do.
import * as z from 'zod/mini';
import { profileAliases, profileChoices } from '../model/assumption.ts';
import { effectFlags, effectKinds } from '../model/effect.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { flag } from './flag.ts';

export const formats = ['text', 'json', 'ndjson', 'sarif', 'junit', 'markdown', 'html', 'csv', 'xlsx', 'ocsf'] as const;
export type Format = (typeof formats)[number];

const off = () => z._default(z.boolean(), false);

/** Where the data comes from. */
export const sourceFlags = z.object({
  demo: flag(z.optional(z.string()), 'use the embedded simulator instead of Azure; name a world with --demo=WORLD', {
    value: 'WORLD',
    of: 'world',
    bare: 'mixed',
  }),
  fresh: flag(off(), 'reset the demo world and its history'),
  endpoint: flag(z.optional(z.string()), 'URL of Azure Resource Manager, for bastide simulate or a private cloud', {
    value: 'URL',
  }),
  ca: flag(z.optional(z.string()), 'CA certificate (PEM) of --endpoint', { value: 'FILE', of: 'file' }),
  from: flag(
    z._default(z.array(z.string()), []),
    'read snapshots, resources, templates, Bicep, Terraform plans or what-if results from files or folders; repeatable',
    {
      value: 'PATH',
      of: 'file',
    },
  ),
  allResources: flag(off(), 'with --from: check every resource, not only the workspace and its dependencies'),
  setParameter: flag(
    z._default(z.record(z.string(), z.string()), {}),
    'with --from: value of a template parameter; repeatable',
    { value: 'NAME=VALUE' },
  ),
  parameters: flag(z._default(z.array(z.string()), []), 'with --from: parameter file of a template; repeatable', {
    value: 'FILE',
    of: 'file',
  }),
  location: flag(z.optional(z.string()), 'with --from: region that templates are deployed to', { value: 'REGION' }),
  tenant: flag(z.optional(z.string()), 'with --from: tenant that templates are deployed to', { value: 'ID' }),
  partial: flag(off(), 'with --from: templates may be part of a deployment; what they do not declare is unknown'),
  workspace: flag(
    z.optional(z.string()),
    'name or resource ID of the workspace; needed when you can read more than one',
    { value: 'NAME|ID' },
  ),
  resourceGroup: flag(z.optional(z.string()), 'search in this resource group only; with --from: that of templates', {
    value: 'NAME',
  }),
  subscription: flag(z.optional(z.string()), 'search in this subscription only; with --from: that of templates', {
    value: 'ID',
  }),
  auth: flag(
    z.optional(z.enum(['env', 'workload-identity', 'managed-identity', 'cli', 'device'])),
    'sign-in method; by default all but device are tried in this order',
    { valueAliases: { mi: 'managed-identity' } },
  ),
  cloud: flag(z._default(z.enum(['public', 'china', 'usgov']), 'public'), 'Azure cloud'),
});
export type SourceFlags = z.output<typeof sourceFlags>;

/** How the answer is given, which is the host's business and no command's. */
export const outputFlags = z.object({
  format: flag(z._default(z.enum(formats), 'text'), 'output format'),
  output: flag(z.optional(z.string()), 'write the result to a file instead of stdout', { value: 'FILE', of: 'file' }),
  color: flag(z._default(z.enum(['auto', 'always', 'never']), 'auto'), 'when to use color'),
  ascii: flag(off(), 'use ASCII characters only'),
  mouse: flag(off(), 'use the mouse on the screen; hold Shift to select text'),
  accessible: flag(off(), 'line-by-line questions and answers, for screen readers'),
  theme: flag(z.optional(z.string()), 'color theme', { value: 'NAME', of: 'theme' }),
  record: flag(z.optional(z.string()), 'record the full screen to a new file, for `asciinema play`', {
    value: 'FILE',
    of: 'file',
  }),
  recordRedact: flag(off(), 'with --record: replace names, IDs and addresses in the recording'),
  shell: flag(z.optional(z.enum(['sh', 'pwsh'])), 'shell for which commands are copied; default on Windows is pwsh'),
  quiet: flag(off(), 'show no progress on stderr'),
  debug: flag(z.optional(z.string()), 'write a debug log to a file', { value: 'FILE', of: 'file' }),
});
export type OutputFlags = z.output<typeof outputFlags>;
export type HostFlags = SourceFlags & OutputFlags;

/** What a command itself may look at. */
export const commonFlags = z.object({
  profile: flag(z._default(z.enum(profileChoices), 'all'), 'the set of rules to check', {
    valueAliases: profileAliases,
  }),
  failOn: flag(
    z._default(z.enum(['critical', 'high', 'medium', 'low', 'never']), 'medium'),
    'lowest severity of a failing finding that gives exit status 1',
  ),
  readOnly: flag(off(), 'refuse every change to Azure'),
  yes: flag(
    off(),
    'skip the confirmation and accept warnings; effects beyond automatic need --allow-effects, except with undo',
  ),
  allowEffects: flag(
    z.optional(z.string()),
    `effects that --yes may have, and that --all includes (${effectKinds.map((kind) => effectFlags[kind]).join(', ')})`,
    { value: 'KIND[,KIND]' },
  ),
  dryRun: flag(off(), 'show the plan without applying it'),
  serviceTags: flag(
    z.optional(z.string()),
    "read Microsoft's service tags from a file (weekly download or API response)",
    { value: 'FILE', of: 'file' },
  ),
  config: flag(z.optional(z.string()), 'read bastide.yaml from this path; default is the working directory', {
    value: 'FILE',
    of: 'file',
  }),
  rules: flag(
    z._default(z.array(z.string()), []),
    'also check custom rules, from a folder or file of YAML; repeatable',
    {
      value: 'PATH',
      of: 'file',
    },
  ),
  allowEmpty: flag(off(), 'do not fail if there is nothing to check'),
  refreshTags: flag(off(), 'download the service tags again, even if the cached ones are recent'),
});

/** The first flag that has a meaning for files only. */
const onlyFiles = (host: HostFlags): string | undefined =>
  [
    host.allResources ? '--all-resources' : undefined,
    Object.keys(host.setParameter).length > 0 ? '--set-parameter' : undefined,
    host.parameters.length > 0 ? '--parameters' : undefined,
    host.location === undefined ? undefined : '--location',
    host.tenant === undefined ? undefined : '--tenant',
    host.partial ? '--partial' : undefined,
  ].find((name) => name !== undefined);

/** Throws Failure (exit 2) when flags contradict one another. */
export function checkSources(
  host: HostFlags,
  tags: { readonly serviceTags?: string | undefined; readonly refreshTags?: boolean } = {},
): void {
  const named = [
    host.demo !== undefined ? '--demo' : '',
    host.endpoint !== undefined ? '--endpoint' : '',
    host.from.length > 0 ? '--from' : '',
  ].filter((name) => name !== '');
  const contradiction =
    named.length > 1
      ? `${named.join(' and ')} cannot be combined.`
      : host.fresh && host.demo === undefined
        ? '--fresh needs --demo.'
        : host.ca !== undefined && host.endpoint === undefined
          ? '--ca needs --endpoint.'
          : host.from.length === 0 && onlyFiles(host) !== undefined
            ? `${onlyFiles(host)} needs --from.`
            : host.auth !== undefined && (host.demo !== undefined || host.from.length > 0)
              ? '--auth cannot be combined with --demo or --from: they need no sign-in.'
              : tags.refreshTags && tags.serviceTags !== undefined
                ? '--refresh-tags and --service-tags cannot be combined.'
                : tags.refreshTags && host.from.length > 0
                  ? '--refresh-tags and --from cannot be combined: --from reads files only.'
                  : undefined;
  if (contradiction === undefined) return;
  throw new Failure('contradicting-flags', exitStatus.usage, contradiction, 'Run `bastide help` for the flags.');
}
