// What a resource holds as lists of alike things, as tables: which rows, which cells, and how they are laid out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, type JsonObject, parseJson } from '../../src/model/json.ts';
import type { LiveEvidence } from '../../src/model/live.ts';
import type { Resource } from '../../src/model/resource.ts';
import { byCharacters, columnSteps, type ResourceTable, tableLines } from '../../src/model/table.ts';
import { plainText } from '../../src/model/words.ts';
import { standardRules } from '../../src/net/nsg.ts';
import { tablesOf } from '../../src/resource-types/index.ts';

const scope = '/subscriptions/s/resourceGroups/rg/providers';
const resource = (type: string, name: string, properties: JsonObject): Resource => ({
  id: `${scope}/${type}/${name}`,
  type,
  apiVersion: '2024-01-01',
  body: { name, properties },
});
const network = (...prefixes: string[]) =>
  resource('Microsoft.Network/virtualNetworks', 'vnet', { addressSpace: { addressPrefixes: prefixes } });

const rule = (name: string, priority: number, change: JsonObject = {}): JsonObject => ({
  name,
  properties: {
    ...{ priority, direction: 'Outbound', access: 'Allow', protocol: 'Tcp', sourcePortRange: '*' },
    ...{ sourceAddressPrefix: '*', destinationAddressPrefix: '*', destinationPortRange: '443' },
    ...change,
  },
});
const group = (...securityRules: JsonObject[]) =>
  resource('Microsoft.Network/networkSecurityGroups', 'nsg', {
    securityRules,
    defaultSecurityRules: standardRules as unknown as Json,
  });
const denyInternet = rule('DenyInternet', 200, {
  ...{ access: 'Deny', protocol: '*', destinationAddressPrefix: 'Internet', destinationPortRange: '*' },
});

/** Lines at a width, as a pipe has them. */
const at = (table: ResourceTable | undefined, width = Number.POSITIVE_INFINITY, skip = 0): string[] =>
  table === undefined ? [] : tableLines(table, { width, skip, measure: byCharacters }).map(plainText);
const rowsOf = (table: ResourceTable | undefined) => (table?.rows ?? []).map(({ cells }) => cells.join('|'));
/** The notes of a group's rules, by name. */
const notes = (groupOf: Resource, ...beside: Resource[]) =>
  Object.fromEntries(
    (tablesOf(groupOf, beside)[0]?.rows ?? []).flatMap(({ cells, note }) => (note ? [[cells[1], note]] : [])),
  );

test('a number that a response spells in its own way is shown as it is spelled, and sorted by its value', () => {
  const spelled = (text: string) => rule('Spelled', parseJson(text) as number);
  const [table] = tablesOf(group(rule('Late', 400), spelled('3.0e2'), rule('Early', 100)), []);
  expect(rowsOf(table).flatMap((row) => /^[^|]+\|(?:Early|Spelled|Late)/.exec(row) ?? [])).toEqual([
    '100|Early',
    '3.0e2|Spelled',
    '400|Late',
  ]);
});

test('rules of a group: inbound first, by priority, the default rules dim', () => {
  const own = [rule('Late', 400), rule('Early', 100), rule('In', 300, { direction: 'Inbound' })];
  const [table] = tablesOf(group(...own), []);
  const rows = table?.rows.map(({ cells, role }) => `${cells.slice(0, 3).join(' ')}${role ? ` ${role}` : ''}`);
  expect(rows?.slice(0, 4)).toEqual([
    '300 In Inbound',
    '65000 AllowVnetInBound Inbound dim',
    '65001 AllowAzureLoadBalancerInBound Inbound dim',
    '65500 DenyAllInBound Inbound dim',
  ]);
  expect(rows?.slice(4, 6)).toEqual(['100 Early Outbound', '400 Late Outbound']);
  expect(rows).toHaveLength(9);
});

test('a shadowed rule names the rule that decides in its place', () => {
  const storage = rule('AllowStorage', 310, { destinationAddressPrefix: 'Storage.WestEurope' });
  const mine = network('10.0.0.0/16');
  expect(notes(group(denyInternet, storage), mine)).toEqual({
    AllowStorage: 'shadowed by DenyInternet (Deny, priority 200)',
  });
  // A network with public addresses may hold those of a service.
  expect(notes(group(denyInternet, storage), network('10.0.0.0/16', '52.0.0.0/16'))).toEqual({});
  expect(notes(group(rule('AllowStorage', 100, { destinationAddressPrefix: 'Storage' }), denyInternet), mine)).toEqual(
    {},
  );
});

