// The shipped program against an Azure that throttles: it waits as told, one request behind another, and reads everything.
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { type AuditJson, bastideJson, freshHome } from '../support/bastide.ts';

async function audited(throttle?: string) {
  const simulator = await startSimulator({ world: 'mixed', ...(throttle === undefined ? {} : { throttle }) });
  const statuses: number[] = [];
  simulator.onExchange(({ status, url }) => {
    if (url.startsWith('/subscriptions')) statuses.push(status);
  });
  const home = freshHome({
    AZURE_TENANT_ID: simulator.tenant,
    AZURE_CLIENT_ID: simulator.client,
    AZURE_CLIENT_SECRET: simulator.secret,
  });
  try {
    await writeFile(`${home.folder}/ca.pem`, simulator.ca);
    const args = ['audit', '--endpoint', simulator.endpoint, '--ca', 'ca.pem', '--debug', 'debug.log'];
    const audit = await bastideJson<AuditJson>(args, home);
    return { audit, statuses, log: await readFile(`${home.folder}/debug.log`, 'utf8') };
  } finally {
    await simulator.stop();
    home.remove();
  }
}

test('an audit that is throttled again and again ends with the same findings and no gap', async () => {
  const [free, slow] = [await audited(), await audited('reads=4+8')];
  const refused = slow.statuses.filter((status) => status === 429).length;
  expect(refused).toBeGreaterThan(1);
  expect(free.statuses).not.toContain(429);
  // A refused request is repeated once; no other request is sent meanwhile.
  expect(slow.statuses.length - refused).toBe(free.statuses.length);
  expect(slow.audit.result.snapshot.gaps).toEqual([]);
  const judged = (from: typeof free) => from.audit.result.findings.map(({ id, outcome }) => `${id} ${outcome}`);
  expect(judged(slow)).toEqual(judged(free));
  expect(slow.log).toMatch(/Azure asked to wait 1 s/);
});
