// Secrets that an answer happens to hold are nowhere kept: not in the snapshot, the history and its side files, the debug log, a
// report or an error; and where a cut value would be needed to restore, the plan says so before.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDebugLog } from '../../src/cli/debug-log.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { cutSecret, cutsIn, withoutCuts, withoutSecrets, withoutSecretText } from '../../src/model/secrets.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { undoPlan } from '../../src/plan/index.ts';
import { undoClassOf } from '../../src/plan/undo-class.ts';
import { renderJson } from '../../src/render/json.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/from-files.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { drain, openBench } from '../support/bench.ts';
import { unrecorded } from '../support/record-exchanges.ts';
import { plantedSecrets } from './secret-kinds.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-secrets-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const asJson = (value: unknown): Json => parseJson(JSON.stringify(value));

describe('what is a secret', () => {
  const kinds = plantedSecrets(1);
  test('there are at least 30 kinds', () => {
    expect(new Set(kinds.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(30);
  });
  test.each(kinds)('$kind is cut', ({ planted, member }) => {
    const body = asJson({ properties: { name: 'kept', ...member } });
    const made = stringifyJson(withoutSecrets(body));
    expect(made).not.toContain(planted);
    expect(made).toContain(cutSecret);
    expect(made).toContain('"name":"kept"');
    // Cutting twice changes nothing.
    expect(stringifyJson(withoutSecrets(withoutSecrets(body)))).toBe(made);
  });
  test.each([
    { allowSharedKeyAccess: false },
    { keyVault: '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv' },
    { keyVaultUri: 'https://kv.vault.azure.net/keys/k/0123456789abcdef0123456789abcdef' },
    { secretUri: 'https://kv.vault.azure.net/secrets/s' },
    { password: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/s)' },
    { adminPassword: "[parameters('adminPassword')]" },
    { publicKey: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 user@host' },
    { permissions: { secrets: ['Get', 'List'], keys: ['All'] } },
    { keyCreationTime: { key1: '2024-03-04T08:11:17.8473691Z' } },
    { etag: 'W/"0a5b3b1c-8e3f-4f7a-9c11-0d6a3c2f1e55"' },
    { tokenType: 'Bearer', secretName: 'a-name', keyType: 'RSA' },
    { networkAcls: { ipRules: [{ value: '203.0.113.7', action: 'Allow' }] } },
    { environmentVariables: [{ name: 'MODE' }] },
    { note: 'The token has expired. Sign in again.' },
    { name: { value: 'StandardNDASv4_A100Family', localizedValue: 'Standard NDASv4_A100 Family vCPUs' } },
    { tags: [{ key: 'cost-center', value: 'network-team-westeurope-0042' }] },
    { fqdns: [{ value: 'mlwsimstorage1.blob.core.windows.net' }] },
  ])('%j stays', (body) => {
    const json = asJson(body);
    expect(withoutSecrets(json)).toBe(json);
  });
  test('no resource of any world loses anything', () => {
    for (const world of worldFiles) {
      const resources = parseJson(world.resources());
      expect(cutsIn(withoutSecrets(resources)).map((pointer) => `${world.name}${pointer}`)).toEqual([]);
    }
  });
  test.each(['mixed', 'machines', 'everything', 'kubernetes'])(
    'nothing that a scan of %s reads is taken for one',
    async (world) => {
      const bench = await openBench({ world, scratch });
      try {
        const { resources } = await drain(bench.session.scan());
        expect(resources.flatMap(({ id, body }) => cutsIn(body).map((pointer) => `${id}${pointer}`))).toEqual([]);
      } finally {
        await bench.close();
      }
    },
  );
  test('what is restored has no cut member left', () => {
    const body = withoutSecrets(asJson({ a: 1, password: 'hunter2', list: [{ adminPassword: 'x1', b: 2 }] }));
    expect(withoutCuts(body)).toEqual({ a: 1, list: [{ b: 2 }] });
  });
});

/** A world in which every resource holds secrets of all kinds, in a member that no rule reads. */
function plantedWorld(): { readonly load: string; readonly planted: readonly string[] } {
  const file = worldFiles.find(({ name }) => name === 'mixed');
  const resources = parseJson(file?.resources() ?? '[]') as readonly JsonObject[];
  const planted: string[] = [];
  const load = resources.map((resource, index) => {
    const kinds = plantedSecrets(index + 2);
    planted.push(...kinds.map((one) => one.planted));
    const held = kinds.map(({ member }) => asJson(member));
    const properties = isObject(resource.properties) ? resource.properties : {};
    return { ...resource, properties: { ...properties, extras: held } };
  });
  return { load: stringifyJson(load), planted: [...new Set(planted)] };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

// Not recorded: Azure shows no such member, so no document describes it.
test('a scan, a plan, a fix, its undo, their files, log and reports hold none of them', () =>
  unrecorded(async () => {
    const { load, planted } = plantedWorld();
    const bench = await openBench({ load, scratch });
    const debug = path.join(scratch, 'debug.log');
    const log = await openDebugLog(debug, () => new Date(0));
    const kept: string[] = [];
    try {
      bench.session.onEvent((event) => {
        log.event(event);
        kept.push(stringifyJson({ ...event } as Json));
      });
      const snapshot = await drain(bench.session.scan());
      const held = snapshot.resources.filter(({ body }) => cutsIn(body).length > 0);
      expect(held.length).toBeGreaterThan(5);
      const plan = bench.session.plan(snapshot, { targets: 'all', answers: {}, ips: [], profile: 'all' });
      const done = await drain(bench.session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
      expect(done.state).toBe('done');
      const undone = await drain(
        bench.session.apply(await bench.session.planUndo(), { line: 'undo', acceptWarnings: true }),
      );
      expect(undone.state).toBe('done');
      for (const made of [
        snapshot,
        plan,
        done,
        undone,
        await bench.session.history(),
        bench.session.report(snapshot, 'all'),
      ])
        kept.push(renderJson(made as unknown as Json));
    } finally {
      await log.close();
      await bench.close();
    }
    // The simulator has its secrets still: what was written was written whole.
    const state = bench.simulator.stateText();
    expect(planted.filter((secret) => !state.includes(JSON.stringify(secret).slice(1, -1)))).toEqual([]);
    const files = filesBelow(scratch).filter((file) => !file.endsWith('state.json'));
    expect(files.length).toBeGreaterThan(2);
    const all = [...kept, ...files.map((file) => readFileSync(file, 'utf8'))];
    const found = planted.filter((secret) => all.some((text) => text.includes(secret)));
    expect(found).toEqual([]);
  }));

test('files are cut as they are read', () => {
  const kinds = plantedSecrets(99);
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
  const text = JSON.stringify({
    id,
    type: 'Microsoft.Storage/storageAccounts',
    properties: { extras: kinds.map((one) => one.member) },
  });
  const snapshot = snapshotFromTexts([{ path: 'a.json', text }], {
    allResources: true,
    now: () => new Date(0),
    newId: () => 'x',
  });
  const kept = stringifyJson(snapshot as unknown as Json);
  expect(kinds.filter(({ planted }) => kept.includes(planted)).map(({ kind }) => kind)).toEqual([]);
});

test('the texts of an error are cut by form', () => {
  const secret = `${'A1b2C3d4'.repeat(10)}abcdef==`;
  expect(withoutSecretText(`The key AccountKey=${secret};x is not valid`)).toBe(
    `The key AccountKey=${cutSecret};x is not valid`,
  );
});

describe('an undo that would need a secret', () => {
  const resource = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n';
  const body = withoutSecrets(
    asJson({ location: 'x', properties: { securityRules: [], password: 'hunter2' } }),
  ) as JsonObject;
  const snapshot: Snapshot = {
    schema: 'bastide/snapshot/v1',
    id: 's',
    takenAt: '2026-01-01T00:00:00Z',
    source: { kind: 'demo', name: 'demo:x' },
    workspace: null,
    identity: null,
    requests: 0,
    resources: [],
    collections: [],
    permissions: [],
    gaps: [{ id: resource, reason: 'It does not exist (status 404).', action: '', status: 404 }],
    intents: {},
  };
  const change = { kind: 'delete', resource, edits: [], body } as const;
  test('is partial before it is needed', () => {
    expect(undoClassOf(change, snapshot)).toBe('partial');
    expect(undoClassOf({ ...change, body: { location: 'x' } }, snapshot)).toBe('exact');
  });
  test('sends nothing in its place, and names what it leaves out', () => {
    const step: EntryStep = {
      ...{ resource, change, findings: [], verified: true, requestId: null, operation: null },
      state: 'done',
      ...{ message: null, before: null, after: null },
    };
    const entry: Entry = {
      ...{ id: 'e', at: '2026-01-01T00:00:00Z', by: 'x', verb: 'fix', findings: [], resources: [resource] },
      ...{
        steps: [step],
        state: 'done',
        undoes: null,
        undoneBy: null,
        redoes: null,
        line: '',
        workspace: null,
        rehearsal: null,
      },
    };
    const { plan, drift } = undoPlan({ entry, snapshot, rules, id: 'p' });
    expect(drift).toEqual([]);
    expect(plan.steps.map((one) => one.change.body)).toEqual([{ location: 'x', properties: { securityRules: [] } }]);
    expect(plan.irreversible.join(' ')).toContain('/properties/password is not restored: secrets are not kept.');
  });
});
