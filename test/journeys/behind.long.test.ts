// Readings that are older than a write of Bastide: what they show is not known, unless a change record says that another client wrote.
import { expect, test } from 'vitest';
import { account, apply, meanwhile, quickRig, vault } from '../support/two-clients.ts';

test('a reading that is behind is not known, and what another client changed back is told as that', async () => {
  const { sim, run } = await quickRig('mixed');
  interface Verified {
    readonly entries: readonly { readonly changes: readonly { readonly state: string }[] }[];
  }
  const states = async () => {
    const { exit, envelope } = await run('verify');
    return [
      exit,
      ...(envelope.result as unknown as Verified).entries.flatMap(({ changes }) => changes.map(({ state }) => state)),
    ];
  };
  await run('fix', 'keyvault.bypass-azure-services', ...apply);
  sim.setFaults('GET */vaults/kv-mlsim * stale; GET */vaults/kv-mlsim?* * stale');
  expect((await states()).slice(1)).toEqual(['not-known']);
  sim.setFaults('');
  expect((await states()).slice(1)).toEqual(['in-place']);
  const { properties } = JSON.parse(sim.sendAs('user', { method: 'GET', path: vault(sim) }).body);
  const body = { properties: { networkAcls: { ...properties.networkAcls, bypass: 'None' } } };
  sim.sendAs('user', { method: 'PATCH', path: vault(sim), body });
  expect(await states()).toEqual([1, 'changed']);
});

test('what an act does not see because another client changed it back is told by what was read', async () => {
  const { sim, run } = await quickRig('mixed');
  await run('fix', 'storage.bypass-azure-services', '--resource', 'stmlsim', ...apply);
  meanwhile(sim, 'kv-mlsim', () => {
    const id = account(sim, 'stmlsim');
    const { properties } = JSON.parse(sim.sendAs('user', { method: 'GET', path: id }).body);
    const body = { properties: { networkAcls: { ...properties.networkAcls, bypass: 'Logging, Metrics' } } };
    sim.sendAs('user', { method: 'PATCH', path: id, body });
  });
  const { text } = await run('fix', 'keyvault.bypass-azure-services', ...apply);
  expect(text).toMatch(/not accessible .*stmlsim: stmlsim does not show what history entry/);
  expect(text).not.toMatch(/stmlsim: read before the changes, and not after them/);
});
