// The world "fleet" against the rules: in a workspace of each kind what is planted is found, and nothing of weight besides.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId, severities } from '../../src/model/finding.ts';
import { isObject, parseJson } from '../../src/model/json.ts';
import { fold, groupIdOf, subscriptionOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { locksOf, peeringsOf, routesOf, securityRulesOf, subnetsOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { fleetDocuments, planFleet } from '../../src/simulator/worlds/fleet.ts';
import { resourceOf } from '../plan/worlds.ts';

const size = { workspaces: 60, seed: 3 };
const documents = [...fleetDocuments(size)];
const plan = planFleet(size);
type Planned = (typeof plan.workspaces)[number];
const learning = 'Microsoft.MachineLearningServices/workspaces';

function snapshotOf({ id, names }: Planned): Snapshot {
  const own = [groupIdOf(id) ?? '', names.hub, names.team, names.zones, names.dataAccount].map(fold);
  const read = documents
    .filter((one) => own.some((scope) => `${fold(one.id)}/`.startsWith(`${scope}/`)))
    .map(({ text }) => parseJson(text()))
    .filter(isObject)
    .map(resourceOf);
  const networks = read.filter(({ type }) => type === 'Microsoft.Network/virtualNetworks');
  const inside = networks.flatMap((one) => [...subnetsOf(one), ...peeringsOf(one)]);
  const resources = [...read, ...inside, ...read.flatMap(securityRulesOf), ...read.flatMap(routesOf)];
  const members = (type: string) => resources.filter((one) => one.type === type).map((one) => one.id);
  const subscription = subscriptionOf(id) ?? '';
  const listed = ['virtualNetworks', 'privateEndpoints'].map((type) => ({
    id: `/subscriptions/${subscription}/providers/Microsoft.Network/${type}`,
    members: members(`Microsoft.Network/${type}`),
  }));
  return {
    ...{ schema: 'bastide/snapshot/v1', id: 'snap-1', takenAt: '2026-01-02T03:04:05.000Z', workspace: id },
    ...{ source: { kind: 'demo', name: 'demo:fleet' }, identity: null, requests: 0, resources, gaps: [] },
    collections: [
      ...['computes', 'datastores', 'onlineEndpoints'].map((part) => ({
        id: `${id}/${part}`,
        members: members(`${learning}/${part}`),
      })),
      { id: locksOf(subscription), members: [] },
      ...listed,
    ],
    permissions: [{ scope: groupIdOf(id) ?? '', actions: ['*'], notActions: [] }],
    intents: { devClientIps: [] },
  };
}

/** One workspace of each architecture and set of rules. */
const kinds = new Map(
  plan.workspaces.map((one) => [[one.architecture, ...new Set(one.faults.map(({ rule }) => rule))].join(), one]),
);

test('there are workspaces of every architecture, with and without faults, own and shared', () => {
  const architectures = new Set(plan.workspaces.map(({ architecture }) => architecture));
  expect(architectures.size).toBe(3);
  expect(plan.workspaces.filter(({ faults }) => faults.length === 0).length).toBeGreaterThan(15);
  expect(plan.shared.filter(({ workspaces }) => workspaces.length > 3).length).toBeGreaterThan(5);
  expect(kinds.size).toBeGreaterThan(12);
});

test('what is planted is found, and nothing of weight that was not planted', () => {
  const weighty = severities.slice(0, severities.indexOf('medium') + 1);
  for (const one of kinds.values()) {
    const { findings } = audit(snapshotOf(one), rules, 'all');
    const found = findings.filter(({ outcome, severity }) => outcome === 'fail' && weighty.includes(severity));
    const planted = new Set(one.faults.map(({ resource, rule, where }) => findingId(rule, resource, where)));
    expect([one.id, found.map(({ id }) => id).toSorted()]).toEqual([one.id, [...planted].toSorted()]);
  }
});

test('documents are of one tenant: no id twice, and every seed and size gives its own', () => {
  const ids = documents.map(({ id }) => fold(id));
  expect(new Set(ids).size).toBe(ids.length);
  const textOf = (other: typeof size) =>
    [...fleetDocuments(other)].map(({ id, text }) => `${id} ${text().length}`).join();
  expect(textOf(size)).toBe(documents.map(({ id, text }) => `${id} ${text().length}`).join());
  expect(textOf({ ...size, seed: 4 })).not.toBe(textOf(size));
});
