// A fix that Azure Policy forbids: the shipped program says which policy, by which assignment, and what can be done.
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { refusalOf } from '../../src/azure/refusal.ts';
import { parseJson } from '../../src/model/json.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { clientOf, group, type TestClient } from '../simulator/support.ts';
import { bastide, bastideJson, freshHome, type HistoryJson } from '../support/bastide.ts';

let client: TestClient | undefined;
afterEach(() => client?.stop());

test('the step fails with policy and assignment by name, and the account is as it was', async () => {
  client = await clientOf(await startSimulator({ world: 'open' }));
  const { sim } = client;
  const scope = `/subscriptions/${sim.subscription}`;
  const definition = `${scope}/providers/Microsoft.Authorization/policyDefinitions/no-deny`;
  const assignment = `${group}/providers/Microsoft.Authorization/policyAssignments/house-rule`;
  const alias = 'Microsoft.Storage/storageAccounts/networkAcls.defaultAction';
  await client.put(definition, {
    properties: {
      displayName: 'Accounts stay open',
      // biome-ignore lint/suspicious/noThenProperty: the member is Azure's.
      policyRule: { if: { field: alias, equals: 'Deny' }, then: { effect: 'deny' } },
    },
  });
  await client.put(assignment, { properties: { displayName: 'House rule', policyDefinitionId: definition } });
  const home = freshHome({
    AZURE_TENANT_ID: sim.tenant,
    AZURE_CLIENT_ID: sim.client,
    AZURE_CLIENT_SECRET: sim.secret,
  });
  try {
    writeFileSync(`${home.folder}/ca.pem`, sim.ca);
    const source = ['--endpoint', sim.endpoint, '--ca', 'ca.pem'];
    const ran = await bastide(
      ['fix', 'storage.default-action-deny', '--yes', '--allow-effects', 'cuts-off', ...source],
      home,
    );
    expect(ran.status).not.toBe(0);
    const history = await bastideJson<HistoryJson>(['history', ...source], home);
    const said = `${ran.stdout}${ran.stderr}${JSON.stringify(history.result)}`.replaceAll(/\s+/g, ' ');
    expect(said).toContain('RequestDisallowedByPolicy');
    expect(said).toMatch(/The policy \\?"Accounts stay open\\?"/);
    expect(said).toMatch(/assigned as \\?"House rule\\?"/);
    expect(said).toContain('Ask the owner of the assignment');
    expect(said).not.toContain('Policy identifiers');
    const account = await client.get(`${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`);
    expect(account.text).toContain('"defaultAction":"Allow"');
  } finally {
    home.remove();
  }
});

test('whatever additionalInfo holds, a refusal is read without a crash and shows no control character', () => {
  fc.assert(
    fc.property(fc.json(), fc.string({ unit: 'binary' }), (anything, name) => {
      const info = { policyDefinitionDisplayName: name, policyAssignmentId: JSON.parse(anything) };
      const error = {
        code: 'X',
        message: name,
        additionalInfo: [{ type: 'PolicyViolation', info }, JSON.parse(anything)],
      };
      const refusal = refusalOf(403, parseJson(JSON.stringify({ error })));
      expect(JSON.stringify(refusal.details.map((detail) => detail.message))).not.toMatch(
        /\\u00[01]|\\u007f|[\x7f-\x9f]/,
      );
      expect(refusal.details[0]?.code).toBe('PolicyViolation');
    }),
  );
});
