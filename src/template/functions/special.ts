// Functions that see more than the values of their arguments: the choosing ones, which evaluate only what they choose, and those
// that ask the template and its deployment. Also the names of those that only Azure can answer.
import { isArray, isObject, type Json, type JsonObject, memberName } from '../../model/json.ts';
import { member, memberIgnoringCase } from '../../model/pointer.ts';
import { clean } from '../../model/text.ts';
import { deploymentObject, environmentObject, groupObject, subscriptionObject, tenantObject } from '../ambient.ts';
import type { Expression } from '../expression.ts';
import { TemplateError } from '../limits.ts';
import type { Scope } from '../scope.ts';
import {
  holdsOpen,
  isOpen,
  type Open,
  open,
  printValue,
  textOf,
  wantBoolean,
  wantNumber,
  wantText,
} from '../values.ts';
import type { FunctionCall } from './function.ts';
import {
  extensionResourceId,
  managementGroupResourceId,
  resourceId,
  subscriptionResourceId,
  tenantResourceId,
} from './ids.ts';
import { equal } from './logic.ts';

export interface SpecialCall extends FunctionCall {
  readonly name: string;
  readonly args: readonly Expression[];
  readonly scope: Scope;
  evaluate(expression: Expression | undefined, scope?: Scope): Json;
}
export type Special = (call: SpecialCall) => Json;

const all = ({ args, evaluate }: SpecialCall): Json[] => args.map((arg) => evaluate(arg));
const printed = (call: SpecialCall, values: readonly Json[]) => ({
  print: () => `${call.name}(${values.map(printValue).join(', ')})`,
});

/** Only the branch that is chosen is evaluated; both where the condition is open, and one answer where they agree. */
const choose: Special = (call) => {
  const [condition, then, otherwise] = call.args;
  const chosen = call.evaluate(condition);
  if (!isOpen(chosen)) return call.evaluate(wantBoolean(chosen) ? then : otherwise);
  return either(chosen, call.evaluate(then), call.evaluate(otherwise), call);
};

/** One of two values: what they share is known, member by member; a member that one alone has is open. */
function either(chosen: Open, a: Json, b: Json, call: SpecialCall): Json {
  const print = printed(call, [chosen, a, b]).print;
  if (!holdsOpen(a) && !holdsOpen(b) && equal(a, b)) return a;
  if (isOpen(a) && isOpen(b) && a.text === b.text) return a;
  const objects = [a, b].flatMap((one) => (isObject(one) && !isOpen(one) ? [one] : []));
  const [first, second] = objects;
  if (first === undefined || second === undefined) return open(print(), chosen.because);
  const names = new Map(objects.flatMap(Object.keys).map((key) => [memberName(key).toLowerCase(), key]));
  return Object.fromEntries(
    [...names].map(([, key]) => {
      const [x, y] = [memberIgnoringCase(first, memberName(key)), memberIgnoringCase(second, memberName(key))];
      const isBoth = x !== undefined && y !== undefined;
      return [key, isBoth ? either(chosen, x, y, call) : open(print(), chosen.because)];
    }),
  );
}

/** `and`, `or`: one operand may decide whatever the others are. */
const connective =
  (deciding: boolean): Special =>
  (call) => {
    let unknown: Json | undefined;
    for (const arg of call.args) {
      const value = call.evaluate(arg);
      if (isOpen(value)) unknown ??= value;
      else if (wantBoolean(value) === deciding) return deciding;
    }
    return isOpen(unknown) ? open(call.print(), unknown.because) : !deciding;
  };

const coalesce: Special = (call) => {
  for (const arg of call.args) {
    const value = call.evaluate(arg);
    if (isOpen(value)) return open(call.print(), value.because);
    if (value !== null) return value;
  }
  return null;
};

/** The first that Azure does not refuse. */
const attempt: Special = (call) => {
  let last: Json = null;
  for (const arg of call.args) {
    last = call.evaluate(arg);
    if (!isOpen(last) || !last.failed) return last;
  }
  return last;
};

const named =
  (find: (name: string, scope: Scope) => Json): Special =>
  (call) => {
    const name = call.evaluate(call.args[0]);
    return isOpen(name) ? open(call.print(), name.because) : find(wantText(name), call.scope);
  };

/** `copyIndex([loop], [offset])`. */
const copyIndex: Special = (call) => {
  const [first = '', second] = all(call);
  const name = typeof first === 'string' ? first : '';
  const offset = typeof first === 'string' ? (second ?? 0) : first;
  const index = call.scope.loops.get(name.toLowerCase());
  if (index === undefined) throw new TemplateError('there is no such loop here');
  if (isOpen(index)) return index;
  return wantNumber(index) + wantNumber(offset);
};

