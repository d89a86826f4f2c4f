// A plan kept from inside its preview: as a file that `apply` takes, in the language of another tool, or as Azure CLI commands.
import { expect, test } from 'vitest';
import { exportPlan } from '../../commands/export.ts';
import { readPlan } from '../../commands/parts/plan-file.ts';
import { plain } from '../../src/app/draw/text.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { planFiles } from '../../src/main/plan-files.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { shapes } from '../../src/render/export/index.ts';
import { planDigest } from '../../src/session/digest.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started(files = new Map<string, string>()) {
  const written: string[] = [];
  const stdout = {
    columns: 120,
    rows: 30,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({ session: fakeSession(), stdout, plans: planFiles });
  const host = {
    ...options.context.host,
    env: { HOME: '/home/me' },
    hasFile: async (file: string) => files.has(file),
    async writeFile(file: string, text: string) {
      if (file.startsWith('/full/'))
        throw new Failure('unwritable-file', exitStatus.usage, 'The disk is full.', 'Free it.');
      files.set(file, text);
    },
  };
  const verbs = [...options.context.verbs, exportPlan];
  const shell = createShell({ ...options, context: { ...options.context, host, verbs } });
  await shell.begin();
  const state = () => shell.store.get();
  const press = async (...keys: string[]) => {
    for (const key of keys) shell.press(key);
    for (let turn = 0; turn < 5 || state().work !== null; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const plan = () => {
    const { overlay } = state();
    if (overlay?.kind !== 'plan') throw new Error(`no plan is shown, but ${overlay?.kind}`);
    return overlay.plan;
  };
  const copied = () => Buffer.from(/52;c;([^\x07]*)/.exec(written.at(-1) ?? '')?.[1] ?? '', 'base64').toString();
  return { files, press, state, plan, copied, clear: Array<string>(20).fill('backspace') };
}

test('w saves the plan shown, which apply reads with its digest; the plan stays open', async () => {
  const { files, press, plan, state, clear } = await started();
  await press('F');
  expect(state().work).toBeNull();
  expect(headerRows(state()).age).not.toBeNull();
  await press('w');
  expect(state().overlay).toMatchObject({ kind: 'ask', input: { text: 'plan.json' } });
  await press('enter');
  const { plan: saved, digest } = readPlan(files.get('plan.json') ?? '', 'plan.json');
  expect([saved.steps.length, digest]).toEqual([plan().steps.length, planDigest(plan())]);
  expect(state().message?.text).toBe('Saved plan.json. Apply it with: bastide apply plan.json');
  await press('w', ...clear, ...'~/other.json', 'enter');
  expect([...files.keys()]).toEqual(['plan.json', '/home/me/other.json']);
  // The command that is told can be pasted: quoted where it must be, then without the tilde.
  await press('w', ...clear, ...'~/two words.json', 'enter');
  expect(state().message?.text).toBe("Saved ~/two words.json. Apply it with: bastide apply '/home/me/two words.json'");
  // Its question still waits for an answer.
  await press('tab', 'enter');
  expect(state().entries).toHaveLength(1);
});

test('a file is replaced only after a question, and a disk that refuses is told', async () => {
  const { files, press, state, plan, clear } = await started(new Map([['plan.json', 'mine']]));
  await press('F');
  await press('w', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'ask', question: { title: 'Replace plan.json?' }, choice: 0 });
  await press('enter');
  expect(files.get('plan.json')).toBe('mine');
  await press('w', 'enter');
  await press('tab', 'enter');
  expect(files.get('plan.json')).toContain(plan().id);
  await press('w', ...clear, ...'/full/plan.json', 'enter');
  expect(state().messages.at(-1)).toMatchObject({ text: 'The disk is full. Free it.', role: 'bad' });
  // The name is asked for again, as it was typed, below the reason.
  expect(state().overlay).toMatchObject({ kind: 'ask', input: { text: '/full/plan.json' } });
  expect(bodyRows(state()).map(plain).join('\n')).toContain('The disk is full. Free it.');
  await press('esc');
  expect(plan().steps.length).toBeGreaterThan(0);
});

test('x exports in each language that export knows', async () => {
  const { files, press, state } = await started();
  await press('F');
  for (const [at, file] of ['template.json', 'plan.sh'].entries()) {
    await press('x');
    const { overlay } = state();
    const choices = overlay?.kind === 'ask' && overlay.question.kind === 'choose' ? overlay.question.choices : [];
    expect(choices.map(({ value }) => value)).toEqual(shapes.map(({ name }) => name));
    await press(...Array<string>(at).fill('j'), 'enter');
    expect(state().overlay).toMatchObject({ kind: 'ask', input: { text: file } });
    await press('enter');
    expect(files.get(file)?.length, file).toBeGreaterThan(100);
  }
  expect(files.get('plan.sh')).toMatch(/^az /m);
});

test('c copies the command of a step with full IDs, and on the summary those of all', async () => {
  const { press, plan, copied } = await started();
  await press('F');
  await press('c');
  const all = plan().steps.map(({ az }) => az);
  expect(copied()).toBe(all.join('\n'));
  await press('j', 'c');
  expect(copied()).toBe(all[0]);
  expect(copied()).toMatch(/\/subscriptions\//);
});

test('leaving while a file is asked for above the plan ends at once', async () => {
  const { press, state } = await started();
  await press('F');
  await press('w', 'ctrl-c');
  expect([state().work, state().entries]).toEqual([null, []]);
});
