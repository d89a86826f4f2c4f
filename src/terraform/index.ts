// Plans and states of Terraform as ARM resources. Ids that Azure would give only at the apply are made up, the same for a resource and
// for all that refers to it. Pure.
import type { Json, JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { fold } from '../model/resource-id.ts';
import { isUnresolved } from '../model/unresolved.ts';
import { TerraformBlock } from './block.ts';
import { readTerraform, type TerraformFile, type TerraformInstance } from './file.ts';
import { referencesOf } from './references.ts';
import type { Names, TerraformPart, TerraformResource, TerraformTypes } from './type.ts';
import { azapi } from './types/azapi.ts';
import { computes } from './types/computes.ts';
import { machineLearning } from './types/machine-learning.ts';
import { networks } from './types/network.ts';
import { services } from './types/services.ts';

export { isTerraform, refusalOf } from './file.ts';

/** Every Terraform type that is read. */
export const terraformTypes: TerraformTypes = { ...machineLearning, ...services, ...networks, ...computes, ...azapi };

export interface TerraformResources {
  readonly resources: readonly MappedResource[];
  /** What the file does not hold, each with the id that it is about. */
  readonly notes: readonly { readonly id: string; readonly reason: string }[];
}

export interface MappedResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string | undefined;
  readonly body: JsonObject;
  /** Where it is in the configuration: `module.net.azurerm_subnet.train[0]`. */
  readonly address: string;
  /** The object of the file that it is read from. */
  readonly declared: JsonObject;
}

/** `group`: the id of a resource group for what names none. */
export function resourcesOfTerraform(json: JsonObject, group: string): TerraformResources {
  const file = readTerraform(json);
  const { blocks, names, idOf } = mapping(file, group);
  const made = new Map<string, MappedResource>();
  const notes: { id: string; reason: string }[] = file.missing.map((reason) => ({ id: group, reason }));
  for (const block of blocks) {
    const { instance } = block.context;
    const type = resourceTypeOf(instance);
    const id = type && idOf(instance);
    const arm = type && armOf(type, block);
    if (type === undefined || id === undefined || arm === undefined) continue;
    const resource = {
      ...{
        id,
        type: arm,
        apiVersion: type.apiVersion?.(block),
        address: instance.address,
        declared: instance.declared,
      },
      body: { id, name: id.split('/').at(-1) ?? '', type: arm, ...type.body(block, names) },
    };
    made.set(fold(id), resource);
    for (const child of type.children?.(block) ?? []) {
      const [childId, childType] = [`${id}/${child.type}/${child.name}`, `${arm}/${child.type}`];
      const body = { id: childId, name: child.name, type: childType, ...child.body };
      made.set(fold(childId), { ...resource, id: childId, type: childType, apiVersion: undefined, body });
    }
  }
  for (const block of blocks) {
    const part = partOf(block.context.instance);
    if (part === undefined) continue;
    const onto = part.onto(block, names);
    const target = typeof onto === 'string' ? made.get(fold(onto)) : undefined;
    if (target) made.set(fold(target.id), { ...target, body: part.add(target.body, block, names) });
    else if (onto !== undefined) {
      const id = typeof onto === 'string' ? onto : group;
      notes.push({ id, reason: `${block.context.instance.address} changes a resource that is not in the file.` });
    }
  }
  return { resources: [...made.values()], notes };
}

const typeOf = ({ mode, type }: TerraformInstance) =>
  mode === 'managed' && Object.hasOwn(terraformTypes, type) ? terraformTypes[type] : undefined;

function resourceTypeOf(instance: TerraformInstance): TerraformResource | undefined {
  const type = typeOf(instance);
  return type !== undefined && 'body' in type ? type : undefined;
}

function partOf(instance: TerraformInstance): TerraformPart | undefined {
  const type = typeOf(instance);
  return type !== undefined && 'add' in type ? type : undefined;
}

const armOf = ({ arm }: TerraformResource, block: TerraformBlock): string | undefined =>
  typeof arm === 'string' ? arm : arm(block);

