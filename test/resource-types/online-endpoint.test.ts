// Online endpoints as a kind: what a row says of one, what it leads to, that nothing is ever written, whatever the body holds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOnService, isReachedPublicly } from '../../src/facts/online-endpoints.ts';
import { editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { onlineEndpointType, onlineEndpointView, rankOfType, resourceTypeOf } from '../../src/resource-types/index.ts';
import { resourceOf } from '../plan/worlds.ts';

const workspace = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/w';
const compute = `${workspace}/computes/k8s`;
const endpoint = (properties: Json, more: JsonObject = {}): Resource =>
  resourceOf({ id: `${workspace}/onlineEndpoints/churn`, ...more, properties });
const kind = resourceTypeOf(onlineEndpointType);
const row = (resource: Resource): string[] => kind.columns.map(({ value }) => value(resource));

describe('an online endpoint', () => {
  test.each<[string, Resource, string[]]>([
    [
      'in public',
      endpoint({ publicNetworkAccess: 'Enabled', provisioningState: 'Succeeded' }, { kind: 'Managed' }),
      ['public', 'Succeeded', 'Managed'],
    ],
    ['in private', endpoint({ publicNetworkAccess: 'disabled' }), ['private', '', 'Managed']],
    ['that says nothing of it', endpoint({ provisioningState: 'updating' }), ['public', 'Updating', 'Managed']],
    ['on a cluster', endpoint({ compute }), ['at its cluster', '', 'K8S']],
    ['of which nobody can tell', endpoint({ publicNetworkAccess: 7, provisioningState: [] }), ['?', '', 'Managed']],
  ])('%s is told so in its row', (_what, resource, expected) => {
    expect(row(resource)).toEqual(expected);
    expect(isReachedPublicly(resource)).toBe(expected[0] === 'public');
    expect(isOnService(resource)).toBe(expected[2] !== 'K8S');
  });

  test('follows the datastores, is requested at a documented version, and leads to its cluster', () => {
    const rank = (name: string) => rankOfType(`Microsoft.MachineLearningServices/workspaces/${name}`);
    expect(rank('onlineEndpoints')).toBe(rank('datastores') + 1);
    expect(kind.apiVersion).toBe('2026-05-01');
    expect(kind.references(endpoint({ compute }).body)).toEqual([compute]);
    expect(kind.references(endpoint({}).body)).toEqual([]);
  });

  test('is written as a whole, and of its settings only the public access', () => {
    const resource = endpoint(
      { publicNetworkAccess: 'Enabled', traffic: { blue: 100 }, scoringUri: 'https://a' },
      { identity: { type: 'UserAssigned', principalId: 'p', userAssignedIdentities: { u: { clientId: 'c' } } } },
    );
    const change = editChange(resource.id, [setMember(resource.body, '/properties/publicNetworkAccess', 'Disabled')]);
    expect(kind.write(change, resource)).toMatchObject({
      method: 'PUT',
      id: resource.id,
      body: {
        identity: { type: 'UserAssigned', userAssignedIdentities: { u: {} } },
        properties: { publicNetworkAccess: 'Disabled', traffic: { blue: 100 } },
      },
    });
    expect(JSON.stringify(kind.write(change, resource))).not.toMatch(/scoringUri|principalId|clientId/);
    expect(kind.needs(change)).toMatchObject([{ action: `${onlineEndpointType}/write`, scope: resource.id }]);
    expect(kind.az(change)).toMatch(/^az ml online-endpoint update .*--set public_network_access=disabled$/);
    const other = editChange(resource.id, [setMember(resource.body, '/properties/authMode', 'AADToken')]);
    expect(kind.write(other, resource)).toMatch(/does not write \/properties\/authMode of an online endpoint/);
    expect(kind.write(change, null)).toMatch(/was not read/);
  });

  test('closing it restricts, opening it relaxes, and on a cluster the setting has no effect', () => {
    const sides = (before: string, after: string, more = {}) => {
      const [was, is] = [before, after].map((publicNetworkAccess) => endpoint({ publicNetworkAccess }, more));
      return kind
        .effects({
          id: was?.id ?? '',
          before: was ?? null,
          after: is ?? null,
          ...{ seen: { resource: () => undefined } as never, isOwn: () => false },
        })
        .map((effect) => effect.kind);
    };
    expect(sides('Enabled', 'Disabled')).toEqual(['restricts']);
    expect(sides('Disabled', 'enabled')).toEqual(['relaxes']);
    expect(sides('enabled', 'Enabled')).toEqual([]);
    expect(sides('Enabled', 'Disabled', { kind: 'K8S' })).toEqual([]);
  });

  test('is the same whatever the service writes by itself, and another once its public access changes', () => {
    const bare = kind.normal(endpoint({ authMode: 'Key' }).body);
    const told = endpoint({
      authMode: 'Key',
      publicNetworkAccess: 'enabled',
      scoringUri: 'https://a',
      provisioningState: 'Failed',
    });
    expect(kind.normal(told.body)).toEqual(bare);
    expect(kind.normal(endpoint({ authMode: 'Key', publicNetworkAccess: 'Disabled' }).body)).not.toEqual(bare);
  });

  test('never makes a view, a row or a reference throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (properties, odd) => {
        const resource = endpoint(properties as Json, { kind: odd as Json });
        expect(row(resource).every((cell) => typeof cell === 'string')).toBe(true);
        expect(kind.references(resource.body).every((id) => typeof id === 'string')).toBe(true);
        expect([undefined, 'Enabled', 'Disabled']).toContain(onlineEndpointView(resource).publicNetworkAccess);
      }),
    );
  });
});
