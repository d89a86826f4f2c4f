// A change that relaxes who can reach something never opens nothing silently: packets were followed, or what it opens is not known. Over
// every setting of reach of every resource of all worlds, by a list of settings of its own.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { currentEffects, type Effect, isRisky } from '../../src/model/effect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { effectsIn, namesNothing, ownsNothing } from '../../src/plan/effects.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { created, deleted, edit } from './small-worlds.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const worlds = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
const elsewhere =
  '/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-pay/providers/Microsoft.Network/virtualNetworks/vnet-pay/subnets/snet-pay';
const range = '198.51.100.0/24';

const opened =
  (closed: Json, open: Json) =>
  (value: Json): Json | undefined =>
    value === closed ? open : undefined;
const with1 =
  (item: Json) =>
  (value: Json): Json | undefined =>
    isArray(value) && !JSON.stringify(value).includes(range) ? [...value, item] : undefined;

/** Members by name, and what lets more in. */
const relaxing: Readonly<Record<string, (value: Json) => Json | undefined>> = {
  publicNetworkAccess: opened('Disabled', 'Enabled'),
  publicNetworkAccessForIngestion: opened('Disabled', 'Enabled'),
  publicNetworkAccessForQuery: opened('Disabled', 'Enabled'),
  ingestionAccessMode: opened('PrivateOnly', 'Open'),
  queryAccessMode: opened('PrivateOnly', 'Open'),
  defaultAction: opened('Deny', 'Allow'),
  bypass: opened('None', 'AzureServices'),
  networkRuleBypassOptions: opened('None', 'AzureServices'),
  remoteLoginPortPublicAccess: opened('Disabled', 'Enabled'),
  sshPublicAccess: opened('Disabled', 'Enabled'),
  enablePrivateCluster: opened(true, false),
  enableNodePublicIp: opened(false, true),
  allowBlobPublicAccess: opened(false, true),
  ipRules: with1({ value: range, action: 'Allow' }),
  ipAllowlist: with1(range),
  virtualNetworkRules: with1({ id: elsewhere }),
  authorizedIPRanges: (value) => (isArray(value) && value.length > 0 ? [] : undefined),
  visibility: () => ({ subscriptions: ['*'] }),
};

