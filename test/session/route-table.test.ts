// Many routes at once: one write of the whole table over its current content, and back.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceTypeOf, routesOf, routesPointer } from '../../src/resource-types/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-routes-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const prefixes = Array.from({ length: 14 }, (_, index) => `13.69.${index}.64/26`);
const serviceTags = JSON.stringify({
  changeNumber: 400,
  cloud: 'Public',
  values: [{ name: 'AzureMachineLearning.WestEurope', id: 'x', properties: { addressPrefixes: prefixes } }],
});

const tableIn = (snapshot: Snapshot, name: string) => {
  const found = snapshot.resources.find(({ id }) => id.endsWith(`/routeTables/${name}`));
  if (!found) throw new Error(`no table ${name}`);
  return found;
};
const names = (snapshot: Snapshot): string[] =>
  routesOf(tableIn(snapshot, 'rt-train')).map(({ id }) => id.split('/').at(-1) ?? '');
const failing = (bench: Bench, snapshot: Snapshot): string[] =>
  bench.session.report(snapshot, 'all').findings.flatMap(({ id, outcome }) => (outcome === 'fail' ? [id] : []));

test('fourteen routes are one write, which keeps what others have added since; the undo keeps it as well', async () => {
  const bench = await openBench({ world: 'tunnelled', scratch, serviceTags });
  try {
    const { session, arm } = bench;
    const before = await drain(session.scan());
    const answers = { routes: 'prefixes' };
    const about = failing(bench, before).filter((id) => /^udr\.azureml-prefixes@.*snet-train#/.test(id));
    const plan = session.plan(before, { targets: about, answers, ips: [], profile: 'all' });
    const table = tableIn(before, 'rt-train');
    expect(
      plan.steps.map(({ change: { kind, resource, edits } }) => [kind, resource, edits.map(({ pointer }) => pointer)]),
    ).toEqual([['edit', table.id, prefixes.map(() => routesPointer)]]);

    const theirs = await arm.write({
      method: 'PUT',
      id: `${table.id}/routes/theirs`,
      apiVersion: table.apiVersion,
      body: { properties: { addressPrefix: '198.51.100.0/24', nextHopType: 'None' } },
    });
    if (theirs.state === 'running') await arm.follow(theirs.operation, { retryAfter: 0 });
    else expect(theirs.state).toBe('done');

    const outcome = await drain(session.apply(plan, { line: 'fix udr.azureml-prefixes', acceptWarnings: true }));
    expect(outcome.steps.map(({ state, message }) => [state, message])).toEqual([['done', null]]);
    const mended = await drain(session.scan());
    expect(failing(bench, mended).filter((id) => about.includes(id))).toEqual([]);
    expect(names(mended)).toEqual(expect.arrayContaining([...names(before), 'theirs', 'bastide-azureml-14']));

    await drain(session.apply(await session.planUndo(), { line: 'undo', acceptWarnings: true }));
    const undone = await drain(session.scan());
    expect(names(undone).toSorted()).toEqual([...names(before), 'theirs'].toSorted());
    const { normal } = resourceTypeOf(table.type);
    const left = routesOf(tableIn(undone, 'rt-train')).filter(({ id }) => !id.endsWith('/theirs'));
    const kept = new Map(left.map(({ id, body }) => [id, normal(body)]));
    for (const { id, body } of routesOf(table)) expect(kept.get(id)).toEqual(normal(body));
  } finally {
    await bench.close();
  }
});
