import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, editChange } from '../../src/model/change.ts';
import { addTo, applyEdits, type Edit, invertEdit, invertEdits, removeFrom, setMember } from '../../src/model/edit.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { aclsPointer, openAcls, resourceTypeOf } from '../../src/resource-types/index.ts';
import { word } from '../../src/resource-types/parts/shell.ts';
import { resourceOf } from '../plan/worlds.ts';

const group = '/subscriptions/s/resourceGroups/rg';
const subnetId = `${group}/providers/Microsoft.Network/virtualNetworks/v/subnets/sn`;
const resource = (id: string, text: string): Resource => {
  const body = parseJson(text);
  if (!isObject(body)) throw new Error('not an object');
  return resourceOf({ id, ...body });
};
const account = (properties: string) =>
  resource(`${group}/providers/Microsoft.Storage/storageAccounts/st`, `{"properties": ${properties}}`);
const vault = (properties: string) =>
  resource(`${group}/providers/Microsoft.KeyVault/vaults/kv`, `{"properties": ${properties}}`);
const sent = (current: Resource, edits: readonly Edit[]) =>
  resourceTypeOf(current.type).write(editChange(current.id, edits), current);
const bodyOf = (current: Resource, edits: readonly Edit[]): string => {
  const request = sent(current, edits);
  if (typeof request === 'string') throw new Error(request);
  return stringifyJson(request.body);
};
const az = (current: Resource, edits: readonly Edit[]) =>
  resourceTypeOf(current.type).az(editChange(current.id, edits));
const key = (member: string, fold = true) => ({ member, fold });
const acls = (name: string) => `${aclsPointer}/${name}`;

const full = account(`{"networkAcls": {"resourceAccessRules": [{"tenantId": "t", "resourceId": "/w", "odd": 1.0}],
  "bypass": "Logging", "unknown": 12345678901234567890,
  "virtualNetworkRules": [{"id": "/a", "action": "Allow", "state": "Succeeded", "more": {"2024": 1.0}}],
  "ipRules": [], "defaultAction": "Allow"}}`);

