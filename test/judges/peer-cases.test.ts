// Verdicts that peers reached in their own tests (checkov and Cloud Custodian, Apache-2.0), reached by Bastide on the same files.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession, snapshotFromTexts } from '../../src/session/index.ts';
import { outside } from '../support/outside.ts';
import { forFiles } from '../support/sandbox.ts';
import { answerers, notAsked, type PeerAsk } from './peer-answers.ts';

interface PeerCase {
  readonly id: string;
  readonly input: string;
  readonly resourceKind: string;
  readonly resource: string;
  readonly check: string;
  readonly expected: string;
  readonly ask?: PeerAsk & { readonly locks?: string };
  readonly peerVerdict?: string;
  readonly expectedRule?: string;
}

const { place: folder, isHere, note } = outside('peer-cases');
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const types: Readonly<Record<string, string>> = {
  nsg: 'Microsoft.Network/networkSecurityGroups',
  routeTable: 'Microsoft.Network/routeTables',
  virtualNetwork: 'Microsoft.Network/virtualNetworks',
  storageAccount: 'Microsoft.Storage/storageAccounts',
  keyVault: 'Microsoft.KeyVault/vaults',
  amlWorkspace: 'Microsoft.MachineLearningServices/workspaces',
  amlCompute: 'Microsoft.MachineLearningServices/workspaces/computes',
  containerRegistry: 'Microsoft.ContainerRegistry/registries',
  databricks: 'Microsoft.Databricks/workspaces',
  aks: 'Microsoft.ContainerService/managedClusters',
  hdinsight: 'Microsoft.HDInsight/clusters',
  containerGroup: 'Microsoft.ContainerInstance/containerGroups',
  networkInterface: 'Microsoft.Network/networkInterfaces',
};
const all = isHere ? (JSON.parse(read('cases.json')) as PeerCase[]) : [];
const cases = all.filter(({ check }) => notAsked[check] === undefined);
const others = all.filter(({ check }) => notAsked[check] !== undefined);

const clock = { now: () => new Date(0), newId: () => 'id' };
const table: string[] = [];
afterAll(() => {
  const left = others.map(({ id, check }) => `  ${id}: ${check} is not asked: ${notAsked[check]}`);
  process.stdout.write(
    `\nPeer cases answered: ${table.length}; ${left.length} are not asked here.\n${[...table, ...left].join('\n')}\n`,
  );
});

function resourceOf({ resource, resourceKind }: PeerCase, resources: readonly Resource[]): Resource {
  const fitting = resources.filter(({ type }) => fold(type) === fold(types[resourceKind] ?? ''));
  // A template may name it by an expression, and then it is the only one of its kind.
  const found = fitting.find(({ id }) => fold(nameOf(id)) === fold(resource)) ?? fitting[0];
  if (!found || (fitting.length > 1 && !fitting.some(({ id }) => fold(nameOf(id)) === fold(resource)))) {
    throw new Error(`which of ${fitting.length} resources is ${resource}?`);
  }
  return found;
}

describe.skipIf(!isHere)(`cases of peers${note}`, () => {
  test('there are cases, and each question has an answer function', () => {
    expect(cases.length).toBeGreaterThan(80);
    expect(all.filter(({ resourceKind }) => types[resourceKind] === undefined)).toEqual([]);
    expect(Object.keys(notAsked).filter((check) => answerers[check] !== undefined)).toEqual([]);
    expect(cases.filter(({ check }) => answerers[check] === undefined).map(({ check }) => check)).toEqual([]);
  });

  // The files of all kinds, also of those that no rule speaks of yet.
  const inputs = [...new Set(all.map(({ input }) => input))];
  test.each(inputs)('%s is read, checked and planned for without a crash', (input) => {
    for (const allResources of [true, false]) {
      const snapshot = snapshotFromTexts([{ path: input, text: read(input) }], { allResources, ...clock });
      const { findings } = audit(snapshot, rules, 'all');
      const decided = findings.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
      expect(decided.filter(({ evidence }) => evidence.length === 0).map(({ id }) => id)).toEqual([]);
      const session = createFileSession({ snapshot, rules, ...forFiles });
      session.plan(snapshot, { targets: 'all', answers: {}, ips: [], profile: 'all' });
    }
  });

  test.each(cases.map((one) => [one.id, one] as const))('%s', (_id, one) => {
    const answerer = answerers[one.check];
    const files = [one.input, ...(one.ask?.locks === undefined ? [] : [one.ask.locks])];
    const taken = snapshotFromTexts(
      files.map((file) => ({ path: file, text: read(file) })),
      { allResources: true, ...clock },
    );
    const snapshot = { ...taken, intents: { ...taken.intents, ...answerer?.intents } };
    const resource = resourceOf(one, snapshot.resources);
    const question = { resource, snapshot, report: audit(snapshot, rules, 'all'), ask: one.ask ?? {} };
    const answer = answerer?.answer(question);
    table.push(
      `  ${one.id}: ${one.check} by ${answerer?.by}: ${answer}${one.peerVerdict ? ` (the peer says ${one.peerVerdict})` : ''}`,
    );
    expect(answer).toBe(one.expected);
    if (one.expectedRule !== undefined) expect(answerer?.deciding?.(question)).toEqual([one.expectedRule]);
  });
});
