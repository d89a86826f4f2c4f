// Route tables and routes: what is sent, what is said in the Azure CLI's words, what a write of one does to the other.
import { describe, expect, test } from 'vitest';
import { type Change, editChange, invertChange } from '../../src/model/change.ts';
import { addTo, removeFrom, setMember } from '../../src/model/edit.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChange, applyChanges } from '../../src/plan/index.ts';
import { resourceTypeOf, routesOf } from '../../src/resource-types/index.ts';
import { resourceOf, worldSnapshot } from '../plan/worlds.ts';

const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/routeTables/rt';
const read = (text: string): Resource => {
  const body = parseJson(text);
  if (!isObject(body)) throw new Error('not an object');
  return resourceOf(body);
};
const table = read(`{"id": "${id}", "name": "rt", "etag": "W/\\"7\\"", "type": "Microsoft.Network/routeTables",
  "location": "westeurope", "tags": {"odd": "1.0"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "g",
    "disableBgpRoutePropagation": true, "unknown": 12345678901234567890, "subnets": [{"id": "/a"}],
    "routes": [{"name": "all", "id": "${id}/routes/all", "etag": "W/\\"7\\"", "type": "Microsoft.Network/routeTables/routes",
      "properties": {"provisioningState": "Succeeded", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
        "nextHopIpAddress": "10.0.9.4", "hasBgpOverride": false, "more": 1.0}}]}}`);
const key = { member: 'name', fold: true };
const pointer = '/properties/routes';
const added = (name: string, addressPrefix: string): JsonObject => ({
  name,
  properties: { addressPrefix, nextHopType: 'Internet' },
});
const [route] = routesOf(table);
if (!route) throw new Error('no route');
const write = (change: Change, current: Resource | null) =>
  resourceTypeOf(current?.type ?? table.type).write(change, current);
const bodyOf = (request: ReturnType<typeof write>): string => {
  if (typeof request === 'string') throw new Error(request);
  return stringifyJson(request.body);
};

describe('a whole table', () => {
  const change = editChange(id, [addTo(table.body, pointer, added('batch', '13.69.65.64/26'), key)]);

  test('goes back with every route, unknown members and numbers as they came, and without what Azure computes', () => {
    const request = write(change, table);
    expect(request).toMatchObject({ method: 'PUT', id, ifMatch: 'W/"7"' });
    expect(bodyOf(request)).toBe(
      '{"location":"westeurope","tags":{"odd":"1.0"},"properties":{"disableBgpRoutePropagation":true,"unknown":12345678901234567890,' +
        '"routes":[{"name":"all","properties":{"addressPrefix":"0.0.0.0/0","nextHopType":"VirtualAppliance","nextHopIpAddress":"10.0.9.4","more":1.0}},' +
        '{"name":"batch","properties":{"addressPrefix":"13.69.65.64/26","nextHopType":"Internet"}}]}}',
    );
  });

  test('is never written unseen, nor anything of it but routes', () => {
    expect(write(change, null)).toContain('not read');
    expect(write(editChange(id, [setMember(table.body, '/tags', {})]), table)).toContain('does not write /tags');
  });

  test('is said route by route', () => {
    const { az } = resourceTypeOf(table.type);
    expect(az(change)).toBe(
      'az network route-table route create -g rg --route-table-name rt -n batch --address-prefix 13.69.65.64/26 --next-hop-type Internet',
    );
    expect(az(invertChange(change))).toBe('az network route-table route delete -g rg --route-table-name rt -n batch');
    const made = { kind: 'create', resource: id, edits: [], body: table.body } as const;
    expect(az(made)).toMatch(/^az network route-table create -g rg -n rt -l westeurope && .* -n all .*10\.0\.9\.4$/);
  });
});

describe('one route', () => {
  test('is sent whole, under the etag of its table', () => {
    const edits = [
      setMember(route.body, '/properties/nextHopIpAddress', undefined),
      setMember(route.body, '/properties/nextHopType', 'Internet'),
    ];
    const request = write(editChange(route.id, edits), route);
    expect(request).toMatchObject({ method: 'PUT', id: `${id}/routes/all`, ifMatch: 'W/"7"' });
    expect(bodyOf(request)).toBe('{"properties":{"addressPrefix":"0.0.0.0/0","nextHopType":"Internet","more":1.0}}');
    expect(resourceTypeOf(route.type).az(editChange(route.id, edits))).toBe(
      'az network route-table route update -g rg --route-table-name rt -n all --next-hop-type Internet --remove nextHopIpAddress',
    );
  });

  test('is created only where none of its name exists, and belongs to the writer of its table', () => {
    const made = { kind: 'create', resource: `${id}/routes/new`, edits: [], body: added('new', '13.0.0.0/8') } as const;
    expect(resourceTypeOf(route.type).write(made, null)).toMatchObject({ ifNoneMatch: '*' });
    expect(resourceTypeOf(route.type).writer(made.resource)).toBe(id);
    expect(resourceTypeOf(route.type).write(editChange(made.resource, []), null)).toContain('not read');
  });
});

describe('a write of one shows in the other', () => {
  const snapshot: Snapshot = { ...worldSnapshot('open'), resources: [table, route] };
  const ids = (of: Snapshot) => of.resources.map((one) => one.id);
  const names = (of: Snapshot) =>
    routesOf(of.resources.find((one) => one.id === id) ?? table).map((one) => one.id.split('/').at(-1));

  test('a new route is in the table, a deleted one is not', () => {
    const made = { kind: 'create', resource: `${id}/routes/new`, edits: [], body: added('new', '13.0.0.0/8') } as const;
    const after = applyChange(snapshot, made);
    expect(names(after)).toEqual(['all', 'new']);
    expect(names(applyChange(after, invertChange(made)))).toEqual(['all']);
  });

  test('a route added to the table is a resource, and one taken out is none', () => {
    const add = editChange(id, [addTo(table.body, pointer, added('new', '13.0.0.0/8'), key)]);
    const after = applyChange(snapshot, add);
    expect(ids(after)).toContain(`${id}/routes/new`);
    const [item] = (table.body.properties as JsonObject).routes as JsonObject[];
    const less = applyChange(snapshot, editChange(id, [removeFrom(table.body, pointer, item ?? null, key)]));
    expect(ids(less)).not.toContain(`${id}/routes/all`);
    expect(ids(applyChanges(after, [{ kind: 'delete', resource: id, edits: [], body: table.body }]))).toEqual([]);
  });
});

test('the spelling of a next hop, the order of routes and what Azure computes do not make another table', () => {
  const { normal } = resourceTypeOf(table.type);
  const other =
    read(`{"id": "${id}", "location": "westeurope", "tags": {"odd": "1.0"}, "name": "rt", "type": "Microsoft.Network/routeTables",
    "properties": {"disableBgpRoutePropagation": true, "unknown": 12345678901234567890, "routes": [{"name": "all",
      "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "virtualappliance", "nextHopIpAddress": "10.0.9.4", "more": 1.0}}]}}`);
  expect(normal(other.body)).toEqual(normal(table.body));
});
