// The keys of `bastide.yaml`, each with what it means and an example: the one source for reading the file and for its page.
import * as z from 'zod/mini';
import { assumptionEntries } from '../model/assumption-values.ts';
import { severities } from '../model/finding.ts';
import { isDay } from '../model/project-config.ts';

export interface ProjectKey {
  readonly says: string;
  readonly example: string;
}
const described = z.registry<ProjectKey>();
function key<Schema extends z.ZodMiniType>(schema: Schema, says: string, example: string): Schema {
  described.add(schema, { says, example });
  return schema;
}

const text = (most = 1000) => {
  const error = `must be a text of 1 to ${most} characters`;
  return z.string(error).check(z.trim(), z.minLength(1, error), z.maxLength(most, error));
};
/** It names a rule: `*` alone would stand for all of them. */
const pattern = (error: string) =>
  z.string(error).check(
    z.trim(),
    z.maxLength(3000, error),
    z.refine((value) => /[^*.\s]/.test(value.split('@')[0] ?? ''), error),
  );
const finding = pattern('must be a finding id, or a pattern of one, such as storage.shared-key-access@*');
const rule = pattern('must be a rule id, or a pattern of one, such as nsg.outbound-*');
/** Another place on the machine is no business of a file that comes with a repository. */
const ruleFolder = text(300).check(
  z.refine(
    (value) => !/^(?:[/\\]|[a-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)/i.test(value),
    'must be a folder or file beside this file or below it',
  ),
);
const severity = z.enum(severities, `must be one of ${severities.join(', ')}`);
const limits = ['critical', 'high', 'medium', 'low', 'never'] as const;

export const acceptanceSchema = z.strictObject(
  {
    finding: key(finding, 'Finding id; `*` stands for any text. A rule id stands for all its findings.', ''),
    reason: key(text(), 'Why it is accepted. Every report shows it.', ''),
    until: key(
      z.optional(
        z.string('must be a date such as 2027-03-31').check(z.refine(isDay, 'must be a date such as 2027-03-31')),
      ),
      'Last day of the acceptance, in UTC. From the next day on the finding counts again, and the audit says so.',
      '',
    ),
    by: key(z.optional(text(200)), 'Who accepted it.', ''),
  },
  'must have finding and reason',
);

const assumptions = z.record(z.string(), z.unknown(), 'must be names with values');

export const projectSchema = z.strictObject(
  {
    accepted: key(
      z.optional(z.array(acceptanceSchema, 'must be a list')),
      'Failing findings that are accepted. They are shown with the reason, and do not count for `--fail-on`. `bastide accept` writes this list.',
      'accepted:\n  - finding: storage.shared-key-access@*\n    reason: Keys are rotated weekly until the migration\n    until: 2027-03-31\n    by: ann',
    ),
    'rules-off': key(
      z.optional(z.array(rule, 'must be a list of rule ids')),
      'Rules that are not reported. `*` stands for any text.',
      'rules-off:\n  - databricks.*',
    ),
    severities: key(
      z.optional(z.record(rule, severity, 'must be rule ids with severities')),
      'Severity of the findings of a rule; a later line overrides an earlier one.',
      'severities:\n  nsg.outbound-*: low',
    ),
    assumptions: key(
      z.optional(assumptions),
      `Assumptions where Azure has no answer. Values set by \`bastide assume\` take precedence. Names: ${assumptionEntries.map(({ name }) => `\`${name}\``).join(', ')}.`,
      'assumptions:\n  outboundMode: limited',
    ),
    'fail-on': key(
      z.optional(z.enum(limits, `must be one of ${limits.join(', ')}`)),
      'Lowest severity that gives exit code 1. It overrides your settings, and `--fail-on` overrides it.',
      'fail-on: high',
    ),
    production: key(
      z.optional(z.union([z.boolean(), z.array(text(260))], 'must be true, false or a list of workspace names')),
      'Marks the workspaces as production: all of them, or those with these names.',
      'production:\n  - mlw-prod',
    ),
    rules: key(
      z.optional(z.array(ruleFolder, 'must be a list of folders or files')),
      'Folders and files with custom rules, beside this file or below it. See [custom-rules.md](custom-rules.md).',
      'rules:\n  - rules',
    ),
    scopes: key(
      z.optional(z.array(text(), 'must be a list of sentences')),
      'Access scopes, checked at every audit as `bastide assert` does. A violated one is a finding of the rule workspace.access-scope.',
      'scopes:\n  - nothing from Internet reaches stmlsim except 203.0.113.0/24',
    ),
  },
  'must be keys with values',
);

export type ProjectFile = z.output<typeof projectSchema>;

/** Every key with its meaning, in the order of the schema. */
export const projectKeys = (): { readonly name: string; readonly says: string; readonly example: string }[] =>
  keysOf(projectSchema);
export const acceptanceKeys = () => keysOf(acceptanceSchema);

const keysOf = ({ shape }: { readonly shape: Readonly<Record<string, z.ZodMiniType>> }) =>
  Object.entries(shape).map(([name, schema]) => {
    const { says, example } = described.get(schema) ?? { says: '', example: '' };
    return { name, says, example };
  });

/** Keys that would be of use to an attacker of a repository: what each would do is done on the command line only. */
export const refusedKeys: readonly (readonly [name: RegExp, why: string])[] = [
  [/^(?:answers?|set|ips?|inputs?)$/i, 'The file answers no questions; pass --answer on the command line.'],
  [
    /^(?:allow[-_]?effects?|yes|force|auto[-_]?approve|approve|confirm|targets?|fix)$/i,
    'The file allows no effects and confirms nothing; pass --allow-effects or --yes on the command line.',
  ],
  [
    /secret|password|passwd|token|credential|api[-_]?key|access[-_]?key|account[-_]?key|certificate|tenant|client[-_]?id|^(?:auth|login|key|keys)$/i,
    'The file contains no credentials; sign in by environment variables or the Azure CLI.',
  ],
  [
    /^(?:exec|command|commands|run|hooks?|endpoint|ca|scope)$/i,
    'The file runs nothing and names no place to connect to.',
  ],
];
