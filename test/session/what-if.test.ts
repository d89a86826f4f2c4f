// What-if: what it says is what then happens, what was not read stays unknown, and nothing of it reaches Azure.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { compareReports } from '../../src/audit/index.ts';
import { isFailure } from '../../src/model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { WhatIf } from '../../src/model/what-if.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession } from '../../src/session/index.ts';
import type { PlanRequest } from '../../src/session/session.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { inEveryRun, inLongRun, partOf } from '../support/parts.ts';
import { unrecorded } from '../support/record-exchanges.ts';
import { forFiles } from '../support/sandbox.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-rehearse-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const request = (targets: PlanRequest['targets'], more: Partial<PlanRequest> = {}): PlanRequest => ({
  targets,
  answers: {},
  ips: [],
  profile: 'all',
  ...more,
});
interface Ready {
  readonly bench: Bench;
  readonly snapshot: Snapshot;
}
async function inWorld<Result>(world: string, act: (ready: Ready) => Promise<Result>): Promise<Result> {
  const bench = await openBench({ world, scratch });
  try {
    return await act({ bench, snapshot: await drain(bench.session.scan()) });
  } finally {
    await bench.close();
  }
}
const play = ({ bench, snapshot }: Ready, plan: Plan): Promise<WhatIf> =>
  drain(bench.session.whatIf(snapshot, plan, { profile: 'all' }));
const nothing = { resolves: [], introduces: [], unknown: [], differences: [] };

/** Runs the what-if and then applies: both must report the same. */
async function sameStory(ready: Ready, plan: Plan): Promise<void> {
  const { bench, snapshot } = ready;
  const sent: string[] = [];
  const stop = bench.simulator.onExchange(({ method, url }) => {
    if (method !== 'GET') sent.push(`${method} ${url}`);
  });
  const rehearsal = await play(ready, plan);
  stop();
  expect(sent.filter((line) => !/oauth2|token/.test(line))).toEqual([]);
  const outcome = await drain(bench.session.apply(plan, { line: 'it', acceptWarnings: true }));
  expect(rehearsal.steps.map(({ resource, state }) => [resource, state])).toEqual(
    outcome.steps.map(({ resource, state }) => [resource, state === 'failed' ? 'refused' : state]),
  );
  const after = bench.session.latest() ?? snapshot;
  const real = compareReports(bench.session.report(snapshot, 'all'), bench.session.report(after, 'all'));
  expect({ resolves: rehearsal.resolves, introduces: rehearsal.introduces }).toEqual({
    resolves: real.resolved,
    introduces: real.introduced,
  });
}

describe('the what-if says what happens', () => {
  test.each(partOf(['kubernetes', 'managed', 'mixed', 'foreign'], 2))('%s', (world) =>
    inWorld(world, async (ready) => {
      const plan = ready.bench.session.plan(ready.snapshot, request('all'));
      const none = await play(ready, { ...plan, steps: [], preview: { resolves: [], introduces: [] } });
      expect(none).toMatchObject({ ...nothing, outcome: 'done', steps: [] });
      expect(plan.steps.length).toBeGreaterThan(0);
      await sameStory(ready, plan);
    }),
  );

  inLongRun(() => {
    test('any few of the fixes of a workspace whose outbound traffic is limited', async () => {
      const failing = await inWorld('limited', async ({ bench, snapshot }) =>
        bench.session
          .report(snapshot, 'all')
          // By their names also those that allow a required flow before another owner's Deny.
          .findings.filter(({ outcome, fix, effects = [] }) => {
            return outcome === 'fail' && (fix.kind === 'auto' || effects.some(({ kind }) => kind === 'overrides'));
          })
          .map(({ id }) => id),
      );
      expect(failing.length).toBeGreaterThan(10);
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(fc.constantFrom(...failing), { minLength: 1, maxLength: 4 }), (targets) =>
          inWorld('limited', async (ready) => {
            await sameStory(ready, ready.bench.session.plan(ready.snapshot, request(targets)));
          }),
        ),
        { numRuns: 3 },
      );
    });
  });

  inEveryRun(() => {
    test('a link of container instances, which a snapshot shows only inside its subnet', () =>
      inWorld('databricks', async (ready) => {
        const plan = ready.bench.session.plan(ready.snapshot, request(['aci.delegation-removable']));
        expect(plan.steps.length).toBeGreaterThan(0);
        await sameStory(ready, plan);
      }));
  });

  inEveryRun(() => {
    test('names of a private endpoint whose interface a scan does not read', () =>
      inWorld('mixed', async (ready) => {
        const plan = ready.bench.session.plan(ready.snapshot, request(['workspace.private-dns']));
        expect(plan.preview.resolves).toHaveLength(1);
        await sameStory(ready, plan);
      }));
  });

  inEveryRun(() => {
    test('the undo of what was done', () =>
      inWorld('mixed', async ({ bench, snapshot }) => {
        const plan = bench.session.plan(snapshot, request('all'));
        await drain(bench.session.apply(plan, { line: 'it', acceptWarnings: true }));
        const back = await bench.session.planUndo();
        const there = bench.session.latest();
        if (there === undefined) throw new Error('nothing was read');
        const rehearsal = await play({ bench, snapshot: there }, back);
        expect(rehearsal).toMatchObject({ outcome: 'done', differences: [] });
        expect(rehearsal.introduces.toSorted()).toEqual([...plan.preview.resolves].toSorted());
      }));
  });
});

