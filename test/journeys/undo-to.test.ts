// Several entries undone by one command: its preview shows each plan, and what was undone is told when a later one is refused.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { bastide, bastideJson, freshHome, type OutcomeJson } from '../support/bastide.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Undone {
  readonly takenBack: readonly {
    readonly entry: string;
    readonly plan?: { readonly digest: string };
    readonly outcome?: { readonly state: string };
    readonly failure?: { readonly code: string };
  }[];
}

test('a refusal after the first undo is told with what was undone', async () => {
  // The fix is the first write of the account, its undo the second.
  const simulator = await startSimulator({
    world: 'mixed',
    wire: 'plain',
    faults: 'PATCH */storageAccounts/stmldata 1@2 403',
  });
  cleanups.push(() => simulator.stop());
  const at = freshHome({
    ...{ AZURE_TENANT_ID: simulator.tenant, AZURE_CLIENT_ID: simulator.client },
    ...{ AZURE_CLIENT_SECRET: simulator.secret, NO_COLOR: '1' },
  });
  cleanups.push(() => at.remove());
  const ca = path.join(at.folder, 'ca.pem');
  writeFileSync(ca, simulator.ca);
  const run = (...words: readonly string[]) => [...words, '--endpoint', simulator.endpoint, '--ca', ca];
  const allowed = ['--yes', '--allow-effects', 'opens,cuts-off,interrupts'];
  const bypass = run('fix', 'storage.bypass-azure-services', '--resource', 'stmldata', ...allowed);
  const first = await bastideJson<OutcomeJson & { readonly entry: string }>(bypass, at);
  expect(first.status).toBe(0);
  expect((await bastide(run('fix', 'keyvault.ip-rules-legal', ...allowed), at)).status).toBe(0);

  const { entry } = first.result;
  const dry = await bastideJson<Undone>(run('undo', '--to', entry, '--dry-run'), at);
  expect(dry.result.takenBack.map(({ plan }) => plan?.digest)).toEqual([
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);
  expect((await bastide(run('undo', '--to', entry, '--dry-run'), at)).stdout).toMatch(/kv-mlsim[\s\S]*stmldata/);

  const undone = await bastideJson<Undone>(run('undo', '--to', entry, '--yes'), at);
  expect([undone.status, undone.failure?.code]).toEqual([5, 'partly-done']);
  expect(undone.result.takenBack).toMatchObject([
    { outcome: { state: 'done' } },
    { entry, failure: { code: 'refused' } },
  ]);
}, 60_000);
