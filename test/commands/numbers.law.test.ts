// One count for one noun, as every command and host prints it: problems, findings and changes of an audit, a plan, the guide, the
// accessible mode, the result of a fix, a later verification, a row of a fleet and every document.
import { expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { planSentences } from '../../src/accessible/plan-words.ts';
import type { ChooseQuestion } from '../../src/command/definition.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { type Envelope, runCommand } from '../../src/command/run.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { isCounted } from '../../src/model/finding.ts';
import { rowNumbers } from '../../src/model/fleet.ts';
import { reportNumbers } from '../../src/model/problem.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { evenly, lawWorlds } from '../support/trust-size.ts';

const all = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
const worlds = [...new Set(['mixed', 'refused', ...evenly(all, lawWorlds)])];

/** Runs a command line; the first question ends it, and is kept. */
async function run(session: Session, line: string) {
  const { context } = fakeOptions({ session });
  const asked: ChooseQuestion[] = [];
  const stop = async (): Promise<never> => {
    throw new Failure('cancelled', exitStatus.notSent, 'Cancelled.', '');
  };
  const choose = async (question: ChooseQuestion) => {
    asked.push(question);
    return 'stop';
  };
  const parsed = parseCommand(line.split(' '), verbs, { profile: 'all' });
  const host = { ...context.host, interactive: !line.includes('--dry-run') };
  const given = { ...context, host, verbs, rules, ask: { choose, text: stop, confirm: stop } };
  const envelope = await drain(runCommand(parsed, { ...given, signal: new AbortController().signal }));
  return { envelope, asked, text: (envelope.view?.text() ?? []).map(plainText).join('\n') };
}
const document = async ({ view }: Envelope, format: 'markdown' | 'junit' | 'html'): Promise<string> => {
  const made = (await view?.document(format)) ?? '';
  return typeof made === 'string' ? made : [...(made as Iterable<string>)].join('');
};
function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`nothing like ${pattern} in:\n${text.slice(0, 4000)}`);
  return Number(found);
}
const bySeverity = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/(\d+) (critical|high|medium|low|info)/g)].map(([, n, name]) => [name, Number(n)]),
  );

