// Files as a snapshot: every shape that is accepted, and hostile ones that are refused with their place.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Json, stringifyJson } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession, snapshotFromTexts } from '../../src/session/index.ts';
import { drain, openBench } from '../support/bench.ts';
import { forFiles } from '../support/sandbox.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-files-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const read = (texts: readonly string[], more: { allResources?: boolean; workspace?: string } = {}): Snapshot =>
  snapshotFromTexts(
    texts.map((text, index) => ({ path: `file-${index}.json`, text })),
    { allResources: false, ...more, now: () => new Date(0), newId: () => 'id' },
  );
async function scanned(): Promise<Snapshot> {
  const bench = await openBench({ world: 'mixed', scratch });
  try {
    return await drain(bench.session.scan());
  } finally {
    await bench.close();
  }
}
const failingIn = (snapshot: Snapshot): string[] => {
  const session = createFileSession({ snapshot, rules, ...forFiles });
  const { findings } = session.report(snapshot, 'all');
  return findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
};
const failureOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('files', () => {
  test('a snapshot is judged as the workspace was', async () => {
    const snapshot = await scanned();
    const again = read([stringifyJson(snapshot as unknown as Json)]);
    expect(again.workspace).toBe(snapshot.workspace);
    expect(failingIn(again)).toEqual(failingIn(snapshot));
    expect(failingIn(again).length).toBeGreaterThan(0);
  });

  test('an array, a value list and single files of resources say the same', async () => {
    const snapshot = await scanned();
    const bodies = snapshot.resources.map(({ body }) => stringifyJson(body));
    const array = read([`[${bodies.join(',')}]`]);
    const list = read([`{"value":[${bodies.join(',')}]}`]);
    const single = read(bodies);
    expect(array.workspace?.toLowerCase()).toBe(snapshot.workspace?.toLowerCase());
    expect(failingIn(array).length).toBeGreaterThan(0);
    expect(failingIn(list)).toEqual(failingIn(array));
    expect(failingIn(single)).toEqual(failingIn(array));
    expect(failingIn(array).filter((id) => !failingIn(snapshot).includes(id))).toEqual([]);
  });

  test('without a workspace nothing fails for its absence', async () => {
    const { resources } = await scanned();
    const account = resources.find(({ type }) => type === 'Microsoft.Storage/storageAccounts');
    const alone = read([stringifyJson(account?.body ?? null)]);
    expect(alone.workspace).toBeNull();
    expect(failingIn(alone).filter((id) => id.startsWith('workspace.'))).toEqual([]);
  });

  test.each([
    ['not JSON', '{"value": [', /file-0\.json/],
    ['no resource', '[{"id":"/subscriptions/s/resourceGroups/g/providers/A.B/c/d"},{"name":"x"}]', /file-0\.json/],
    ['a number', '7', /file-0\.json/],
    ['an escape sequence as a message', '{"x\\u001b]0;evil\\u0007', /^[^\x00-\x1f]*$/],
    ['a snapshot with a hole', '{"schema":"bastide/snapshot/v1","resources":7}', /file-0\.json/],
    [
      'a snapshot with odd members',
      '{"schema":"bastide/snapshot/v1","id":"a","takenAt":"b","workspace":null,"source":{"kind":"files","name":"x"},"intents":{},"collections":[],"permissions":[],"gaps":[],"resources":[{"id":7}]}',
      /file-0\.json/,
    ],
    ['nested without end', '['.repeat(200_000), /file-0\.json/],
  ])('%s is exit 2', (_what, text, message) => {
    expect(failureOf(() => read([text]))).toMatchObject({ exit: 2, message: expect.stringMatching(message) });
  });

  test('nothing is written', async () => {
    const snapshot = await scanned();
    const session = createFileSession({ snapshot, rules, ...forFiles });
    const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
    const plan = session.plan(snapshot, request);
    expect(plan.steps.length).toBeGreaterThan(0);
    await expect(drain(session.apply(plan, { line: 'x' }))).rejects.toMatchObject({ exit: 4 });
    await expect(session.planUndo()).rejects.toMatchObject({ exit: 4 });
  });
});

test('a connection lies in its target: what waits for approval can be planned from a file as from a scan', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
  const connection = {
    id: `${id}/privateEndpointConnections/pe.1`,
    name: 'pe.1',
    properties: { privateLinkServiceConnectionState: { status: 'Pending' } },
  };
  const body = { id, type: 'Microsoft.KeyVault/vaults', properties: { privateEndpointConnections: [connection] } };
  const { resources } = read([JSON.stringify([body])]);
  expect(resources.map((resource) => [resource.id, resource.type])).toEqual([
    [id, 'Microsoft.KeyVault/vaults'],
    [connection.id, 'Microsoft.KeyVault/vaults/privateEndpointConnections'],
  ]);
});
