// What an act introduced is said before everything else; where it is critical or high the act ends with 1, whatever else it did.
// What was introduced is computed here from the audits before and after alone.

import { expect, test } from 'vitest';
import { actExit, outcomeFailure, outcomeLines } from '../../commands/parts/act.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { isCounted, isOpen, type Report } from '../../src/model/finding.ts';
import { plainText } from '../../src/model/words.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { withFirstChoices } from '../plan/first-choices.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { evenly, lawWorlds } from '../support/trust-size.ts';

const ids = (report: Report, isMeant: (one: Report['findings'][number]) => boolean): string[] =>
  report.findings.filter(isMeant).map(({ id }) => id);
const isGrave = ({ severity }: Report['findings'][number]): boolean => severity === 'critical' || severity === 'high';

/** Applies it, and compares what is said with both audits. */
async function applied(session: Session, plan: Parameters<Session['apply']>[0], known: readonly string[] = []) {
  const before = session.report(session.latest() ?? (await drain(session.scan())), 'all');
  const outcome = await drain(session.apply(plan, { line: 'fix', acceptWarnings: true }));
  const after = session.report(await drain(session.scan()), 'all');
  const failed = new Set(ids(before, ({ outcome }) => outcome === 'fail'));
  const isNew = (one: Report['findings'][number]) =>
    one.outcome === 'fail' && !failed.has(one.id) && !known.includes(one.id);
  const news = ids(after, isNew);
  const grave = ids(after, (one) => isNew(one) && isGrave(one) && isCounted(one));
  const lines = outcomeLines(outcome).map(plainText);
  const first = lines.slice(0, news.length);
  expect(first.every((one) => one.startsWith('introduced '))).toBe(true);
  expect(lines.slice(news.length).some((one) => one.startsWith('introduced '))).toBe(false);
  expect(first.slice(0, grave.length).every((one) => / (?:critical|high) /.test(one))).toBe(true);
  expect((outcome.verified.severe ?? []).map(({ finding }) => finding)).toEqual(grave);
  const isWhole = outcome.state === 'done' && outcome.ended === null;
  if (isWhole) expect(actExit({ kind: 'outcome', outcome })).toBe(grave.length > 0 ? 1 : 0);
  const failure = outcomeFailure(outcome);
  if (isWhole && grave.length > 0) {
    expect(failure).toMatchObject({ code: 'introduced', details: { introduced: grave } });
  }
  return { outcome, grave };
}

const all = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
/** In the first, something of high severity is introduced. */
const worlds = [...new Set(['limited', ...evenly(all, lawWorlds)])];

/** The rules of a world whose plan says that it introduces something, and a few others. */
async function rulesIn(world: string): Promise<string[]> {
  const session = openInProcess(world);
  const snapshot = await drain(session.scan());
  const report = session.report(snapshot, 'all');
  const failing = [
    ...new Set(report.findings.filter((one) => isOpen(one) && one.fix.kind !== 'none').map((one) => one.rule)),
  ];
  const introducing = failing.filter((rule) => planned(session, rule).preview.introduces.length > 0);
  return [...new Set([...introducing, ...evenly(failing, 1)])];
}
const planned = (session: Session, rule: string) => {
  const snapshot = session.latest();
  if (snapshot === undefined) throw new Error('nothing was read');
  return withFirstChoices((answers) => session.plan(snapshot, { targets: [rule], answers, ips: [], profile: 'all' }))
    .plan;
};

test('what fails afterwards and did not before is said first, and decides the exit status', async () => {
  let grave = 0;
  for (const world of worlds) {
    for (const rule of await rulesIn(world)) {
      const session = openInProcess(world);
      await drain(session.scan());
      const plan = planned(session, rule);
      if (plan.steps.length === 0 || plan.gates.some(({ outcome }) => outcome === 'fail')) continue;
      const one = await applied(session, plan);
      grave += one.grave.length;
      if (one.outcome.entry === null || one.outcome.state !== 'done') continue;
      // An undo brings back what failed before the changes that it undoes, and that is no news.
      const undo = await session.planUndo();
      const [entry] = (await session.history()).filter(({ id }) => id === undo.of);
      const wasFailing = new Set([...(entry?.findings ?? []), ...(entry?.resolves ?? [])]);
      await applied(session, undo, [...wasFailing]);
    }
  }
  expect(grave).toBeGreaterThan(0);
}, 240_000);

test('an architecture that is declared and not there yet: closing everything introduces what is high', async () => {
  const session = openInProcess('open');
  await session.setIntents({ architecture: 'private-endpoint' });
  const snapshot = await drain(session.scan());
  const request = { targets: 'all' as const, answers: {}, ips: [], profile: 'all' as const };
  const plan = session.plan(snapshot, {
    ...request,
    allowEffects: effectKinds,
  });
  await applied(session, plan);
}, 60_000);
