// What a deletion takes from those who name the resource, and from what its identity was let in to.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Change, type CreateChange, deleteChange, editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { isCurrent } from '../../src/model/effect.ts';
import { isArray, isObject, type JsonObject } from '../../src/model/json.ts';
import { updateAt, valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf, parentId, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { effectsIn, irreversibleIn, namesNothing } from '../../src/plan/effects.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { applyChange, applyChanges, resourceIn } from '../../src/plan/simulate.ts';
import { undoClassOf } from '../../src/plan/undo-class.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

const identity = {
  type: 'SystemAssigned, UserAssigned',
  principalId: '77777777-7777-4777-8777-777777777777',
  tenantId: '11111111-1111-4111-8111-111111111111',
  userAssignedIdentities: { '/subscriptions/s/u': { principalId: 'p', clientId: 'c' } },
};

const withIn = (one: Resource, path: readonly string[], value: JsonObject | string | number): Resource => ({
  ...one,
  body: updateAt(one.body, path, () => value) as JsonObject,
});

/** The world `managed` with a cluster that has an identity and builds the images of the workspace. */
const builds = (): Snapshot =>
  worldSnapshot('managed', {
    change: (all) =>
      all.map((one) =>
        nameOf(one.id) === 'cpu-cluster'
          ? withIn(one, ['identity'], identity)
          : fold(one.type).endsWith('/workspaces')
            ? withIn(one, ['properties', 'imageBuildCompute'], 'cpu-cluster')
            : one,
      ),
  });

const named = (snapshot: Snapshot, name: string): Resource => {
  const found = snapshot.resources.find((one) => nameOf(one.id) === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const effectsOf = (change: Change, before: Snapshot) =>
  effectsIn({ change, undo: undoClassOf(change, before), before, isOwn: () => false, named: namesNothing });

describe('a cluster that builds images and has an identity', () => {
  const before = builds();
  const cluster = named(before, 'cpu-cluster');
  const gone = deleteChange(cluster);

  test('its deletion cuts off the workspace that names it, and what its identity was let in to', () => {
    const told = effectsOf(gone, before).filter((one) => one.kind === 'cutsOff');
    expect(told.map(({ detail, automatic }) => [detail, automatic])).toEqual(
      expect.arrayContaining([
        ['workspace mlw-sim names cpu-cluster (imageBuildCompute) and loses it.', false],
        [
          expect.stringMatching(/^The system-assigned identity of .*cpu-cluster is deleted: its role assignments/),
          false,
        ],
        ['Not known: whether jobs, schedules and batch deployments name cpu-cluster: they are not read.', false],
      ]),
    );
  });
  test('its identity does not come back by an undo', () => {
    const undo = undoClassOf(gone, before);
    expect(undo).toBe('partial');
    expect(irreversibleIn([{ change: gone, undo }], before)).toContainEqual(
      expect.stringContaining('another system-assigned identity'),
    );
  });
  test('another name set before says nothing of it', () => {
    const workspace = resourceIn(before, before.workspace ?? '');
    const body = workspace?.body ?? {};
    const set = editChange(before.workspace ?? '', [setMember(body, '/properties/imageBuildCompute', 'other')]);
    expect(effectsOf(gone, applyChange(before, set)).some((one) => isCurrent(one) && one.reason === 'named')).toBe(
      false,
    );
  });
  test('a setting that names nothing is a finding, also where the registry is open', () => {
    const after = applyChange(before, gone);
    const failing = (snapshot: Snapshot) =>
      audit(snapshot, rules, 'all').findings.filter((one) => one.rule === 'acr.image-build-compute');
    expect(failing(after).map(({ outcome }) => outcome)).toEqual(failing(after).map(() => 'fail'));
    expect(failing(after)).not.toEqual([]);
    const unread = {
      ...after,
      collections: after.collections.filter(({ id }) => !id.endsWith('/computes')),
      gaps: [...after.gaps, { id: `${after.workspace}/computes`, reason: 'refused', action: '', status: 403 }],
    };
    expect(failing(unread).map(({ outcome }) => outcome)).toEqual(failing(after).map(() => 'unknown'));
  });
  test('what Azure gives an identity is in no body that is written, and makes no difference', () => {
    const { steps } = buildPlan({
      ...{ snapshot: before, rules, id: 'p' },
      request: {
        ...{ targets: ['compute.no-public-ip'], resource: cluster.id },
        ...{ answers: { delete: 'yes' }, ips: [], profile: 'all' },
      },
    });
    const [made] = steps.flatMap(({ change }) => (change.kind === 'create' ? [change] : []));
    expect(made && valueAt(made.body, '/identity')).toEqual({
      type: identity.type,
      userAssignedIdentities: { '/subscriptions/s/u': {} },
    });
    expect(steps.some(({ advice }) => advice?.includes('Its system-assigned identity is a new one'))).toBe(true);
    const again = resourceTypeOf(cluster.type).write({ ...gone, kind: 'create' }, null);
    expect(JSON.stringify(again)).not.toMatch(/principalId|clientId|7777/);
    const { normal } = resourceTypeOf(cluster.type);
    const other = withIn(cluster, ['identity', 'principalId'], '88888888-8888-4888-8888-888888888888');
    expect(normal(other.body)).toEqual(normal(cluster.body));
  });
});

test('what Azure gives an identity is never written, of any type that is created', () => {
  for (const { id, type, body } of builds().resources) {
    const kind = resourceTypeOf(type);
    const request = kind.write({ kind: 'create', resource: id, edits: [], body: { ...body, identity } }, null);
    if (typeof request === 'string' || !isObject(request.body)) continue;
    expect([id, JSON.stringify(request.body)]).toEqual([id, expect.not.stringContaining(identity.principalId)]);
  }
});

describe('a link of a DNS zone that holds names of others', () => {
  const closed = worldSnapshot('closed-private-endpoint');
  const link = closed.resources.find(
    ({ id, type }) => fold(type).endsWith('/virtualnetworklinks') && id.includes('privatelink.blob.core.windows.net'),
  );
  if (link === undefined) throw new Error('no link');
  const zone = parentId(link.id) ?? '';
  const holding = (records: number | null): Snapshot => ({
    ...closed,
    resources: closed.resources.map((one) =>
      sameId(one.id, zone)
        ? {
            ...one,
            body: updateAt(one.body, ['properties'], (all) =>
              records === null ? {} : { ...(all as JsonObject), numberOfRecordSets: records },
            ) as JsonObject,
          }
        : one,
    ),
  });
  const read = Number(valueAt(resourceIn(closed, zone)?.body ?? {}, '/properties/numberOfRecordSets'));
  const lost = (records: number | null) =>
    effectsOf(deleteChange(link), holding(records))
      .filter((one) => one.kind === 'cutsOff' && (one.reason === 'setting' || one.reason === 'unknown'))
      .map(({ detail }) => detail)
      .filter((detail) => detail.includes('privatelink.blob'));

  test('its deletion says how many names more than those of the services that were read', () => {
    expect(lost(read)).toEqual([]);
    expect(lost(read + 3)).toEqual([expect.stringContaining('no longer resolves 3 names of others')]);
  });
  test('of records that were not counted it says that it is not known', () => {
    expect(lost(null)).toEqual([expect.stringMatching(/^Not known: what other names /)]);
  });
});

describe('a private endpoint of the managed network makes its public name an alias of a private one', () => {
  const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
  const zone = `${group.replace('rg-ml', 'rg-dns')}/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
  const account = (name: string) => `${group}/Microsoft.Storage/storageAccounts/${name}`;
  const approver = 'b556d68e-0be0-4f35-a333-ad7ee1ce17ea';
  const createChange = (of: Pick<CreateChange, 'resource' | 'body'>): CreateChange => ({
    ...{ kind: 'create', edits: [] },
    ...of,
  });
  const given = createChange({
    resource: `${account('stmlsim')}/providers/Microsoft.Authorization/roleAssignments/99999999-9999-4999-8999-999999999999`,
    body: {
      properties: {
        roleDefinitionId: `/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/${approver}`,
        principalId: '55555555-5555-5555-5555-555555555555',
        scope: account('stmlsim'),
      },
    },
  });
  const link = createChange({
    resource: `${zone}/virtualNetworkLinks/vnet-clients`,
    body: {
      location: 'global',
      properties: {
        virtualNetwork: { id: `${group}/Microsoft.Network/virtualNetworks/vnet-clients` },
        registrationEnabled: false,
      },
    },
  });
  const record = createChange({
    resource: `${zone}/A/stmlsim`,
    body: { properties: { ttl: 10, aRecords: [{ ipv4Address: '10.20.1.9' }] } },
  });
  const bare = worldSnapshot('managed');
  const zones = `/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Network/privateDnsZones`;
  const lists = [
    { id: zones, members: [zone] },
    { id: `${zone}/virtualNetworkLinks`, members: [] },
  ];
  const world = { ...bare, collections: [...bare.collections, ...lists] };
  const workspace = world.workspace ?? '';
  const status = '/properties/managedNetwork/status/status';
  const provision = editChange(workspace, [setMember(resourceIn(world, workspace)?.body ?? {}, status, 'Active')]);
  const outbound = (name: string) =>
    createChange({
      resource: `${workspace}/outboundRules/pe-${name}-blob`,
      body: {
        properties: {
          type: 'PrivateEndpoint',
          category: 'UserDefined',
          destination: { serviceResourceId: account(name), subresourceTarget: 'blob', sparkEnabled: false },
        },
      },
    });
  /** Who in the subnet of the machines is cut off from the blobs of an account, and whether that is sure. */
  const cut = (change: Change, before: Snapshot, name = 'stmlsim') =>
    effectsOf(change, before).flatMap((one) =>
      isCurrent(one) &&
      one.kind === 'cutsOff' &&
      one.reason === 'flow' &&
      one.data.from.name.includes('snet-desks') &&
      one.data.to.name.startsWith(name)
        ? [one.data.certain]
        : [],
    );
  const connections = (name: string, snapshot: Snapshot) => {
    const list = valueAt(resourceIn(snapshot, account(name))?.body, '/properties/privateEndpointConnections');
    return (isArray(list) ? list : []).map(
      (one) => valueAt(one, '/properties/privateLinkServiceConnectionState/status') ?? 'not known',
    );
  };

  test('provisioning cuts off a network that is linked to the zone, which has no record', () => {
    const linked = applyChanges(world, [link, given]);
    expect(cut(provision, linked)).toEqual([true]);
    expect(effectsOf(provision, linked).flatMap((one) => (isCurrent(one) ? one.reason : []))).toContain(
      'name-unresolved',
    );
    expect(connections('stmlsim', applyChange(linked, provision))).toEqual(['Approved']);
  });
  test('it is not sure where the identity may not be able to approve the endpoint', () => {
    const linked = applyChange(world, link);
    expect(cut(provision, linked)).toEqual([false]);
    expect(connections('stmlsim', applyChange(linked, provision))).toEqual(['not known']);
  });
  test('it is not sure where the records of the zone were not read, or one is there', () => {
    const unread = {
      ...world,
      resources: world.resources.map((one) =>
        sameId(one.id, zone) ? withIn(one, ['properties', 'numberOfRecordSets'], 9) : one,
      ),
    };
    expect(cut(provision, applyChanges(unread, [link, given]))).toEqual([false]);
    expect(cut(provision, applyChanges(world, [link, given, record]))).toEqual([false]);
  });
  test('a network that is not linked keeps its access, and loses it with the link', () => {
    const apart = applyChange(world, given);
    expect(cut(provision, apart)).toEqual([]);
    expect(cut(link, applyChange(apart, provision))).toEqual([true]);
  });
  test('a link that redirects to public DNS keeps the access', () => {
    const properties = { ...(link.body.properties as JsonObject), resolutionPolicy: 'NxDomainRedirect' };
    const redirects = { ...link, body: { ...link.body, properties } };
    expect(cut(provision, applyChanges(world, [redirects, given]))).toEqual([]);
  });
  test('an outbound rule does it once the network is provisioned, and its deletion undoes it', () => {
    const linked = applyChanges(world, [link, given]);
    const change = outbound('stmldata');
    expect(cut(change, linked, 'stmldata')).toEqual([]);
    expect(connections('stmldata', applyChange(linked, change))).toEqual([]);
    const active = applyChange(linked, provision);
    expect(cut(change, active, 'stmldata')).toEqual([false]);
    const after = applyChange(active, change);
    expect(connections('stmldata', after)).toEqual(['not known']);
    const rule = resourceIn(after, change.resource);
    expect(rule && connections('stmldata', applyChange(after, deleteChange(rule)))).toEqual([]);
  });
  test('a target of which two sub-resources have endpoints shows two connections', () => {
    const both = applyChanges(world, [given, { ...outbound('stmlsim'), resource: `${workspace}/outboundRules/file` }]);
    const file = resourceIn(both, `${workspace}/outboundRules/file`);
    expect(file).toBeDefined();
    const edit = editChange(file?.id ?? '', [
      setMember(file?.body ?? {}, '/properties/destination/subresourceTarget', 'file'),
    ]);
    const after = applyChanges(both, [edit, provision]);
    expect(connections('stmlsim', after)).toEqual(['Approved', 'Approved']);
  });
});
