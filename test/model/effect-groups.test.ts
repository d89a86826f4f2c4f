// Effects as they are read: numbers, what is not automatic first, and the same of many sources or targets in one sentence.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CurrentEffect, effectKinds, isRisky } from '../../src/model/effect.ts';
import { effectGroups, isSaidFirst } from '../../src/model/effect-groups.ts';
import { effectOf, effectSummary } from '../../src/model/effect-words.ts';
import { sampleEffect, sampleFlow } from '../support/effect-samples.ts';

const texts = (effects: readonly CurrentEffect[], most?: number) =>
  effectGroups(effects, most).map(({ automatic, text }) => `${automatic ? '' : '! '}${text}`);
const reset = (subnet: string, service: string, automatic = true) =>
  effectOf(
    '/r',
    { kind: 'interrupts', reason: 'connections-reset', data: { subnet: `/vnets/v/subnets/${subnet}`, service } },
    automatic,
  );

test('sources with the same targets, and targets with the same sources, are one sentence', () => {
  const flows = ['a', 'b', 'c'].flatMap((from) => ['x', 'y'].map((to) => sampleFlow('opens', [from, to], true)));
  expect(texts(flows)).toEqual(['a, b and c to x and y, TCP 443: allowed from now on.']);
  expect(texts([...flows, sampleFlow('opens', ['d', 'x'], true)])).toEqual([
    'a, b, c and d to x, TCP 443: allowed from now on.',
    'a, b and c to y, TCP 443: allowed from now on.',
  ]);
  expect(texts([...flows, sampleFlow('opens', ['d', 'x'], false)])[0]).toBe('! d to x, TCP 443: allowed from now on.');
  expect(texts(flows, 2)).toEqual(['a, b and 1 more to x and y, TCP 443: allowed from now on.']);
  expect(texts([sampleFlow('opens', ['a', 'x'], true), sampleFlow('opens', ['a', 'x'], true, 'TCP 22')])).toEqual([
    'a to x, TCP 443 and TCP 22: allowed from now on.',
  ]);
});

test('sentences of resource types that differ in the name of the resource are one', () => {
  const named = (name: string) =>
    sampleEffect(
      'costs',
      `${name} is billed by the hour.`,
      false,
      `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/natGateways/${name}`,
    );
  expect(texts([named('nat-1'), named('nat-2'), named('nat-3')])).toEqual([
    '! nat-1 is billed by the hour; the same for nat-2 and nat-3.',
  ]);
  expect(texts([sampleEffect('costs', 'A.'), sampleEffect('costs', 'B.')])).toEqual(['! A.', '! B.']);
});

test('what is not automatic is first, then what is interrupted, then the others, each in the order of the kinds', () => {
  const effects = [
    sampleFlow('opens', ['a', 'x'], true),
    reset('s', 'Microsoft.Storage'),
    sampleEffect('costs', 'C.'),
    sampleEffect('cutsOff', 'D.'),
  ];
  expect(effectGroups(effects).map(({ kind }) => kind)).toEqual(['cutsOff', 'costs', 'interrupts', 'opens']);
});

test('numbers', () => {
  expect(effectSummary([])).toBe('opens 0 · cuts off 0 · interrupts 0 · overrides 0 · deletes 0 · costs 0');
  const resets = [reset('s', 'A'), reset('s', 'B'), reset('t', 'A')];
  expect(effectSummary([...resets, sampleEffect('oneWay', 'O.')])).toBe(
    'opens 0 · cuts off 0 · interrupts 2 subnets · overrides 0 · deletes 0 · one-way 1 · costs 0',
  );
  expect(effectSummary([...resets.slice(0, 1), sampleEffect('interrupts', 'It restarts.')])).toContain(
    'interrupts 2 ·',
  );
});

test('of any effects, each is in one sentence with those of its kind, and none that is automatic with one that is not', () => {
  const any = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('opens', 'cutsOff'),
        fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y')),
        fc.boolean(),
      )
      .map(([kind, ends, automatic]) => sampleFlow(kind, ends, automatic)),
    fc
      .tuple(fc.constantFrom(...effectKinds), fc.constantFrom('A.', 'B.'), fc.boolean())
      .map(([kind, says, automatic]) => sampleEffect(kind, says, automatic)),
    fc
      .tuple(fc.constantFrom('s', 't'), fc.constantFrom('A', 'B'), fc.boolean())
      .map(([subnet, service, automatic]) => reset(subnet, service, automatic)),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (effects) => {
      const groups = effectGroups(effects, Number.POSITIVE_INFINITY);
      expect(groups.flatMap((group) => group.effects).toSorted(byKey)).toEqual(effects.toSorted(byKey));
      for (const { kind, automatic, text, effects: own } of groups) {
        expect(own.every((one) => one.kind === kind && one.automatic === automatic)).toBe(true);
        if (own.length === 1) expect(text).toBe(own[0]?.detail);
      }
      const first = groups.map(isSaidFirst);
      expect(first.lastIndexOf(true)).toBeLessThan(first.indexOf(false) === -1 ? groups.length : first.indexOf(false));
      const risky = groups.flatMap((group) => group.effects).map(isRisky);
      expect(risky.toSorted((a, b) => Number(b) - Number(a))).toEqual(risky);
    }),
  );
});

const byKey = (a: CurrentEffect, b: CurrentEffect): number => {
  const [left, right] = [a, b].map((one) => JSON.stringify([one.kind, one.automatic, one.detail, one.resource]));
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
};
