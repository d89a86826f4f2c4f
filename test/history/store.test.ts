// The history: nothing lost between processes, nothing started anew, nothing blocked by a dead process.
import { spawn } from 'node:child_process';
import {
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
import { historyName, openHistory } from '../../src/history/store.ts';
import type { Entry } from '../../src/model/entry.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
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
    const change = {
      kind: 'edit' as const,
      resource: '/subscriptions/s/x',
      edits: [{ op: 'set' as const, pointer: '/properties/x', after }],
      body: null,
    };
    const step = {
      resource: change.resource,
      change,
      findings: [],
      state: 'waiting' as const,
      verified: false,
      requestId: null,
      operation: null,
      message: null,
      before: null,
      after: null,
    };
    await open(folder).append(entry('a', { steps: [step] }));
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
    expect(statSync(path.join(folder, `${historyName(source, workspace)}.json`)).mode & 0o777).toBe(0o600);
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

  test('an index from before what-if is migrated to this version, and keeps what it holds', async () => {
    const folder = fresh();
    await open(folder).append(entry('a', { line: 'fix old' }));
    const file = path.join(folder, `${historyName(source, workspace)}.json`);
    const index = JSON.parse(readFileSync(file, 'utf8'));
    for (const old of index.entries) delete old.rehearsal;
    index.__internal__.migrations.version = '1.0.0';
    writeFileSync(file, JSON.stringify(index));
    const [first] = await open(folder).entries();
    expect([first?.line, first?.rehearsal]).toEqual(['fix old', null]);
    await open(folder).append(entry('b'));
    expect((await open(folder).entries()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('the same workspace elsewhere has another history, in another letter case the same', () => {
    expect(historyName(source, workspace.toUpperCase())).toBe(historyName(source, workspace));
    expect(historyName({ ...source, kind: 'demo' }, workspace)).not.toBe(historyName(source, workspace));
    expect(historyName({ ...source, name: 'https://localhost:2' }, workspace)).not.toBe(historyName(source, workspace));
  });

  test.each([
    ['cut short', (file: string) => truncateSync(file, 40)],
    ['emptied', (file: string) => truncateSync(file, 0)],
    ['of another shape', (file: string) => writeFileSync(file, '{"entries":[{"id":3}]}')],
    ['without entries', (file: string) => writeFileSync(file, '{}')],
  ])('an index %s is an error that names it, and stays as it is', async (_how, harm) => {
    const folder = fresh();
    await open(folder).append(entry('a'));
    const file = path.join(folder, `${historyName(source, workspace)}.json`);
    harm(file);
    const before = readFileSync(file, 'utf8');
    for (const work of [open(folder).entries(), open(folder).append(entry('b'))]) {
      const failure = await failureOf(work);
      expect([failure.code, failure.exit]).toEqual(['history-corrupt', 4]);
      expect(failure.message).toContain(file);
    }
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('a missing index beside bodies is noticed', async () => {
    const folder = fresh();
    const history = open(folder);
    await history.append(entry('a'));
    await history.keepBody('a', '0-before', { x: 1 });
    rmSync(path.join(folder, `${historyName(source, workspace)}.json`));
    expect((await failureOf(open(folder).append(entry('b')))).code).toBe('history-corrupt');
  });

  test('a folder that cannot be written is an error before anything else', async () => {
    const file = path.join(fresh(), 'a-file');
    writeFileSync(file, '');
    const failure = await failureOf(open(path.join(file, 'below')).append(entry('a')));
    expect([failure.code, failure.exit]).toEqual(['history-not-writable', 4]);
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
