// The effects of a whole plan: what flowed in the first world against what flows in the last.
import { expect, test } from 'vitest';
import { changedFlows } from '../../src/audit/path.ts';
import { currentEffects } from '../../src/model/effect.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { isOfType, workspaceType } from '../../src/resource-types/workspace-view.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

/** Both endpoints share a zone; one is deleted, and the record leads to the one that is kept. */
test.each([
  ['pe-stmldata-blob', ['vnet-far/snet-pe to stmldata, TCP 443: blocked from now on.'], /no address in vnet-ml until/],
  ['pe-stmldata-blob-far', [], /no address in vnet-ml and vnet-far until/],
])('a name that is written again for %s alone', (keep, cutOff, interrupted) => {
  const { effects } = buildPlan({
    ...{ snapshot: worldSnapshot('records'), rules, id: 'p' },
    request: { targets: ['dns.endpoint-collision'], answers: { keep }, ips: [], profile: 'all' },
  });
  const current = currentEffects(effects);
  const of = (kind: string) => current.filter((one) => one.kind === kind);
  expect(of('cutsOff').map(({ detail }) => detail)).toEqual(cutOff);
  expect(of('cutsOff').every(({ automatic }) => !automatic)).toBe(true);
  expect(of('interrupts').map(({ detail }) => detail)).toEqual([expect.stringMatching(interrupted)]);
  // What the kept endpoint serves today is not opened by writing its record again.
  expect(of('opens').filter(({ detail }) => detail.startsWith('vnet-far/'))).toEqual([]);
});

test('a service endpoint past a forced tunnel opens everything behind its tags, of the paired region too', () => {
  const { effects } = buildPlan({
    ...{ snapshot: worldSnapshot('tunnelled'), rules, id: 'p' },
    request: { targets: ['storage.subnet-service-endpoint'], answers: {}, ips: [], profile: 'all' },
  });
  const opens = currentEffects(effects).filter(({ kind }) => kind === 'opens');
  const wide = opens.flatMap(({ detail, automatic }) => {
    const [tag] = /\bStorage\.[a-z]+/i.exec(detail) ?? [];
    return tag === undefined ? [] : [[tag.toLowerCase(), automatic]];
  });
  // No finding names the accounts of others.
  expect(wide).toEqual([
    ['storage.westeurope', false],
    ['storage.northeurope', false],
  ]);
});

test('rules of a firewall open the tags, addresses and hosts that they name, and no Internet', () => {
  const { effects } = buildPlan({
    ...{ snapshot: worldSnapshot('tunnelled'), rules, id: 'p' },
    request: { targets: ['firewall.current-rules'], answers: {}, ips: [], profile: 'all' },
  });
  const opens = currentEffects(effects).flatMap((one) =>
    one.kind === 'opens' && one.reason === 'flow' && one.data.from.name.includes('snet-low')
      ? [`${one.data.to.name.toLowerCase()} ${one.data.traffic}`]
      : [],
  );
  expect(opens).toContain('azureactivedirectory TCP 80, 443');
  expect(opens).toContain('storage.westeurope TCP 443, 445');
  expect(opens).toContain('pypi.org TCP 443');
  expect(opens.filter((one) => /internet|^addresses/.test(one))).toEqual([]);
});

/** Default outbound access has an address that nothing shows: it may be any that an IP rule allows. */
test('an IP rule that is removed may be the one that lets in computes of unknown address', () => {
  const world = worldSnapshot('neglected');
  const withRules = (...rules: readonly string[]): Snapshot => ({
    ...world,
    resources: world.resources.map((one) =>
      isOfType(one.id, workspaceType)
        ? { ...one, body: { ...one.body, properties: { ...(one.body.properties as JsonObject), ipAllowlist: rules } } }
        : one,
    ),
  });
  const computesCutOff = (before: Snapshot, after: Snapshot) =>
    changedFlows(before, after).filter(({ kind, from }) => kind === 'cutsOff' && from.kind === 'compute');
  const [two, one] = [withRules('203.0.113.7', '198.51.100.7'), withRules('203.0.113.7')];
  const lost = computesCutOff(two, one);
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.every(({ certain }) => !certain)).toBe(true);
  // The way back opens the same, told as the address that it allows.
  const back = changedFlows(one, two).filter(({ kind, from }) => kind === 'opens' && from.kind === 'compute');
  expect(back.map(({ from, asAddresses }) => [from.id, asAddresses])).toEqual(lost.map(({ from }) => [from.id, true]));
  // What another rule holds is not lost, nor is what is added; no compute there comes from an IPv6 or a private address.
  expect(computesCutOff(withRules('203.0.113.0/24', '203.0.113.7'), withRules('203.0.113.0/24'))).toEqual([]);
  expect(computesCutOff(one, two)).toEqual([]);
  expect(computesCutOff(withRules('203.0.113.7', '2001:db8::7'), one)).toEqual([]);
  expect(computesCutOff(withRules('203.0.113.7', '10.20.0.0/16'), one)).toEqual([]);
});

const denyInternet: JsonObject = {
  name: 'deny-internet',
  properties: {
    ...{ protocol: '*', direction: 'Outbound', access: 'Deny', priority: 4000 },
    ...{ sourcePortRange: '*', destinationPortRange: '*' },
    ...{ sourceAddressPrefix: '*', destinationAddressPrefix: 'Internet' },
  },
};

