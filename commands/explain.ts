// `explain`: all rules, or one of them in full: the risk, what the fix does, what it may break; or an error message
// with its possible causes.
import * as z from 'zod/mini';
import { type LiveReport, liveReport, nearestTarget, pageDate } from '../src/audit/index.ts';
import { type CommandContext, defineCommand, type RuleEntry } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { type Profile, profilesWithAliases } from '../src/model/assumption.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Finding, Severity } from '../src/model/finding.ts';
import { nearest } from '../src/model/nearest.ts';
import { sameId } from '../src/model/resource-id.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { findingLines, fixWords } from '../src/render/audit-text.ts';
import { findingJson } from '../src/render/finding-json.ts';
import { liveLines } from '../src/render/live-text.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { diagnosisLines, type Told } from './parts/diagnosis-lines.ts';
import { liveFlag, scanAndAsk } from './parts/live.ts';

interface Brief {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly Profile[];
  /** The ARM type the rule is about. */
  readonly kind: string;
  readonly fix: { readonly kind: RuleEntry['fixKind']; readonly undo: RuleEntry['undo'] };
}
/** With `--live` only. */
interface Asked {
  readonly findings?: readonly Finding[];
  readonly live?: LiveReport;
}
interface Full extends Brief, Asked {
  readonly for: readonly string[];
  readonly gates: readonly string[];
  readonly rollsUp: readonly string[];
  readonly explain: RuleEntry['explain'];
  /** The operator's file it comes from. */
  readonly file?: string;
}
type Explained =
  | { readonly kind: 'rules'; readonly value: { readonly rules: readonly Brief[] } }
  | { readonly kind: 'rule'; readonly value: Full }
  | { readonly kind: 'error'; readonly value: Told };

const brief = ({ id, title, problem, severity, profiles, about, fixKind, undo }: RuleEntry): Brief => ({
  id,
  title,
  problem,
  severity,
  profiles,
  kind: about,
  fix: { kind: fixKind, undo },
});

const briefJson = <Kind extends Brief>(rule: Kind) => ({ ...rule, profiles: profilesWithAliases(rule.profiles) });

