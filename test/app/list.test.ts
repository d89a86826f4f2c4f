// A list with its detail, whatever its rows are: over the findings of a fake session, keys in, state out.
import { expect, test } from 'vitest';
import { lineWidth, plain } from '../../src/app/draw/text.ts';
import { findings } from '../../src/app/screens/findings.ts';
import { remapped } from '../../src/app/state/keys/remap.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started(size = { columns: 140, rows: 40 }) {
  const stdout = { ...size, write: () => true } as unknown as NodeJS.WriteStream;
  const session = fakeSession();
  const shell = createShell(fakeOptions({ session, stdout, screen: 'findings' }));
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const list = () => sliceOf(shell.store.get(), findings);
  const shown = () => bodyRows(shell.store.get()).map(plain);
  return { shell, press, rest, list, shown, state: () => shell.store.get() };
}

test('it begins on the worst finding, grouped by severity, its detail beside it', async () => {
  const { shown, state } = await started();
  expect(shown()[0]).toMatch(/Findings by severity .*\[Explain\] Evidence/);
  expect(shown().join('\n')).toMatch(/▾ critical 2 {2}2 auto-fixable/);
  expect(state().view.selection.finding).toMatchObject({ severity: 'critical' });
});

test('the heading of a group says what its rows are where none is counted, and its detail is told whole', async () => {
  const { press, shell, shown } = await started({ columns: 100, rows: 40 });
  const { report } = shell.store.get();
  if (report === null) throw new Error('nothing was read');
  const findingsNow = report.findings.map((one) =>
    one.severity === 'critical' ? { ...one, rollUp: true as const } : one,
  );
  shell.store.dispatch({ type: 'set', members: { report: { ...report, findings: findingsNow } } });
  expect(shown().join('\n')).toMatch(/▾ critical 2 roll-ups/);
  press('g');
  const [first] = findingsNow;
  expect(shown().join(' ').replaceAll(/\s+/g, ' ')).toContain(first?.rule);
});

test('b cycles the groups, s the columns, S reverses, a shows the rest', async () => {
  const { press, list, shown } = await started();
  press('b');
  expect(shown()[0]).toContain('by rule');
  press('b', 'b');
  expect([...list().items.value].every(({ kind }) => kind === 'row')).toBe(true);
  press('s');
  expect(shown()[1]).toMatch(/Severity ▲/);
  const first = [...list().items.value].map(({ key }) => key);
  press('S');
  expect(shown()[1]).toMatch(/Severity ▼/);
  expect([...list().items.value].map(({ key }) => key)).toEqual(first.toReversed());
  const length = list().items.value.length;
  press('a');
  expect(list().items.value.length).toBeGreaterThan(length);
});

test('Shift and the letter marked in a heading sorts by its column, and again the other way round', async () => {
  const { press, list, shown, state } = await started();
  press('b', 'b', 'b');
  const headings = () => bodyRows(state())[1] ?? [];
  const letters = () => headings().flatMap(({ text, role }) => (role === 'letter' ? [text] : []));
  // The column of the rules has no room here.
  expect(letters()).toEqual(['v', 'N', 'i', 'x']);
  press('X');
  expect(shown()[1]).toMatch(/ Fix ▲ /);
  const fixes = [...list().items.value].map((item) => (item.kind === 'row' ? item.row.fix.kind : ''));
  expect(new Set(fixes).size).toBeGreaterThan(1);
  const order = ['auto', 'guided', 'none'];
  expect(fixes.map((kind) => order.indexOf(kind))).toEqual(
    fixes.map((kind) => order.indexOf(kind)).toSorted((a, b) => a - b),
  );
  const first = [...list().items.value].map(({ key }) => key);
  press('X');
  expect(shown()[1]).toMatch(/ Fix ▼ /);
  expect([...list().items.value].map(({ key }) => key)).toEqual(first.toReversed());
  press('V');
  expect(shown()[1]).toMatch(/Severity ▲ .* Fix {2}/);
  // A column that is not shown says in the title that it is sorted by.
  press('R', 'R');
  expect(shown()[0]).toContain('Findings  sorted by Rule ▼');
  press('s');
  expect(shown()[1]).toMatch(/ Fix ▲ /);
});

