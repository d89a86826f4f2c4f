// Samples of the firewall rules: the training subnet behind an Azure Firewall, with its own rules or a policy's.
import { group, ids, type Loose, refused, type Scene } from '../support/snapshot.ts';
import { instance as withInstance } from './samples-udr.ts';
import type { Sample, SampleChange } from './sampling.ts';

const at = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const table = at('routeTables', 'rt-train');
const firewall = at('azureFirewalls', 'fw');
const policy = at('firewallPolicies', 'fwp');
const base = at('firewallPolicies', 'fwp-base');
const address = '10.0.200.4';

const subnetIn = (scene: Scene): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train).properties;
const body = (id: string, properties: Loose): Loose => ({
  ...{ id, name: id.split('/').at(-1), location: 'westeurope' },
  properties: { provisioningState: 'Succeeded', ...properties },
});
const route = (name: string, addressPrefix: string, nextHopType: string, nextHopIpAddress?: string): Loose => ({
  ...{ id: `${table}/routes/${name}`, name },
  properties: { addressPrefix, nextHopType, ...(nextHopIpAddress === undefined ? {} : { nextHopIpAddress }) },
});

/** A table that sends everything to the firewall's address. */
const routed =
  (more: SampleChange = () => {}, routes: readonly Loose[] = []): SampleChange =>
  (scene) => {
    const all = [route('all', '0.0.0.0/0', 'VirtualAppliance', address), ...routes];
    scene.bodies[table] = body(table, { routes: all });
    subnetIn(scene).routeTable = { id: table };
    more(scene);
  };
const wall = (scene: Scene, properties: Loose): void => {
  const own = { name: 'main', properties: { privateIPAddress: address } };
  scene.bodies[firewall] = body(firewall, { ipConfigurations: [own], ...properties });
};

const net = (name: string, tags: readonly string[], ports: readonly string[], protocol = 'TCP'): Loose => ({
  ...{ name, protocols: [protocol], ipProtocols: [protocol], ruleType: 'NetworkRule' },
  ...{ sourceAddresses: ['10.0.1.0/24'], destinationAddresses: tags, destinationPorts: ports },
});
const app = (name: string, hosts: readonly string[], more: Loose = {}): Loose => ({
  ...{ name, ruleType: 'ApplicationRule', sourceAddresses: ['*'], protocols: [{ protocolType: 'Https', port: 443 }] },
  ...{ targetFqdns: hosts, ...more },
});
const tags: readonly Loose[] = [
  net('entra', ['AzureActiveDirectory'], ['80', '443']),
  net('arm', ['AzureResourceManager', 'AzureFrontDoor.Frontend', 'AzureFrontDoor.FirstParty', 'AzureMonitor'], ['443']),
  net('aml', ['AzureMachineLearning'], ['443', '8787', '18881']),
  net('udp', ['AzureMachineLearning'], ['5831'], 'UDP'),
  net('batch', ['BatchNodeManagement.westeurope'], ['443'], 'Any'),
  net('storage', ['Storage.WestEurope'], ['443', '445']),
  net('images', ['MicrosoftContainerRegistry', 'AzureContainerRegistry'], ['443']),
];
const packages = app('packages', [
  ...['*anaconda.com', '*.anaconda.org', 'pypi.org', '*.pythonhosted.org', 'cloud.r-project.org', '*.pytorch.org'],
  '*.tensorflow.org',
]);
const classic = (network: readonly Loose[], application: readonly Loose[], more: Loose = {}): Loose => {
  const collection = (name: string, rules: readonly Loose[]): Loose => ({
    name,
    properties: { priority: 200, action: { type: 'Allow' }, rules },
  });
  return {
    networkRuleCollections: [collection('net', network)],
    applicationRuleCollections: [collection('app', application)],
    ...more,
  };
};
/** Behind a firewall with its own rules. */
const behind = (
  network: readonly Loose[],
  application: readonly Loose[],
  more: Loose = {},
  change: SampleChange = () => {},
) =>
  routed((scene) => {
    wall(scene, classic(network, application, more));
    change(scene);
  });
