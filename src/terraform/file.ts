// Terraform's JSON files: a plan or a state (`terraform show -json`), or `terraform.tfstate`. Read into instances: one resource each,
// with its values, what of them is known only after the apply, and its expressions in the configuration.
// Format: developer.hashicorp.com/terraform/internals/json-format, read 2026-11-28.
import { asNumber, isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';

export interface TerraformInstance {
  /** The object of the file that it is read from. */
  readonly declared: JsonObject;
  /** `module.net["a"].azurerm_subnet.train[0]` */
  readonly address: string;
  /** The modules it is in, outermost first, each with its index: `net["a"]`. */
  readonly path: readonly string[];
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  /** The key of `for_each` or the number of `count`; null where it has neither. */
  readonly index: string | number | null;
  readonly values: JsonObject;
  /** The same shape as the values: true where a value is known only after the apply. */
  readonly unknown: Json;
  /** The same shape: true where a value is secret. */
  readonly sensitive: Json;
}

export interface TerraformFile {
  readonly instances: readonly TerraformInstance[];
  /** The module at the root of the configuration; undefined in a state. */
  readonly configuration: JsonObject | undefined;
  /** The values of the root module's variables. */
  readonly variables: JsonObject;
  /** What the file says is missing, a sentence each. */
  readonly missing: readonly string[];
}

/** Formats of another major version have other members. */
const knownFormat = /^[01](?:\.|$)/;
const stateVersion = 4;

/** A plan or a state of Terraform, of any version. */
export function isTerraform(json: Json): json is JsonObject {
  if (!isObject(json)) return false;
  const isShown =
    typeof member(json, 'format_version') === 'string' && typeof member(json, 'terraform_version') === 'string';
  return isShown || isRawState(json);
}

const isRawState = (json: JsonObject): boolean =>
  typeof member(json, 'terraform_version') === 'string' &&
  isArray(member(json, 'resources')) &&
  typeof member(json, 'lineage') === 'string';

/** Why the file cannot be read; null where it can. */
export function refusalOf(json: JsonObject): string | null {
  if (isRawState(json)) {
    const version = asNumber(member(json, 'version'));
    return version === stateVersion ? null : `version ${version ?? 'unknown'} of Terraform's state is not known`;
  }
  const format = String(member(json, 'format_version'));
  if (!knownFormat.test(format)) return `format ${format} of Terraform's JSON is not known`;
  const holds = ['resource_changes', 'planned_values', 'values'].some((name) => member(json, name) !== undefined);
  return holds ? null : 'it contains neither a plan nor a state';
}

export function readTerraform(json: JsonObject): TerraformFile {
  if (isRawState(json)) return { instances: rawInstances(json), configuration: undefined, variables: {}, missing: [] };
  const changes = listIn(json, 'resource_changes').filter(isObject);
  const state = objectIn(json, 'values');
  const prior = objectIn(objectIn(json, 'prior_state'), 'values');
  const planned = changes.length > 0 || isArray(member(json, 'resource_changes'));
  const instances = planned
    ? [
        ...changes.flatMap(changed),
        ...shownIn(objectIn(prior, 'root_module'), []).filter(({ mode }) => mode === 'data'),
      ]
    : shownIn(objectIn(state ?? objectIn(json, 'planned_values'), 'root_module'), []);
  return {
    instances,
    configuration: objectIn(objectIn(json, 'configuration'), 'root_module'),
    variables: objectIn(json, 'variables') ?? {},
    missing: [
      ...(member(json, 'errored') === true ? ['Terraform ended with an error while it made the plan.'] : []),
      ...(member(json, 'complete') === false ? ['Terraform deferred a part of the plan.'] : []),
    ],
  };
}

/** A resource of the plan as it will be; none where it is deleted or forgotten. */
function changed(entry: JsonObject): TerraformInstance[] {
  const change = objectIn(entry, 'change');
  const actions = listIn(change, 'actions');
  const after = objectIn(change, 'after');
  const isGone = actions.length === 1 && ['delete', 'forget'].includes(String(actions[0]));
  if (change === undefined || after === undefined || isGone) return [];
  return instanceOf(entry, after, member(change, 'after_unknown'), member(change, 'after_sensitive'));
}

/** The resources of a module and of those below it, with the values of a state. */
function shownIn(module: JsonObject | undefined, above: readonly TerraformInstance[]): TerraformInstance[] {
  const own = listIn(module, 'resources')
    .filter(isObject)
    .flatMap((entry) =>
      instanceOf(entry, objectIn(entry, 'values') ?? {}, undefined, member(entry, 'sensitive_values')),
    );
  const below = listIn(module, 'child_modules')
    .filter(isObject)
    .flatMap((child) => shownIn(child, []));
  return [...above, ...own, ...below];
}

function instanceOf(
  entry: JsonObject,
  values: JsonObject,
  unknown: Json | undefined,
  sensitive: Json | undefined,
  declared = entry,
): TerraformInstance[] {
  const [address, type, name] = ['address', 'type', 'name'].map((key) => member(entry, key));
  if (typeof address !== 'string' || typeof type !== 'string' || typeof name !== 'string') return [];
  const given = member(entry, 'index');
  return [
    {
      ...{ declared, address, type, name, values, path: modulesOf(address) },
      mode: member(entry, 'mode') === 'data' ? 'data' : 'managed',
      index: typeof given === 'string' ? given : (asNumber(given) ?? null),
      unknown: unknown ?? {},
      sensitive: sensitive ?? {},
    },
  ];
}

/** `terraform.tfstate`: a resource with its instances. */
function rawInstances(json: JsonObject): TerraformInstance[] {
  return listIn(json, 'resources')
    .filter(isObject)
    .flatMap((resource) => {
      const [module, type, name] = ['module', 'type', 'name'].map((key) => String(member(resource, key) ?? ''));
      const prefix = [
        ...(module === '' ? [] : [module]),
        ...(member(resource, 'mode') === 'data' ? ['data'] : []),
        type,
        name,
      ].join('.');
      return listIn(resource, 'instances')
        .filter(isObject)
        .flatMap((one) => {
          const key = member(one, 'index_key');
          const index = key === undefined ? '' : `[${JSON.stringify(typeof key === 'string' ? key : asNumber(key))}]`;
          const entry = {
            address: `${prefix}${index}`,
            type: type ?? '',
            name: name ?? '',
            mode: member(resource, 'mode') ?? 'managed',
          };
          return instanceOf(
            { ...entry, ...(key === undefined ? {} : { index: key }) },
            objectIn(one, 'attributes') ?? {},
            undefined,
            undefined,
            one,
          );
        });
    });
}

/** `module.a["x.y"].module.b[0].azurerm_subnet.c`: `a["x.y"]` and `b[0]`. */
function modulesOf(address: string): string[] {
  const found: string[] = [];
  let rest = address;
  for (let match = moduleAtStart.exec(rest); match !== null; match = moduleAtStart.exec(rest)) {
    found.push(match[1] ?? '');
    rest = rest.slice(match[0].length);
  }
  return found;
}
const moduleAtStart = /^module\.([\w-]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?)(?:\.|$)/;

export const objectIn = (object: Json | undefined, name: string): JsonObject | undefined => {
  const found = isObject(object) ? member(object, name) : undefined;
  return isObject(found) ? found : undefined;
};
export const listIn = (object: Json | undefined, name: string): readonly Json[] => {
  const found = isObject(object) ? member(object, name) : undefined;
  return isArray(found) ? found : [];
};
