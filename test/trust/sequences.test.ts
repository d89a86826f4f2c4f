// Random sequences of fixes, plan files, undos and redos with another client among them: after each act the world, the history and what
// was said agree; when everything is undone, what is left is what the other client alone makes of the world.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Act, judgeExit } from '../support/request-judge.ts';
import { openSequences, type SequenceSource } from '../support/request-sequences.ts';
import { tellTrust, trustSeed, trustSequences } from '../support/trust-size.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-sequences-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const of = (
  world: string,
  ...fixes: readonly (readonly [string, Readonly<Record<string, string>>?])[]
): SequenceSource => ({
  world,
  fixes: fixes.map(([target, answers = {}]) => ({ targets: [target], answers })),
});
const sources: readonly SequenceSource[] = [
  of(
    'mixed',
    ['storage.resource-instance-rule'],
    ['keyvault.bypass-azure-services'],
    ['keyvault.subnet-service-endpoint'],
  ),
  of(
    'limited',
    ['nsg.outbound-vnet'],
    ['nsg.inbound-ssh'],
    ['nsg.outbound-storage'],
    ['workspace.monitor-private-only'],
  ),
  of('tunnelled', ['udr.prefix-drift'], ['udr.next-hop-internet'], ['udr.table-on-compute-subnet']),
  of('kubernetes', ['aks.identity-network-contributor'], ['aks.api-server-access'], ['aks.ip-plan', { nodes: '2' }]),
  of('records', ['storage.private-dns'], ['keyvault.private-endpoint']),
  of(
    'registry',
    ['acr.workspace-has-cluster', { cluster: 'builder', size: 'STANDARD_DS3_V2' }],
    ['workspace.v1-legacy-mode'],
  ),
  of('drifted', ['nsg.outbound-internet-open'], ['storage.bypass-azure-services'], ['workspace.private-dns']),
  of('crowded', ['compute.locks', { lock: 'keep-network' }], ['compute.subnet-free-ips']),
];

test('the judge holds an undo of several to its exit status and its reason', () => {
  const turn = { entry: 'two', outcome: { steps: [] } };
  const failure = { code: 'partly-done', message: '1 of 2 entries was undone.', next: '' };
  const act = (exit: number, cut: object, isAmong = true, more: readonly string[] = []): Act =>
    ({
      said: { exit, text: '', envelope: { failure: exit === 5 ? failure : null, result: { takenBack: [turn, cut] } } },
      entries: ['two', ...more].map((undoes) => ({ undoes, state: 'done', steps: [{ state: 'done' }] })),
      events: isAmong ? [{ kind: 'foreign', act: { resource: '/one', deed: { does: 'remove' } } }] : [],
    }) as unknown as Act;
  const wrongIn = (one: Act): string[] => {
    const wrong: string[] = [];
    judgeExit(one, (isRight, what) => void (isRight || wrong.push(what)));
    return wrong;
  };
  const cut = { entry: 'one', failure };
  const whole = { entry: 'one', outcome: { steps: [] } };
  expect([wrongIn(act(5, cut)), wrongIn(act(0, whole, true, ['one']))]).toEqual([[], []]);
  // Says that all was undone; says nothing of why; no one came between; and was not stopped.
  for (const one of [act(0, whole), act(5, { entry: 'one' }), act(5, cut, false), act(5, whole, true, ['one'])])
    expect(wrongIn(one)).not.toEqual([]);
});

describe.each(sources)('$world', (source) => {
  test('sequences with another client', async ({ task }) => {
    const sequences = await openSequences(source, scratch);
    const share = Math.ceil(trustSequences / sources.length);
    const wrong: string[] = [];
    for (let index = 0; index < share; index += 1) {
      const one = await sequences.run(trustSeed * 1000 + index);
      wrong.push(...one.wrong.slice(0, 1));
    }
    await sequences.close();
    tellTrust(task, { suite: 'sequences', what: 'sequences', tried: share, wrong: wrong.length });
    expect(wrong).toEqual([]);
  }, 3_600_000);
});
