// What `history` says of an entry of which a part was undone, and of a script that leaves out what cannot be read.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { history } from '../../commands/history.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import type { Change } from '../../src/model/change.ts';
import { type Entry, partWords, undoneMark, undonePartWords } from '../../src/model/entry.ts';
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

test('a creation is undone by its deletion alone, and each change by its own inverse', async () => {
  const resource = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-a`;
  const set = (before: string, after: string): Change => ({
    ...{ kind: 'edit', resource, body: null },
    edits: [{ op: 'set', pointer: '/tags/a', before, after }],
  });
  const created = groupAt('nsg-a') as Extract<Change, { kind: 'create' }>;
  const deleted: Change = { ...created, kind: 'delete' };
  const base = (await beside.session.history())[0];
  const one = base?.steps[0];
  if (base === undefined || one === undefined) throw new TypeError('an entry');
  const steps = (...all: readonly (readonly [Change, 'done' | 'failed'])[]) =>
    all.map(([change, state]) => ({ ...one, resource, change, state }));
  const say = async (made: readonly Change[], ...undone: readonly (readonly [Change, 'done' | 'failed'])[]) => {
    const undoneBy = undone.every(([, state]) => state === 'done') ? 'U' : null;
    const first: Entry = {
      ...{ ...base, id: 'E', undoneBy, undoes: null },
      steps: steps(...made.map((change) => [change, 'done'] as const)),
    };
    const state = undoneBy === null ? 'partial' : 'done';
    const undo: Entry = { ...base, id: 'U', verb: 'undo', undoes: 'E', undoneBy: null, state, steps: steps(...undone) };
    const { text, json } = await told([first, undo]);
    const marks = json.entries[0]?.steps as unknown as readonly { undone?: { isWhole: boolean } }[];
    return [/undone in part.*/.exec(text[0] ?? '')?.[0] ?? '', ...marks.map(({ undone: mark }) => mark?.isWhole)];
  };
  const [ab, ba, bc, cb] = [set('a', 'b'), set('b', 'a'), set('b', 'c'), set('c', 'b')];
  const part = 'undone in part by U: 1 of 2 changes';
  expect(await say([created, ab], [ba, 'done'], [deleted, 'failed'])).toEqual([part, undefined, true]);
  expect(await say([created, ab], [ba, 'done'], [deleted, 'done'])).toEqual(['', true, true]);
  // What was changed in it is gone with it.
  expect(await say([created, ab], [deleted, 'done'])).toEqual(['', true, true]);
  expect(await say([ab, bc], [cb, 'done'], [ba, 'failed'])).toEqual([part, undefined, true]);
  expect(await say([deleted, ab], [ba, 'done'], [created, 'failed'])).toEqual([part, undefined, true]);
  // One that is the inverse of neither: which of them it undid is not known.
  const both = await say([ab, bc], [set('c', 'x'), 'done'], [ba, 'failed']);
  expect(both.slice(1)).toEqual([false, false]);
});

test('what each undo made of an entry is counted by change: whole, in part, left, and left as others made it', async () => {
  const base = (await beside.session.history())[0];
  const one = base?.steps[0];
  if (base === undefined || one === undefined) throw new TypeError('an entry');
  const at = (name: string) => `${beside.group}/Microsoft.Network/networkSecurityGroups/${name}`;
  const set = (name: string, before: string, after: string): Change => ({
    ...{ kind: 'edit', resource: at(name), body: null },
    edits: [
      { op: 'set', pointer: '/tags/a', before, after },
      { op: 'set', pointer: '/tags/b', before, after },
    ],
  });
  const half = (change: Change): Change => ({ ...change, edits: change.edits.slice(0, 1) }) as Change;
  const steps = (...changes: readonly Change[]) =>
    changes.map((change) => ({ ...one, resource: change.resource, change, state: 'done' as const }));
  const say = (
    undoneBy: string,
    made: readonly Change[],
    ...undos: readonly (readonly [readonly Change[], Entry['left']?])[]
  ) => {
    const fix: Entry = { ...base, id: 'E', verb: 'fix', undoneBy, undoes: null, steps: steps(...made) };
    const all: Entry[] = [
      fix,
      ...undos.map(
        ([sent, left], index): Entry => ({
          ...{ ...base, id: `U${index + 1}`, verb: 'undo', undoes: 'E', undoneBy: null, state: 'done' },
          ...{ steps: steps(...sent), ...(left === undefined ? {} : { left }) },
        }),
      ),
    ];
    return [undonePartWords(fix, all), undoneMark(fix, all), ...all.slice(1).map((undo) => partWords(undo, all))];
  };
  const [a, b, back] = [set('a', '1', '2'), set('b', '1', '2'), set('b', '2', '1')];
  expect(say('U1', [a], [[half(set('a', '2', '1'))], [{ resource: at('a'), stands: true }]])).toEqual([
    'undone in part by U1: 0 of 1 change, 1 in part',
    'undone in part',
    'undoes a part of E: 0 of 1 change, 1 in part',
  ]);
  const others = [{ resource: at('a'), stands: false }];
  expect(say('U1', [a], [[], others])).toEqual([
    'left by U1 as others made it: 0 of 1 change undone',
    'not undone',
    'sent nothing, left 1 of 1 change of E, 1 as others made it',
  ]);
  // What an undo left as others made it is not asked for again, and is not undone by a later one.
  expect(say('U2', [a, b], [[], [...others, { resource: at('b'), stands: true }]], [[back]])).toEqual([
    'undone in part by U2: 1 of 2 changes, 1 left as others made it',
    'undone in part',
    'sent nothing, left 2 of 2 changes of E, 1 as others made it',
    '',
  ]);
  // The first undo is told by what it made, whatever a later one did.
  const [first, second] = [set('a', '2', '1'), back];
  expect(say('U2', [a, b], [[first], [{ resource: at('b'), stands: true }]], [[second]])).toEqual([
    '',
    'undone',
    'undoes a part of E: 1 of 2 changes',
    '',
  ]);
  // As fewer changes than were made, all of them.
  expect(say('U1', [a, set('a', '2', '3')], [[set('a', '3', '1')]])).toEqual(['', 'undone', '']);
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
