// What the command line offers: things are found by a few of their letters, and the next word is suggested before it is typed.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { plain } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { screens } from '../../src/app/screens/index.ts';
import type { ScreenController } from '../../src/app/state/effect-context.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { createKnown, suggestionsFor } from '../../src/app/state/suggestions.ts';
import type { KnownWords } from '../../src/command/completion.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions, ids } from '../support/fake-options.ts';

const known = {
  finding: [
    {
      value: `storage.default-deny@${ids.storage}`,
      label: 'storage.default-deny on stml',
      says: 'open',
      line: `fix storage.default-deny@${ids.storage}`,
    },
  ],
  resource: [{ value: ids.storage, label: 'stml', says: 'storage account', line: `show ${ids.storage}` }],
  theme: [{ value: 'deuteranopia', says: 'Red and green', line: 'theme deuteranopia' }],
};
const offered = (text: string) => suggestionsFor(text, verbs, known).map((one) => one.line);

test('a few letters of a thing are enough for its line', () => {
  expect(offered('stml')[0]).toBe(`show ${ids.storage}`);
  expect(offered('sdd')).toContain(`fix storage.default-deny@${ids.storage}`);
  expect(offered('deut')[0]).toBe('theme deuteranopia');
});

test('commands and screens come first, by what they begin with', () => {
  expect(offered('aud')[0]).toBe('audit ');
  for (const { name } of screens) expect(offered(name.slice(0, 4))).toContain(name);
});

test('no two rows have one name: a screen and a command of its name are one', () => {
  for (const text of ['', ...screens.map(({ name }) => name), 'h', 'fi', 'ma']) {
    const labels = suggestionsFor(text, verbs, known).map(({ label }) => label);
    expect([text, labels.filter((label, at) => labels.indexOf(label) !== at)]).toEqual([text, []]);
  }
});

test('after a command only its own words are offered, each put in whole', () => {
  expect(offered('fix std')).toEqual([`fix storage.default-deny@${ids.storage} `]);
  expect(offered('theme d')).toEqual(['theme deuteranopia ']);
  expect(offered('audit --fail-on cr')).toEqual(['audit --fail-on critical ']);
});

test('at 80 columns a long name does not cut the descriptions of the others', async () => {
  const stdout = { columns: 80, rows: 24, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ stdout }));
  await shell.begin();
  for (const key of ':st') shell.press(key);
  const rows = bodyRows(shell.store.get()).map((one) => plain(one).trimEnd());
  const at = (label: string, hint: string) => rows.find((row) => row.includes(` ${label} `))?.indexOf(hint);
  expect(at('stmlsim', 'resource: storage account')).toBe(32);
  expect(at('storage.trusted-services on stmlsim', 'finding: ')).toBe(45);
});

test('a problem is found by words of its headline, and Enter shows it in the list of problems', async () => {
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ stdout }));
  await shell.begin();
  const [problem] = shell.store.get().report?.problems ?? [];
  const words =
    problem?.headline
      .slice(problem.headline.indexOf(':') + 2)
      .split(' ')
      .slice(0, 3)
      .join(' ') ?? '';
  for (const key of `:${words.toLowerCase()}`) shell.press(key);
  const { overlay } = shell.store.get();
  const rows = overlay?.kind === 'palette' ? overlay.suggestions.filter(({ hint }) => hint.startsWith('problem:')) : [];
  expect(rows.map(({ label }) => label)).toContain(problem?.headline);
  shell.press('enter');
  await new Promise((resolve) => setImmediate(resolve));
  const { screen, view, overlay: after } = shell.store.get();
  expect([after, screen, view.selection.problems.map(({ headline }) => headline.includes(words))]).toEqual([
    ...[null, 'problems', [true]],
  ]);
  // A few letters strewn over a sentence are no match.
  for (const key of ':sczq') shell.press(key);
  const { overlay: other } = shell.store.get();
  expect(other?.kind === 'palette' && other.suggestions.some(({ hint }) => hint.startsWith('problem:'))).toBe(false);
});

