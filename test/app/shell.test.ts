// The screen without its looks: keys in, state out, over a fake session.
import { describe, expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { footerRows } from '../../src/app/parts/footer-rows.ts';
import { resources } from '../../src/app/screens/resources.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { inSlice, sliceOf } from '../../src/app/state/view.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { themes } from '../../themes/index.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { type FakeOptions, fakeSession, ids } from '../support/fake-session.ts';

const silent = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;

async function started(fake: FakeOptions = {}, more: Partial<AppOptions> = {}) {
  const session = fakeSession(fake);
  const written: string[] = [];
  const stdout = {
    columns: 100,
    rows: 30,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session, stdout, ...more }));
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  /** Resolves when nothing runs. */
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const type = (text: string) => press(...text);
  return {
    shell,
    session,
    press,
    rest,
    type,
    written,
    state: () => shell.store.get(),
    panes: () => sliceOf(shell.store.get(), resources),
  };
}
const panelText = (state: State) => state.panel.value.map((words) => words.map((one) => one.text).join('')).join('\n');

test('the first reading fills tree, findings and detail', async () => {
  const { panes } = await started();
  expect(panes().rows.value.length).toBeGreaterThan(5);
  expect(panes().shown.value.rows.at(0)).toMatchObject({ severity: 'critical', outcome: 'fail' });
  expect(panes().detail.value.length).toBeGreaterThan(5);
});

test('a fix is previewed with Cancel selected, and Enter alone sends nothing', async () => {
  const { press, rest, state, session } = await started();
  const before = session.resources();
  press('f');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'plan', choice: 0 });
  expect(panelText(state())).toContain('Deny');
  press('enter');
  await rest();
  expect(session.resources()).toBe(before);
  expect(state().overlay).toBeNull();
  expect(state().message?.text).toBe('Cancelled: nothing was sent.');
});

test('fix, verify, undo, redo', async () => {
  const { press, rest, state } = await started();
  const failing = () => state().report?.summary.fail;
  expect(failing()).toBe(4);
  press('f');
  await rest();
  press('tab', 'enter');
  await rest();
  expect(state().act?.outcome?.verified.resolved).toHaveLength(1);
  expect(panelText(state())).toContain('1 finding resolved');
  expect(failing()).toBe(3);
  press('u');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'plan', line: 'undo', choice: 0 });
  press('right', 'enter');
  await rest();
  expect(panelText(state())).toContain('Undone and verified');
  expect(failing()).toBe(4);
  press('U');
  await rest();
  press('tab', 'enter');
  await rest();
  expect(failing()).toBe(3);
});

test('F fixes everything auto-fixable in one plan', async () => {
  const { press, rest, state } = await started();
  press('F');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'plan', line: 'fix --all' });
  press('tab', 'enter');
  await rest();
  expect(state().report?.findings.filter((one) => one.outcome === 'fail' && one.fix.kind === 'auto')).toEqual([]);
  expect(state().entries).toHaveLength(1);
});

test('the tree is sorted in place: the selection stays on its row, and no finding is looked at again', async () => {
  const { press, panes, state, shell } = await started();
  press('j', 'j', 'j', 'j', 'j');
  const { key } = panes().rows.value[panes().tree.index] ?? {};
  const { whole, shown } = panes();
  press('s', 's');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources by worst ▲/);
  expect(panes().rows.value[panes().tree.index]?.key).toBe(key);
  press('S');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources by worst ▼/);
  press('s', 's');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources ─/);
  press('A');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources by failing ▲/);
  press('A');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources by failing ▼/);
  expect((bodyRows(state())[0] ?? []).find(({ role }) => role === 'letter')?.text).toBe('a');
  // With room, all sort keys are shown.
  shell.resized(150, 40);
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources {2}name worst failing ▼ /);
  shell.resized(120, 30);
  press('s', 'S', 'S');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources ─/);
  expect([panes().whole, panes().shown]).toEqual([whole, shown]);
  expect(panes().whole.value).toBe(whole.value);
  expect(panes().shown.value).toBe(shown.value);
});

test('where there is room the tree has what its kinds have columns for, and the mouse hits the row below the headings', async () => {
  const { press, panes, state, shell } = await started();
  const rows = () => bodyRows(state()).map(plain);
  expect(rows().join('\n')).not.toMatch(/Settings/);
  press('+');
  expect(rows()[1]).toMatch(/Resource .*Failing .*Region .*Settings/);
  expect(rows().find((row) => row.includes('stmlsim'))).toMatch(/westeurope +Firewall /);
  press('+');
  shell.resized(200, 40);
  expect(rows()[1]).toMatch(/Region .*Settings/);
  const all = state();
  const clicked = inSlice(all, resources, (slice) => resources.click?.(slice, { x: 3, row: 4 }, all) ?? slice);
  shell.store.dispatch({ type: 'set', members: { slices: clicked.slices } });
  expect(panes().tree.index).toBe(2);
});

