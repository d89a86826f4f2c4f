// A block of a Terraform resource as the mapping reads it. What the author did not write is not unknown, even though a plan marks it so:
// the configuration tells the two apart.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { isUnresolved, unresolved } from '../model/unresolved.ts';
import { listIn, type TerraformInstance } from './file.ts';
import type { Place, References, Referred } from './references.ts';

export interface TerraformBlockContext {
  readonly instance: TerraformInstance;
  readonly references: References;
  /** The ARM id of an instance; undefined where its type is mapped to none. */
  idOf(instance: TerraformInstance): string | undefined;
}

/** `undefined`: not set. A marker (`model/unresolved.ts`): set, but known only after the apply. */
export type Attribute = Json | undefined;

const afterApply = 'it is known only after the apply';

export class TerraformBlock {
  readonly #values: JsonObject;
  readonly #unknown: Json;
  /** Undefined where the file has no configuration: what is absent is not set, what is marked unknown is. */
  readonly #expressions: JsonObject | undefined;
  readonly #sensitive: Json;
  readonly context: TerraformBlockContext;

  constructor(
    values: JsonObject,
    unknown: Json,
    sensitive: Json,
    expressions: JsonObject | undefined,
    context: TerraformBlockContext,
  ) {
    this.#values = values;
    this.#unknown = unknown;
    this.#sensitive = sensitive;
    this.#expressions = expressions;
    this.context = context;
  }

