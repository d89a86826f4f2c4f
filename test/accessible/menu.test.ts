// A numbered question: what is understood, what is asked again, and that the end of the input changes nothing.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askInLines } from '../../src/accessible/asking.ts';
import { choose } from '../../src/accessible/menu.ts';
import { createTalk } from '../../src/accessible/talk.ts';
import { confirmationOf } from '../../src/model/confirmation.ts';
import type { Plan } from '../../src/model/plan.ts';

function conversation(lines: readonly string[], terminal = false) {
  const input = new PassThrough();
  const output = new PassThrough();
  const stop = new AbortController();
  let said = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  input.end(lines.map((text) => `${text}\n`).join(''));
  const talk = createTalk({ input, output, terminal, ascii: false, signal: stop.signal });
  return { talk, said: () => said, stop };
}
const menu = {
  title: 'Which?',
  items: [
    { label: 'First of all', value: 'a' },
    { label: 'Second', value: 'b', words: ['two'] },
    { label: 'Fix all', value: 'c' },
  ],
  zero: { label: 'Back', value: 'none' },
};

test.each([
  [['2'], 'b'],
  [['0'], 'none'],
  [['sec'], 'b'],
  [['TWO'], 'b'],
  [['', '?', '1'], 'a'],
  [['f', '9', '-1', '1e0', '00', 'x'], 'none'],
  [['fi', '3'], 'c'],
  [[], 'none'],
])('%j means %s', async (lines, value) => {
  expect(await choose(conversation(lines).talk, menu)).toBe(value);
});

test('an unknown answer is refused with the answers that are known', async () => {
  const { talk, said } = conversation(['\x1b[2J9', '1']);
  await choose(talk, menu);
  expect(said()).toContain('9 is not an answer. Type a number from 0 to 3');
  expect(said()).not.toContain('\x1b');
});

const plan: Plan = {
  ...{
    id: 'p',
    snapshot: 's',
    source: { kind: 'demo', name: 'demo:open' },
    workspace: '/subscriptions/s/workspaces/w',
  },
  ...{
    architecture: 'service-endpoint',
    verb: 'fix',
    of: null,
    steps: [],
    gates: [],
    skipped: [],
    irreversible: [],
    effects: [],
  },
  preview: { resolves: [], introduces: [] },
};
const question = { plan, confirmation: confirmationOf(plan), line: 'fix --all' };

test.each([
  [['1'], true],
  [['apply'], true],
  [['yes'], true],
  [[''], false],
  [['0'], false],
  [['no'], false],
  [['please', ''], false],
  [[], false],
])('something is sent for %j: %s', async (lines, sent) => {
  expect(await askInLines(conversation(lines).talk).confirm(question)).toBe(sent);
});

test('at a terminal, what was typed before the question is ignored', async () => {
  const { talk, said } = conversation(['1', '1'], true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await askInLines(talk).confirm(question)).toBe(false);
  expect(said()).toContain('was ignored');
});

test('an interrupt ends the question with status 130', async () => {
  const input = new PassThrough();
  const stop = new AbortController();
  const talk = createTalk({ input, output: new PassThrough(), terminal: true, ascii: false, signal: stop.signal });
  const asked = askInLines(talk).confirm(question);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
});

test('a missing choice or text cancels', async () => {
  const choices = [{ value: 'x', label: 'X' }];
  await expect(askInLines(conversation(['']).talk).choose({ name: 'n', title: 't', choices })).rejects.toMatchObject({
    exit: 4,
  });
  await expect(askInLines(conversation([]).talk).text({ name: 'n', title: 't' })).rejects.toMatchObject({ exit: 4 });
  expect(await askInLines(conversation(['y']).talk).text({ name: 'n', title: 't', suggestion: '::1' })).toBe('::1');
});
