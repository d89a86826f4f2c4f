// What `history` says of an entry of which a part was undone, and of a script that leaves out what cannot be read.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { history } from '../../commands/history.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import type { Change } from '../../src/model/change.ts';
import type { Entry } from '../../src/model/entry.ts';
import { exitStatus } from '../../src/model/failure.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import { drain } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';
import { fakeOptions } from '../support/fake-options.ts';

let beside: Beside;
beforeAll(async () => {
  beside = await openBeside('open');
});
afterAll(() => beside.close());

async function told(entries?: readonly Entry[], args: object = {}) {
  const { context } = fakeOptions();
  const session =
    entries === undefined ? beside.session : { history: async () => entries, historyNotes: async () => [] };
  const run = history.run(
    { ...context, rules, say: () => {}, session: async () => session } as unknown as CommandContext,
    { script: false, audits: false, repair: false, ...args } as never,
  );
  const result = await drain(run);
  return {
    text: history.text?.(result as never).map(plainText) ?? [],
    json: history.json?.(result as never) as { readonly entries: readonly (Entry & { readonly steps: unknown })[] },
    status: history.exit?.(result as never, context.flags),
  };
}

const groupAt = (name: string): Change => ({
  ...{ kind: 'create', resource: `${beside.group}/Microsoft.Network/networkSecurityGroups/${name}`, edits: [] },
  body: { location: 'westeurope', properties: { securityRules: [] } },
});

test('what a part of an undo undid is not done any more, and the rest is', async () => {
  const { entry } = await beside.apply(await beside.planOf(groupAt('nsg-a'), groupAt('nsg-b')));
  const whole = await beside.session.planUndo(entry ?? undefined);
  const part = {
    ...whole,
    isPart: true as const,
    steps: whole.steps.filter(({ change }) => /nsg-a$/.test(change.resource)),
  };
  const undo = (await beside.apply(part)).entry ?? '';
  const { text, json } = await told();
  const lines = text.join('\n');
  expect(lines).toContain(`undoes a part of ${entry}: 1 of 2 changes`);
  expect(lines).toContain(`undone in part by ${undo}: 1 of 2 changes`);
  expect(text).toContainEqual(expect.stringMatching(new RegExp(`nsg-a  done, verified, undone by ${undo}`)));
  expect(text).toContainEqual(expect.stringMatching(/nsg-b {2}done, verified$/));
  expect(json.entries.find(({ id }) => id === undo)).toMatchObject({ undoes: null, partOf: entry });
  expect(json.entries.find(({ id }) => id === entry)?.steps).toEqual([
    expect.objectContaining({ undone: { by: undo, isWhole: true } }),
    expect.not.objectContaining({ undone: expect.anything() }),
  ]);
  // One entry says the same by itself.
  expect((await told(undefined, { entry })).text.join('\n')).toContain(`undone in part by ${undo}: 1 of 2 changes`);

  // The rest is undone later, by an undo of its own.
  const rest = (await beside.apply(await beside.session.planUndo(entry ?? undefined))).entry ?? '';
  const after = (await told(undefined, { entry })).text.join('\n');
  expect(after).toMatch(new RegExp(`nsg-a  done, verified, undone by ${undo}`));
  expect(after).toMatch(new RegExp(`nsg-b  done, verified, undone by ${rest}`));
  expect(after).toContain(`undone by ${rest}`);
  expect(after).not.toContain('undone in part');
});

test('a script that leaves out an unreadable entry does not end well', async () => {
  const whole = (await beside.session.history())[0];
  if (whole === undefined) throw new TypeError('an entry');
  expect((await told([whole], { script: true })).status).toBe(exitStatus.done);
  const damaged: Entry = {
    ...{ ...whole, id: 'damaged', state: 'unreadable', verb: 'unknown', steps: [] },
    unreadable: { lines: [{ line: 3, reason: 'changed' }], about: null, since: null },
  };
  expect((await told([whole, damaged], { script: true })).status).toBe(exitStatus.gaps);
});
