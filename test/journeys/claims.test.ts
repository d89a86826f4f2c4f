// What is said of an act where another client writes at the same moment, and of records and reads that are not whole.
import { expect, test } from 'vitest';
import type { OutcomeJson } from '../support/bastide.ts';
import { account, apply, bypass, meanwhile, rig, vault } from '../support/two-clients.ts';

test('what opens a finding is told by the change that opens it, not by whoever wrote near it', async () => {
  const { sim, json } = await rig('mixed');
  meanwhile(sim, 'kv-mlsim', () => {
    const like = JSON.parse(sim.sendAs('user', { method: 'GET', path: `${sim.workspace}/computes/cpu-cluster` }).body);
    const own = { ...like.properties.properties, subnet: undefined, enableNodePublicIp: true };
    const body = { location: like.location, properties: { ...like.properties, properties: own } };
    sim.sendAs('user', { method: 'PUT', path: `${sim.workspace}/computes/cpu-anna`, body });
    const tags = { team: 'vision', costcenter: '4711' };
    sim.sendAs('pipeline', { method: 'PATCH', path: sim.workspace, body: { tags }, userAgent: 'Terraform/1.9' });
  });
  const { result } = await json<OutcomeJson>('fix', 'keyvault.bypass-azure-services', ...apply);
  const found = (result.verified as { meanwhile?: { finding: string; by: object[] }[] }).meanwhile ?? [];
  expect(found.map(({ finding }) => finding.split('@')[0])).toContain('compute.placed-in-vnet');
  // Azure keeps no records of computes, and the tag of the pipeline opens nothing.
  expect(found.flatMap(({ by }) => by)).toEqual([]);
}, 60_000);

test('what another client resolved is not resolved by the act, in `fix` and in `guide`', async () => {
  const first = await rig('mixed');
  first.sim.setFaults('PUT */vaults/kv-mlsim 1 403; PATCH */vaults/kv-mlsim 1 403');
  meanwhile(first.sim, 'kv-mlsim', () => setTimeout(() => bypass(first.sim, vault(first.sim)), 5));
  const { result } = await first.json<OutcomeJson>(
    ...['fix', 'storage.bypass-azure-services', 'keyvault.bypass-azure-services'],
    ...apply,
  );
  const { resolved, resolvedByOthers } = result.verified as { resolved: string[]; resolvedByOthers?: string[] };
  expect(resolved.some((id) => id.startsWith('keyvault.bypass'))).toBe(false);
  expect(resolvedByOthers).toEqual([expect.stringMatching(/^keyvault\.bypass-azure-services@/)]);

  const { sim, json } = await rig('mixed');
  meanwhile(sim, 'kv-mlsim', () => bypass(sim, account(sim, 'stmldata')));
  interface Guided {
    readonly done: readonly { readonly finding: string; readonly entry: string | null }[];
  }
  const guided = await json<Guided>('guide', '--yes', '--allow-effects', 'opens');
  const { entries } = (await json<{ entries: { id: string; resources: string[] }[] }>('history')).result;
  expect(guided.result.done.length).toBeGreaterThan(0);
  for (const { finding, entry } of guided.result.done) {
    if (!finding.startsWith('storage.bypass') || !finding.includes('stmldata')) continue;
    const own = entries.find(({ id }) => id === entry);
    expect(own?.resources.join()).toMatch(/stmldata/i);
  }
}, 120_000);

test('a change that was there already was not made, and the what-if says that it is not needed', async () => {
  const { sim, json, text } = await rig('mixed');
  const wanted = ['storage.bypass-azure-services', 'keyvault.bypass-azure-services'];
  await text('plan', ...wanted, '--what-if', '--output', 'p.json');
  bypass(sim, account(sim, 'stmldata'));
  const { stdout } = await text('apply', 'p.json', '--dry-run');
  expect(stdout).toMatch(/[0-9] of [0-9] changes would succeed; 1 is not needed/);
  sim.setFaults('PUT */vaults/kv-mlsim 1 403; PATCH */vaults/kv-mlsim 1 403');
  const applied = await json<OutcomeJson>('apply', 'p.json', ...apply);
  expect(applied.failure?.message).toMatch(/^2 of 4|^1 of 3|^1 of 2|^0 of 2/);
  const [made] = /\d+ of \d+/.exec(applied.failure?.message ?? '') ?? [];
  expect((await text('history')).stdout).toContain(`${made} changes made, 1 not needed`);
}, 60_000);

