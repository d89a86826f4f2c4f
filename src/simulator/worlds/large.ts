// World "large": two thousand resources, as years in one subscription leave them, of which a workspace uses some hundred. All of it
// is computed from counts, so that it is the same every time and its faults can be told beforehand.
//
//   computes     forty, in the subnets of two networks
//   accounts     thirty behind datastores; each omits some of the compute subnets
//   subnets      every sixth compute subnet has no storage endpoint
//   the rest     networks, security groups, endpoints with interfaces and zones, and accounts that the workspace does not use
import { workspaceEndpoint } from './bases.ts';
import { deniedAccount, type SubnetSpec, WorldDraft } from './draft.ts';
import { accountWithoutSubnet, noStorageEndpoint, ofAccount } from './faults.ts';
import { account, inGroup, region, services, subscription, zoneGroup, zoneId } from './names.ts';
import { inboundRules } from './network-bodies.ts';
import { type EndpointConnectionSpec, zoneBodies, zonesOf } from './private-endpoint-bodies.ts';
import { datastore } from './workspace-bodies.ts';
import { type PlantedFault, type WorldFile, world } from './world.ts';

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
  /** Accounts that this workspace does not use, each with an endpoint. */
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

/** The compute subnet of a number: the first half in the one network, the rest in the other. */
const computeSubnet = (index: number, all: number): string =>
  `${homes[index < all / 2 ? 0 : 1]}/subnets/snet-compute-${two(index)}`;
const usedAccount = (index: number): string => (index === 0 ? 'stmlsim' : `stmldata${two(index)}`);
const omits = (accountIndex: number, subnetIndex: number): boolean => (accountIndex * 7 + subnetIndex * 3) % 5 === 0;
const lacksEndpoint = (subnetIndex: number): boolean => subnetIndex % 6 === 5;

function plantedIn({ accounts, computeSubnets }: LargeOptions): PlantedFault[] {
  const where = (index: number): string => computeSubnet(index, computeSubnets);
  return numbers(accounts).flatMap((index) => {
    const name = usedAccount(index);
    const omitted = numbers(computeSubnets).filter((at) => omits(index, at));
    return [
      ...omitted.map((at) => accountWithoutSubnet(name, where(at))),
      ...numbers(computeSubnets)
        .filter(lacksEndpoint)
        .map((at) => noStorageEndpoint(name, where(at))),
      ...(index > 0 && omitted.length > 0
        ? [ofAccount(name)('storage.nondefault-accounts', 'It has no rule for some of the compute subnets.')]
        : []),
    ];
  });
}

const endpointsOf = ({ strangers }: LargeOptions): EndpointConnectionSpec[] => [
  workspaceEndpoint({ subnet: endpointSubnet, address: '10.0.250.4' }),
  ...numbers(strangers).map((index): EndpointConnectionSpec => {
    const group = ['blob', 'file', 'dfs'][index % 3] ?? 'blob';
    return {
      ...{ name: `pe-other-${three(index)}`, target: account(`stother${three(index)}`), group, subnet: endpointSubnet },
      address: `10.0.${251 + Math.floor(index / 200)}.${4 + (index % 200)}`,
      zones: zonesOf(group).map(zoneId),
    };
  }),
];

const quota = (namespace: string, name: string, limit: number): string =>
  `{"id": "/subscriptions/${subscription}/providers/${namespace}/locations/${region}/usages/${name}", "limit": ${limit}}`;

/** Without its faults. */
function draftOf(options: LargeOptions): WorldDraft {
  const draft = new WorldDraft();
  const where = numbers(options.computeSubnets).map((index) => computeSubnet(index, options.computeSubnets));
  const allowed = [...where, endpointSubnet];
  const others = numbers(options.networks).map((index) => networkId(`vnet-team-${two(index)}`));
  const inside = (home: string | undefined, space: string): Record<string, SubnetSpec> =>
    Object.fromEntries(
      where.flatMap((id, index) =>
        id.startsWith(`${home}/`)
          ? [[id.slice(id.lastIndexOf('/') + 1), { prefix: `${space}.${index}.0/24`, services, uses: 3 }]]
          : [],
      ),
    );
  draft.groups.push(zoneGroup);
  draft.workspace = { imageBuildCompute: 'cluster-02', sharedLink: 'Approved', members: [] };
  for (const index of numbers(options.computes)) {
    const isInstance = index % 10 === 9;
    const subnet = where[index % where.length] ?? null;
    draft.computes[`${isInstance ? 'ci' : 'cluster'}-${two(index)}`] = { subnet, isInstance };
  }
  for (const name of numbers(options.accounts).map(usedAccount))
    draft.addAccount(name, deniedAccount({ subnets: allowed }));
  for (const index of numbers(options.accounts - 1)) {
    draft.datastores.push(
      datastore(`images_${two(index)}`, 'AzureBlob', usedAccount(index + 1), 'images'),
      datastore(`runs_${two(index)}`, 'AzureFile', usedAccount(index + 1), 'runs'),
    );
  }
  for (const index of numbers(options.strangers))
    draft.addAccount(`stother${three(index)}`, deniedAccount({ publicNetworkAccess: 'Disabled' }));
  draft.vault.subnets = where;
  draft.registry.subnets = allowed;
  draft.networks[homes[0] ?? ''] = {
    space: '10.0.0.0/16',
    subnets: {
      ...inside(homes[0], '10.0'),
      'snet-pe': { prefix: '10.0.240.0/20', services },
      'snet-aks': { prefix: '10.0.128.0/22' },
    },
  };
  draft.networks[homes[1] ?? ''] = { space: '10.1.0.0/16', subnets: inside(homes[1], '10.1') };
  for (const [index, id] of others.entries()) {
    const subnets = numbers(options.subnets).map((at): [string, SubnetSpec] => [
      `snet-${two(at)}`,
      {
        prefix: `10.${index + 10}.${at}.0/24`,
        securityGroup: groupId((index * options.subnets + at) % options.securityGroups),
      },
    ]);
    draft.networks[id] = { space: `10.${index + 10}.0.0/16`, subnets: Object.fromEntries(subnets) };
  }
  for (const index of numbers(options.securityGroups)) draft.securityGroups[groupId(index)] = [...inboundRules];
  draft.endpoints = endpointsOf(options);
  draft.zoneLinks = [...homes, ...others];
  draft.bodies = [
    quota('Microsoft.Network', 'StandardSkuPublicIpAddresses', 1000),
    ...['standardDSv2Family', 'standardDv2Family'].map((family) =>
      quota('Microsoft.MachineLearningServices', family, 10000),
    ),
    ...numbers(options.networks * 2).flatMap((index) =>
      zoneBodies(zoneId(`team-${two(index)}.example.org`), homes, []),
    ),
  ];
  return draft;
}

/** The world of these counts. */
export const largeWorld = (name: string, options: LargeOptions): WorldFile =>
  world({ name, title: 'Two thousand resources', base: () => draftOf(options), faults: () => plantedIn(options) });

export const large = largeWorld('large', {
  computes: 40,
  accounts: 30,
  computeSubnets: 24,
  networks: 12,
  subnets: 24,
  securityGroups: 220,
  strangers: 240,
});
