// Microsoft.Network/privateEndpoints/privateDnsZoneGroups: keeps the records of an endpoint in private zones. An endpoint has
// one group with at most five zones (Microsoft's limits; the wording of these two refusals is not known).
import { parentOf, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, isObject, json, list, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { replaceDocument, setFirst } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { zoneGroupType } from './private-endpoint-document.ts';
import { settleNames } from './private-endpoint-effects.ts';
import { missingValue, referenced } from './references.ts';
import { propertiesOf } from './subnet-document.ts';
import { droppedConfigs, removeRecords, zoneGroupsOf } from './zone-records.ts';

const mostZones = 5;

export const privateDnsZoneGroups: ProviderType = {
  type: zoneGroupType,
  shape: { properties: { privateDnsZoneConfigs: [{ name: 'text', properties: { privateDnsZoneId: 'text' } }] } },
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  etags: true,
  replace(write) {
    const { before, body, id, store } = write;
    const others = zoneGroupsOf(store, parentOf(id)).filter((group) => !sameId(idOf(group), id));
    if (others.length > 0)
      throw networkError(
        400,
        'PrivateDnsZoneGroupCountLimitReached',
        `Private endpoint ${parentOf(id)} already has the DNS zone group ${idOf(others[0] ?? new Map())}.`,
      );
    const next = replaceDocument(before, body);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    setFirst(properties, 'provisioningState', 'Succeeded');
    put(properties, 'privateDnsZoneConfigs', configs(write, list(body, 'properties', 'privateDnsZoneConfigs')));
    for (const config of droppedConfigs(before, next)) removeRecords(store, config);
    return next;
  },
  links: (next) =>
    list(next, 'properties', 'privateDnsZoneConfigs').flatMap((config) => {
      const id = text(config, 'properties', 'privateDnsZoneId');
      return id === undefined ? [] : [{ id, action: 'Microsoft.Network/privateDnsZones/join/action' }];
    }),
  /** The only document of the provider that shows no type. */
  show(_call, body) {
    body.delete('type');
    return body;
  },
  stored(store, id, newId) {
    const endpoint = store.get(parentOf(id));
    if (endpoint) settleNames(store, endpoint, newId);
  },
  gone(store, id, newId, body) {
    for (const config of list(body, 'properties', 'privateDnsZoneConfigs')) removeRecords(store, config);
    const endpoint = store.get(parentOf(id));
    if (endpoint) settleNames(store, endpoint, newId);
  },
};

function configs(write: Write, sent: readonly ArmJson[]): ArmJson[] {
  if (sent.length > mostZones)
    throw networkError(
      400,
      'PrivateDnsZoneConfigCountLimitReached',
      `DNS zone group ${write.id} names more than ${mostZones} zones.`,
    );
  return sent.filter(isObject).map((config) => {
    const name = text(config, 'name');
    const zoneId = text(config, 'properties', 'privateDnsZoneId');
    if (name === undefined) throw missingValue('properties.privateDnsZoneConfigs[0].name');
    if (zoneId === undefined) throw missingValue('properties.privateDnsZoneConfigs[0].properties.privateDnsZoneId');
    const zone: ArmObject = referenced(write.store, zoneId, write.id);
    const old = list(write.before, 'properties', 'privateDnsZoneConfigs').find((item) =>
      sameId(text(item, 'properties', 'privateDnsZoneId') ?? '', zoneId),
    );
    const recordSets = list(old, 'properties', 'recordSets');
    return json({ name, properties: { privateDnsZoneId: idOf(zone), ...(old ? { recordSets } : {}) } });
  });
}