function* membersOf(value: Json, at = ''): Generator<readonly [string, string, Json]> {
  const entries = isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    const pointer = `${at}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (typeof key === 'string') yield [key, pointer, item];
    yield* membersOf(item, pointer);
  }
}

const effectsFor = (before: Snapshot, change: Change): readonly Effect[] =>
  effectsIn({ change, undo: 'exact', before, isOwn: ownsNothing, named: namesNothing });
const tells = (effects: readonly Effect[], kind: string): string[] =>
  currentEffects(effects).flatMap((one) => (one.kind === kind && isRisky(one) ? [one.detail] : []));

const textIn = (body: JsonObject, ...names: readonly string[]): string => {
  let at: Json | undefined = body.properties;
  for (const name of names) at = isObject(at) ? at[name] : undefined;
  return at === undefined ? '' : JSON.stringify(at);
};
/** Is the setting without effect, by another one of the same body? */
function isIdle({ body, type }: Resource, member: string): boolean {
  const list = type.endsWith('/registries') ? 'networkRuleSet' : 'networkAcls';
  const isOff = /Disabled|SecuredByPerimeter/.test(textIn(body, 'publicNetworkAccess'));
  const isDeny = textIn(body, list, 'defaultAction') === '"Deny"';
  if (!/\/(?:storageAccounts|vaults|registries)$/i.test(type)) return false;
  if (member === 'publicNetworkAccess')
    return isDeny && ['ipRules', 'virtualNetworkRules'].every((one) => ['', '[]'].includes(textIn(body, list, one)));
  if (member === 'defaultAction') return isOff;
  return member !== 'allowBlobPublicAccess' && (isOff || !isDeny);
}

describe.each(partOf(worlds, 3))('%s', (name) => {
  test('what relaxes a setting of reach opens something, or it is not known', () => {
    const snapshot = worldSnapshot(name);
    // Rules of a perimeter decide instead of those of a service.
    const isPerimeter = snapshot.resources.some(({ type }) => /networkSecurityPerimeters$/i.test(type));
    const silent: string[] = [];
    for (const one of snapshot.resources) {
      for (const [member, pointer, value] of membersOf(one.body.properties ?? {}, '/properties')) {
        const next = relaxing[member]?.(value);
        if (next === undefined || isIdle(one, member)) continue;
        if (isPerimeter && /\/(?:storageAccounts|vaults|registries)$/i.test(one.type)) continue;
        const effects = effectsFor(snapshot, edit(one.id, setMember(one.body, pointer, next)));
        if (tells(effects, 'opens').length === 0) silent.push(`${one.id} ${pointer}`);
      }
    }
    expect(silent).toEqual([]);
  });
});

inEveryRun(() => {
  describe('what no packet tells', () => {
    const typed = (id: string, body: JsonObject): { readonly snapshot: Snapshot; readonly one: Resource } => {
      const one = resourceOf({ id, name: nameOf(id), ...body });
      return { one, snapshot: worldSnapshot('limited', { change: (all) => [...all, one] }) };
    };
    const own = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
    test.each<[string, string, JsonObject, string, Json]>([
      [
        'Microsoft.Network/privateLinkServices/pls',
        'visibility',
        { properties: { visibility: { subscriptions: ['22222222-2222-2222-2222-222222222222'] } } },
        '/properties/visibility/subscriptions',
        ['*'],
      ],
      [
        'Microsoft.Search/searchServices/srch',
        'publicNetworkAccess',
        { properties: { publicNetworkAccess: 'Disabled' } },
        '/properties/publicNetworkAccess',
        'Enabled',
      ],
      [
        'Microsoft.Sql/servers/sql/firewallRules/office',
        'endIpAddress',
        { properties: { startIpAddress: '198.51.100.1', endIpAddress: '198.51.100.1' } },
        '/properties/endIpAddress',
        '255.255.255.255',
      ],
    ])('%s: %s', (path, _member, body, pointer, value) => {
      const { one, snapshot } = typed(`${own}/${path}`, body);
      const change = edit(one.id, setMember(one.body, pointer, value));
      expect(tells(effectsFor(snapshot, change), 'opens').join()).toMatch(/^Not known: who can reach/);
      expect(tells(effectsFor(snapshot, edit(one.id, setMember(one.body, '/tags', { a: 'b' }))), 'opens')).toEqual([]);
    });

    test('nothing where an exception is told as what it lets in', () => {
      const snapshot = worldSnapshot('mixed');
      const vault = snapshot.resources.find(({ id }) => id.endsWith('/vaults/kv-mlsim'));
      if (vault === undefined) throw new TypeError('a vault');
      const pointer = '/properties/networkAcls/bypass';
      const told = tells(
        effectsFor(snapshot, edit(vault.id, setMember(vault.body, pointer, 'AzureServices'))),
        'opens',
      );
      expect(told.join()).toContain('rusted Azure services');
      expect(told.join()).not.toContain('Not known');
    });

    test('a service endpoint, and a private link service, that others may use', () => {
      const snapshot = worldSnapshot('closed-service-endpoint');
      const one = snapshot.resources.find(
        ({ id, body }) => /\/subnets\//.test(id) && textIn(body, 'serviceEndpoints').includes('Storage'),
      );
      if (one === undefined) throw new TypeError('a subnet');
      const none = edit(one.id, setMember(one.body, '/properties/serviceEndpoints', []));
      expect(tells(effectsFor(snapshot, none), 'cutsOff').join()).toMatch(
        /services outside this scan allow .*Microsoft\.Storage/,
      );
      const link = typed(`${own}/Microsoft.Network/privateLinkServices/pls`, { properties: {} });
      const gone = effectsFor(link.snapshot, deleted(link.one.id, link.one.body));
      expect(tells(gone, 'cutsOff').join()).toContain('private endpoints outside this scan use pls');
    });

    test('a rule for addresses that nothing has which was read', () => {
      const snapshot = worldSnapshot('limited');
      const group = snapshot.resources.find(({ id }) => id.endsWith('/networkSecurityGroups/nsg-dev'))?.id ?? '';
      const body = (access: string, local: string): JsonObject => ({
        name: 'front',
        properties: {
          ...{ direction: 'Inbound', access, priority: 130, protocol: 'Tcp', sourcePortRange: '*' },
          ...{ sourceAddressPrefix: 'Internet', destinationAddressPrefix: local, destinationPortRange: '80' },
        },
      });
      const rule = `${group}/securityRules/front`;
      const allow = created(rule, body('Allow', '203.0.113.99'));
      expect(tells(effectsFor(snapshot, allow), 'opens').join()).toContain('203.0.113.99');
      expect(tells(effectsFor(snapshot, created(rule, body('Deny', '203.0.113.99'))), 'cutsOff').join()).toContain(
        'front',
      );
      expect(tells(effectsFor(snapshot, created(rule, body('Deny', '203.0.113.99'))), 'opens')).toEqual([]);
      // Of addresses in the subnet packets tell.
      expect(JSON.stringify(effectsFor(snapshot, created(rule, body('Allow', '10.0.3.9'))))).not.toContain(
        'nothing has',
      );
      expect(JSON.stringify(effectsFor(snapshot, created(rule, body('Allow', '*'))))).not.toContain('nothing has');
      const there = worldSnapshot('limited', {
        change: (all) =>
          all.map((one) => {
            if (one.id !== group) return one;
            const properties = one.body.properties as JsonObject;
            const securityRules = [
              ...(properties.securityRules as Json[]),
              { id: rule, ...body('Allow', '203.0.113.99') },
            ];
            return { ...one, body: { ...one.body, properties: { ...properties, securityRules } } };
          }),
      });
      const gone = effectsFor(there, deleted(rule, { id: rule, ...body('Allow', '203.0.113.99') }));
      expect(tells(gone, 'cutsOff').join()).toContain('203.0.113.99');
    });
  });
});
