// `rules`: every rule with where it comes from, and the samples of the operator's own rules.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import type { RuleTestResult } from '../src/model/custom-rule.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Severity } from '../src/model/finding.ts';
import { clean, counted } from '../src/model/text.ts';
import { type Line, line } from '../src/model/words.ts';

interface ListedRule {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  readonly severity: Severity;
  readonly kind: string;
  /** Null: it comes with Bastide. */
  readonly file: string | null;
}
interface TestedRules {
  readonly rules: readonly RuleTestResult[];
  readonly passed: number;
  readonly failed: number;
}
type Result =
  | { readonly kind: 'list'; readonly value: { readonly rules: readonly ListedRule[] } }
  | { readonly kind: 'test'; readonly value: TestedRules };

export const rules = defineCommand({
  name: 'rules',
  summary: 'List all rules, or test the samples of custom rules',
  args: z.object({
    action: flag(z._default(z.enum(['list', 'test']), 'list'), 'list the rules, or test custom ones', {
      value: 'ACTION',
    }),
    paths: flag(z._default(z.array(z.string()), []), 'folders or files of custom rules', {
      value: 'PATH',
      of: 'file',
      only: { action: ['test'] },
    }),
  }),
  positional: ['action', 'paths...'],
  effect: 'read',
  examples: [
    { line: 'rules', says: 'List the rules; custom ones name their file' },
    { line: 'rules test my-rules', says: 'Exit status 1 if a sample does not have the outcome that it names' },
  ],
  async *run(context, { action, paths }): AsyncGenerator<never, Result> {
    if (action === 'test') return { kind: 'test', value: await tested(context, paths) };
    if (paths.length > 0) throw unexpected(paths[0] ?? '');
    const listed = context.rules.map(({ id, title, problem, severity, about, file }) => {
      return { id, title, problem, severity, kind: about, file: file ?? null };
    });
    return { kind: 'list', value: { rules: listed } };
  },
  json: ({ value }) => value,
  text: (result) => (result.kind === 'list' ? listLines(result.value.rules) : testLines(result.value)),
  items: ({ value }) => value.rules,
  exit: (result) => (result.kind === 'test' && result.value.failed > 0 ? exitStatus.findings : exitStatus.done),
});

async function tested({ rules: known, flags, host }: CommandContext, paths: readonly string[]): Promise<TestedRules> {
  const own = known.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const wanted = paths.length > 0 ? paths : [...new Set(own)];
  if (wanted.length === 0) {
    throw new Failure(
      'no-rules',
      exitStatus.usage,
      `No custom rule is configured${flags.config === undefined ? '' : ` in ${clean(flags.config, 300)}`}.`,
      'Pass their folder: `bastide rules test PATH`.',
    );
  }
  const results = await host.testRules(wanted);
  const count = (ok: boolean) => results.flatMap(({ samples }) => samples).filter((one) => one.ok === ok).length;
  return {
    rules: results,
    passed: count(true),
    failed: count(false) + results.reduce((sum, { missing }) => sum + missing.length, 0),
  };
}

const unexpected = (word: string): Failure =>
  new Failure(
    'unexpected-argument',
    exitStatus.usage,
    `unexpected argument: ${clean(word, 200)}`,
    'Use `bastide rules test PATH`.',
  );

function listLines(all: readonly ListedRule[]): Line[] {
  const width = Math.max(...all.map(({ id }) => id.length)) + 2;
  return all.map(({ id, title, severity, file }) =>
    line([severity.padEnd(9), severity], [id.padEnd(width), 'accent'], title, [
      file === null ? '' : `  ${clean(file, 200)}`,
      'dim',
    ]),
  );
}

function testLines({ rules: all, passed, failed }: TestedRules): Line[] {
  return [
    ...all.flatMap(({ rule, file, line: at, samples, missing }) => [
      line([rule, 'accent'], [`  ${clean(file, 200)}:${at}`, 'dim']),
      ...samples.map((one) =>
        one.ok
          ? line(['  ok     ', 'ok'], `${clean(one.name, 120)}: ${one.outcome}`)
          : line(
              ['  wrong  ', 'bad'],
              `${clean(file, 200)}:${one.line}: ${clean(one.name, 120)}: ${one.outcome}, expected ${one.expected}. ${clean(one.because, 400)}`,
            ),
      ),
      ...missing.map((outcome) => line(['  wrong  ', 'bad'], `The rule has no sample with outcome ${outcome}.`)),
    ]),
    line([
      `${counted(all.length, 'rule')}, ${counted(passed, 'sample')} passed, ${failed} failed`,
      failed === 0 ? 'ok' : 'bad',
    ]),
  ];
}
