// Microsoft.Network/networkInterfaces: addresses in subnets. Those of private endpoints belong to them; a subnet names every
// address configuration in it.
import { fold, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, list, put, text } from '../../json.ts';
import { effectiveGroups, effectiveRoutes } from '../../network-watcher/answers.ts';
import { replaceDocument, replaceMembers, setFirst } from '../documents.ts';
import type { Link, ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { addressFor } from './free-addresses.ts';
import { networkResource, touch } from './network-parts.ts';
import { requireUnused } from './public-ip-addresses.ts';
import { missingValue, placeInSubnets, referenced, requireLocation, requireReady } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

const owned = [
  'resourceGuid',
  'macAddress',
  'privateEndpoint',
  'virtualMachine',
  'hostedWorkloads',
  'tapConfigurations',
  'nicType',
];
const part = 'Microsoft.Network/networkInterfaces/ipConfigurations';
/** Parts of load balancers that a configuration names. */
const behind = ['loadBalancerBackendAddressPools', 'loadBalancerInboundNatRules'];

export const networkInterfaces: ProviderType = {
  ...networkResource,
  type: 'Microsoft.Network/networkInterfaces',
  shape: {
    ...tracked,
    properties: {
      networkSecurityGroup: reference,
      ipConfigurations: [
        {
          name: 'text',
          properties: {
            subnet: reference,
            publicIPAddress: reference,
            loadBalancerBackendAddressPools: [reference],
            loadBalancerInboundNatRules: [reference],
            privateIPAddress: 'text',
            privateIPAllocationMethod: 'text',
            primary: 'boolean',
          },
        },
      ],
    },
  },
  replace(write) {
    requireLocation(write.before ?? write.body);
    refuseEndpoint(write.before, write.id, 'updated');
    const next = replaceDocument(write.before, write.body, owned);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const sent = list(write.body, 'properties', 'ipConfigurations').filter(isObject);
    if (sent.length === 0) throw missingValue('properties.ipConfigurations');
    put(properties, 'ipConfigurations', configurations(write, sent));
    if (!write.before) put(properties, 'resourceGuid', write.newId());
    return next;
  },
  actions: { effectivenetworksecuritygroups: effectiveGroups, effectiveroutetable: effectiveRoutes },
  links,
  mayDelete({ before, id }) {
    refuseEndpoint(before, id, 'deleted');
    const machine = text(before, 'properties', 'virtualMachine', 'id');
    if (machine === undefined) return;
    throw networkError(
      400,
      'NicInUse',
      `Network Interface ${id} is used by existing resource ${machine}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`,
    );
  },
  stored(store, id, newId) {
    touch(store, id, newId);
    placeInSubnets(store, id, newId);
  },
  gone: (store, id, newId) => placeInSubnets(store, id, newId),
};

function refuseEndpoint(before: ArmObject | undefined, id: string, what: string): void {
  const endpoint = text(before, 'properties', 'privateEndpoint', 'id');
  if (endpoint === undefined) return;
  throw networkError(
    400,
    'NicInUse',
    `Network Interface ${id} is used by existing resource ${endpoint} and cannot be ${what} directly.`,
  );
}

function configurations(write: Write, sent: readonly ArmObject[]): ArmJson[] {
  const { before, id, store } = write;
  const given: string[] = [];
  return sent.map((item, index) => {
    const name = text(item, 'name');
    if (name === undefined) throw missingValue(`properties.ipConfigurations[${index}].name`);
    const configurationId = `${id}/ipConfigurations/${name}`;
    const subnetId = text(item, 'properties', 'subnet', 'id');
    if (subnetId === undefined) throw missingValue(`properties.ipConfigurations[${index}].properties.subnet`);
    const subnet = referenced(store, subnetId, id);
    requireReady(subnet, id);
    const old = list(before, 'properties', 'ipConfigurations')
      .filter(isObject)
      .find((candidate) => fold(text(candidate, 'name') ?? '') === fold(name));
    const next: ArmObject = new Map<string, ArmJson>([
      ['name', name],
      ['id', configurationId],
      ['type', part],
    ]);
    const properties = replaceMembers(propertiesOf(old), propertiesOf(item), ['provisioningState', 'privateIPAddress']);
    setFirst(properties, 'provisioningState', 'Succeeded');
    put(properties, 'privateIPAddress', addressFor(store, subnet, item, old, id, given));
    for (const [member, value] of [
      ['privateIPAllocationMethod', 'Dynamic'],
      ['primary', index === 0],
      ['privateIPAddressVersion', 'IPv4'],
    ] as const) {
      if (at(properties, member) === undefined) put(properties, member, value);
    }
    const publicId = text(properties, 'publicIPAddress', 'id');
    if (publicId !== undefined) requireUnused(store, referenced(store, publicId, id), id);
    for (const member of behind) checkBehind(write, member, properties, old);
    put(next, 'properties', properties);
    return next;
  });
}

/** The parts of a load balancer that a configuration refers to must exist when it is named for the first time. */
function checkBehind({ store, id }: Write, member: string, properties: ArmObject, old: ArmObject | undefined): void {
  const known = list(old, 'properties', member).flatMap((item) => text(item, 'id') ?? []);
  for (const item of list(properties, member)) {
    const part = text(item, 'id') ?? '';
    if (!known.some((other) => sameId(other, part))) referenced(store, part, id);
  }
}

function links(next: ArmObject): Link[] {
  const group = text(next, 'properties', 'networkSecurityGroup', 'id');
  const own = group === undefined ? [] : [{ id: group, action: 'Microsoft.Network/networkSecurityGroups/join/action' }];
  return [
    ...own,
    ...list(next, 'properties', 'ipConfigurations').flatMap((item) => {
      const subnet = text(item, 'properties', 'subnet', 'id');
      const address = text(item, 'properties', 'publicIPAddress', 'id');
      return [
        ...(subnet === undefined
          ? []
          : [{ id: subnet, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }]),
        ...(address === undefined ? [] : [{ id: address, action: 'Microsoft.Network/publicIPAddresses/join/action' }]),
      ];
    }),
  ];
}
