// One template as a scope: its parameters with the values given, its variables and functions, evaluated when they are asked for.
import { isArray, isObject, type Json, type JsonObject, memberKey, memberName } from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { clean } from '../model/text.ts';
import type { DeploymentScope } from './ambient.ts';
import { type Budget, TemplateError } from './limits.ts';
import { resolve, unrolled } from './resolve.ts';
import type { Scope, UserFunction } from './scope.ts';
import { open, textOf } from './values.ts';

/** A section of a template, {} where there is none. */
export function section(template: JsonObject, name: string): JsonObject {
  const found = memberIgnoringCase(template, name);
  return isObject(found) ? found : {};
}

/** Values of parameters by name in lower case, each computed when it is first asked for; undefined where none is given. */
export type Given = ReadonlyMap<string, () => Json | undefined>;

export interface ScopeOptions {
  readonly template: JsonObject;
  readonly given: Given;
  readonly place: DeploymentScope;
  readonly budget: Budget;
  readonly symbol: Scope['symbol'];
  readonly outputsOf: Scope['outputsOf'];
  readonly declared: Scope['declared'];
}

export interface Once<T> {
  (name: string): T;
  /** Is its value being computed? */
  isComputing(name: string): boolean;
}

/** Each name's value once; a name that needs itself is an error, not a loop. */
export function once<T>(compute: (name: string) => T): Once<T> {
  const kept = new Map<string, { readonly value: T }>();
  const open = new Set<string>();
  const get = (name: string): T => {
    const folded = name.toLowerCase();
    const known = kept.get(folded);
    if (known) return known.value;
    if (open.has(folded)) throw new TemplateError(`${clean(name, 100)} depends on itself`);
    open.add(folded);
    try {
      const value = compute(name);
      kept.set(folded, { value });
      return value;
    } finally {
      open.delete(folded);
    }
  };
  return Object.assign(get, { isComputing: (name: string) => open.has(name.toLowerCase()) });
}

export function scopeOf(options: ScopeOptions): Scope {
  const { template, given, place, budget } = options;
  const scope: Scope = {
    budget,
    place,
    parameter: once((name) => parameterOf(name, template, given, scope)),
    variable: once((name) => variableOf(name, section(template, 'variables'), scope)),
    userFunction: (namespace, name) => userFunctionOf(template, namespace, name),
    symbol: options.symbol,
    outputsOf: options.outputsOf,
    declared: options.declared,
    loops: new Map(),
    lambdas: new Map(),
    parsed: new Map(),
  };
  return scope;
}

/** A declaration with what the user-defined types say that it refers to (`$ref`, Bicep's types); its own members win. */
export function withType(declared: JsonObject, template: JsonObject): JsonObject {
  let whole = declared;
  for (let hops = 0, at = declared; hops < mostTypes; hops += 1) {
    const name = /^#\/definitions\/(.+)$/.exec(textOf(memberIgnoringCase(at, '$ref') ?? ''))?.[1];
    const type = name === undefined ? undefined : memberIgnoringCase(section(template, 'definitions'), name);
    if (!isObject(type)) break;
    whole = { ...type, ...whole };
    at = type;
  }
  return whole;
}
/** Types that are only other types, one after another. */
const mostTypes = 20;

export const isSecret = (parameter: JsonObject): boolean =>
  /^secure(?:string|object)$/i.test(textOf(memberIgnoringCase(parameter, 'type') ?? ''));

/** A parameter's value: the one given, else its default; secrets stay outside. */
function parameterOf(name: string, template: JsonObject, given: Given, scope: Scope): Json {
  const stated = memberIgnoringCase(section(template, 'parameters'), name);
  const parameter = isObject(stated) ? withType(stated, template) : stated;
  const expression = `parameters('${name}')`;
  const shown = clean(name, 100);
  if (isObject(parameter) && isSecret(parameter)) return open(expression, `the parameter ${shown} is a secret`);
  const value = given.get(name.toLowerCase())?.();
  if (value !== undefined) return value;
  if (!isObject(parameter)) return open(expression, `the template has no parameter ${shown}`);
  const byDefault = memberIgnoringCase(parameter, 'defaultValue');
  if (byDefault === undefined) {
    if (memberIgnoringCase(parameter, 'nullable') === true) return null;
    return open(expression, `the parameter ${shown} has no value`);
  }
  // Every call of newGuid() gives another value: the parameter that holds one is the only name it has.
  if (typeof byDefault === 'string' && /^\[\s*newguid\s*\(\s*\)\s*\]$/i.test(byDefault)) {
    return open(expression, 'only Azure can evaluate newGuid()');
  }
  return resolve(byDefault, scope);
}

/** A variable, or one of those that a `copy` among the variables makes. */
function variableOf(name: string, declared: JsonObject, scope: Scope): Json {
  const stated = memberIgnoringCase(declared, name);
  if (stated !== undefined && name.toLowerCase() !== 'copy') return resolve(stated, scope);
  const loops = memberIgnoringCase(declared, 'copy');
  const loop = (isArray(loops) ? loops : [])
    .filter(isObject)
    .find((one) => textOf(memberIgnoringCase(one, 'name') ?? '').toLowerCase() === name.toLowerCase());
  const made = loop && unrolled([loop], scope)[0];
  if (!made) throw new TemplateError(`the template has no variable ${clean(name, 100)}`);
  return made[1];
}

function userFunctionOf(template: JsonObject, namespace: string, name: string): UserFunction | undefined {
  const groups = memberIgnoringCase(template, 'functions');
  const group = (isArray(groups) ? groups : [])
    .filter(isObject)
    .find((one) => textOf(memberIgnoringCase(one, 'namespace') ?? '').toLowerCase() === namespace.toLowerCase());
  const found = group && memberIgnoringCase(section(group, 'members'), name);
  if (!isObject(found)) return undefined;
  const parameters = memberIgnoringCase(found, 'parameters');
  return {
    parameters: (isArray(parameters) ? parameters : [])
      .filter(isObject)
      .map((parameter) => textOf(memberIgnoringCase(parameter, 'name') ?? '')),
    evaluate: (scope) => resolve(memberIgnoringCase(section(found, 'output'), 'value') ?? null, scope),
  };
}

/** The outputs of a template as `reference(...).outputs` gives them; those it does not make are left out. */
export function outputsIn(template: JsonObject, scope: Scope): JsonObject {
  return Object.fromEntries(
    Object.entries(section(template, 'outputs')).flatMap(([key, output]): [string, Json][] => {
      if (!isObject(output)) return [];
      const condition = resolve(memberIgnoringCase(output, 'condition') ?? true, scope);
      if (condition === false) return [];
      const loop = memberIgnoringCase(output, 'copy');
      const input = isObject(loop) ? memberIgnoringCase(loop, 'input') : undefined;
      const type = memberIgnoringCase(output, 'type') ?? null;
      const secret = /^secure/i.test(textOf(type));
      const shown = `the output ${clean(memberName(key), 100)}`;
      const value =
        isObject(loop) && input !== undefined
          ? unrolled([{ ...loop, name: '', input }], scope)[0]?.[1]
          : resolve(memberIgnoringCase(output, 'value') ?? null, scope);
      return [[memberKey(memberName(key)), { type, value: secret ? open(shown, 'it is a secret') : (value ?? null) }]];
    }),
  );
}
