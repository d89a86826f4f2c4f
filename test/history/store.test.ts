// The history: nothing lost between processes, nothing started anew, nothing blocked by a dead process.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { diskFiles, type FileLayer } from '../../src/history/files.ts';
import { journalStart, lineFor, readLines } from '../../src/history/journal-format.ts';
import { forgetHistory, historyName, openHistory } from '../../src/history/store.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { Failure } from '../../src/model/failure.ts';
import { type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import { cutSecret } from '../../src/model/secrets.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-history-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const source = { kind: 'endpoint', name: 'https://localhost:1' } as const;
const workspace = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/W';
const fresh = () => mkdtempSync(path.join(scratch, 'h-'));
const open = (folder: string, pid = process.pid, patience = 10_000) =>
  openHistory({ folder, source, workspace, pid, patience });
const entry = (id: string, extra: Partial<Entry> = {}): Entry => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  by: 'somebody',
  verb: 'fix',
  findings: [],
  resources: [],
  steps: [],
  state: 'done',
  undoes: null,
  undoneBy: null,
  redoes: null,
  line: 'fix x',
  workspace,
  rehearsal: null,
  ...extra,
});
const edit = { op: 'set' as const, pointer: '/properties/x', after: 1 };
const edited = { kind: 'edit' as const, resource: '/subscriptions/s/x', edits: [edit], body: null };
const step: EntryStep = {
  resource: edited.resource,
  change: edited,
  findings: [],
  state: 'waiting',
  verified: false,
  requestId: null,
  operation: null,
  message: null,
  before: null,
  after: null,
};
const linesOf = (file: string) => readFileSync(file, 'utf8').split(/(?<=\n)/);
const reversed = (file: string) => {
  const [first, second, third, ...rest] = linesOf(file);
  return [first, third, second, ...rest].join('');
};
/** A layer that opens no file in these ways. */
const refusing = (ways: readonly string[]): Pick<FileLayer, 'open'> => ({
  open(file, how) {
    if (ways.includes(how)) throw Object.assign(new Error('EROFS'), { code: 'EROFS' });
    return diskFiles.open(file, how);
  },
});
const baseOf = (folder: string) => path.join(folder, historyName(source, workspace));
/** A history as versions before the journal kept it. */
const writeOld = (folder: string, content: unknown) => {
  const file = `${baseOf(folder)}.json`;
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`not a Failure: ${String(error)}`);
  return error;
};
/** Runs a script in a separate process, with the store at hand. */
const child = (script: string) =>
  spawn(process.execPath, ['--experimental-transform-types', '--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: path.resolve(import.meta.dirname, '../..'),
  });
const opening = (folder: string) =>
  `const { openHistory } = await import('./src/history/store.ts');
   const history = openHistory({ folder: ${JSON.stringify(folder)}, source: ${JSON.stringify(source)},
     workspace: ${JSON.stringify(workspace)}, pid: process.pid });
   const base = ${JSON.stringify(entry(''))};`;
const ended = (process: ReturnType<typeof child>) =>
  new Promise<number | null>((resolve) => process.on('close', (status) => resolve(status)));

