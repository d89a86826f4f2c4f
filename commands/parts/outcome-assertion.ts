// `assert RULE RESOURCE OUTCOME`: the findings of a rule for a resource, each held to an outcome.
import type { CommandContext } from '../../src/command/definition.ts';
import { type ExitStatus, exitStatus, Failure } from '../../src/model/failure.ts';
import type { Finding, Outcome } from '../../src/model/finding.ts';
import { matchesAny } from '../../src/model/glob.ts';
import { nearest } from '../../src/model/nearest.ts';
import { nameInParent, nameOf, sameId } from '../../src/model/resource-id.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { scanAndJudge } from './judge.ts';

const outcomes: readonly Outcome[] = ['pass', 'fail', 'unknown', 'notApplicable'];

export interface OutcomeWords {
  readonly rule: string;
  readonly resource: string;
  readonly expected: Outcome;
}

type AssertedFinding = Pick<Finding, 'id' | 'rule' | 'resource' | 'where' | 'outcome' | 'because' | 'gaps'>;

export interface OutcomeAssertion extends OutcomeWords {
  /** Every finding has the outcome, and there is one. */
  readonly ok: boolean;
  readonly findings: readonly (AssertedFinding & { readonly ok: boolean })[];
}

/** The three words of an outcome; undefined for access scopes, which are sentences. Throws Failure (exit 2) for another outcome. */
export function readAssertion(words: readonly string[]): OutcomeWords | undefined {
  const [rule = '', resource = '', word = ''] = words;
  if (words.length !== 3 || !/^[\w*-]+(?:\.[\w*-]+)+$/.test(rule) || words.some((one) => /\s/.test(one.trim())))
    return undefined;
  const expected = outcomes.find((one) => one.toLowerCase() === word.toLowerCase());
  if (expected !== undefined) return { rule, resource, expected };
  throw new Failure(
    'unknown-outcome',
    exitStatus.usage,
    `${clean(word, 60)} is not an outcome.`,
    `Use one of: ${outcomes.join(', ')}.`,
  );
}

/** Throws Failure (exit 2) for a rule that does not exist. */
export async function* assertOutcome(
  context: CommandContext,
  words: OutcomeWords,
): AsyncGenerator<SessionEvent, OutcomeAssertion> {
  const { rule, resource, expected } = words;
  const ids = context.rules.map(({ id }) => id);
  if (!ids.some((id) => matchesAny([rule], id))) {
    const near = nearest(rule, ids);
    const next = near === undefined ? 'Run `bastide rules` for the list.' : `Did you mean ${near}?`;
    throw new Failure('unknown-rule', exitStatus.usage, `No rule matches ${clean(rule, 100)}.`, next);
  }
  const { report } = yield* scanAndJudge(context);
  const isNamed = (id: string): boolean =>
    sameId(id, resource) || matchesAny([resource], nameOf(id)) || matchesAny([resource], nameInParent(id));
  // Of many rules, those that do not apply say nothing.
  const isMeant = ({ outcome }: Finding) =>
    outcome !== 'notApplicable' || expected === 'notApplicable' || !rule.includes('*');
  const findings = report.findings
    .filter((one) => matchesAny([rule], one.rule) && isMeant(one))
    .filter((one) => isNamed(one.resource) || (one.where !== null && isNamed(one.where)))
    .map(({ id, rule: own, resource: of, where, outcome, because, gaps }) => {
      return { id, rule: own, resource: of, where, outcome, because, gaps, ok: outcome === expected };
    });
  return { ...words, ok: findings.length > 0 && findings.every(({ ok }) => ok), findings };
}

/** 1 where an outcome is another, or there is no finding; 3 where all that differs is unknown, because something was not read. */
export function outcomeExit({ ok, findings }: OutcomeAssertion): ExitStatus {
  const wrong = findings.filter((one) => !one.ok);
  const isOpen = wrong.length > 0 && wrong.every(({ outcome, gaps }) => outcome === 'unknown' && gaps.length > 0);
  return ok ? exitStatus.done : isOpen ? exitStatus.gaps : exitStatus.findings;
}

export function outcomeLines({ rule, resource, expected, findings }: OutcomeAssertion): Line[] {
  if (findings.length === 0) {
    return [line(['✗ ', 'bad'], `${clean(rule, 100)}: no finding for ${clean(resource, 200)}, expected ${expected}.`)];
  }
  return findings.flatMap(({ rule: own, resource: of, where, outcome, because, ok }) => {
    const look = ok ? 'ok' : 'bad';
    const about = [of, ...(where === null ? [] : [where])].map((id) => clean(nameInParent(id), 200)).join(', ');
    return [
      line([ok ? '✓ ' : '✗ ', look], [outcome.padEnd(14), look], [own, 'accent'], ` ${about}`, [
        ok ? '' : `  expected ${expected}`,
        'dim',
      ]),
      ...(ok ? [] : [line(`    ${clean(because, 600)}`)]),
    ];
  });
}
