// The kinds of private link: what is sent, what the Azure CLI would say, which rights it needs, and what Azure makes of it by
// itself, as previews show it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, editChange, invertChange } from '../../src/model/change.ts';
import { addTo, setMember } from '../../src/model/edit.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { applyChange, applyChanges } from '../../src/plan/simulate.ts';
import { connectionsOf, outboundRulesOf, resourceTypeOf } from '../../src/resource-types/index.ts';
import type { WriteRequest } from '../../src/resource-types/resource-type.ts';
import { resourceOf } from '../plan/worlds.ts';
import { endpointId, group, ids, snapshotOf, withEndpoint, withZone, zoneId } from '../support/snapshot.ts';

const body = (text: string): JsonObject => {
  const value = parseJson(text);
  if (!isObject(value)) throw new Error('not an object');
  return value;
};
const create = (resource: string, text: string): Change => ({ kind: 'create', resource, edits: [], body: body(text) });
const remove = (resource: string, text = '{}'): Change => ({ kind: 'delete', resource, edits: [], body: body(text) });
const sent = (change: Change, current: Resource | null = null): WriteRequest => {
  const request = resourceTypeOf(typeOf(change.resource)).write(change, current);
  if (typeof request === 'string') throw new Error(request);
  return request;
};
const az = (change: Change) => resourceTypeOf(typeOf(change.resource)).az(change);
const needs = (change: Change) =>
  resourceTypeOf(typeOf(change.resource))
    .needs(change)
    .map(({ action, scope }) => `${action} ${scope}`);

const pe = endpointId('pe-new');
const endpoint = create(
  pe,
  `{"location": "westeurope", "properties": {"subnet": {"id": "${ids.pe}"}, "privateLinkServiceConnections": [
    {"name": "pe-new", "properties": {"privateLinkServiceId": "${ids.account}", "groupIds": ["blob"]}}]}}`,
);
const groupOfEndpoint = `${pe}/privateDnsZoneGroups/default`;
const zone = zoneId('privatelink.blob.core.windows.net');
const link = create(
  `${zone}/virtualNetworkLinks/vnet-ml`,
  `{"location": "global", "properties": {"virtualNetwork": {"id": "${ids.vnet}"}, "registrationEnabled": false}}`,
);
const zoneGroup = create(
  groupOfEndpoint,
  `{"properties": {"privateDnsZoneConfigs": [{"name": "blob", "properties": {"privateDnsZoneId": "${zone}"}}]}}`,
);
const rule = create(
  `${ids.workspace}/outboundRules/pe-st-blob`,
  `{"properties": {"type": "PrivateEndpoint", "category": "UserDefined",
    "destination": {"serviceResourceId": "${ids.account}", "subresourceTarget": "blob", "sparkEnabled": false}}}`,
);
const role = create(
  `${pe}/providers/Microsoft.Authorization/roleAssignments/11111111-1111-5111-8111-111111111111`,
  `{"properties": {"roleDefinitionId": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "principalId": "p", "principalType": "ServicePrincipal"}}`,
);

