// The resources a template declares, one by one: loops unrolled, conditions decided, children of either spelling with their full
// type and name. Bodies are not evaluated here.
import { isArray, isObject, type Json, type JsonObject, memberName } from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { baseOf, type DeploymentScope, placeOfFile, textIn } from './ambient.ts';
import { countOf, resolve } from './resolve.ts';
import { type Scope, withLoop } from './scope.ts';
import { isOpen, open, textOf } from './values.ts';

export interface Instance {
  /** With `%2F`-escaped unknowns in braces where a name is not known. */
  readonly id: string;
  readonly type: string;
  /** Last segment of the name. */
  readonly name: string;
  /** Type and name are known throughout, or but for the place of the deployment. */
  readonly named: boolean;
  readonly json: JsonObject;
  readonly scope: Scope;
  readonly symbol: string | undefined;
  /** The symbol with the place in its loop: `subnets[0]`. */
  readonly indexed?: string;
  /** Declared to be there already: not made by this template. */
  readonly existing: boolean;
  /** Why it is not known whether the template makes it. */
  readonly doubt: string | undefined;
}

interface Parent {
  readonly type: string;
  readonly name: string;
  readonly named: boolean;
}

/** Every instance, parents before their children. `place`: where the template itself is deployed. */
export function instancesOf(template: JsonObject, scope: Scope, place: DeploymentScope): Instance[] {
  return declared(template).flatMap(([symbol, json]) => instances(json, symbol, scope, place, undefined));
}

/** `resources` as an array, or by symbol (languageVersion 2.0). */
function declared(holder: JsonObject): [string | undefined, JsonObject][] {
  const resources = memberIgnoringCase(holder, 'resources');
  const entries: [string | undefined, Json][] = isArray(resources)
    ? resources.map((json) => [undefined, json])
    : isObject(resources)
      ? Object.entries(resources).map(([key, json]) => [memberName(key), json])
      : [];
  return entries.flatMap(([symbol, json]): [string | undefined, JsonObject][] =>
    isObject(json) ? [[symbol, json]] : [],
  );
}

function instances(
  json: JsonObject,
  symbol: string | undefined,
  scope: Scope,
  place: DeploymentScope,
  parent: Parent | undefined,
): Instance[] {
  const loop = memberIgnoringCase(json, 'copy');
  if (!isObject(loop)) return one(json, symbol, scope, place, parent);
  const name = textOf(memberIgnoringCase(loop, 'name') ?? '');
  const count = countOf(loop, scope);
  if (isOpen(count)) {
    const index = open(`copyIndex('${name}')`, count.because);
    return one(json, symbol, withLoop(scope, ['', name], index), place, parent, `the loop ${name}: ${count.because}`);
  }
  return Array.from({ length: count }, (_, index) => index).flatMap((index) =>
    one(json, symbol, withLoop(scope, ['', name], index), place, parent).map((made) =>
      made.json === json && symbol !== undefined ? { ...made, indexed: `${symbol}[${index}]` } : made,
    ),
  );
}

function one(
  json: JsonObject,
  symbol: string | undefined,
  scope: Scope,
  place: DeploymentScope,
  parent: Parent | undefined,
  loopDoubt?: string,
): Instance[] {
  const condition = resolve(memberIgnoringCase(json, 'condition') ?? true, scope);
  if (condition === false || (typeof condition === 'string' && condition.toLowerCase() === 'false')) return [];
  scope.budget.resource();
  const { type, name, named } = fullName(json, scope, parent);
  const extended = resolve(memberIgnoringCase(json, 'scope') ?? null, scope);
  const own = type.toLowerCase() === 'microsoft.resources/deployments' ? placeInside(json, scope, place) : place;
  const instance: Instance = {
    id: idOf(type, name, extended, own),
    type: type.split('/providers/').at(-1) ?? type,
    name: name.split('/').at(-1) ?? name,
    named,
    json,
    scope,
    symbol,
    existing: resolve(memberIgnoringCase(json, 'existing') ?? false, scope) === true,
    doubt:
      loopDoubt ?? (isOpen(condition) ? `its condition [${condition.$unresolved}]: ${condition.because}` : undefined),
  };
  const children = declared(json).flatMap(([inner, child]) =>
    instances(child, inner, scope, place, { type, name, named }),
  );
  return [instance, ...children];
}

