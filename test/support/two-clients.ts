// Bastide and another client in one simulated cloud.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { bastide, bastideJson, everyEffect, freshHome } from './bastide.ts';
import { openCommandLines } from './command-lines.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** `faults`: those of the simulator from its start. Answered at once, for the processes beside it wait in real time. */
export async function rig(world: string, faults = '') {
  const sim = await startSimulator({ world, faults, wire: 'plain' });
  cleanups.push(() => sim.stop());
  const at = freshHome({
    ...{ AZURE_TENANT_ID: sim.tenant, AZURE_CLIENT_ID: sim.client },
    ...{ AZURE_CLIENT_SECRET: sim.secret, NO_COLOR: '1' },
  });
  cleanups.push(() => at.remove());
  const ca = path.join(at.folder, 'ca.pem');
  writeFileSync(ca, sim.ca);
  const words = (args: readonly string[]) => [...args, '--endpoint', sim.endpoint, '--ca', ca];
  return {
    sim,
    json: <T>(...args: readonly string[]) => bastideJson<T>(words(args), at),
    text: (...args: readonly string[]) => bastide(words(args), at),
  };
}
/** The same with lines in this process, each in a session of its own, which look again at once for what Azure shows late. */
export async function quickRig(world: string) {
  const sim = await startSimulator({ world });
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-rig-'));
  const lines = await openCommandLines(sim, world, scratch, { lag: 60_000, sightings: [1, 1, 1] });
  cleanups.push(async () => {
    await lines.close();
    await sim.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  return {
    sim,
    async run(...words: readonly string[]) {
      await lines.begin(await lines.keep());
      return lines.run(words);
    },
  };
}
export const apply = ['--yes', ...everyEffect];
export const account = (sim: Simulator, name: string): string =>
  `/subscriptions/${sim.subscription}/resourceGroups/rg-ml/providers/Microsoft.Storage/storageAccounts/${name}`;
export const vault = (sim: Simulator): string =>
  `/subscriptions/${sim.subscription}/resourceGroups/rg-ml/providers/Microsoft.KeyVault/vaults/kv-mlsim`;

/** Once, when the first write to this resource leaves, another client acts. */
export function meanwhile(sim: Simulator, resource: string, act: () => void): void {
  let isDone = false;
  sim.onExchange(({ method, url }) => {
    if (isDone || !/PUT|PATCH/.test(method) || !new RegExp(`${resource}\\?`, 'i').test(url)) return;
    isDone = true;
    act();
  });
}
/** A user lets trusted services in, as the portal does. */
export function bypass(sim: Simulator, id: string): void {
  const { properties } = JSON.parse(sim.sendAs('user', { method: 'GET', path: id }).body);
  const networkAcls = { ...properties.networkAcls, bypass: 'AzureServices' };
  const { status } = sim.sendAs('user', { method: 'PATCH', path: id, body: { properties: { networkAcls } } });
  expect(status).toBeLessThan(300);
}
