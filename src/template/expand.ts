// A template made resources: those it declares and those of the deployments inside it, each with the body it asks for. Values
// that the file leaves open stand as markers; a plain template error never stops the rest.
import {
  isArray,
  isObject,
  type Json,
  JsonError,
  type JsonObject,
  memberKey,
  memberName,
  parseJson,
  sameJson,
} from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { fold } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { type CloudName, type DeploymentScope, placeOfFile, type StatedPlace } from './ambient.ts';
import { type Instance, instancesOf, placeInside } from './instances.ts';
import { type Budget, LimitError, limits, newBudget } from './limits.ts';
import { resolve } from './resolve.ts';
import type { Scope, Symbolic } from './scope.ts';
import { type Given, once, outputsIn, scopeOf, section } from './template.ts';
import { isOpen, open, textOf } from './values.ts';

export interface Expanded {
  readonly id: string;
  /** As the template spells it. */
  readonly type: string;
  readonly apiVersion: string | undefined;
  readonly body: JsonObject;
  /** The object of the template that declares it, as it was parsed, and the file of that. */
  readonly declared: JsonObject;
  readonly file: string;
}
/** Something that is not known about the whole of a resource or deployment. */
export interface Note {
  readonly id: string;
  /** One sentence. */
  readonly reason: string;
  /** What the deployment makes is not in the file. */
  readonly isElsewhere?: true;
}
export interface Expansion {
  readonly resources: readonly Expanded[];
  readonly notes: readonly Note[];
}

export interface ExpandOptions {
  /** Names the placeholder group: the file's own name. */
  readonly name: string;
  /** `parameters` of parameter files, in the order given: name to `{value}` or `{reference}`. */
  readonly parameters: readonly JsonObject[];
  /** Values given one by one, as texts; they win. */
  readonly values?: Readonly<Record<string, string>>;
  readonly place?: StatedPlace | undefined;
  /** The public one unless said otherwise. */
  readonly cloud?: CloudName | undefined;
  /** The path of the template's file. */
  readonly file?: string;
  /** The template that a link of another file leads to; undefined where it is not at hand. */
  readonly linked?: LinkedTemplates | undefined;
}

/** A link is a path relative to its own file, or an address of which parts may be holes. */
export type LinkedTemplates = (
  link: string,
  from: string,
) => { readonly template: JsonObject; readonly file: string } | undefined;

const deploymentType = 'microsoft.resources/deployments';

/** Throws {@link LimitError}, whose message ends the sentence "the template is not read: ...", and nothing else. */
export function expandTemplate(template: JsonObject, options: ExpandOptions): Expansion {
  const schema = textOf(memberIgnoringCase(template, '$schema') ?? '').toLowerCase();
  const level = schema.includes('subscriptiondeployment')
    ? 'subscription'
    : /tenantdeployment|managementgroupdeployment/.test(schema)
      ? 'tenant'
      : 'group';
  const place = placeOfFile(options.name, level, options.cloud, options.place);
  const given = new Map([
    ...options.parameters.flatMap((parameters) => valuesIn(parameters, (value) => value)),
    ...statedValues(template, options.values ?? {}),
  ]);
  const file = options.file ?? options.name;
  const linked: LinkedTemplates = options.linked ?? (() => undefined);
  const pass = (known: Declarations): Pass => {
    const asks: Asks = { known, missing: new Set() };
    const root = deploy({ template, given, place, budget: newBudget(), outer: undefined, file, linked, asks });
    const found = new Declarations();
    return { made: expansionOf(root, found), found, asks };
  };
  let last = pass(new Declarations());
  // What is declared shows only once names and conditions are decided, and may decide others.
  for (let more = 1; more < mostPasses && last.asks.missing.values().some((one) => last.found.has(one)); more += 1) {
    last = pass(last.found);
  }
  const { made } = last;
  const weights = new WeakMap<object, number>();
  const total = made.resources.reduce((sum, { body }) => sum + weightOf(body, weights), 0);
  if (total > limits.values) throw new LimitError(`it expands to more than ${limits.values} values`);
  return made;
}

/** A reference to a resource whose own settings depend on a reference, and so on. */
const mostPasses = 4;

