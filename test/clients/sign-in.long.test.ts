// Bastide signed in the way an operator is: by Microsoft's own Azure CLI, logged in to `bastide simulate`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditJson, bastide, bastideJson } from '../support/bastide.ts';
import { skippedFor } from '../support/outside.ts';
import { azEnvironment, missing, run, type SimulatedAzure, simulate } from './simulated.ts';

const noAz = missing('az');

describe.skipIf(noAz !== undefined)(`Azure CLI${skippedFor(noAz)}`, () => {
  let simulated: SimulatedAzure;
  let env: Record<string, string>;
  const az = (...args: string[]) => run('az', args, env);
  const home = () => ({ ...simulated.home, env });
  beforeAll(async () => {
    simulated = await simulate('--world', 'mixed');
    env = azEnvironment(simulated);
    // Its first run in a new folder takes longer than Bastide waits for a token.
    await az('cloud', 'list', '-o', 'none');
  });
  afterAll(() => simulated.stop());

  test('no account is signed in: reported, with what to do', async () => {
    const ran = await bastide(['whoami', ...simulated.source], home());
    expect(ran.status).toBe(6);
    expect(ran.stderr).toContain('Azure CLI: installed, not signed in');
    expect(ran.stderr).toContain('az login');
  });

  test('signed in with az: the audit runs on its token', async () => {
    const { ready } = simulated;
    for (const line of [
      `cloud register -n Sim --endpoint-resource-manager ${ready.endpoint}`,
      'cloud set -n Sim',
      `login --service-principal -u ${ready.client} -p ${ready.secret} --tenant ${ready.tenant}`,
    ]) {
      expect(await az(...line.split(' '))).toMatchObject({ status: 0 });
    }
    const who = await bastideJson<{ identity: object }>(['whoami', ...simulated.source], home());
    expect(who).toMatchObject({
      status: 0,
      result: { identity: { how: 'Azure CLI', name: ready.client, tenant: ready.tenant } },
    });
    const audit = await bastideJson<AuditJson>(['audit', ...simulated.source], home());
    expect(audit.result.snapshot.gaps).toEqual([]);
    expect(audit.result.findings.length).toBeGreaterThan(0);
    expect(audit.status).toBe(1);
  });
  test('what az cannot fetch by itself is said at once, with the command that does', async () => {
    const strict = await simulate('--world', 'mixed', '--faults', 'GET /subscriptions/* * 401:claims');
    try {
      const at = azEnvironment(strict);
      const { ready } = strict;
      for (const line of [
        `cloud register -n Sim --endpoint-resource-manager ${ready.endpoint}`,
        'cloud set -n Sim',
        // Listing the subscriptions would be challenged already.
        `login --service-principal -u ${ready.client} -p ${ready.secret} --tenant ${ready.tenant} --allow-no-subscriptions`,
      ]) {
        expect(await run('az', line.split(' '), at)).toMatchObject({ status: 0 });
      }
      const ran = await bastide(['audit', ...strict.source], { ...strict.home, env: at });
      expect(ran.status).toBe(6);
      expect(ran.stderr).toContain('Azure requires a new sign-in');
      expect(ran.stderr).toMatch(/`az login --claims-challenge \S+ --scope \S+`/);
    } finally {
      await strict.stop();
    }
  });
});
