// Functions about arrays and objects, and those that take texts as well (template-functions-array, -object).
import { isArray, isObject, type Json, type JsonObject, memberKey, memberName } from '../../model/json.ts';
import { memberIgnoringCase } from '../../model/pointer.ts';
import { LimitError, limits, TemplateError } from '../limits.ts';
import {
  holdsOpen,
  isOpen,
  isPartlyKnown,
  joined,
  open,
  textOf,
  wantList,
  wantNumber,
  wantObject,
  wantText,
} from '../values.ts';
import { type FunctionBody, type FunctionTable, strict, tolerant } from './function.ts';
import { equal, sameOrOpen } from './logic.ts';

/** Texts joined, or arrays one after another. */
const concat: FunctionBody = (args, call) => {
  if (!args.some(isArray)) return joined(call.print, args);
  const unknown = args.find(isOpen);
  if (unknown) return open(call.print(), unknown.because);
  return args.flatMap((arg) => (isArray(arg) ? arg : [arg]));
};

const contains: FunctionBody = ([container, wanted = null], call) => {
  if (isArray(container)) {
    const each = container.map((item) => sameOrOpen(item, wanted));
    if (each.includes(true)) return true;
    return each.includes(undefined) ? open(call.print(), 'an element of the array is not known') : false;
  }
  if (isObject(container)) return memberIgnoringCase(container, textOf(wanted)) !== undefined;
  return wantText(container).includes(textOf(wanted));
};

const empty: FunctionBody = ([value], call) => {
  // A text of which a part is known is not empty.
  if (isOpen(value)) return isPartlyKnown(value) ? false : open(call.print(), value.because);
  if (value === null || value === undefined) return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : wantText(value) === '';
};

const length: FunctionBody = ([value]) => {
  if (isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  return wantText(value).length;
};

/** One end of an array or text; of an empty array Azure gives null, of an empty text an empty one. */
const end =
  (at: 0 | -1): FunctionBody =>
  ([value]) => {
    if (isArray(value)) return value.at(at) ?? null;
    return wantText(value).at(at) ?? '';
  };

/** The element at a place counted from the end, from 1. */
const fromEnd =
  (missing: () => Json): FunctionBody =>
  ([list, place]) => {
    const at = wantNumber(place);
    return (at >= 1 ? wantList(list).at(-at) : undefined) ?? missing();
  };

const part =
  (cut: (count: number) => [number, number?]): FunctionBody =>
  ([value, count]) => {
    const range = cut(Math.max(0, wantNumber(count)));
    return isArray(value) ? value.slice(...range) : wantText(value).slice(...range);
  };

const place =
  (from: 'first' | 'last'): FunctionBody =>
  ([container, wanted = null], call) => {
    if (isArray(container)) {
      if (container.some(holdsOpen)) return open(call.print(), 'an element of the array is not known');
      const is = (item: Json) => equal(item, wanted);
      return from === 'first' ? container.findIndex(is) : container.findLastIndex(is);
    }
    const [text, part] = [wantText(container).toLowerCase(), wantText(wanted).toLowerCase()];
    return from === 'first' ? text.indexOf(part) : text.lastIndexOf(part);
  };

/** Members of the later objects win; with `deep`, objects inside are joined as well. A name met before keeps its spelling. */
export function merged(objects: readonly JsonObject[], deep: boolean): JsonObject {
  const keys = new Map<string, string>();
  const values = new Map<string, Json>();
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      const folded = memberName(key).toLowerCase();
      if (!keys.has(folded)) keys.set(folded, key);
      const old = values.get(folded);
      const both = deep && isObject(old) && isObject(value) && !isOpen(old) && !isOpen(value);
      values.set(folded, both ? merged([old, value], true) : value);
    }
  }
  return Object.fromEntries([...keys].map(([folded, key]) => [key, values.get(folded) ?? null]));
}

/** Comparing everything with everything must end. */
const comparable = (a: number, b: number): void => {
  if (a * b > limits.pairs) throw new LimitError('it compares arrays that are too long');
};