const groupOf = (scene: Scene, where: string, name: string, collections: readonly Loose[], priority = 300): void => {
  const id = `${where}/ruleCollectionGroups/${name}`;
  scene.bodies[id] = { id, name, properties: { priority, ruleCollections: collections } };
};
const filter = (name: string, priority: number, rules: readonly Loose[], action = 'Allow'): Loose => ({
  ...{ ruleCollectionType: 'FirewallPolicyFilterRuleCollection', name, priority },
  ...{ action: { type: action }, rules },
});
/** Behind a firewall that follows a policy, which inherits from another. */
const followed = (own: readonly Loose[], inherited: readonly Loose[], change: SampleChange = () => {}): SampleChange =>
  routed((scene) => {
    wall(scene, { firewallPolicy: { id: policy.toUpperCase() } });
    scene.bodies[policy] = body(policy, { basePolicy: { id: base } });
    scene.bodies[base] = body(base, {});
    groupOf(scene, policy, 'own', own);
    groupOf(scene, base, 'inherited', inherited);
    change(scene);
  });
const unread =
  (id: string): SampleChange =>
  (scene) => {
    Reflect.deleteProperty(scene.bodies, id);
    scene.gaps.push(refused(id));
  };
const openSubnet: SampleChange = (scene) => {
  subnetIn(scene).serviceEndpoints = [];
};
const hidden: SampleChange = (scene) => {
  scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties.enableNodePublicIp = false;
};

const sample = (
  id: string,
  says: Sample['says'],
  when: string,
  change: SampleChange,
  extra: Omit<Sample, 'rule' | 'says' | 'when' | 'change'> = {},
): Sample => ({ rule: `firewall.${id}`, says, when, change, on: ids.train, where: firewall, ...extra });
const bare = (id: string, says: Sample['says'], when: string, change: SampleChange): Sample => ({
  ...{ rule: `firewall.${id}`, says, when, change, on: ids.train },
});
const code: SampleChange = (scene) => Object.assign(scene.intents, { usesVsCode: true });
const withoutFrontDoor = tags.map((one) =>
  one.name === 'arm' ? net('arm', ['AzureResourceManager', 'AzureFrontDoor.FirstParty', 'AzureMonitor'], ['443']) : one,
);
/** The workspace lists this host itself. */
const listed =
  (category: string, domainName: string): SampleChange =>
  (scene) => {
    const id = `${ids.workspace}/outboundNetworkDependenciesEndpoints`;
    const endpoints = [{ domainName, endpointDetails: [{ port: 443 }] }];
    scene.bodies[id] = { id, value: [{ properties: { category, endpoints } }] };
  };
const noChange: SampleChange = () => {};
const everything = ['inbound-dnat', 'application-rules', 'current-rules'];

const nat = (ports: readonly string[], source = '*'): Loose => ({
  natRuleCollections: [
    {
      name: 'nat',
      properties: {
        ...{ priority: 100, action: { type: 'Dnat' } },
        rules: ports.map((port) => ({
          ...{
            name: `to-${port}`,
            protocols: ['TCP'],
            sourceAddresses: [source],
            destinationAddresses: ['203.0.113.4'],
          },
          ...{ destinationPorts: [port], translatedAddress: '10.0.1.4', translatedPort: port },
        })),
      },
    },
  ],
});
const batchRoute = route('batch', 'BatchNodeManagement', 'Internet');
const old = { profile: 'article-2020' } as const;
const batch2020 = { ...old, severity: 'info' } as const;
const names2020 = [
  ...['*.batchai.core.windows.net', 'ml.azure.com', 'default.exp-tas.com', '*.azureml.ms', '*.azureml.net'],
  ...['mlworkspace.azure.ai', '*.aether.ms', '*windows.net', 'vault.azure.net', '*azurecr.io', 'mcr.microsoft.com'],
  ...['*.notebooks.azure.net', 'anaconda.com', '*.anaconda.org', 'pypi.org', 'cloud.r-project.org'],
];