describe('what is sent', () => {
  test('a new resource is requested only where it does not exist by now', () => {
    for (const change of [endpoint, create(zone, '{"location": "global"}'), link, zoneGroup]) {
      expect(sent(change)).toMatchObject({ method: 'PUT', id: change.resource, ifNoneMatch: '*', body: change.body });
    }
    for (const change of [rule, role]) {
      expect(sent(change)).toEqual({
        method: 'PUT',
        id: change.resource,
        body: change.body,
        apiVersion: expect.any(String),
      });
    }
  });

  test('a deleted one is put back without what Azure writes by itself', () => {
    const shown = create(
      pe,
      `{"id": "${pe}", "name": "pe-new", "etag": "W/1", "type": "x", "location": "westeurope", "properties": {
        "provisioningState": "Succeeded", "networkInterfaces": [{"id": "/n"}], "customDnsConfigs": [], "odd": 1.0,
        "subnet": {"id": "${ids.pe}"}, "privateLinkServiceConnections": [{"name": "c", "id": "/c", "etag": "W/1", "type": "y",
          "properties": {"provisioningState": "Succeeded", "privateLinkServiceId": "/t", "groupIds": ["blob"],
            "privateLinkServiceConnectionState": {"status": "Approved"}}}]}}`,
    );
    expect(stringifyJson(sent(shown).body)).toBe(
      `{"location":"westeurope","properties":{"odd":1.0,"subnet":{"id":"${ids.pe}"},"privateLinkServiceConnections":[{"name":"c","properties":{"privateLinkServiceId":"/t","groupIds":["blob"]}}]}}`,
    );
    const kept = create(
      groupOfEndpoint,
      `{"name": "default", "id": "x", "etag": "W/1", "properties": {"provisioningState": "Succeeded", "privateDnsZoneConfigs": [
        {"name": "blob", "properties": {"privateDnsZoneId": "${zone}", "recordSets": [{"recordSetName": "st"}]}}]}}`,
    );
    expect(sent(kept).body).toEqual(zoneGroup.body);
  });

  test('approving sends the state whole, and nothing beside it', () => {
    const id = `${ids.account}/privateEndpointConnections/c`;
    const current = resourceOf({
      id,
      properties: {
        privateEndpoint: { id: pe },
        privateLinkServiceConnectionState: { status: 'Pending', description: 'please', actionRequired: 'None' },
      },
    });
    const state = '/properties/privateLinkServiceConnectionState';
    const change = editChange(id, [setMember(current.body, `${state}/status`, 'Approved')]);
    expect(sent(change, current)).toEqual({
      method: 'PUT',
      id,
      apiVersion: '2025-08-01',
      body: {
        properties: {
          privateLinkServiceConnectionState: { status: 'Approved', description: 'please', actionRequired: 'None' },
        },
      },
    });
    const stray = editChange(id, [setMember(current.body, '/properties/privateEndpoint', null)]);
    const { write } = resourceTypeOf(current.type);
    expect(write(stray, current)).toContain('does not write');
    expect(write({ kind: 'create', resource: id, edits: [], body: {} }, null)).toContain(
      'created by its private endpoint',
    );
  });

  test('a zone is added to a group by writing it whole, at the etag that was read', () => {
    const current = { ...resourceOf({ id: groupOfEndpoint, etag: 'W/"7"', ...(zoneGroup.body ?? {}) }) };
    const more = { name: 'file', properties: { privateDnsZoneId: `${zone}-2` } };
    const key = { member: 'name', fold: true };
    const change = editChange(groupOfEndpoint, [addTo(current.body, '/properties/privateDnsZoneConfigs', more, key)]);
    const request = sent(change, current);
    expect(request.ifMatch).toBe('W/"7"');
    expect(valueAt(request.body ?? {}, '/properties/privateDnsZoneConfigs/1')).toEqual(more);
    expect(resourceTypeOf(current.type).write(change, null)).toContain('only after reading it');
  });

  test('of a managed network only the mode is sent, and its rules never through the workspace', () => {
    const current = resourceOf({
      id: ids.workspace,
      properties: {
        managedNetwork: {
          isolationMode: 'AllowInternetOutbound',
          status: { status: 'Active' },
          outboundRules: { a: {} },
        },
      },
    });
    const at = (pointer: string, value: string) =>
      editChange(ids.workspace, [setMember(current.body, `/properties/managedNetwork${pointer}`, value)]);
    expect(sent(at('/isolationMode', 'AllowOnlyApprovedOutbound'), current).body).toEqual({
      properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } },
    });
    expect(resourceTypeOf(current.type).write(at('/outboundRules/b', 'x'), current)).toContain('one by one');
  });
});

