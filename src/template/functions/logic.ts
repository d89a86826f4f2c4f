// Functions about truth and comparison (template-functions-logical, -comparison), those apart that choose what is evaluated.
import { asNumber, isArray, isNumberText, isObject, type Json } from '../../model/json.ts';
import { memberIgnoringCase } from '../../model/pointer.ts';
import { TemplateError } from '../limits.ts';
import { isOpen, mayBe, type Open, open, piecesOf, textOf, wantBoolean, wantText } from '../values.ts';
import { type FunctionBody, type FunctionTable, strict, tolerant } from './function.ts';

/** Deep equality: texts by the letter, names of members whatever their letter case, `1.0` as 1. */
export function equal(a: Json, b: Json): boolean {
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index] ?? null));
  if (isObject(a)) {
    if (!isObject(b) || Object.keys(a).length !== Object.keys(b).length) return false;
    return Object.entries(a).every(([name, value]) => {
      const other = memberIgnoringCase(b, name);
      return other !== undefined && equal(value, other);
    });
  }
  if (typeof a === 'number' || isNumberText(a)) return asNumber(a) === asNumber(b);
  return a === b;
}

/**
 * The same where values are not known: these equal themselves; undefined where they decide. Two calls of what gives another value
 * each time are not the same.
 */
export function sameOrOpen(a: Json, b: Json): boolean | undefined {
  if (isOpen(a)) return isOpen(b) ? sameOpen(a, b) : mayEqual(a, b) ? undefined : false;
  if (isOpen(b)) return mayEqual(b, a) ? undefined : false;
  const [x, y] = [partsOf(a), partsOf(b)];
  if (x === undefined || y === undefined || isArray(a) !== isArray(b)) return equal(a, b);
  if (x.size !== y.size) return false;
  const each = [...x].map(([name, value]) => {
    const other = y.get(name);
    return other === undefined ? false : sameOrOpen(value, other);
  });
  return each.includes(false) ? false : each.includes(undefined) ? undefined : true;
}

function sameOpen(a: Open, b: Open): boolean | undefined {
  if (a.text === b.text) return /\b(?:newguid|utcnow)\(/i.test(a.text) ? undefined : true;
  const [x, y] = [piecesOf(a), piecesOf(b)];
  if (x === undefined || y === undefined) return undefined;
  const begin = [x[0] ?? '', y[0] ?? ''] as const;
  const end = [x.at(-1) ?? '', y.at(-1) ?? ''] as const;
  const fits = ([one, other]: readonly [string, string], is: 'startsWith' | 'endsWith') =>
    one[is](other) || other[is](one);
  return fits(begin, 'startsWith') && fits(end, 'endsWith') ? undefined : false;
}

/** A text of which a part is known is no other value than a text in which that part stands. */
const mayEqual = (value: Open, known: Json): boolean =>
  typeof known === 'string' ? mayBe(value, known) : !(piecesOf(value)?.some((piece) => piece !== '') ?? false);

const partsOf = (value: Json): ReadonlyMap<string, Json> | undefined =>
  isObject(value) || isArray(value)
    ? new Map(Object.entries<Json>(value).map(([name, one]) => [name.toLowerCase(), one]))
    : undefined;

const equals: FunctionBody = ([a = null, b = null], call) =>
  sameOrOpen(a, b) ?? open(call.print(), [a, b].find(isOpen)?.because ?? 'the compared value is not known');

/** -1, 0 or 1; numbers by size, texts by the letter. */
function order(a: Json = null, b: Json = null): number {
  const [x, y] = [asNumber(a), asNumber(b)];
  if (x !== undefined && y !== undefined) return Math.sign(x - y);
  const [s, t] = [wantText(a), wantText(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

const bool: FunctionBody = ([value]) => {
  if (typeof value === 'boolean') return value;
  const number = asNumber(value);
  if (number !== undefined) return number !== 0;
  const text = textOf(value ?? null).toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new TemplateError('the value is neither true nor false');
};

export const logicFunctions: FunctionTable = {
  equals: tolerant(equals),
  less: strict(([a, b]) => order(a, b) < 0),
  lessorequals: strict(([a, b]) => order(a, b) <= 0),
  greater: strict(([a, b]) => order(a, b) > 0),
  greaterorequals: strict(([a, b]) => order(a, b) >= 0),
  not: strict(([value]) => !wantBoolean(value)),
  xor: strict(([a, b]) => wantBoolean(a) !== wantBoolean(b)),
  bool: strict(bool),
  true: strict(() => true),
  false: strict(() => false),
  null: strict(() => null),
};
