// The laws of rules, for every rule that has a fix, through the real ARM client against the simulator. Each is for a test file to
// call.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { ProfileChoice } from '../../src/model/assumption.ts';
import { type Change, isDeferred } from '../../src/model/change.ts';
import { invertEdit } from '../../src/model/edit.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Finding, Report } from '../../src/model/finding.ts';
import { parseJson, sameJson, stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { seenIn } from '../../src/plan/simulate.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { ApplyResult, PlanRequest, Session } from '../../src/session/session.ts';
import { type Simulator, startSimulator, worlds } from '../../src/simulator/index.ts';
import { type Bench, drain, openBench } from './bench.ts';
import { openInProcess } from './in-process.ts';
import { linkConnection } from './link-connection.ts';
import { partOf } from './parts.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-law-'));

const fixable = rules.filter((rule) => rule.fixKind !== 'none');

/** What a guided fix is answered, where one world's choices are known. */
const answersOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'databricks.default-subnet': { prefix: '10.1.2.0/26' },
  'storage.same-vnet-as-compute': { way: 'admit' },
  'storage.adls2-compute-same-vnet': { way: 'admit' },
  'storage.studio-colocation': { way: 'admit' },
  'workspace.managed-network-mode': { mode: 'AllowOnlyApprovedOutbound' },
  'workspace.private-endpoint': { subnet: 'snet-pe' },
  'compute.npip-private-endpoint': { subnet: 'snet-pe' },
  'compute.locks': { lock: 'keep-network' },
  'compute.orphaned-resources': {
    unused: '1f62aaae-184d-faf3-f607-d80426f38071-azurebatch-cloudservicenetworksecuritygroup',
  },
  'compute.placed-in-vnet': { subnet: 'snet-dev', delete: 'yes' },
  'compute.ssh-public-access': { subnet: 'snet-dev', delete: 'yes' },
  'compute.no-public-ip': { delete: 'yes' },
  'storage.private-endpoints': { subnet: 'snet-pe' },
  'keyvault.private-endpoint': { subnet: 'snet-pe' },
  'acr.sku-premium': { sku: 'Premium' },
  'acr.default-action-deny': { sku: 'Premium' },
  'acr.vnet-rule-compute-subnet': { sku: 'Premium' },
  'acr.private-endpoint': { sku: 'Premium', subnet: 'snet-pe' },
  'acr.build-cluster-same-subnet': { way: 'admit' },
  'acr.shared-private-link': { link: 'Acr' },
  'acr.shared-private-link-approved': { connection: linkConnection },
  'acr.workspace-has-cluster': { cluster: 'builder', size: 'STANDARD_DS3_V2' },
  'acr.endpoint-kinds-exclusive': { drop: 'rules' },
  'aks.scoring-inbound': { from: '203.0.113.0/26' },
  'storage.public-network-access': { way: 'open' },
  'storage.one-endpoint-kind': { 'accept-cut': 'yes' },
  'keyvault.public-network-access': { way: 'open' },
  'keyvault.ip-rules-legal': { 'accept-cut': 'yes' },
  'acr.public-endpoint-kept': { way: 'open' },
  'storage.perimeter-override': { way: 'rule' },
  'keyvault.perimeter-override': { way: 'rule' },
  'workspace.managed-network-provisioned': { provision: 'yes' },
  'dns.endpoint-collision': { keep: 'pe-stmldata-blob' },
};

/** What only the article of 2020 asks for is superseded where today's pages are looked at. */
export const profileOf = (id: string): ProfileChoice => (id === 'firewall.application-rules' ? 'article-2020' : 'all');

/** The rule and, where its restriction is allowed only after others, those others. */
function targetsOf(id: string): string[] {
  const rule = rules.find((candidate) => candidate.id === id);
  const gates = (rule?.gates ?? []).filter((gate) => rules.some((candidate) => candidate.id === gate));
  return [id, ...gates.flatMap(targetsOf)];
}

const request = (id: string): PlanRequest => ({
  targets: [...new Set(targetsOf(id))],
  answers: answersOf[id] ?? {},
  ips: [],
  profile: profileOf(id),
});
const failing = (snapshot: Snapshot, profile: ProfileChoice): Finding[] =>
  audit(snapshot, rules, profile).findings.filter((finding) => finding.outcome === 'fail');
const normal = (snapshot: Snapshot) =>
  Object.fromEntries(
    snapshot.resources.map((resource) => [
      resource.id.toLowerCase(),
      resourceTypeOf(resource.type).normal(resource.body),
    ]),
  );