test('a column whose letter was given away has no mark; one of another letter of its title has that', async () => {
  const { shell, state } = await started();
  const marks = (setting: Parameters<typeof remapped>[0]) => {
    const { bindings, wrong } = remapped(setting);
    shell.store.dispatch({ type: 'set', members: { bindings } });
    const letters = (bodyRows(state())[1] ?? []).flatMap(({ text, role }) => (role === 'letter' ? [text] : []));
    return { wrong, letters };
  };
  expect(marks(undefined).letters).toEqual(['N', 'i', 'x']);
  expect(marks({ fix: 'I' })).toEqual({ wrong: [], letters: ['N', 'x'] });
  expect(marks({ 'findings-by-fix': 'ctrl-x', 'findings-by-name': 'e', 'go-to': 'ctrl-o' })).toEqual({
    wrong: [],
    letters: ['e', 'i'],
  });
  expect(marks({ 'findings-by-fix': 'T' }).wrong.join()).toMatch(/^keys\.findings-by-fix: T is used by theme /);
});

test('a filter selects the first remaining row, also after a letter that leaves the same ones', async () => {
  const { press, list, state } = await started();
  for (const letter of ['/', ...'storage']) press(letter);
  const left = list().items.value.length;
  press('.');
  expect(list().items.value.length).toBe(left);
  expect(state().view.selection.finding).toMatchObject({
    severity: 'critical',
    rule: expect.stringMatching(/^storage\./),
  });
});

test('a group folds and unfolds, and stays selected', async () => {
  const { press, list } = await started();
  press('h');
  expect(list().items.value.at(list().cursor.index)).toMatchObject({ kind: 'heading', label: 'critical' });
  const all = list().items.value.length;
  press('enter');
  expect(list().items.value.length).toBe(all - 2);
  press('l');
  expect(list().items.value.length).toBe(all);
});

test('marks: a row, a group, all; they are counted, survive a rescan and go with Esc', async () => {
  const { press, rest, list, shown } = await started();
  press(' ', ' ');
  expect(list().marks.size).toBe(2);
  expect(shown()[0]).toContain('2 marked');
  press('r');
  await rest();
  expect(list().marks.size).toBe(2);
  press('*');
  expect(list().marks.size).toBe(4);
  press('*');
  expect(list().marks.size).toBe(0);
  press('g', ' ');
  expect(list().marks.size).toBe(2);
  press('esc');
  expect(list().marks.size).toBe(0);
});

test('f with marks is one plan for all of them', async () => {
  const { press, rest, state } = await started();
  press('g', ' ', 'f');
  await rest();
  const { overlay } = state();
  expect(overlay).toMatchObject({ kind: 'plan', choice: 0 });
  expect(overlay?.kind === 'plan' && overlay.plan.steps.length).toBe(2);
  expect(overlay?.kind === 'plan' && overlay.line).toMatch(/^fix storage\.\S+ storage\.\S+$/);
});

test('the selected finding stays selected while the list changes around it', async () => {
  const { press, state } = await started();
  press('j', 'j', 'j');
  const { finding } = state().view.selection;
  press('b', 'b', 's', 'S');
  expect(state().view.selection.finding?.id).toBe(finding?.id);
});

test('no row is wider than the body and none is missing, at any size', async () => {
  const { shell, state, press } = await started();
  press(' ');
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [131, 20],
    [132, 30],
    [200, 60],
  ] as const) {
    shell.resized(columns, rows);
    const lines = bodyRows(state());
    expect(Math.max(...lines.map(lineWidth)), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
    expect(lines.length).toBeLessThanOrEqual(state().view.layout.body);
  }
});

test('a detail that was scrolled begins at its top again for another row, and stays where it is for the same one', async () => {
  const { press, list } = await started({ columns: 140, rows: 14 });
  press('tab');
  press('j', 'j');
  expect(list().top).toBeGreaterThan(0);
  const { top } = list();
  press('tab');
  expect(list().top).toBe(top);
  press('j');
  expect(list().top).toBe(0);
});
