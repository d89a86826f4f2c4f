// What a resource holds as lists of alike things, as tables: the rules of a network security group, the routes of a table, the
// subnets of a network, the network rules of an account, records of a zone. Reads only; never throws.
import type { Json } from '../model/json.ts';
import type { LiveEvidence } from '../model/live.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import type { ResourceTable, TableColumn, TableRow } from '../model/table.ts';
import { readGroup } from '../net/nsg.ts';
import { shadowedRules } from '../net/shadowed.ts';
import { groupCollectionsPointer } from './azure-firewall.ts';
import { firewallPlaces } from './network-acls.ts';
import { subnetsOf, vnetType } from './network-view.ts';
import { effectiveTables } from './parts/effective-tables.ts';
import {
  both,
  cellOf,
  fieldOf,
  nameAt,
  numberOf,
  ruleFields,
  ruleOrder,
  type TableField,
  tableOf,
} from './parts/table-fields.ts';
import { aRecordType, zoneLinkType } from './private-dns-zone.ts';
import { itemsAt, listAt, textsAt } from './read.ts';

/** The default rules are dim: they decide last. */
function securityRules({ body }: Resource, beside: readonly Resource[]): ResourceTable[] {
  const own = listAt(body, '/properties/securityRules');
  const standard = listAt(body, '/properties/defaultSecurityRules');
  const items = ruleOrder([...own, ...standard], '/properties');
  const shadows = shadowedRules(readGroup(body).rules, prefixesOfNetworks(beside));
  const more = (item: Json): Partial<TableRow> => {
    const by = shadows.find(
      ({ rule }) => rule.name === nameAt(item) && rule.priority === numberOf(item, '/properties/priority'),
    )?.by;
    const note = by === undefined ? {} : { note: `shadowed by ${by.name} (${by.access}, priority ${by.priority})` };
    return standard.includes(item) ? { role: 'dim' } : note;
  };
  return [tableOf('Security rules', 2, ruleFields('/properties'), items, more)];
}

const prefixesOfNetworks = (beside: readonly Resource[]): string[] =>
  beside.flatMap((one) =>
    sameId(one.type, vnetType) ? textsAt(one.body, '/properties/addressSpace/addressPrefixes') : [],
  );

const routes = ({ body }: Resource): ResourceTable[] => [
  tableOf(
    'Routes',
    1,
    [
      { title: 'Name', keep: 2, at: '/name' },
      { title: 'Address prefix', keep: 5, at: '/properties/addressPrefix' },
      { title: 'Next hop type', keep: 4, at: '/properties/nextHopType' },
      { title: 'Next hop address', keep: 3, at: '/properties/nextHopIpAddress' },
      { title: 'State', keep: 1, at: '/properties/provisioningState' },
    ],
    listAt(body, '/properties/routes'),
  ),
];

function network(vnet: Resource): ResourceTable[] {
  const peerings = listAt(vnet.body, '/properties/virtualNetworkPeerings');
  const subnets = tableOf(
    'Subnets',
    1,
    [
      { title: 'Name', keep: 7, at: '/name' },
      { title: 'Prefix', keep: 6, at: both('addressPrefix', 'addressPrefixes') },
      { title: 'NSG', keep: 5, at: '/properties/networkSecurityGroup/id', name: true },
      { title: 'Route table', keep: 4, at: '/properties/routeTable/id', name: true },
      { title: 'NAT gateway', keep: 1, at: '/properties/natGateway/id', name: true },
      { title: 'Service endpoints', keep: 3, at: '/properties/serviceEndpoints/*/service' },
      { title: 'Delegations', keep: 2, at: '/properties/delegations/*/properties/serviceName' },
    ],
    subnetsOf(vnet).map(({ body }) => body),
  );
  const peered = tableOf(
    'Peerings',
    1,
    [
      { title: 'Name', keep: 4, at: '/name' },
      { title: 'Remote network', keep: 6, at: '/properties/remoteVirtualNetwork/id', name: true },
      { title: 'State', keep: 5, at: '/properties/peeringState' },
      { title: 'Access', keep: 3, at: '/properties/allowVirtualNetworkAccess' },
      { title: 'Forwarded traffic', keep: 2, at: '/properties/allowForwardedTraffic' },
      { title: 'Remote gateways', keep: 1, at: '/properties/useRemoteGateways' },
    ],
    peerings,
  );
  return [subnets, ...(peerings.length === 0 ? [] : [peered])];
}