test('only what is certain is called shadowed', () => {
  const mine = network('10.0.0.0/16');
  const after = (first: JsonObject, second: JsonObject) =>
    notes(group(rule('A', 100, first), rule('B', 200, second)), mine);
  const shadowed = { B: 'shadowed by A (Allow, priority 100)' };
  expect(after({}, { destinationPortRanges: ['443'], destinationPortRange: '' })).toEqual(shadowed);
  expect(after({}, { destinationPortRange: '443-444' })).toEqual({});
  expect(after({ protocol: '*' }, { protocol: 'Tcp' })).toEqual(shadowed);
  expect(after({ protocol: 'Udp' }, { protocol: 'Tcp' })).toEqual({});
  expect(after({ direction: 'Inbound' }, {})).toEqual({});
  const to = (...prefixes: string[]) => ({ destinationAddressPrefix: '', destinationAddressPrefixes: prefixes });
  expect(after(to('10.0.0.0/25', '10.0.0.128/25'), to('10.0.0.0/24'))).toEqual(shadowed);
  expect(after(to('10.0.0.0/25'), to('10.0.0.0/24'))).toEqual({});
  expect(after(to('Storage'), to('Storage.WestEurope'))).toEqual(shadowed);
  expect(after(to('Storage.WestEurope'), to('Storage'))).toEqual({});
  expect(after(to('Internet'), to('VirtualNetwork'))).toEqual({});
  expect(after(to('Internet'), to('8.8.8.8', 'AzureActiveDirectory'))).toEqual(shadowed);
  expect(after(to('Internet'), to('10.1.0.0/16'))).toEqual({});
  // `*` does not match the addresses of the platform, which only its tags name.
  expect(after({}, to('AzurePlatformDNS'))).toEqual({});
  expect(after(to('10.0.0.0/8'), to('no/address'))).toEqual({});
  const group1 = { destinationAddressPrefix: '', destinationApplicationSecurityGroups: [{ id: `${scope}/asg` }] };
  expect(after(group1, group1)).toEqual(shadowed);
  expect(after(to('10.0.0.0/8'), group1)).toEqual({});
  // A rule without a destination matches nothing.
  expect(after({}, { destinationAddressPrefix: '' })).toEqual({});
});

test('routes, subnets, network rules, connections and records have their tables', () => {
  const table = resource('Microsoft.Network/routeTables', 'rt', {
    routes: [{ name: 'out', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'None' } }],
  });
  expect(rowsOf(tablesOf(table, [])[0])).toEqual(['out|0.0.0.0/0|None||']);
  const nsg = { id: `${scope}/Microsoft.Network/networkSecurityGroups/nsg-a` };
  const vnet = resource('Microsoft.Network/virtualNetworks', 'vnet', {
    subnets: [
      {
        name: 'snet-a',
        properties: {
          addressPrefix: '10.0.0.0/24',
          networkSecurityGroup: nsg,
          serviceEndpoints: [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.KeyVault' }],
        },
      },
    ],
  });
  expect(rowsOf(tablesOf(vnet, [])[0])).toEqual(['snet-a|10.0.0.0/24|nsg-a|||Microsoft.Storage, Microsoft.KeyVault|']);
  const account = resource('Microsoft.Storage/storageAccounts', 'st', {
    networkAcls: {
      virtualNetworkRules: [{ id: `${vnet.id}/subnets/snet-a`, action: 'Allow', state: 'Succeeded' }],
      ipRules: [{ value: '20.0.0.0/24' }],
      resourceAccessRules: [{ resourceId: `${scope}/Microsoft.Synapse/workspaces/syn` }],
    },
    privateEndpointConnections: [
      {
        properties: {
          privateEndpoint: { id: `${scope}/Microsoft.Network/privateEndpoints/pe` },
          privateLinkServiceConnectionState: { status: 'Approved' },
        },
      },
    ],
  });
  const [rules, connections] = tablesOf(account, []);
  expect(rowsOf(rules)).toEqual([
    'Virtual network|vnet/snet-a|Allow|Succeeded',
    'IP address|20.0.0.0/24|Allow|',
    'Resource instance|syn|Allow|',
  ]);
  expect(rowsOf(connections)).toEqual(['pe|Approved||']);
  const zone = resource('Microsoft.Network/privateDnsZones', 'z', {});
  const record = {
    ...resource('Microsoft.Network/privateDnsZones/A', 'st', { ttl: 10, aRecords: [{ ipv4Address: '10.0.0.4' }] }),
    id: `${zone.id}/A/st`,
  };
  expect(rowsOf(tablesOf(zone, [zone, record])[0])).toEqual(['st|10.0.0.4|10|']);
  expect(tablesOf(resource('Microsoft.Compute/disks', 'd', {}), [])).toEqual([]);
});

