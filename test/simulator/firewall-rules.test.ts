// Rules that Azure Firewall refuses, in its own body and in the groups of a policy, and who has to wait while one is written.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { group, start, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
  await client.put(policy, { location: 'westeurope', properties: {} });
});
afterEach(() => client.stop());

const inNetwork = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const firewall = inNetwork('azureFirewalls', 'fw');
const policy = inNetwork('firewallPolicies', 'fwp');
const rules = `${policy}/ruleCollectionGroups/rules`;

// biome-ignore lint/suspicious/noExplicitAny: wrong things are put on purpose
type Raw = any;
const network = (more: Raw = {}): Raw => ({
  ...{ name: 'net', sourceAddresses: ['10.0.0.0/16'], destinationAddresses: ['AzureMachineLearning'] },
  ...{ destinationPorts: ['5831'], ...more },
});
const web = (more: Raw = {}): Raw => ({
  ...{ name: 'web', sourceAddresses: ['*'], protocols: [{ protocolType: 'Https', port: 443 }] },
  ...{ targetFqdns: ['*.azureml.ms'], ...more },
});
const collection = (name: string, priority: number, own: readonly Raw[]): Raw => ({
  ...{ name, priority, action: { type: 'Allow' }, rules: own },
});

interface Case {
  readonly when: string;
  /** Its code without the family in front; null where it is taken. */
  readonly code: string | null;
  readonly network?: readonly Raw[];
  readonly application?: readonly Raw[];
}
const cases: readonly Case[] = [
  {
    when: 'a tag as destination, a wildcard as target',
    code: null,
    network: [collection('n', 100, [network()])],
    application: [collection('a', 200, [web()])],
  },
  ...[99, 65001, 100.5].map((priority) => ({
    ...{ when: `priority ${priority}`, code: 'RuleCollectionInvalidPriority' },
    network: [collection('n', priority, [network()])],
  })),
  {
    ...{ when: 'one priority twice', code: 'RuleCollectionInvalidPriority' },
    network: [collection('n', 100, [network()]), collection('m', 100, [network()])],
  },
  {
    ...{ when: 'one name twice', code: 'RuleCollectionDuplicateName' },
    network: [collection('n', 100, [network()]), collection('N', 200, [network()])],
  },
  {
    ...{ when: 'one rule name twice', code: 'RuleDuplicateName' },
    network: [collection('n', 100, [network(), network()])],
  },
  {
    ...{ when: 'an action of another kind', code: 'RuleCollectionInvalidAction' },
    network: [{ ...collection('n', 100, [network()]), action: { type: 'Dnat' } }],
  },
  ...['AzureMachineLearning', '10.0.0.1/16', '10.0.0.9-10.0.0.1', 'Internet'].map((source) => ({
    ...{ when: `${source} as source`, code: 'RuleInvalidIpAddressOrRangeFormat' },
    network: [collection('n', 100, [network({ sourceAddresses: [source] })])],
  })),
  {
    ...{ when: 'a host name as address', code: 'RuleInvalidIpAddressOrRangeFormat' },
    network: [collection('n', 100, [network({ destinationAddresses: ['destination.subdomain.com'] })])],
  },
  {
    ...{ when: 'no source', code: 'RuleMissingSource' },
    network: [collection('n', 100, [network({ sourceAddresses: [] })])],
  },
  {
    ...{ when: 'no destination', code: 'RuleMissingDestination' },
    network: [collection('n', 100, [network({ destinationAddresses: [] })])],
  },
  {
    ...{ when: 'ports backwards', code: 'RuleInvalidPortOrRangeFormat' },
    network: [collection('n', 100, [network({ destinationPorts: ['9-1'] })])],
  },
  {
    ...{ when: 'a name in a network rule, without DNS proxy as with it', code: null },
    network: [
      collection('n', 100, [network({ destinationAddresses: [], destinationFqdns: ['westeurope.tundra.azureml.ms'] })]),
    ],
  },
  ...['a.*.com', 'https://a.com', 'a b'].map((host) => ({
    ...{ when: `target ${host}`, code: 'RuleInvalidFqdn' },
    application: [collection('a', 100, [web({ targetFqdns: [host] })])],
  })),
  {
    ...{ when: 'no protocol', code: 'RuleInvalidProtocol' },
    application: [collection('a', 100, [web({ protocols: [] })])],
  },
];

