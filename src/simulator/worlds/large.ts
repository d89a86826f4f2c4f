// World "large": two thousand resources, as years in one subscription leave them, of which a workspace uses some hundred. All of it
// is computed from counts, so that it is the same every time and its faults can be told beforehand.
//
//   computes     forty, in the subnets of two networks
//   accounts     thirty behind datastores; each omits some of the compute subnets
//   subnets      every sixth compute subnet has no storage endpoint
//   the rest     networks, security groups, endpoints with interfaces and zones, and accounts that the workspace does not use
import { type ArmJson, at, list, object, parseJson, stringifyJson, text } from '../json.ts';
import { worldText } from '../json-file.ts';
import {
  endpointPieces,
  piece,
  references,
  referencesTo,
  type StorageEndpoint,
  storageZone,
  zonePieces,
} from './pieces.ts';
import {
  account,
  group,
  inGroup,
  membersOf,
  patched,
  resourcesOf,
  subscription,
  type WorldFault,
  type WorldFile,
  workspace,
} from './world.ts';

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
const homes = ['vnet-ml', 'vnet-ml-2'].map(networkId) as [string, string];
const endpointSubnet = `${homes[0]}/subnets/snet-pe`;
const nodeGroup = '/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/azureml-nodes';
const othersIn = ({ networks }: LargeOptions): string[] =>
  numbers(networks).map((index) => networkId(`vnet-team-${two(index)}`));
const zones = `/subscriptions/${subscription}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones`;
const workspaceEndpoint = inGroup('Microsoft.Network/privateEndpoints', 'pe-mlw-sim');

/** The compute subnet of a number: the first half in the one network, the rest in the other. */
const computeSubnet = (index: number, all: number): string =>
  `${homes[index < all / 2 ? 0 : 1]}/subnets/snet-compute-${two(index)}`;
const usedAccount = (index: number): string => (index === 0 ? 'stmlsim' : `stmldata${two(index)}`);
const omits = (accountIndex: number, subnetIndex: number): boolean => (accountIndex * 7 + subnetIndex * 3) % 5 === 0;
const lacksEndpoint = (subnetIndex: number): boolean => subnetIndex % 6 === 5;

function faultsIn({ accounts, computeSubnets }: LargeOptions): WorldFault[] {
  return numbers(accounts).flatMap((index) => {
    const [name, resource] = [usedAccount(index), account(usedAccount(index))];
    const fault = (rule: string, says: string) => (at: number) => ({
      ...{ rule, resource, says },
      where: computeSubnet(at, computeSubnets),
    });
    const omitted = numbers(computeSubnets).filter((at) => omits(index, at));
    return [
      ...omitted.map(fault('storage.vnet-rule-compute-subnet', `${name} has no rule for this subnet.`)),
      ...numbers(computeSubnets)
        .filter(lacksEndpoint)
        .map(fault('storage.subnet-service-endpoint', 'The subnet has no Microsoft.Storage service endpoint.')),
      ...(index > 0 && omitted.length > 0
        ? [{ rule: 'storage.nondefault-accounts', resource, says: 'It has no rule for some of the compute subnets.' }]
        : []),
    ];
  });
}

const lastOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

const endpointsOf = ({ strangers }: LargeOptions): StorageEndpoint[] =>
  numbers(strangers).map((index) => ({
    name: `pe-other-${three(index)}`,
    target: account(`stother${three(index)}`),
    part: ['blob', 'file', 'dfs'][index % 3] ?? 'blob',
    subnet: endpointSubnet,
    address: `10.0.${251 + Math.floor(index / 200)}.${4 + (index % 200)}`,
    group,
    zones,
  }));

const accountPiece = (name: string, subnets: readonly string[], connections: readonly ArmJson[]): ArmJson =>
  piece('account', {
    ...{ id: account(name), name, tags: object({}), defaultAction: 'Deny', connections: [...connections] },
    publicNetworkAccess: connections.length > 0 ? 'Disabled' : 'Enabled',
    rules: subnets.map((subnet) => piece('storageRule', { subnet })),
  });

/** The networks of the computes, then the others. */
function networksIn(options: LargeOptions, where: readonly string[], endpoints: readonly string[][]): ArmJson[] {
  const [services, withoutStorage] = [piece('serviceEndpoints', {}), piece('serviceEndpoints', {})] as [
    ArmJson[],
    ArmJson[],
  ];
  withoutStorage.shift();
  const [ids = [], configurations = []] = endpoints;
  const nodes = references(
    numbers(3).map(
      (index) => `${nodeGroup}/providers/Microsoft.Network/networkInterfaces/node-${index}/ipConfigurations/ipconfig`,
    ),
  );
  const inside = (home: string, space: string): ArmJson[] =>
    where.flatMap((id, index) =>
      id.startsWith(`${home}/`)
        ? [
            piece('subnet', {
              id,
              prefix: `${space}.${index}.0/24`,
              ipConfigurations: nodes,
              serviceEndpoints: lacksEndpoint(index) ? withoutStorage : services,
            }),
          ]
        : [],
    );
  const network = (id: string, space: string, subnets: ArmJson[]): ArmJson =>
    piece('network', { id, space, subnets, peerings: [] });
  return [
    network(homes[0], '10.0.0.0/16', [
      ...inside(homes[0], '10.0'),
      piece('subnet', {
        id: endpointSubnet,
        prefix: '10.0.240.0/20',
        serviceEndpoints: services,
        ipConfigurations: references(configurations),
        privateEndpoints: references(ids),
      }),
      piece('subnet', { id: `${homes[0]}/subnets/snet-aks`, prefix: '10.0.128.0/22', serviceEndpoints: [] }),
    ]),
    network(homes[1], '10.1.0.0/16', inside(homes[1], '10.1')),
    ...othersIn(options).map((id, index) => {
      const subnets = numbers(options.subnets).map((at) =>
        piece('subnet', {
          ...{ id: `${id}/subnets/snet-${two(at)}`, prefix: `10.${index + 10}.${at}.0/24`, serviceEndpoints: [] },
          securityGroup: object({ id: groupId((index * options.subnets + at) % options.securityGroups) }),
        }),
      );
      return network(id, `10.${index + 10}.0.0/16`, subnets);
    }),
  ];
}