test('never more than fifty, however much has been read', () => {
  const many = Array.from({ length: 5000 }, (_, at) => ({
    value: `/r/${at}`,
    label: `account-${at}`,
    says: '',
    line: `show /r/${at}`,
  }));
  expect(suggestionsFor('account', verbs, { resource: many })).toHaveLength(50);
});

test('whatever was typed before, a text is offered what it is offered first of all', () => {
  // Few letters, so that they fit often; how one of them is made small depends on what follows it.
  const word = fc.string({ unit: fc.constantFrom('a', '/', 'Σ', 'σ'), minLength: 1, maxLength: 4 });
  const label = fc.string({ unit: fc.constantFrom('a', 'B', ' '), maxLength: 4 });
  const thing = fc.record({ value: word, label, says: label, line: word }, { requiredKeys: ['value', 'says'] });
  const few = fc.array(thing, { maxLength: 30 });
  // More than are ever weighed.
  const many = fc.array(thing, { minLength: 1, maxLength: 9 }).map((some) => Array(400).fill(some).flat());
  const key = fc.oneof(
    { weight: 3, arbitrary: word.map((more) => (text: string) => text + more) },
    { weight: 3, arbitrary: fc.constant((text: string) => text.slice(0, -1)) },
    { weight: 1, arbitrary: fc.constantFrom('', 'fix ', 'fix --resource=').map((text) => () => text) },
  );
  const read = fc.record({ finding: fc.oneof(few, many), rule: few, resource: few, theme: few });
  fc.assert(
    fc.property(read, fc.array(key, { maxLength: 30, size: 'max' }), (things: KnownWords, keys) => {
      let text = '';
      for (const press of keys) {
        text = press(text);
        expect(suggestionsFor(text, verbs, things)).toEqual(suggestionsFor(text, verbs, structuredClone(things)));
      }
    }),
    { numRuns: 100 },
  );
});

test('a finding that is named is fixed where that is possible, else explained; one that passes is not named', () => {
  const finding = (outcome: string, kind: string) => ({
    ...{ id: `storage.${outcome}-${kind}@${ids.storage}`, title: 'Open', problem: 'Open', outcome, fix: { kind } },
  });
  const findings = [
    finding('fail', 'auto'),
    finding('fail', 'none'),
    finding('unknown', 'auto'),
    finding('pass', 'auto'),
  ];
  const state = { snapshot: null, report: { findings }, entries: [] } as unknown as State;
  const { finding: named = [] } = createKnown()(state, { options: fakeOptions() } as ScreenController);
  expect(named.map(({ value, label, says, line }) => ({ value, label, says, line }))).toEqual(
    [
      ['fix', 'fail-auto'],
      ['explain', 'fail-none'],
      ['explain', 'unknown-auto'],
    ].map(([verb, name]) => ({
      value: `storage.${name}@${ids.storage}`,
      label: `storage.${name} on stmlsim`,
      says: 'Open',
      line: `${verb} storage.${name}@${ids.storage}`,
    })),
  );
});

test('on the screen: letters marked, the next word told, an earlier line of any host recalled, each line kept', async () => {
  const kept: string[] = [];
  const options = fakeOptions({
    stdout: { columns: 80, rows: 24, write: () => true } as unknown as NodeJS.WriteStream,
    lines: ['greet from-another-shell'],
    addLine: (line) => void kept.push(line),
  });
  const shell = createShell(options);
  await shell.begin();
  const type = (text: string) => {
    for (const key of text) shell.press(key);
  };
  const rows = () => bodyRows(shell.store.get()).map((one) => plain(one).trimEnd());
  /** The first row below the title of the command line. */
  const first = () => rows().findIndex((row) => row.includes('│ Command ')) + 1;
  type(':');
  shell.press('up');
  expect(rows()[first()]).toContain('greet from-another-shell');
  shell.press('down');
  type('greet ');
  expect(rows()[first() + 1]).toMatch(/│ {3}greet \[WHO\] \[--ask\] +│/);
  expect(rows()[first() + 2]).toContain('whom to greet; default world');
  const who = bodyRows(shell.store.get())[first() + 1]?.find((one) => one.text === '[WHO]');
  expect(who?.role).toBe('key');
  shell.press('esc');
  type(':drk');
  // The bar of the selected match has one look.
  shell.press('up');
  const marked = bodyRows(shell.store.get()).flatMap((one) =>
    one.filter(({ role }) => role === 'key').map(({ text }) => text),
  );
  expect(marked.join('')).toContain('drk');
  shell.press('tab');
  expect(rows()[first()]).toContain('theme dark');
  shell.press('esc');
  type(':greet you');
  shell.press('enter');
  expect(kept).toEqual(['greet you']);
  expect(shell.store.get().lines.at(-1)).toBe('greet you');
});

