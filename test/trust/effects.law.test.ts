// The law of effects: what the steps of a plan open, cut off, bypass and override is what an oracle sees in a simulated cloud before and
// after each of them, and a step that nobody must select harms nobody. In random worlds, with plans of everything, of everything with
// every effect allowed, and of single rules.
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type CurrentEffect, type Effect, effectKinds, isCurrent } from '../../src/model/effect.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan, type PlanRequest } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { armInProcess } from '../support/in-process.ts';
import { tellTrust, trustEffects, trustSeed } from '../support/trust-size.ts';
import { askedOf, compared, type Mismatch } from './effects-compare.ts';
import { type PlayedPlan, played, scanned, type TrialWorld } from './effects-player.ts';
import { type EffectWorld, effectWorlds, trialOf } from './effects-worlds.ts';

const runs = trustEffects;
/** Every kind of plan of each world where time allows, else one. */
const isWhole = runs >= 500;

const plan = (snapshot: Snapshot, request: Partial<PlanRequest>): Plan =>
  buildPlan({
    snapshot,
    rules,
    request: { targets: 'all', answers: {}, ips: [], profile: 'all', ...request },
    id: 'p',
  });

/** Rules that fail and have a fix. */
const fixable = (snapshot: Snapshot): string[] => {
  const failing = audit(snapshot, rules).findings.filter(({ outcome }) => outcome === 'fail');
  return [...new Set(failing.map(({ rule }) => rule))].filter((id) => rules.some((one) => one.id === id && one.fix));
};

interface Judged {
  readonly differences: readonly Mismatch[];
  readonly seen: number;
  readonly claims: number;
  readonly judged: number;
  readonly played: PlayedPlan;
}

async function judge(world: TrialWorld, snapshot: Snapshot, made: Plan, isUnasked: boolean): Promise<Judged> {
  const known = new Set(snapshot.resources.map(({ id }) => fold(id)));
  const { tags } = armInProcess(world.base, world.text);
  const asked = made.steps.map(askedOf);
  const result = await played(world, made, asked);
  const each = result.steps.map((one) => compared(one, made.steps.indexOf(one.step), isUnasked, { tags, known }));
  const sum = (of: (one: (typeof each)[number]) => number) => each.reduce((total, one) => total + of(one), 0);
  return {
    differences: each.flatMap(({ differences }) => differences),
    seen: sum(({ seen }) => seen),
    claims: sum(({ claims }) => claims),
    judged: sum((one) => one.judged),
    played: result,
  };
}

/** The plans that are made of one world: all kinds, or the one that its number says. */
function requestsOf(
  snapshot: Snapshot,
  pick: number,
): readonly (Partial<PlanRequest> & { readonly isUnasked: boolean })[] {
  const ids = fixable(snapshot);
  const all = { isUnasked: true };
  const everything = { isUnasked: false, allowEffects: effectKinds };
  const single = (at: number) => {
    const id = ids[at % Math.max(1, ids.length)];
    return id === undefined ? [] : [{ isUnasked: false, targets: [id] }];
  };
  if (isWhole) return [all, everything, ...[0, 1, 2].flatMap((at) => single(pick + at * 7))];
  return pick % 3 === 0 ? [all] : pick % 3 === 1 ? [everything] : single(pick);
}

test(`${runs} random worlds`, async ({ task }) => {
  const tally = { tried: 0, right: 0, plans: 0, steps: 0, refused: 0, seen: 0, claims: 0, judged: 0 };
  onTestFinished(() => {
    tellTrust(task, {
      suite: 'effects',
      what: 'random worlds',
      tried: tally.tried,
      wrong: tally.tried - tally.right,
    });
  });
  const differencesIn = async (made: EffectWorld, pick: number): Promise<string[]> => {
    tally.tried += 1;
    const world = trialOf(made);
    const snapshot = await scanned(world);
    for (const { isUnasked, ...request } of requestsOf(snapshot, pick)) {
      const found = plan(snapshot, request);
      if (found.steps.length === 0) continue;
      const result = await judge(world, snapshot, found, isUnasked);
      tally.plans += 1;
      tally.steps += result.played.steps.length;
      tally.refused += result.played.refused === null ? 0 : 1;
      tally.seen += result.seen;
      tally.claims += result.claims;
      tally.judged += result.judged;
      if (result.differences.length > 0) return result.differences.map(({ kind, says }) => `${kind}: ${says}`);
    }
    tally.right += 1;
    return [];
  };
  const seed = 20261130 + trustSeed;
  if (isWhole) {
    // Each world that differs is told: one of five hundred says nothing of the others.
    const worlds = fc.sample(fc.tuple(effectWorlds, fc.nat(99)), { numRuns: runs, seed });
    const wrong: string[] = [];
    for (const [made, pick] of worlds) {
      const differences = await differencesIn(made, pick);
      if (differences.length > 0) wrong.push(`${JSON.stringify([made, pick])}: ${differences.slice(0, 5).join('; ')}`);
    }
    expect(wrong).toEqual([]);
  } else {
    const property = fc.asyncProperty(effectWorlds, fc.nat(99), async (made, pick) => {
      expect(await differencesIn(made, pick)).toEqual([]);
    });
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: runs > 50 });
  }
  // The oracle saw something, and could judge more than a few of the claims.
  expect(tally.steps).toBeGreaterThan(runs);
  expect(tally.seen).toBeGreaterThan(runs);
  expect(tally.judged).toBeGreaterThan(tally.claims / 3);
  expect(tally.refused).toBeLessThan(tally.plans / 10);
}, 7_200_000);

