// Network interfaces (NICs): only the NSG of one is changed, with a PUT of the whole, since Azure has no PATCH for it.
import { isObject, type JsonObject } from '../model/json.ts';
import { updateAt, withMember } from '../model/pointer.ts';
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { nicType, nicView } from './machine-view.ts';
import { actionOn, eachObject, groupOf, isUnder, sendable, without } from './parts/bodies.ts';
import { attachmentEffects } from './parts/effects.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { textAt } from './read.ts';

export const nicGroupPointer = '/properties/networkSecurityGroup';
const computed = [
  ...['provisioningState', 'resourceGuid', 'macAddress', 'primary', 'virtualMachine', 'privateEndpoint'],
  ...['privateLinkService', 'tapConfigurations', 'hostedWorkloads', 'dscpConfiguration', 'vnetEncryptionSupported'],
];
const computedNames = ['appliedDnsServers', 'internalFqdn', 'internalDomainNameSuffix'];
const configurations = '/properties/ipConfigurations';
const shape: ResourceShape = {
  volatile: [
    ...computedNames.map((name) => `/properties/dnsSettings/${name}`),
    ...['id', 'etag', 'type', 'properties/provisioningState'].map((name) => `${configurations}/*/${name}`),
  ],
  sets: { [configurations]: { member: 'name', fold: true } },
};

export const networkInterface = defineResourceType({
  type: nicType,
  label: 'network interface',
  decidesPackets: true,
  plural: 'network interfaces',
  shape,
  computed,
  columns: [
    {
      title: 'Addresses',
      value: (resource) =>
        nicView(resource)
          .addresses.flatMap(({ address }) => address ?? [])
          .join(', '),
    },
    { title: 'NSG', value: (resource) => nameOf(nicView(resource).group ?? '') },
    { title: 'Machine', value: ({ body }) => nameOf(textAt(body, '/properties/virtualMachine/id') ?? '') },
  ],
  references(body) {
    const { group, addresses } = nicView({ id: '', type: nicType, apiVersion: '', body });
    const ends = addresses.flatMap(({ subnet, publicAddress }) => [subnet ?? [], publicAddress ?? []].flat());
    return [...(group === undefined ? [] : [group]), ...ends];
  },
  effects: (sides) => attachmentEffects(sides, `${nicGroupPointer}/id`, 'network security group'),
  write: { body: sent, edits: (edit) => isUnder(edit, nicGroupPointer), refused: 'whole network interface' },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    return lines(
      change.edits.map((edit) => {
        const group = 'after' in edit ? textAt(edit.after, '/id') : undefined;
        return group === undefined
          ? line('az', 'network', 'nic', 'update', at, '--remove', 'networkSecurityGroup')
          : line('az', 'network', 'nic', 'update', at, '--network-security-group', group);
      }),
    );
  },
  alsoNeeds: (change) =>
    change.edits.flatMap((edit) => {
      const group = 'after' in edit ? textAt(edit.after, '/id') : undefined;
      return group === undefined ? [] : [actionOn('Microsoft.Network/networkSecurityGroups/join/action', group)];
    }),
});

/** The body of a PUT: what Azure computes is removed from the NIC, its DNS settings and its configurations. */
function sent(body: JsonObject): JsonObject {
  const bare = (item: JsonObject): JsonObject => {
    const own = without(item, ['etag', 'type']);
    return isObject(own.properties)
      ? withMember(own, 'properties', without(own.properties, ['provisioningState']))
      : own;
  };
  const tidy = updateAt(sendable(body), ['properties'], (value) => {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(without(value, computed)).map(([name, part]) => {
        if (name === 'ipConfigurations') return [name, eachObject(part, bare) ?? part] as const;
        return [name, name === 'dnsSettings' && isObject(part) ? without(part, computedNames) : part] as const;
      }),
    );
  });
  return isObject(tidy) ? tidy : sendable(body);
}
