// Several entries undone by one command: its preview shows each plan, and what was undone is told when a later one is refused.
import { expect, test } from 'vitest';
import { nothingDone, outcomeExit } from '../../commands/parts/act.ts';
import { takenBackExit, takenBackFailure } from '../../commands/parts/undo-to.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import type { OutcomeJson } from '../support/bastide.ts';
import { apply, rig } from '../support/two-clients.ts';

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
  const { json, text } = await rig('mixed', 'PATCH */storageAccounts/stmldata 1@2 403');
  const allowed = ['--yes', '--allow-effects', 'opens,cuts-off,interrupts'];
  const first = await json<OutcomeJson & { readonly entry: string }>(
    ...['fix', 'storage.bypass-azure-services', '--resource', 'stmldata', ...allowed],
  );
  expect(first.status).toBe(0);
  expect((await text('fix', 'keyvault.ip-rules-legal', '--answer', 'accept-cut=yes', ...allowed)).status).toBe(0);

  const { entry } = first.result;
  const dry = await json<Undone>('undo', '--to', entry, '--dry-run');
  expect(dry.result.takenBack.map(({ plan }) => plan?.digest)).toEqual([
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);
  expect((await text('undo', '--to', entry, '--dry-run')).stdout).toMatch(/kv-mlsim[\s\S]*stmldata/);

  const undone = await json<Undone>('undo', '--to', entry, '--yes');
  expect([undone.status, undone.failure?.code]).toEqual([5, 'partly-done']);
  expect(undone.result.takenBack).toMatchObject([
    { outcome: { state: 'done' } },
    { entry, failure: { code: 'refused' } },
  ]);
}, 60_000);

test('its status is the gravest of its undos, and one that left something behind is the last', () => {
  const of = (more: Partial<ApplyResult>): ApplyResult => ({ ...nothingDone(), ...more });
  const verified = nothingDone().verified;
  const hidden = of({ verified: { ...verified, unknownChecks: 3 } });
  const left = of({ notUndone: [{ resource: '/a/zone', reason: 'no-body' }] });
  const turn = (outcome: ApplyResult) => ({ entry: 'e', line: 'fix x', outcome });
  for (const [one, other] of [
    [of({}), hidden],
    [hidden, of({})],
  ] as const)
    expect(takenBackExit({ takenBack: [turn(one), turn(other)] })).toBe(outcomeExit(hidden));
  expect(takenBackExit({ takenBack: [turn(left)] })).toBe(outcomeExit(left));
  const cut = { takenBack: [turn(left), { entry: 'f', line: 'fix y' }] };
  expect([takenBackExit(cut), takenBackFailure(cut)?.code]).toEqual([5, 'partly-undone']);
});

test('nothing is undone after an undo that could not undo all', async () => {
  const { sim, json, text } = await rig('mixed');
  const first = await json<OutcomeJson & { readonly entry: string }>('fix', 'keyvault.bypass-azure-services', ...apply);
  // Azure creates a zone, its answer is lost, and no record of it has come yet: nothing shows whose it is.
  sim.setGraph('held');
  sim.setFaults('PUT */privateDnsZones/privatelink.api.azureml.ms 1 drop-after');
  await text('fix', 'workspace.private-dns', ...apply);
  sim.setFaults('');
  const undone = await json<Undone>('undo', '--to', first.result.entry, ...apply);
  expect([undone.status, undone.failure?.code]).toEqual([5, 'partly-undone']);
  expect(undone.result.takenBack.map(({ outcome }) => outcome?.state)).toEqual(['done', undefined]);
}, 60_000);