describe('storage accounts', () => {
  test('a PATCH carries the whole rule object: unknown members, order and numbers as they came, state left out', () => {
    const request = sent(full, [setMember(full.body, acls('defaultAction'), 'Deny')]);
    expect(request).toMatchObject({ method: 'PATCH', id: full.id, apiVersion: '2025-08-01' });
    expect(bodyOf(full, [setMember(full.body, acls('defaultAction'), 'Deny')])).toBe(
      '{"properties":{"networkAcls":{"resourceAccessRules":[{"tenantId":"t","resourceId":"/w","odd":1.0}],"bypass":"Logging","unknown":12345678901234567890,"virtualNetworkRules":[{"id":"/a","action":"Allow","more":{"2024":1.0}}],"ipRules":[],"defaultAction":"Deny"}}}',
    );
  });

  test('the public switch alone is sent alone', () => {
    expect(bodyOf(full, [setMember(full.body, '/properties/publicNetworkAccess', 'Disabled')])).toBe(
      '{"properties":{"publicNetworkAccess":"Disabled"}}',
    );
  });

  test('a rule object to be taken out goes back to the explicit open one', () => {
    const bare = account('{}');
    const set = setMember(bare.body, aclsPointer, { defaultAction: 'Deny' });
    const closed = { ...bare, body: applyEdits(bare.body, [set]) };
    expect(bodyOf(closed, invertEdits([set]))).toBe(stringifyJson({ properties: { networkAcls: openAcls } }));
  });

  test('what is refused, with a sentence', () => {
    const twin = account('{"NetworkAcls": {"defaultAction": "Allow"}}');
    const cases: [Resource, Edit[], string][] = [
      [twin, [setMember(twin.body, aclsPointer, openAcls)], 'another letter case'],
      [full, [setMember(full.body, '/properties/isHnsEnabled', true)], 'does not write'],
    ];
    for (const [current, edits, part] of cases) expect(sent(current, edits)).toContain(part);
    expect(resourceTypeOf(full.type).write(editChange(full.id, []), null)).toContain('not read');
    expect(resourceTypeOf(full.type).write({ kind: 'delete', resource: full.id, edits: [], body: {} }, full)).toContain(
      'does not create or delete',
    );
  });

  test('the Azure CLI says the same', () => {
    const edits = (build: (body: JsonObject) => Edit[]) => az(full, build(full.body));
    const ip = acls('ipRules');
    const value = (text: string) => ({ value: text, action: 'Allow' });
    expect(edits((body) => [addTo(body, ip, value('203.0.113.7'), key('value', false))])).toBe(
      'az storage account network-rule add -g rg --account-name st --ip-address 203.0.113.7',
    );
    expect(edits((body) => [addTo(body, acls('virtualNetworkRules'), { id: subnetId }, key('id'))])).toBe(
      `az storage account network-rule add -g rg --account-name st --subnet ${subnetId}`,
    );
    const [rule] = (valueAt(full.body, acls('resourceAccessRules')) as JsonObject[]) ?? [];
    expect(edits((body) => [removeFrom(body, acls('resourceAccessRules'), rule ?? null, key('resourceId'))])).toBe(
      'az storage account network-rule remove -g rg --account-name st --resource-id /w --tenant-id t',
    );
    expect(
      edits((body) => [
        setMember(body, acls('bypass'), 'Logging, Metrics, AzureServices'),
        setMember(body, acls('defaultAction'), 'Deny'),
      ]),
    ).toBe('az storage account update -g rg -n st --bypass AzureServices Logging Metrics --default-action Deny');
  });

  test('several entries are taken out in one write, before others come in', () => {
    const rules = account(
      '{"networkAcls": {"ipRules": [{"value": "198.51.100.6/31"}, {"value": "8.8.8.8"}, {"value": "10.0.0.1"}]}}',
    );
    const ip = acls('ipRules');
    const first = removeFrom(rules.body, ip, { value: '198.51.100.6/31' }, key('value', false));
    const fewer = applyEdits(rules.body, [first]);
    const more = addTo(fewer, ip, { value: '198.51.100.6', action: 'Allow' }, key('value', false));
    const second = removeFrom(fewer, ip, { value: '10.0.0.1' }, key('value', false));
    expect(az(rules, [first, more, second]).split(' && ')).toEqual([
      'az storage account update -g rg -n st --remove networkRuleSet.ipRules 0 --remove networkRuleSet.ipRules 1',
      'az storage account network-rule add -g rg --account-name st --ip-address 198.51.100.6',
    ]);
  });

  test('what the service would not restore is reported; what it would, is not', () => {
    const puts = (list: string, after: JsonObject): Edit => ({ op: 'add', pointer: acls(list), after, key: key('id') });
    const { refuses } = resourceTypeOf(full.type);
    expect(refuses?.(puts('virtualNetworkRules', { id: '/a', state: 'NetworkSourceDeleted' }))).toContain(
      'had no effect',
    );
    expect(refuses?.(puts('virtualNetworkRules', { id: '/a', state: 'Succeeded' }))).toBeNull();
    expect(refuses?.(puts('ipRules', { value: '10.0.0.1' }))).toContain('private');
    expect(refuses?.(puts('ipRules', { value: '20.0.0.0/7' }))).toBeNull();
  });

  test('needs the right to write, and to join each subnet it newly allows', () => {
    const edits = [addTo(full.body, acls('virtualNetworkRules'), { id: subnetId }, key('id'))];
    expect(resourceTypeOf(full.type).needs(editChange(full.id, edits))).toEqual([
      { action: 'Microsoft.Storage/storageAccounts/write', scope: full.id },
      { action: 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action', scope: subnetId },
    ]);
  });
});

describe('vaults', () => {
  test('lists are sent even when empty, and the skip flag of a rule is kept', () => {
    const current = vault(
      '{"networkAcls": {"defaultAction": "Allow", "virtualNetworkRules": [{"id": "/a", "ignoreMissingVnetServiceEndpoint": true}]}}',
    );
    expect(bodyOf(current, [setMember(current.body, acls('defaultAction'), 'Deny')])).toBe(
      '{"properties":{"networkAcls":{"defaultAction":"Deny","virtualNetworkRules":[{"id":"/a","ignoreMissingVnetServiceEndpoint":true}],"ipRules":[]}}}',
    );
  });

  test('hidden rules are never written unseen; the switch may be', () => {
    const hidden = vault('{"publicNetworkAccess": "Disabled"}');
    expect(sent(hidden, [setMember(hidden.body, aclsPointer, openAcls)])).toContain('only after reading them');
    expect(bodyOf(hidden, [setMember(hidden.body, '/properties/publicNetworkAccess', 'enabled')])).toBe(
      '{"properties":{"publicNetworkAccess":"enabled"}}',
    );
  });

  test('an undo leaves an explicit rule object where there was none', () => {
    const bare = vault('{}');
    const { instead } = resourceTypeOf(bare.type);
    const inverse = invertEdit(setMember(bare.body, aclsPointer, { defaultAction: 'Deny' }));
    expect(instead?.(inverse)).toMatchObject({ before: { defaultAction: 'Deny' }, after: openAcls });
    const set = invertEdit(setMember(full.body, acls('defaultAction'), 'Deny'));
    expect(instead?.(set)).toBe(set);
  });
});

describe('subnets', () => {
  test('what lies inside a delegation is named as the CLI shows it', () => {
    const held = resource(
      subnetId,
      '{"properties": {"delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}]}}',
    );
    const pointer = '/properties/delegations/0/properties/serviceName';
    expect(az(held, [setMember(held.body, pointer, 'Microsoft.ContainerInstance/containerGroups')])).toMatch(
      /--set 'delegations\[0\]\.serviceName=Microsoft\.ContainerInstance\/containerGroups'$/,
    );
  });

  const text = `{"id": "${subnetId}", "name": "sn", "etag": "W/\\"7\\"", "type": "t", "odd": 1.0, "properties": {
    "provisioningState": "Succeeded", "addressPrefix": "10.0.0.0/24", "ipConfigurations": [{"id": "/x"}], "purpose": "p",
    "serviceEndpoints": [{"provisioningState": "Succeeded", "service": "Microsoft.KeyVault", "locations": ["*"]}],
    "delegations": [{"name": "d", "etag": "e", "properties": {"serviceName": "S", "provisioningState": "Succeeded", "actions": ["a"]}}],
    "routeTable": {"id": "/rt"}, "networkSecurityGroup": {"id": "/nsg"}, "unknown": {"n": 12345678901234567890}}}`;
  const current = resource(subnetId, text);
  const add = addTo(current.body, '/properties/serviceEndpoints', { service: 'Microsoft.Storage' }, key('service'));

  test('a PUT carries everything but what Azure computes, under the etag of the read', () => {
    const request = sent(current, [add]);
    expect(request).toMatchObject({ method: 'PUT', id: subnetId, apiVersion: '2025-05-01', ifMatch: 'W/"7"' });
    expect(bodyOf(current, [add])).toBe(
      '{"odd":1.0,"properties":{"addressPrefix":"10.0.0.0/24","serviceEndpoints":[{"service":"Microsoft.KeyVault","locations":["*"]},{"service":"Microsoft.Storage"}],"delegations":[{"name":"d","properties":{"serviceName":"S"}}],"routeTable":{"id":"/rt"},"networkSecurityGroup":{"id":"/nsg"},"unknown":{"n":12345678901234567890}}}',
    );
  });

  test('the Azure CLI appends, and removes by number', () => {
    const at = 'az network vnet subnet update -g rg --vnet-name v -n sn';
    expect(az(current, [add])).toBe(`${at} --add serviceEndpoints service=Microsoft.Storage`);
    const group = setMember(current.body, '/properties/networkSecurityGroup', { id: '/other' });
    expect(az(current, [add, group])).toBe(
      `${at} --add serviceEndpoints service=Microsoft.Storage --network-security-group /other`,
    );
    const there = valueAt(current.body, '/properties/serviceEndpoints/0') ?? null;
    expect(az(current, [removeFrom(current.body, '/properties/serviceEndpoints', there, key('service'))])).toBe(
      `${at} --remove serviceEndpoints 0`,
    );
  });

  test('one writer per network', () => {
    expect(resourceTypeOf(current.type).writer(subnetId)).toBe(
      `${group}/providers/Microsoft.Network/virtualNetworks/v`,
    );
  });
});

describe('workspaces, computes, locks', () => {
  test('to a list that is not there the CLI adds nothing: it is set', () => {
    const { body, id: at } = resource(id, '{"properties": {}}');
    const whole = { member: null, fold: false };
    const first = addTo(body, '/properties/ipAllowlist', '8.8.8.8', whole);
    const second = addTo(applyEdits(body, [first]), '/properties/ipAllowlist', '8.8.4.4', whole);
    const link = addTo(body, '/properties/sharedPrivateLinkResources', { name: 'Acr' }, { member: 'name', fold: true });
    const start = `az resource update --ids ${at} --api-version`;
    expect(az(resource(id, '{"properties": {}}'), [first, second, link]).split(' && ')).toEqual([
      `${start} 2026-05-15-preview --set 'properties.ipAllowlist=["8.8.8.8"]' --add properties.ipAllowlist 8.8.4.4`,
      `${start} 2026-05-15-preview --set 'properties.sharedPrivateLinkResources=[{"name":"Acr"}]'`,
    ]);
  });

  test('a pool of nodes is limited by the one member that changes', () => {
    const pool = resource(
      '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks/agentPools/np',
      '{"properties": {"minCount": 1, "maxCount": 5}}',
    );
    expect(az(pool, [setMember(pool.body, '/properties/maxCount', 2)])).toBe(
      `az resource update --ids ${pool.id} --api-version 2026-05-01 --set properties.maxCount=2`,
    );
  });

  const id = `${group}/providers/Microsoft.MachineLearningServices/workspaces/w`;
  const workspace = resource(
    id,
    '{"properties": {"publicNetworkAccess": "Enabled", "imageBuildCompute": "b", "storageAccount": "/s"}}',
  );

  test('a workspace is patched member by member; what PATCH does not take is refused', () => {
    expect(bodyOf(workspace, [setMember(workspace.body, '/properties/publicNetworkAccess', 'Disabled')])).toBe(
      '{"properties":{"publicNetworkAccess":"Disabled"}}',
    );
    expect(bodyOf(workspace, [setMember(workspace.body, '/properties/imageBuildCompute', undefined)])).toBe(
      '{"properties":{"imageBuildCompute":""}}',
    );
    expect(sent(workspace, [setMember(workspace.body, '/properties/storageAccount', '/other')])).toContain(
      'cannot be patched',
    );
    expect(az(workspace, [setMember(workspace.body, '/properties/publicNetworkAccess', 'Disabled')])).toBe(
      'az ml workspace update -n w -g rg --public-network-access Disabled',
    );
  });

  test('a managed network is one-way', () => {
    const edit = setMember(
      { properties: { managedNetwork: {} } },
      '/properties/managedNetwork/isolationMode',
      'AllowInternetOutbound',
    );
    expect(resourceTypeOf(workspace.type).oneWay(edit)).toContain('cannot be turned off');
  });

  test('a managed network is provisioned on request, in a separate request, and never removed', () => {
    const built = resource(id, '{"properties": {"managedNetwork": {"status": {"status": "Inactive"}}}}');
    const build = setMember(built.body, '/properties/managedNetwork/status/status', 'Active');
    expect(sent(built, [build])).toMatchObject({
      method: 'POST',
      id: `${id}/provisionManagedNetwork`,
      body: { includeSpark: false },
    });
    expect(az(built, [build])).toBe('az ml workspace provision-network -n w -g rg');
    expect(sent(built, [build, setMember(built.body, '/properties/description', 'd')])).toMatch(/separate request/);
    const active = { ...built, body: applyEdits(built.body, [build]) };
    expect(sent(active, invertEdits([build]))).toMatch(/cannot be deprovisioned/);
    expect(invertEdits([build]).map((edit) => resourceTypeOf(built.type).refuses?.(edit))).toEqual([
      expect.stringContaining('remains provisioned'),
    ]);
  });

  test.each([
    ['Disabled', 'AllowInternetOutbound', false],
    ['AllowInternetOutbound', 'AllowOnlyApprovedOutbound', false],
    ['AllowOnlyApprovedOutbound', 'AllowInternetOutbound', true],
    ['allowinternetoutbound', 'Disabled', true],
    ['AllowInternetOutbound', undefined, true],
  ])('the mode of a managed network from %s to %s', (before, after, refused) => {
    const mode = setMember(
      { properties: { managedNetwork: { isolationMode: before } } },
      '/properties/managedNetwork/isolationMode',
      after,
    );
    expect((resourceTypeOf(workspace.type).refuses?.(mode) ?? null) !== null).toBe(refused);
  });

  test('an IP allow-list is written at the version that knows it, whole; what is illegal does not come back', () => {
    const list = resource(id, '{"properties": {"ipAllowlist": ["203.0.113.7", "10.0.0.4"]}}');
    const whole = { member: null, fold: false };
    const drop = removeFrom(list.body, '/properties/ipAllowlist', '10.0.0.4', whole);
    expect(sent(list, [drop])).toMatchObject({
      method: 'PATCH',
      apiVersion: '2026-05-15-preview',
      body: { properties: { ipAllowlist: ['203.0.113.7'] } },
    });
    expect(az(list, [drop])).toBe(
      `az resource update --ids ${id} --api-version 2026-05-15-preview --remove properties.ipAllowlist 1`,
    );
    const after = applyEdits(list.body, [drop]);
    const put = addTo(after, '/properties/ipAllowlist', '8.8.8.8', whole);
    expect(az(list, [drop, put])).toBe(
      `az resource update --ids ${id} --api-version 2026-05-15-preview --remove properties.ipAllowlist 1 --add properties.ipAllowlist 8.8.8.8`,
    );
    expect(invertEdits([drop]).map((edit) => resourceTypeOf(list.type).refuses?.(edit))).toEqual([
      expect.stringContaining('10.0.0.4'),
    ]);
    const legal = removeFrom(list.body, '/properties/ipAllowlist', '203.0.113.7', whole);
    expect(invertEdits([legal]).map((edit) => resourceTypeOf(list.type).refuses?.(edit) ?? null)).toEqual([null]);
  });

  test('of a cluster the scale settings are sent whole, of anything else nothing', () => {
    const scale = '"scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT120S"}';
    const compute = resource(
      `${id}/computes/c`,
      `{"properties": {"computeType": "AmlCompute", "properties": {${scale}}}}`,
    );
    const fewer = setMember(compute.body, '/properties/properties/scaleSettings/maxNodeCount', 2);
    expect(bodyOf(compute, [fewer])).toBe(
      '{"properties":{"properties":{"scaleSettings":{"minNodeCount":0,"maxNodeCount":2,"nodeIdleTimeBeforeScaleDown":"PT120S"}}}}',
    );
    expect(az(compute, [fewer])).toBe('az ml compute update -n c -g rg -w w --max-instances 2');
    expect(sent(compute, [setMember(compute.body, '/properties/properties/subnet', { id: '/s' })])).toContain(
      'created again',
    );
    expect(resourceTypeOf(compute.type).writer(compute.id)).toBe(id);
  });

  test('a lock is lifted and put back with level, notes and owners only', () => {
    const lockId = `${group}/providers/Microsoft.Authorization/locks/keep`;
    const body = { id: lockId, name: 'keep', properties: { level: 'ReadOnly', notes: "don't", owners: null } };
    const lift: Change = { kind: 'delete', resource: lockId, edits: [], body };
    const kind = resourceTypeOf('Microsoft.Authorization/locks');
    expect(kind.write(lift, null)).toMatchObject({
      method: 'DELETE',
      id: lockId,
      apiVersion: '2020-05-01',
      body: null,
    });
    expect(kind.write({ ...lift, kind: 'create' }, null)).toMatchObject({
      method: 'PUT',
      body: { properties: { level: 'ReadOnly', notes: "don't" } },
    });
    expect(kind.az(lift)).toBe(`az lock delete --ids ${lockId}`);
    expect(kind.az({ ...lift, kind: 'create' })).toBe(
      `az lock create --name keep --lock-type ReadOnly --resource-group rg --notes 'don'\\''t'`,
    );
  });
});

describe('the normal form', () => {
  const { normal, same } = resourceTypeOf(full.type);
  const rules = '/properties/networkAcls/virtualNetworkRules';

  test('two reads of one thing are the same: order of sets, state, spelling of ids, defaults', () => {
    const other =
      account(`{"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Allow", "bypass": "Logging",
      "ipRules": [], "unknown": 12345678901234567890,
      "virtualNetworkRules": [{"more": {"2024": 1.0}, "id": "/a", "state": "Provisioning"}],
      "resourceAccessRules": [{"resourceId": "/w", "tenantId": "t", "odd": 1.0}]}}`);
    expect(normal(other.body)).toEqual(normal(full.body));
    expect(same('/properties/networkAcls', valueAt(other.body, aclsPointer), valueAt(full.body, aclsPointer))).toBe(
      true,
    );
  });

  test('what matters still differs', () => {
    expect(same(acls('bypass'), 'Logging, Metrics', 'Metrics,Logging')).toBe(true);
    expect(same(acls('bypass'), 'Logging', 'Logging, AzureServices')).toBe(false);
    expect(same(acls('bypass'), undefined, 'AzureServices')).toBe(true);
    expect(same(acls('defaultAction'), 'Deny', 'Allow')).toBe(false);
    expect(same(`${rules}/-`, { id: '/A', action: 'Allow' }, { id: '/A', state: 'Failed' })).toBe(true);
    expect(same(`${rules}/-`, { id: '/A' }, { id: '/B' })).toBe(false);
  });

  test('letter case says nothing in an enumeration', () => {
    for (const type of ['Microsoft.Storage/storageAccounts', 'Microsoft.KeyVault/vaults']) {
      const kind = resourceTypeOf(type);
      expect(kind.same(acls('defaultAction'), 'DENY', 'Deny')).toBe(true);
      expect(kind.same(acls('defaultAction'), 'allow', undefined)).toBe(true);
      expect(kind.same('/properties/publicNetworkAccess', 'disabled', 'Disabled')).toBe(true);
      expect(kind.same('/properties/publicNetworkAccess', 'disabled', 'Enabled')).toBe(false);
    }
    const workspace = resourceTypeOf('Microsoft.MachineLearningServices/workspaces');
    expect(workspace.same('/properties/publicNetworkAccess', 'ENABLED', 'Enabled')).toBe(true);
    expect(workspace.same('/properties/managedNetwork/isolationMode', 'disabled', 'Disabled')).toBe(true);
    expect(workspace.same('/properties/managedNetwork/isolationMode', 'Disabled', 'AllowInternetOutbound')).toBe(false);
  });

  test('a vault: /32 is the bare address, absent is the explicit open object, hidden is not', () => {
    const kind = resourceTypeOf('Microsoft.KeyVault/vaults');
    expect(kind.same(`${acls('ipRules')}/-`, { value: '203.0.113.7/32' }, { value: '203.0.113.7' })).toBe(true);
    expect(kind.normal(vault('{}').body)).toEqual(
      kind.normal(vault(`{"networkAcls": ${stringifyJson(openAcls)}}`).body),
    );
    const hidden = kind.normal(vault('{"publicNetworkAccess": "disabled"}').body);
    expect(valueAt(hidden, aclsPointer)).toBeUndefined();
  });
});

describe('words for a shell', () => {
  test('any foreign name comes back as one word', () => {
    /** What a POSIX shell makes of a line of quoted and bare words. */
    const read = (line: string) => line.replace(/'([^']*)'|\\'/g, (_all, quoted: string | undefined) => quoted ?? "'");
    fc.assert(
      fc.property(fc.string(), (name) => {
        const quoted = word(name);
        if (quoted === name) expect(name).toMatch(/^[A-Za-z0-9_./:=@,%+-]+$/);
        else expect(read(quoted)).toBe(name);
      }),
    );
  });
});
