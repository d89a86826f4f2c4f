// `explain`: the rules there are, or one of them in full: the risk, what the fix does, what it may break; or an error that
// somebody met, with what may be behind it.
import * as z from 'zod/mini';
import { type LiveReport, liveReport } from '../src/audit/index.ts';
import { type Context, defineCommand, type RuleEntry } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { nearest } from '../src/command/nearest.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Finding, Severity } from '../src/model/finding.ts';
import { profileName } from '../src/model/intent.ts';
import { sameId } from '../src/model/resource-id.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { findingLines } from '../src/render/audit-text.ts';
import { liveLines } from '../src/render/live-text.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { diagnosisLines, type Told } from './parts/diagnosis-lines.ts';
import { liveFlag, scanAndAsk } from './parts/live.ts';

interface Brief {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly string[];
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
  readonly explain: RuleEntry['explain'];
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

export const explain = defineCommand({
  name: 'explain',
  summary: 'list the rules, explain one (the risk, the fix, what it may break), or say what is behind an error',
  args: z.object({
    rule: flag(z.optional(z.string()), 'a rule, or a finding of it', { value: 'RULE', of: 'rule' }),
    live: liveFlag,
    error: flag(z.optional(z.string()), 'an error that a tool showed, whole or in part; - for stdin', {
      value: 'TEXT|-',
    }),
  }),
  positional: ['rule'],
  effect: 'read',
  examples: [
    { line: 'explain', says: 'every rule' },
    { line: 'explain storage.default-action-deny', says: 'one rule in full' },
    {
      line: 'explain nsg.outbound-storage --live',
      says: 'its findings too, held against what Azure says is in effect',
    },
    {
      line: 'explain --error "Unable to profile this dataset"',
      says: 'what may be behind an error in this workspace, with the fixes',
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
        'Nothing is named to ask Azure about.',
        'Name a rule or a finding, or use `bastide audit --live`.',
      );
    }
    if (rule === undefined) return { kind: 'rules', value: { rules: context.rules.map(brief) } };
    const id = rule.split('@')[0] ?? rule;
    const found = context.rules.find((entry) => entry.id === id);
    if (found) {
      const full: Full = { ...brief(found), for: found.for, gates: found.gates, explain: found.explain };
      return { kind: 'rule', value: live ? { ...full, ...(yield* askedAbout(context, rule)) } : full };
    }
    const near = nearest(
      id,
      context.rules.map((entry) => entry.id),
    );
    throw new Failure(
      'unknown-rule',
      exitStatus.usage,
      `There is no rule ${clean(id, 80)}.`,
      near === undefined ? 'Run `bastide explain` for the list.' : `Did you mean ${near}?`,
    );
  },
  json: ({ value }) => value,
  text(result) {
    if (result.kind === 'error') return diagnosisLines(result.value);
    if (result.kind === 'rules') {
      return result.value.rules.map((rule) =>
        line([rule.severity.padEnd(9), rule.severity], [rule.id.padEnd(40), 'accent'], rule.title, [
          `  ${rule.fix.kind}`,
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
        [`  ${rule.profiles.map(profileName).join(', ')}  ${rule.for.join(', ')}`, 'dim'],
      ),
      [],
      line(['Why       ', 'heading'], rule.explain.why),
      line(['The fix   ', 'heading'], `${rule.explain.fix} (${rule.fix.kind}, undo ${rule.fix.undo})`),
      line(['May break ', 'heading'], rule.explain.breaks),
      ...(rule.gates.length === 0 ? [] : [line(['Needs     ', 'heading'], rule.gates.join(', '))]),
      ...rule.explain.links.map((link) => line(['          ', 'dim'], [link, 'link'])),
      ...(rule.findings === undefined ? [] : [[], ...rule.findings.flatMap(findingLines)]),
      ...liveLines(rule.live),
    ];
  },
});

const errorAlone = (rule: string | undefined): Failure =>
  new Failure(
    'contradicting-flags',
    exitStatus.usage,
    `--error asks about an error text, and ${rule === undefined ? '--live asks Azure about findings' : `${clean(rule, 80)} about a rule`}.`,
    rule === undefined ? 'Use one of them.' : 'Put the whole error text in quotes, or leave out --error.',
  );

/** The findings of a rule, or the one that is named, and what Azure says about them. Throws Failure (exit 2) where there is none. */
async function* askedAbout(context: Context, wanted: string): AsyncGenerator<SessionEvent, Asked> {
  const isMeant = ({ id, rule }: Finding): boolean => sameId(id, wanted) || rule === wanted;
  const { snapshot, report } = yield* scanAndAsk(context, (judged) => {
    const ids = judged.report.findings.filter(isMeant).map(({ id }) => id);
    if (ids.length > 0) return ids;
    throw new Failure(
      'unknown-finding',
      exitStatus.usage,
      `The audit makes no finding ${clean(wanted, 300)}.`,
      'Run `bastide findings --rule RULE` for those there are.',
    );
  });
  const live = liveReport(snapshot);
  return { findings: report.findings.filter(isMeant), ...(live === undefined ? {} : { live }) };
}
