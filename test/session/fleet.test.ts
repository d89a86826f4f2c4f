// The audit of a fleet: the same world read through Resource Graph and through Azure Resource Manager gives equal outcomes wherever
// both know, and what was not read never passes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openFleetStore } from '../../src/history/fleet-store.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { FleetReport, FleetStage } from '../../src/model/fleet.ts';
import { rules } from '../../src/rules/index.ts';
import { auditFleet } from '../../src/session/fleet/fleet.ts';
import { reporter } from '../../src/session/report.ts';
import { scanWorkspace } from '../../src/session/scan.ts';
import { tagSource } from '../../src/session/service-tags.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { armInProcess } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fleet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const now = () => new Date('2026-11-28T12:00:00Z');
const { report } = reporter({ rules, now });

type Outcomes = ReadonlyMap<string, Finding>;
const byId = (findings: readonly Finding[]): Outcomes => new Map(findings.map((one) => [one.id, one]));

interface FleetRun {
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** Another client around the client. */
  through?(arm: ArmClient): ArmClient;
}

async function fleetOf(world: string, stage: FleetStage, more: FleetRun = {}) {
  const opened = armInProcess(world);
  const { intents } = opened;
  const arm = more.through?.(opened.arm) ?? opened.arm;
  const found = new Map<string, Outcomes>();
  const result: FleetReport = await auditFleet(
    {
      ...{ arm, rules, now, say: () => {}, tags: tagSource({}) },
      intents: () => ({ get: async () => intents }),
      report: (snapshot, profile) => {
        const checked = report(snapshot, profile);
        found.set(snapshot.workspace ?? '', byId(checked.findings));
        return checked;
      },
      store: (_key, restart) =>
        openFleetStore({ folder: more.folder ?? folder, key: `${world}${stage}`, pid: process.pid, now, restart }),
      ...(more.signal ? { signal: more.signal } : {}),
    },
    { subscriptions: [], stage, profile: 'all' },
  );
  return { found, result };
}

async function auditOf(world: string, workspace: string): Promise<Outcomes> {
  const { arm, intents } = armInProcess(world);
  const options = { intents, id: 'audit', now, tags: tagSource({}), progress: () => {} };
  return byId(report(await scanWorkspace({ arm, workspace, ...options }), 'all').findings);
}

const worlds = worldFiles.map(({ name }) => name).filter((name) => !/^(?:large|crowded|fleet)$/.test(name));

describe.each(partOf(worlds, 8))('world %s', (world) => {
  test('has the outcomes of an audit wherever both know, within its queries and reads', async () => {
    const stages = { 1: await fleetOf(world, 1), 2: await fleetOf(world, 2) };
    for (const stage of [1, 2] as const) {
      const { requests, workspaces } = stages[stage].result;
      expect(requests.graph).toBeLessThanOrEqual(25);
      // One more for the list of service tags.
      expect(requests.arm).toBeLessThanOrEqual(1 + (stage === 1 ? 0 : 3 * workspaces.length));
    }
    for (const workspace of stages[2].found.keys()) {
      const whole = await auditOf(world, workspace);
      const says = ({ outcome }: Finding | { outcome?: undefined } = {}) => outcome === 'pass' || outcome === 'fail';
      for (const stage of [1, 2] as const) {
        const own = stages[stage].found.get(workspace) ?? new Map<string, Finding>();
        const apart = [...own.values()].flatMap((one) => {
          const other = whole.get(one.id);
          const isSame = !says(one) || !says(other) || one.outcome === other?.outcome;
          return isSame ? [] : [`stage ${stage}: ${one.id} is ${one.outcome}, in the audit ${other?.outcome}`];
        });
        expect(apart).toEqual([]);
      }
      // Stage 1 does not see the accounts of datastores.
      const own = stages[2].found.get(workspace) ?? new Map<string, Finding>();
      const unseen = [...whole.values()].filter(({ id, outcome }) => outcome === 'fail' && !own.has(id));
      expect(unseen.map(({ id }) => `stage 2: ${id} fails in the audit`)).toEqual([]);
    }
  }, 60_000);
});

describe('an interrupted audit', () => {
  /** A client that counts its requests, and hears before each of them. */
  const counted =
    (asked: string[], onRequest: () => void) =>
    (arm: ArmClient): ArmClient => ({
      ...arm,
      graph: (query) => {
        onRequest();
        return arm.graph(query);
      },
      list: (collection, options) => {
        onRequest();
        asked.push(collection.toLowerCase());
        return arm.list(collection, options);
      },
    });

  test('goes on where it was: the same report, and no list is read twice', async () => {
    const asked: string[] = [];
    let requests = 0;
    const whole = await fleetOf('shared', 2, { through: counted(asked, () => (requests += 1)) });
    expect(whole.result.workspaces.length).toBeGreaterThan(1);
    for (let moment = 1; moment <= requests; moment += 2) {
      const place = mkdtempSync(path.join(folder, 'run-'));
      const stop = new AbortController();
      const first: string[] = [];
      let left = moment;
      const through = counted(first, () => {
        left -= 1;
        if (left === 0) stop.abort(new Error('stopped'));
        if (left <= 0) throw stop.signal.reason;
      });
      await expect(fleetOf('shared', 2, { folder: place, signal: stop.signal, through })).rejects.toThrow('stopped');
      const second: string[] = [];
      const { result } = await fleetOf('shared', 2, { folder: place, through: counted(second, () => {}) });
      expect(result).toEqual(whole.result);
      // What was stopped before its answer may be asked again, nothing else.
      const twice = second.filter((one) => first.slice(0, -4).includes(one));
      expect(twice, `stopped at request ${moment}`).toEqual([]);
    }
  }, 60_000);

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
    const { found, result } = await fleetOf('shared', 2, {
      folder: mkdtempSync(path.join(folder, 'run-')),
      through: (arm) => ({
        ...arm,
        graph: async (query) => (query.query.includes('networksecuritygroups') ? { ok: false, gap } : arm.graph(query)),
      }),
    });
    expect(result.complete).toBe(false);
    expect(result.gaps.map(({ reason }) => reason).join()).toContain('networks');
    const all = [...found.values()].flatMap((own) => [...own.values()]);
    expect(all.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(0);
    const said = all.filter(
      ({ outcome, rule }) => rule.startsWith('nsg.') && (outcome === 'pass' || outcome === 'fail'),
    );
    expect(said.map(({ id }) => id)).toEqual([]);
  });
});