/** A private subnet has no way out; nodes with public IP addresses in it have their own. */
test('nodes with public IP addresses in a private subnet are told apart from it', () => {
  const world = worldSnapshot('machines');
  const at = (name: string) =>
    world.resources.find(({ id }) => id.toLowerCase().endsWith(`/subnets/${name}`))?.id ?? '';
  const edited = (id: string, change: (properties: JsonObject) => JsonObject, from = world): Snapshot => ({
    ...from,
    resources: from.resources.map((one) =>
      one.id === id ? { ...one, body: { ...one.body, properties: change(one.body.properties as JsonObject) } } : one,
    ),
  });
  const subnet = at('snet-train');
  const open = edited(subnet, ({ networkSecurityGroup: _, ...rest }) => rest);
  const closed = edited(subnet, (all) => ({ ...all, defaultOutboundAccess: false }), open);
  const group = world.resources.find(({ type }) => type === 'Microsoft.Network/networkSecurityGroups');
  const denying = {
    ...(group as Resource),
    id: `${group?.id}-shut`,
    body: {
      ...group?.body,
      id: `${group?.id}-shut`,
      properties: { securityRules: [denyInternet] },
    },
  };
  const withGroup = edited(subnet, (all) => ({ ...all, networkSecurityGroup: { id: denying.id } }), closed);
  const shut: Snapshot = { ...withGroup, resources: [...withGroup.resources, denying] };
  const told = (before: Snapshot, after: Snapshot) =>
    changedFlows(before, after).flatMap(({ kind, from, to }) =>
      to.kind === 'internet' ? [`${kind} ${from.name}`] : [],
    );
  // Its nodes keep their way out: only the rest of the subnet loses one, and nothing is there.
  expect(told(open, closed)).toEqual(['cutsOff vnet-ml/snet-train']);
  expect(told(closed, open)).toEqual(['opens vnet-ml/snet-train']);
  // The nodes lose theirs where a group denies it, and the rest of the subnet has none to lose.
  expect(told(closed, shut).filter((one) => one.startsWith('cutsOff'))).toEqual([
    'cutsOff vnet-ml/snet-train (compute cluster cpu-cluster)',
  ]);
});

/** A vault has one of the addresses of its tag: where some of them were reached, it may have been reached before. */
test('what becomes of some addresses of a service is not known of the service', () => {
  const values = ['AzureKeyVault', 'AzureKeyVault.WestEurope'].map((name) => ({
    ...{ id: name, name, serviceTagChangeNumber: '1' },
    properties: { systemService: 'AzureKeyVault', addressPrefixes: ['13.69.64.72/29', '20.61.103.224/30'] },
  }));
  const document = { name: 'Public', cloud: 'Public', type: 'ServiceTags', changeNumber: '1', values };
  const world: Snapshot = {
    ...worldSnapshot('everything'),
    serviceTags: { source: 'file', from: 'tags.json', at: null, document },
  };
  const withBodies = (change: (name: string, properties: JsonObject) => JsonObject, of: Snapshot): Snapshot => ({
    ...of,
    resources: of.resources.map((one) => {
      const properties = (one.body.properties ?? {}) as JsonObject;
      const next = change(nameOf(one.id), properties);
      return next === properties ? one : { ...one, body: { ...one.body, properties: next } };
    }),
  });
  const before = withBodies((name, properties) => {
    if (name === 'kv-mlsim')
      return { ...properties, publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Allow' } };
    if (name === 'everything') return { ...properties, addressPrefix: '20.0.0.0/8' };
    if (name !== 'rt-gpu') return properties;
    const routes = (properties.routes as JsonObject[]).map((route) => ({
      ...route,
      properties: { ...(route.properties as JsonObject), addressPrefix: '20.0.0.0/8' },
    }));
    return { ...properties, routes };
  }, world);
  const after = withBodies(
    (name, properties) =>
      name === 'snet-gpu' ? { ...properties, serviceEndpoints: [{ service: 'Microsoft.KeyVault' }] } : properties,
    before,
  );
  const told = (one: Snapshot, two: Snapshot) =>
    changedFlows(one, two).flatMap(({ kind, from, to, certain }) =>
      to.name === 'kv-mlsim' && from.name.includes('snet-gpu') ? [`${kind} ${certain}`] : [],
    );
  expect(told(before, after)).toEqual(['opens false']);
  expect(told(after, before)).toEqual(['cutsOff false']);
});

/** Its endpoints are for blobs and files: queues and tables are reached by public addresses, as batch deployments need them. */
test('queues and tables of the workspace’s account are cut off where batch endpoints may be used', () => {
  const withDefault = (defaultAction: string, intents: Snapshot['intents']): Snapshot => {
    const world = worldSnapshot('closed-private-endpoint');
    return {
      ...world,
      intents: { ...world.intents, ...intents },
      resources: world.resources.map((one) =>
        nameOf(one.id) === 'stmlsim'
          ? {
              ...one,
              body: {
                ...one.body,
                properties: {
                  ...(one.body.properties as JsonObject),
                  publicNetworkAccess: 'Enabled',
                  networkAcls: { defaultAction, bypass: 'AzureServices', ipRules: [], virtualNetworkRules: [] },
                },
              },
            }
          : one,
      ),
    };
  };
  const cutOff = (intents: Snapshot['intents']) =>
    changedFlows(withDefault('Allow', intents), withDefault('Deny', intents)).flatMap(({ kind, from, to, use }) =>
      kind === 'cutsOff' && from.name.includes('snet-train') ? [`${to.name}: ${use}`] : [],
    );
  expect(cutOff({})).toEqual(['stmlsim (queue): possible', 'stmlsim (table): possible']);
  expect(cutOff({ usesBatchEndpoints: true })).toEqual(['stmlsim (queue): seen', 'stmlsim (table): seen']);
  expect(cutOff({ usesBatchEndpoints: false })).toEqual(['stmlsim (queue): none', 'stmlsim (table): none']);
});