/** The zones of endpoints, with the records of the workspace's own. */
function zonesIn(
  options: LargeOptions,
  ofWorkspace: ArmJson | undefined,
  endpoints: readonly StorageEndpoint[],
): ArmJson[] {
  const records = new Map(membersOf(ofWorkspace).map(([zone, own]) => [zone, own as [string, string][]]));
  for (const { address, part, target } of endpoints) {
    const zone = storageZone(part);
    records.set(zone, [...(records.get(zone) ?? []), [lastOf(target), address]]);
  }
  const networks = [...homes, ...othersIn(options)];
  return [...records].flatMap(([zone, own]) => zonePieces({ id: `${zones}/${zone}`, networks, records: own }));
}

/** What the workspace consists of in any size (`large.json`), with all that is computed in its place. */
function resourcesIn(options: LargeOptions): ArmJson[] {
  const file = parseJson(worldText('large'));
  const where = numbers(options.computeSubnets).map((index) => computeSubnet(index, options.computeSubnets));
  const allowed = [...where, endpointSubnet];
  const endpoints = endpointsOf(options);
  const base = patched(resourcesOf('closed-service-endpoint'), file);
  const computes = numbers(options.computes).map((index) => {
    const kind =
      index % 10 === 9
        ? { name: `ci-${two(index)}`, of: 'instance' }
        : { name: `cluster-${two(index)}`, of: 'cluster' };
    return piece(kind.of, { name: kind.name, subnet: where[index % where.length] });
  });
  const datastores = numbers(options.accounts - 1).flatMap((index) => [
    piece('blobStore', { name: `images_${two(index)}`, account: usedAccount(index + 1) }),
    piece('fileStore', { name: `runs_${two(index)}`, account: usedAccount(index + 1) }),
  ]);
  const accounts = numbers(options.accounts).map((index) =>
    accountPiece(
      usedAccount(index),
      allowed.filter((id, at) => id === endpointSubnet || !omits(index, at)),
      [],
    ),
  );
  const strangers = endpoints.map((endpoint) =>
    accountPiece(lastOf(endpoint.target), [], [piece('connection', { ...endpoint, seed: endpoint.target })]),
  );
  const securityGroups = numbers(options.securityGroups).map((index) =>
    piece('securityGroup', { id: groupId(index), rules: [piece('allowMachineLearning', { group: groupId(index) })] }),
  );
  const shown = referencesTo(endpoints);
  const own = base.find((one) => text(one, 'name')?.startsWith('pe-mlw-sim.nic.'));
  const networks = networksIn(options, where, [
    [workspaceEndpoint, ...shown.ids],
    [...list(own, 'properties', 'ipConfigurations').map((one) => text(one, 'id') ?? ''), ...shown.configurations],
  ]);
  const teamZones = numbers(options.networks * 2).map((index) => `${zones}/team-${two(index)}.example.org`);
  return patched(
    base,
    object({
      set: {
        'Microsoft.KeyVault/vaults/kv-mlsim': {
          '/properties/networkAcls/virtualNetworkRules': where.map((id) => ({
            id: id.toLowerCase(),
            ignoreMissingVnetServiceEndpoint: false,
          })),
        },
        'Microsoft.ContainerRegistry/registries/acrmlsim': {
          '/properties/networkRuleSet/virtualNetworkRules': allowed.map((id) => ({ action: 'Allow', id })),
        },
      },
      add: [
        { after: workspace, resources: computes },
        { after: `${workspace}/datastores/workspacefilestore`, resources: datastores },
        { after: `${workspace}/components/train/versions/1`, resources: [...accounts, ...strangers] },
        { after: 'Microsoft.ContainerService/managedClusters/aks-mlsim', resources: [...securityGroups, ...networks] },
        {
          after: `${workspaceEndpoint}/privateDnsZoneGroups/default`,
          resources: [...endpoints.flatMap(endpointPieces), ...zonesIn(options, at(file, 'records'), endpoints)],
        },
        { resources: teamZones.flatMap((id) => zonePieces({ id, networks: homes, records: [] })) },
      ],
    }),
  );
}

/** The world of these counts. */
export const largeWorld = (name: string, options: LargeOptions): WorldFile => ({
  ...{ name, aliases: [], title: 'Two thousand resources', intents: { devClientIps: [] } },
  get faults() {
    return faultsIn(options);
  },
  resources: () => stringifyJson(resourcesIn(options)),
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
