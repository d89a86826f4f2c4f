// The provider azapi: bodies are ARM's own, so nothing is mapped.
import { isArray, isObject, type Json, JsonError, type JsonObject, parseJson } from '../../model/json.ts';
import { isUnresolved, unresolved } from '../../model/unresolved.ts';
import type { TerraformBlock } from '../block.ts';
import { members, type TerraformPart, type TerraformResource, type TerraformTypes } from '../type.ts';

/** `Microsoft.Storage/storageAccounts@2023-05-01` */
const typeAndVersion = (block: TerraformBlock): readonly (string | undefined)[] =>
  (block.text('type') ?? '').split('@');

/** An object from azapi 2.0 on, a JSON text before. */
function bodyOf(block: TerraformBlock): JsonObject {
  const written = block.raw('body');
  const body = typeof written === 'string' ? parsed(written) : written;
  if (body === undefined || body === null) return {};
  if (isUnresolved(body) || !isObject(body))
    return { properties: unresolved(`${block.context.instance.address}.body`, 'it is known only after the apply') };
  return body;
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

const resource: TerraformResource = {
  arm: (block) => typeAndVersion(block)[0] || undefined,
  apiVersion: (block) => typeAndVersion(block)[1],
  parent: (block) => block.link('parent_id'),
  body: (block) => ({
    ...members({
      location: block.value('location'),
      identity: block.within('identity', (identity) => members({ type: identity.value('type') })),
    }),
    ...bodyOf(block),
  }),
};

const update: TerraformPart = {
  onto: (block) => block.link('resource_id'),
  add: (body, block) => merged(body, bodyOf(block)),
};

/** Objects member by member; anything else is replaced. */
function merged(body: JsonObject, more: JsonObject): JsonObject {
  const entries = Object.entries(more).map(([name, value]): [string, Json] => {
    const before = body[name];
    const both =
      isObject(before) && isObject(value) && !isUnresolved(before) && !isUnresolved(value) && !isArray(value);
    return [name, both ? merged(before, value) : value];
  });
  return { ...body, ...Object.fromEntries(entries) };
}

export const azapi: TerraformTypes = { azapi_resource: resource, azapi_update_resource: update };
