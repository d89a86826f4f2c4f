// A caller without some permissions ("refused"): what may not be read is reported with the missing action, nothing passes for it,
// and every fix is stopped at the gate that Azure itself would stop it at, before or after it is sent.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { bastide, bastideJson, freshHome, type Home } from '../support/bastide.ts';
import { drain, openBench } from '../support/bench.ts';
import { normalState } from '../support/state.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-refused-'));
const homes: Home[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
  rmSync(scratch, { recursive: true, force: true });
});
const home = (): Home => {
  const made = freshHome();
  homes.push(made);
  return made;
};
const demo = '--demo=refused';
const stateOf = (at: Home): string => path.join(at.folder, 'bastide/demo/refused.json');

interface Gapped {
  readonly snapshot: { readonly gaps: readonly { id: string; action: string; reason: string }[] };
  readonly findings: readonly { rule: string; resource: string; outcome: string; because: string }[];
}

test('every refusal is told with the action that is missing; the exit status is 3 unless something fails', async () => {
  const at = home();
  const { result, status } = await bastideJson<Gapped>(['audit', demo, '--fail-on', 'never'], at);
  expect(status).toBe(3);
  expect((await bastide(['audit', demo], at)).status).toBe(1);
  const actions = new Map(result.snapshot.gaps.map(({ id, action }) => [id.split('/').at(-1) ?? '', action]));
  expect(Object.fromEntries(actions)).toMatchObject({
    'kv-mlsim': 'Microsoft.KeyVault/vaults/read',
    datastores: 'Microsoft.MachineLearningServices/workspaces/datastores/read',
    onlineEndpoints: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read',
    privateEndpoints: 'Microsoft.Network/privateEndpoints/read',
    'hdi-spark': 'Microsoft.HDInsight/register/action',
  });
  const { stdout } = await bastide(['audit', demo], at);
  for (const action of actions.values()) expect(stdout).toContain(action);
  expect(stdout).toContain('az provider register --namespace Microsoft.HDInsight');
  const aboutTheVault = result.findings.filter(({ resource }) => /\/vaults\//i.test(resource));
  expect(aboutTheVault.length).toBeGreaterThan(5);
  for (const finding of aboutTheVault) {
    // What the vault holds is known of any vault.
    const isKnown = finding.rule === 'keyvault.holds-credentials';
    expect([finding.rule, finding.outcome]).toEqual([finding.rule, isKnown ? 'pass' : 'unknown']);
    if (!isKnown) expect(finding.because).toContain('Microsoft.KeyVault/vaults/read');
  }
});

test('no gap makes a verdict better: what passes or fails here does so for an owner as well', async () => {
  const file = worldFiles.find(({ name }) => name === 'refused');
  const verdicts = async (load?: string) => {
    const bench = await openBench({ world: 'refused', scratch, ...(load === undefined ? {} : { load }) });
    const snapshot = await drain(bench.session.scan());
    const found = bench.session.report(snapshot, 'all').findings;
    await bench.close();
    return new Map(found.map(({ id, outcome }) => [id, outcome]));
  };
  const [caller, owner] = [await verdicts(), await verdicts(file?.resources() ?? '')];
  /** It checks the caller, not the workspace. */
  const aboutCaller = (id: string): boolean => id.startsWith('compute.caller-can-join@');
  const sure = [...caller].filter(
    ([id, outcome]) => (outcome === 'pass' || outcome === 'fail') && owner.has(id) && !aboutCaller(id),
  );
  expect([...caller].filter(([id]) => aboutCaller(id)).map(([, outcome]) => outcome)).toEqual(['fail']);
  expect(sure.length).toBeGreaterThan(20);
  expect(sure.filter(([id, outcome]) => owner.get(id) !== outcome)).toEqual([]);
  // An owner sees what the caller does not, and there is nothing wrong with it.
  expect([...owner].filter(([id, outcome]) => outcome === 'fail' && !caller.has(id))).toEqual([]);
});

interface Planned {
  readonly steps: readonly unknown[];
  readonly skipped: readonly { readonly finding: string; readonly reason: string }[];
}

test('a lock, with its note, and a missing right each stop their fix before anything is sent', async () => {
  const at = home();
  const { result } = await bastideJson<Planned>(['plan', 'storage.vnet-rule-compute-subnet', demo], at);
  const reasons = new Map(result.skipped.map(({ finding, reason }) => [finding, reason]));
  const reasonFor = (account: string) => [...reasons].find(([id]) => id.includes(`/${account}#`))?.[1];
  expect(reasonFor('stmlsim')).toMatch(/ReadOnly lock audit-freeze .*Ask data-office@example\.org first/);
  expect(reasonFor('stmldata')).toMatch(/Missing permission: .*joinViaServiceEndpoint\/action on .*snet-gpu/);
  expect(result.steps).toEqual([]);

  const before = normalState(stateOf(at));
  const fix = await bastide(['fix', 'storage.vnet-rule-compute-subnet', '--yes', demo], at);
  expect(fix.status).toBe(4);
  expect(normalState(stateOf(at))).toEqual(before);
});

test('a policy stops its fix at Azure, and is named with its assignment and the way out', async () => {
  const at = home();
  await bastide(['audit', demo], at);
  const before = normalState(stateOf(at));
  const fix = await bastide(['fix', 'storage.dev-client-ip', '--yes', demo], at);
  expect(fix.status).toBe(7);
  expect(fix.stderr).toContain('RequestDisallowedByPolicy');
  expect(fix.stderr).toMatch(/policyDefinitions\/no-storage-addresses\b/);
  expect(fix.stderr).toMatch(/policyAssignments\/no-addresses\)/);
  expect(fix.stderr).not.toContain('no-addresses-soon');
  expect(fix.stderr).toMatch(/exempt/);
  expect(normalState(stateOf(at))).toEqual(before);
  // What was refused is in the history as that, and nothing is there to be undone.
  expect((await bastide(['undo', '--yes', demo], at)).status).toBe(4);
});
