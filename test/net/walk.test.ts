// The walk of a box through steps, and the index that spares it most of them: against every point of a small space.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds, type Intervals, intervals } from '../../src/net/sets.ts';
import { inBoth, indexSteps, nextStep, type StepSet } from '../../src/net/step-index.ts';
import { type Box, boxIntersect, boxMinus, boxOf, readySteps, type WalkStep, walk } from '../../src/net/walk.ts';

const LIMIT = 5;
const line = Array.from({ length: LIMIT }, (_, at) => at);
const some = fc
  .array(fc.tuple(fc.nat(LIMIT - 1), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 })
  .map((list) => intervals(list.map(([low, size]) => [low, Math.min(low + size, LIMIT)] as const)));
const whole: Intervals<number> = [0, LIMIT];
const side = fc.oneof({ weight: 3, arbitrary: some }, { weight: 1, arbitrary: fc.constant(whole) });
const box = fc.tuple(side, side, side, side).map((sides) => boxOf(...sides) as Box<number>);

/** A sure step, one that may match more than it surely does, one that only may, one that matches nothing. */
const step: fc.Arbitrary<Omit<WalkStep<number, number>, 'rule'>> = fc
  .tuple(box, box, fc.constantFrom('sure', 'sure', 'sure', 'both', 'perhaps', 'never'))
  .map(([possible, inner, how]) => {
    if (how === 'sure') return { sure: possible, possible };
    if (how === 'both') return { sure: boxIntersect(possible, inner), possible };
    return { sure: undefined, possible: how === 'never' ? undefined : possible };
  });
const steps = (minLength: number, maxLength: number) =>
  fc.array(step, { minLength, maxLength }).map((list) => list.map((one, rule) => ({ ...one, rule })));
/** Short lists are looked through, long ones are indexed. */
const lists = fc.oneof(steps(0, 12), steps(48, 110));

type Spot = readonly [number, number, number, number];
const inside = (one: Box<number> | undefined, [a, b, c, d]: Spot): boolean =>
  one !== undefined &&
  holds(one.source, a) &&
  holds(one.destination, b) &&
  holds(one.sourcePorts, c) &&
  holds(one.destinationPorts, d);
const spots: readonly Spot[] = line.flatMap((a) =>
  line.flatMap((b) => line.flatMap((c) => line.map((d) => [a, b, c, d] as const))),
);
const namedBy = (set: StepSet, length: number): number[] => {
  const found: number[] = [];
  for (let at = nextStep(set, 0, length); at < length; at = nextStep(set, at + 1, length)) found.push(at);
  return found;
};
const big = (one: Box<number>): Box<bigint> => ({
  ...one,
  source: one.source.map(BigInt),
  destination: one.destination.map(BigInt),
});