/** No plan leads to another architecture without saying so (docs/reference/architecture-strategy.md). */
function saysWhereItLeads({ architecture, gates }: Plan, after: Report): void {
  const { answer } = after.architecture;
  const told = gates.filter(({ outcome, detail }) => outcome === 'warn' && detail.includes(`workspace as ${answer}`));
  expect(told.length).toBe(answer === architecture ? 0 : 1);
}

/** Does the change take out what Azure refuses today, so that an undo cannot put it back? */
const staysOut = ({ resource, edits }: Change): boolean =>
  edits.some((edit) => resourceTypeOf(typeOf(resource)).refuses?.(invertEdit(edit)));

/** Was something deleted that cannot be created again? */
const isLost = (change: Change, snapshot: Snapshot): boolean =>
  change.kind === 'delete' &&
  Boolean(resourceTypeOf(typeOf(change.resource)).restoreBlocker?.({ ...change, kind: 'create' }, seenIn(snapshot)));

const plans = (plan: Plan, id: string): boolean =>
  plan.steps.some((step) => step.findings.some((finding) => finding.startsWith(`${id}@`)));

/** Where to look: what this process sees of each world without sockets. */
const seen = new Map<string, Promise<{ readonly session: Session; readonly snapshot: Snapshot }>>();
/** Undefined where the rule does not fail. */
async function planIn(world: string, id: string): Promise<Plan | undefined> {
  const known =
    seen.get(world) ??
    (async () => {
      const session = openInProcess(world);
      return { session, snapshot: await drain(session.scan()) };
    })();
  seen.set(world, known);
  const { session, snapshot } = await known;
  const isFailing = failing(snapshot, profileOf(id)).some((finding) => finding.rule === id);
  return isFailing ? session.plan(snapshot, request(id)) : undefined;
}

/** One simulator a world, and what a scan of it finds: each rule begins with its world as it was. */
const started = new Map<string, Promise<{ simulator: Simulator; state: string; snapshot: Snapshot }>>();
async function start(world: string) {
  const simulator = await startSimulator({ world });
  const bench = await openBench({ world, scratch, running: simulator });
  const snapshot = await drain(bench.session.scan());
  await bench.close();
  return { simulator, state: simulator.stateText(), snapshot };
}
async function openWorld(world: string): Promise<{ readonly bench: Bench; readonly snapshot: Snapshot }> {
  const known = started.get(world) ?? start(world);
  started.set(world, known);
  const { simulator, state, snapshot } = await known;
  simulator.restore(state);
  return { bench: await openBench({ world, scratch, running: simulator }), snapshot };
}

/** Ends what the laws have started. */
export async function closeWorlds(): Promise<void> {
  for (const { simulator } of await Promise.all(started.values())) await simulator.stop();
  started.clear();
  rmSync(scratch, { recursive: true, force: true });
}

interface FailingWorld {
  readonly bench: Bench;
  readonly snapshot: Snapshot;
  readonly plan: Plan;
}

/** The first world in which the rule fails, something can be planned for it, and which is `wanted`. */
export async function failingWorld(
  id: string,
  wanted: (found: FailingWorld) => boolean = () => true,
): Promise<FailingWorld> {
  const cost = ({ name }: { readonly name: string }) => ['crowded', 'large'].indexOf(name);
  const cheapFirst = worlds.filter(({ name }) => name !== 'fleet').toSorted((a, b) => cost(a) - cost(b));
  const reasons = new Set<string>();
  for (const { name } of cheapFirst) {
    const first = await planIn(name, id);
    for (const { finding, reason } of first?.skipped ?? [])
      if (finding.startsWith(`${id}@`)) reasons.add(`${name}: ${reason}`);
    if (first === undefined || !plans(first, id)) continue;
    const { bench, snapshot } = await openWorld(name);
    const plan = bench.session.plan(snapshot, request(id));
    if (plans(plan, id) && wanted({ bench, snapshot, plan })) return { bench, snapshot, plan };
    await bench.close();
  }
  const because = reasons.size > 0 ? [...reasons] : ['no world in src/simulator/worlds has it as a fault'];
  throw new Error([`no world in which ${id} fails and can be fixed:`, ...because].join('\n  '));
}

/**
 * The fix resolves its finding, announces its other effects, is not needed twice, and can be undone; and a setting that others changed
 * since stops the undo, by name, where one beside it does not.
 */