test('an unavailable key says why', async () => {
  const { press, state } = await started({ readOnly: true }, { readOnly: true });
  press('i');
  expect(state().overlay).toBeNull();
  expect(state().message?.text).toBe('Select a storage account to allow an IP address.');
  press('n');
  expect(state().message?.text).toContain('read-only');
  press('u');
  expect(state().message?.text).toBe('Nothing to undo is recorded on this machine.');
});

test('moving: the findings follow the tree, and the detail follows the findings', async () => {
  const { press, panes } = await started();
  press('j', 'j', 'j', 'j');
  expect(panes().rows.value[panes().tree.index]?.label).toBe('stlakesim');
  expect([...panes().shown.value.rows].map((one) => one.resource)).toEqual([ids.lake]);
  press('g', 'enter', 'G');
  expect(panes().pane).toBe('findings');
  expect(panes().findings.index).toBe(panes().shown.value.rows.length - 1);
  press(']', ']');
  expect(panes().tab).toBe('json');
  press('esc', 'esc', 'esc', 'esc');
  expect(panes().pane).toBe('tree');
});

test('a number before a move says how often it is made', async () => {
  const { press, panes, state } = await started();
  press('3', 'j');
  expect(panes().tree.index).toBe(3);
  press('2', 'k');
  expect(panes().tree.index).toBe(1);
  press('1', '2', 'G');
  expect([panes().tree.index, state().count]).toEqual([Math.min(11, panes().rows.value.length - 1), '']);
  press('4', 'esc', 'k');
  expect(state().count).toBe('');
});

test('the filter narrows while it is typed; Esc in it brings the old one back, Esc outside clears it', async () => {
  const { press, type, state, panes } = await started();
  press('tab', '/');
  type('sev:high');
  expect([...panes().shown.value.rows].map((one) => one.severity)).toEqual(['high']);
  press('enter');
  expect(state().overlay).toBeNull();
  press('/');
  type('zzz');
  expect(panes().shown.value.rows.length).toBe(0);
  press('esc');
  expect(panes().filter).toBe('sev:high');
  press('esc');
  expect(panes().filter).toBe('');
});

test('the palette completes, runs and keeps its lines', async () => {
  const { press, type, rest, state } = await started();
  press(':');
  type('gr');
  expect(state().overlay).toMatchObject({ kind: 'palette', suggestions: [{ label: 'greet' }] });
  press('tab');
  type('operator');
  press('enter');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'output', running: false });
  expect(panelText(state())).toBe('hello operator');
  press('esc', ':', 'up');
  expect(state().overlay).toMatchObject({ kind: 'palette', input: { text: 'greet operator' } });
});

test('a short result lies over the screen; a long one, a wide table and a long address fill the body', async () => {
  const { shell, press, state } = await started();
  const shows = (texts: readonly string[]) => {
    const lines = texts.map((text) => [{ text }]);
    shell.store.dispatch({
      type: 'overlay',
      overlay: { kind: 'output', title: 'told', lines, running: false, top: 0 },
    });
    const body = bodyRows(state()).map(plain).join('\n');
    return { isOver: /Why it matters/.test(body), body };
  };
  const short = shows(['done', '', 'a sentence that goes on '.repeat(10)]);
  expect(short).toMatchObject({ isOver: true, body: expect.stringMatching(/told/) });
  // It is as high as its text.
  expect(short.body.split('\n').filter((row) => /│.*│/.test(row)).length).toBeLessThan(8);
  const rows = Array.from({ length: 40 }, (_, at) => `row ${at}`);
  expect(shows(rows)).toMatchObject({ isOver: false, body: expect.stringContaining('1-') });
  const more =
    state().panel.value.length -
    shows(rows)
      .body.split('\n')
      .filter((row) => /row \d/.test(row)).length;
  press('G');
  expect(state().overlay).toMatchObject({ top: more });
  expect(bodyRows(state()).map(plain).join('\n')).toContain('row 39');
  expect(shows([`name${' '.repeat(80)}value`]).isOver).toBe(false);
  expect(shows([`https://portal.azure.com/${'x'.repeat(80)}`]).isOver).toBe(false);
});