describe('a walk', () => {
  test('leads each point of the flow to the first step that surely matches it, past those that may', () => {
    fc.assert(
      fc.property(box, lists, (flow, list) => {
        const end = list.length;
        const leaves = walk(flow, readySteps(list));
        for (const spot of spots) {
          const at = leaves.filter((leaf) => inside(leaf.box, spot));
          expect(at.length).toBe(inside(flow, spot) ? 1 : 0);
          const [leaf] = at;
          if (!leaf) continue;
          const first = list.findIndex(({ sure }) => inside(sure, spot));
          expect(leaf.rule).toBe(first < 0 ? undefined : first);
          const met = list.slice(0, first < 0 ? end : first).filter(({ possible }) => inside(possible, spot));
          expect(leaf.pending).toEqual(met.map(({ rule }) => rule));
        }
        const order = leaves.map(({ rule }) => rule ?? end);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
      { numRuns: 120 },
    );
  });
});

describe('a box less a part of it', () => {
  const wide: Box<number> = {
    source: [0, 100],
    destination: [0, 100],
    sourcePorts: [0, 100],
    destinationPorts: [0, 100],
  };
  test('is disjoint boxes that hold the rest, none along an axis that the part takes whole', () => {
    fc.assert(
      fc.property(box, box, (whole, other) => {
        const hit = boxIntersect(whole, other);
        if (!hit) return;
        const rest = boxMinus(whole, hit);
        expect(rest.length).toBeLessThanOrEqual(4);
        for (const spot of spots) {
          const count = rest.filter((one) => inside(one, spot)).length;
          expect(count).toBe(inside(whole, spot) && !inside(hit, spot) ? 1 : 0);
        }
      }),
      { numRuns: 60 },
    );
    expect(boxMinus(wide, wide)).toEqual([]);
  });
  test('is cut first where the part takes the smallest share, so that the bulk stays whole', () => {
    const rest = boxMinus(wide, { ...wide, destinationPorts: [0, 10], source: [0, 50] });
    expect(rest).toEqual([
      { ...wide, destinationPorts: [10, 100] },
      { ...wide, destinationPorts: [0, 10], source: [50, 100] },
    ]);
  });
  test('among shares below 1/64 it is cut where it is in most pieces', () => {
    const cut: Box<number> = { ...wide, source: [0, 1000], destination: [0, 400, 500, 1000], sourcePorts: [0, 1000] };
    const axesOf = (hit: Partial<Box<number>>) =>
      boxMinus(cut, { ...cut, ...hit }).map((one) =>
        one.destination.length > 2 && one.destination[0] !== 0
          ? 'destination'
          : one.source[0] !== 0
            ? 'source'
            : 'destination',
      );
    expect(axesOf({ source: [0, 1], destination: [0, 10] })).toEqual(['destination', 'source']);
    expect(axesOf({ source: [0, 1], destination: [0, 100] })).toEqual(['source', 'destination']);
  });
});

describe('the index of steps', () => {
  const bits = (steps: readonly number[], length: number): StepSet => {
    const set = new Uint32Array((length + 31) >> 5);
    for (const at of steps) set[at >> 5] = (set[at >> 5] ?? 0) | (1 << (at & 31));
    return set;
  };
  test('the next step of a set, and what is in both of two', () => {
    const list = fc.uniqueArray(fc.nat(99), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, fc.nat(101), fc.integer({ min: 1, max: 100 }), (some, others, from, end) => {
        const first = some.filter((at) => at >= from && at < end).toSorted((a, b) => a - b)[0];
        if (from < end) expect(nextStep(bits(some, 100), from, end)).toBe(first ?? end);
        expect(nextStep(undefined, from, end)).toBe(from);
        const both = some.filter((at) => others.includes(at)).toSorted((a, b) => a - b);
        expect(namedBy(inBoth(bits(some, 100), bits(others, 100)), 100)).toEqual(both);
      }),
      { numRuns: 200 },
    );
    expect([
      inBoth(undefined, undefined),
      namedBy(inBoth(bits([3], 9), undefined), 9),
      namedBy(inBoth(undefined, bits([4], 9)), 9),
    ]).toEqual([undefined, [3], [4]]);
    expect(nextStep(bits([3], 9), 9, 9)).toBe(9);
  });

  test.each(['source', 'destination', 'sourcePorts', 'destinationPorts'] as const)(
    'along the %s names just the steps there',
    (axis) => {
      const everywhere: Box<number> = {
        source: [0, 9000],
        destination: [0, 9000],
        sourcePorts: [0, 9000],
        destinationPorts: [0, 9000],
      };
      const at = (low: number): Box<number> => ({ ...everywhere, [axis]: [low * 3, low * 3 + 2] });
      const boxes = Array.from({ length: 90 }, (_, low) => (low === 40 ? undefined : at(low)));
      const index = indexSteps(boxes);
      expect(namedBy(index?.(at(7)), 90)).toEqual([7]);
      expect(namedBy(index?.({ ...everywhere, [axis]: [21, 28, 60, 61] }), 90)).toEqual([7, 8, 9, 20]);
      expect(namedBy(index?.({ ...everywhere, [axis]: [23, 24] }), 90)).toEqual([]);
      expect(namedBy(index?.(at(40)), 90)).toEqual([]);
      // A step that takes most of the axis is named everywhere.
      const most = indexSteps([...boxes, everywhere]);
      expect(namedBy(most?.(at(7)), 91)).toEqual([7, 90]);
      // A box in many pieces is not filtered along this axis.
      expect(index?.(everywhere)).toBeUndefined();
    },
  );

  test('names every step that shares a point with a box, however few bits it may keep, for bigints too', () => {
    fc.assert(
      fc.property(steps(48, 110), box, fc.constantFrom(1, 12, 2 ** 20), (list, asked, most) => {
        const boxes = list.map(({ possible }) => possible);
        const set = indexSteps(boxes, most)?.(asked);
        const named = namedBy(set, list.length);
        for (const [at, one] of boxes.entries()) {
          if (one && boxIntersect(one, asked)) expect(named).toContain(at);
        }
        const wide = indexSteps(
          boxes.map((one) => one && big(one)),
          most,
        )?.(big(asked));
        expect(namedBy(wide, list.length)).toEqual(named);
      }),
      { numRuns: 300 },
    );
  });

  test('spares most of them where boxes are small', () => {
    const at = (low: number): Box<number> => ({
      source: [0, 10_000],
      destination: [low, low + 1],
      sourcePorts: [0, 65536],
      destinationPorts: [0, 65536],
    });
    const index = indexSteps(Array.from({ length: 1000 }, (_, low) => at(low)));
    expect(namedBy(index?.(at(700)), 1000)).toEqual([700]);
  });

  test('a short list has none', () => {
    expect(indexSteps([undefined, undefined])).toBeUndefined();
  });
});
