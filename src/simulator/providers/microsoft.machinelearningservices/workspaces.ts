// Microsoft.MachineLearningServices/workspaces: PUT and PATCH answer 202 and a Location unless time stands still.
import { fold, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import { overlap, privateRanges, rangeOf } from '../ipv4.ts';
import { endpointsLost } from '../microsoft.network/private-endpoint-effects.ts';
import type { ProviderType, Write } from '../provider.ts';
import { datastoresSignIn } from './datastores.ts';
import { diagnose } from './diagnose.ts';
import { provisionManagedNetwork, settleNetwork } from './managed-network.ts';
import { workspaceStored } from './managed-network-effects.ts';
import { linksStored, refuseLinks, showLinks } from './shared-links.ts';

const owned = [
  'workspaceId',
  'serviceProvisionedResourceGroup',
  'privateLinkCount',
  'privateEndpointConnections',
  'notebookInfo',
  'tenantId',
  'storageHnsEnabled',
  'mlFlowTrackingUri',
  'discoveryUrl',
  'creationTime',
  'agentsEndpointUri',
];
/** In no stable version up to 2025-09-01: neither shown nor taken there. */
const previewed = ['ipAllowlist', 'networkAcls'];
/** Shown and taken since 2025-09-01. */
const newest = ['systemDatastoresAuthMode'];
const newestInNetwork = ['managedNetworkKind', 'firewallSku'];
const isNewest = (version: string): boolean => fold(version) >= '2025-09-01';
const ownedAt = (version: string): readonly string[] => [...owned, ...hiddenAt(version)];
const hiddenAt = (version: string): readonly string[] => [
  ...(isPreviewed(version) ? [] : previewed),
  ...(isNewest(version) ? [] : newest),
];
const isPreviewed = (version: string): boolean => fold(version) >= '2024-10-01-preview' && /-preview$/i.test(version);
const fixed = ['storageAccount', 'keyVault', 'hbiWorkspace'];

export const workspaces: ProviderType = {
  type: 'Microsoft.MachineLearningServices/workspaces',
  long: { put: 'location', patch: 'location', delete: 'location' },
  created: 200,
  live: ['privateEndpointConnections'],
  stored(store, id, newId, later) {
    workspaceStored(store, id, newId);
    linksStored(store, id, newId, later);
    datastoresSignIn(store, id);
  },
  gone: endpointsLost,
  replace(write) {
    const next = replaceDocument(write.before, write.body, ownedAt(write.apiVersion), ['systemData']);
    keepPrincipal(write.before, next);
    const properties = at(next, 'properties');
    if (!write.before && isObject(properties)) {
      put(properties, 'workspaceId', write.newId());
      put(
        properties,
        'discoveryUrl',
        `https://${text(write.body, 'location') ?? 'westeurope'}.api.azureml.ms/discovery`,
      );
      put(properties, 'privateEndpointConnections', []);
    }
    return next;
  },
  merge: (write) => mergeDocument(write.before, write.body, { owned: ownedAt(write.apiVersion) }),
  settle(write, next) {
    for (const name of fixed) refuseChange(write, name);
    refuseHub(write, next);
    settleNetwork(write, next);
    unsetBuilder(at(next, 'properties'));
    refuseAddresses(at(next, 'properties', 'ipAllowlist'));
    if (at(write.body, 'properties', 'sharedPrivateLinkResources') !== undefined) refuseLinks(write.store, next);
    return next;
  },
  show(call, body) {
    const properties = at(body, 'properties');
    if (!isObject(properties)) return body;
    const links = list(properties, 'privateEndpointConnections').length;
    if (links > 0 || at(properties, 'privateLinkCount') !== undefined) put(properties, 'privateLinkCount', json(links));
    showLinks(call.store, body);
    showProjects(call.store, body, properties);
    for (const name of hiddenAt(call.apiVersion)) properties.delete(name);
    const network = at(properties, 'managedNetwork');
    if (isObject(network) && !isNewest(call.apiVersion)) for (const name of newestInNetwork) network.delete(name);
    return body;
  },
  actions: {
    provisionmanagednetwork: provisionManagedNetwork,
    diagnose,
  },
};

/** A hub shows its projects, those that the store holds and those that it showed where these are not held. */
function showProjects(store: Store, hub: ArmObject, properties: ArmObject): void {
  if (fold(text(hub, 'kind') ?? '') !== 'hub') return;
  const id = idOf(hub);
  const own = store
    .ofType('Microsoft.MachineLearningServices/workspaces')
    .filter((one) => sameId(text(one, 'properties', 'hubResourceId') ?? '', id))
    .map(idOf);
  const shown = list(properties, 'associatedWorkspaces').filter((one) => typeof one === 'string');
  const others = shown.filter((one) => !own.some((known) => sameId(known, one)));
  put(properties, 'associatedWorkspaces', [...own, ...others]);
}

/** A project names a hub that is there, and cannot be moved to another. */
function refuseHub({ before, store, id }: Write, next: ArmObject): void {
  if (fold(text(next, 'kind') ?? '') !== 'project') return;
  const [was, hub] = [text(before, 'properties', 'hubResourceId'), text(next, 'properties', 'hubResourceId')];
  if (was !== undefined && !sameId(was, hub ?? '')) {
    throw new ArmError(
      400,
      'PropertyChangeNotAllowed',
      "Changing property 'hubResourceId' of a workspace is not allowed.",
    );
  }
  if (before === undefined && (hub === undefined || fold(text(store.get(hub), 'kind') ?? '') !== 'hub')) {
    throw new ArmError(400, 'ValidationError', `The hub of project '${id}' was not found.`);
  }
}

/** An empty name means no compute that builds images. */
function unsetBuilder(properties: ArmJson | undefined): void {
  if (isObject(properties) && at(properties, 'imageBuildCompute') === '') properties.delete('imageBuildCompute');
}

/** Whom the workspace acts as is the service's to say: it is not in the request, and stays while the identity does. */
function keepPrincipal(before: ArmObject | undefined, next: ArmObject): void {
  const [old, identity] = [at(before, 'identity'), at(next, 'identity')];
  if (!isObject(identity) || !/systemassigned/i.test(text(identity, 'type') ?? '')) return;
  for (const name of ['principalId', 'tenantId']) {
    const value = at(old, name);
    if (value !== undefined && at(identity, name) === undefined) put(identity, name, value);
  }
}

function refuseChange(write: Write, name: string): void {
  const [old, asked] = [at(write.before, 'properties', name), at(write.body, 'properties', name)];
  if (!write.before || asked === undefined || asked === null) return;
  const isSame = typeof old === 'string' && typeof asked === 'string' ? fold(old) === fold(asked) : old === asked;
  if (!isSame)
    throw new ArmError(400, 'PropertyChangeNotAllowed', `Changing property '${name}' of a workspace is not allowed.`);
}

function isPublic(text: string): boolean {
  const range = rangeOf(text);
  return range !== undefined && !range.hasHostBits && !privateRanges.some((family) => overlap(family, range));
}

/** Public IPv4 addresses and blocks, at most 200 of them; the whole list is looked at whatever is written. */
function refuseAddresses(kept: ArmJson | undefined): void {
  const entries = list(kept);
  const wrong = entries.find((entry) => typeof entry !== 'string' || !isPublic(entry));
  if (wrong === undefined && entries.length <= 200) return;
  const what = wrong === undefined ? `${entries.length} entries` : `'${String(wrong)}'`;
  throw new ArmError(400, 'ValidationError', `The value of properties.ipAllowlist is invalid: ${what}.`);
}