test('a key that needs the scan says so while the first scan runs', async () => {
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout: silent }));
  const begun = shell.begin();
  for (const key of ['F', 'f', 'u']) {
    shell.press(key);
    expect(plain(footerRows(shell.store.get())[0])).toContain('Wait for the scan');
  }
  await begun;
});

describe('a command that is pressed while the workspace is scanned again', () => {
  async function scanning() {
    let gate: Promise<void> | null = null;
    const open = Promise.withResolvers<void>();
    const session = fakeSession({ pace: async () => void (await gate) });
    const shell = createShell(fakeOptions({ session, stdout: silent, screen: 'findings' }));
    await shell.begin();
    gate = open.promise;
    shell.press('r');
    expect(shell.store.get().work).not.toBeNull();
    const ended = async () => {
      open.resolve();
      for (let turn = 0; turn < 5 || shell.store.get().work !== null; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
    };
    return { shell, ended, said: () => shell.store.get().message?.text };
  }

  test('runs when the scan has ended, for what was selected when it was pressed', async () => {
    const { shell, ended, said } = await scanning();
    const wanted = shell.store.get().view.selection.finding?.id;
    shell.press('f');
    expect(said()).toBe('fix runs when scanning the workspace has ended. Esc cancels it.');
    shell.press('j');
    expect(shell.store.get().overlay).toBeNull();
    await ended();
    expect(shell.store.get().overlay).toMatchObject({ kind: 'plan', line: `fix ${wanted}` });
  });

  test('does not run after Esc, nor where something else was opened meanwhile', async () => {
    const { shell, ended, said } = await scanning();
    shell.press('f');
    shell.press('esc');
    expect(said()).toBe('Cancelled: the command was not run.');
    shell.press('F');
    shell.press(':');
    await ended();
    expect(shell.store.get().overlay?.kind).toBe('palette');
    expect(said()).toBe('fix all was not run: something else was opened.');
  });
});

test('what was said before does not stand below a dialog that opens', async () => {
  const { press, state, shell } = await started();
  press('i');
  expect(state().message?.text).toContain('Select a storage account');
  press('?');
  expect(state().overlay).toMatchObject({ kind: 'help' });
  expect(plain(footerRows(shell.store.get())[0])).toBe('');
  expect(state().messages.map(({ text }) => text)).toContainEqual(expect.stringContaining('Select a storage account'));
});

test('a question of a command is answered on the screen, Cancel first', async () => {
  const { press, type, rest, state } = await started();
  press(':');
  type('greet --ask');
  press('enter');
  await new Promise((resolve) => setImmediate(resolve));
  expect(state().overlay).toMatchObject({ kind: 'guide', choice: 0 });
  press('enter');
  await rest();
  expect(panelText(state())).toBe('not greeted');
});

test('an unknown command says what to do', async () => {
  const { press, type, rest, state } = await started();
  press(':');
  type('zzgret');
  press('enter');
  await rest();
  expect(panelText(state())).toContain('zzgret');
  expect(panelText(state())).toContain('Next:');
});

test('a scan that fails shows what to do next, and r tries again', async () => {
  const failure = new Failure('no-network', exitStatus.refused, 'Azure did not answer.', 'Check the network.');
  const { press, rest, state } = await started({ failures: [failure] });
  expect(state().report).toBeNull();
  expect(state().problem).toMatchObject({ message: 'Azure did not answer.', next: 'Check the network.' });
  press('r');
  await rest();
  expect(state().report).not.toBeNull();
  expect(state().problem).toBeNull();
});

test('without an account: the sign-in methods that were tried with their time, one reading only, and a demo world instead', async () => {
  const failure = new Failure('not-signed-in', exitStatus.signIn, 'Not signed in to Azure.', 'Run az login.');
  const fake = fakeSession();
  let scans = 0;
  const session: typeof fake = {
    ...fake,
    source: { kind: 'azure', name: 'public' },
    // biome-ignore lint/correctness/useYield: it never comes to one.
    async *scan() {
      scans += 1;
      throw failure;
    },
    onEvent(listener) {
      listener({ kind: 'sign-in', step: 'Azure CLI', state: 'trying', detail: '', ms: 0 });
      listener({ kind: 'sign-in', step: 'Azure CLI', state: 'no', detail: 'it did not answer', ms: 1500 });
      return () => undefined;
    },
  };
  const begun: string[] = [];
  const demos = {
    list: async () => [{ name: 'open', title: 'Open' }],
    start: (world: string) => void begun.push(world),
  };
  const { press, rest, state, shell } = await started({}, { session, demos });
  expect(scans).toBe(1);
  const text = bodyRows(state()).map(plain).join('\n');
  expect(text).toMatch(/Not signed in to Azure\.[\s\S]*✗ Azure CLI {2}1\.5 s {2}it did not answer/);
  expect(text).toMatch(/W +Start a demo/);
  press('W');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'ask', choice: 0 });
  press('enter');
  await expect(shell.left).resolves.toBe(0);
  expect(begun).toEqual(['open']);
});