test.each(worlds)('%s', { timeout: 120_000 }, async (world) => {
  const session = openInProcess(world);
  const snapshot = await drain(session.scan());
  const report = session.report(snapshot, 'all');
  const { failing, bySeverity: grades, promised } = reportNumbers(report);
  const own = report.findings.filter((one) => one.outcome === 'fail' && isCounted(one)).length;
  expect(report.summary.fail).toBe(own);
  expect(report.problems.filter(({ kind }) => kind !== 'unreadable').flatMap((one) => one.findings)).toHaveLength(own);

  // The audit, as text and as documents.
  const audited = await run(session, 'audit --fail-on never');
  const [counts = ''] = /^\d+ problems?.*$/m.exec(audited.text) ?? [];
  if (report.problems.length > 0) {
    expect(numberIn(counts, /^(\d+) problems?/)).toBe(failing);
    const told = bySeverity(counts.replace(/\).*$/, ''));
    expect(told).toEqual(Object.fromEntries(Object.entries(grades).filter(([, count]) => count > 0)));
  }
  expect(numberIn(audited.text, /^(\d+) failing findings?\b/m)).toBe(own);
  if (promised > 0) expect(numberIn(audited.text, /^(\d+) auto-fixable problems?:/m)).toBe(promised);
  const headlines = audited.text.match(/^✗ \w+ /gm) ?? [];
  expect(headlines).toHaveLength(failing);
  const byFinding = await run(session, 'audit --by finding --fail-on never');
  const failed = byFinding.text.split(/^(?=\S)/m).filter((block) => /^✗ \w+ /.test(block));
  expect(failed.filter((block) => !block.includes('roll-up, not counted')).length).toBeGreaterThanOrEqual(own);
  expect(numberIn(await document(audited.envelope, 'junit'), /<testsuites [^>]*failures="(\d+)"/)).toBe(own);
  for (const format of ['markdown', 'html'] as const) {
    const page = await document(audited.envelope, format);
    expect(numberIn(page, /(\d+) failing findings?\b/), format).toBe(own);
    if (report.problems.length > 0) expect(numberIn(page, /(\d+) problems? /), format).toBe(failing);
  }

  // A row of a fleet.
  expect(rowNumbers(report)).toMatchObject({ problems: failing, problemsBySeverity: grades, summary: { fail: own } });

  // The guide's place, and what it would show.
  const { asked } = await run(session, 'guide');
  const place = asked.find(({ progress }) => progress !== undefined)?.progress;
  if (place !== undefined) expect(place).toEqual({ at: 1, total: failing });
  const dry = await run(session, 'guide --dry-run');
  const turns = (dry.text.match(/^ {1,2}\d+ {2}/gm) ?? []).length;
  const rest = /^ +and (\d+) more problems?$/m.exec(dry.text)?.[1] ?? '0';
  const byHand = /^(\d+) problems? to fix by hand/m.exec(dry.text)?.[1] ?? '0';
  expect(turns + Number(rest) + Number(byHand)).toBe(failing);

  // The plan, spoken and in text; then what became of it.
  const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
  const plan = session.plan(snapshot, request);
  const planned = await run(session, 'plan --all');
  const resolves = numberIn(planned.text, /^resolves (\d+) /m);
  if (plan.steps.length > 0) expect(numberIn(planned.text, /^(\d+) changes?[,:]/m)).toBe(plan.steps.length);
  const listed = /^Resolves\n((?: {2}.*\n?)*)/m.exec(planned.text)?.[1] ?? '';
  expect(listed.split('\n').filter((one) => one.trim() !== '' && !one.includes('(roll-up'))).toHaveLength(resolves);
  const spoken = planSentences(plan).join('\n');
  if (resolves > 0) expect(numberIn(spoken, /^Resolved: (\d+) findings?\.$/m)).toBe(resolves);
  if (plan.steps.length === 0 || plan.gates.some(({ outcome }) => outcome === 'fail')) return;

  const fixed = await run(session, 'fix --all --yes');
  if (fixed.envelope.result === null) return;
  expect(numberIn(fixed.text, /^(\d+) resolved, /m)).toBe(resolves);
  const lines = fixed.text.split('\n').filter((one) => one.startsWith('resolved '));
  expect(lines.filter((one) => !one.includes('(roll-up'))).toHaveLength(resolves);
  expect(fixed.text.split('\n').filter((one) => /^[✓✗·?] \d+\. /.test(one))).toHaveLength(plan.steps.length);
  const verified = await run(session, 'verify --fail-on never');
  expect(numberIn(verified.text, /(\d+) findings? still resolved/)).toBe(resolves);
  const after = session.report(await drain(session.scan()), 'all');
  expect(numberIn(verified.text, /^(\d+) failing findings?\b/m)).toBe(after.summary.fail);
});

test('what an operator has left does not change the total that the guide names', async () => {
  const session = openInProcess('mixed');
  const report = session.report(await drain(session.scan()), 'all');
  const { failing } = reportNumbers(report);
  const { context } = fakeOptions({ session });
  const places: { readonly at: number; readonly total: number }[] = [];
  const choose = async ({ progress }: ChooseQuestion) => {
    if (progress !== undefined) places.push(progress);
    return places.length < 4 ? 'no' : 'stop';
  };
  const never = async (): Promise<never> => {
    throw new Error('nothing else is asked');
  };
  const parsed = parseCommand(['guide'], verbs, { profile: 'all' });
  const host = { ...context.host, interactive: true };
  const ask = { choose, text: never, confirm: never };
  await drain(runCommand(parsed, { ...context, host, verbs, rules, ask, signal: new AbortController().signal }));
  expect(places).toEqual([1, 2, 3, 4].map((at) => ({ at, total: failing })));
});
