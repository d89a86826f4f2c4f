// Microsoft.Network/privateDnsZones/{A, AAAA, …}: record sets, written at once. Every zone has an SOA record from the start,
// and `ALL` lists the lot.
import { nameOf, parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, isObject, list, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import { rangeOf } from '../ipv4.ts';
import type { ProviderType, Write } from '../provider.ts';
import { stamp, zoneType } from './private-dns-parts.ts';
import { propertiesOf } from './subnet-document.ts';

/** Record types that are written, with the member that holds the records. */
const kinds: readonly (readonly [string, string])[] = [
  ['A', 'aRecords'],
  ['AAAA', 'aaaaRecords'],
  ['CNAME', 'cnameRecord'],
  ['MX', 'mxRecords'],
  ['PTR', 'ptrRecords'],
  ['SRV', 'srvRecords'],
  ['TXT', 'txtRecords'],
];
const owned = ['fqdn', 'isAutoRegistered'];

const recordSets = ([word, member]: readonly [string, string]): ProviderType => ({
  type: `${zoneType}/${word}`,
  shape: {
    properties: { ttl: 'number', metadata: 'object', ...(word === 'A' ? { aRecords: [{ ipv4Address: 'text' }] } : {}) },
  },
  provisions: false,
  etags: true,
  calls: 'Record set',
  replace: (write) => settled(write, replaceDocument(write.before, write.body, owned), word, member),
  merge: (write) => settled(write, mergeDocument(write.before, write.body, { whole: [member], owned }), word, member),
  stored: stamp,
});

function settled(write: Write, next: ArmObject, word: string, member: string): ArmObject {
  const properties = propertiesOf(next);
  put(next, 'properties', properties);
  for (const record of word === 'A' ? list(properties, member) : []) {
    const address = text(record, 'ipv4Address') ?? '';
    if (!rangeOf(address) || address.includes('/'))
      throw new ArmError(400, 'BadRequest', `The value '${address}' of an A record is not an IPv4 address.`);
  }
  const zone = nameOf(parentOf(write.id));
  const name = nameOf(write.id);
  put(properties, 'fqdn', name === '@' ? `${zone}.` : `${name}.${zone}.`);
  put(properties, 'isAutoRegistered', false);
  return next;
}

/** All record sets of a zone, the SOA record first. */
export function recordsIn(store: Store, zone: ArmObject): ArmObject[] {
  return [startOfAuthority(zone), ...kinds.flatMap(([word]) => store.ofType(`${zoneType}/${word}`, idOf(zone)))];
}

function startOfAuthority(zone: ArmObject): ArmObject {
  return object({
    id: `${idOf(zone)}/SOA/@`,
    name: '@',
    type: `${zoneType}/SOA`,
    etag: text(zone, 'etag'),
    properties: {
      ttl: 3600,
      fqdn: `${nameOf(idOf(zone))}.`,
      isAutoRegistered: false,
      soaRecord: {
        email: 'azureprivatedns-host.microsoft.com',
        expireTime: 2419200,
        host: 'azureprivatedns.net',
        minimumTtl: 10,
        refreshTime: 3600,
        retryTime: 300,
        serialNumber: 1,
      },
    },
  });
}

const listing = (word: string): ProviderType => ({
  type: `${zoneType}/${word}`,
  allows: { put: false, patch: false, delete: false },
  items({ store, address }) {
    const zone = store.get(parentOf(`${address.path}/x`));
    const all = zone ? recordsIn(store, zone).filter(isObject) : [];
    return word === 'ALL' ? all : all.filter((record) => sameId(text(record, 'type') ?? '', `${zoneType}/${word}`));
  },
});

const authority: ProviderType = {
  ...listing('SOA'),
  item({ store, address }) {
    const zone = store.get(parentOf(address.path));
    return zone && nameOf(address.path) === '@' ? startOfAuthority(zone) : undefined;
  },
};

export const recordSetTypes: readonly ProviderType[] = [...kinds.map(recordSets), listing('ALL'), authority];