describe('the same by the Azure CLI', () => {
  test.each([
    [
      endpoint,
      `az network private-endpoint create -g rg-ml -n pe-new --location westeurope --subnet ${ids.pe} --private-connection-resource-id ${ids.account} --group-id blob --connection-name pe-new`,
    ],
    [remove(pe), 'az network private-endpoint delete -g rg-ml -n pe-new'],
    [create(zone, '{}'), 'az network private-dns zone create -g rg-ml -n privatelink.blob.core.windows.net'],
    [
      link,
      `az network private-dns link vnet create -g rg-ml -z privatelink.blob.core.windows.net -n vnet-ml -v ${ids.vnet} -e false`,
    ],
    [
      zoneGroup,
      `az network private-endpoint dns-zone-group create -g rg-ml --endpoint-name pe-new -n default --private-dns-zone ${zone} --zone-name blob`,
    ],
    [
      rule,
      `az ml workspace outbound-rule set -w mlw-sim -g rg-ml --rule pe-st-blob --type private_endpoint --service-resource-id ${ids.account} --subresource-target blob`,
    ],
    [remove(rule.resource), 'az ml workspace outbound-rule remove -w mlw-sim -g rg-ml --rule pe-st-blob --yes'],
    [
      role,
      `az role assignment create --name 11111111-1111-5111-8111-111111111111 --assignee-object-id p --assignee-principal-type ServicePrincipal --role Reader --scope ${pe}`,
    ],
  ] as const)('%#', (change, line) => {
    expect(az(change)).toBe(line);
  });
});

describe('the rights a write needs', () => {
  test('an endpoint: to write it, to join its subnet, to be approved at its target', () => {
    expect(needs(endpoint)).toEqual([
      `Microsoft.Network/privateEndpoints/write ${pe}`,
      `Microsoft.Network/virtualNetworks/subnets/join/action ${ids.pe}`,
      `Microsoft.Storage/storageAccounts/privateEndpointConnectionsApproval/action ${ids.account}`,
    ]);
  });
  test('a link joins the network, a zone group the zone, a role is given at its scope', () => {
    expect(needs(link)[1]).toBe(`Microsoft.Network/virtualNetworks/join/action ${ids.vnet}`);
    expect(needs(zoneGroup)[1]).toBe(`Microsoft.Network/privateDnsZones/join/action ${zone}`);
    expect(needs(role)).toEqual([`Microsoft.Authorization/roleAssignments/write ${pe}`]);
  });
});

