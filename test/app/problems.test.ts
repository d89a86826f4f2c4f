// The screen of problems: its rows over every world, and its keys.
import { describe, expect, test } from 'vitest';
import { lineWidth, plain } from '../../src/app/draw/text.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { findings } from '../../src/app/screens/findings.ts';
import { problems } from '../../src/app/screens/problems.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import { isCounted, isOpen } from '../../src/model/finding.ts';
import {
  isPromised,
  type ProblemReport,
  problemNumbers,
  reportNumbers,
  resolvedWords,
} from '../../src/model/problem.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { applyChanges } from '../../src/plan/simulate.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession } from '../../src/session/create-file-session.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';
import { sandbox } from '../support/sandbox.ts';

/** A session over a world that plans as the real one does; what is applied is applied to a copy of the snapshot. */
function sessionOf(world: string): Session {
  let snapshot = worldSnapshot(world);
  const { report, plan, planInSteps, offer, selectable, without, map } = createFileSession({
    ...{ snapshot, rules, sandbox },
    ...{ now: () => new Date(0), newId: () => 'id-1' },
  });
  return {
    ...fakeSession(),
    ...{ report, plan, planInSteps, offer, selectable, without, map, latest: () => snapshot },
    // biome-ignore lint/correctness/useYield: there is nothing to say on the way.
    async *scan() {
      return snapshot;
    },
    async *apply(what) {
      const changes = what.steps.map(({ change }) => change);
      snapshot = { ...applyChanges(snapshot, changes), id: 'snap-2' };
      const { resolves, rollUps = [] } = what.preview;
      const none = { persisting: [], unknown: [], introduced: [], notApplicable: [] };
      const verified = { resolved: resolves, rollUps, ...none };
      return { entry: 'entry-1', state: 'done', steps: [], verified, skipped: [], ended: null, vanished: [] };
    },
  };
}

async function started(session: Session = fakeSession(), size = { columns: 140, rows: 40 }) {
  const stdout = { ...size, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session, stdout, screen: 'problems' }));
  await shell.begin();
  const state = () => shell.store.get();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const text = () => bodyRows(state()).map(plain).join('\n');
  const header = () => headerRows(state()).rest.map(plain).join('\n');
  const list = () => sliceOf(state(), problems);
  return { shell, state, press, rest, text, header, list };
}

describe('every world', () => {
  const names = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
  test.each(names)('%s: one row a problem, numbers as in the header, each with what to do', async (world) => {
    const { state, header, list, press, text } = await started(sessionOf(world), { columns: 200, rows: 60 });
    const { report } = state();
    if (report === null) throw new Error('nothing was scanned');
    const rows = [...list().items.value].flatMap((item) => (item.kind === 'row' ? [item.row] : []));
    expect(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      report.problems.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const { failing, unreadable, promised } = reportNumbers(report);
    expect(failing + unreadable).toBe(rows.length);
    expect(promised).toBe(rows.filter(isPromised).length);
    const counted = report.findings.filter((one) => isOpen(one) && isCounted(one));
    expect(rows.flatMap((one) => one.findings).length).toBe(counted.length);
    expect(header()).toContain(
      failing === 0
        ? report.summary.unknown === 0
          ? ' No problems'
          : ' No known problems'
        : ` ${failing} problem${failing === 1 ? '' : 's'}: `,
    );
    // Every problem says what to do, and what is unknown is never called fixable.
    press('g');
    for (let index = 0; index < list().items.value.length; index += 1) {
      const [own] = state().view.selection.problems;
      const detail = list().detail.value.map(plain).join(' ');
      press('j');
      if (own === undefined) continue;
      if (own.kind !== 'unreadable') expect(detail).toMatch(/ (Changes|Input needed|Details) /);
      else {
        expect(detail).toMatch(/ (Not accessible|Unknown because) .* What to do /);
        expect(detail).not.toMatch(/auto-fixable/i);
      }
    }
    expect(text()).not.toContain('undefined');
  });
});

test.each(['open', 'mixed', 'limited'])(
  '%s: promised, planned, resolved and gone are the same numbers',
  async (world) => {
    const { state, press, rest, text, header } = await started(sessionOf(world));
    const before = state().report;
    if (before === null) throw new Error('nothing was scanned');
    press('F');
    await rest();
    const { overlay } = state();
    if (overlay?.kind !== 'plan') throw new Error('no plan is shown');
    const { resolves } = overlay.plan.preview;
    const { findings: count, resolved } = problemNumbers(before.problems, resolves);
    expect(text()).toContain(` resolves ${resolvedWords(before.problems, resolves)}`);
    press('tab', 'enter');
    await rest();
    if (state().overlay?.kind === 'ask') {
      for (const letter of [...nameOf(state().snapshot?.workspace ?? ''), 'enter']) press(letter);
      await rest();
    }
    const after = state().report;
    if (after === null || after === before) throw new Error('nothing was scanned again');
    const { failing } = reportNumbers(after);
    expect(text()).toMatch(
      new RegExp(
        `and verified: ${count} findings? resolved \\(${resolved} of ${reportNumbers(before).failing} problems?\\)`,
      ),
    );
    expect(text().replace(/\s+/g, ' ')).toContain(`${failing} problem${failing === 1 ? '' : 's'} remain`);
    expect(before.summary.fail - count + introduced(before, after)).toBe(after.summary.fail);
    expect(header()).toContain(` ${failing} problem${failing === 1 ? '' : 's'}: `);
  },
);

/** Findings that fail now and did not: roll-ups are none. */
function introduced(before: ProblemReport, after: ProblemReport): number {
  const failed = new Set(before.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id));
  return after.findings.filter((one) => one.outcome === 'fail' && isCounted(one) && !failed.has(one.id)).length;
}

