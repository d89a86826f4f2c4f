// Microsoft.Network/privateDnsZones: global; what is in a zone is counted, and a zone with links is not deleted.
import { addressOf, nameOf } from '../../gateway/address.ts';
import { ArmError, gatewayError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, json, put } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import type { ProviderCall, ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { linkType, placeEverywhere, stamp, zoneType } from './private-dns-parts.ts';
import { recordsIn } from './record-sets.ts';
import { propertiesOf } from './subnet-document.ts';

const zoneName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
/** Microsoft's limits of a private zone. */
const limits = { recordSets: 25000, links: 1000, registeringLinks: 100 };

export const privateDnsZones: ProviderType = {
  type: zoneType,
  shape: { ...tracked, properties: 'object' },
  long: { put: 'async', patch: 'async', delete: 'location' },
  etags: true,
  calls: 'Zone',
  replace(write) {
    const name = nameOf(write.id);
    if (!zoneName.test(name)) throw new ArmError(400, 'BadRequest', `The domain name '${name}' is invalid.`);
    const next = replaceDocument(write.before, write.body, ['internalId']);
    put(next, 'properties', ownProperties(next));
    return next;
  },
  merge: ({ before, body }) => mergeDocument(before, new Map([...body].filter(([name]) => name === 'tags'))),
  settle(_write, next) {
    placeEverywhere(next, zoneType);
    return next;
  },
  mayDelete({ id, store }) {
    const nested = store.ofType(linkType, id).map((link) => {
      const { namespace, types, names } = addressOf(idOf(link));
      return `'${namespace}/${types.map((type, index) => `${type}/${names[index]}`).join('/')}'`;
    });
    if (nested.length === 0) return;
    throw gatewayError(
      409,
      'CannotDeleteResource',
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: ${nested.join(', ')}. Please delete all nested resources before deleting this resource.`,
    );
  },
  stored: stamp,
  show: counted,
};

/** Nothing of a zone's properties is the caller's. */
function ownProperties(next: ArmObject): ArmObject {
  const found = propertiesOf(next);
  return new Map([...found].filter(([name]) => ['provisioningState', 'internalId'].includes(name)));
}

function counted({ store }: ProviderCall, body: ArmObject): ArmObject {
  const links = store.ofType(linkType, idOf(body));
  const registering = links.filter((link) => at(link, 'properties', 'registrationEnabled') === true);
  const properties = propertiesOf(body);
  const counts = {
    maxNumberOfRecordSets: limits.recordSets,
    maxNumberOfVirtualNetworkLinks: limits.links,
    maxNumberOfVirtualNetworkLinksWithRegistration: limits.registeringLinks,
    numberOfRecordSets: recordsIn(store, body).length,
    numberOfVirtualNetworkLinks: links.length,
    numberOfVirtualNetworkLinksWithRegistration: registering.length,
  };
  for (const [name, value] of Object.entries(counts)) put(properties, name, json(value));
  if (!isObject(at(body, 'properties'))) put(body, 'properties', properties);
  return body;
}
