// Which resource, or which value, an expression of Terraform's configuration refers to. A plan holds no expressions, only the names in
// them, most exact first: `["azurerm_subnet.train.id", "azurerm_subnet.train"]`; versions before 0.14 give the resource alone.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { listIn, objectIn, type TerraformFile, type TerraformInstance } from './file.ts';

export interface Referred {
  /** Resources, each with the attribute that is meant; null where the reference does not say. */
  readonly instances: readonly { readonly instance: TerraformInstance; readonly attribute: string | null }[];
  readonly values: readonly Json[];
  /** Something else takes part in the expression, of which the file says nothing. */
  readonly isOpen: boolean;
}

/** The place of an expression: the modules it is in, and the index of the instance that it belongs to. */
export interface Place {
  readonly path: readonly string[];
  readonly index: string | number | null;
}

export interface References {
  /** The expressions of a resource in the configuration; undefined where the file has no configuration of it. */
  expressionsOf(instance: TerraformInstance): JsonObject | undefined;
  of(expression: Json, place: Place): Referred;
}

const nothing: Referred = { instances: [], values: [], isOpen: false };
const open: Referred = { ...nothing, isOpen: true };
/** Modules that pass a value on to each other; a circle would not be Terraform's. */
const deepest = 40;

export function referencesOf(file: TerraformFile): References {
  const byResource = Map.groupBy(file.instances, ({ path, mode, type, name }) => keyOf(path, mode, type, name));

  function moduleAt(path: readonly string[]): JsonObject | undefined {
    let module = file.configuration;
    for (const step of path)
      module = objectIn(objectIn(objectIn(module, 'module_calls'), withoutIndex(step)), 'module');
    return module;
  }

  function resolve(expression: Json, place: Place, depth: number): Referred {
    if (isArray(expression)) return together(expression.map((one) => resolve(one, place, depth)));
    if (!isObject(expression) || depth > deepest) return open;
    const constant = member(expression, 'constant_value');
    if (constant !== undefined) return { ...nothing, values: [constant] };
    const names = listIn(expression, 'references').filter((name): name is string => typeof name === 'string');
    if (names.length === 0) return open;
    // Each reference is followed by its prefixes, which say nothing more.
    const exact = names.filter((name) => !names.some((other) => other !== name && isPrefix(name, other)));
    const indexed = exact.filter((name) => !isCounter(name));
    return together(indexed.map((name) => resolveName(name, place, depth)));
  }

  function resolveName(name: string, place: Place, depth: number): Referred {
    const [head = '', second = '', ...rest] = stepsOf(name);
    if (head === 'var') return variable(withoutIndex(second), rest, place, depth);
    if (head === 'module') return output(second, rest, place, depth);
    const isData = head === 'data';
    const [type, called, attributes] = isData ? [second, rest[0] ?? '', rest.slice(1)] : [head, second, rest];
    if (!/^[a-z][\w-]*$/i.test(type) || ['local', 'each', 'count', 'path', 'terraform', 'self'].includes(type))
      return open;
    const all = byResource.get(keyOf(place.path, isData ? 'data' : 'managed', type, withoutIndex(called))) ?? [];
    const chosen = choose(all, indexIn(called), place.index);
    if (chosen.length === 0) return open;
    const attribute = attributes[0] === undefined ? null : withoutIndex(attributes[0]);
    return { ...nothing, instances: chosen.map((instance) => ({ instance, attribute })) };
  }

  /** A module's variable is what its caller passes, or its default. */
  function variable(name: string, members: readonly string[], { path }: Place, depth: number): Referred {
    const declared = objectIn(objectIn(moduleAt(path), 'variables'), name);
    const fallback = declared === undefined ? undefined : member(declared, 'default');
    const inside = (value: Json): Referred => {
      const found = members.reduce<Json | undefined>(
        (at, step) => (isObject(at) ? member(at, step) : undefined),
        value,
      );
      return found === undefined ? open : { ...nothing, values: [found] };
    };
    if (path.length === 0) {
      const given = objectIn(file.variables, name);
      const value = given === undefined ? fallback : member(given, 'value');
      return value === undefined ? open : inside(value);
    }
    const above = path.slice(0, -1);
    const call = objectIn(objectIn(moduleAt(above), 'module_calls'), withoutIndex(path.at(-1) ?? ''));
    const passed = objectIn(call, 'expressions');
    const expression = passed === undefined ? undefined : member(passed, name);
    if (expression === undefined) return fallback === undefined ? open : inside(fallback);
    const found = resolve(expression, { path: above, index: indexIn(path.at(-1) ?? '') }, depth + 1);
    // A member of what is passed: only of a plain value can it be told.
    if (members.length === 0) return found;
    return found.instances.length === 0 && !found.isOpen && found.values.length === 1
      ? inside(found.values[0] ?? null)
      : open;
  }

  function output(module: string, [name = '']: readonly string[], { path }: Place, depth: number): Referred {
    const called = objectIn(objectIn(objectIn(moduleAt(path), 'module_calls'), withoutIndex(module)), 'module');
    const expression = objectIn(objectIn(objectIn(called, 'outputs'), withoutIndex(name)), 'expression');
    return expression === undefined ? open : resolve(expression, { path: [...path, module], index: null }, depth + 1);
  }

  return {
    expressionsOf({ path, mode, type, name }) {
      const found = listIn(moduleAt(path), 'resources').find(
        (one) =>
          isObject(one) &&
          member(one, 'type') === type &&
          member(one, 'name') === name &&
          (member(one, 'mode') ?? 'managed') === mode,
      );
      return found === undefined ? undefined : (objectIn(found, 'expressions') ?? {});
    },
    of: (expression, place) => resolve(expression, place, 0),
  };
}