test('it begins on the gravest problem; f plans all its findings as one plan', async () => {
  const { state, press, rest, text } = await started();
  const [first] = state().report?.problems ?? [];
  expect(text()).toMatch(/> Problems by severity .*\[Problem\] Findings {2}JSON {2}History/);
  expect(text()).toMatch(/> {3}C stmlsim +The storage firewall admits/);
  expect(state().view.selection).toMatchObject({ about: 'problem', problems: [first], resource: ids.storage });
  expect(first?.findings.length).toBe(2);
  press('f');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'plan', line: `fix ${first?.findings.join(' ')}` });
  expect(text()).toMatch(/resolves 2 findings \(1 of \d problems\)/);
});

test('marked problems are one plan; a manual one says why it has none', async () => {
  const { state, press, rest, text } = await started();
  press('*', 'f');
  await rest();
  const { overlay, report } = state();
  if (overlay?.kind !== 'plan') throw new Error('no plan is shown');
  const fixable = report?.problems.filter(({ kind }) => kind === 'fix') ?? [];
  expect(fixable.length).toBeGreaterThan(1);
  expect(overlay.line).toBe(`fix ${fixable.flatMap((one) => one.findings).join(' ')}`);
  press('esc', '*', 'G');
  expect(state().view.selection.problems[0]?.kind).toBe('manual');
  press('f');
  expect(state().message?.text).toMatch(/No automatic fix; the details say what to do\./);
  expect(text()).toContain('manual fix');
});

test('Enter shows the findings of the problem alone; Esc shows all of them again', async () => {
  const { state, press, text } = await started();
  const own = state().view.selection.problems[0]?.findings ?? [];
  press('enter');
  const shown = () =>
    [...sliceOf(state(), findings).items.value].flatMap((item) => (item.kind === 'row' ? item.key : []));
  expect([state().screen, shown()]).toEqual(['findings', own]);
  expect(text()).toContain('Findings of stmlsim by severity');
  expect(state().view.selection.finding?.id).toBe(own[0]);
  press('esc');
  expect(shown().length).toBeGreaterThan(own.length);
  expect(text()).not.toContain('Findings of');
});

test('the selected row keeps the colour of its severity, and no row is wider than the body', async () => {
  const { shell, state } = await started(sessionOf('mixed'));
  const selected = () => bodyRows(state()).find((words) => words.some(({ role }) => role === 'selected')) ?? [];
  expect(selected().map(({ role }) => role)).toContain('critical');
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [132, 30],
    [200, 60],
  ] as const) {
    shell.resized(columns, rows);
    expect(Math.max(...bodyRows(state()).map(lineWidth)), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
    const [, tabs = []] = headerRows(state()).rest;
    expect(lineWidth(tabs), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
  }
});