inEveryRun(() => {
  describe('refusals come as Azure gives them', () => {
    const target = 'storage.dev-client-ip';
    const planned = ({ bench, snapshot }: Ready): Plan =>
      bench.session.plan(snapshot, request([target], { ips: ['198.51.100.9'] }));
    test('a lock, a policy, a missing right: none is stopped by our own gate first', () =>
      inWorld('mixed', async (ready) => {
        const { bench, snapshot } = ready;
        const plan = planned(ready);
        const id = plan.steps[0]?.change.resource ?? '';
        expect(id).toMatch(/storageAccounts/);
        const subscription = id.split('/').slice(0, 3).join('/');
        const stuck = async (changed: Snapshot) => {
          const { outcome, steps } = await play({ bench, snapshot: changed }, plan);
          const step = steps.find(({ resource }) => resource === id);
          return [outcome, step?.state, step?.refusal?.status, step?.refusal?.code];
        };
        const withOne = (resource: Resource): Snapshot => ({
          ...snapshot,
          resources: [...snapshot.resources, resource],
          collections: snapshot.collections.map((one) =>
            one.id.endsWith(resource.type) ? { ...one, members: [...one.members, resource.id] } : one,
          ),
        });
        const one = (place: string, type: string, properties: Record<string, Json>): Resource => ({
          id: `${place}/providers/${type}/it`,
          type,
          apiVersion: '2020-05-01',
          body: { id: `${place}/providers/${type}/it`, name: 'it', type, properties },
        });
        const locked = withOne(one(id, 'Microsoft.Authorization/locks', { level: 'ReadOnly' }));
        expect(await stuck(locked)).toEqual(['refused', 'refused', 409, 'ScopeLocked']);

        const rule = {
          if: { field: 'type', equals: 'Microsoft.Storage/storageAccounts' },
          // biome-ignore lint/suspicious/noThenProperty: Azure's own name.
          then: { effect: 'deny' },
        };
        const definition = one(subscription, 'Microsoft.Authorization/policyDefinitions', {
          mode: 'All',
          policyRule: rule,
        });
        const assignment = one(subscription, 'Microsoft.Authorization/policyAssignments', {
          policyDefinitionId: definition.id,
        });
        const ruled = withOne(definition);
        const denied = { ...ruled, resources: [...ruled.resources, assignment] };
        expect(await stuck(denied)).toEqual(['refused', 'refused', 403, 'RequestDisallowedByPolicy']);

        const readers = snapshot.permissions.map((one) => ({ ...one, actions: ['*/read'] }));
        expect(await stuck({ ...snapshot, permissions: readers })).toEqual([
          'refused',
          'refused',
          403,
          'AuthorizationFailed',
        ]);
      }));

    test('a quota that others have used up, and a size that only the region knows', () =>
      inWorld('mixed', async ({ bench }) => {
        const subnet = '/subnets/snet-train';
        const first = await drain(bench.session.scan());
        const seat = first.resources.find(({ id }) => id.endsWith(subnet))?.id ?? '';
        const snapshot = await drain(bench.session.scan(undefined, [seat]));
        const made = async (size: string, of: Snapshot) => {
          const id = `${snapshot.workspace}/computes/cpu-new`;
          const properties = {
            computeType: 'AmlCompute',
            properties: { vmSize: size, scaleSettings: { minNodeCount: 1, maxNodeCount: 2 }, subnet: { id: seat } },
          };
          const body = { location: 'westeurope', properties };
          const step = { change: { kind: 'create' as const, resource: id, edits: [] as const, body } };
          const plan = bench.session.plan(snapshot, request('all'));
          const rest = {
            phase: 3 as const,
            findings: [],
            needs: [],
            az: '',
            risk: '',
            undo: 'exact' as const,
            does: '',
            effects: [],
          };
          const one = { ...plan, preview: { resolves: [], introduces: [] }, steps: [{ ...step, ...rest }] };
          const { outcome, steps } = await play({ bench, snapshot: of }, one);
          return [outcome, steps[0]?.refusal?.message ?? steps[0]?.message ?? ''] as const;
        };
        const report = (tail: string, change: (row: Record<string, Json>) => Record<string, Json>): Snapshot => ({
          ...snapshot,
          resources: snapshot.resources.map((one) =>
            one.id.endsWith(tail)
              ? { ...one, body: { ...one.body, value: (one.body.value as Record<string, Json>[]).map(change) } }
              : one,
          ),
        });
        expect(await made('Standard_DS3_v2', snapshot)).toEqual(['done', '']);
        const full = report('MachineLearningServices/locations/westeurope/usages', (row) => ({
          ...row,
          currentValue: 99,
        }));
        const [outcome, why] = await made('Standard_DS3_v2', full);
        expect(outcome).toBe('refused');
        expect(why).toMatch(/quota/);
        const bigger = report('/vmSizes', (row) =>
          row.name === 'Standard_F4s_v2' ? { ...row, name: 'Standard_F99' } : row,
        );
        expect(await made('Standard_F99', bigger)).toEqual(['done', '']);
        const none = { ...snapshot, resources: snapshot.resources.filter(({ id }) => !id.endsWith('/vmSizes')) };
        expect((await made('Standard_F99', none))[0]).toBe('unknown');
      }));

    test('what depends on unread resources is not known, and named', () =>
      inWorld('mixed', async (ready) => {
        const { bench, snapshot } = ready;
        const plan = bench.session.plan(snapshot, request(['storage.vnet-rule-compute-subnet']));
        const last = plan.steps.filter(({ change }) => /storageAccounts/.test(change.resource));
        expect(last.length).toBeGreaterThan(0);
        const unread = snapshot.resources.filter(({ type }) => /virtualNetworks/i.test(type));
        const without: Snapshot = {
          ...snapshot,
          resources: snapshot.resources.filter((one) => !unread.includes(one)),
          collections: snapshot.collections.filter(({ id }) => !/virtualNetworks/i.test(id)),
          gaps: unread.map(({ id }) => ({
            id,
            status: 403,
            action: 'Microsoft.Network/virtualNetworks/read',
            reason: 'No.',
          })),
        };
        const { outcome, steps } = await play({ bench, snapshot: without }, { ...plan, steps: last });
        expect(outcome).toBe('unknown');
        const [first] = steps;
        expect(first?.state).toBe('unknown');
        expect(first?.unread.some((id) => /virtualNetworks/.test(id))).toBe(true);
        const { unknown, resolves } = await play({ bench, snapshot: without }, { ...plan, steps: last });
        expect(resolves).toEqual([]);
        expect(unknown.length).toBeGreaterThan(0);
      }));

    test('a setting that moved since stops it as it stops an apply', () =>
      inWorld('mixed', async (ready) => {
        const plan = planned(ready);
        const change = plan.steps[0]?.change;
        if (change?.kind !== 'edit') throw new Error('no edit');
        const [edit] = change.edits;
        if (!edit) throw new Error('no edit');
        const moved = { ...change, edits: [{ op: 'set' as const, pointer: '/properties/x', before: 'a', after: 'b' }] };
        const other = { ...plan, steps: [{ ...plan.steps[0], change: moved }] } as unknown as Plan;
        await expect(play(ready, other)).rejects.toMatchObject({ code: 'drift', exit: 4 });
      }));
  });
});