/** Where a nested deployment is: in the resource group or the subscription that it names. */
export function placeInside(json: JsonObject, scope: Scope, around: DeploymentScope): DeploymentScope {
  const asked = (member: string) => {
    const value = memberIgnoringCase(json, member);
    return value === undefined ? undefined : resolve(value, scope);
  };
  const [subscription, group] = [asked('subscriptionId'), asked('resourceGroup')];
  return {
    ...around,
    subscription: subscription ?? around.subscription,
    group: group ?? (subscription === undefined ? around.group : undefined),
  };
}

/** Type and name in full: a child inside its parent may name both in short. */
function fullName(json: JsonObject, scope: Scope, parent: Parent | undefined): Parent {
  const stated = (member: string) => resolve(memberIgnoringCase(json, member) ?? '', scope);
  const [typeValue, nameValue] = [stated('type'), stated('name')];
  const known = [typeValue, nameValue].every((value) => !isOpen(value) || value.ambient);
  // Bicep's extensible types carry their version: `Microsoft.Storage/storageAccounts@2023-05-01`.
  const [type, name] = [textIn(typeValue).replace(/@.*$/, ''), textIn(nameValue)];
  if (!parent) return { type, name, named: known };
  const named = known && parent.named;
  const full = type.toLowerCase().startsWith(`${parent.type.toLowerCase()}/`) ? type : `${parent.type}/${type}`;
  const steps = full.split('/providers/')[0]?.split('/').length ?? 1;
  const whole = name.split('/').length >= steps - 1 && name.toLowerCase().startsWith(`${parent.name.toLowerCase()}/`);
  return { type: full, name: whole ? name : `${parent.name}/${name}`, named };
}

/**
 * The id. `Microsoft.Storage/storageAccounts/providers/locks` with `acct/Microsoft.Authorization/keep` is the old spelling of an
 * extension; a `scope` is the new one.
 */
function idOf(type: string, name: string, extended: Json, place: DeploymentScope): string {
  const [main = '', ...extensions] = type.split('/providers/');
  const names = name.split('/');
  const above = aboveOf(main, extended, place);
  const mainNames = names.slice(0, main.split('/').length - 1);
  let id = `${above}${pathOf(main, extensions.length === 0 ? names : mainNames)}`;
  if (/^microsoft\.resources\/resourcegroups$/i.test(main))
    id = `${baseOf({ ...place, group: undefined })}/resourceGroups/${name}`;
  if (extensions.length === 0) return id;
  const [namespace = '', ...rest] = names.slice(mainNames.length);
  const types = extensions.join('/').split('/');
  return `${id}${pathOf([namespace, ...types].join('/'), rest)}`;
}

/** The id of a resource that a file names by type and name only, in the placeholder group of the file. */
export const placeholderId = (file: string, type: string, name: string): string =>
  idOf(type, name, null, placeOfFile(file));

function aboveOf(type: string, extended: Json, place: DeploymentScope): string {
  const text = isOpen(extended) ? extended.text : extended;
  if (typeof text !== 'string' || text === '') return baseOf(place);
  if (text.startsWith('/')) return text === '/' ? '' : text.replace(/\/$/, '');
  // `Microsoft.Storage/storageAccounts/acct`, relative to the place of the template.
  return /^microsoft\.resources\/deployments$/i.test(type) ? baseOf(place) : `${baseOf(place)}/providers/${text}`;
}

/** `/providers/Namespace/type/name/type/name`; a name that is missing is a hole, one too many goes into the last. */
function pathOf(type: string, names: readonly string[]): string {
  const [namespace = '', ...types] = type.split('/');
  const segments = types.map((segment, index) => {
    const rest = index === types.length - 1 ? names.slice(index).join('%2F') : (names[index] ?? '');
    return `/${segment}/${rest === '' ? '{name}' : rest}`;
  });
  return `/providers/${namespace}${segments.join('')}`;
}
