// World "large": what years in one subscription leave behind, two thousand resources of which a workspace uses some hundred.
// Everything follows from counting, so it is the same every time and its faults can be told beforehand.
//
//   computes     forty, in the subnets of two networks
//   accounts     thirty behind datastores; each forgot some of the compute subnets
//   subnets      every sixth compute subnet has no storage endpoint
//   the rest     networks, security groups, endpoints with interfaces and zones, and accounts that nothing of this uses

import {
  insightsBody,
  kubernetesBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  storageRule,
  vaultBody,
  vaultRule,
} from './bodies.ts';
import { account, inGroup, region, registry, services, subscription, workspace, zoneGroup, zoneId } from './names.ts';
import { networkBody, securityGroupBody, subnetBody } from './network-bodies.ts';
import {
  connectionsOf,
  type EndpointConnectionSpec,
  left,
  serviceMade,
  wireBodies,
  zoneBodies,
  zonesOf,
} from './private-endpoint-bodies.ts';
import {
  clusterCompute,
  datastore,
  defaultDatastores,
  instanceCompute,
  sharedLink,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

export interface LargeOptions {
  readonly computes: number;
  /** Accounts behind datastores, the default one among them. */
  readonly accounts: number;
  /** Subnets that hold computes. */
  readonly computeSubnets: number;
  /** Networks beside the two of the computes, and subnets in each. */
  readonly networks: number;
  readonly subnets: number;
  readonly securityGroups: number;
  /** Accounts nobody of this workspace uses, each with an endpoint. */
  readonly strangers: number;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const two = (index: number): string => String(index + 1).padStart(2, '0');
const three = (index: number): string => String(index + 1).padStart(3, '0');
const networkId = (name: string): string => inGroup('Microsoft.Network/virtualNetworks', name);
const groupId = (index: number): string => inGroup('Microsoft.Network/networkSecurityGroups', `nsg-${three(index)}`);

/** The networks of the computes; the first holds the private endpoints as well. */
const homes = ['vnet-ml', 'vnet-ml-2'].map(networkId);
const endpointSubnet = `${homes[0]}/subnets/snet-pe`;

/** The subnet a compute subnet's number stands for: the first half in the one network, the rest in the other. */
const computeSubnet = (index: number, all: number): string =>
  `${homes[index < all / 2 ? 0 : 1]}/subnets/snet-compute-${two(index)}`;
const usedAccount = (index: number): string => account(index === 0 ? 'stmlsim' : `stmldata${two(index)}`);
const forgets = (accountIndex: number, subnetIndex: number): boolean => (accountIndex * 7 + subnetIndex * 3) % 5 === 0;
const lacksEndpoint = (subnetIndex: number): boolean => subnetIndex % 6 === 5;

function faultsOf({ accounts, computeSubnets }: LargeOptions): WorldFault[] {
  const where = (index: number): string => computeSubnet(index, computeSubnets);
  return numbers(accounts).flatMap((index) => {
    const resource = usedAccount(index);
    const forgotten = numbers(computeSubnets).filter((at) => forgets(index, at));
    return [
      ...forgotten.map((at) => ({
        rule: 'storage.vnet-rule-compute-subnet',
        resource,
        where: where(at),
        says: 'The account does not name this compute subnet.',
      })),
      ...numbers(computeSubnets)
        .filter(lacksEndpoint)
        .map((at) => ({
          rule: 'storage.subnet-service-endpoint',
          resource,
          where: where(at),
          says: 'The subnet has no storage endpoint.',
        })),
      ...(index > 0 && forgotten.length > 0
        ? [{ rule: 'storage.nondefault-accounts', resource, says: 'It forgets some of the compute subnets.' }]
        : []),
    ];
  });
}

function wiresOf({ strangers }: LargeOptions): EndpointConnectionSpec[] {
  const own: EndpointConnectionSpec = {
    name: 'pe-mlw-sim',
    target: workspace,
    group: 'amlworkspace',
    subnet: endpointSubnet,
    address: '10.0.250.4',
    zones: zonesOf('amlworkspace').map(zoneId),
  };
  const others = numbers(strangers).map((index): EndpointConnectionSpec => {
    const group = ['blob', 'file', 'dfs'][index % 3] ?? 'blob';
    return {
      name: `pe-other-${three(index)}`,
      target: account(`stother${three(index)}`),
      group,
      subnet: endpointSubnet,
      address: `10.0.${251 + Math.floor(index / 200)}.${4 + (index % 200)}`,
      zones: zonesOf(group).map(zoneId),
    };
  });
  return [own, ...others];
}

function resourcesOf(options: LargeOptions): string {
  const { accounts, computes, computeSubnets } = options;
  const wires = wiresOf(options);
  const zones = [...new Set(wires.flatMap((wire) => wire.zones ?? []))];
  const where = numbers(computeSubnets).map((index) => computeSubnet(index, computeSubnets));
  const strangers = numbers(options.strangers).map((index) => account(`stother${three(index)}`));
  const others = numbers(options.networks).map((index) => networkId(`vnet-team-${two(index)}`));
  const computeBodies = numbers(computes).map((index) => {
    const subnet = where[index % where.length] ?? null;
    return index % 10 === 9
      ? instanceCompute(`ci-${two(index)}`, subnet)
      : clusterCompute(`cluster-${two(index)}`, subnet, 'STANDARD_DS3_V2', 4);
  });
  const inside = (home: string | undefined): string[] =>
    where.flatMap((id, index) => {
      if (!id.startsWith(`${home}/`)) return [];
      const had = lacksEndpoint(index) ? services.slice(1) : services;
      return [subnetBody(id, `10.${home === homes[0] ? 0 : 1}.${index}.0/24`, { services: had, uses: 3 })];
    });
  return list([
    resourceGroup(),
    resourceGroup(zoneGroup),
    workspaceBody(
      `, "imageBuildCompute": "cluster-02", ${workspaceConnections(connectionsOf(workspace, wires))}, ${sharedLink('Approved')}`,
    ),
    ...computeBodies,
    ...defaultDatastores(),
    ...numbers(accounts - 1).flatMap((index) => {
      const name =
        usedAccount(index + 1)
          .split('/')
          .at(-1) ?? '';
      return [
        datastore(`images_${two(index)}`, 'AzureBlob', name, 'images'),
        datastore(`runs_${two(index)}`, 'AzureFile', name, 'runs'),
      ];
    }),
    ...numbers(accounts).map((index) =>
      storageAccount(usedAccount(index).split('/').at(-1) ?? '', {
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: [...where.filter((_, at) => !forgets(index, at)), endpointSubnet].map((id) => storageRule(id)),
      }),
    ),
    vaultBody({ bypass: 'AzureServices', defaultAction: 'Deny', rules: where.map((id) => vaultRule(id)) }),
    registryBody('Premium', [...where, endpointSubnet], { connections: serviceMade(registry, ['registry']) }),
    insightsBody(),
    kubernetesBody(),
    networkBody(homes[0] ?? '', '10.0.0.0/16', [
      ...inside(homes[0]),
      subnetBody(endpointSubnet, '10.0.240.0/20', { services, endpoints: left(endpointSubnet, wires) }),
      subnetBody(`${homes[0]}/subnets/snet-aks`, '10.0.128.0/22'),
    ]),
    networkBody(homes[1] ?? '', '10.1.0.0/16', inside(homes[1])),
    ...others.map((id, index) =>
      networkBody(
        id,
        `10.${index + 10}.0.0/16`,
        numbers(options.subnets).map((at) =>
          subnetBody(`${id}/subnets/snet-${two(at)}`, `10.${index + 10}.${at}.0/24`, {
            extra: `, "networkSecurityGroup": {"id": "${groupId((index * options.subnets + at) % options.securityGroups)}"}`,
          }),
        ),
      ),
    ),
    ...numbers(options.securityGroups).map((index) => securityGroupBody(groupId(index))),
    ...strangers.map((id) =>
      storageAccount(
        id.split('/').at(-1) ?? '',
        { bypass: 'AzureServices', defaultAction: 'Deny' },
        { publicNetworkAccess: 'Disabled', connections: connectionsOf(id, wires) },
      ),
    ),
    ...wires.flatMap(wireBodies),
    ...zones.flatMap((zone) => zoneBodies(zone, [...homes, ...others], wires)),
    `{"id": "/subscriptions/${subscription}/providers/Microsoft.Network/locations/${region}/usages/StandardSkuPublicIpAddresses", "limit": 1000}`,
    ...['standardDSv2Family', 'standardDv2Family'].map(
      (family) =>
        `{"id": "/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/${region}/usages/${family}", "limit": 10000}`,
    ),
    ...numbers(options.networks * 2).flatMap((index) =>
      zoneBodies(zoneId(`team-${two(index)}.example.org`), homes, []),
    ),
  ]);
}

/** The world of these counts. */
export const largeWorld = (name: string, options: LargeOptions): WorldFile => ({
  name,
  aliases: [],
  title: 'Two thousand resources',
  faults: faultsOf(options),
  intents: { devClientIps: [] },
  resources: () => resourcesOf(options),
});

export const large = largeWorld('large', {
  computes: 40,
  accounts: 30,
  computeSubnets: 24,
  networks: 12,
  subnets: 24,
  securityGroups: 220,
  strangers: 240,
});
