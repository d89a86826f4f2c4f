// A disk that is full from any write of a fix on: nothing is sent that is not on disk as intended, and once there is room again the
// history settles by itself, agrees with Azure and can be undone.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHistory } from '../../src/history/store.ts';
import { isFailure } from '../../src/model/failure.ts';
import { fold } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import type { Exchange } from '../../src/simulator/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { faultyDisk } from '../support/faulty-disk.ts';
import { twoSteps } from '../support/journal-faults.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-full-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const disk = faultyDisk();
disk.makeKept(scratch);
let bench: Bench;
const accepted: Exchange[] = [];
beforeAll(async () => {
  bench = await openBench({ world: 'mixed', scratch, open: (given) => openHistory({ ...given, files: disk.files }) });
  bench.simulator.onExchange((exchange) => {
    if (/^(?:PUT|PATCH|DELETE)$/.test(exchange.method) && exchange.status < 300) accepted.push(exchange);
  });
});
afterAll(() => bench.close());

/** What Azure holds, without what it changes by itself. */
const worldNow = async () => {
  const { resources } = await drain(bench.session.scan());
  return Object.fromEntries(resources.map(({ id, type, body }) => [fold(id), resourceTypeOf(type).normal(body)]));
};
const apply = async () => drain(bench.session.apply(await twoSteps(bench), { line: 'fix it', acceptWarnings: true }));
const undo = async () =>
  drain(bench.session.apply(await bench.session.planUndo(), { line: 'undo', acceptWarnings: true }));

test('a full disk at any write of a fix stops it, and loses nothing of what was sent', async () => {
  const world = await worldNow();
  let writes = 0;
  disk.decide((call) => {
    if (call.name === 'write') writes += 1;
    return undefined;
  });
  await apply();
  const needed = writes;
  await undo();
  expect(await worldNow()).toEqual(world);
  let stoppedBefore = 0;
  let stoppedAfter = 0;
  for (let full = 1; full <= needed; full += 1) {
    const [before, known] = [accepted.length, (await bench.session.history()).length];
    writes = 0;
    disk.decide((call) => {
      if (call.name === 'write') writes += 1;
      if (writes === full) disk.room = 0;
      return undefined;
    });
    const thrown = await apply().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown !== undefined && !isFailure(thrown)) throw thrown;
    const sent = accepted.length - before;
    // What the disk holds is enough to know of every request.
    const entries = (await bench.session.history()).slice(known);
    const begun = entries.flatMap(({ steps }) => steps).filter(({ state }) => state !== 'waiting');
    expect(begun.length, `write ${full}`).toBeGreaterThanOrEqual(sent);
    if (sent === 0) {
      stoppedBefore += 1;
      expect(thrown, `write ${full}`).toMatchObject({ exit: 4 });
    } else if (sent < 2) stoppedAfter += 1;

    disk.decide(undefined);
    disk.room = Number.POSITIVE_INFINITY;
    await drain(bench.session.recover());
    const settled = (await bench.session.history()).slice(known);
    expect(settled.map(({ state }) => state)).not.toContain('open');
    const done = settled.flatMap(({ steps }) => steps).filter(({ state }) => state === 'done');
    expect(done.length, `write ${full}`).toBe(sent);
    if (sent > 0) await undo();
    expect(await worldNow(), `write ${full}`).toEqual(world);
  }
  expect(stoppedBefore).toBeGreaterThan(2);
  expect(stoppedAfter).toBeGreaterThan(2);
}, 300_000);
