// The effects of changes: each kind by each resource type, with exact counts.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { type Edit, setMember } from '../../src/model/edit.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { effectsOf } from '../../src/resource-types/parts/change-effects.ts';

const group = '/subscriptions/s/resourceGroups/rg/providers';
const network = `${group}/Microsoft.Network`;
const ml = `${group}/Microsoft.MachineLearningServices/workspaces/w`;
const subnet = `${network}/virtualNetworks/vnet/subnets/snet`;

/** The effects as `kind: detail`, of a resource with this body and these edits. */
function told(
  resource: string,
  body: JsonObject,
  edits: readonly Edit[],
  beside: readonly JsonObject[] = [],
): string[] {
  const { type, apiVersion } = resourceTypeOf(typeOf(resource));
  return words({ kind: 'edit', resource, edits, body: null }, { id: resource, type, apiVersion, body }, beside);
}
function words(
  change: Change,
  current: Parameters<typeof effectsOf>[1]['current'],
  beside: readonly JsonObject[] = [],
) {
  const seen = (id: string) => {
    const body = beside.find((one) => fold(String(one.id)) === fold(id));
    return body && { id, type: typeOf(id), apiVersion: '', body };
  };
  return effectsOf(change, { current, seen: { resource: seen }, isOwn: () => false }).map(
    ({ kind, detail }) => `${kind}: ${detail}`,
  );
}
const made = (resource: string, body: JsonObject, beside: readonly JsonObject[] = []) =>
  words({ kind: 'create', resource, edits: [], body }, null, beside);
const gone = (resource: string, body: JsonObject, beside: readonly JsonObject[] = []) =>
  words({ kind: 'delete', resource, edits: [], body }, undefined, beside);
const set = (body: JsonObject, pointer: string, after: Json | undefined) => setMember(body, pointer, after);

