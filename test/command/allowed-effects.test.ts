// With --yes a plan has no effects beyond automatic but those that the command line allows: for every fix of every world.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { allowedEffects, allowing, requireAllowed } from '../../src/command/allowed-effects.ts';
import { effectFlags, effectKinds, isRisky } from '../../src/model/effect.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';

const refusal = (plan: Plan, words?: string) => {
  try {
    requireAllowed(plan, allowedEffects(words));
    return null;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
};

describe.each(['limited', 'machines', 'drifted'])('%s', (world) => {
  const snapshot = worldSnapshot(world);
  const failing = [
    ...new Set(audit(snapshot, rules).findings.flatMap(({ outcome, rule }) => (outcome === 'fail' ? [rule] : []))),
  ];
  test('a named rule is sent with the kinds that it has, and with no fewer', () => {
    let risky = 0;
    for (const rule of failing) {
      const request = { targets: [rule], answers: {}, ips: [], profile: 'all' } as const;
      const plan = buildPlan({ snapshot, rules, request, id: 'p' });
      const kinds = effectKinds.filter((kind) => plan.effects.some((one) => one.kind === kind && isRisky(one)));
      const words = kinds.map((kind) => effectFlags[kind]);
      const refused = refusal(plan);
      expect(refused === null, rule).toBe(kinds.length === 0);
      expect(refused?.exit ?? 4).toBe(4);
      expect((refused?.details as { effects?: unknown } | undefined)?.effects ?? []).toEqual(words);
      expect(refusal(plan, allowing(kinds).allowEffects)).toBeNull();
      for (const one of words) {
        const others = words.filter((word) => word !== one);
        expect(refusal(plan, others.length === 0 ? undefined : others.join(','))).not.toBeNull();
      }
      expect(refusal({ ...plan, verb: 'undo' })).toBeNull();
      if (kinds.length > 0) expect(refusal({ ...plan, verb: 'redo' })).not.toBeNull();
      risky += kinds.length > 0 ? 1 : 0;
    }
    expect(risky).toBeGreaterThan(0);
  });

  test('all automatic fixes need none', () => {
    const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
    expect(refusal(buildPlan({ snapshot, rules, request, id: 'p' }))).toBeNull();
  });
});

test('an address that was given to be allowed is, and no other', () => {
  const snapshot = worldSnapshot('mixed');
  const allowing = (ips: readonly string[]) => {
    const request = { targets: ['storage.dev-client-ip'], answers: {}, ips, profile: 'all' } as const;
    const plan = buildPlan({ snapshot, rules, request, id: 'p' });
    return plan.effects.filter(({ kind }) => kind === 'opens').map((one) => [one.subject, isRisky(one)]);
  };
  const opened = allowing(['203.0.113.9', '198.51.100.0/24']);
  expect(opened.length).toBeGreaterThan(0);
  expect(opened.filter(([, risky]) => risky)).toEqual([]);
});

test('a word that is no kind is refused with those that are', () => {
  expect(() => allowedEffects('opens,nothing')).toThrow('nothing is not a kind of effect.');
  expect(allowedEffects('relaxes, cuts-off')).toEqual(['opens', 'overrides', 'bypasses', 'cutsOff']);
});