describe('snapshots from files', () => {
  inLongRun(() => {
    test('a file tells the same story as the workspace it was taken of, with a workspace or with everything in scope', () =>
      inWorld('mixed', async ({ bench, snapshot }) => {
        const plan = bench.session.plan(snapshot, request('all'));
        const real = await play({ bench, snapshot }, plan);
        for (const workspace of [snapshot.workspace, null]) {
          const of: Snapshot = { ...snapshot, workspace, source: { kind: 'files', name: 'it.json' } };
          const session = createFileSession({ snapshot: of, rules, ...forFiles });
          const made = session.plan(of, request('all'));
          const { outcome, differences, steps, resolves } = await drain(session.whatIf(of, made, { profile: 'all' }));
          expect({ outcome, differences }).toEqual({ outcome: 'done', differences: [] });
          expect(steps.map(({ state }) => state)).toEqual(made.steps.map(() => 'done'));
          if (workspace !== null) expect(resolves).toEqual(real.resolves);
        }
      }));
  });

  inEveryRun(() => {
    test('unchecked gates are one sentence for each reason, however many writes depend on them', () =>
      inWorld('mixed', async ({ snapshot }) => {
        const of: Snapshot = {
          ...snapshot,
          source: { kind: 'files', name: 'it.json' },
          permissions: [],
          collections: snapshot.collections.filter(({ id }) => !/\/locks$/i.test(id)),
        };
        expect(of.collections.length).toBeLessThan(snapshot.collections.length);
        const session = createFileSession({ snapshot: of, rules, ...forFiles });
        const played = (plan: Plan) => drain(session.whatIf(of, plan, { profile: 'all' }));
        const plan = session.plan(of, request('all'));
        const { limits } = await played(plan);
        expect(limits).toEqual([
          expect.stringMatching(/^The resource locks on .* could not be read\.$/),
          expect.stringMatching(/^Your permissions could not be read: .*\/write, .*, on /),
        ]);
        const names = new Set(plan.steps.map(({ change }) => nameInParent(change.resource)));
        expect(names.size).toBeGreaterThan(5);
        for (const name of names)
          for (const limit of limits) expect(limit).toMatch(new RegExp(`[ ,]${name}(?:[,.]| could)`));
        for (const limit of limits) expect(limit.length).toBeLessThan(600);
        // Of a single one the whole id is said.
        const [first] = plan.steps.filter(({ change }) => change.kind === 'edit' && /vaults/i.test(change.resource));
        if (first === undefined) throw new Error('no step at the vault');
        const { limits: few } = await played({ ...plan, steps: [{ ...first, needs: [] }] });
        expect(few).toContain(`The locks that may cover ${first.change.resource} could not be read.`);
      }));
  });

  inLongRun(() => {
    test('no snapshot, however broken, makes a what-if crash', () =>
      inWorld('mixed', async ({ bench, snapshot }) => {
        const plan = bench.session.plan(snapshot, request('all'));
        const odd = fc.oneof(
          fc.constantFrom<Json>(null, 7, '', '\u001b[2J', 'x'.repeat(5000), [], {}, true, -1e300),
          fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json),
        );
        const names = ['properties', 'sku', 'id', 'type', 'location', 'etag', 'tags'];
        const spoilt = fc.record({ at: fc.nat(), name: fc.constantFrom(...names), value: odd, inside: fc.boolean() });
        const ids = fc.constantFrom('/subscriptions/s/../x', '/a?b#c', '/%zz/\u001b]0;x\u0007', '', '/providers/', 'x');
        await fc.assert(
          fc.asyncProperty(fc.array(spoilt, { minLength: 1, maxLength: 6 }), ids, async (faults, id) => {
            const resources = snapshot.resources.map((resource, index): Resource => {
              const mine = faults.filter(({ at }) => at % snapshot.resources.length === index);
              const faulty = (inner: boolean) =>
                Object.fromEntries(
                  mine.filter(({ inside }) => inside === inner).map(({ name, value }) => [name, value]),
                );
              const { properties } = resource.body;
              const whole: JsonObject = isObject(properties) ? { properties: { ...properties, ...faulty(true) } } : {};
              return { ...resource, body: { ...resource.body, ...whole, ...faulty(false) } };
            });
            const strange: Resource = { id, type: 'x/y', apiVersion: '2020-01-01', body: {} };
            const of: Snapshot = { ...snapshot, resources: [...resources, strange] };
            try {
              const { steps } = await unrecorded(() => play({ bench, snapshot: of }, plan));
              expect(steps.length).toBe(plan.steps.length);
            } catch (error) {
              if (!isFailure(error)) throw error;
              expect([2, 4]).toContain(error.exit);
            }
          }),
          { numRuns: 6 },
        );
      }));
  });
});

test('the rest of an interrupted entry is simulated, though the copy has no history', () =>
  inWorld('mixed', async (ready) => {
    const plan = ready.bench.session.plan(ready.snapshot, request(['keyvault.bypass-azure-services']));
    const { outcome, steps } = await play(ready, { ...plan, resumes: '20260101T000000-aaaaaa' });
    expect([outcome, steps.map(({ state }) => state)]).toEqual(['done', plan.steps.map(() => 'done')]);
  }));