test('a value that a file leaves open is unknown, and shadows nothing', () => {
  const open = { $unresolved: "[parameters('p')]", because: 'the parameter p has no value' };
  const [table] = tablesOf(group(rule('A', 100, { destinationAddressPrefix: open }), rule('B', 200)), []);
  expect(table?.rows.find(({ cells }) => cells[1] === 'A')?.cells[7]).toBe('unknown');
  expect(table?.rows.filter(({ note }) => note !== undefined)).toEqual([]);
});

const long = group(
  rule('AllowStorageAndVaultsOfTheRegion', 310, {
    destinationAddressPrefix: '',
    destinationAddressPrefixes: ['Storage.WestEurope', 'AzureKeyVault.WestEurope', 'AzureActiveDirectory'],
  }),
);

test('a table that does not fit loses its least telling columns first, and says so', () => {
  const [table] = tablesOf(long, []);
  expect(at(table)[1]).toMatch(
    /^Priority +Name +Direction +Access +Protocol +Source +Source ports +Destination +Destination ports$/,
  );
  const narrow = at(table, 80);
  expect(narrow[0]).toMatch(/^Security rules 7 {2}\d columns hidden; right shows them$/);
  expect(narrow[2]).toMatch(/^Priority +Name .*Access .*Source +Destination +ports *$/);
  expect(at(table, 53)[1]).toMatch(/^Priority +Name +Access +Destination *$/);
});

test('a heading takes two lines before a column is hidden for it', () => {
  const [table] = tablesOf(group(denyInternet), []);
  const [title, above, below] = at(table, 109);
  expect(title).not.toContain('hidden');
  expect(above?.trim()).toMatch(/Destination$/);
  expect(below).toMatch(/^Priority +Name +Direction +Access +Protocol +Source .*ports +Destination +ports *$/);
});

test('moving right shows every value whole, beside the columns that tell the rows apart', () => {
  const [table] = tablesOf(long, []);
  expect(table).toBeDefined();
  if (table === undefined) return;
  expect(columnSteps(table, 400, byCharacters)).toBe(0);
  const steps = columnSteps(table, 80, byCharacters);
  expect(steps).toBe(7);
  const seen = Array.from({ length: steps }, (_, step) => at(table, 80, step + 1));
  for (const { cells } of table.rows) {
    for (const value of cells.slice(2)) {
      // A value wider than all the room is cut at its end.
      expect(seen.some((lines) => lines.some((text) => text.includes(value.slice(0, 40))))).toBe(true);
    }
  }
  expect(seen.every((lines) => /^Priority +Name /.test(lines[1] ?? ''))).toBe(true);
});

test('no line is wider than its width, whatever the table and the view', () => {
  const text = fc.string({ maxLength: 60 });
  const tables = fc.integer({ min: 1, max: 6 }).chain((width) =>
    fc.record({
      title: fc.constant('T'),
      fixed: fc.integer({ min: 0, max: Math.min(2, width) }),
      columns: fc.array(fc.record({ title: fc.string({ maxLength: 14 }), keep: fc.integer({ min: 0, max: 9 }) }), {
        minLength: width,
        maxLength: width,
      }),
      rows: fc.array(fc.record({ cells: fc.array(text, { minLength: width, maxLength: width }), note: text }), {
        maxLength: 5,
      }),
    }),
  );
  fc.assert(
    fc.property(tables, fc.integer({ min: 40, max: 160 }), fc.integer({ min: 0, max: 8 }), (table, width, skip) => {
      const lines = at(table as ResourceTable, width, skip).slice(1);
      if (skip === 0) for (const one of lines) expect(one.length).toBeLessThanOrEqual(width);
      // A view that is scrolled has room for the fixed columns and the next one.
      if (width >= 60) for (const one of lines) expect(one.length).toBeLessThanOrEqual(Math.max(width, 60));
    }),
    { numRuns: 300 },
  );
});

