// Azure Virtual Network Verifier: intents in Microsoft's form, and results read back beside our own answers.
import { describe, expect, test } from 'vitest';
import { mapOf } from '../../src/audit/map.ts';
import { compareRuns, readRuns, verifierIntents } from '../../src/audit/verifier.ts';
import type { Json } from '../../src/model/json.ts';
import { asked } from '../facts/path-scenes.ts';
import { ids, type Loose, snapshotOf } from '../support/snapshot.ts';

const run = (outcome: string, more: Loose = {}, trace: unknown = undefined) => ({
  name: 'run-1',
  properties: {
    intentId: '/intents/one',
    intentContent: {
      ...{ sourceResourceId: ids.train.toUpperCase(), destinationResourceId: ids.account },
      ipTraffic: {
        sourceIps: ['*'],
        destinationIps: ['*'],
        sourcePorts: ['*'],
        destinationPorts: ['443'],
        protocols: ['TCP'],
      },
    },
    analysisResult: JSON.stringify({
      resultOutcome: outcome,
      ...(trace === undefined ? {} : { unreachedTrace: typeof trace === 'string' ? trace : JSON.stringify(trace) }),
    }),
    ...more,
  },
});

describe('intents', () => {
  // ReachabilityAnalysisIntentProperties and IPTraffic of networkVerifier.json, 2024-05-01: required members, types, enumerations.
  test('hold every member that Microsoft requires, and no other', () => {
    const { intents } = verifierIntents(mapOf(snapshotOf()));
    expect(intents.length).toBeGreaterThan(0);
    expect(new Set(intents.map(({ name }) => name)).size).toBe(intents.length);
    for (const { name, type, properties } of intents) {
      expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
      expect(type).toBe('Microsoft.Network/networkManagers/verifierWorkspaces/reachabilityAnalysisIntents');
      const { sourceResourceId, destinationResourceId, ipTraffic, description, ...rest } = properties;
      expect(rest).toEqual({});
      expect(description.length).toBeGreaterThan(0);
      expect(sourceResourceId).toMatch(/^\/subscriptions\/.+\/subnets\/[^/]+$/);
      expect(destinationResourceId).toMatch(/^\/subscriptions\/.+\/storageAccounts\/[^/]+$/i);
      const { protocols, ...texts } = ipTraffic;
      expect(Object.keys(texts).sort()).toEqual(['destinationIps', 'destinationPorts', 'sourceIps', 'sourcePorts']);
      for (const list of Object.values(texts)) expect(list.every((one) => one.length > 0)).toBe(true);
      expect(['Any', 'TCP', 'UDP', 'ICMP']).toEqual(expect.arrayContaining([...protocols]));
    }
  });
  test('say what the verifier has no form for', () => {
    const { notes } = verifierIntents(mapOf(snapshotOf()));
    expect(notes.join(' ')).toMatch(/does not support these destinations: .*kv-mlsim.*Internet/);
  });
});

describe('results', () => {
  const { answer } = asked(() => undefined, 'snet-train', 'stmlsim');
  const trace = [
    {
      resourceId: '/x/networkSecurityGroups/nsg-a',
      explanation: { explanationCode: 'MATCHED', description: 'Matched.' },
    },
    {
      resourceId: '/x/networkSecurityGroups/nsg-b',
      explanation: { explanationCode: 'DENIED', description: 'Denied by r1.' },
    },
  ];
  test.each([
    ['AllPacketsReached', 'allowed', true],
    ['NoPacketsReached', 'denied', false],
    ['SomePacketsReached', 'partly', false],
    ['ALL_PACKETS_REACHED', 'allowed', true],
    ['Undetermined', 'unknown', false],
  ])('%s is %s', (outcome, verdict, agrees) => {
    const [compared] = compareRuns(answer, readRuns({ value: [run(outcome)] } as never));
    expect(compared).toMatchObject({ verdict, agrees, outcome });
  });
  test('where the two differ, both are said, with the place where Azure stops it', () => {
    const [compared] = compareRuns(answer, readRuns([run('NoPacketsReached', {}, trace)] as never));
    expect(compared?.says).toMatch(
      /^Azure says NoPacketsReached, Bastide allowed \(.*Azure stops it at nsg-b: Denied by r1\.$/,
    );
    expect(compared?.stoppedAt).toMatchObject({ code: 'DENIED' });
  });
  test('a run without a result, of other ends or of another form is left out; a broken trace is none', () => {
    expect(readRuns(run('x', { analysisResult: null }) as never)).toEqual([]);
    for (const junk of [null, 7, 'text', [], {}, { value: [null, 3, { properties: [] }] }] as Json[])
      expect(readRuns(junk)).toEqual([]);
    const [only] = readRuns(run('NoPacketsReached', {}, '[{"a" "b"}]') as never);
    expect(only?.stoppedAt).toBeNull();
    const other = run('NoPacketsReached', {
      intentContent: { sourceResourceId: '/a/b', destinationResourceId: '/c/d' },
    });
    expect(compareRuns(answer, readRuns(other as never))).toEqual([]);
  });
});
