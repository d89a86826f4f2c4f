// The components as Ink draws them, in a terminal that is only a string: what is where, and what keys do to it.
import { stripVTControlCharacters } from 'node:util';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { App } from '../../src/app/App.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { type FakeOptions, fakeSession } from '../support/fake-session.ts';

afterEach(() => cleanup());

/** The library's terminal is 100 columns wide; the shell is told the same. */
async function drawn(fake: FakeOptions = {}, size = { columns: 100, rows: 28 }) {
  const stdout = { ...size, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(fake), stdout }));
  const { stdin, lastFrame } = render(<App shell={shell} />);
  const frame = () => stripVTControlCharacters(lastFrame() ?? '');
  const until = async (words: RegExp): Promise<string> => {
    const end = Date.now() + 10_000;
    while (!words.test(frame())) {
      if (Date.now() > end) throw new Error(`never drawn: ${words}\n${frame()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return frame();
  };
  void shell.begin();
  return { stdin, frame, until, shell };
}

test('header, tree, findings, tabs and footer are in their rows', async () => {
  const { until } = await drawn();
  const rows = (await until(/f = bastide fix/)).split('\n');
  expect(rows).toHaveLength(28);
  expect(rows[0]).toMatch(/bastide .* › /);
  expect(rows[1]).toMatch(/\d+ critical .*service endpoints/);
  expect(rows[2]).toMatch(/ 1 Overview .* 3 Findings .*\[4 Resources\]/);
  expect(rows[3]).toMatch(/Resources .*Findings/);
  expect(rows.join('\n')).toMatch(/\[Explain\] Evidence {2}JSON {2}Tables {2}History/);
  expect(rows.at(-1)).toMatch(/\? help/);
});

test.each([
  ['cache', '2026-02-26T12:00:00Z', /Scanned .* ago · service tags 3 days old *$/],
  ['azure', '2026-03-01T12:00:00Z', /Scanned .* ago · service tags current *$/],
  ['file', null, /Scanned .* ago · service tags from a file *$/],
] as const)('service tags from %s of %s show their age in the first row', async (source, at, words) => {
  const { until } = await drawn({ serviceTags: { source, from: 'Azure', at, document: {} } });
  expect((await until(/f = bastide fix/)).split('\n')[0]).toMatch(words);
});

test('the selection has a mark beside it, not colour alone', async () => {
  const { stdin, until } = await drawn();
  const first = await until(/f = bastide fix/);
  expect(first).toMatch(/^> ▾ mlw-sim workspace/m);
  stdin.write('j');
  const next = await until(/^> .*cpu-cluster/m);
  expect(next).not.toMatch(/^> .*mlw-sim workspace/m);
});

test('keys that come in one piece are keys one by one', async () => {
  const { stdin, until } = await drawn();
  await until(/f = bastide fix/);
  stdin.write('jj');
  await until(/^> .*workspaceblobstore/m);
});

test('a plan shows before and after, and Cancel is preselected', async () => {
  const { stdin, until } = await drawn();
  await until(/f = bastide fix/);
  stdin.write('f');
  const frame = await until(/> Cancel/);
  expect(frame).toMatch(/- .*Allow/);
  expect(frame).toMatch(/\+ .*Deny/);
  expect(frame).toMatch(/No effect on access/);
  expect(frame).toMatch(/az {10}az resource update/);
});

test('a reading that failed says what happened and what to do next', async () => {
  const { until } = await drawn({
    failures: [
      new Failure('not-signed-in', exitStatus.signIn, 'Not signed in to Azure.', 'Run az login, then press r.'),
    ],
  });
  const frame = await until(/Not signed in/);
  expect(frame).toContain('Run az login, then press r.');
});

test('a terminal too small says what it needs', async () => {
  const { until } = await drawn({}, { columns: 40, rows: 8 });
  expect(await until(/too small/)).toMatch(/Bastide needs \d+x\d+/);
});
