// The assumptions on the screen: over a fake session, keys in, state out.
import { expect, test } from 'vitest';
import { assume } from '../../commands/assume.ts';
import { plain } from '../../src/app/draw/text.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { assumptionEntries } from '../../src/model/assumption-values.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started() {
  const stdout = { columns: 140, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  const session = fakeSession();
  const options = fakeOptions({ session, stdout, screen: 'assumptions' });
  const verbs = [...options.context.verbs, assume];
  const shell = createShell({ ...options, context: { ...options.context, verbs } });
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const rest = async () => {
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  return { press, rest, session, shown: () => bodyRows(shell.store.get()).map(plain), state: () => shell.store.get() };
}

test('every assumption is listed with its value and where it comes from', async () => {
  const { shown } = await started();
  const text = shown().join('\n');
  for (const { name } of assumptionEntries) expect(text).toContain(name);
  // The selected one is asked in full.
  expect(text).toContain('Which network architecture does the workspace use?');
  expect(text).toMatch(/sshWanted +false +default/);
  expect(text).toMatch(/outboundMode +auto +inferred/);
  // The architecture is shown with its source.
  expect(text).toContain('Now: service endpoints (default)');
});

test('e declares the selected assumption, and X clears it', async () => {
  const { press, rest, session, shown, state } = await started();
  press('j', 'e');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'ask', question: { kind: 'choose' } });
  press('j', 'j', 'enter');
  await rest();
  expect(await session.intents()).toMatchObject({ outboundMode: 'limited' });
  expect(state().overlay).toBeNull();
  expect(shown().join('\n')).toMatch(/outboundMode +limited +declared/);
  press('X');
  await rest();
  expect((await session.intents()).outboundMode).toBeUndefined();
  expect(shown().join('\n')).toMatch(/outboundMode +auto +inferred/);
});

test('an invalid value changes nothing, and the reason is shown', async () => {
  const { press, rest, session, shown, state } = await started();
  // devClientIps
  press(...'jjjjj', 'e');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'ask', question: { kind: 'text' } });
  press(...'10.0.0.4', 'enter');
  await rest();
  expect(await session.intents()).not.toHaveProperty('devClientIps');
  expect(state().overlay).toMatchObject({ kind: 'failure' });
  expect(shown().join('\n')).toMatch(/private/);
  press('esc', 'e');
  await rest();
  press('esc');
  await rest();
  expect(state().overlay).toBeNull();
});