interface Pass {
  readonly made: Expansion;
  readonly found: Declarations;
  readonly asks: Asks;
}

/** What a pass over the file may read of the one before, and what it looked for in vain. */
interface Asks {
  readonly known: Declarations;
  readonly missing: Set<Asked>;
}
interface Asked {
  /** Where the name is used. */
  readonly template: JsonObject;
  /** An id, or a name or symbol in the template. */
  readonly target: string;
  readonly what: 'body' | 'outputs';
}

/** Computed when it is asked for; null where it is declared twice in different ways. */
type Declared = (() => JsonObject | undefined) | null;

/** Bodies and outputs as a pass over the file has them. */
class Declarations {
  private readonly byId = new Map<string, Declared>();
  private readonly inTemplate = new WeakMap<JsonObject, Map<string, Declared>>();

  add(template: JsonObject, { id, name, symbol, indexed }: Instance, what: Asked['what'], value: Declared): void {
    const local = this.inTemplate.get(template) ?? new Map<string, Declared>();
    this.inTemplate.set(template, local);
    put(this.byId, `${what} ${fold(id)}`, value);
    for (const one of [name, symbol, indexed]) if (one !== undefined) put(local, `${what} ${fold(one)}`, value);
  }

  find({ template, target, what }: Asked): JsonObject | undefined {
    const key = `${what} ${fold(target)}`;
    return (this.byId.get(key) ?? this.inTemplate.get(template)?.get(key))?.();
  }

  has(asked: Asked): boolean {
    return this.find(asked) !== undefined;
  }
}

function put(map: Map<string, Declared>, key: string, value: Declared): void {
  const old = map.get(key);
  const isSame = old === undefined || (old && value && sameJson(old() ?? null, value() ?? null));
  map.set(key, isSame ? value : null);
}

/** How many values a value is when written out, what it shares with others counted each time. */
function weightOf(value: Json, known: WeakMap<object, number>): number {
  if (!isObject(value) && !isArray(value)) return 1;
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  const weight = Object.values<Json>(value).reduce<number>((sum, inside) => sum + weightOf(inside, known), 1);
  known.set(value, weight);
  return weight;
}

/** Parameter values by name in lower case; a reference to a vault's secret is open. */
function valuesIn(parameters: JsonObject, evaluate: (value: Json) => Json): [string, () => Json | undefined][] {
  return Object.entries(parameters).map(([key, stated]) => {
    const name = memberName(key);
    // As a whole an expression: `[if(empty(x), createObject('value', a), createObject('reference', b))]`.
    if (typeof stated === 'string')
      return [name.toLowerCase(), () => givenValue(name, evaluate(stated), (value) => value)];
    return [name.toLowerCase(), () => givenValue(name, stated, evaluate)];
  });
}

function givenValue(name: string, stated: Json, evaluate: (value: Json) => Json): Json | undefined {
  if (isOpen(stated)) return stated;
  if (!isObject(stated)) return undefined;
  const value = memberIgnoringCase(stated, 'value');
  if (value !== undefined) return evaluate(value);
  if (memberIgnoringCase(stated, 'reference') === undefined) return undefined;
  return open(`parameters('${name}')`, 'it is a secret in a key vault');
}

/** A value given as a text: JSON where the parameter is no string. */
const statedValues = (template: JsonObject, values: Readonly<Record<string, string>>): [string, () => Json][] =>
  Object.entries(values).map(([name, text]) => {
    const declared = memberIgnoringCase(section(template, 'parameters'), name);
    const type = isObject(declared) ? textOf(memberIgnoringCase(declared, 'type') ?? '') : '';
    return [name.toLowerCase(), () => (/string$/i.test(type) ? text : jsonOr(text))];
  });
function jsonOr(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return text;
    throw error;
  }
}

interface Deployment {
  readonly template: JsonObject;
  readonly file: string;
  readonly scope: Scope;
  readonly instances: () => readonly Instance[];
  readonly inner: (instance: Instance) => Deployment | undefined;
  readonly outputs: (instance: Instance) => JsonObject | undefined;
}
interface DeployInput {
  readonly template: JsonObject;
  readonly given: Given;
  readonly place: DeploymentScope;
  readonly budget: Budget;
  /** The scope around it, where expressions are evaluated out there (`expressionEvaluationOptions`). */
  readonly outer: Scope | undefined;
  readonly file: string;
  readonly linked: LinkedTemplates;
  readonly asks: Asks;
}