describe('service firewalls', () => {
  const account = `${group}/Microsoft.Storage/storageAccounts/stml`;
  const acls = (more: JsonObject): JsonObject => ({
    properties: {
      networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: [], virtualNetworkRules: [], ...more },
    },
  });
  const rule = (value: string) => ({ value, action: 'Allow' });
  const key = { member: 'value', fold: false };
  const pointer = '/properties/networkAcls/ipRules';

  test.each([
    [
      'Allow',
      'Deny',
      [
        'restricts: The default action of stml becomes Deny. Loses access: every network without a rule. Still allowed: 1 subnet and 256 addresses.',
      ],
    ],
    [
      'Deny',
      'Allow',
      ['relaxes: The default action of stml becomes Allow: all networks can connect, and its rules are ignored.'],
    ],
  ])('default action %s to %s', (before, after, expected) => {
    const body = acls({
      defaultAction: before,
      ipRules: [rule('203.0.113.0/24')],
      virtualNetworkRules: [{ id: subnet }],
    });
    expect(told(account, body, [set(body, '/properties/networkAcls/defaultAction', after)])).toEqual(expected);
  });

  test('addresses are counted over all rules: what another rule holds is not lost', () => {
    const body = acls({ ipRules: [rule('203.0.113.0/24'), rule('203.0.113.0/25'), rule('198.51.100.7')] });
    const remove = (value: string): Edit => ({ op: 'remove', pointer, before: rule(value), key });
    expect(told(account, body, [remove('203.0.113.0/25')])).toEqual([]);
    expect(told(account, body, [remove('203.0.113.0/24'), remove('198.51.100.7')])).toEqual([
      'restricts: 203.0.113.0/24 and 198.51.100.7 lose access to stml: 129 addresses.',
    ]);
    // Nobody loses access where all networks have it.
    const open = acls({ defaultAction: 'Allow', ipRules: [rule('198.51.100.7')] });
    expect(told(account, open, [remove('198.51.100.7')])).toEqual([
      'restricts: 198.51.100.7 is no longer in the rules of stml, which its default action Allow overrides: 1 address.',
    ]);
  });

  test('a range of 16,777,216 addresses leaves a firewall open in effect, one of half as many does not', () => {
    const add = (value: string): Edit => ({ op: 'add', pointer, after: rule(value), key });
    expect(told(account, acls({}), [add('20.0.0.0/8')])).toEqual([
      'relaxes: The firewall of stml allows 20.0.0.0/8: 16,777,216 addresses.',
    ]);
    expect(told(account, acls({}), [add('20.0.0.0/9')])).toEqual([
      'allows: The firewall of stml allows 20.0.0.0/9: 8,388,608 addresses.',
    ]);
  });

  test('private addresses never had access, and rules of deleted subnets had no effect', () => {
    const dead = { id: subnet, state: 'NetworkSourceDeleted' };
    const body = acls({ ipRules: [rule('10.0.0.0/16')], virtualNetworkRules: [dead] });
    const subnets = '/properties/networkAcls/virtualNetworkRules';
    expect(
      told(account, body, [
        { op: 'remove', pointer, before: rule('10.0.0.0/16'), key },
        { op: 'remove', pointer: subnets, before: dead, key: { member: 'id', fold: true } },
      ]),
    ).toEqual([]);
  });

  test.each([
    [
      'Disabled',
      'Enabled',
      'Allow',
      'relaxes: Public network access of stml changes from Disabled to Enabled. All networks can connect.',
    ],
    [
      'Enabled',
      'Disabled',
      'Allow',
      'restricts: Public network access of stml changes from Enabled to Disabled. Loses access: every network, except through private endpoints.',
    ],
    [
      'Enabled',
      'Disabled',
      'Deny',
      'restricts: Public network access of stml changes from Enabled to Disabled. Loses access: 1 address, except through private endpoints.',
    ],
    [
      'SecuredByPerimeter',
      'Enabled',
      'Deny',
      'relaxes: Public network access of stml changes from SecuredByPerimeter to Enabled. 1 address can connect.',
    ],
    [
      'Disabled',
      'SecuredByPerimeter',
      'Deny',
      'restricts: Public network access of stml changes from Disabled to SecuredByPerimeter. Loses access: trusted Azure services and resource instances of its firewall.',
    ],
    [
      'SecuredByPerimeter',
      'Disabled',
      'Deny',
      'relaxes: Public network access of stml changes from SecuredByPerimeter to Disabled. Where no perimeter is enforced, trusted Azure services and resource instances of its firewall can connect.',
    ],
  ])('public network access %s to %s', (before, after, action, expected) => {
    const { properties } = acls({ defaultAction: action, ipRules: [rule('203.0.113.7')] });
    const body: JsonObject = { properties: { ...(properties as JsonObject), publicNetworkAccess: before } };
    expect(told(account, body, [set(body, '/properties/publicNetworkAccess', after)])).toEqual([expected]);
  });

  test('bypass and resource instances are named sources', () => {
    const instance = { tenantId: 't', resourceId: ml };
    const body = acls({ bypass: 'None', resourceAccessRules: [instance] });
    expect(
      told(account, body, [
        set(body, '/properties/networkAcls/bypass', 'Logging, AzureServices'),
        {
          op: 'remove',
          pointer: '/properties/networkAcls/resourceAccessRules',
          before: instance,
          key: { member: 'resourceId', fold: true },
        },
      ]),
    ).toEqual([
      'restricts: Resource instance w is no longer allowed by the firewall of stml.',
      'allows: Storage logging bypass the firewall of stml (bypass).',
      'allows: Trusted Azure services bypass the firewall of stml (bypass).',
    ]);
  });

  test('a registry has its own pointers', () => {
    const registry = `${group}/Microsoft.ContainerRegistry/registries/acr`;
    const body = { sku: { name: 'Basic' }, properties: { networkRuleSet: { defaultAction: 'Allow' } } };
    expect(
      told(registry, body, [
        set(body, '/sku/name', 'Premium'),
        set(body, '/properties/networkRuleSet/defaultAction', 'Deny'),
      ]),
    ).toEqual([
      'restricts: The default action of acr becomes Deny. Loses access: every network without a rule. No rule allows access.',
    ]);
  });
});

