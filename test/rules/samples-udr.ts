// Samples of the rules of routes: one route table on the training subnet, and service tags of two regions.
import { cluster, group, ids, type Loose, refused, type Scene, subnet, withEndpoint } from '../support/snapshot.ts';
import { both, type Extra, type Sample, type SampleChange } from './sampling.ts';

export const table = `${group}/providers/Microsoft.Network/routeTables/rt-train`;
const batch = ['40.74.24.96/28', '20.86.88.160/28'];
const azureml = Array.from({ length: 8 }, (_, index) => `13.69.${index}.0/26`);
const paired = ['13.69.227.192/28', '20.82.244.0/28'];
const entry = (name: string, addressPrefixes: readonly string[]): Loose => ({
  name,
  id: name,
  properties: { addressPrefixes },
});
export const tags: Loose = {
  changeNumber: '376',
  cloud: 'Public',
  values: [
    entry('BatchNodeManagement', [...batch, '13.74.107.128/27', '2603:1000:4::400/122']),
    entry('BatchNodeManagement.WestEurope', [...batch, '2603:1020:206:1::340/122']),
    entry('BatchNodeManagement.NorthEurope', ['13.74.107.128/27']),
    entry('AzureMachineLearning', [...azureml, ...paired]),
    entry('AzureMachineLearning.WestEurope', azureml),
    entry('AzureMachineLearning.NorthEurope', paired),
    entry('Storage.WestEurope', ['13.69.40.16/28']),
  ],
};

export const route = (name: string, addressPrefix: string, nextHopType = 'Internet', hop = '10.0.9.4'): Loose => ({
  ...{ id: `${table}/routes/${name}`, name, type: 'Microsoft.Network/routeTables/routes' },
  properties: {
    ...{ provisioningState: 'Succeeded', addressPrefix, nextHopType },
    ...(nextHopType === 'VirtualAppliance' ? { nextHopIpAddress: hop } : {}),
  },
});
const all = route('all', '0.0.0.0/0', 'VirtualAppliance');
const past = (prefixes: readonly string[], name = 'past') =>
  prefixes.map((prefix, index) => route(`${name}-${index}`, prefix));
export const everyRoute = [all, ...past([...batch, ...azureml, ...paired])];

const subnetOf = (scene: Scene, id: string = ids.train): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === id).properties;
const hang = (scene: Scene, routes: readonly Loose[], on: string = ids.train): void => {
  scene.bodies[table] = {
    ...{ id: table, name: 'rt-train', type: 'Microsoft.Network/routeTables', location: 'westeurope' },
    properties: { provisioningState: 'Succeeded', disableBgpRoutePropagation: false, routes: [...routes] },
  };
  subnetOf(scene, on).routeTable = { id: table };
};
export const tabled =
  (routes: readonly Loose[], more: SampleChange = () => {}): SampleChange =>
  (scene) => {
    scene.tags = tags;
    hang(scene, routes);
    more(scene);
  };
const without: SampleChange = (scene) => Reflect.deleteProperty(scene, 'tags');
const gateway: SampleChange = (scene) => {
  scene.tags = tags;
  scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
};
const compute = `${ids.workspace}/computes/cpu-cluster`;
export const instance: SampleChange = (scene) => {
  const id = `${ids.workspace}/computes/ci-anna`;
  const body = cluster('ci-anna', ids.train);
  scene.bodies[id] = { ...body, properties: { ...body.properties, computeType: 'ComputeInstance' } };
};
const hidden: SampleChange = (scene) => {
  scene.bodies[compute].properties.properties.enableNodePublicIp = false;
};
const serverless =
  (noPublic: boolean): SampleChange =>
  (scene) => {
    hidden(scene);
    scene.bodies[ids.workspace].properties.serverlessComputeSettings = {
      ...{ serverlessComputeCustomSubnet: ids.train, serverlessComputeNoPublicIP: noPublic },
    };
  };
const unread: SampleChange = (scene) => {
  scene.gaps.push(refused(table));
};
const fillers = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    route(`own-${index}`, `172.${16 + (index >> 8)}.${index & 255}.0/24`, 'None'),
  );
const tagFillers = (count: number) =>
  Array.from({ length: count }, (_, index) => route(`tag-${index}`, `AzureMonitor.Region${index}`));