/** A parsed template: nothing is evaluated before it is requested. */
function deploy({ template, given, place, budget, outer, file, linked, asks }: DeployInput): Deployment {
  const isDeployment = ({ type }: Instance) => fold(type) === deploymentType;
  const instances = once((_all) => instancesOf(template, scope, place));
  const inner = once((id) => {
    const found = instances('resources').find((one) => isDeployment(one) && fold(one.id) === id);
    return found && nested(found, { place, budget, file, linked, asks });
  });
  const outputs = once((id): JsonObject | undefined => {
    const found = inner(id);
    return found && outputsIn(found.template, found.scope);
  });
  const recall = (asked: Asked): JsonObject | undefined => {
    const found = asks.known.find(asked);
    if (found === undefined) asks.missing.add(asked);
    return found;
  };
  const scope: Scope =
    outer ??
    scopeOf({
      template,
      given,
      place,
      budget,
      symbol: (name) => {
        const found = instances('resources').find((one) =>
          [one.symbol, one.indexed].some((symbol) => symbol !== undefined && fold(symbol) === fold(name)),
        );
        return found && symbolic(found);
      },
      outputsOf: (target) => {
        const asked: Asked = { template, target, what: 'outputs' };
        // A condition or a name is asked for while the resources of the template are not known yet.
        if (instances.isComputing('resources')) return recall(asked);
        const found = instances('resources').find(
          (one) =>
            isDeployment(one) &&
            [one.id, one.name, one.symbol, one.indexed].some(
              (name) => name !== undefined && fold(name) === fold(target),
            ),
        );
        return found && outputs(fold(found.id));
      },
      declared: (target) => recall({ template, target, what: 'body' }),
    });
  return {
    ...{ template, file, scope, instances: () => instances('resources') },
    ...{ inner: (one) => inner(fold(one.id)), outputs: (one) => outputs(fold(one.id)) },
  };
}

const symbolic = ({ id, name, named, type, json }: Instance): Symbolic => {
  const part = (member: string, text: string) =>
    open(`resourceInfo().${member}`, 'a part of its name is not known', text, named);
  return {
    id: part('id', id),
    name: part('name', name),
    type,
    apiVersion: memberIgnoringCase(json, 'apiVersion') ?? null,
  };
};

/** A deployment inside a template; undefined where its template is elsewhere. */
function nested(
  instance: Instance,
  { place: around, ...rest }: Pick<DeployInput, 'place' | 'budget' | 'file' | 'linked' | 'asks'>,
): Deployment | undefined {
  const { json, scope } = instance;
  const properties = section(json, 'properties');
  const inline = memberIgnoringCase(properties, 'template');
  const found = isObject(inline) ? { template: inline, file: rest.file } : linkedTemplate(properties, scope, rest);
  if (found === undefined) return undefined;
  const place = placeOf(instance, around);
  const evaluated = textOf(memberIgnoringCase(section(properties, 'expressionEvaluationOptions'), 'scope') ?? '');
  if (isObject(inline) && fold(evaluated) !== 'inner') {
    return deploy({ ...rest, ...found, given: new Map(), place, outer: scope });
  }
  const given = new Map(valuesIn(section(properties, 'parameters'), (value) => resolve(value, scope)));
  return deploy({ ...rest, ...found, given, place, outer: undefined });
}