/** The blocks of a file, and the ids of what they make. */
function mapping(file: TerraformFile, group: string) {
  const references = referencesOf(file);
  const known = new Map<TerraformInstance, string | undefined>();
  const blockOf = new Map<TerraformInstance, TerraformBlock>();
  const context = (instance: TerraformInstance) => ({ instance, references, idOf });
  for (const instance of file.instances) {
    const expressions = file.configuration === undefined ? undefined : references.expressionsOf(instance);
    blockOf.set(
      instance,
      new TerraformBlock(instance.values, instance.unknown, instance.sensitive, expressions, context(instance)),
    );
  }
  const subscription = subscriptionIn(file) ?? /^\/subscriptions\/([^/]+)/.exec(group)?.[1] ?? '';

  function idOf(instance: TerraformInstance): string | undefined {
    if (known.has(instance)) return known.get(instance);
    // A circle of parents has no id.
    known.set(instance, undefined);
    const id = idNow(instance);
    known.set(instance, id);
    return id;
  }

  function idNow(instance: TerraformInstance): string | undefined {
    const own = member(instance.values, 'id');
    if (typeof own === 'string' && own.startsWith('/')) return own;
    if (instance.type === 'azurerm_resource_group') {
      return `/subscriptions/${subscription}/resourceGroups/${segment(member(instance.values, 'name'), instance)}`;
    }
    const type = resourceTypeOf(instance);
    const block = blockOf.get(instance);
    const arm = type && block && armOf(type, block);
    if (type === undefined || block === undefined || arm === undefined) return undefined;
    const given = type.name?.(block) ?? member(instance.values, 'name');
    const name = segment(given, instance);
    if (type.parent === undefined) return `${groupOf(block)}/providers/${arm}/${name}`;
    const parent = type.parent(block, names);
    const above = typeof parent === 'string' ? parent : undefined;
    const isTop = arm.split('/').length === 2;
    if (above === undefined) return isTop ? `${groupOf(block)}/providers/${arm}/${name}` : undefined;
    return isTop ? `${above}/providers/${arm}/${name}` : `${above}/${arm.split('/').at(-1)}/${name}`;
  }

  /** The resource group of a block, by name or by what it refers to. */
  function groupOf(block: TerraformBlock): string {
    const name = block.text('resource_group_name');
    const [referred] = block.referred('resource_group_name').filter(({ type }) => type === 'azurerm_resource_group');
    if (referred) return idOf(referred) ?? group;
    return name === undefined ? group : `/subscriptions/${subscription}/resourceGroups/${name}`;
  }

  const blocks = [...blockOf.values()];
  const names: Names = {
    named(block, attribute, type, armType) {
      const [referred, ...others] = block.referred(attribute).filter((one) => one.type === type);
      if (referred && others.length === 0) return idOf(referred);
      const name = block.text(attribute);
      if (name === undefined) return undefined;
      const id = `${groupOf(block)}/providers/${armType}/${name}`;
      const there = file.instances.find((one) => one.type === type && fold(idOf(one) ?? '') === fold(id));
      return (there && idOf(there)) ?? id;
    },
    all: (type) => blocks.filter(({ context: { instance } }) => instance.type === type),
    idOf: (block) => idOf(block.context.instance),
  };
  return { blocks, names, idOf };
}

/** A name as a segment of an id; one that is not known is the address in braces. */
const segment = (name: Json | undefined, { address }: TerraformInstance): string =>
  typeof name === 'string' && name !== '' && !isUnresolved(name)
    ? name.replaceAll('/', '%2F')
    : `{${address.replaceAll('/', '%2F')}}`;

/** The subscription of the first id in the values. */
function subscriptionIn({ instances }: TerraformFile): string | undefined {
  for (const { values } of instances) {
    for (const value of Object.values(values)) {
      const found =
        typeof value === 'string' ? /^\/subscriptions\/([0-9a-f-]{36})(?:\/|$)/i.exec(value)?.[1] : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