// A private subnet ends default outbound access alone: what AKS configures for the nodes of a cluster stays.
test.each([
  ['loadBalancer', ['opens']],
  ['managedNATGateway', ['opens']],
  ['userDefinedRouting', []],
  ['none', []],
])(
  'nodes of a cluster in a private subnet, outboundType %s',
  async (outboundType, kinds) => {
    const made: EffectWorld = {
      base: 'kubernetes',
      edits: [
        { what: 15, at: 6, a: 76, b: 93, c: 34 },
        { what: 19, at: 64, a: 70, b: 20, c: 27 },
      ],
      more: [],
      outbound: 'open',
      clients: [],
    };
    const of = trialOf(made);
    const world = { ...of, text: of.text.replace('"outboundType":"loadBalancer"', `"outboundType":"${outboundType}"`) };
    expect(world.text).toContain(`"${outboundType}"`);
    expect(world.text).toContain('"defaultOutboundAccess":false');
    const snapshot = await scanned(world);
    const found = plan(snapshot, { targets: ['aks.outbound-default'] });
    const toInternet = found.steps
      .flatMap(({ effects }) => effects)
      .filter((one) => isCurrent(one) && 'data' in one && one.reason === 'flow' && one.data.to.kind === 'internet');
    const { differences, judged } = await judge(world, snapshot, found, false);
    expect(differences).toEqual([]);
    expect(judged).toBeGreaterThan(0);
    expect([...new Set(toInternet.map(({ kind }) => kind))]).toEqual(kinds);
  },
  60_000,
);

describe('what a plan would hide is seen', () => {
  const trial = (name: string): TrialWorld => {
    const file = worldFiles.find((one) => one.name === name);
    if (!file) throw new Error(`no world ${name}`);
    const workspace = /"id":"([^"]*\/Microsoft\.MachineLearningServices\/workspaces\/[^"/]*)"/.exec(
      file.resources(),
    )?.[1];
    return { base: name, text: file.resources(), workspace: workspace ?? '', intents: file.intents };
  };
  const withEffects = (made: Plan, change: (effects: readonly Effect[]) => readonly Effect[]): Plan => ({
    ...made,
    steps: made.steps.map((step) => ({ ...step, effects: change(step.effects) })),
  });
  const kindsSeen = async (
    name: string,
    change: (effects: readonly Effect[]) => readonly Effect[],
    isUnasked = false,
  ) => {
    const world = trial(name);
    const snapshot = await scanned(world);
    const made = plan(snapshot, { allowEffects: effectKinds });
    const { differences } = await judge(world, snapshot, withEffects(made, change), isUnasked);
    return new Set(differences.map(({ kind }) => kind));
  };
  const without = (kind: CurrentEffect['kind']) => (effects: readonly Effect[]) =>
    effects.filter((one) => one.kind !== kind);

  test.each([
    ['mixed', 'opens'],
    ['mixed', 'cutsOff'],
    ['tunnelled', 'bypasses'],
    ['limited', 'overrides'],
  ] as const)(
    '%s without its effects of kind %s',
    async (name, kind) => {
      expect(await kindsSeen(name, without(kind))).toContain(`silent ${kind}`);
    },
    60_000,
  );

  // The account of this world has endpoints for blobs and files.
  test('shared without what its queues and tables lose', async () => {
    const hidden = (effects: readonly Effect[]) =>
      effects.filter(
        (one) => !(isCurrent(one) && one.reason === 'flow' && / \((?:queue|table)\)$/.test(one.data.to.name)),
      );
    expect(await kindsSeen('shared', (effects) => effects)).toEqual(new Set());
    expect(await kindsSeen('shared', hidden)).toEqual(new Set(['silent cutsOff']));
  }, 60_000);

  test.each([
    ['opens', 'cutsOff'],
    ['cutsOff', 'opens'],
  ] as const)(
    '%s that is called %s',
    async (kind, other) => {
      const turned = (effects: readonly Effect[]) =>
        effects.map((one) => (isCurrent(one) && one.kind === kind ? ({ ...one, kind: other } as Effect) : one));
      expect(await kindsSeen('mixed', turned)).toContain(`false ${other}`);
    },
    60_000,
  );

  test('steps that harm, as if nobody had to select them', async () => {
    expect(await kindsSeen('limited', (effects) => effects, true)).toContain('harm');
  }, 60_000);
});
