// Names that a plan chooses for what it creates: none that another has is written to, whenever that one appears, in whatever casing; what
// cannot be read is never automatic; and few names are read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import { isFailure } from '../../src/model/failure.ts';
import { isObject } from '../../src/model/json.ts';
import { nameStanding } from '../../src/model/made-ids.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold, nameOf, parentId, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { resourceTypes } from '../../src/resource-types/index.ts';
import { objectAt } from '../../src/resource-types/read.ts';
import { numberedName, placeToMake } from '../../src/rules/parts/naming.ts';
import type { PlanRequest } from '../../src/session/session.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { snapshotOf } from '../support/snapshot.ts';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'names-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const everything: PlanRequest = { targets: 'all', answers: {}, ips: [], profile: 'all', allowEffects: effectKinds };

const named = async ({ session }: Bench, scanned: Snapshot, request: PlanRequest) => {
  const snapshot = await drain(session.named(scanned, (of) => [session.plan(of, request)]));
  return { snapshot, plan: session.plan(snapshot, request) };
};
const made = ({ steps }: Plan): string[] =>
  steps.flatMap(({ change }) => (change.kind === 'create' ? [change.resource] : []));
/** What a read alone can tell to be free, and can be made by another client without its parent. */
const unlisted = (plan: Plan, snapshot: Snapshot): string[] =>
  made(plan).filter((id) => parentId(id) === undefined && nameStanding(id, indexSnapshot(snapshot)) !== 'free');

/** Another team's resource of that name. */
function plant({ simulator }: Bench, id: string, plan: Plan, casing: (id: string) => string): void {
  const own = plan.steps.find(({ change }) => change.resource === id)?.change;
  const { publicIpAddresses: _ofThePlan, ...properties } = objectAt(own?.body ?? undefined, '/properties') ?? {};
  const body = own?.kind === 'create' ? { ...own.body, properties } : {};
  const answer = simulator.sendAs('user', {
    method: 'PUT',
    path: casing(id),
    body: { ...body, tags: { owner: 'another team' } },
  });
  if (answer.status >= 300) throw new Error(`${id}: ${answer.status} ${answer.body}`);
}
/** Its settings, without what Azure changes of it by itself. */
const bodyAt = ({ simulator }: Bench, id: string): unknown =>
  JSON.parse(simulator.sendAs('user', { method: 'GET', path: id }).body);

/** Paths of writes of the session from now on. */
function writesOf({ simulator }: Bench): { readonly paths: string[]; stop(): void } {
  const paths: string[] = [];
  const stop = simulator.onExchange(({ method, url, status }) => {
    if (method !== 'GET' && status < 400) paths.push(fold(url.split('?')[0] ?? ''));
  });
  return { paths, stop };
}

const apply = async ({ session }: Bench, plan: Plan): Promise<void> => {
  try {
    await drain(session.apply(plan, { line: '', acceptWarnings: true }));
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
};

const upper = (id: string): string => id.replace(/[^/]+$/, (name) => name.toUpperCase());
const worlds = ['mixed', 'drifted', 'limited', 'crowded', 'tunnelled', 'everything'];

describe('a name that another has', () => {
  test.each(partOf(worlds, 8))('is never written to: %s', async (world) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('before planning', 'while planning', 'before sending'),
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (moment, picks, inUpperCase) => {
          const bench = await openBench({ world, scratch });
          try {
            const scanned = await drain(bench.session.scan());
            const first = bench.session.plan(scanned, everything);
            const names = unlisted(first, scanned);
            expect(names.length, 'the world creates something').toBeGreaterThan(0);
            const chosen = [...new Set(picks.map((pick) => names[pick % names.length] as string))];
            const planted: string[] = [];
            const plantAll = (ids: readonly string[], plan: Plan) => {
              for (const id of ids) plant(bench, id, plan, inUpperCase ? upper : (one) => one);
              planted.push(...ids);
            };
            if (moment !== 'before sending') plantAll(chosen, first);
            let { plan } = await named(bench, scanned, everything);
            if (moment === 'while planning') {
              // What was chosen instead is taken as well.
              const others = unlisted(plan, scanned).filter((id) => !names.includes(id));
              plantAll(others, plan);
              ({ plan } = await named(bench, scanned, everything));
            }
            if (moment !== 'before sending') {
              const theirs = new Set(planted.map(fold));
              expect(made(plan).filter((id) => theirs.has(fold(id)))).toEqual([]);
              // Nothing is attached to theirs either; of zones of one name, the one that exists is used.
              const says = fold(JSON.stringify(plan.steps.map(({ change }) => change)));
              expect([...theirs].filter((id) => !id.includes('/privatednszones/') && says.includes(`"${id}"`))).toEqual(
                [],
              );
            } else plantAll(chosen, plan);
            const before = planted.map((id) => bodyAt(bench, id));
            const writes = writesOf(bench);
            await apply(bench, plan);
            writes.stop();
            const wrote = planted.filter((id) => writes.paths.includes(fold(id)));
            expect(wrote, moment).toEqual([]);
            expect(planted.map((id) => own(bodyAt(bench, id)))).toEqual(before.map(own));
          } finally {
            await bench.close();
          }
        },
      ),
      { numRuns: 3, seed: 10, endOnFailure: true },
    );
  });
});

