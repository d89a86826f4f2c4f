// Microsoft.Network/privateDnsZones/virtualNetworkLinks: which networks ask a zone. One link for a zone and a network, and one
// zone of a name for a network; both refusals are in Azure's own words.
import { fold, nameOf, parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { at, json, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { mergeDocument, replaceDocument, setFirst } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { linkType, placeEverywhere, stamp } from './private-dns-parts.ts';
import { propertiesOf } from './subnet-document.ts';

/** The first version that knows what a private link zone does with names it does not hold. */
const firstWithPolicy = '2024-06-01';

export const virtualNetworkLinks: ProviderType = {
  type: linkType,
  shape: {
    ...tracked,
    properties: { virtualNetwork: reference, registrationEnabled: 'boolean', resolutionPolicy: 'text' },
  },
  long: { put: 'async', patch: 'async', delete: 'location' },
  etags: true,
  calls: 'Virtual network link',
  replace: (write) => replaceDocument(write.before, write.body, ['virtualNetworkLinkState']),
  merge: ({ before, body }) => mergeDocument(before, body, { owned: ['virtualNetworkLinkState', 'virtualNetwork'] }),
  settle(write, next) {
    placeEverywhere(next, linkType);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const networkId = text(properties, 'virtualNetwork', 'id');
    const network = networkId === undefined ? undefined : write.store.get(networkId);
    if (networkId === undefined || !network) {
      throw badRequest(`The virtual network '${networkId ?? ''}' of link '${nameOf(write.id)}' could not be found.`);
    }
    put(properties, 'virtualNetwork', json({ id: idOf(network) }));
    if (at(properties, 'registrationEnabled') === undefined) put(properties, 'registrationEnabled', false);
    checkRivals(write, idOf(network), at(properties, 'registrationEnabled') === true);
    if (fold(nameOf(parentOf(write.id))).startsWith('privatelink.') && at(properties, 'resolutionPolicy') === undefined)
      put(properties, 'resolutionPolicy', 'Default');
    setFirst(properties, 'virtualNetworkLinkState', 'Completed');
    return next;
  },
  links(next) {
    const id = text(next, 'properties', 'virtualNetwork', 'id');
    return id === undefined ? [] : [{ id, action: 'Microsoft.Network/virtualNetworks/join/action' }];
  },
  stored: stamp,
  show({ apiVersion }, body) {
    const properties = propertiesOf(body);
    if (apiVersion < firstWithPolicy) properties.delete('resolutionPolicy');
    if (fold(text(properties, 'provisioningState') ?? '') !== 'succeeded')
      put(properties, 'virtualNetworkLinkState', 'InProgress');
    return body;
  },
};

function checkRivals(write: Write, networkId: string, registers: boolean): void {
  const old = text(write.before, 'properties', 'virtualNetwork', 'id');
  if (old !== undefined && !sameId(old, networkId))
    throw badRequest(`The virtual network of link '${nameOf(write.id)}' cannot be changed.`);
  const zoneId = parentOf(write.id);
  for (const link of write.store.ofType(linkType)) {
    const isRival =
      sameId(text(link, 'properties', 'virtualNetwork', 'id') ?? '', networkId) && !sameId(idOf(link), write.id);
    if (!isRival) continue;
    const otherZone = parentOf(idOf(link));
    const names = `'${nameOf(zoneId)}' and '${nameOf(otherZone)}' zones.`;
    if (sameId(otherZone, zoneId)) {
      throw new ArmError(
        409,
        'Conflict',
        `Private zone '${nameOf(zoneId)}' is already linked to the virtual network '${networkId}'.`,
      );
    }
    if (fold(nameOf(otherZone)) === fold(nameOf(zoneId))) {
      throw badRequest(
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with ${names}`,
      );
    }
    if (registers && at(link, 'properties', 'registrationEnabled') === true) {
      throw badRequest(
        `A virtual network can only be linked to one private zone with registration enabled. You tried to link virtual network with ${names}`,
      );
    }
  }
}

const badRequest = (message: string): ArmError => new ArmError(400, 'BadRequest', message);