describe('what Azure makes of it by itself', () => {
  const start = snapshotOf((scene) => withZone(scene, 'privatelink.blob.core.windows.net', []));
  const statuses = (snapshot: typeof start) =>
    connectionsOf(find(snapshot, ids.account)).map((one) =>
      valueAt(one.body, '/properties/privateLinkServiceConnectionState/status'),
    );
  const find = (snapshot: typeof start, id: string): Resource => {
    const found = snapshot.resources.find((one) => one.id.toLowerCase() === id.toLowerCase());
    if (!found) throw new Error(`${id} is not there`);
    return found;
  };
  const named = (snapshot: typeof start) => valueAt(find(snapshot, ids.pe).body, '/properties/privateEndpoints');

  test('an endpoint is seen at its target, in its subnet and in its network, and goes from all of them', () => {
    const made = applyChanges(start, [endpoint, zoneGroup]);
    expect(statuses(made)).toEqual(['Approved']);
    expect(named(made)).toEqual([{ id: pe }]);
    expect(JSON.stringify(find(made, ids.vnet).body)).toContain(pe);
    expect(find(made, connectionsOf(find(made, ids.account))[0]?.id ?? '')).toBeDefined();
    const gone = applyChange(made, invertChange(endpoint));
    expect(statuses(gone)).toEqual([]);
    expect(named(gone)).toEqual([]);
    expect(gone.resources.map(({ id }) => id).filter((id) => id.includes('pe-new'))).toEqual([]);
  });

  test('it waits where the caller may not approve, or asks by hand', () => {
    const may = (actions: readonly string[]) => ({
      ...start,
      permissions: [{ scope: group, actions, notActions: [] }],
    });
    expect(statuses(applyChange(may(['Microsoft.Network/*']), endpoint))).toEqual(['Pending']);
    expect(statuses(applyChange(may(['*']), endpoint))).toEqual(['Approved']);
    const text = stringifyJson(endpoint.body).replace('privateLink', 'manualPrivateLink');
    expect(statuses(applyChange(may(['*']), create(pe, text)))).toEqual(['Pending']);
  });

  test('approved, it shows so at its target and at its endpoint', () => {
    const waits = applyChange(
      start,
      create(pe, stringifyJson(endpoint.body).replace('privateLink', 'manualPrivateLink')),
    );
    const [connection] = connectionsOf(find(waits, ids.account));
    if (!connection) throw new Error('no connection');
    const pointer = '/properties/privateLinkServiceConnectionState/status';
    const after = applyChange(waits, editChange(connection.id, [setMember(connection.body, pointer, 'Approved')]));
    expect(statuses(after)).toEqual(['Approved']);
    expect(valueAt(find(after, pe).body, `/properties/manualPrivateLinkServiceConnections/0${pointer}`)).toBe(
      'Approved',
    );
  });

  test('a zone takes its links along', () => {
    const linked = applyChange(start, link);
    expect(linked.collections.find(({ id }) => id === `${zone}/virtualNetworkLinks`)?.members).toContain(link.resource);
    const gone = applyChange(linked, remove(zone));
    expect(gone.resources.filter(({ id }) => id.startsWith(zone))).toEqual([]);
  });

  test('an outbound rule is in its workspace, in force once the network is', () => {
    const network = (status: string) =>
      snapshotOf((scene) => {
        scene.bodies[ids.workspace].properties.managedNetwork = {
          isolationMode: 'AllowInternetOutbound',
          status: { status },
          outboundRules: {},
        };
      });
    const state = (snapshot: typeof start) =>
      outboundRulesOf(find(snapshot, ids.workspace)).map(({ body: one }) => valueAt(one, '/properties/status'));
    expect(state(applyChange(network('Active'), rule))).toEqual(['Active']);
    const idle = applyChange(network('Inactive'), rule);
    expect(state(idle)).toEqual(['Inactive']);
    const pointer = '/properties/managedNetwork/status/status';
    const built = applyChange(
      idle,
      editChange(ids.workspace, [setMember(find(idle, ids.workspace).body, pointer, 'Active')]),
    );
    expect(state(built)).toEqual(['Active']);
    expect(valueAt(find(built, rule.resource).body, '/properties/status')).toBe('Active');
    expect(state(applyChange(built, invertChange(rule)))).toEqual([]);
  });

  test('whatever is created and undone in reverse leaves the former state, in the normal form', () => {
    const normal = (snapshot: typeof start) =>
      snapshot.resources
        .map(({ id, type, body: one }) => `${id} ${stringifyJson(resourceTypeOf(type).normal(one))}`)
        .toSorted();
    const steps = [link, endpoint, zoneGroup, role];
    fc.assert(
      fc.property(fc.shuffledSubarray(steps), (some) => {
        const changes = some.toSorted((a, b) => steps.indexOf(a) - steps.indexOf(b));
        const back = applyChanges(applyChanges(start, changes), changes.toReversed().map(invertChange));
        expect(normal(back)).toEqual(normal(start));
      }),
    );
  });

  test('endpoints of others stay', () => {
    const other = snapshotOf((scene) => withEndpoint(scene, ids.account, ['blob'], ids.pe));
    const both = applyChange(other, endpoint);
    expect(statuses(both)).toEqual(['Approved', 'Approved']);
    expect(statuses(applyChange(both, invertChange(endpoint)))).toEqual(['Approved']);
  });
});
