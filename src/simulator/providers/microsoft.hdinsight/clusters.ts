// Microsoft.HDInsight/clusters: the network of a cluster is settled when it is made; endpoints and states are the service's own.
import { fold } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, child, isObject, json, list, nameIn, put, text } from '../../json.ts';
import { replaceDocument } from '../documents.ts';
import type { Link, ProviderType, Write } from '../provider.ts';
import { tracked } from '../shape.ts';

const owned = ['createdDate', 'clusterId', 'clusterState', 'connectivityEndpoints', 'quotaInfo'];

export const hdinsightClusters: ProviderType = {
  type: 'Microsoft.HDInsight/clusters',
  long: { put: 'async', patch: 'none', delete: 'async' },
  created: 200,
  making: 'InProgress',
  changing: 'InProgress',
  shape: {
    ...tracked,
    properties: {
      clusterVersion: 'text',
      osType: 'text',
      clusterDefinition: 'object',
      computeProfile: {
        roles: [
          {
            name: 'text',
            targetInstanceCount: 'number',
            hardwareProfile: { vmSize: 'text' },
            virtualNetworkProfile: { id: 'text', subnet: 'text' },
          },
        ],
      },
      networkProperties: { resourceProviderConnection: 'text', privateLink: 'text' },
    },
  },
  replace(write) {
    checkRoles(write);
    return replaceDocument(write.before, write.body, owned);
  },
  settle({ before, id, now }, next) {
    const properties = child(next, 'properties');
    if (before) return next;
    const cluster = id.slice(id.lastIndexOf('/') + 1);
    const endpoint = (name: string, location: string, port: number) => ({ name, protocol: 'TCP', location, port });
    put(properties, 'createdDate', now);
    put(properties, 'clusterState', 'Running');
    put(
      properties,
      'connectivityEndpoints',
      json([
        endpoint('SSH', `${cluster}-ssh.azurehdinsight.net`, 22),
        endpoint('HTTPS', `${cluster}.azurehdinsight.net`, 443),
      ]),
    );
    if (nameIn(properties, 'networkProperties') === undefined)
      put(properties, 'networkProperties', json({ resourceProviderConnection: 'Inbound', privateLink: 'Disabled' }));
    return next;
  },
  links: (next) =>
    rolesIn(next).flatMap((role): Link[] => {
      const subnet = text(role, 'virtualNetworkProfile', 'subnet');
      return subnet === undefined
        ? []
        : [{ id: subnet, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }];
    }),
};

const rolesIn = (body: ArmObject | undefined): ArmObject[] =>
  list(body, 'properties', 'computeProfile', 'roles').filter(isObject);

const refuse = (message: string): ArmError => new ArmError(400, 'BadRequest', message);

/** Every role is in a subnet that exists, or none does; what is made stays where it is. */
function checkRoles({ body, before, store }: Write): void {
  const roles = rolesIn(body);
  if (roles.length === 0) throw refuse('The property computeProfile.roles is required.');
  const subnets = roles.map((role) => text(role, 'virtualNetworkProfile', 'subnet'));
  const networks = roles.map((role) => text(role, 'virtualNetworkProfile', 'id'));
  if (new Set(subnets.map((id) => fold(id ?? ''))).size > 1)
    throw refuse('All roles of a cluster must be in the same virtual network and subnet.');
  const [subnet] = subnets;
  if (subnet !== undefined && (networks[0] === undefined || !store.get(subnet)))
    throw refuse(`The subnet ${subnet} of the virtual network profile was not found.`);
  const [old] = rolesIn(before);
  if (old && fold(text(old, 'virtualNetworkProfile', 'subnet') ?? '') !== fold(subnet ?? ''))
    throw refuse('The virtual network of an existing cluster cannot be changed.');
  const nameless = roles.find((role) => at(role, 'name') === undefined);
  if (nameless) throw refuse('Every role needs a name.');
}
