// Microsoft.Network/virtualNetworks: PUT without subnets leaves them alone, with a list it replaces them; PATCH is tags only.
import { fold } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, list, object, put, text } from '../../json.ts';
import { replaceDocument, replaceMembers } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { listEffectiveConnectivity, listEffectiveRules } from './network-managers.ts';
import { touch } from './network-parts.ts';
import { checkPeeredSpace } from './peering-checks.ts';
import { peeringsOf, settlePeerings } from './peering-states.ts';
import {
  checkRanges,
  checkReferences,
  checkUse,
  inUse,
  propertiesOf,
  subnetProperties,
  userOf,
} from './subnet-document.ts';
import { linksOf, orphanRules } from './subnets.ts';
import { linksOf as linksOfPeering, replacedPeerings } from './virtual-network-peerings.ts';

export const virtualNetworks: ProviderType = {
  type: 'Microsoft.Network/virtualNetworks',
  long: { put: 'async', patch: 'none', delete: 'location' },
  making: 'Updating',
  etags: true,
  replace(write) {
    const { before, body, id, store, newId } = write;
    const next = replaceDocument(before, body, ['resourceGuid', 'subnets', 'virtualNetworkPeerings']);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    if (list(properties, 'addressSpace', 'addressPrefixes').length === 0) {
      throw networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
        { code: 'MissingJsonReferenceId', message: 'Value for properties.addressSpace.addressPrefixes is missing.' },
      ]);
    }
    checkEncryption(id, properties);
    if (!before) put(properties, 'resourceGuid', newId());
    const sent = at(body, 'properties', 'subnets');
    if (sent !== undefined || !before) put(properties, 'subnets', replacedSubnets(write, next, sent ?? []));
    replacePeerings(write, next, properties);
    for (const subnet of list(before, 'properties', 'subnets')) {
      const isKept = list(properties, 'subnets').some(
        (item) => fold(text(item, 'name') ?? '') === fold(text(subnet, 'name') ?? ''),
      );
      const user = isObject(subnet) && !isKept ? userOf(subnet, store) : undefined;
      if (isObject(subnet) && user !== undefined) throw inUse(subnet, user);
      if (!isKept) orphanRules(store, `${id}/subnets/${text(subnet, 'name')}`);
    }
    return next;
  },
  merge({ before, body }) {
    const next: ArmObject = new Map(before);
    const tags = at(body, 'tags');
    if (tags !== undefined) put(next, 'tags', tags);
    return next;
  },
  links: (next) => [
    ...list(next, 'properties', 'subnets').filter(isObject).flatMap(linksOf),
    ...peeringsOf(next).flatMap(linksOfPeering),
  ],
  mayDelete({ before, store }) {
    for (const subnet of list(before, 'properties', 'subnets').filter(isObject)) {
      const user = userOf(subnet, store);
      if (user !== undefined) throw inUse(subnet, user);
    }
    for (const subnet of list(before, 'properties', 'subnets')) orphanRules(store, text(subnet, 'id') ?? '');
  },
  stored(store, id, newId) {
    touch(store, id, newId);
    settlePeerings(store, id, newId);
  },
  gone: settlePeerings,
  actions: {
    listnetworkmanagereffectivesecurityadminrules: listEffectiveRules,
    listnetworkmanagereffectiveconnectivityconfigurations: listEffectiveConnectivity,
  },
};

/** Without a list the peerings stay, as subnets do (a guess: no document says so); the ranges must suit those that there are. */
function replacePeerings(write: Write, network: ArmObject, properties: ArmObject): void {
  const sent = at(write.body, 'properties', 'virtualNetworkPeerings');
  const owned = new Map(network).set('id', write.id);
  if (sent === undefined || sent === null) {
    if (at(properties, 'virtualNetworkPeerings') === undefined) put(properties, 'virtualNetworkPeerings', []);
    checkPeeredSpace(write.store, owned);
    return;
  }
  const items = itemsOf(sent, 'virtualNetworkPeerings').map(({ item }) => item);
  put(properties, 'virtualNetworkPeerings', replacedPeerings(write, owned, items));
}

function replacedSubnets(write: Write, network: ArmObject, sent: ArmJson): ArmJson[] {
  const old = list(write.before, 'properties', 'subnets').filter(isObject);
  const made: ArmObject[] = [];
  for (const { item, name } of itemsOf(sent, 'subnets')) {
    const before = old.find((candidate) => fold(text(candidate, 'name') ?? '') === fold(name));
    const id = text(before, 'id') ?? `${write.id}/subnets/${name}`;
    const properties = subnetProperties(before, propertiesOf(item), id, text(network, 'location') ?? '');
    checkRanges(name, properties, new Map(network).set('id', write.id), made);
    checkReferences(id, properties, write.store);
    checkUse(before, properties, write.store);
    const identity = object({ id, name, type: 'Microsoft.Network/virtualNetworks/subnets' });
    const next = replaceMembers(before ?? identity, item, ['id', 'name', 'type', 'etag']);
    put(next, 'properties', properties);
    made.push(next);
  }
  return made;
}

/** The named items of an inline list. */
function itemsOf(sent: ArmJson, member: string): { readonly item: ArmObject; readonly name: string }[] {
  if (!Array.isArray(sent)) {
    throw networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
      { code: 'InvalidJson', message: `Error converting value for '${member}'.` },
    ]);
  }
  return sent.map((item) => {
    const name = text(item, 'name');
    if (isObject(item) && name !== undefined) return { item, name };
    throw networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
      { code: 'MissingJsonReferenceId', message: 'Value for reference id is missing.' },
    ]);
  });
}

/** Recorded: azure-cli. */
function checkEncryption(id: string, properties: ArmObject): void {
  const encryption = at(properties, 'encryption');
  if (!isObject(encryption)) return;
  if (at(encryption, 'enabled') !== undefined && text(encryption, 'enforcement') !== undefined) return;
  throw networkError(
    400,
    'MustSpecifyBothEncryptionIntentAndEnforcementPolicy',
    `Cannot encrypt VirtualNetwork ${id} unless both encryption intent (Enabled true or false) and enforcement policy (AllowUnencrypted or DropUnencrypted) are specified.`,
  );
}