describe('the journal on disk', () => {
  test('reading an empty history makes nothing', async () => {
    const folder = path.join(fresh(), 'not-there');
    expect(await open(folder).entries()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test('keeps entries in order, private, with the exact text of numbers and odd member names', async () => {
    const folder = fresh();
    const after = parseJson('{"big":12345678901234567890,"one":1.0,"2024":{"b":1,"a":2}}');
    const change = { ...edited, edits: [{ ...edit, after }] };
    await open(folder).append(entry('a', { steps: [{ ...step, change }] }));
    await open(folder).append(entry('b'));
    await open(folder).update('b', (old) => ({ ...old, undoneBy: 'c' }));
    const entries = await open(folder).entries();
    expect(entries.map(({ id, undoneBy }) => [id, undoneBy])).toEqual([
      ['a', null],
      ['b', 'c'],
    ]);
    const kept = entries[0]?.steps[0]?.change;
    expect(
      kept?.kind === 'edit' && kept.edits[0] && 'after' in kept.edits[0] && stringifyJson(kept.edits[0].after),
    ).toBe('{"big":12345678901234567890,"one":1.0,"2024":{"b":1,"a":2}}');
    expect(statSync(`${baseOf(folder)}.journal`).mode & 0o777).toBe(0o600);
  });

  test('keeps bodies beside it, without secrets', async () => {
    const folder = fresh();
    const history = open(folder);
    await history.append(entry('a'));
    const name = await history.keepBody('a', '0-before', {
      properties: { size: 1, adminPassword: 'hunter2', key1: 'k' },
    });
    expect(await history.body(name)).toEqual({ properties: { size: 1, adminPassword: cutSecret, key1: cutSecret } });
    const files = readdirSync(path.join(folder, historyName(source, workspace)));
    expect(files).toHaveLength(1);
    expect(statSync(path.join(folder, historyName(source, workspace), files[0] ?? '')).mode & 0o777).toBe(0o600);
    expect((await failureOf(history.body('../../etc/passwd'))).code).toBe('history-corrupt');
  });

  test('a history of an older version is read as it is, and becomes a journal with the first change', async () => {
    const folder = fresh();
    const { rehearsal: _none, ...old } = entry('a', { line: 'fix old' });
    const number = { '\uE001': '1.0' };
    const file = writeOld(folder, {
      __internal__: { migrations: { version: '1.0.0' } },
      entries: [{ ...old, steps: [{ ...step, change: { ...edited, edits: [{ ...edit, after: number }] } }] }],
    });
    const before = readFileSync(file, 'utf8');
    const [first] = await open(folder).entries();
    expect([first?.line, first?.rehearsal]).toEqual(['fix old', null]);
    expect(stringifyJson(first?.steps[0]?.change as unknown as Json)).toContain('"after":1.0');
    expect(readdirSync(folder)).toEqual([path.basename(file)]);
    await open(folder).append(entry('b'));
    expect((await open(folder).entries()).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(stringifyJson((await open(folder).entries())[0] as unknown as Json)).toBe(
      stringifyJson(first as unknown as Json),
    );
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(`${baseOf(folder)}.before-journal.json`, 'utf8')).toBe(before);
    expect((await open(folder).notes()).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Converted w-.*\.json of an older version/),
    ]);
  });

  test.each([
    ['cut short', '{"entries":[{"id":"a"'],
    ['emptied', ''],
    ['of another shape', '{"entries":[{"id":3}]}'],
    ['without entries', '{}'],
    [
      'with an edit of a list that has no key',
      {
        entries: [
          entry('a', { steps: [{ ...step, change: { ...edited, edits: [{ ...edit, op: 'add' } as never] } }] }),
        ],
      },
    ],
  ])('a history of an older version %s is an error that names it, and stays as it is', async (_how, content) => {
    const folder = fresh();
    const file = writeOld(folder, content);
    const before = readFileSync(file, 'utf8');
    for (const work of [open(folder).entries(), open(folder).append(entry('b'))]) {
      const failure = await failureOf(work);
      expect([failure.code, failure.exit]).toEqual(['history-corrupt', 4]);
      expect(failure.message).toContain(file);
    }
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual([path.basename(file)]);
  });

  test('a history of an older version that was written after the journal is an error', async () => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    writeOld(folder, { entries: [entry('b')] });
    expect((await failureOf(open(folder).entries())).message).toContain('was written after');
  });

  test('the same workspace elsewhere has another history, in another letter case the same', () => {
    expect(historyName(source, workspace.toUpperCase())).toBe(historyName(source, workspace));
    expect(historyName({ ...source, kind: 'demo' }, workspace)).not.toBe(historyName(source, workspace));
    expect(historyName({ ...source, name: 'https://localhost:2' }, workspace)).not.toBe(historyName(source, workspace));
  });

  test.each([
    ['cut short within its last record', (file: string) => truncateSync(file, statSync(file).size - 5), 'record 3'],
    [
      'cut short between records',
      (file: string) => writeFileSync(file, linesOf(file).slice(0, 2).join('')),
      'record 3',
    ],
    ['emptied', (file: string) => truncateSync(file, 0), 'is empty'],
    ['removed', (file: string) => rmSync(file), 'is missing'],
    ['of something else', (file: string) => writeFileSync(file, 'not a journal\nat all\n'), 'line 1'],
  ])('a journal %s is an error that names it and where, and stays as it is', async (_how, harm, where) => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    await open(folder).append(entry('b'));
    const file = `${baseOf(folder)}.journal`;
    harm(file);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
    for (const work of [open(folder).entries(), open(folder).append(entry('c'))]) {
      const failure = await failureOf(work);
      expect([failure.code, failure.exit]).toEqual(['history-corrupt', 4]);
      expect(failure.message).toContain(file);
      expect(failure.message).toContain(where);
    }
    expect(existsSync(file) ? readFileSync(file, 'utf8') : null).toBe(before);
  });

  test.each([
    ['without its second line', (file: string) => writeFileSync(file, linesOf(file).toSpliced(1, 1).join(''))],
    ['with lines in another order', (file: string) => writeFileSync(file, reversed(file))],
    ['changed in a record', (file: string) => writeFileSync(file, linesOf(file).join('').replace('fix x', 'fix y'))],
  ])('a journal %s says so of an entry, stays as it is, and goes on', async (_how, harm) => {
    const folder = fresh();
    for (const id of ['a', 'b', 'c']) await open(folder).append(entry(id));
    const file = `${baseOf(folder)}.journal`;
    harm(file);
    const before = readFileSync(file, 'utf8');
    const entries = await open(folder).entries();
    expect(entries.some(({ state }) => state === 'unreadable')).toBe(true);
    expect(entries.find(({ id }) => id === 'c')?.state).toBe('done');
    expect(readFileSync(file, 'utf8')).toBe(before);
    await open(folder).append(entry('d'));
    expect((await open(folder).entries()).map(({ id, state }) => [id, state])).toEqual([
      ...entries.map(({ id, state }) => [id, state]),
      ['d', 'done'],
    ]);
    expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
  });

  test('a record that a checksum fits but no version wrote costs the entry that it is about', async () => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    await open(folder).append(entry('z'));
    const file = `${baseOf(folder)}.journal`;
    const end = readLines(readFileSync(file), journalStart).end;
    for (const [record, unreadable] of [
      ['{"kind":"entry","entry":{"id":"b"}}', ['b']],
      ['{"kind":"change","entry":"b","set":{},"steps":[]}', ['b']],
      ['{"kind":"change","entry":"a","set":{},"steps":[{"step":7,"set":{}}]}', ['a']],
    ] as const) {
      const before = readFileSync(file);
      appendFileSync(file, lineFor(end, record).line);
      const entries = await open(folder).entries();
      expect(entries.filter(({ state }) => state === 'unreadable').map(({ id }) => id)).toEqual(unreadable);
      expect(entries.find(({ id }) => id === 'z')?.state).toBe('done');
      writeFileSync(file, before);
    }
  });

  test('a deletion without its body is read, and says that it has none', async () => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    const file = `${baseOf(folder)}.journal`;
    const end = readLines(readFileSync(file), journalStart).end;
    const change = { kind: 'delete', resource: '/subscriptions/s/x', edits: [] };
    const forged = entry('b', { steps: [{ ...step, state: 'done', change: change as never }] });
    appendFileSync(file, lineFor(end, JSON.stringify({ kind: 'entry', entry: forged })).line);
    const [, b] = await open(folder).entries();
    expect([b?.state, b?.steps[0]?.bodyLost]).toEqual(['done', true]);
  });

  test('a repair keeps the journal as it was, says what is lost, and leaves nothing damaged', async () => {
    const folder = fresh();
    for (const id of ['a', 'b', 'c']) await open(folder).append(entry(id, { line: `fix ${id}` }));
    const file = `${baseOf(folder)}.journal`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('fix b', 'fix B'));
    const before = readFileSync(file);
    const planned = await open(folder).repair(true);
    expect([planned.copy, planned.kept, planned.lost.map(({ id }) => id)]).toEqual([null, 2, ['b']]);
    expect(readFileSync(file)).toEqual(before);
    const { copy, lost } = await open(folder).repair(false);
    expect(readFileSync(copy ?? '')).toEqual(before);
    expect(lost).toEqual([{ id: 'b', lines: [{ line: 3, reason: 'changed' }], about: null, since: 'a' }]);
    const found = await open(folder).entries();
    expect(found.map(({ id, state, unreadable }) => [id, state, unreadable?.lines])).toEqual([
      ['a', 'done', undefined],
      ['b', 'unreadable', []],
      ['c', 'done', undefined],
    ]);
    expect((await open(folder).notes()).at(-1)?.text).toContain('Repaired: 1 damaged line (3)');
    expect((await open(folder).repair(false)).copy).toBeNull();
    // One that is cut off or gone is repaired as well, and what was in it is unreadable.
    truncateSync(file, statSync(file).size - 40);
    expect((await failureOf(open(folder).entries())).code).toBe('history-corrupt');
    await open(folder).repair(false);
    expect((await open(folder).entries()).map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  });

  test('a repair of a journal that is gone says what it wrote, and a backup can still be put back', async () => {
    const folder = fresh();
    for (const id of ['20260101T000000-a', '20260102T000000-b']) await open(folder).append(entry(id));
    await open(folder).keepBody('20260101T000000-a', '0-before', { x: 1 });
    const file = `${baseOf(folder)}.journal`;
    const backup = readFileSync(file);
    rmSync(file);
    const planned = await open(folder).repair(true);
    expect([planned.isWritten, planned.end, existsSync(file)]).toEqual([false, null, false]);
    const { copy, end, isWritten, lost } = await open(folder).repair(false);
    expect([isWritten, copy, existsSync(file), existsSync(end ?? '')]).toEqual([true, null, true, true]);
    // The three missing lines are one gap: how many entries they were about is not known.
    expect(lost.map(({ id }) => id)).toEqual(['line-1', '20260101T000000-a']);
    const [note] = (await open(folder).notes()).slice(-1);
    expect(note?.text).toContain('1 entry lost, and how many more is not known. There was no journal to keep');
    for (const name of note?.text.match(/\S+\.damaged-\w+/g) ?? ['none'])
      expect(existsSync(path.join(folder, name))).toBe(true);
    writeFileSync(file, backup);
    copyFileSync(end ?? '', `${baseOf(folder)}.head`);
    expect((await open(folder).entries()).map(({ id }) => id)).toEqual(['20260101T000000-a', '20260102T000000-b']);
  });

  test('a journal of another workspace under this name is an error', async () => {
    const folder = fresh();
    const elsewhere = { folder, source, workspace: `${workspace}2`, pid: process.pid };
    await openHistory(elsewhere).append(entry('a'));
    copyFileSync(path.join(folder, `${historyName(source, elsewhere.workspace)}.journal`), `${baseOf(folder)}.journal`);
    expect((await failureOf(open(folder).entries())).message).toContain(`it is about ${workspace}2`);
  });

  test('a last record that was never completed is dropped by the next change, which says so', async () => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    await open(folder).append(entry('b'));
    const file = `${baseOf(folder)}.journal`;
    truncateSync(file, statSync(file).size - 5);
    // A power cut can leave an older copy of the end, or none.
    rmSync(`${baseOf(folder)}.head`);
    const torn = readFileSync(file);
    expect((await open(folder).entries()).map(({ id }) => id)).toEqual(['a']);
    expect(readFileSync(file)).toEqual(torn);
    await open(folder).append(entry('c'));
    expect((await open(folder).entries()).map(({ id }) => id)).toEqual(['a', 'c']);
    expect((await open(folder).notes()).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Dropped \d+ bytes of a record that was not completed/),
    ]);
  });

  test('a missing journal is noticed by what was beside it: the copy of its end, or a body', async () => {
    for (const left of ['head', 'body'] as const) {
      const folder = fresh();
      const history = open(folder);
      await history.append(entry('a'));
      if (left === 'body') {
        await history.keepBody('a', '0-before', { x: 1 });
        rmSync(`${baseOf(folder)}.head`);
      }
      rmSync(`${baseOf(folder)}.journal`);
      for (const work of [open(folder).entries(), open(folder).append(entry('b'))]) {
        expect((await failureOf(work)).code).toBe('history-corrupt');
      }
      expect(existsSync(`${baseOf(folder)}.journal`)).toBe(false);
    }
  });

  test('a body of an entry that the journal does not hold is noticed', async () => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    const file = `${baseOf(folder)}.journal`;
    const short = readFileSync(file);
    await open(folder).append(entry('b'));
    await open(folder).keepBody('b', '0-before', { x: 1 });
    writeFileSync(file, short);
    rmSync(`${baseOf(folder)}.head`);
    expect((await failureOf(open(folder).entries())).message).toContain('b.0-before');
  });

  test('a body that was changed or removed is an error, and each content has its own file', async () => {
    const folder = fresh();
    const history = open(folder);
    await history.append(entry('a'));
    const [one, two] = [
      await history.keepBody('a', '0-before', { x: 1 }),
      await history.keepBody('a', '0-before', { x: 2 }),
    ];
    expect(await history.body(one)).toEqual({ x: 1 });
    expect(await history.body(two)).toEqual({ x: 2 });
    writeFileSync(path.join(baseOf(folder), one), '{"x":3}');
    rmSync(path.join(baseOf(folder), two));
    expect((await failureOf(history.body(one))).message).toContain('was changed');
    expect((await failureOf(history.body(two))).message).toContain('is missing');
  });

  test('reading needs no folder that can be written, also with a record that was never completed', async () => {
    const folder = fresh();
    await open(folder).append(entry('a', { state: 'open' }));
    appendFileSync(`${baseOf(folder)}.journal`, '{"seq":3,');
    const before = readdirSync(folder);
    const files: FileLayer = { ...diskFiles, ...refusing(['append', 'change', 'new']) };
    const history = openHistory({ folder, source, workspace, pid: process.pid, files });
    expect((await history.entries()).map(({ id }) => id)).toEqual(['a']);
    expect((await history.unsettled()).map(({ id }) => id)).toEqual(['a']);
    expect(await history.notes()).toEqual([]);
    const failure = await failureOf(history.append(entry('b')));
    // A command that must keep something and has no writable home: usage.
    expect([failure.code, failure.exit]).toEqual(['history-not-writable', 2]);
    expect(readdirSync(folder)).toEqual(before);
  });

  test.each([['ENOSPC'], ['EDQUOT'], ['EIO']])(
    '%s while writing is no error of usage, and leaves what was there',
    async (code) => {
      const folder = fresh();
      await open(folder).append(entry('a'));
      const before = readFileSync(`${baseOf(folder)}.journal`);
      const write = () => {
        throw Object.assign(new Error(code), { code });
      };
      const full = openHistory({ folder, source, workspace, pid: process.pid, files: { ...diskFiles, write } });
      const failure = await failureOf(full.append(entry('b')));
      expect([failure.code, failure.exit]).toEqual(['history-not-writable', 4]);
      expect(readFileSync(`${baseOf(folder)}.journal`)).toEqual(before);
      expect((await open(folder).entries()).map(({ id }) => id)).toEqual(['a']);
    },
  );

  test('what another program wrote meanwhile is never cut off, and the change fails', async () => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    const file = `${baseOf(folder)}.journal`;
    const size = statSync(file).size;
    const write: FileLayer['write'] = (descriptor, bytes, at) => {
      if (at === null) appendFileSync(file, 'foreign\n');
      return diskFiles.write(descriptor, bytes, at);
    };
    const raced = openHistory({ folder, source, workspace, pid: process.pid, files: { ...diskFiles, write } });
    expect((await failureOf(raced.append(entry('b')))).code).toBe('history-raced');
    expect(readFileSync(file, 'utf8').slice(size)).toContain('foreign\n');
    expect((await failureOf(raced.append(entry('c')))).code).toBe('history-raced');
    expect((await open(folder).entries())[0]).toMatchObject({ id: 'a', state: 'done' });
  });

  test('a history that is forgotten leaves nothing but the locks of others', async () => {
    const folder = fresh();
    writeOld(folder, { entries: [entry('z')] });
    const history = open(folder);
    await history.append(entry('a'));
    await history.keepBody('a', '0-before', { x: 1 });
    await openHistory({ folder, source, workspace: `${workspace}2`, pid: process.pid }).append(entry('b'));
    await history.exclusively(async () => forgetHistory({ folder, source, workspace }));
    expect(readdirSync(folder).filter((name) => name.startsWith(historyName(source, workspace)))).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await open(folder).entries()).toEqual([]);
  });

  test('a folder that cannot be written is an error before anything else', async () => {
    const file = path.join(fresh(), 'a-file');
    writeFileSync(file, '');
    const failure = await failureOf(open(path.join(file, 'below')).append(entry('a')));
    // A command that must keep something and has no writable home: usage.
    expect([failure.code, failure.exit]).toEqual(['history-not-writable', 2]);
  });
});

