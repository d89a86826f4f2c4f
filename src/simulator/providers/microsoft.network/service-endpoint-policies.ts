// Microsoft.Network/serviceEndpointPolicies and their definitions: which accounts may be reached through a service endpoint.
import { fold, parentOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, isObject, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument, replaceMembers, setFirst } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { networkChild, networkResource, touch } from './network-parts.ts';
import { holdersOf, inUseError, missingValue, requireLocation, showReferences } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

const type = 'Microsoft.Network/serviceEndpointPolicies';
const part = `${type}/serviceEndpointPolicyDefinitions`;
const member = 'serviceEndpointPolicyDefinitions';

/** Subnets that hold a policy. */
const subnetsOf = (store: Store, id: string): string[] =>
  holdersOf(store, 'Microsoft.Network/virtualNetworks/subnets', 'serviceEndpointPolicies', id);

const definitionShape = {
  properties: { service: 'text', description: 'text', serviceResources: ['text'] },
} as const;

export const serviceEndpointPolicies: ProviderType = {
  ...networkResource,
  type,
  shape: { ...tracked, properties: { serviceEndpointPolicyDefinitions: [{ name: 'text', ...definitionShape }] } },
  replace({ before, body, id, newId }) {
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['resourceGuid', 'subnets']);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const old = list(before, 'properties', member).filter(isObject);
    const definitions = list(body, 'properties', member)
      .filter(isObject)
      .map((sent) => {
        const name = text(sent, 'name');
        if (name === undefined) throw missingValue(`properties.${member}[].name`);
        const known = old.find((item) => fold(text(item, 'name') ?? '') === fold(name));
        return settledDefinition(`${id}/${member}/${name}`, sent, known);
      });
    put(properties, member, definitions);
    if (!before) put(properties, 'resourceGuid', newId());
    return next;
  },
  mayDelete({ id, store }) {
    const users = subnetsOf(store, id);
    if (users.length > 0)
      throw inUseError('InUseServiceEndpointPolicyCannotBeDeleted', 'Service endpoint policy', id, users);
  },
  show({ store }, body) {
    showReferences(store, body, 'subnets', subnetsOf(store, idOf(body)));
    return body;
  },
};

export const serviceEndpointPolicyDefinitions: ProviderType = {
  ...networkChild,
  type: part,
  shape: definitionShape,
  holds: parentOf,
  replace: ({ before, body, id }) => settledDefinition(id, body, before),
  gone: touch,
};

function settledDefinition(id: string, sent: ArmObject, before: ArmObject | undefined): ArmObject {
  const identity = new Map<string, ArmJson>([
    ['name', id.slice(id.lastIndexOf('/') + 1)],
    ['id', id],
    ['type', part],
  ]);
  const next = replaceMembers(before ?? identity, sent, ['id', 'name', 'type', 'etag']);
  const properties = replaceMembers(propertiesOf(before), propertiesOf(sent), ['provisioningState']);
  setFirst(properties, 'provisioningState', 'Succeeded');
  if (text(properties, 'service') === undefined) throw missingValue('properties.service');
  const resources = list(properties, 'serviceResources');
  const wrong = resources.find((item) => typeof item !== 'string' || !/^\/(subscriptions|services)\/[^/]/i.test(item));
  if (resources.length === 0 || wrong !== undefined) {
    throw networkError(
      400,
      'ServiceEndpointPolicyDefinitionInvalidServiceResource',
      `Service endpoint policy definition ${id} names ${resources.length === 0 ? 'no service resource' : 'something that is not a resource'}.`,
    );
  }
  put(next, 'properties', properties);
  return next;
}