async function palette(more: Partial<AppOptions> = {}) {
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ stdout, ...more }));
  await shell.begin();
  const state = () => shell.store.get();
  /** Types a text and some keys, and waits until nothing runs. */
  const enter = async (text: string, ...keys: string[]) => {
    for (const key of [...text, ...keys]) shell.press(key);
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
    return state();
  };
  return { state, enter };
}
const typedIn = ({ overlay }: State) => (overlay?.kind === 'palette' ? overlay.input.text : null);

test('Enter takes the match that is selected: a screen, a resource, a finding, a theme, a rule', async () => {
  const { state, enter } = await palette();
  await enter(':reso');
  expect(state().overlay).toMatchObject({ kind: 'palette', choice: 0, suggestions: [{ label: 'resources' }] });
  expect((await enter('', 'enter')).screen).toBe('resources');
  await enter(':stmls', 'enter');
  expect([state().overlay, state().screen, state().view.selection.resource]).toEqual([null, 'resources', ids.storage]);
  await enter(':storage.trusted', 'enter');
  expect([state().screen, state().view.selection.finding?.rule]).toEqual(['findings', 'storage.trusted-services']);
  await enter(':deuter', 'enter');
  expect(state().theme.name).toBe('deuteranopia');
  // A rule is explained.
  await enter('', 'esc');
  await enter(':storage.default-deny', 'enter');
  expect(state().lines.at(-1) ?? '').toMatch(/^(?:theme|explain) /);
});

test('a command that sends changes is put into the line by Enter, and run by the next', async () => {
  const { state, enter } = await palette({ screen: 'findings' });
  await enter(':fi', 'down', 'enter');
  expect(typedIn(state())).toBe('fix ');
  await enter('storage.trusted', 'enter');
  expect(typedIn(state())).toMatch(/^fix storage\.trusted-services@\S+ $/);
  expect(state().entries).toEqual([]);
  await enter('', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'plan', choice: 0 });
});

test('no text that is no command runs one that sends changes', async () => {
  for (const text of ['reso', 'redoo', 'und', 'undoo', 're', 'fi', 'f', 'u', 'unredo']) {
    const { enter } = await palette();
    const after = await enter(`:${text}`, 'enter');
    expect([text, after.overlay?.kind === 'plan', after.lines]).toEqual([text, false, []]);
  }
});

test('Down and Up select among the matches, above the first stands the line as typed, and Tab puts the match into it', async () => {
  const { state, enter } = await palette();
  await enter(':st');
  expect(state().overlay).toMatchObject({ choice: 0 });
  await enter('', 'down', 'down', 'up');
  expect(state().overlay).toMatchObject({ choice: 1, isCompleted: false });
  expect(typedIn(state())).toBe('st');
  await enter('', 'up', 'up', 'up');
  expect(state().overlay).toMatchObject({ choice: -1 });
  await enter('', 'down', 'tab');
  const { overlay } = state();
  expect(typedIn(state())).toBe(overlay?.kind === 'palette' ? overlay.suggestions[0]?.line : '');
});

test('what begins with the text comes before what its letters only fit, and every match says what it is', () => {
  for (const text of ['st', 'a', 'de', 'show', 'open']) {
    const rows = suggestionsFor(text, verbs, known);
    const begins = rows.map(({ label }) => label.toLowerCase().startsWith(text));
    expect([text, begins]).toEqual([text, begins.toSorted((a, b) => Number(b) - Number(a))]);
    for (const { hint } of rows) {
      expect(hint).toMatch(/^(?:screen|command|resource|finding|rule|setting|theme|change): /);
    }
  }
});
