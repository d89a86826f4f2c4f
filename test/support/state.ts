// A simulator's state file in normal form: what an undo must have restored. Volatile members are out, sets are in order.
import { readFileSync } from 'node:fs';
import { isObject, type Json, type JsonObject, parseJson } from '../../src/model/json.ts';
import { member } from '../../src/model/pointer.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';

type Value = null | boolean | number | string | Value[] | { [name: string]: Value };

const volatile = new Set(['etag', 'resourceGuid', 'systemData', 'provisioningState', 'state', 'locations']);

function normal(value: Value, name = ''): Value {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    const keyed = /^(virtualNetworkRules|ipRules|resourceAccessRules|serviceEndpoints)$/.test(name);
    return keyed ? items.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : items;
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !volatile.has(key))
        .map(([key, item]) => [key, key === 'networkAcls' && isOpen(item) ? 'open' : normal(item, key)])
        // What no endpoint leads to shows an empty list or none.
        .filter(([key, item]) => !(key === 'privateEndpointConnections' && Array.isArray(item) && item.length === 0))
        // A vault whose rules were never set comes back with the explicit open object: undo class "equivalent".
        .filter(([key, item]) => !(key === 'networkAcls' && item === 'open')),
    );
  }
  if (name === 'bypass' && typeof value === 'string')
    return value
      .split(',')
      .map((part) => part.trim())
      .toSorted()
      .join();
  return value;
}
const isOpen = (acls: Value | undefined) =>
  typeof acls === 'object' &&
  acls !== null &&
  !Array.isArray(acls) &&
  acls.defaultAction === 'Allow' &&
  acls.bypass === 'AzureServices' &&
  [acls.ipRules, acls.virtualNetworkRules].every((list) => Array.isArray(list) && list.length === 0) &&
  acls.resourceAccessRules === undefined;

/** The resources of a state file, by id, in normal form. */
export function normalState(file: string): Record<string, Value> {
  const state = JSON.parse(readFileSync(file, 'utf8')) as {
    resources: ({ id: string; body?: Value } & { [name: string]: Value })[];
  };
  return Object.fromEntries(
    state.resources
      .map((resource) => [resource.id.toLowerCase(), normal(resource.body ?? resource)])
      .toSorted(([a], [b]) => `${a}`.localeCompare(`${b}`)),
  );
}

/** The resources of a state's text, by id, each in the normal form of its type and with its members in order. */
export function normalBodies(text: string): Record<string, Json> {
  const { resources } = parseJson(text) as unknown as { resources: readonly JsonObject[] };
  const bodies = resources.map((body): [string, Json] => {
    const id = String(member(body, 'id') ?? '');
    if (id === '') throw new Error('a resource has no id');
    return [id.toLowerCase(), inOrder(resourceTypeOf(typeOf(id)).normal(body))];
  });
  return Object.fromEntries(bodies.toSorted(([a], [b]) => a.localeCompare(b)));
}

const inOrder = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(inOrder)
    : isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => a.localeCompare(b))
            .map(([name, item]) => [name, inOrder(item as Json)]),
        )
      : value;
