// The audit of a fleet: the same world read through Resource Graph and through Azure Resource Manager gives equal outcomes wherever
// both know, and what was not read never passes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import type { FleetStage } from '../../src/model/fleet.ts';
import { fold, subscriptionOf } from '../../src/model/resource-id.ts';
import { workspaceType } from '../../src/resource-types/index.ts';
import { fleetTables, queryOf } from '../../src/session/fleet/queries.ts';
import { type FleetWorldWorkspace, fleetDocuments, planFleet } from '../../src/simulator/worlds/fleet.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import {
  auditIn,
  contradictions,
  type FleetOutcomes,
  type FleetRun,
  fleetIn,
  leftUnknown,
  type Outcomes,
} from '../support/fleet-audit.ts';
import { armInProcess } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fleet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fleetOf = (world: string, stage: FleetStage, more: Partial<FleetRun> = {}): Promise<FleetOutcomes> =>
  fleetIn(armInProcess(world), stage, { folder: path.join(folder, world), ...more });

const worlds = worldFiles.map(({ name }) => name).filter((name) => !/^(?:large|crowded|fleet)$/.test(name));

describe.each(partOf(worlds, 16))('world %s', (world) => {
  test('has the outcomes of an audit wherever both know, within its queries and reads', async () => {
    const stages = { 1: await fleetOf(world, 1), 2: await fleetOf(world, 2) };
    for (const stage of [1, 2] as const) {
      const { requests, workspaces } = stages[stage].result;
      expect(requests.graph).toBeLessThanOrEqual(25);
      // One more for the list of service tags.
      expect(requests.arm).toBeLessThanOrEqual(1 + (stage === 1 ? 0 : 3 * workspaces.length));
    }
    for (const workspace of stages[2].found.keys()) {
      const whole = await auditIn(armInProcess(world), workspace);
      for (const stage of [1, 2] as const) {
        const own = stages[stage].found.get(workspace) ?? new Map();
        expect([stage, ...contradictions(own, whole, stage)]).toEqual([stage]);
      }
      expect([workspace, ...leftUnknown(stages[2], workspace, whole)]).toEqual([workspace]);
    }
  }, 60_000);
});

/** What passes in one of the two, and fails in the other. */
const opposites = (own: Outcomes, whole: Outcomes): string[] =>
  contradictions(own, whole, 1).filter((one) => / is (?:pass|fail), in the audit (?:pass|fail)$/.test(one));