export const firewallSamples: readonly Sample[] = [
  bare('in-path', 'pass', 'no route table', noChange),
  sample('in-path', 'pass', 'everything goes to the firewall', behind([], [])),
  bare('in-path', 'pass', 'everything goes to somebody else’s appliance', routed()),
  bare('in-path', 'unknown', 'the route table may not be read', routed(unread(table))),
  bare(
    'in-path',
    'unknown',
    'the firewalls may not be listed',
    routed((scene) => {
      scene.gaps.push(
        refused(`/subscriptions/00000000-0000-0000-0000-0000000000aa/providers/Microsoft.Network/azureFirewalls`),
      );
    }),
  ),
  ...everything
    .filter((id) => id !== 'application-rules')
    .flatMap((id) => [
      bare(id, 'notApplicable', 'no route table', noChange),
      bare(id, 'unknown', 'somebody else’s appliance', routed()),
    ]),
  sample('application-rules', 'notApplicable', 'today’s list replaces it', behind([], [])),

  sample('inbound-dnat', 'fail', 'no routes, no NAT rule', behind([], []), batch2020),
  sample('inbound-dnat', 'fail', 'a NAT rule for 29876 alone', behind([], [], nat(['29876'])), batch2020),
  sample(
    'inbound-dnat',
    'fail',
    'NAT rules from one private range',
    behind([], [], nat(['29876', '29877'], '10.0.0.0/8')),
    batch2020,
  ),
  sample('inbound-dnat', 'pass', 'NAT rules for both ports', behind([], [], nat(['29876', '29877', '44224'])), old),
  sample(
    'inbound-dnat',
    'unknown',
    'sources are public ranges, and the tag’s are not known',
    behind([], [], nat(['29876', '29877'], '20.0.0.0/8')),
    old,
  ),
  sample(
    'inbound-dnat',
    'notApplicable',
    'routes past the firewall',
    (scene) => {
      routed((one) => wall(one, classic([], [])), [batchRoute])(scene);
    },
    old,
  ),
  sample('inbound-dnat', 'notApplicable', 'clusters alone, today', behind([], [])),
  sample('inbound-dnat', 'fail', 'an instance, no NAT rule', behind([], [], {}, withInstance), { severity: 'high' }),
  sample('inbound-dnat', 'pass', 'an instance and a NAT rule', behind([], [], nat(['44224']), withInstance)),
  sample('inbound-dnat', 'notApplicable', 'no compute has a public address', behind([], [], {}, hidden)),

  sample('current-rules', 'fail', 'no rule at all', behind([], [])),
  sample(
    'current-rules',
    'fail',
    'no rule for UDP 5831',
    behind(
      tags.filter(({ name }) => name !== 'udp'),
      [packages],
    ),
  ),
  sample('current-rules', 'pass', 'tags for all, names for packages', behind(tags, [packages])),
  sample('current-rules', 'fail', 'packages are missing', behind(tags, []), { severity: 'low' }),
  sample(
    'current-rules',
    'fail',
    'Visual Studio Code is used, and its hosts are missing',
    behind(tags, [packages], {}, code),
    {
      severity: 'low',
    },
  ),
  sample(
    'current-rules',
    'pass',
    'Visual Studio Code is used, and names may pass',
    behind(tags, [packages, app('code', ['*.vscode.dev', '*.vscode-unpkg.net', '*.vscode-cdn.net', '*'])], {}, code),
  ),
  ...['automlresources-prod.azureedge.net', 'automlresources-prod-d0eaehh7g8andvav.b02.azurefd.net'].map((host) =>
    sample(
      'current-rules',
      'pass',
      `no tag for Azure Front Door, and ${host}`,
      behind(withoutFrontDoor, [packages, app('studio', ['ml.azure.com', 'aka.ms', host])]),
    ),
  ),
  sample(
    'current-rules',
    'fail',
    'no tag for Azure Front Door, and no host of automated ML',
    behind(withoutFrontDoor, [packages, app('studio', ['ml.azure.com', 'aka.ms'])]),
  ),
  ...(['pass', 'fail'] as const).map((says) =>
    sample(
      'current-rules',
      says,
      `the host that the workspace lists for sign-in ${says === 'pass' ? 'may' : 'may not'} pass`,
      behind(
        tags.filter(({ name }) => name !== 'entra'),
        [packages, app('sign-in', [says === 'pass' ? 'login.partner.example' : 'login.microsoftonline.com'])],
        {},
        listed('Azure Active Directory', 'login.partner.example'),
      ),
    ),
  ),
  sample('current-rules', 'pass', 'everything may pass', behind([net('all', ['*'], ['*'], 'Any')], [])),
  sample('current-rules', 'pass', 'every address may pass', behind([net('all', ['0.0.0.0/0'], ['*'], 'Any')], [])),
  sample(
    'current-rules',
    'fail',
    'storage is missing, and no service endpoint goes past',
    behind(
      tags.filter(({ name }) => name !== 'storage'),
      [packages],
      {},
      openSubnet,
    ),
  ),
  sample(
    'current-rules',
    'pass',
    'storage is missing, and the service endpoint goes past',
    behind(
      tags.filter(({ name }) => name !== 'storage'),
      [packages],
    ),
  ),
  sample(
    'current-rules',
    'fail',
    'rules for another source',
    behind(
      tags.map((one) => ({ ...one, sourceAddresses: ['10.0.3.0/24'] })),
      [packages],
    ),
  ),
  sample(
    'current-rules',
    'fail',
    'rules for half of the subnet',
    behind(
      tags.map((one) => ({ ...one, sourceAddresses: ['10.0.1.0/25'] })),
      [packages],
    ),
  ),
  sample(
    'current-rules',
    'pass',
    'the policy and the one it inherits from',
    followed([filter('app', 200, [packages])], [filter('net', 100, tags)]),
  ),
  sample(
    'current-rules',
    'fail',
    'what is inherited denies',
    followed(
      [filter('net', 100, tags), filter('app', 200, [packages])],
      [filter('no', 100, [net('no', ['*'], ['*'], 'Any')], 'Deny')],
    ),
  ),
  sample(
    'current-rules',
    'unknown',
    'the groups of the policy may not be read',
    followed([], [], (scene) => {
      scene.gaps.push(refused(`${policy}/ruleCollectionGroups`));
    }),
  ),
  sample(
    'current-rules',
    'fail',
    'the account may not be read, and tags are missing',
    behind([], [], {}, unread(ids.account)),
  ),
  sample(
    'current-rules',
    'unknown',
    'the account may not be read, and nothing else is missing',
    behind(tags, [packages], {}, unread(ids.account)),
  ),
  sample('current-rules', 'unknown', 'the policy above may not be read', followed([], [], unread(base))),
  sample(
    'current-rules',
    'unknown',
    'an IP group that was not read',
    behind(
      tags.map((one) => ({ ...one, sourceAddresses: [], sourceIpGroups: [at('ipGroups', 'nodes')] })),
      [packages],
    ),
  ),
  sample(
    'current-rules',
    'pass',
    'an IP group that was read',
    behind(
      tags.map((one) => ({ ...one, sourceAddresses: [], sourceIpGroups: [at('ipGroups', 'NODES')] })),
      [packages],
      {},
      (scene) => {
        scene.bodies[at('ipGroups', 'nodes')] = body(at('ipGroups', 'nodes'), { ipAddresses: ['10.0.1.0-10.0.1.255'] });
      },
    ),
  ),

  sample(
    'application-rules',
    'fail',
    'no rule for *.aether.ms',
    behind(
      [],
      [
        app(
          'old',
          names2020.filter((name) => name !== '*.aether.ms'),
        ),
      ],
    ),
    old,
  ),
  sample('application-rules', 'pass', 'all names', behind([], [app('old', names2020)]), old),
  sample('application-rules', 'pass', 'a rule for every name', behind([], [app('all', ['*'])]), old),
  sample(
    'application-rules',
    'fail',
    'every name, on port 80',
    behind([], [app('all', ['*'], { protocols: [{ protocolType: 'Http', port: 80 }] })]),
    old,
  ),
  { ...bare('application-rules', 'unknown', 'somebody else’s appliance', routed()), ...old },
];