describe('between processes', () => {
  test('two that append 100 entries each lose none', async () => {
    const folder = fresh();
    const writer = (name: string) =>
      child(`${opening(folder)}
        for (let n = 0; n < 100; n += 1) await history.append({ ...base, id: '${name}' + n });`);
    expect(await Promise.all([ended(writer('a')), ended(writer('b'))])).toEqual([0, 0]);
    const ids = (await open(folder).entries()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(200);
    expect(ids.filter((id) => id.startsWith('a'))).toEqual(Array.from({ length: 100 }, (_, n) => `a${n}`));
    expect(readdirSync(folder).filter((name) => name.includes('.lock-'))).toEqual([]);
  }, 60_000);

  test('a killed holder blocks no other process, and its open entry is unsettled only then', async () => {
    const folder = fresh();
    const holder = child(`${opening(folder)}
      await history.append({ ...base, id: 'cut', state: 'open' });
      await history.exclusively(() => new Promise(() => { setInterval(() => {}, 1000); console.log('holding'); }));`);
    await new Promise<void>((resolve) => holder.stdout.once('data', () => resolve()));
    expect(await open(folder).unsettled()).toEqual([]);
    const failure = await failureOf(open(folder, process.pid, 50).exclusively(async () => {}));
    expect([failure.code, failure.exit]).toEqual(['history-locked', 4]);
    expect(failure.message).toContain(String(holder.pid));
    const gone = ended(holder);
    holder.kill('SIGKILL');
    await gone;
    expect((await open(folder).unsettled()).map(({ id }) => id)).toEqual(['cut']);
    // Many rivals clear up after the dead one at the same moment, and still only one at a time gets in.
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        open(folder).exclusively(async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  }, 30_000);

  test('what an act throws comes out as it is, and the right is given back', async () => {
    const history = open(fresh());
    await expect(
      history.exclusively(async () => {
        throw new RangeError('its own');
      }),
    ).rejects.toThrow(RangeError);
    expect(await history.exclusively(async () => 'next')).toBe('next');
  });
});
