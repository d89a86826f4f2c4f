// Functions that take a lambda (template-functions-lambda): `map(array, lambda('item', ...))`. An answer of the lambda that is
// open makes the whole open where it decides what comes out.
import { isObject, type Json, memberKey } from '../../model/json.ts';
import type { Expression } from '../expression.ts';
import { TemplateError } from '../limits.ts';
import { withLambda } from '../scope.ts';
import { isOpen, open, wantBoolean, wantList, wantObject, wantText } from '../values.ts';
import type { Special, SpecialCall } from './special.ts';

/** The lambda as a function of its parameters' values; parameters beyond those given stay unbound. */
function lambdaOf(call: SpecialCall, expression: Expression | undefined): (...values: readonly Json[]) => Json {
  const parts = expression?.kind === 'call' && expression.name.toLowerCase() === 'lambda' ? expression.args : [];
  const body = parts.at(-1);
  const names = parts.slice(0, -1).map((name) => {
    if (name.kind !== 'text') throw new TemplateError("a lambda's parameters are texts");
    return name.value;
  });
  if (body === undefined) throw new TemplateError('a lambda is expected');
  return (...values) => {
    const bound = names.flatMap((name, index): [string, Json][] => {
      const value = values[index];
      return value === undefined ? [] : [[name, value]];
    });
    return call.evaluate(body, withLambda(call.scope, bound));
  };
}

/** Thrown inside one function here, so that an open value ends it. */
class Unknown extends Error {
  constructor(readonly because: string) {
    super(because);
  }
}
const known = (value: Json): Json => {
  if (isOpen(value)) throw new Unknown(value.because);
  return value;
};
/** A function whose answer is open as soon as something it depends on is. */
const opening =
  (work: Special): Special =>
  (call) => {
    try {
      return work(call);
    } catch (error) {
      if (error instanceof Unknown) return open(call.print(), error.because);
      throw error;
    }
  };
const listOf = (call: SpecialCall): readonly Json[] => wantList(known(call.evaluate(call.args[0])));

const map: Special = (call) => {
  const each = lambdaOf(call, call.args[1]);
  return listOf(call).map((item, index) => each(item, index));
};

const filter: Special = (call) => {
  const keeps = lambdaOf(call, call.args[1]);
  return listOf(call).filter((item, index) => wantBoolean(known(keeps(item, index))));
};

const reduce: Special = (call) => {
  const step = lambdaOf(call, call.args[2]);
  return listOf(call).reduce<Json>((sum, item, index) => step(sum, item, index), call.evaluate(call.args[1]));
};

/** Merge sort with the lambda as "comes before": it cannot be upset by an order that contradicts itself. */
const sort: Special = (call) => {
  const before = lambdaOf(call, call.args[1]);
  const comes = (a: Json, b: Json) => wantBoolean(known(before(a, b)));
  const sorted = (items: readonly Json[]): readonly Json[] => {
    if (items.length < 2) return items;
    const middle = items.length >> 1;
    const [left, right] = [sorted(items.slice(0, middle)), sorted(items.slice(middle))];
    const out: Json[] = [];
    let [i, j] = [0, 0];
    while (i < left.length && j < right.length) {
      const [a = null, b = null] = [left[i], right[j]];
      if (comes(b, a)) {
        out.push(b);
        j += 1;
      } else {
        out.push(a);
        i += 1;
      }
    }
    return [...out, ...left.slice(i), ...right.slice(j)];
  };
  return sorted(listOf(call));
};

const toObject: Special = (call) => {
  const [key, value] = [lambdaOf(call, call.args[1]), call.args[2] && lambdaOf(call, call.args[2])];
  return Object.fromEntries(
    listOf(call).map((item) => [memberKey(wantText(known(key(item)))), value ? value(item) : item]),
  );
};

const groupBy: Special = (call) => {
  const key = lambdaOf(call, call.args[1]);
  const groups = Map.groupBy(listOf(call), (item) => wantText(known(key(item))));
  return Object.fromEntries([...groups].map(([name, members]) => [memberKey(name), members]));
};

const mapValues: Special = (call) => {
  const each = lambdaOf(call, call.args[1]);
  const object = known(call.evaluate(call.args[0]));
  if (!isObject(object)) throw new TemplateError('an object is expected');
  return Object.fromEntries(Object.entries(wantObject(object)).map(([key, value]) => [key, each(value)]));
};

export const lambdaFunctions: Readonly<Record<string, Special>> = {
  map: opening(map),
  filter: opening(filter),
  reduce: opening(reduce),
  sort: opening(sort),
  toobject: opening(toObject),
  groupby: opening(groupBy),
  mapvalues: opening(mapValues),
};
