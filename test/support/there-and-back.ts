// Each system of the article, in its own world and all in one: from what is wrong to no fixable finding, in
// one plan, and back by undo to the same bodies in normal form.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { effectKinds } from '../../src/model/effect.ts';
import type { Finding } from '../../src/model/finding.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { rules } from '../../src/rules/index.ts';
import { drain, openBench } from './bench.ts';
import { linkConnection } from './link-connection.ts';
import { part } from './parts.ts';
import { normalBodies } from './state.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-there-and-back-'));

type Answers = Readonly<Record<string, string>>;
interface Way {
  readonly world: string;
  readonly answers: Answers;
  /** Names of what an undo says beforehand that it does not bring back. */
  readonly lost?: readonly string[];
  /** Names of what is not as before, each with what the plan says of it beforehand. */
  readonly told?: Readonly<Record<string, RegExp>>;
}

const endpoint: Answers = { subnet: 'vnet-ml/snet-pe', link: 'Acr', way: 'admit' };
const leftOver = '1f62aaae-184d-faf3-f607-d80426f38071-azurebatch-cloudservice';

const ways: readonly Way[] = [
  { world: 'open', answers: { sku: 'Premium' } },
  {
    world: 'registry',
    answers: { cluster: 'builder', size: 'STANDARD_DS3_V2', connection: linkConnection },
    told: { acrmlsim: /acrmlsim.*cannot become Pending again; an undo rejects the connection/i },
  },
  {
    world: 'crowded',
    answers: { ...endpoint, delete: 'yes', lock: 'keep-network', unused: `${leftOver}networksecuritygroup` },
    lost: [`${leftOver}loadbalancer`, `${leftOver}publicip`],
  },
  { world: 'kubernetes', answers: { nodes: '2' } },
  { world: 'scoring', answers: { from: '203.0.113.0/26' } },
  { world: 'machines', answers: { group: 'make' } },
  // The link of container instances is made by the service, once a group is deployed.
  { world: 'databricks', answers: { prefix: '10.1.2.0/24' }, lost: ['snet-aci-old'] },
  { world: 'containers', answers: {} },
  { world: 'tunnelled', answers: endpoint },
  { world: 'firewalled', answers: endpoint },
  { world: 'limited', answers: endpoint },
  // Its online endpoints use the key vault and the storage account from outside every network.
  { world: 'everything', answers: { sku: 'Premium', prefix: '10.1.2.0/24', 'accept-cut': 'yes' } },
];

const mendable = new Set(rules.filter(({ fixKind }) => fixKind !== 'none').map(({ id }) => id));
const left = (findings: readonly Finding[]) =>
  findings.filter(({ outcome, rule }) => outcome === 'fail' && mendable.has(rule)).map(({ rule }) => rule);

/** All systems in one world, and one in its own. */
const some: readonly string[] = ['scoring', 'everything'];

/** In some worlds, or in the others. */
export function thereAndBack(): void {
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  describe.each(ways.filter(({ world }) => some.includes(world) === (part === 'some')))(
    '$world',
    ({ world, answers, lost = [], told: changed = {} }) => {
      test('there in one plan, and back', async () => {
        const { session, simulator, close } = await openBench({ world, scratch });
        try {
          const before = normalBodies(simulator.stateText());
          const first = await drain(session.scan());
          expect(left(session.report(first, 'all').findings).length).toBeGreaterThan(0);

          const plan = session.plan(first, {
            targets: 'all',
            answers,
            ips: [],
            profile: 'all',
            allowEffects: effectKinds,
          });
          const made = await drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
          expect(made.steps.filter(({ state }) => state === 'failed')).toEqual([]);
          expect([made.state, ...made.verified.persisting, ...made.verified.unknown]).toEqual(['done']);
          const { findings } = session.report(await drain(session.scan()), 'all');
          // What the plan announced is what came.
          const failing = findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
          expect(plan.preview.introduces.filter((id) => !failing.includes(id))).toEqual([]);
          expect(left(findings)).toEqual([]);

          const undo = await session.planUndo();
          const undone = await drain(session.apply(undo, { line: 'undo', acceptWarnings: true }));
          expect([undone.state, ...undone.steps.filter(({ state }) => state === 'failed')]).toEqual(['done']);
          const told = undo.irreversible;
          const saidOf = new Set(told.map((sentence) => sentence.split(':')[0]?.split('/').at(-1)));
          expect(lost.filter((name) => !saidOf.has(name))).toEqual([]);
          const changes = Object.values(changed);
          expect(changes.filter((words) => !plan.irreversible.some((sentence) => words.test(sentence)))).toEqual([]);
          const apart = differences(before, normalBodies(simulator.stateText()), lost);
          expect(apart.map(nameOf)).toEqual(Object.keys(changed));
        } finally {
          await close();
        }
      });
    },
  );
}

type Bodies = ReturnType<typeof normalBodies>;

/** Ids whose bodies are not the same; without those that are lost and gone. */
function differences(before: Bodies, after: Bodies, lost: readonly string[]): string[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.filter((id) => {
    if (JSON.stringify(before[id]) === JSON.stringify(after[id])) return false;
    return after[id] !== undefined || !lost.some((name) => id.split('/').includes(name));
  });
}