test('a dry run of a plan that others have overtaken ends as its apply does', async () => {
  const { sim, json, text } = await rig('mixed');
  await text('plan', 'storage.bypass-azure-services', '--output', 'p.json');
  const acls = { bypass: 'Logging', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] };
  sim.sendAs('user', { method: 'PATCH', path: account(sim, 'stmldata'), body: { properties: { networkAcls: acls } } });
  const dry = await json<{ steps: { standing?: string }[] }>('apply', 'p.json', '--dry-run');
  expect(dry.result.steps.map(({ standing }) => standing)).toContain('moved');
  expect([dry.status, dry.failure?.code]).toEqual([4, 'drift']);
  const applied = await json<object>('apply', 'p.json', ...apply);
  expect([applied.status, applied.failure?.code]).toEqual([4, 'drift']);
}, 60_000);

interface Drifted {
  readonly changes: readonly object[];
  readonly opened: readonly object[];
  readonly closed: readonly { readonly rule: string }[];
  readonly notKnownBefore?: readonly object[];
  readonly notRead?: { readonly inBoth?: readonly string[] };
}

test('of a time of which Azure may have no records yet, that nothing changed is not known', async () => {
  const { sim, json, text } = await rig('mixed');
  sim.setGraph('lag=1800');
  bypass(sim, account(sim, 'stmldata'));
  const recent = await json<Drifted>('drift', '--since', '10m');
  expect([recent.status, recent.result.changes]).toEqual([3, []]);
  expect((await text('drift', '--since', '10m')).stdout).toContain('no setting is known to have changed');
  sim.setGraph('');
  expect((await json<Drifted>('drift', '--since', '10m')).result.changes).toHaveLength(1);
}, 60_000);

test('what was read in neither of two scans is not called unchanged', async () => {
  const { sim, json, text } = await rig('hub-spoke');
  sim.setFaults('GET */virtualNetworks/vnet-shared* * 403');
  await text('scan', '--output', 'old.json');
  for (const args of [
    ['drift', '--baseline', 'old.json'],
    ['drift', '--since', '1h'],
  ]) {
    const { status, result } = await json<Drifted>(...args);
    expect([args, status, result.notRead?.inBoth]).toEqual([args, 3, [expect.stringMatching(/vnet-shared$/i)]]);
    expect((await text(...args)).stdout).toMatch(/no setting that was read[\s\S]*vnet-shared could not be read/);
  }
  expect((await text('diff', 'old.json')).stdout).toContain('vnet-shared could not be read');
}, 60_000);

test('a diff and a drift count each setting once, and end alike', async () => {
  const { sim, json, text } = await rig('limited');
  const both = async (file: string) => {
    const diff = await json<{ readonly settings: readonly object[] }>('diff', file);
    const drift = await json<{ readonly changes: readonly { readonly settings: readonly object[] }[] }>(
      ...['drift', '--baseline', file],
    );
    const settings = drift.result.changes.flatMap((one) => one.settings);
    return [diff.result.settings.length, settings.length, diff.status, drift.status];
  };
  await text('scan', '--output', 's1.json');
  await text('fix', 'nsg.inbound-azureml-44224', ...apply);
  expect(await both('s1.json')).toEqual([1, 1, 0, 0]);
  sim.setFaults('GET */vaults/kv-mlsim* * 403');
  await text('scan', '--output', 's2.json');
  sim.setFaults('');
  // What the older one could not read leaves open what is new.
  expect((await both('s2.json')).slice(2)).toEqual([3, 3]);
  await text('scan', '--output', 's3.json');
  expect(sim.sendAs('user', { method: 'DELETE', path: account(sim, 'stmldata') }).status).toBeLessThan(300);
  // What was unknown for lack of an answer, and does not apply any more, is no question.
  expect(await both('s3.json')).toEqual([1, 1, 0, 0]);
}, 60_000);

test('what the older state lacks is neither opened nor closed', async () => {
  const { sim, json } = await rig('mixed');
  sim.setFaults('PUT */vaults/kv-mlsim 1 record:truncated; PATCH */vaults/kv-mlsim 1 record:truncated');
  await json('fix', 'keyvault.bypass-azure-services', ...apply);
  const { status, result } = await json<Drifted>('drift', '--since', '1h');
  expect([status, result.opened, result.closed]).toEqual([3, [], []]);
  expect(result.notKnownBefore?.length).toBeGreaterThan(3);
}, 60_000);

test('a type of which Azure has a change record is not said to have none', async () => {
  const { text } = await rig('mixed');
  await text('fix', 'workspace.private-dns', ...apply);
  const { stdout } = await text('drift', '--since', '30m');
  expect(stdout).toMatch(/notebooks\.azure\.net\/\S+\s+created/);
  expect(stdout).not.toMatch(/virtual network links?: Azure keeps no change records/);
}, 60_000);
