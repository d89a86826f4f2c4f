// The keys that ask what others know: the service for its diagnosis, and Bastide what is behind an error.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started() {
  const stdout = { columns: 120, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  const session = fakeSession();
  const asked: string[] = [];
  const { diagnose } = session;
  const heard = {
    ...session,
    diagnose(...given: Parameters<typeof diagnose>) {
      asked.push(given[0].id);
      return diagnose(...given);
    },
  };
  const shell = createShell(fakeOptions({ session: heard, stdout }));
  await shell.begin();
  const rest = async () => {
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) shell.press(key);
    await rest();
  };
  return {
    press,
    asked,
    state: () => shell.store.get(),
    shown: () => bodyRows(shell.store.get()).map(plain).join('\n'),
  };
}

test('D asks the service about what has been read, once, and the screen holds its answer', async () => {
  const { press, asked, state } = await started();
  const before = state().snapshot;
  await press('D');
  expect(asked).toEqual([before?.id]);
  expect(state().snapshot?.id).toBe(before?.id);
  expect(state().snapshot?.resources.length).toBe((before?.resources.length ?? 0) + 1);
});

test('E takes an error text as it is, quotes and all, and answers as explain --error does', async () => {
  const { press, state, shown } = await started();
  await press('E');
  expect(state().overlay).toMatchObject({ kind: 'ask', question: { kind: 'text' } });
  await press(...'the tool says "Unable to profile this dataset"', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'output', running: false });
  expect(shown()).toContain('Unable to profile this');
  expect(shown()).toMatch(/the storage firewall blocks it/);
  await press('esc', 'E', 'esc');
  expect(state().overlay).toBeNull();
});