const union: FunctionBody = (args, call) => {
  if (args.some(isArray)) {
    const all = args.flatMap(wantList);
    comparable(all.length, all.length);
    const isFirst = all.map((item, index) => {
      const before = all.slice(0, index).map((other) => sameOrOpen(other, item));
      return before.includes(true) ? false : before.includes(undefined) ? undefined : true;
    });
    if (isFirst.includes(undefined)) return open(call.print(), 'an element of the arrays is not known');
    return all.filter((_item, index) => isFirst[index]);
  }
  return merged(args.map(wantObject), true);
};

const intersection: FunctionBody = (args, call) => {
  if (args.some(holdsOpen)) return open(call.print(), 'the compared value is not known');
  const [first, ...others] = args;
  if (isArray(first)) {
    comparable(first.length, Math.max(first.length, ...others.map((other) => wantList(other).length)));
    const shared = first.filter((item) => others.every((other) => wantList(other).some((one) => equal(one, item))));
    return shared.filter((item, index) => shared.findIndex((other) => equal(other, item)) === index);
  }
  return Object.fromEntries(
    Object.entries(wantObject(first)).filter(([key, value]) =>
      others.every((other) => {
        const found = memberIgnoringCase(wantObject(other), memberName(key));
        return found !== undefined && equal(found, value);
      }),
    ),
  );
};

const range: FunctionBody = ([start, count]) => {
  const [from, many] = [wantNumber(start), wantNumber(count)];
  if (many < 0 || many > limits.range) throw new TemplateError(`a range has between 0 and ${limits.range} elements`);
  return Array.from({ length: many }, (_, index) => from + index);
};

const createObject: FunctionBody = (args) => {
  if (args.length % 2 !== 0) throw new TemplateError('a name has no value');
  const names = args.filter((_arg, index) => index % 2 === 0).map(wantText);
  return Object.fromEntries(names.map((name, index) => [memberKey(name), args[index * 2 + 1] ?? null]));
};

const items: FunctionBody = ([object]) =>
  Object.entries(wantObject(object))
    .map(([key, value]) => ({ key: memberName(key), value }))
    .toSorted((a, b) => {
      const [x, y] = [a.key.toLowerCase(), b.key.toLowerCase()];
      return x < y ? -1 : x > y ? 1 : 0;
    });

/** The member or element that a path of names and numbers leads to, null where a step is missing. */
const tryGet: FunctionBody = ([value, ...path], call) => {
  let here: Json = value ?? null;
  for (const step of path) {
    if (isOpen(here)) return open(call.print(), here.because);
    if (isArray(here)) here = here[wantNumber(step)] ?? null;
    else if (isObject(here)) here = memberIgnoringCase(here, wantText(step)) ?? null;
    else return null;
  }
  return here;
};

const flatten: FunctionBody = ([list], call) => {
  const parts = wantList(list);
  const unknown = parts.find(isOpen);
  if (unknown) return open(call.print(), 'an element of the array is not known');
  return parts.flatMap(wantList);
};

export const collectionFunctions: FunctionTable = {
  concat: tolerant(concat),
  contains: strict(contains),
  empty: tolerant(empty),
  length: strict(length),
  first: strict(end(0)),
  last: strict(end(-1)),
  take: strict(part((count) => [0, count])),
  skip: strict(part((count) => [count])),
  indexfromend: strict(
    fromEnd(() => {
      throw new TemplateError('the array has no such element');
    }),
  ),
  tryindexfromend: strict(fromEnd(() => null)),
  indexof: strict(place('first')),
  lastindexof: strict(place('last')),
  union: strict(union),
  intersection: strict(intersection),
  range: strict(range),
  array: strict(([value = null]) => (isArray(value) ? value : [value])),
  createarray: tolerant((args) => [...args]),
  createobject: tolerant((args, call) => {
    const unknown = args.find((arg, index) => index % 2 === 0 && isOpen(arg));
    return isOpen(unknown) ? open(call.print(), unknown.because) : createObject(args, call);
  }),
  items: strict(items),
  objectkeys: strict(([object]) => Object.keys(wantObject(object)).map(memberName)),
  shallowmerge: strict(([list], call) => {
    const unknown = wantList(list).find(isOpen);
    return unknown ? open(call.print(), unknown.because) : merged(wantList(list).map(wantObject), false);
  }),
  distinct: strict(([list], call) => union([list ?? null], call)),
  tryget: tolerant(tryGet),
  flatten: strict(flatten),
};