/** What `templateLink` leads to, by its relative path or its address. */
function linkedTemplate(properties: JsonObject, scope: Scope, { file, linked }: Pick<DeployInput, 'file' | 'linked'>) {
  const link = section(properties, 'templateLink');
  for (const name of ['relativePath', 'uri']) {
    const value = resolve(memberIgnoringCase(link, name) ?? null, scope);
    const text = isOpen(value) ? value.text : value;
    const found = typeof text === 'string' && text !== '' ? linked(text, file) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const placeOf = ({ json, scope, name }: Instance, around: DeploymentScope): DeploymentScope => ({
  ...placeInside(json, scope, around),
  deployment: name,
});

interface Part {
  readonly instance: Instance;
  readonly resources: readonly Expanded[];
}

function expansionOf(deployment: Deployment, found: Declarations): Expansion {
  const parts: Part[] = [];
  const notes: Note[] = [];
  for (const instance of deployment.instances()) {
    if (instance.existing) continue;
    if (instance.doubt !== undefined) {
      notes.push({ id: instance.id, reason: `It is not known whether it is deployed: ${clean(instance.doubt, 300)}.` });
    }
    if (fold(instance.type) !== deploymentType) {
      const made = { ...expanded(instance), file: deployment.file };
      found.add(deployment.template, instance, 'body', () => made.body);
      parts.push({ instance, resources: [made] });
      continue;
    }
    const inside = deployment.inner(instance);
    if (!inside) {
      const reason = 'The template of this deployment is not in the file.';
      notes.push({ id: instance.id, reason, isElsewhere: true });
      continue;
    }
    const deeper = instance.scope.budget.deeper(() => expansionOf(inside, found));
    found.add(deployment.template, instance, 'outputs', () => deployment.outputs(instance));
    parts.push({ instance, resources: deeper.resources });
    notes.push(...deeper.notes);
  }
  return { resources: lastOfEach(parts), notes };
}

/** What is written twice, once after the other (`dependsOn`), is as the last writes it. Both stay where neither waits for the other. */
function lastOfEach(parts: readonly Part[]): Expanded[] {
  const writers = new Map<string, Part[]>();
  for (const part of parts) {
    for (const { id } of part.resources) {
      const all = writers.get(fold(id)) ?? [];
      if (!all.includes(part)) all.push(part);
      writers.set(fold(id), all);
    }
  }
  if (writers.values().every(({ length }) => length < 2)) return parts.flatMap(({ resources }) => resources);
  const waitsFor = waiting(parts);
  return parts.flatMap((part) =>
    part.resources.filter(
      ({ id }) => !(writers.get(fold(id)) ?? []).some((other) => waitsFor(other, part) && !waitsFor(part, other)),
    ),
  );
}

/** Does a part wait for another, directly or through others? */
function waiting(parts: readonly Part[]): (part: Part, other: Part) => boolean {
  const direct = new Map(parts.map((part) => [part, dependenciesOf(part, parts)]));
  return (part, other) => {
    const seen = new Set([part]);
    for (const one of seen) {
      for (const next of direct.get(one) ?? []) {
        if (next === other) return true;
        seen.add(next);
      }
    }
    return false;
  };
}

function dependenciesOf({ instance: { json, scope } }: Part, parts: readonly Part[]): Part[] {
  const stated = resolve(memberIgnoringCase(json, 'dependsOn') ?? null, scope);
  const texts = (isArray(stated) ? stated : []).map((one) => fold(isOpen(one) ? one.text : textOf(one)));
  return parts.filter(({ instance: { id, name, symbol } }) =>
    texts.some(
      (text) =>
        text !== '' && ([id, name, symbol ?? ''].some((own) => fold(own) === text) || fold(id).endsWith(`/${text}`)),
    ),
  );
}

const dropped = new Set([
  'dependson',
  'copy',
  'condition',
  'comments',
  'resources',
  'existing',
  'import',
  'scope',
  'metadata',
]);

/** The body as Azure would keep it: what the template says of the resource, under its id. */
function expanded({ id, type, name, json, scope }: Instance): Omit<Expanded, 'file'> {
  const body: [string, Json][] = [
    ['id', id],
    ['name', name],
    ['type', type],
  ];
  for (const [key, value] of Object.entries(json)) {
    const folded = memberName(key).toLowerCase();
    if (dropped.has(folded) || ['id', 'name', 'type', 'apiversion'].includes(folded)) continue;
    body.push([memberKey(memberName(key)), resolve(value, scope)]);
  }
  const version = resolve(memberIgnoringCase(json, 'apiVersion') ?? null, scope);
  return {
    id,
    type,
    apiVersion: typeof version === 'string' ? version : undefined,
    body: Object.fromEntries(body),
    declared: json,
  };
}
