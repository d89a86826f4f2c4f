// Microsoft's Azure CLI takes the script of `export --as policy-az` as it is: its input checks, and the bodies that it sends. What it
// creates are the bodies that `--as policy` shows.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { policiesFor } from '../../commands/parts/policy.ts';
import { isObject, type Json } from '../../src/model/json.ts';
import { policyScript } from '../../src/policy/index.ts';
import { rules } from '../../src/rules/index.ts';
import { freshHome } from '../support/bastide.ts';
import { drain, openBench } from '../support/bench.ts';
import { skippedFor } from '../support/outside.ts';
import { azEnvironment, missing, run } from './simulated.ts';

const noAz = missing('az');
const minutes = 60_000;
const home = freshHome();
const scratch = mkdtempSync(path.join(home.folder, 'policy-'));
afterAll(() => home.remove());

/** Among them every kind of definition: built-in, custom, with lists as parameters, and of parts of a resource. */
const targets = [
  'storage.default-action-deny',
  'keyvault.vnet-rule-compute-subnet',
  'storage.subnet-service-endpoint',
  'nsg.inbound-azureml-44224',
  'workspace.v1-legacy-mode',
];

test.skipIf(noAz !== undefined)(
  `az creates the definitions and assignments of the script${skippedFor(noAz)}`,
  { timeout: 15 * minutes },
  async () => {
    const bench = await openBench({ world: 'mixed', scratch });
    try {
      const { simulator, session, arm } = bench;
      const ca = path.join(scratch, 'ca.pem');
      writeFileSync(ca, simulator.ca);
      const env = { ...azEnvironment({ home, ready: { ca } }), AZURE_CONFIG_DIR: path.join(scratch, 'az') };
      const shell = async (script: string) => {
        const { status, stderr } = await run('bash', ['-euc', script], env);
        return status === 0 ? [] : [stderr.trim().split('\n').slice(-3).join(' | ')];
      };
      const { endpoint, client, secret, tenant } = simulator;
      const signIn = `az login --service-principal -u ${client} -p ${secret} --tenant ${tenant}`;
      expect(
        await shell(`az cloud register -n Sim --endpoint-resource-manager ${endpoint}; az cloud set -n Sim; ${signIn}`),
      ).toEqual([]);

      const snapshot = await drain(session.scan());
      const { findings } = session.report(snapshot, 'all');
      const wanted = targets.flatMap((rule) =>
        findings.flatMap((one) => (one.rule === rule && one.outcome === 'pass' ? [one.id] : [])).slice(0, 1),
      );
      expect(wanted.length).toBeGreaterThan(3);
      const source = { kind: 'entry', findings: wanted } as const;
      const context = { rules, flags: { profile: 'all' as const } };
      const document = policiesFor(context, session, snapshot, { source, effect: 'Deny' });
      expect(document.definitions.length).toBeGreaterThan(2);
      expect(await shell(policyScript(document))).toEqual([]);

      for (const { id, body } of [...document.definitions, ...document.assignments]) {
        const read = await arm.read(id);
        if (!read.ok) throw new Error(read.gap.reason);
        const own = (one: Json | undefined, name: string) =>
          isObject(one) && isObject(one.properties) ? one.properties[name] : undefined;
        for (const name of ['displayName', 'description', 'parameters', 'policyRule', 'policyDefinitionId', 'mode'])
          expect([id, name, own(read.resource.body, name)]).toEqual([id, name, own(body, name)]);
      }
    } finally {
      await bench.close();
    }
  },
);
