// Microsoft.MachineLearningServices/workspaces/computes: only the scale settings of a cluster change, the subnet never.
import { fold, parentOf } from '../../gateway/address.ts';
import { ArmError, ok } from '../../gateway/answer.ts';
import { parameter } from '../../gateway/request.ts';
import { at, isObject, JsonNumber, json, put, text } from '../../json.ts';
import { mergeDocument, mergeInto, replaceDocument } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';

const owned = ['createdOn', 'modifiedOn', 'provisioningErrors', 'isAttachedCompute', 'computeLocation'];

export const computes: ProviderType = {
  type: 'Microsoft.MachineLearningServices/workspaces/computes',
  versions: ['2024-10-01', '2024-04-01', '2023-10-01', '2022-10-01', '2021-07-01', '2020-04-01'],
  long: { put: 'async', patch: 'async', delete: 'location' },
  created: 201,
  replace(write) {
    const type = text(write.body, 'properties', 'computeType');
    if (type === undefined) throw new ArmError(400, 'BadRequest', 'The property computeType is required.');
    checkImmutable(write);
    const next = replaceDocument(write.before, write.body, owned);
    const properties = at(next, 'properties');
    if (!isObject(properties)) return next;
    put(properties, 'modifiedOn', write.now);
    if (!write.before) {
      put(properties, 'createdOn', write.now);
      put(
        properties,
        'computeLocation',
        text(write.body, 'location') ?? text(write.store.get(parentOf(write.id)), 'location') ?? '',
      );
      put(
        properties,
        'isAttachedCompute',
        at(properties, 'resourceId') !== undefined && at(properties, 'resourceId') !== null,
      );
      put(properties, 'provisioningErrors', null);
    }
    const settings = at(properties, 'properties');
    const shown = at(write.before, 'properties', 'properties');
    // What the service reports about the nodes is not in the request and stays.
    if (isObject(settings) && isObject(shown)) put(properties, 'properties', mergeInto(new Map(shown), settings));
    return next;
  },
  merge(write) {
    const scale = at(write.body, 'properties', 'properties', 'scaleSettings');
    if (!isObject(scale))
      throw new ArmError(400, 'BadRequest', 'Only properties.properties.scaleSettings of a compute can be updated.');
    if (!(at(scale, 'maxNodeCount') instanceof JsonNumber))
      throw new ArmError(400, 'BadRequest', 'The property scaleSettings.maxNodeCount is required.');
    if (fold(text(write.before, 'properties', 'computeType') ?? '') !== 'amlcompute') {
      throw new ArmError(400, 'BadRequest', 'Only a compute of type AmlCompute has scale settings.');
    }
    checkImmutable(write);
    return mergeDocument(write.before, new Map([['properties', json({ properties: { scaleSettings: scale } })]]));
  },
  mayDelete({ request }) {
    const action = fold(parameter(request, 'underlyingresourceaction') ?? '');
    if (action !== 'delete' && action !== 'detach') {
      throw new ArmError(
        400,
        'BadRequest',
        'The query parameter underlyingResourceAction is required: Delete or Detach.',
      );
    }
  },
  links(next) {
    const id = text(next, 'properties', 'properties', 'subnet', 'id');
    return id === undefined ? [] : [{ id, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }];
  },
  actions: { listnodes: () => ok(json({ nodes: [] })) },
};

function checkImmutable(write: Write): void {
  const asked = text(write.body, 'properties', 'properties', 'subnet', 'id');
  if (!write.before) {
    if (asked !== undefined && !write.store.get(asked)) {
      throw new ArmError(400, 'SubnetNotFound', `The subnet ${asked} was not found.`);
    }
    return;
  }
  const old = text(write.before, 'properties', 'properties', 'subnet', 'id');
  if (asked !== undefined && fold(asked) !== fold(old ?? '')) {
    throw new ArmError(
      400,
      'PropertyChangeNotAllowed',
      'The subnet of an existing compute cannot be changed. Delete the compute and create it anew.',
    );
  }
}