const classic = (item: Raw): Raw => {
  const { name, ...properties } = item;
  const protocols = (rule: Raw) => ('targetFqdns' in rule ? rule : { ...rule, protocols: ['UDP'] });
  return { name, properties: { ...properties, rules: properties.rules.map(protocols) } };
};
const inPolicy = (item: Raw): Raw => ({
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  ...item,
  rules: item.rules.map((rule: Raw) =>
    'targetFqdns' in rule
      ? { ruleType: 'ApplicationRule', ...rule }
      : { ruleType: 'NetworkRule', ipProtocols: ['UDP'], ...rule },
  ),
});
const putClassic = (one: Pick<Case, 'network' | 'application'>, more: object = {}): Promise<TestReply> =>
  client.put(firewall, {
    location: 'westeurope',
    properties: {
      networkRuleCollections: (one.network ?? []).map(classic),
      applicationRuleCollections: (one.application ?? []).map(classic),
      ...more,
    },
  });
const putGroup = (one: Pick<Case, 'network' | 'application'>, id = rules, priority = 300): Promise<TestReply> =>
  client.put(id, {
    properties: { priority, ruleCollections: [...(one.network ?? []), ...(one.application ?? [])].map(inPolicy) },
  });

describe.each(cases.map((one) => [one.when, one] as const))('%s', (_when, one) => {
  test('in a firewall', async () => {
    const answer = await putClassic(one);
    expect([answer.status, answer.code]).toEqual(
      one.code === null ? [201, undefined] : [400, `AzureFirewall${one.code}`],
    );
  });
  test('in a policy', async () => {
    const answer = await putGroup(one);
    expect([answer.status, answer.code]).toEqual(
      one.code === null ? [201, undefined] : [400, `FirewallPolicy${one.code}`],
    );
  });
});

const named = {
  network: [
    collection('n', 100, [network({ destinationAddresses: [], destinationFqdns: ['westeurope.tundra.azureml.ms'] })]),
  ],
};
test('with DNS proxy, network rules may hold names', async () => {
  expect((await putClassic(named, { additionalProperties: { 'Network.DNS.EnableProxy': 'true' } })).status).toBe(201);
  await client.put(policy, { location: 'westeurope', properties: { dnsSettings: { enableProxy: true } } });
  expect((await putGroup(named)).status).toBe(201);
});

test('a firewall that follows a policy has no rules', async () => {
  const own = { network: [collection('n', 100, [network()])] };
  const answer = await putClassic(own, { firewallPolicy: { id: policy } });
  expect([answer.status, answer.code]).toEqual([400, 'AzureFirewallPolicyAndRuleCollectionsConflict']);
});

test('one priority may appear in two kinds of classic collections', async () => {
  const both = { network: [collection('n', 200, [network()])], application: [collection('a', 200, [web()])] };
  const made = await putClassic(both);
  expect(made.status).toBe(201);
  const [first] = list(made.json, 'properties', 'networkRuleCollections');
  expect(text(first, 'id')).toBe(`${firewall}/networkRuleCollections/n`);
  expect(text(first, 'properties', 'provisioningState')).toBe('Succeeded');
});

test('while one group is written, the others of its policy wait', async () => {
  await client.stop();
  client = await start({ world: 'closed', clock: 'polls:2' });
  const made = await client.put(policy, { location: 'westeurope', properties: {} });
  const finish = async (reply: TestReply) => {
    for (let turn = 0; turn < 5; turn += 1) await client.send('GET', reply.headers['azure-asyncoperation'] ?? '');
  };
  await finish(made);
  const one = { network: [collection('n', 100, [network()])] };
  const first = await putGroup(one);
  expect(first.status).toBe(201);
  const second = await putGroup(one, `${policy}/ruleCollectionGroups/more`, 400);
  expect([second.status, second.code]).toEqual([409, 'AnotherOperationInProgress']);
  await finish(first);
  expect((await putGroup(one, `${policy}/ruleCollectionGroups/more`, 400)).status).toBe(201);
});
