// What a rule asks for in a sentence is what a host reads out of it, whatever surrounds it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { needSentence, type PlanNeed, readNeed } from '../../src/model/plan-need.ts';
import { clean } from '../../src/model/text.ts';

const name = fc.constantFrom('subnet', 'way', 'sku', 'externalScoring');
const text = fc.string({ unit: 'binary', maxLength: 40 });
const shown = (value: string) => clean(value, 200);
const says = text.map((value) => clean(value).replaceAll('(', '[').replaceAll(')', ']').trim());
const option = fc.record({ name, value: text.map(shown), says });
const around = fc.constantFrom('', 'The registry acr is Basic. ', 'There is no way back.', '“x” is none of them. ');

describe('a need in a sentence', () => {
  test('one of several is read back with names, values and words', () => {
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 6 }), around, around, (options, before, after) => {
        const need: PlanNeed = { kind: 'choice', options };
        expect(readNeed(`${before}${needSentence(need)} ${after}`)).toEqual(need);
      }),
    );
  });
  test('so is a list of one name', () => {
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 6 }), around, (options, after) => {
        const same = options.map((one) => ({ ...one, name: 'subnet' }));
        const need: PlanNeed = { kind: 'choice', options: same };
        expect(readNeed(`${needSentence(need, 'VNET/NAME')} ${after}`)).toEqual(need);
      }),
    );
  });
  test('so is a text of the operator’s own', () => {
    fc.assert(
      fc.property(name, fc.option(text.map(shown)), around, (given, suggestion, after) => {
        const need: PlanNeed = { kind: 'text', name: given, what: 'VNET/NAME', suggestion };
        expect(readNeed(`${needSentence(need)} ${after}`)).toEqual(need);
      }),
    );
  });
  test('a sentence that asks for nothing is no need', () => {
    for (const sentence of ['', 'Nothing to change.', 'Pass --answer of an operator.', 'Pass --answer x=']) {
      expect(readNeed(sentence)).toBeNull();
    }
  });
});