/** Without what a network shows of its uses in another resource. */
const own = (body: unknown): unknown => {
  if (!isObject(body as never)) return body;
  const { tags, location, sku } = body as Record<string, unknown>;
  return { tags, location, sku };
};

inEveryRun(() => {
  test('few names are read, and none for a plan that creates nothing', async () => {
    const bench = await openBench({ world: 'limited', scratch });
    try {
      const scanned = await drain(bench.session.scan());
      let reads: string[] = [];
      const stop = bench.simulator.onExchange(({ url }) => void reads.push(url));
      const { plan, snapshot } = await named(bench, scanned, everything);
      const expected = unlisted(plan, scanned).length;
      expect(expected).toBeGreaterThan(3);
      expect(reads.length).toBe(expected);
      // All are free: what was planned of the scan holds, and is not made again.
      expect(snapshot).toBe(scanned);
      reads = [];
      await named(bench, scanned, { ...everything, allowEffects: [] });
      expect(reads).toEqual([]);
      stop();
    } finally {
      await bench.close();
    }
  });

  test('a name that Azure refuses to show is not automatic, and says so', async () => {
    const bench = await openBench({ world: 'tunnelled', scratch });
    try {
      const scanned = await drain(bench.session.scan());
      bench.simulator.setFaults('GET */routeTables/rt-* 9 403');
      const { plan, snapshot } = await named(bench, scanned, everything);
      const step = plan.steps.find(({ change }) => typeOf(change.resource).endsWith('/routeTables'));
      const effect = step?.effects.find(({ kind }) => kind === 'overrides');
      expect(effect).toMatchObject({ kind: 'overrides', reason: 'unknown', automatic: false });
      const name = nameOf(step?.change.resource ?? '');
      expect(effect?.detail).toMatch(new RegExp(`^Not known: whether ${name} in rg-\\S+ exists already\\. `));
      const others = effectKinds.filter((kind) => kind !== 'overrides');
      const left = bench.session.plan(snapshot, { ...everything, allowEffects: others });
      expect(made(left).filter((id) => nameOf(id) === name)).toEqual([]);
      expect(left.skipped.map(({ reason }) => reason).join('\n')).toContain(`whether ${name}`);
    } finally {
      await bench.close();
    }
  });
});

test('a long name keeps its number, and a free one is found in the end', () => {
  const taken = new Set<string>();
  const home = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables';
  const parts = ['bastide', 'a-workspace-with-a-long-name'];
  for (let count = 0; count < 40; count += 1) {
    const resources = [...taken].map((id) => ({ id, type: 'Microsoft.Network/routeTables', apiVersion: '', body: {} }));
    const index = indexSnapshot({ ...snapshotOf(), resources });
    const { id } = placeToMake((position) => `${home}/${numberedName(parts, 24, position)}`, index);
    expect(nameOf(id).length).toBeLessThanOrEqual(24);
    expect(taken.has(id)).toBe(false);
    taken.add(id);
  }
});

const inGroup = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network';
const network = {
  ...{ id: `${inGroup}/virtualNetworks/v`, type: 'Microsoft.Network/virtualNetworks', apiVersion: '' },
  body: { properties: { subnets: [{ name: 'Snet-Train', properties: {} }] } },
};

test.each([
  ['read, in another casing', 'virtualNetworks/V', 'taken'],
  ['in the body of its network, in another casing', 'virtualNetworks/v/subnets/snet-train', 'taken'],
  ['not in the body of its network', 'virtualNetworks/v/subnets/snet-new', 'free'],
  ['404', 'routeTables/rt-gone', 'free'],
  ['in what does not exist', 'routeTables/rt-gone/routes/one', 'free'],
  ['403', 'routeTables/rt-hidden', 'unknown'],
  ['not asked for', 'routeTables/rt-new', 'unread'],
] as const)('a name: %s', (_case, place, standing) => {
  const gap = (name: string, status: number) => ({
    ...{ id: `${inGroup}/routeTables/${name}`, reason: 'Azure said so.', action: '', status },
  });
  const plain = snapshotOf();
  const live: Snapshot = {
    ...plain,
    source: { kind: 'endpoint', name: 'https://localhost' },
    resources: [network],
    gaps: [gap('rt-gone', 404), gap('rt-hidden', 403)],
  };
  expect(nameStanding(`${inGroup}/${place}`, indexSnapshot(live))).toBe(standing);
  // Files do not say what else there is, and can be asked for nothing.
  const files: Snapshot = { ...live, source: { kind: 'files', name: 'template.json' } };
  const known = standing === 'unread' ? 'unknown' : standing;
  expect(nameStanding(`${inGroup}/${place}`, indexSnapshot(files))).toBe(known);
});

test('nothing is created whose name is global, or may be held by something soft-deleted', () => {
  const reserved = resourceTypes.filter(({ type }) =>
    /^Microsoft\.(?:Storage\/storageAccounts|KeyVault\/vaults|ContainerRegistry\/registries|CognitiveServices\/accounts|MachineLearningServices\/workspaces)$/i.test(
      type,
    ),
  );
  expect(reserved.length).toBeGreaterThan(3);
  for (const kind of reserved) {
    const resource = `/subscriptions/s/resourceGroups/g/providers/${kind.type}/made`;
    const body = { location: 'westeurope', properties: {} };
    // A sentence: Bastide does not send it.
    expect(kind.write({ kind: 'create', resource, edits: [], body }, null), kind.type).toBeTypeOf('string');
  }
});