describe('an interrupted audit', () => {
  /** A client that hears before each request, and knows which lists were answered while `isOn`. */
  const counted =
    (answered: string[], onRequest: () => void, isOn = () => true) =>
    (arm: ArmClient): ArmClient => ({
      ...arm,
      graph: (query) => {
        onRequest();
        return arm.graph(query);
      },
      async list(collection, options) {
        onRequest();
        const answer = await arm.list(collection, options);
        if (isOn()) answered.push(collection.toLowerCase());
        return answer;
      },
    });

  test('goes on where it was: the same report, and no list is read twice', async () => {
    const documents = [...fleetDocuments({ workspaces: 6, seed: 1 })].map(({ text }) => text());
    const tenant = armInProcess('fleet', `[${documents.join()}]`);
    const audited = (more: FleetRun) => fleetIn(tenant, 2, more);
    const all: string[] = [];
    let requests = 0;
    const through = counted(all, () => (requests += 1));
    const whole = await audited({ folder: mkdtempSync(path.join(folder, 'run-')), through });
    expect(whole.result.workspaces).toHaveLength(6);
    expect(new Set(all).size).toBe(all.length);
    let kept = 0;
    for (let moment = 2; moment <= requests; moment += 3) {
      const place = mkdtempSync(path.join(folder, 'run-'));
      const stop = new AbortController();
      const first: string[] = [];
      let left = moment;
      const onRequest = () => {
        left -= 1;
        if (left === 0) stop.abort(new Error('stopped'));
        if (left <= 0) throw stop.signal.reason;
      };
      const stopped = counted(first, onRequest, () => left > 0);
      await expect(audited({ folder: place, signal: stop.signal, through: stopped })).rejects.toThrow('stopped');
      const second: string[] = [];
      const { result } = await audited({ folder: place, through: counted(second, () => {}) });
      expect(result).toEqual(whole.result);
      // What had been answered before the stop is kept; what was under way may be asked again.
      expect(
        second.filter((one) => first.includes(one)),
        `stopped at request ${moment}`,
      ).toEqual([]);
      kept += first.length;
    }
    expect(kept).toBeGreaterThan(all.length / 2);
  }, 120_000);

  test('that is throttled without end says what is missing', async () => {
    const gap = { id: '', reason: 'Azure returned 429.', action: '', status: 429, code: 'TooManyRequests' };
    const { result } = await fleetOf('shared', 2, {
      folder: mkdtempSync(path.join(folder, 'run-')),
      through: (arm) => ({ ...arm, list: async () => ({ ok: false, gap }) }),
    });
    expect(result.complete).toBe(false);
    expect(result.workspaces.every(({ stage }) => stage === 1)).toBe(true);
    expect(result.gaps.map(({ reason }) => reason).join()).toContain('throttles');
  });

  test('of which a query fails knows what it lacks, and passes nothing for it', async () => {
    const gap = { id: '', reason: 'Azure returned 403.', action: '', status: 403, code: 'AccessDenied' };
    const withoutQuery = (world: string, start: string) =>
      fleetOf(world, 2, {
        folder: mkdtempSync(path.join(folder, 'run-')),
        through: (arm) => ({
          ...arm,
          graph: async (query) => (query.query.startsWith(start) ? { ok: false, gap } : arm.graph(query)),
        }),
      });
    const [networks = ''] = fleetTables.flatMap((table) => (table.label === 'networks' ? queryOf(table) : []));
    const { found, result } = await withoutQuery('shared', networks);
    expect(result.complete).toBe(false);
    expect(result.gaps.map(({ reason }) => reason).join()).toContain('networks');
    const all = [...found.values()].flatMap((own) => [...own.values()]);
    expect(all.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(0);
    const said = all.filter(
      ({ outcome, rule }) => rule.startsWith('nsg.') && (outcome === 'pass' || outcome === 'fail'),
    );
    expect(said.map(({ id }) => id)).toEqual([]);
    const starts = [...fleetTables.filter(({ types }) => !types.includes(workspaceType)).map(queryOf), 'authorization'];
    for (const world of ['closed-private-endpoint', 'governed', 'perimeter']) {
      const [id = ''] = (await fleetOf(world, 1)).found.keys();
      const whole = await auditIn(armInProcess(world), id);
      for (const start of starts) {
        const own = (await withoutQuery(world, start)).found.get(id) ?? new Map();
        expect([world, start, ...opposites(own, whole)]).toEqual([world, start]);
      }
    }
  }, 120_000);

  test('that does not see a subscription passes and fails nothing for what is in it', async () => {
    const size = { workspaces: 9, seed: 1 };
    const documents = [...fleetDocuments(size)].map(({ text }) => text());
    const tenant = armInProcess('fleet', `[${documents.join()}]`);
    const [{ names }] = planFleet(size).workspaces as [FleetWorldWorkspace];
    const hub = fold(subscriptionOf(names.hub) ?? '');
    const { found, result } = await fleetIn(tenant, 2, {
      folder: mkdtempSync(path.join(folder, 'run-')),
      through: (arm) => ({
        ...arm,
        graph: (query) =>
          arm.graph({
            ...query,
            onRows: (rows) =>
              query.onRows(rows.filter(({ id }) => !fold(String(id)).startsWith(`/subscriptions/${hub}`))),
          }),
      }),
    });
    expect(result.workspaces).toHaveLength(size.workspaces);
    for (const [id, own] of found) expect([id, ...contradictions(own, await auditIn(tenant, id), 1)]).toEqual([id]);
  }, 120_000);
});