describe('security rules', () => {
  const nsg = `${network}/networkSecurityGroups/nsg`;
  const id = `${nsg}/securityRules/r`;
  const body = (more: JsonObject): JsonObject => ({
    name: 'r',
    properties: {
      ...{ protocol: 'Tcp', direction: 'Outbound', access: 'Allow', priority: 200 },
      ...{
        sourceAddressPrefix: '*',
        sourcePortRange: '*',
        destinationAddressPrefix: 'Storage.westeurope',
        destinationPortRange: '443',
      },
      ...more,
    },
  });
  const inbound = (source: string, access = 'Allow') =>
    body({ direction: 'Inbound', access, sourceAddressPrefix: source, destinationAddressPrefix: '*' });
  const deny = (name: string, priority: number, to: string, port = '*') => ({
    ...body({ access: 'Deny', priority, destinationAddressPrefix: to, destinationPortRange: port }),
    name,
  });
  const groupWith = (...securityRules: JsonObject[]): JsonObject => ({
    id: nsg,
    properties: { securityRules, subnets: [{ id: subnet }] },
  });

  test.each([
    ['a tag', body({}), ['allows: nsg allows outbound TCP 443 to Storage.westeurope.']],
    [
      'a block, counted',
      inbound('203.0.113.0/26'),
      ['allows: nsg allows inbound TCP 443 from 203.0.113.0/26 (64 addresses).'],
    ],
    ['the Internet', inbound('Internet'), ['relaxes: nsg allows inbound TCP 443 from Internet.']],
    ['any', inbound('*'), ['relaxes: nsg allows inbound TCP 443 from *.']],
    ['half of IPv4', inbound('128.0.0.0/1'), ['relaxes: nsg allows inbound TCP 443 from 128.0.0.0/1.']],
    [
      'as many as leave a firewall open',
      inbound('128.0.0.0/8'),
      ['relaxes: nsg allows inbound TCP 443 from 128.0.0.0/8 (16,777,216 addresses).'],
    ],
    [
      'half as many',
      inbound('128.0.0.0/9'),
      ['allows: nsg allows inbound TCP 443 from 128.0.0.0/9 (8,388,608 addresses).'],
    ],
    [
      'a private block of that size',
      inbound('10.0.0.0/8'),
      ['allows: nsg allows inbound TCP 443 from 10.0.0.0/8 (16,777,216 addresses).'],
    ],
    [
      'any, in parts',
      body({ destinationAddressPrefix: '', destinationAddressPrefixes: ['0.0.0.0/2', '64.0.0.0/2'] }),
      ['relaxes: nsg allows outbound TCP 443 to 0.0.0.0/2 and 64.0.0.0/2 (2,147,483,648 addresses).'],
    ],
    ['all customers of Azure', inbound('AzureCloud'), ['relaxes: nsg allows inbound TCP 443 from AzureCloud.']],
    [
      'outbound to them',
      body({ destinationAddressPrefix: 'AzureCloud' }),
      ['allows: nsg allows outbound TCP 443 to AzureCloud.'],
    ],
    ['a Deny', inbound('*', 'Deny'), ['restricts: nsg denies inbound TCP 443 from *.']],
  ])('created: %s', (_name, rule, expected) => expect(made(id, rule)).toEqual(expected));

  test('a deleted Deny relaxes, a deleted Allow restricts', () => {
    expect(gone(id, inbound('*', 'Deny'))).toEqual(['relaxes: nsg no longer denies inbound TCP 443 from * (r).']);
    expect(gone(id, body({}))).toEqual(['restricts: nsg no longer allows outbound TCP 443 to Storage.westeurope (r).']);
  });

  test('an Allow names the Deny rules that it overrides, and where it applies', () => {
    const beside = [
      groupWith(deny('no-web', 300, 'Internet', '443'), deny('no-mail', 310, '*', '25'), deny('earlier', 100, '*')),
    ];
    expect(made(id, body({}), beside)).toEqual([
      'allows: nsg (vnet/snet) allows outbound TCP 443 to Storage.westeurope, before no-web (Deny, priority 300).',
    ]);
  });

  test.each([
    ['the Internet on the port', ['no-web Internet 443'], ['no-web'], true],
    ['the Internet on another port', ['no-mail Internet 25'], undefined, false],
    ['a part of the service', ['no-west Storage.westeurope 443'], ['no-west'], false],
    ['every region of the service', ['no-storage Storage *'], ['no-storage'], false],
    ['all services', ['no-cloud AzureCloud *'], ['no-cloud'], false],
    ['another service', ['no-keys AzureKeyVault *'], undefined, false],
    ['public addresses, which may be the service', ['no-partner 20.0.0.0/8 *'], ['no-partner'], false],
    ['private addresses, which are none', ['no-neighbour 10.9.0.0/16 *'], undefined, false],
    ['half of IPv4 in two rules', ['a 0.0.0.0/2 *', 'b 64.0.0.0/2 443'], ['a', 'b'], true],
    ['what only its name calls our own', ['bastide-no-web Internet *'], ['bastide-no-web'], true],
    ['what the history says it denied', ['made-here Internet *'], undefined, false],
  ] as const)('an Allow overrides %s', (_name, denies, names, wide) => {
    const rules = denies.map((text, at) => {
      const [name = '', to = '', port = ''] = text.split(' ');
      return deny(name, 300 + at, to, port);
    });
    const [effect] = effectsOf(
      { kind: 'create', resource: id, edits: [], body: body({}) },
      {
        current: null,
        seen: { resource: () => ({ id: nsg, type: typeOf(nsg), apiVersion: '', body: groupWith(...rules) }) },
        isOwn: (one) => one.endsWith('/made-here'),
      },
    );
    expect(effect?.overrides).toEqual(names === undefined ? undefined : { rules: names, wide });
  });

  test('what an earlier Allow rule lets pass already is not overridden', () => {
    const allow = {
      ...body({ priority: 290, destinationAddressPrefix: 'Storage', destinationPortRange: '*' }),
      name: 'a',
    };
    expect(made(id, body({}), [groupWith(allow, deny('no-web', 300, 'Internet'))])).toEqual([
      'allows: nsg (vnet/snet) allows outbound TCP 443 to Storage.westeurope.',
    ]);
  });

  test.each([
    ['an Allow earlier', 'Allow', 400, 200, 'allows'],
    ['an Allow later', 'Allow', 200, 400, 'restricts'],
    ['a Deny earlier', 'Deny', 400, 200, 'restricts'],
    ['a Deny later', 'Deny', 200, 400, 'relaxes'],
  ])('priority: %s', (_name, access, from, to, kind) => {
    const rule = body({ access, priority: from });
    expect(told(id, rule, [set(rule, '/properties/priority', to)])).toEqual([
      `${kind}: r (${access}) of nsg moves from priority ${from} to ${to}: outbound TCP 443 to Storage.westeurope.`,
    ]);
  });

  test('a rule that is changed and moved at once opens what its new place opens', () => {
    const move = (rule: JsonObject, priority: number, to: string) =>
      told(id, rule, [
        set(rule, '/properties/priority', priority),
        set(rule, '/properties/destinationAddressPrefix', to),
      ]);
    const block = body({ destinationAddressPrefix: '198.51.100.0/24' });
    expect(move(block, 100, '198.51.100.0/25')).toEqual([
      'restricts: nsg no longer allows outbound TCP 443 to 198.51.100.0/24 (256 addresses) (r).',
      'allows: nsg allows outbound TCP 443 to 198.51.100.0/25 (128 addresses).',
    ]);
    const no = body({ access: 'Deny', destinationAddressPrefix: '198.51.100.0/25' });
    expect(move(no, 300, '198.51.100.0/24')).toEqual([
      'relaxes: nsg no longer denies outbound TCP 443 to 198.51.100.0/25 (128 addresses) (r).',
      'restricts: nsg denies outbound TCP 443 to 198.51.100.0/24 (256 addresses).',
    ]);
  });

  test('a Deny that is narrowed relaxes, an Allow that is narrowed restricts; a description is no effect', () => {
    const wide = body({ access: 'Deny', destinationAddressPrefix: '*' });
    expect(told(id, wide, [set(wide, '/properties/destinationAddressPrefix', '198.51.100.0/24')])).toEqual([
      'relaxes: nsg no longer denies outbound TCP 443 to * (r).',
    ]);
    const block = inbound('203.0.113.0/24');
    expect(told(id, block, [set(block, '/properties/sourceAddressPrefix', '203.0.113.0/25')])).toEqual([
      'restricts: nsg no longer allows inbound TCP 443 from 203.0.113.0/24 (256 addresses) (r).',
    ]);
    expect(told(id, block, [set(block, '/properties/description', 'reviewed')])).toEqual([]);
  });
});