const sample = (id: string, says: Sample['says'], when: string, change: SampleChange, extra: Extra = {}): Sample => ({
  ...{ rule: `udr.${id}`, says, when, change, on: ids.train, where: table },
  ...extra,
});
const bare = (id: string, says: Sample['says'], when: string, change: SampleChange, extra: Extra = {}): Sample => ({
  ...{ rule: `udr.${id}`, says, when, change, on: ids.train },
  ...extra,
});
/** A cluster with public addresses in another subnet of the same table. */
const otherCalled: SampleChange = (scene) => {
  hidden(scene);
  subnetOf(scene, ids.second).routeTable = { id: table };
  scene.bodies[`${ids.workspace}/computes/other`] = cluster('other', ids.second);
};
const in2020: Extra = { profile: 'article-2020' };
const today = { profile: 'current' } as const;

const firewall = `${group}/providers/Microsoft.Network/azureFirewalls/fw`;
/** An Azure Firewall at the next hop of the tunnel; it lets these names pass. */
const behindFirewall =
  (hosts: readonly string[]): SampleChange =>
  (scene) => {
    scene.bodies[firewall] = {
      ...{ id: firewall, name: 'fw', type: 'Microsoft.Network/azureFirewalls', location: 'westeurope' },
      properties: {
        ipConfigurations: [{ name: 'one', properties: { privateIPAddress: '10.0.9.4' } }],
        networkRuleCollections: [],
        natRuleCollections: [],
        applicationRuleCollections: [
          {
            name: 'storage',
            properties: {
              ...{ priority: 100, action: { type: 'Allow' } },
              rules: [
                {
                  ...{ name: 'hosts', sourceAddresses: ['10.0.0.0/16'], targetFqdns: [...hosts] },
                  protocols: [{ protocolType: 'Https', port: 443 }],
                },
              ],
            },
          },
        ],
      },
    };
  };
const noEndpoint: SampleChange = (scene) => {
  subnetOf(scene).serviceEndpoints = [];
};
const policy = `${group}/providers/Microsoft.Network/serviceEndpointPolicies/sep`;
const withPolicy =
  (resources: readonly string[]): SampleChange =>
  (scene) => {
    scene.bodies[policy] = {
      ...{ id: policy, name: 'sep', type: 'Microsoft.Network/serviceEndpointPolicies', location: 'westeurope' },
      properties: {
        serviceEndpointPolicyDefinitions: [
          { name: 'all', properties: { service: 'Global', serviceResources: [...resources] } },
        ],
      },
    };
    subnetOf(scene).serviceEndpointPolicies = [{ id: policy }];
  };

/** The questions that both services answer alike, each with its own prefixes; Batch in the article of 2020 alone. */
const covered: readonly (readonly [string, string, readonly string[], Extra])[] = [
  ['batch-prefixes', 'BatchNodeManagement', batch, in2020],
  ['azureml-prefixes', 'AzureMachineLearning', azureml, {}],
];
const coverage = covered.flatMap(([id, tag, prefixes, extra]): Sample[] => {
  const [first = '', ...rest] = prefixes;
  const narrow = first.replace(/\/\d+$/, '/30');
  const samples = [
    sample(id, 'fail', 'a tunnel, one prefix missing', tabled([all, ...past(rest)])),
    sample(id, 'fail', 'a tunnel and nothing past it', tabled([all])),
    sample(
      id,
      'fail',
      'two halves to the appliance, one prefix missing',
      tabled([
        route('low', '0.0.0.0/1', 'VirtualAppliance'),
        route('high', '128.0.0.0/1', 'VirtualAppliance'),
        ...past(rest),
      ]),
    ),
    sample(
      id,
      'fail',
      'a narrow piece of a prefix sent to the appliance',
      tabled([all, ...past(prefixes), route('narrow', narrow, 'VirtualAppliance')]),
    ),
    sample(
      id,
      'fail',
      'the tag, and a prefix beside it that drops',
      tabled([all, route('tag', tag), route('hole', first, 'None')]),
    ),
    sample(id, 'pass', 'every prefix', tabled([all, ...past(prefixes)])),
    sample(
      id,
      'pass',
      'wider routes over every prefix',
      tabled([
        all,
        ...past(
          prefixes
            .map((one) => one.replace(/\d+\.\d+\/\d+$/, '0.0/16'))
            .filter((one, index, list) => list.indexOf(one) === index),
        ),
      ]),
    ),
    sample(id, 'pass', 'one route for the tag', tabled([all, route('tag', tag)])),
    sample(id, 'pass', 'the tag of the region, in other letters', tabled([all, route('tag', `${tag}.WESTEUROPE`)])),
    sample(
      id,
      'pass',
      'the tag goes to the appliance, each prefix past it',
      tabled([all, route('tag', tag, 'VirtualAppliance'), ...past(prefixes)]),
    ),
    sample(id, 'fail', 'the tag of another region', tabled([all, route('tag', `${tag}.NorthEurope`)])),
    sample(id, 'pass', 'the tag, and no tag data', tabled([all, route('tag', tag)], without)),
    sample(id, 'fail', 'nothing leaves by the Internet, and no tag data', tabled([all], without)),
    sample(id, 'unknown', 'prefixes, and no tag data', tabled([all, ...past(prefixes)], without)),
    sample(
      id,
      'unknown',
      'the tag, a narrower route to the appliance, and no tag data',
      tabled([all, route('tag', tag), route('narrow', narrow, 'VirtualAppliance')], without),
    ),
    sample(
      id,
      'unknown',
      'a route that nobody can read',
      tabled([all, ...past(prefixes), route('odd', '999.1.1.1', 'VirtualAppliance')]),
    ),
    sample(id, 'unknown', 'the table may not be read', tabled([all], unread)),
    sample(id, 'unknown', 'a gateway, one prefix missing', tabled(past(rest), gateway)),
    sample(id, 'pass', 'a gateway, every prefix', tabled(past(prefixes), gateway)),
    sample(id, 'notApplicable', 'no tunnel', tabled([])),
    sample(id, 'notApplicable', 'no compute with a public address', tabled([all], hidden)),
    sample(id, 'notApplicable', 'serverless nodes without public addresses', tabled([all], serverless(true))),
    sample(id, 'fail', 'serverless nodes with public addresses', tabled([all], serverless(false))),
    bare(id, 'notApplicable', 'no table', () => {}),
  ];
  return samples.map((one) => ({
    ...one,
    ...extra,
    ...(extra === in2020 && one.says === 'fail' ? { severity: 'info' } : {}),
  }));
});