/** Of the instances of a resource: the one that is named; the one with the same index; the only one; else all of them. */
function choose(
  all: readonly TerraformInstance[],
  named: string | number | null,
  own: string | number | null,
): readonly TerraformInstance[] {
  if (named !== null) return all.filter(({ index }) => index === named);
  if (all.length < 2) return all;
  const same = own === null ? [] : all.filter(({ index }) => index === own);
  return same.length > 0 ? same : all;
}

const together = (all: readonly Referred[]): Referred => ({
  instances: all.flatMap(({ instances }) => instances),
  values: all.flatMap(({ values }) => values),
  isOpen: all.some(({ isOpen }) => isOpen),
});

const keyOf = (path: readonly string[], mode: string, type: string, name: string): string =>
  [path.join(' '), mode, type, name].join('|');

/** Which instance is meant is told by the index of the other side. */
const isCounter = (name: string): boolean => /^(?:count\.index|each\.(?:key|value))\b/.test(name);
const isPrefix = (name: string, other: string): boolean => other.startsWith(`${name}.`) || other.startsWith(`${name}[`);

const withoutIndex = (step: string): string => step.replace(/\[.*$/s, '');

/** `train[0]` and `train["a"]`: the index; null without one. */
function indexIn(step: string): string | number | null {
  const from = step.indexOf('[');
  if (from < 0 || !step.endsWith(']')) return null;
  const inside = step.slice(from + 1, -1);
  return /^\d+$/.test(inside) ? Number(inside) : inside.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}

/** The steps of a reference; a dot inside an index separates none. */
function stepsOf(name: string): string[] {
  const index = /\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]/y;
  const last = name.lastIndexOf(']');
  const steps: string[] = [];
  let from = 0;
  const end = (at: number): void => {
    if (at > from) steps.push(name.slice(from, at));
    from = at + 1;
  };
  for (let at = 0; at < name.length; at += 1) {
    index.lastIndex = at;
    // Behind the last bracket nothing closes an index: it is not looked for.
    if (name[at] === '[' && at < last && index.test(name)) at = index.lastIndex - 1;
    else if ('.[]"'.includes(name.charAt(at))) end(at);
  }
  end(name.length);
  return steps;
}