export function fixesAndUndoes(): void {
  afterAll(closeWorlds);

  const ids = fixable.map((rule) => rule.id);
  describe.each(partOf(ids, 10))('%s', (id) => {
    let found: FailingWorld;
    let applied: { readonly outcome: ApplyResult; readonly state: string };
    beforeAll(async () => {
      found = await failingWorld(id);
      const { session, simulator } = found.bench;
      const outcome = await drain(session.apply(found.plan, { line: `fix ${id}`, acceptWarnings: true }));
      applied = { outcome, state: simulator.stateText() };
    });
    afterAll(() => found?.bench.close());

    test('a setting that others changed since stops the undo, by name; a setting beside it does not', async () => {
      const { bench, snapshot, plan } = found;
      const { session } = bench;
      const last = plan.steps.at(-1)?.change;
      // What only Azure names has its name from the history.
      const target = last && isDeferred(last) ? (await session.history()).at(-1)?.steps.at(-1)?.change : last;
      if (!target) throw new Error('the plan has no step');
      if (target.kind === 'create') {
        // What others have deleted since is gone already: the undo leaves it alone and undoes the rest.
        await bench.remove(target);
        const undo = await session.planUndo();
        expect(undo.steps.map(({ change }) => change.resource)).toEqual(
          plan.steps.toReversed().flatMap(({ change }) => (change === target ? [] : [change.resource])),
        );
        return;
      }
      if (target.kind === 'delete') {
        // What others have restored already is left alone.
        await bench.restore(target);
        const undo = await session.planUndo();
        expect(undo.steps.map(({ change }) => change.resource)).toEqual(
          plan.steps
            .toReversed()
            .flatMap(({ change }) => (change === target || isLost(change, snapshot) ? [] : [change.resource])),
        );
        return;
      }
      await bench.beside(target.resource);
      await session.planUndo();
      const moved = await bench.move(target);
      if (!moved) {
        expect(staysOut(target)).toBe(true);
        expect((await session.planUndo()).steps.map(({ change }) => change.resource)).toEqual(
          plan.steps.toReversed().flatMap(({ change }) => (change === target ? [] : [change.resource])),
        );
        return;
      }
      const { setting, to } = moved;
      const answer = await session.planUndo().then(
        (undo) => undo,
        (error: unknown) => error,
      );
      if (to === 'third value') {
        if (!isFailure(answer)) throw new Error(`undo did not refuse after ${setting} was moved`);
        expect(answer.exit).toBe(4);
        expect(JSON.stringify(answer) + answer.message).toContain(setting.split('/').at(-1));
      } else if (!isFailure(answer)) {
        // Others have restored it already: the undo leaves that setting alone and undoes the rest.
        const touched = (answer as Plan).steps.flatMap(({ change }) =>
          change.resource === target.resource ? change.edits : [],
        );
        const theirs = target.edits.at(-1);
        expect(
          touched.some((edit) => theirs && sameJson({ ...invertEdit(theirs) } as never, { ...edit } as never)),
        ).toBe(false);
      }
    });

    test('the law', async () => {
      const { bench, snapshot, plan } = found;
      const { session } = bench;
      bench.simulator.restore(applied.state);
      const before = failing(snapshot, profileOf(id));
      const served = new Set(plan.steps.flatMap((step) => step.findings));
      expect(parseJson(stringifyJson(parseJson(JSON.stringify(plan))))).toEqual(parseJson(JSON.stringify(plan)));

      const { outcome } = applied;
      expect(outcome.steps.map((step) => [step.resource, step.state, step.message])).toEqual(
        // What only Azure names is identified by its name afterwards.
        plan.steps.map(({ change }, at) => [
          isDeferred(change) ? outcome.steps[at]?.resource : change.resource,
          'done',
          null,
        ]),
      );

      const fixed = await drain(session.scan());
      const after = failing(fixed, profileOf(id));
      const still = after.filter((finding) => served.has(finding.id));
      expect(still.map((finding) => `${finding.id}: ${finding.because}`)).toEqual([]);
      const known = new Set([...before.map((finding) => finding.id), ...plan.preview.introduces]);
      expect(after.map((finding) => finding.id).filter((found) => !known.has(found))).toEqual([]);
      for (const resolved of plan.preview.resolves) expect(after.map((finding) => finding.id)).not.toContain(resolved);

      saysWhereItLeads(plan, audit(fixed, rules, profileOf(id)));

      expect(session.plan(fixed, request(id)).steps).toEqual([]);

      const undo = await session.planUndo();
      expect(undo.verb).toBe('undo');
      const undone = await drain(session.apply(undo, { line: 'undo', acceptWarnings: true }));
      expect(undone.steps.every((step) => step.state === 'done')).toBe(true);
      const restored = await drain(session.scan());
      saysWhereItLeads(undo, audit(restored, rules, profileOf(id)));
      if (plan.steps.some(({ change }) => staysOut(change))) {
        expect(plan.irreversible).not.toEqual([]);
      } else if (plan.steps.every((step) => step.undo === 'exact' || step.undo === 'equivalent')) {
        expect(normal(restored)).toEqual(normal(snapshot));
        expect(failing(restored, profileOf(id)).map((finding) => finding.id)).toEqual(
          before.map((finding) => finding.id),
        );
      }
    });
  });
}
