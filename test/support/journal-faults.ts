// The journal under faults of a disk. A real fix, undo and redo are recorded once, with the disk before each call of the
// store; then every call that the store makes to the disk is refused, shortened or the last one before the power is cut, and what
// is found afterwards is compared with what was promised. The disk is one in memory: a real one cannot be cut at every call.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { History } from '../../src/history/history.ts';
import { historyName, openHistory } from '../../src/history/store.ts';
import { editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import type { Entry } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import { type Json, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Source } from '../../src/model/snapshot.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { type DiskCall, type DiskFault, type FaultyDisk, faultyDisk } from '../support/faulty-disk.ts';
import { tellTrust } from './trust-size.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-journal-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** One call of the store, as the session made it. */
type Act =
  | { readonly kind: 'append'; readonly entry: Entry }
  | { readonly kind: 'update'; readonly entry: Entry }
  | { readonly kind: 'body'; readonly entry: string; readonly name: string; readonly body: JsonObject };
/** `disk`: before the act. `before`, `after`: the entries, as text. */
interface Moment {
  readonly act: Act;
  readonly disk: FaultyDisk;
  readonly before: string;
  readonly after: string;
}
interface Place {
  readonly folder: string;
  readonly source: Source;
  readonly workspace: string;
}

const textOf = (entries: readonly Entry[]): string => stringifyJson(entries as unknown as Json);
/** An undo that is done marks what it undid, also where the power went before that was recorded. */
const marked = (entries: readonly Entry[]): readonly Entry[] =>
  entries.map((entry) => {
    const undo = entries.find(({ undoes, state }) => undoes === entry.id && state === 'done');
    return undo === undefined || entry.undoneBy !== null ? entry : { ...entry, undoneBy: undo.id };
  });

/** A bench whose history is on the disk in memory, with every act of the store noted. */
async function recordingBench(disk: FaultyDisk, note: (moment: Moment, place: Place) => void): Promise<Bench> {
  return openBench({
    world: 'mixed',
    scratch,
    open(options) {
      const { source, workspace } = options;
      // Locks are on the real disk; they hold no record.
      const history = openHistory({ ...options, files: disk.files });
      const noted = async <T>(kind: Act['kind'], act: () => Promise<{ result: T; act: Act }>): Promise<T> => {
        const before = textOf(marked(await history.entries()));
        const copy = disk.copy();
        const done = await act();
        if (done.act.kind !== kind) throw new Error(kind);
        const after = textOf(marked(await history.entries()));
        note({ act: done.act, disk: copy, before, after }, { folder: options.folder, source, workspace });
        return done.result;
      };
      return {
        ...history,
        append: (entry) =>
          noted('append', async () => ({ result: await history.append(entry), act: { kind: 'append', entry } })),
        update: (id, change) =>
          noted('update', async () => {
            const entry = await history.update(id, change);
            return { result: entry, act: { kind: 'update', entry } };
          }),
        keepBody: (entry, name, body) =>
          noted('body', async () => {
            const file = await history.keepBody(entry, name, body);
            return { result: file, act: { kind: 'body', entry, name, body } };
          }),
      };
    },
  });
}

/** A plan of two steps that are on two resources. */
export async function twoSteps(bench: Bench): Promise<Plan> {
  const snapshot = await drain(bench.session.scan());
  const bodyOf = (ending: string) => {
    const found = snapshot.resources.find(({ id }) => fold(id).endsWith(ending));
    if (found === undefined) throw new Error(`${ending} was not scanned`);
    return found;
  };
  const account = bodyOf('/storageaccounts/stmlsim');
  const subnet = bodyOf('/subnets/snet-train');
  const rule = { value: '198.51.100.9', action: 'Allow' };
  const service = { service: 'Microsoft.Sql' };
  const changes = [
    editChange(account.id, [
      addTo(account.body, '/properties/networkAcls/ipRules', rule, { member: 'value', fold: true }),
    ]),
    editChange(subnet.id, [
      addTo(subnet.body, '/properties/serviceEndpoints', service, { member: 'service', fold: true }),
    ]),
  ];
  return {
    id: 'plan',
    snapshot: snapshot.id,
    source: snapshot.source,
    workspace: snapshot.workspace,
    architecture: 'service-endpoint',
    verb: 'fix',
    of: null,
    steps: changes.map((change) => ({
      change,
      phase: 2 as const,
      findings: [],
      needs: [],
      az: '',
      risk: '',
      undo: 'exact' as const,
      does: '',
      effects: [],
    })),
    gates: [],
    skipped: [],
    preview: { resolves: [], introduces: [] },
    irreversible: [],
    effects: [],
  };
}
const apply = (bench: Bench, plan: Plan) => drain(bench.session.apply(plan, { line: 'fix it', acceptWarnings: true }));

const repeat = (history: History, act: Act): Promise<unknown> => {
  switch (act.kind) {
    case 'append':
      return history.append(act.entry);
    case 'update':
      return history.update(act.entry.id, () => act.entry);
    case 'body':
      return history.keepBody(act.entry, act.name, act.body);
  }
};
/** Undefined where it was promised; else what was thrown. */
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error ?? new Error('nothing was thrown'),
  );