const subnet = ({ body }: Resource): ResourceTable[] => {
  const endpoints = listAt(body, '/properties/serviceEndpoints');
  const delegations = listAt(body, '/properties/delegations');
  return [
    tableOf(
      'Service endpoints',
      1,
      [
        { title: 'Service', keep: 3, at: '/service' },
        { title: 'Locations', keep: 1, at: '/locations' },
        { title: 'State', keep: 2, at: '/provisioningState' },
      ],
      endpoints,
    ),
    ...(delegations.length === 0
      ? []
      : [
          tableOf(
            'Delegations',
            1,
            [
              { title: 'Name', keep: 1, at: '/name' },
              { title: 'Service', keep: 2, at: '/properties/serviceName' },
            ],
            delegations,
          ),
        ]),
  ];
};

/** The network rules of a service firewall and, below, its private endpoint connections. */
function firewall(resource: Resource): ResourceTable[] {
  const { body, type } = resource;
  const at = firewallPlaces(type);
  const kinds = [
    ['Virtual network', at.subnets, ['/id', '/virtualNetworkSubnetResourceId']],
    ['IP address', at.addresses, ['/value']],
    ['IP address', `${at.rules}/ipv6Rules`, ['/value']],
    ['Resource instance', at.instances, ['/resourceId']],
  ] as const;
  const rows = kinds.flatMap(([kind, pointer, values]) =>
    itemsAt(body, pointer).map(({ item }) => {
      const value = typeof item === 'string' ? item : fieldOf(item, { at: values });
      return { cells: [kind, subnetName(value), cellOf(valueAt(item, '/action')) || 'Allow', stateOf(item)] };
    }),
  );
  const rules: ResourceTable = {
    title: 'Network rules',
    fixed: 2,
    columns: [
      { title: 'Kind', keep: 3 },
      { title: 'Allowed source', keep: 4 },
      { title: 'Action', keep: 1 },
      { title: 'State', keep: 2 },
    ],
    rows,
  };
  return [rules, ...connections(resource)];
}
const stateOf = (item: Json): string => cellOf(valueAt(item, '/state'));
/** `vnet-ml/snet-train` of a subnet, the name of another resource, or the address. */
function subnetName(value: string): string {
  if (!value.startsWith('/')) return value;
  const parent = parentId(value);
  return /\/subnets\//i.test(value) && parent !== undefined ? `${nameOf(parent)}/${nameOf(value)}` : nameOf(value);
}

function connections({ body }: Resource): ResourceTable[] {
  const items = listAt(body, '/properties/privateEndpointConnections');
  if (items.length === 0) return [];
  const state = '/properties/privateLinkServiceConnectionState';
  return [
    tableOf(
      'Private endpoint connections',
      1,
      [
        { title: 'Private endpoint', keep: 3, at: '/properties/privateEndpoint/id', name: true },
        { title: 'Status', keep: 4, at: `${state}/status` },
        { title: 'Group', keep: 2, at: '/properties/groupIds' },
        { title: 'Description', keep: 1, at: `${state}/description` },
      ],
      items,
    ),
  ];
}

function endpoint({ body }: Resource): ResourceTable[] {
  const state = '/properties/privateLinkServiceConnectionState';
  const wired = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'];
  const names = listAt(body, '/properties/customDnsConfigs');
  return [
    tableOf(
      'Connections',
      1,
      [
        { title: 'Target', keep: 4, at: '/properties/privateLinkServiceId', name: true },
        { title: 'Group', keep: 3, at: '/properties/groupIds' },
        { title: 'Status', keep: 2, at: `${state}/status` },
        { title: 'Description', keep: 1, at: `${state}/description` },
      ],
      wired.flatMap((name) => listAt(body, `/properties/${name}`)),
    ),
    ...(names.length === 0
      ? []
      : [
          tableOf(
            'DNS names',
            1,
            [
              { title: 'Name', keep: 1, at: '/fqdn' },
              { title: 'Addresses', keep: 2, at: '/ipAddresses' },
            ],
            names,
          ),
        ]),
  ];
}