/**
 * The runtime state of a resource is Azure's, but for the settings that this file declares; of a nested deployment of this file, the
 * outputs are known.
 */
const reference: Special = (call) => {
  const values = all(call);
  const [target, _version, how] = values;
  const text = isOpen(target) ? target.text : textOf(target ?? null);
  const outputs = call.scope.outputsOf(text);
  if (outputs !== undefined) return { outputs };
  const unknown = open(printed(call, values).print(), `only Azure can evaluate ${call.name}()`);
  const body = call.scope.declared(text);
  const isWhole = typeof how === 'string' && how.toLowerCase() === 'full';
  const whole = body && withPartIds(body);
  const declared = whole && !isWhole ? memberIgnoringCase(whole, 'properties') : whole;
  return isObject(declared) && !isOpen(declared) ? { ...unknown, declared } : unknown;
};

/** A resource inside a list of another, as a subnet of a virtual network: Azure gives it the id that its place makes. */
export const isPart = (item: Json): item is JsonObject & { readonly name: Json } =>
  isObject(item) && !isOpen(item) && ['name', 'properties'].every((name) => member(item, name) !== undefined);

/** The body with the ids of such resources, for the lists in which all items are some. */
function withPartIds(body: JsonObject): JsonObject {
  const [id, properties] = [member(body, 'id'), member(body, 'properties')];
  if (typeof id !== 'string' || !isObject(properties) || isOpen(properties)) return body;
  const lists = Object.entries(properties).map(([key, list]): [string, Json] => {
    if (!isArray(list) || !list.every(isPart)) return [key, list];
    return [key, list.map((item) => ({ ...item, id: partId(`${id}/${memberName(key)}`, item.name) }))];
  });
  return { ...body, properties: Object.fromEntries(lists) };
}

function partId(list: string, name: Json): Json {
  if (!isOpen(name)) return `${list}/${textOf(name)}`;
  return { ...name, text: `${list}/${name.text}`, declared: null };
}

const resourceInfo: Special = named((name, scope) => {
  const found = scope.symbol(name);
  if (!found) throw new TemplateError(`there is no resource ${clean(name, 100)}`);
  return { ...found };
});

const onlyAzure: Special = (call) => open(printed(call, all(call)).print(), `only Azure can evaluate ${call.name}()`);

const specials: Readonly<Record<string, Special>> = {
  if: choose,
  and: connective(false),
  or: connective(true),
  coalesce,
  try: attempt,
  parameters: named((name, scope) => scope.parameter(name)),
  variables: named((name, scope) => scope.variable(name)),
  lambdavariables: named((name, scope) => {
    const value = scope.lambdas.get(name.toLowerCase());
    if (value === undefined) throw new TemplateError(`there is no lambda variable ${clean(name, 100)}`);
    return value;
  }),
  copyindex: copyIndex,
  subscription: ({ scope }) => subscriptionObject(scope.place),
  resourcegroup: ({ scope }) => groupObject(scope.place),
  tenant: ({ scope }) => tenantObject(scope.place),
  deployment: ({ scope }) => deploymentObject(scope.place),
  environment: ({ scope }) => environmentObject(scope.place.cloud),
  resourceid: (call) => {
    const values = all(call);
    return resourceId(values, call.scope.place, printed(call, values));
  },
  subscriptionresourceid: (call) => {
    const values = all(call);
    return subscriptionResourceId(values, call.scope.place, printed(call, values));
  },
  tenantresourceid: (call) => {
    const values = all(call);
    return tenantResourceId(values, printed(call, values));
  },
  extensionresourceid: (call) => {
    const values = all(call);
    return extensionResourceId(values, printed(call, values));
  },
  managementgroupresourceid: (call) => {
    const values = all(call);
    return managementGroupResourceId(values, printed(call, values));
  },
  reference,
  resourceinfo: resourceInfo,
  references: onlyAzure,
};

/** Answered by Azure while it deploys, or by rules that are not published (`uniqueString`, `guid`). */
const runtime = new Set([
  'uniquestring',
  'guid',
  'newguid',
  'utcnow',
  'providers',
  'pickzones',
  'tologicalzone',
  'tophysicalzone',
  'tologicalzones',
  'tophysicalzones',
  'managementgroup',
  'deployer',
  'externalinput',
  'roledefinitions',
]);

/** The special function of a name in lower case, or undefined. */
export function specialFunction(name: string): Special | undefined {
  if (Object.hasOwn(specials, name)) return specials[name];
  return runtime.has(name) || name.startsWith('list') ? onlyAzure : undefined;
}