const entryLike = (id: string): Entry => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  by: 'the law',
  verb: 'fix',
  findings: [],
  resources: [],
  steps: [],
  state: 'done',
  undoes: null,
  undoneBy: null,
  redoes: null,
  line: 'fix it',
  workspace: null,
  rehearsal: null,
});

/** What bodies were read from: the same bytes are not read again. */
const readable = new Map<string, Buffer>();

/** Every body that an entry names can be read. */
async function expectBodies(history: History, disk: FaultyDisk): Promise<void> {
  const steps = (await history.entries()).flatMap((entry) => entry.steps);
  const byName = new Map([...disk.contents()].map(([file, content]) => [path.basename(file), content]));
  for (const name of steps.flatMap(({ before, after }) => [before, after])) {
    if (name === null) continue;
    const content = byName.get(path.basename(name));
    if (content !== undefined && readable.get(name)?.equals(content)) continue;
    await history.body(name);
    if (content !== undefined) readable.set(name, content);
  }
}

/** What histories on disks of the same bytes hold: most faults leave one of a few disks behind. */
const known: { readonly contents: ReadonlyMap<string, Buffer>; readonly entries: readonly Entry[] }[] = [];

/** The entries that a program finds on the disk, with a body for each that names one. */
async function entriesOn(disk: FaultyDisk, place: Place): Promise<readonly Entry[]> {
  const contents = new Map(disk.contents());
  const same = known.find((one) => {
    if (one.contents.size !== contents.size) return false;
    return [...contents].every(([file, content]) => one.contents.get(file)?.equals(content));
  });
  if (same !== undefined) return same.entries;
  const history = openHistory({ ...place, pid: process.pid, files: disk.files });
  const entries = await history.entries();
  await expectBodies(history, disk);
  known.unshift({ contents, entries });
  known.splice(30);
  return entries;
}

const tally = { calls: 0, faults: 0, cuts: 0, sizes: 0 };

/** One fault at one call of one act, and everything that must hold afterwards. */
async function tryFault(
  moment: Moment,
  place: Place,
  at: number,
  fault: DiskFault,
  also: (found: FaultyDisk) => void = () => {},
): Promise<void> {
  // What a power cut keeps differs from fault to fault.
  const seeds = [1, 2, 3].map((one) => tally.faults * 3 + one);
  const disk = moment.disk.copy();
  const history = openHistory({ ...place, pid: process.pid, files: disk.files });
  await history.entries();
  disk.decide((_call, index) => (index === at ? fault : undefined));
  const thrown = await thrownBy(repeat(history, moment.act));
  disk.decide(undefined);
  const promised = thrown === undefined;
  const where = `${moment.act.kind}, call ${at}, ${JSON.stringify(fault)}`;
  if (fault.kind === 'short') expect(thrown, where).toBeUndefined();
  const allowed = promised ? [moment.after] : [moment.before, moment.after];
  const expectFound = async (found: FaultyDisk, what: string, extra: readonly string[] = []) => {
    const entries = await entriesOn(found, place);
    expect(allowed, `${where}: ${what}`).toContain(textOf(marked(entries.filter(({ id }) => !extra.includes(id)))));
    expect(
      extra.filter((id) => !entries.some((entry) => entry.id === id)),
      `${where}: ${what}`,
    ).toEqual([]);
    also(found);
  };
  const appendTo = (found: FaultyDisk, id: string) =>
    openHistory({ ...place, pid: process.pid, files: found.files }).append(entryLike(id));
  if (fault.kind === 'cut') {
    for (const seed of seeds) {
      tally.cuts += 1;
      const found = disk.afterPowerCut(seed);
      await expectFound(found, `seed ${seed}`);
      await appendTo(found, 'later');
      await expectFound(found, `seed ${seed}, and later`, ['later']);
    }
    return;
  }
  if (!promised) expect(isFailure(thrown), `${where}: ${thrown}`).toBe(true);
  await expectFound(disk, 'the same disk');
  // What fails once works the next time, or still fails in so many words; and what is promised then holds through a power cut.
  const again = await thrownBy(history.append(entryLike('again')));
  if (again !== undefined) {
    expect(isFailure(again), `${where}: again: ${again}`).toBe(true);
    await appendTo(disk, 'again');
  }
  for (const seed of seeds) await expectFound(disk.afterPowerCut(seed), `then cut, seed ${seed}`, ['again']);
}