  get #place(): Place {
    const { path, index } = this.context.instance;
    return { path, index };
  }

  #mask(name: string): Json | undefined {
    return isObject(this.#unknown) ? member(this.#unknown, name) : this.#unknown;
  }

  #expression(name: string): Json | undefined {
    return this.#expressions === undefined ? undefined : member(this.#expressions, name);
  }

  #marker(name: string): JsonObject {
    return unresolved(`${this.context.instance.address}.${name}`, afterApply);
  }

  /** What its expression refers to; undefined where it has none that can be followed. */
  #referred(name: string): Referred | undefined {
    const expression = this.#expression(name);
    return expression === undefined ? undefined : this.context.references.of(expression, this.#place);
  }

  /** The value of an attribute; an empty text counts as not set, as in the providers. */
  value(name: string): Attribute {
    const value = member(this.#values, name);
    if (isObject(this.#sensitive) && member(this.#sensitive, name) === true) {
      return unresolved(`${this.context.instance.address}.${name}`, 'the file marks it as sensitive');
    }
    const mask = this.#mask(name);
    if (mask !== true)
      return value === undefined || value === null || value === ''
        ? undefined
        : masked(value, mask, this.#marker(name));
    if (this.#expressions !== undefined && this.#expression(name) === undefined) return undefined;
    const found = this.#referred(name);
    const [only] = found?.values ?? [];
    const isPlain = found !== undefined && !found.isOpen && found.instances.length === 0 && found.values.length === 1;
    if (isPlain && only !== undefined) return only === null || only === '' ? undefined : only;
    return this.#marker(name);
  }

  /** The value, or the default where none is set. */
  or(name: string, fallback: Json): Json {
    return this.value(name) ?? fallback;
  }

  /** A text that is known. */
  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** A switch as two words of Azure. */
  choice(name: string, fallback: boolean, yes: Json, no: Json): Json {
    const value = this.or(name, fallback);
    return isUnresolved(value) ? value : value === true || value === 'true' ? yes : no;
  }

  /** The blocks of a name; a marker where it is known only after the apply whether there are any. */
  blocks(name: string): readonly TerraformBlock[] | JsonObject {
    const value = member(this.#values, name);
    const mask = this.#mask(name);
    const written = this.#expression(name);
    if (mask === true) {
      if (this.#expressions !== undefined && written === undefined) return [];
      return this.#marker(name);
    }
    const list = isArray(value) ? value : isObject(value) ? [value] : [];
    const masks = isArray(mask) ? mask : list.map(() => mask ?? {});
    const secrets = isObject(this.#sensitive) ? listIn(this.#sensitive, name) : [];
    const expressions = isArray(written) ? written : isObject(written) ? [written] : [];
    return list.flatMap((item, at) => {
      if (!isObject(item)) return [];
      // A dynamic block is written once and stands there several times.
      const one = expressions.length === list.length ? expressions[at] : expressions[0];
      // A list given as one value (`route = [...]`) does not tell which of its members are written.
      const known =
        this.#expressions === undefined || isExpression(written) ? undefined : isObject(one) ? one : undefined;
      return [new TerraformBlock(item, masks[at] ?? {}, secrets[at] ?? {}, known, this.context)];
    });
  }

  /** The first block of a name. */
  block(name: string): TerraformBlock | JsonObject | undefined {
    const all = this.blocks(name);
    return isMarker(all) ? all : all[0];
  }

  /** Members of a block that may be absent or unknown: `of` is asked with the block. */
  within(name: string, of: (block: TerraformBlock) => Json | undefined): Attribute {
    const block = this.block(name);
    return block instanceof TerraformBlock ? of(block) : block;
  }

  /** Each block of a name as JSON. */
  each(name: string, of: (block: TerraformBlock) => Json): Json {
    const all = this.blocks(name);
    return isMarker(all) ? all : all.map(of);
  }

  /** The id that an attribute holds, or that of the resource it refers to. */
  link(name: string): Attribute {
    const value = member(this.#values, name);
    if (typeof value === 'string' && value !== '') return value;
    const mask = this.#mask(name);
    if (mask !== true) return undefined;
    if (this.#expressions !== undefined && this.#expression(name) === undefined) return undefined;
    const { ids, isOpen } = this.#ids(name);
    return ids.length === 1 && !isOpen ? ids[0] : this.#marker(name);
  }

  /** The ids of a list. What the file cannot tell is a marker at its end. */
  links(name: string): Json {
    const value = member(this.#values, name);
    const mask = this.#mask(name);
    if (mask !== true && isArray(value) && !(isArray(mask) && mask.includes(true))) return value;
    if (mask === undefined || mask === false) return [];
    if (mask === true && this.#expressions !== undefined && this.#expression(name) === undefined) return [];
    const known = isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];
    const { ids, isOpen } = this.#ids(name);
    const all = [...new Set([...known, ...ids])];
    // The length is known where only the items are not.
    const isWhole = !isOpen && (!isArray(value) || all.length === value.length);
    return isWhole ? all : [...all, this.#marker(name)];
  }

  #ids(name: string): { readonly ids: readonly string[]; readonly isOpen: boolean } {
    const found = this.#referred(name);
    if (found === undefined) return { ids: [], isOpen: true };
    const ids = found.instances.map(({ instance, attribute }) => {
      const own = attribute === null ? undefined : member(instance.values, attribute);
      if (typeof own === 'string' && own.startsWith('/')) return own;
      return attribute === null || attribute === 'id' ? this.context.idOf(instance) : undefined;
    });
    const texts = found.values
      .flatMap((value) => (isArray(value) ? value : [value]))
      .filter((value) => typeof value === 'string');
    const all = [...ids.filter((id) => id !== undefined), ...texts];
    return { ids: [...new Set(all)], isOpen: found.isOpen || ids.includes(undefined) };
  }

  /** The resources that an attribute refers to. */
  referred(name: string): readonly TerraformInstance[] {
    return this.#referred(name)?.instances.map(({ instance }) => instance) ?? [];
  }

  /** A whole value with markers where it is known only after the apply. */
  raw(name: string): Json | undefined {
    const value = member(this.#values, name);
    const mask = this.#mask(name);
    return mask === true ? this.value(name) : value === undefined ? undefined : masked(value, mask, this.#marker(name));
  }
}

const isExpression = (written: Json | undefined): boolean =>
  isObject(written) && (isArray(member(written, 'references')) || member(written, 'constant_value') !== undefined);

const isMarker = (blocks: readonly TerraformBlock[] | JsonObject): blocks is JsonObject => !Array.isArray(blocks);

/** A value with markers where the mask says that it is unknown. */
function masked(value: Json, mask: Json | undefined, marker: JsonObject): Json {
  if (mask === true) return marker;
  if (isArray(value)) {
    const masks = isArray(mask) ? mask : [];
    return Array.from({ length: Math.max(value.length, masks.length) }, (_, at) =>
      masked(value[at] ?? null, masks[at], marker),
    );
  }
  if (!isObject(value) || !isObject(mask)) return value;
  const names = [...new Set([...Object.keys(value), ...Object.keys(mask).filter((name) => holdsTrue(mask[name]))])];
  return Object.fromEntries(names.map((name) => [name, masked(value[name] ?? null, mask[name], marker)]));
}

const holdsTrue = (mask: Json | undefined): boolean =>
  mask === true || (isArray(mask) && mask.some(holdsTrue)) || (isObject(mask) && Object.values(mask).some(holdsTrue));