test('every request that was sent is kept, the newest last, and no more than a thousand of them', async () => {
  const { shell, state } = await started();
  const event = {
    kind: 'request',
    method: 'GET',
    path: '/x',
    status: 200,
    ms: 1,
    requestId: null,
    apiVersion: null,
  } as const;
  for (let turn = 0; turn < 1200; turn += 1) shell.store.dispatch({ type: 'requested', event, at: turn });
  expect(state().requests.length).toBe(1000);
  expect(state().requests.at(-1)).toMatchObject({ number: 1200, at: 1199, path: '/x' });
});

test('what an earlier run left open is announced', async () => {
  const { state } = await started({ settled: 'the write had been made' });
  expect(
    state()
      .messages.map((one) => one.text)
      .join(),
  ).toContain('the write had been made');
});

test('leaving: q gives 0, Ctrl+C 130', async () => {
  const first = await started();
  first.press('q');
  await expect(first.shell.left).resolves.toBe(0);
  const second = await started();
  second.press('ctrl-c');
  await expect(second.shell.left).resolves.toBe(130);
});

test('leaving while a change is being sent asks, and stays when told so', async () => {
  let release = () => {};
  let held = false;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { press, rest, state, shell } = await started({ pace: async () => (held ? gate : undefined) });
  press('F');
  await rest();
  held = true;
  press('tab', 'enter');
  await new Promise((resolve) => setImmediate(resolve));
  expect(state().work?.writing).toBe(true);
  press('ctrl-c');
  expect(state().overlay).toMatchObject({ kind: 'ask', choice: 0 });
  press('enter');
  expect(state().overlay).toMatchObject({ kind: 'progress' });
  press('ctrl-c', 'tab', 'enter');
  release();
  await expect(shell.left).resolves.toBe(5);
});

test('copying uses the terminal and claims nothing', async () => {
  const { press, written, state, panes } = await started();
  press('enter', 'c');
  const [, sent = ''] = /^\x1b\]52;c;(.*)\x07$/.exec(written.at(-1) ?? '') ?? [];
  expect(Buffer.from(sent, 'base64').toString()).toBe(panes().shown.value.rows.at(0)?.id);
  expect(state().message?.text).toContain('Sent');
});

test('O shows whole addresses to read, and hands the first to the terminal', async () => {
  const { press, written, state } = await started();
  press('enter', 'O');
  expect(state().overlay).toMatchObject({ kind: 'output', title: 'Read more' });
  expect(panelText(state())).toContain('https://learn.microsoft.com/azure/storage/common/storage-network-security');
  expect(written.at(-1)).toContain(Buffer.from('https://learn').toString('base64').slice(0, 12));
});

test('a theme chosen by key is kept', async () => {
  const { context } = fakeOptions();
  const { press, rest, state } = await started({}, { context });
  press('T');
  await rest();
  const second = themes[1]?.name;
  expect(state().theme.name).toBe(second);
  expect(await context.settings.get('theme')).toBe(second);
});

test('a bug is reported to the caller, not shown', async () => {
  const session = fakeSession();
  const broken = {
    ...session,
    plan: () => {
      throw new TypeError('bug');
    },
  };
  const { shell, press } = await started({}, { session: broken });
  press('f');
  await expect(shell.left).rejects.toThrow('bug');
});

test('L asks Azure about a finding of a subnet, and shows the evidence', async () => {
  const fake = fakeSession();
  const session: typeof fake = {
    ...fake,
    report: (snapshot, profile) => {
      const report = fake.report(snapshot, profile);
      return { ...report, findings: report.findings.map((finding) => ({ ...finding, resource: ids.subnet })) };
    },
  };
  const { press, rest, state, panes } = await started({}, { session });
  press('L');
  await rest();
  expect(state().message?.text).toBe('No machine runs in snet-train: vm-idle is deallocated.');
  expect(state().messages.map(({ text }) => text)).toContain('Azure is asked 2 questions.');
  expect([panes().tab, state().snapshot?.live?.nowhere.length]).toEqual(['evidence', 1]);
});

test('L has nothing to ask about where a finding is about no subnet', async () => {
  const { press, rest, state } = await started();
  press('L');
  await rest();
  expect(state().message?.text).toBe('The finding has no subnet or NIC to ask Azure about.');
  expect(state().snapshot?.live).toBeUndefined();
});