function faultsOf(call: DiskCall): readonly DiskFault[] {
  return [
    { kind: 'error', code: 'ENOSPC' },
    { kind: 'error', code: 'EIO' },
    { kind: 'error', code: 'EIO', when: 'after' },
    ...(call.name === 'write' || call.name === 'sync' ? [{ kind: 'error', code: 'EIO', stays: true } as const] : []),
    { kind: 'cut', when: 'before' },
    { kind: 'cut', when: 'after' },
    ...(call.name === 'write'
      ? [1, Math.floor(call.length / 2), call.length - 1].map((bytes): DiskFault => ({ kind: 'short', bytes }))
      : []),
  ];
}

/** The calls that an act makes to the disk. */
async function callsOf(moment: Moment, place: Place): Promise<readonly DiskCall[]> {
  const disk = moment.disk.copy();
  const history = openHistory({ ...place, pid: process.pid, files: disk.files });
  await history.entries();
  disk.decide(undefined);
  await repeat(history, moment.act);
  return [...disk.calls];
}

/** `every`: one of so many faults is tried. */
export function journalFaults(every: number): void {
  describe('a fix, its undo and its redo', () => {
    const moments: Moment[] = [];
    let place: Place;
    const intents = { requests: 0, missing: [] as string[] };

    beforeAll(async () => {
      const disk = faultyDisk();
      disk.makeKept(scratch);
      const bench = await recordingBench(disk, (moment, at) => {
        moments.push(moment);
        place = at;
      });
      let seed = 0;
      const seen: Promise<void>[] = [];
      bench.simulator.onExchange(({ method, url }) => {
        if (!/^(?:PUT|PATCH|DELETE)$/.test(method)) return;
        intents.requests += 1;
        seed += 1;
        // The client waits for this answer: nothing was written since the request left.
        const found = disk.afterPowerCut(seed);
        const { workspace } = bench.simulator;
        const source: Source = { kind: 'endpoint', name: bench.simulator.endpoint };
        const reading = openHistory({ folder: place.folder, source, workspace, pid: process.pid, files: found.files });
        seen.push(
          reading.entries().then(
            (entries) => {
              const steps = entries.flatMap((entry) => entry.steps);
              const known = steps.some(
                ({ resource, state }) => state === 'intended' && fold(url).startsWith(fold(resource)),
              );
              if (!known) intents.missing.push(`${method} ${url}`);
            },
            (error: unknown) => {
              intents.missing.push(`${method} ${url}: ${error}`);
            },
          ),
        );
      });
      await apply(bench, await twoSteps(bench));
      await apply(bench, await bench.session.planUndo());
      await apply(bench, await bench.session.planRedo());
      await Promise.all(seen);
      await bench.close();
    });

    test('every request was on disk as intended before it left, whatever a power cut would have kept', () => {
      expect(intents.requests).toBeGreaterThanOrEqual(6);
      expect(intents.missing).toEqual([]);
    });

    test('a fault at every call of the disk loses nothing that was promised and invents nothing', async ({ task }) => {
      expect(moments.length).toBeGreaterThan(30);
      const wrong = { count: 1 };
      onTestFinished(() => {
        const tried = Math.floor(tally.faults / every);
        tellTrust(task, { suite: 'disk', what: 'faults of the journal', tried, wrong: wrong.count });
      });
      for (const moment of moments) {
        const calls = await callsOf(moment, place);
        tally.calls += calls.length;
        for (const [at, call] of calls.entries()) {
          for (const fault of faultsOf(call)) {
            tally.faults += 1;
            if (tally.faults % every === 0) await tryFault(moment, place, at, fault);
          }
        }
      }
      expect(tally.faults).toBeGreaterThan(2000);
      wrong.count = 0;
    }, 500_000);

    test('a disk that fills up at any size keeps what was promised', async ({ task }) => {
      const wrong = { count: 1 };
      onTestFinished(() => {
        tellTrust(task, { suite: 'disk', what: 'the journal', tried: tally.sizes, wrong: wrong.count });
      });
      const needed = (moments.at(-1) as Moment).disk.contents();
      const most = [...needed.values()].reduce((sum, { length }) => sum + length, 0) + 4096;
      for (let room = 0; room < most; room += Math.ceil((most * every) / 600)) {
        tally.sizes += 1;
        const disk = faultyDisk();
        disk.makeKept(scratch);
        disk.room = room;
        const history = openHistory({ ...place, pid: process.pid, files: disk.files });
        let before = '[]';
        for (const { act, after } of moments) {
          const thrown = await thrownBy(repeat(history, act));
          const found = textOf(marked(await openHistory({ ...place, pid: process.pid, files: disk.files }).entries()));
          if (thrown === undefined) {
            expect(found).toBe(after);
            before = after;
            continue;
          }
          expect(thrown).toMatchObject({ code: 'history-not-writable', exit: 4 });
          expect(found, `${room} bytes`).toBe(before);
          // Once there is room again, the act is repeated and the rest follows.
          disk.room = Number.POSITIVE_INFINITY;
          await repeat(history, act);
          before = after;
        }
        expect(textOf(marked(await history.entries()))).toBe(moments.at(-1)?.after);
        await expectBodies(history, disk);
      }
      expect(tally.sizes).toBeGreaterThanOrEqual(60);
      wrong.count = 0;
    }, 120_000);
  });

  describe('a history of version 0.1 that becomes a journal', () => {
    const kept = path.resolve(import.meta.dirname, '../fixtures/version-0.1/home/history');
    const source: Source = { kind: 'demo', name: 'demo:mixed' };
    const workspace =
      '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/mlw-sim';
    const name = historyName(source, workspace);

    test('is converted once, whatever goes wrong meanwhile, and its file is never lost', async () => {
      const place: Place = { folder: path.join(scratch, 'home', 'history'), source, workspace };
      const disk = faultyDisk();
      disk.makeKept(path.join(place.folder, name));
      const put = (file: string) => {
        const descriptor = disk.files.open(path.join(place.folder, file), 'new');
        disk.files.write(descriptor, readFileSync(path.join(kept, file)), 0);
        disk.files.sync(descriptor);
        disk.files.close(descriptor);
      };
      put(`${name}.json`);
      for (const body of readdirSync(path.join(kept, name))) put(path.join(name, body));
      for (const folder of [place.folder, path.join(place.folder, name)]) disk.files.syncFolder(folder);
      disk.decide(undefined);

      const history = openHistory({ ...place, pid: process.pid, files: disk.files });
      const entries = await history.entries();
      expect(entries).toHaveLength(3);
      const entry = entryLike('new');
      const moment: Moment = {
        act: { kind: 'append', entry },
        disk,
        before: textOf(marked(entries)),
        after: textOf(marked([...entries, entry])),
      };
      const calls = await callsOf(moment, place);
      const old = readFileSync(path.join(kept, `${name}.json`));
      for (const [at, call] of calls.entries()) {
        for (const fault of faultsOf(call)) {
          tally.faults += 1;
          if (tally.faults % every !== 0) continue;
          await tryFault(moment, place, at, fault, (found) => {
            const files = [...found.contents()].filter(([, content]) => content.equals(old)).map(([file]) => file);
            expect(files.map((file) => path.basename(file))).toEqual([
              expect.stringMatching(/(?:before-journal)?\.json$/),
            ]);
          });
        }
      }
      expect(calls.filter(({ name }) => name === 'rename')).toHaveLength(2);
    }, 120_000);
  });

  afterAll(() => {
    const { calls, faults, cuts, sizes } = tally;
    process.stdout.write(
      `journal: ${calls} calls, ${Math.floor(faults / every)} of ${faults} faults, ${cuts} power cuts, ${sizes} disk sizes\n`,
    );
  });
}