export const udrSamples: readonly Sample[] = [
  sample('forced-tunnel', 'pass', 'a default route to an appliance', tabled([all])),
  sample('forced-tunnel', 'pass', 'a gateway', tabled([], gateway)),
  sample('forced-tunnel', 'unknown', 'the table may not be read', tabled([all], unread)),
  bare('forced-tunnel', 'pass', 'no table', () => {}),
  bare('table-on-compute-subnet', 'fail', 'a gateway, and the routes hang on another subnet', (scene) => {
    gateway(scene);
    hang(scene, past(azureml), ids.second);
  }),
  bare(
    'table-on-compute-subnet',
    'fail',
    'a gateway, and the tag’s route hangs on another subnet; no tag data',
    (scene) => {
      gateway(scene);
      without(scene);
      hang(scene, [route('tag', 'AzureMachineLearning')], ids.second);
    },
  ),
  bare('table-on-compute-subnet', 'unknown', 'a gateway, and no routes anywhere', gateway),
  bare('table-on-compute-subnet', 'unknown', 'a gateway, and another subnet’s table has other routes', (scene) => {
    gateway(scene);
    hang(scene, [all], ids.second);
  }),
  sample('table-on-compute-subnet', 'pass', 'its own table holds the tunnel', tabled([all])),
  sample('table-on-compute-subnet', 'pass', 'a gateway, and a table', tabled([], gateway)),
  bare('table-on-compute-subnet', 'notApplicable', 'no tunnel', () => {}),
  bare('table-on-compute-subnet', 'notApplicable', 'a gateway, no public addresses', both(gateway, hidden)),
  ...coverage,
  sample('azureml-prefixes', 'notApplicable', 'clusters only, in 2020', tabled([all]), in2020),
  sample('azureml-prefixes', 'fail', 'an instance, in 2020', tabled([all, ...past(batch)], instance), in2020),
  sample('azureml-prefixes', 'fail', 'clusters only, today', tabled([all, ...past(batch)]), today),
  sample(
    'next-hop-internet',
    'fail',
    'a prefix to the appliance',
    tabled(
      [...everyRoute.slice(0, -1), all, route('wrong', azureml[0] ?? '', 'VirtualAppliance')].filter(
        (one) => one.properties.addressPrefix !== azureml[0] || one.name === 'wrong',
      ),
    ),
  ),
  sample('next-hop-internet', 'fail', 'a prefix that drops', tabled([all, route('wrong', azureml[0] ?? '', 'None')])),
  sample(
    'next-hop-internet',
    'fail',
    'the tag to the appliance',
    tabled([all, route('tag', 'AzureMachineLearning', 'VirtualAppliance')]),
  ),
  sample('next-hop-internet', 'pass', 'every prefix to the Internet', tabled(everyRoute)),
  sample(
    'next-hop-internet',
    'pass',
    'Batch to the appliance, which connects to no node',
    tabled([...everyRoute, route('tag', 'BatchNodeManagement', 'VirtualAppliance')]),
  ),
  sample(
    'next-hop-internet',
    'pass',
    'a foreign network to the appliance',
    tabled([...everyRoute, route('partner', '198.51.100.0/24', 'VirtualAppliance')]),
  ),
  sample('next-hop-internet', 'unknown', 'no tag data', tabled(everyRoute, without)),
  sample(
    'next-hop-internet',
    'unknown',
    'a gateway, a prefix that drops',
    tabled([route('wrong', azureml[0] ?? '', 'None')], gateway),
  ),
  sample('next-hop-internet', 'notApplicable', 'no tunnel', tabled([route('wrong', batch[0] ?? '', 'None')])),
  sample('next-hop-internet', 'notApplicable', 'no public addresses', tabled([all], hidden)),
  sample(
    'prefix-drift',
    'fail',
    'a prefix that the service has given up',
    tabled([...everyRoute, route('bastide-batch-3', '13.99.0.0/26')]),
  ),
  sample(
    'prefix-drift',
    'fail',
    'a prefix of which half is left',
    tabled([...everyRoute, route('bastide-azureml-1', '13.69.7.0/25')]),
  ),
  sample('prefix-drift', 'pass', 'all still there', tabled([all, ...past(batch, 'bastide-batch')])),
  sample(
    'prefix-drift',
    'pass',
    'a prefix of another region',
    tabled([all, route('bastide-batch-1', '13.74.107.128/27')]),
  ),
  sample(
    'prefix-drift',
    'pass',
    'the tag’s route, and no tag data',
    tabled([all, route('bastide-batch', 'BatchNodeManagement')], without),
  ),
  sample(
    'prefix-drift',
    'notApplicable',
    'somebody else’s route on an old prefix',
    tabled([...everyRoute, route('theirs', '13.99.0.0/26')]),
  ),
  sample('prefix-drift', 'unknown', 'no tag data', tabled([all, route('bastide-batch-3', '13.99.0.0/26')], without)),
  bare('prefix-drift', 'notApplicable', 'no table', () => {}),
  sample(
    'storage-reachable',
    'fail',
    'a firewall without a rule for storage',
    tabled(everyRoute, both(noEndpoint, behindFirewall(['*.azureml.ms']))),
  ),
  sample(
    'storage-reachable',
    'fail',
    'a firewall that lets blobs alone pass',
    tabled(everyRoute, both(noEndpoint, behindFirewall(['*.blob.core.windows.net']))),
  ),
  sample(
    'storage-reachable',
    'pass',
    'a firewall that lets the three kinds pass',
    tabled(
      everyRoute,
      both(
        noEndpoint,
        behindFirewall(['*.blob.core.windows.net', '*.queue.core.windows.net', '*.table.core.windows.net']),
      ),
    ),
  ),
  sample('storage-reachable', 'pass', 'a service endpoint', tabled(everyRoute)),
  sample(
    'storage-reachable',
    'pass',
    'a service endpoint, its policy with the alias',
    tabled(everyRoute, withPolicy(['/services/Azure/MachineLearning'])),
  ),
  sample(
    'storage-reachable',
    'fail',
    'a service endpoint, its policy without the alias',
    tabled(everyRoute, withPolicy([ids.account])),
  ),
  sample('storage-reachable', 'unknown', 'an appliance of somebody else', tabled(everyRoute, noEndpoint)),
  sample(
    'storage-reachable',
    'unknown',
    'private endpoints of the own account alone',
    tabled(
      everyRoute,
      both(noEndpoint, (scene) => withEndpoint(scene, ids.account, ['blob', 'queue', 'table'], ids.pe)),
    ),
  ),
  sample('storage-reachable', 'unknown', 'a gateway', tabled([], both(gateway, noEndpoint))),
  sample('storage-reachable', 'notApplicable', 'no tunnel', tabled([])),
  sample('route-capacity', 'fail', '398 routes, 8 planned, in 2020', tabled([all, ...fillers(397)], instance), in2020),
  sample('route-capacity', 'pass', '392 routes, 8 planned, in 2020', tabled([all, ...fillers(391)], instance), in2020),
  sample('route-capacity', 'fail', '25 tag routes, more planned', tabled([all, ...tagFillers(25)])),
  sample('route-capacity', 'pass', '25 tag routes, none planned', tabled([...everyRoute, ...tagFillers(25)])),
  sample('route-capacity', 'fail', '400 routes, one planned', tabled([all, ...fillers(399)])),
  sample(
    'route-capacity',
    'unknown',
    'no tag data, in 2020',
    tabled([all, ...past(azureml)], both(instance, without)),
    in2020,
  ),
  bare('route-capacity', 'notApplicable', 'no table', () => {}),
  sample('service-tag-routes', 'fail', 'eight prefixes to the Internet', tabled([all, ...past(azureml)])),
  sample('service-tag-routes', 'pass', 'one route for the tag', tabled([all, route('tag', 'AzureMachineLearning')])),
  sample('service-tag-routes', 'pass', 'four prefixes', tabled([all, ...past(azureml.slice(0, 4))])),
  sample('service-tag-routes', 'unknown', 'eight prefixes, and no tag data', tabled([all, ...past(azureml)], without)),
  sample(
    'service-tag-routes',
    'unknown',
    'five prefixes that a fix named, and no tag data',
    tabled([all, ...past(azureml.slice(0, 5), 'bastide-azureml')], without),
  ),
  sample('service-tag-routes', 'notApplicable', 'no public addresses', tabled([all, ...past(azureml)], hidden)),
  sample(
    'service-tag-routes',
    'pass',
    'prefixes of Batch, which need no route',
    tabled([all, ...past([...batch, '40.74.24.0/28', '40.74.24.16/28', '40.74.24.32/28'])]),
  ),
  bare('service-tag-routes', 'notApplicable', 'no table', () => {}),
  sample('azureml-secondary-region', 'fail', 'the list of one region', tabled([all, ...past(azureml)])),
  sample('azureml-secondary-region', 'pass', 'the lists of both', tabled([all, ...past([...azureml, ...paired])])),
  sample(
    'azureml-secondary-region',
    'notApplicable',
    'the tag’s route',
    tabled([all, route('tag', 'AzureMachineLearning')]),
  ),
  sample(
    'azureml-secondary-region',
    'fail',
    'the tag of one region',
    tabled([all, route('tag', 'AzureMachineLearning.WestEurope')]),
  ),
  sample(
    'azureml-secondary-region',
    'unknown',
    'a region whose pair is not known',
    tabled([all, ...past(azureml)], (scene) => {
      scene.bodies[ids.workspace].location = 'polandcentral';
    }),
  ),
  sample('azureml-secondary-region', 'unknown', 'no tag data', tabled([all, ...past(azureml)], without)),
  sample('azureml-secondary-region', 'notApplicable', 'no tunnel', tabled([])),
  sample(
    'not-needed',
    'fail',
    'the tag’s route, no public addresses',
    tabled([all, route('tag', 'AzureMachineLearning')], hidden),
  ),
  sample('not-needed', 'fail', 'prefixes, no public addresses', tabled([all, ...past(azureml)], hidden)),
  sample(
    'not-needed',
    'notApplicable',
    'one cluster with public addresses',
    tabled([all, route('tag', 'AzureMachineLearning')]),
  ),
  sample(
    'not-needed',
    'fail',
    'a route for Batch, and one cluster with public addresses',
    tabled([all, route('tag', 'AzureMachineLearning'), route('batch', 'batchnodemanagement.WESTEUROPE')]),
  ),
  sample('not-needed', 'fail', 'prefixes of Batch, and public addresses', tabled([all, ...past(batch)])),
  sample('not-needed', 'notApplicable', 'no such routes', tabled([all], hidden)),
  sample(
    'not-needed',
    'notApplicable',
    'another subnet of the table is called',
    tabled([all, route('tag', 'AzureMachineLearning')], otherCalled),
  ),
  sample(
    'not-needed',
    'fail',
    'a route for Batch, and another subnet of the table is called',
    tabled([all, route('tag', 'BatchNodeManagement')], otherCalled),
  ),
  sample('not-needed', 'unknown', 'prefixes, no tag data', tabled([all, ...past(azureml)], both(hidden, without))),
  sample('batch-prefixes', 'notApplicable', 'today', tabled([all])),
];
