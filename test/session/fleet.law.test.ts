// The law of a fleet audit, over tenants as the world `fleet` makes them: hubs and zones in another subscription, peered networks and
// shared accounts, ids in any letter case, workspaces in one group, what they name deleted. Both ways of reading come to one outcome.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isArray, isObject, type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import { fold, sameId, subscriptionOf } from '../../src/model/resource-id.ts';
import { aRecordType, firewallType, zoneLinkType } from '../../src/resource-types/index.ts';
import { type FleetWorldWorkspace, fleetDocuments, planFleet } from '../../src/simulator/worlds/fleet.ts';
import { auditIn, contradictions, fleetIn, leftUnknown } from '../support/fleet-audit.ts';
import { armInProcess } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fleet-law-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Document {
  readonly id: string;
  readonly text: string;
}
interface Tenant {
  readonly name: string;
  readonly seed: number;
  change?(documents: readonly Document[], planned: readonly FleetWorldWorkspace[]): readonly Document[];
}

/** Every id that a document names besides its own, in capitals or in lower case by turns. */
function recased(documents: readonly Document[]): Document[] {
  let turn = 0;
  const walk = (value: Json, own: string): Json => {
    if (typeof value === 'string') {
      const isOther = value.startsWith('/subscriptions/') && !fold(value).startsWith(fold(own));
      turn += isOther ? 1 : 0;
      return isOther ? (turn % 2 === 0 ? value.toUpperCase() : value.toLowerCase()) : value;
    }
    if (isArray(value)) return value.map((item) => walk(item, own));
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, own)]))
      : value;
  };
  return documents.map(({ id, text }) => ({ id, text: stringifyJson(walk(parseJson(text), id)) }));
}

/** The second of two neighbours in the resource group of the first; what they use stays where it was. */
const together = (documents: readonly Document[], planned: readonly FleetWorldWorkspace[]): Document[] =>
  planned.reduce(
    (all, { id, names }, at) => {
      const first = planned[at - (at % 2)];
      if (first === undefined || first.id === id || first.names.subscription !== names.subscription) return all;
      const moved = id.replace(`/${names.group}/`, `/${first.names.group}/`);
      return all.map((one) => ({ id: one.id.replace(id, moved), text: one.text.replaceAll(id, moved) }));
    },
    [...documents],
  );

/** Every third workspace has lost its account, its vault or its network; the last one is deleted, and what it used is left. */
function bereft(documents: readonly Document[], planned: readonly FleetWorldWorkspace[]): Document[] {
  const kinds = ['/storageAccounts/', '/vaults/', '/virtualNetworks/', '/networkSecurityGroups/'];
  const gone = planned.flatMap(({ names }, at) =>
    at % 3 === 0 ? [`/resourceGroups/${names.group}/providers/`, kinds[(at / 3) % kinds.length] ?? ''] : [],
  );
  const last = planned.at(-1)?.id ?? '';
  return documents.filter(({ id }) => {
    const isLost = gone.some((part, at) => at % 2 === 0 && id.includes(part) && id.includes(gone[at + 1] ?? ''));
    return !isLost && !sameId(id, last) && !id.startsWith(`${last}/`);
  });
}

const tenants: readonly Tenant[] = [
  { name: 'as it is made', seed: 1 },
  { name: 'with ids in another letter case', seed: 2, change: recased },
  { name: 'with workspaces in one resource group', seed: 3, change: together },
  { name: 'of which something was deleted', seed: 4, change: bereft },
  { name: 'of another seed', seed: 5 },
  { name: 'of another seed, with ids in another letter case', seed: 6, change: recased },
];
/** More than fit into one subscription. */
const size = 28;

describe.each(partOf(tenants, 3))('a tenant $name', ({ change = (all) => all, seed }) => {
  test('has the outcomes of the audit of each workspace', async () => {
    const planned = planFleet({ workspaces: size, seed }).workspaces;
    const documents = [...fleetDocuments({ workspaces: size, seed })].map(({ id, text }) => ({
      ...{ id: typeof id === 'string' ? id : '', text: text() },
    }));
    const tenant = armInProcess(
      'fleet',
      `[${change(documents, planned)
        .map(({ text }) => text)
        .join()}]`,
    );
    const [first, second] = [
      await fleetIn(tenant, 1, { folder: path.join(folder, `${seed}-1`) }),
      await fleetIn(tenant, 2, { folder: path.join(folder, `${seed}-2`) }),
    ];
    expect(second.result.workspaces.length).toBeGreaterThan(size - 2);
    expect(new Set(second.result.workspaces.map(({ id }) => subscriptionOf(id))).size).toBe(2);
    for (const { resources } of second.snapshots.values()) {
      const of = (type: string) => resources.filter((one) => one.type === type).map(({ id }) => id);
      // What the whole tenant shares is not in hand once for each workspace; of the hubs, whose addresses are the same, only the own.
      expect([...of(zoneLinkType), ...of(aRecordType)]).toEqual([]);
      expect(of(firewallType).length).toBeLessThan(2);
    }
    // One of each kind: an audit of each takes long.
    const kindOf = ({ architecture, faults, template }: FleetWorldWorkspace) =>
      `${architecture} ${template.sharesAccount} ${template.usesHub} ${faults.length > 0}`;
    const kinds = new Map(planned.map((one, at) => [`${kindOf(one)} ${change === bereft && at % 3}`, one]));
    expect(new Set(planned.map(({ architecture }) => architecture)).size).toBe(3);
    let compared = 0;
    for (const { id, name } of second.result.workspaces) {
      if (![...kinds.values()].some(({ names }) => names.workspace === name)) continue;
      const whole = await auditIn(tenant, id);
      for (const [stage, { found }] of [[1, first] as const, [2, second] as const])
        expect([id, stage, ...contradictions(found.get(id) ?? new Map(), whole, stage)]).toEqual([id, stage]);
      expect([id, ...leftUnknown(second, id, whole)]).toEqual([id]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(6);
  }, 240_000);
});