/** Records and links are resources below the zone. */
function zone({ id }: Resource, beside: readonly Resource[]): ResourceTable[] {
  const below = (type: string) =>
    beside.filter((one) => sameId(one.type, type) && sameId(parentId(one.id), id)).map(({ body }) => body);
  return [
    tableOf(
      'A records',
      1,
      [
        { title: 'Name', keep: 4, at: '/name' },
        { title: 'Addresses', keep: 3, at: '/properties/aRecords/*/ipv4Address' },
        { title: 'TTL', keep: 1, at: '/properties/ttl', right: true },
        { title: 'Auto-registered', keep: 2, at: '/properties/isAutoRegistered' },
      ],
      below(aRecordType),
    ),
    tableOf(
      'Virtual network links',
      1,
      [
        { title: 'Name', keep: 2, at: '/name' },
        { title: 'Virtual network', keep: 4, at: '/properties/virtualNetwork/id', name: true },
        { title: 'State', keep: 3, at: '/properties/virtualNetworkLinkState' },
        { title: 'Auto-registration', keep: 1, at: '/properties/registrationEnabled' },
      ],
      below(zoneLinkType),
    ),
  ];
}

/** The rules of a rule collection group, each with its collection. */
function collections({ body }: Resource): ResourceTable[] {
  const fields: readonly TableField[] = [
    { title: 'Rule', keep: 6, at: '/name' },
    { title: 'Source', keep: 4, at: ['/sourceAddresses', '/sourceIpGroups'], name: true },
    {
      title: 'Destination',
      keep: 5,
      at: [
        ...['/destinationAddresses', '/destinationIpGroups', '/destinationFqdns'],
        ...['/targetFqdns', '/fqdnTags', '/targetUrls'],
      ],
      name: true,
    },
    { title: 'Ports', keep: 3, at: '/destinationPorts' },
    { title: 'Protocols', keep: 2, at: '/ipProtocols' },
  ];
  const ordered = [...listAt(body, groupCollectionsPointer)].sort(
    (a, b) => numberOf(a, '/priority') - numberOf(b, '/priority'),
  );
  const head: readonly TableColumn[] = [
    { title: 'Priority', keep: 9, right: true },
    { title: 'Collection', keep: 7 },
    { title: 'Action', keep: 8 },
  ];
  const rows = ordered.flatMap((collection) =>
    listAt(collection, '/rules').map((rule) => ({
      cells: [
        ...['/priority', '/name', '/action/type'].map((pointer) => cellOf(valueAt(collection, pointer))),
        ...fields.map((field) => fieldOf(rule, field)),
      ],
    })),
  );
  const columns = [...head, ...fields.map(({ title, keep }) => ({ title, keep }))];
  return [{ title: 'Firewall rules', fixed: 2, columns, rows }];
}

const makers: Readonly<Record<string, (resource: Resource, beside: readonly Resource[]) => ResourceTable[]>> = {
  'microsoft.network/networksecuritygroups': securityRules,
  'microsoft.network/routetables': routes,
  'microsoft.network/virtualnetworks': network,
  'microsoft.network/virtualnetworks/subnets': subnet,
  'microsoft.network/privateendpoints': endpoint,
  'microsoft.network/privatednszones': zone,
  'microsoft.network/firewallpolicies/rulecollectiongroups': collections,
  'microsoft.storage/storageaccounts': firewall,
  'microsoft.keyvault/vaults': firewall,
  'microsoft.containerregistry/registries': firewall,
  'microsoft.machinelearningservices/workspaces': connections,
};

/** The tables of a resource; `beside`: all resources, for what is stored below it; `live`: what Azure says is in effect. */
export const tablesOf = (
  resource: Resource,
  beside: readonly Resource[],
  live?: LiveEvidence,
): readonly ResourceTable[] => [
  ...(makers[fold(resource.type)]?.(resource, beside) ?? []),
  ...(live?.cards ?? []).flatMap((nic) => effectiveTables(resource, nic)),
];