export const explain = defineCommand({
  name: 'explain',
  summary: 'List the rules, explain one rule (risk, fix, impact), or find the cause of an error',
  args: z.object({
    rule: flag(z.optional(z.string()), 'a rule ID, or a finding ID', { value: 'RULE', of: 'rule' }),
    live: liveFlag,
    error: flag(z.optional(z.string()), 'error message of a tool, whole or in part; - reads stdin', {
      value: 'TEXT|-',
    }),
  }),
  positional: ['rule'],
  effect: 'read',
  examples: [
    { line: 'explain', says: 'List all rules' },
    { line: 'explain storage.default-action-deny', says: 'Show one rule in full' },
    {
      line: 'explain nsg.outbound-storage --live',
      says: 'Compare its findings with what Azure reports as effective',
    },
    {
      line: 'explain --error "Unable to profile this dataset"',
      says: 'Show likely causes of an error in this workspace, with their fixes',
    },
  ],
  async *run(context, { rule, live, error }): AsyncGenerator<SessionEvent, Explained> {
    if (error !== undefined) {
      if (rule !== undefined || live) throw errorAlone(rule);
      const { explainError } = await import('./parts/diagnosis.ts');
      return { kind: 'error', value: yield* explainError(context, error) };
    }
    if (rule === undefined && live) {
      throw new Failure(
        'no-target',
        exitStatus.usage,
        '--live needs a rule or a finding.',
        'Name one, or use `bastide audit --live`.',
      );
    }
    if (rule === undefined) return { kind: 'rules', value: { rules: context.rules.map(brief) } };
    const id = rule.split('@')[0] ?? rule;
    const found = context.rules.find((entry) => entry.id === id);
    if (found) {
      const { for: architectures, gates, rollsUp = [], explain: explained, file } = found;
      const own = file === undefined ? {} : { file };
      const full: Full = { ...brief(found), for: architectures, gates, rollsUp, explain: explained, ...own };
      return { kind: 'rule', value: live ? { ...full, ...(yield* askedAbout(context, rule)) } : full };
    }
    const near = nearest(
      id,
      context.rules.map((entry) => entry.id),
    );
    throw new Failure(
      'unknown-rule',
      exitStatus.usage,
      `Unknown rule: ${clean(id, 80)}.`,
      near === undefined ? 'Run `bastide explain` for the list.' : `Did you mean ${near}?`,
    );
  },
  json(result) {
    if (result.kind === 'error') return result.value;
    if (result.kind === 'rules') return { rules: result.value.rules.map(briefJson) };
    const { findings } = result.value;
    return { ...briefJson(result.value), ...(findings === undefined ? {} : { findings: findings.map(findingJson) }) };
  },
  text(result) {
    if (result.kind === 'error') return diagnosisLines(result.value);
    if (result.kind === 'rules') {
      const width = Math.max(...result.value.rules.map(({ id }) => id.length)) + 2;
      return result.value.rules.map((rule) =>
        line([rule.severity.padEnd(9), rule.severity], [rule.id.padEnd(width), 'accent'], rule.title, [
          `  ${fixWords(rule)}`,
          'dim',
        ]),
      );
    }
    const rule = result.value;
    return [
      line([rule.title, 'heading']),
      line(
        [`${rule.id}  `, 'accent'],
        [rule.severity, rule.severity],
        [
          `  ${rule.profiles.length === 1 ? 'profile' : 'profiles'} ${rule.profiles.join(', ')} · architectures ${rule.for.join(', ')}`,
          'dim',
        ],
      ),
      [],
      line(['Why       ', 'heading'], rule.explain.why),
      line(['Fix       ', 'heading'], rule.explain.fix, [` (${fixWords(rule)})`, 'dim']),
      line(['Impact    ', 'heading'], rule.explain.breaks),
      ...(rule.gates.length === 0 ? [] : [line(['Requires  ', 'heading'], rule.gates.join(', '))]),
      ...(rule.rollsUp.length === 0 ? [] : [line(['Repeats   ', 'heading'], rule.rollsUp.join(', '))]),
      ...rule.explain.links.map((link) => {
        const date = pageDate(link);
        return line(['          ', 'dim'], [link, 'link'], [date === undefined ? '' : `  ${date}`, 'dim']);
      }),
      ...(rule.file === undefined ? [] : [line(['File      ', 'heading'], clean(rule.file, 300))]),
      ...(rule.findings === undefined ? [] : [[], ...rule.findings.flatMap(findingLines)]),
      ...liveLines(rule.live),
    ];
  },
});

const errorAlone = (rule: string | undefined): Failure =>
  new Failure(
    'contradicting-flags',
    exitStatus.usage,
    `--error cannot be combined with ${rule === undefined ? '--live' : 'a rule'}.`,
    rule === undefined ? 'Use one of them.' : 'Put the whole error message in quotes, or remove --error.',
  );

/** The findings of a rule, or the one that is named, and what Azure says about them. Throws Failure (exit 2) where there is none. */
async function* askedAbout(context: CommandContext, wanted: string): AsyncGenerator<SessionEvent, Asked> {
  const isMeant = ({ id, rule }: Finding): boolean => sameId(id, wanted) || rule === wanted;
  const { snapshot, report } = yield* scanAndAsk(context, (audited) => {
    const ids = audited.report.findings.filter(isMeant).map(({ id }) => id);
    if (ids.length > 0) return ids;
    throw new Failure(
      'unknown-finding',
      exitStatus.usage,
      `The audit has no finding ${clean(wanted, 300)}.`,
      nearestTarget(audited.report, context.rules, wanted) ?? 'Run `bastide findings` for the list.',
    );
  });
  const live = liveReport(snapshot);
  return { findings: report.findings.filter(isMeant), ...(live === undefined ? {} : { live }) };
}