describe('routes, subnets and NICs', () => {
  const route = `${network}/routeTables/rt/routes/r`;
  const hop = (addressPrefix: string, nextHopType: string): JsonObject => ({
    properties: { addressPrefix, nextHopType },
  });

  test.each([
    ['a tag to the Internet', hop('AzureMachineLearning', 'Internet'), 'allows', 'restricts'],
    ['everything to the Internet', hop('0.0.0.0/0', 'Internet'), 'relaxes', 'restricts'],
    ['everything to an appliance', hop('0.0.0.0/0', 'VirtualAppliance'), 'restricts', 'relaxes'],
    ['nowhere', hop('10.0.0.0/8', 'None'), 'restricts', 'relaxes'],
    ['to the network itself', hop('198.51.100.0/24', 'VnetLocal'), 'allows', 'relaxes'],
  ])('a route sends %s', (_name, body, onCreate, onDelete) => {
    expect(made(route, body).map((one) => one.split(':')[0])).toEqual([onCreate]);
    expect(
      gone(route, body)
        .map((one) => one.split(':')[0])
        .filter((one) => one !== 'deletes'),
    ).toEqual([onDelete]);
  });

  test('a route in a list of its table counts as the route itself, and is no deletion', () => {
    const table = `${network}/routeTables/rt`;
    const item = { name: 'r', ...hop('0.0.0.0/0', 'VirtualAppliance') };
    const body = { properties: { routes: [item] } };
    const edit: Edit = {
      op: 'remove',
      pointer: '/properties/routes',
      before: item,
      key: { member: 'name', fold: true },
    };
    expect(told(table, body, [edit])).toEqual([
      'relaxes: rt no longer routes 0.0.0.0/0 to VirtualAppliance: other routes decide.',
    ]);
  });

  test('what is attached restricts and what is detached relaxes', () => {
    const nsg = { id: `${network}/networkSecurityGroups/nsg` };
    const body = { properties: { networkSecurityGroup: nsg } };
    const nic = `${network}/networkInterfaces/nic`;
    for (const resource of [subnet, nic]) {
      expect(told(resource, body, [set(body, '/properties/networkSecurityGroup', undefined)])[0]).toMatch(
        /^relaxes: The network security group nsg no longer applies to /,
      );
      expect(
        told(resource, { properties: {} }, [set({ properties: {} }, '/properties/networkSecurityGroup', nsg)])[0],
      ).toMatch(/^restricts: The network security group nsg applies to /);
    }
  });

  test('a service endpoint allows, and says which connections are reset; it is no outage', () => {
    const add: Edit = {
      ...{ op: 'add', pointer: '/properties/serviceEndpoints', after: { service: 'Microsoft.Storage' } },
      key: { member: 'service', fold: true },
    };
    expect(told(subnet, { properties: {} }, [add])).toEqual([
      'allows: vnet/snet reaches Microsoft.Storage through its service endpoint; connections open at that moment are reset.',
    ]);
  });

  test('a service endpoint policy cuts accounts off that no flow shows', () => {
    const id = `${network}/serviceEndpointPolicies/sep`;
    const pointer = '/properties/serviceEndpointPolicies';
    const key = { member: 'id', fold: true };
    const told = (resource: string, body: JsonObject, edit: Edit, beside: readonly string[] = []) =>
      effectsOf(
        { kind: 'edit', resource, edits: [edit], body: null },
        {
          current: { id: resource, type: typeOf(resource), apiVersion: '', body },
          seen: {
            resource: (one) =>
              beside.includes(one) ? { id: one, type: typeOf(one), apiVersion: '', body: {} } : undefined,
          },
          isOwn: () => false,
        },
      ).map(({ now }) => now);
    expect(told(subnet, { properties: {} }, { op: 'add', pointer, after: { id }, key })).toEqual(['cutsOff']);
    const held = { properties: { serviceEndpointPolicies: [{ id }] } };
    expect(told(subnet, held, { op: 'remove', pointer, before: { id }, key })).toEqual(['opens']);
    const account = `${group}/Microsoft.Storage/storageAccounts/st`;
    const definition = {
      name: 'd',
      properties: { service: 'Microsoft.Storage', serviceResources: [account] },
    };
    const list = '/properties/serviceEndpointPolicyDefinitions';
    const byName = { member: 'name', fold: true };
    const added: Edit = { op: 'add', pointer: list, after: definition, key: byName };
    expect(told(id, { properties: {} }, added)).toEqual(['opens']);
    expect(told(id, { properties: {} }, added, [account])).toEqual([undefined]);
    const removed: Edit = { op: 'remove', pointer: list, before: definition, key: byName };
    expect(told(id, { properties: { serviceEndpointPolicyDefinitions: [definition] } }, removed)).toEqual(['cutsOff']);
  });
});

