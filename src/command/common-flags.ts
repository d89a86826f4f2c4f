// The flags that every command takes (cli contract, "Flags for all" and "Where the data comes from").
import * as z from 'zod/mini';
import { exitStatus, Failure } from '../model/failure.ts';
import { profileChoices, profileSpellings } from '../model/intent.ts';
import { flag } from './flag.ts';

export const formats = ['text', 'json', 'ndjson', 'sarif', 'junit', 'markdown', 'html', 'csv'] as const;
export type Format = (typeof formats)[number];

const off = () => z._default(z.boolean(), false);

/** Where the data comes from. */
export const sourceFlags = z.object({
  demo: flag(z.optional(z.string()), 'the embedded simulator instead of Azure; a world only after =', {
    value: 'WORLD',
    of: 'world',
    bare: 'mixed',
  }),
  fresh: flag(off(), 'start the demo world and its history over'),
  endpoint: flag(z.optional(z.string()), 'ARM at this address', { value: 'URL' }),
  ca: flag(z.optional(z.string()), 'the certificate authority of --endpoint', { value: 'FILE', of: 'file' }),
  from: flag(
    z._default(z.array(z.string()), []),
    'snapshots, resources or ARM templates instead of Azure; repeatable',
    {
      value: 'PATH',
      of: 'file',
    },
  ),
  allResources: flag(off(), 'with --from: every resource is in scope, not only the workspace and what it uses'),
  workspace: flag(z.optional(z.string()), 'the workspace, when more than one is readable', { value: 'NAME|ID' }),
  resourceGroup: flag(z.optional(z.string()), 'only this resource group', { value: 'NAME' }),
  subscription: flag(z.optional(z.string()), 'only this subscription', { value: 'ID' }),
  auth: flag(
    z.optional(z.enum(['env', 'cli', 'device'])),
    'how to sign in: environment, Azure CLI, a code; else whatever works',
  ),
  cloud: flag(z._default(z.enum(['public', 'china', 'usgov']), 'public'), 'the Azure cloud'),
});
export type SourceFlags = z.output<typeof sourceFlags>;

/** How the answer is given, which is the host's business and no command's. */
export const outputFlags = z.object({
  format: flag(z._default(z.enum(formats), 'text'), 'how the result is written'),
  output: flag(z.optional(z.string()), 'write the result to a file instead of stdout', { value: 'FILE', of: 'file' }),
  color: flag(z._default(z.enum(['auto', 'always', 'never']), 'auto'), 'colour on a terminal, always, or never'),
  ascii: flag(off(), 'no characters beyond ASCII'),
  mouse: flag(
    off(),
    'on the screen the wheel scrolls and a click selects or presses; the terminal selects text with Shift',
  ),
  accessible: flag(off(), 'questions and answers line by line, for a screen reader'),
  theme: flag(z.optional(z.string()), 'the colours', { value: 'NAME', of: 'theme' }),
  quiet: flag(off(), 'no progress on stderr'),
  debug: flag(z.optional(z.string()), 'write what happens to a file', { value: 'FILE', of: 'file' }),
});
export type OutputFlags = z.output<typeof outputFlags>;
export type HostFlags = SourceFlags & OutputFlags;

/** What a command itself may look at. */
export const commonFlags = z.object({
  profile: flag(z._default(z.enum(profileChoices), 'all'), 'the set of rules to check', { spelled: profileSpellings }),
  failOn: flag(
    z._default(z.enum(['critical', 'high', 'medium', 'low', 'never']), 'medium'),
    'the severity from which a failing finding gives exit status 1',
  ),
  readOnly: flag(off(), 'send no write, whatever the command says'),
  yes: flag(off(), 'confirm, and accept warnings'),
  dryRun: flag(off(), 'say what would be done and send nothing'),
  serviceTags: flag(
    z.optional(z.string()),
    "Microsoft's service tags from a file, the weekly download or ARM's answer, instead of asking for them",
    { value: 'FILE', of: 'file' },
  ),
  refreshTags: flag(off(), 'ask for the service tags anew, however young the kept ones are'),
});

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
      ? `${named.join(' and ')} name different sources.`
      : host.fresh && host.demo === undefined
        ? '--fresh starts a demo world over, and there is no --demo.'
        : host.ca !== undefined && host.endpoint === undefined
          ? '--ca belongs to --endpoint, which is missing.'
          : host.allResources && host.from.length === 0
            ? '--all-resources belongs to --from, which is missing.'
            : host.auth !== undefined && (host.demo !== undefined || host.from.length > 0)
              ? '--auth is about signing in to Azure, and this source needs none.'
              : tags.refreshTags && tags.serviceTags !== undefined
                ? '--refresh-tags asks for service tags, and --service-tags names a file of them.'
                : tags.refreshTags && host.from.length > 0
                  ? '--refresh-tags asks Azure, and --from reads files only.'
                  : undefined;
  if (contradiction === undefined) return;
  throw new Failure('contradicting-flags', exitStatus.usage, contradiction, 'Name one source: see `bastide help`.');
}