test('what Azure says is in effect is listed at the NIC, its VM, its subnet, and the rules at their NSG', () => {
  const nic = resource('Microsoft.Network/networkInterfaces', 'nic', {});
  const subnet = resource('Microsoft.Network/virtualNetworks/subnets', 'snet', {});
  const machine = resource('Microsoft.Compute/virtualMachines', 'vm', {});
  const nsg = group();
  const effective = (name: string, priority: number, change: JsonObject = {}): JsonObject => ({
    ...{ name, priority, access: 'Allow', direction: 'Outbound', protocol: 'All', sourcePortRanges: ['0-65535'] },
    ...{
      sourceAddressPrefix: '0.0.0.0/0',
      destinationAddressPrefix: 'Storage',
      destinationPortRange: '443-443',
      destinationPortRanges: ['443-443'],
      ...change,
    },
  });
  const named = {
    networkSecurityGroup: { id: nsg.id },
    association: { subnet: { id: subnet.id } },
    effectiveSecurityRules: [
      effective('defaultSecurityRules/DenyAllOutBound', 65500, { access: 'Deny' }),
      effective('securityRules/ToStorage', 200),
      effective('securityRules/In', 300, { direction: 'Inbound' }),
    ],
  };
  const managed = {
    association: { networkManager: { id: `${scope}/Microsoft.Network/networkManagers/anm` } },
    effectiveSecurityRules: [effective('deny-rdp', 10, { access: 'Deny' })],
  };
  const route = (state: string, prefix: string, address: string): JsonObject => ({
    ...{ source: 'User', state, addressPrefix: [prefix], nextHopType: 'VirtualAppliance', nextHopIpAddress: [address] },
  });
  const card = {
    subnet: subnet.id,
    card: nic.id,
    machine: machine.id,
    address: '10.0.0.4',
    at: '2026-03-01T12:00:00Z',
  };
  const answers = {
    groups: { value: [named, managed] },
    routes: { value: [route('Invalid', '10.0.0.0/8', '10.1.0.4'), route('Active', '0.0.0.0/0', '10.1.0.5')] },
  };
  const live: LiveEvidence = {
    ...{ questions: 2, nowhere: [], cards: [{ ...card, ...answers, group: null, flows: [], gaps: [] }] },
  };
  for (const one of [nic, machine]) {
    const tables = tablesOf(one, [], live);
    expect(tables.map(({ title }) => title)).toEqual([
      'Effective security rules of nsg (NIC nic, 2026-03-01 12:00 UTC)',
      'Effective security rules of network manager anm (NIC nic, 2026-03-01 12:00 UTC)',
      'Effective routes (NIC nic, 2026-03-01 12:00 UTC)',
    ]);
    expect(rowsOf(tables[0])).toEqual([
      '300|In|Inbound|Allow|All|0.0.0.0/0|0-65535|Storage|443-443',
      '200|ToStorage|Outbound|Allow|All|0.0.0.0/0|0-65535|Storage|443-443',
      '65500|DenyAllOutBound|Outbound|Deny|All|0.0.0.0/0|0-65535|Storage|443-443',
    ]);
    expect(tables[0]?.rows.map(({ role }) => role)).toEqual([undefined, undefined, 'dim']);
    expect(rowsOf(tables[2])).toEqual([
      '0.0.0.0/0|VirtualAppliance|10.1.0.5|User|Active|',
      '10.0.0.0/8|VirtualAppliance|10.1.0.4|User|Invalid|',
    ]);
  }
  const titles = (one: Resource, how: LiveEvidence) => tablesOf(one, [], how).map(({ title }) => title.split(' (')[0]);
  expect(titles(subnet, live)).toContain('Effective routes');
  expect(titles(nsg, live)).toEqual(['Security rules', 'Effective security rules of nsg']);
  // Refused or malformed answers have no table, or one without rows.
  const refused = { ...live, cards: live.cards.map((one) => ({ ...one, groups: null, routes: null })) };
  expect(titles(nic, refused)).toEqual([]);
  const odd = {
    ...live,
    cards: live.cards.map((one) => ({ ...one, groups: { value: ['x', 7] }, routes: { value: 'x' } })),
  };
  expect(titles(nic, odd as LiveEvidence).length).toBeGreaterThan(0);
});