describe('what is interrupted or handed over', () => {
  test.each([
    [
      `${network}/privateEndpoints/pe`,
      { properties: { subnet: { id: subnet }, privateLinkServiceConnections: [] } },
      ['allows'],
    ],
    [`${ml}/outboundRules/r`, { properties: { type: 'FQDN', destination: 'pypi.org' } }, ['allows']],
    [`${ml}/outboundRules/r`, { properties: { type: 'FQDN', destination: '*' } }, ['relaxes']],
    [
      `${ml}/outboundRules/r`,
      { properties: { type: 'ServiceTag', destination: { serviceTag: 'DataFactory' } } },
      ['allows'],
    ],
    [
      `${ml}/computes/c`,
      { properties: { computeType: 'ComputeInstance', properties: { sshSettings: { sshPublicAccess: 'Enabled' } } } },
      ['relaxes', 'allows'],
    ],
    [
      `${ml}/computes/c`,
      {
        properties: { computeType: 'AmlCompute', properties: { scaleSettings: { minNodeCount: 0, maxNodeCount: 4 } } },
      },
      ['allows'],
    ],
    [`${ml}/computes/c`, { properties: { computeType: 'AmlCompute', properties: { enableNodePublicIp: false } } }, []],
  ])('%s created', (id, body, kinds) =>
    expect(made(id, body as JsonObject).map((one) => one.split(':')[0])).toEqual(kinds),
  );

  test.each([
    [`${ml}/computes/c`, { properties: { computeType: 'AmlCompute', properties: {} } }, ['outage']],
    [`${network}/privateEndpoints/pe`, { properties: {} }, ['relaxes']],
    [`${network}/loadBalancers/lb`, { properties: {} }, ['outage']],
    [
      `${group}/Microsoft.Storage/storageAccounts/st/providers/Microsoft.Authorization/locks/l`,
      { properties: { level: 'ReadOnly' } },
      ['relaxes'],
    ],
  ])('%s deleted', (id, body, kinds) =>
    expect(gone(id, body as JsonObject).map((one) => one.split(':')[0])).toEqual(kinds),
  );

  test('an allow-list of as many addresses as leave a firewall open relaxes', () => {
    const body = { properties: { publicNetworkAccess: 'Enabled', ipAllowlist: ['203.0.113.7'] } };
    const list = (more: string) => [set(body, '/properties/ipAllowlist', ['203.0.113.7', more])];
    expect(told(ml, body, list('20.0.0.0/8'))).toEqual([
      'relaxes: The IP allow-list of w allows 20.0.0.0/8: 16,777,216 addresses.',
    ]);
    expect(told(ml, body, list('20.0.0.0/9'))).toEqual([
      'allows: The IP allow-list of w allows 20.0.0.0/9: 8,388,608 addresses.',
    ]);
  });

  test('SSH and public addresses of computes that exist', () => {
    const body = {
      properties: { computeType: 'AmlCompute', properties: { remoteLoginPortPublicAccess: 'Disabled' } },
    };
    const inner = '/properties/properties';
    expect(
      told(`${ml}/computes/c`, body, [
        set(body, `${inner}/remoteLoginPortPublicAccess`, 'Enabled'),
        set(body, `${inner}/enableNodePublicIp`, false),
      ]),
    ).toEqual([
      'relaxes: The SSH port of c is open to the Internet.',
      'restricts: The nodes of c get no public IP addresses (enableNodePublicIp).',
    ]);
  });

  test.each<[string, JsonObject, Json]>([
    ['AmlCompute', { remoteLoginPortPublicAccess: 'Enabled', enableNodePublicIp: false }, 'Disabled'],
    ['ComputeInstance', { enableNodePublicIp: true }, false],
    ['AKS', { loadBalancerType: 'PublicIp' }, 'InternalLoadBalancer'],
  ])('what an edit of %s would close, its creation opens; without it, neither does', (type, settings, closed) => {
    const [name = ''] = Object.keys(settings);
    const at = `${ml}/computes/c`;
    const bodyOf = (inner: JsonObject): JsonObject => ({ properties: { computeType: type, properties: inner } });
    const open = bodyOf(settings);
    const closes = told(at, open, [set(open, `/properties/properties/${name}`, closed)]);
    expect(closes.filter((one) => one.startsWith('restricts')).length).toBe(1);
    const opens = made(at, open).length;
    expect(made(at, bodyOf({ ...settings, [name]: closed })).length).toBe(opens - 1);
    const [, back = ''] =
      told(at, bodyOf({ ...settings, [name]: closed }), [
        set(bodyOf({ ...settings, [name]: closed }), `/properties/properties/${name}`, settings[name]),
      ])[0]?.split(': ') ?? [];
    expect(
      made(at, open).some((one) => one.endsWith(back)),
      back,
    ).toBe(true);
  });

  test('a cluster that the workspace creates has a public API server', () => {
    const body: JsonObject = { properties: { computeType: 'AKS', properties: {} } };
    expect(made(`${ml}/computes/c`, body)).toEqual([
      'relaxes: Scoring on c is reachable at a public IP address.',
      'relaxes: The API server of the cluster of c is reachable at a public IP address.',
    ]);
  });

  test('a body that was not read is judged by the edits alone', () => {
    const change: Change = {
      ...{ kind: 'edit', resource: `${group}/Microsoft.KeyVault/vaults/kv`, body: null },
      edits: [{ op: 'set', pointer: '/properties/networkAcls/defaultAction', before: 'Deny', after: 'Allow' }],
    };
    expect(words(change, undefined)).toEqual([
      'relaxes: The default action of kv becomes Allow: all networks can connect, and its rules are ignored.',
    ]);
  });
});
