// Microsoft.Storage/storageAccounts: PATCH merges at property level but replaces networkAcls whole; no etags.
import { fold } from '../../gateway/address.ts';
import { ArmError, ok } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, json, list, object, put, text } from '../../json.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import { endpointsLost } from '../microsoft.network/private-endpoint-effects.ts';
import type { ProviderType, Write } from '../provider.ts';
import { invalidValues, settledAcls } from './network-acls.ts';

const owned = [
  'creationTime',
  'primaryEndpoints',
  'primaryLocation',
  'secondaryEndpoints',
  'secondaryLocation',
  'statusOfPrimary',
  'statusOfSecondary',
  'privateEndpointConnections',
  'keyCreationTime',
  'isHnsEnabled',
  'geoReplicationStats',
  'lastGeoFailoverTime',
];
const switches = ['Enabled', 'Disabled', 'SecuredByPerimeter'];

export const storageAccounts: ProviderType = {
  type: 'Microsoft.Storage/storageAccounts',
  long: { put: 'location', patch: 'none', delete: 'none' },
  created: 200,
  live: ['privateEndpointConnections'],
  gone: endpointsLost,
  /** The states of an account are Creating, ResolvingDNS and Succeeded; a change shows no state. */
  changing: 'Succeeded',
  /** On an existing account absent properties keep their values. */
  replace: (write) =>
    write.before ? mergeDocument(write.before, write.body, { whole: ['networkAcls'], owned }) : created(write),
  merge: (write) => mergeDocument(write.before, write.body, { whole: ['networkAcls'], owned }),
  settle(write, next) {
    const sent = at(write.body, 'properties', 'networkAcls');
    const properties = at(next, 'properties');
    if (!isObject(properties)) throw invalidValues('properties');
    if (sent !== undefined)
      put(properties, 'networkAcls', settledAcls(write, sent, at(write.before, 'properties', 'networkAcls')));
    checkSwitch(properties);
    checkHierarchy(write);
    return next;
  },
  links: (next) =>
    list(next, 'properties', 'networkAcls', 'virtualNetworkRules').flatMap((rule) => {
      const id = text(rule, 'id');
      const isAlive = fold(text(rule, 'state') ?? '') === 'succeeded';
      return id === undefined || !isAlive
        ? []
        : [{ id, action: 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action' }];
    }),
  actions: {
    /** A write in the eyes of locks and grants; the keys open nothing. */
    listkeys: () => {
      const value = Buffer.from('simulated').toString('base64');
      return ok(json({ keys: ['key1', 'key2'].map((keyName) => ({ keyName, value, permissions: 'FULL' })) }));
    },
  },
};

function created(write: Write): ArmObject {
  const name = write.address.names[0] ?? '';
  if (!/^[a-z0-9]{3,24}$/.test(name)) {
    throw new ArmError(
      400,
      'AccountNameInvalid',
      `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
    );
  }
  const next = replaceDocument(undefined, write.body);
  const location = text(write.body, 'location');
  if (location === undefined)
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.', {
      gateway: true,
    });
  const properties = at(next, 'properties');
  const made = isObject(properties) ? properties : (object({}) as ArmObject);
  const endpoint = (service: string): string => `https://${name}.${service}.core.windows.net/`;
  const defaults: Record<string, ArmJson> = {
    encryption: json({
      services: { file: { keyType: 'Account', enabled: true }, blob: { keyType: 'Account', enabled: true } },
      keySource: 'Microsoft.Storage',
    }),
    networkAcls: json({ bypass: 'AzureServices', virtualNetworkRules: [], ipRules: [], defaultAction: 'Allow' }),
    supportsHttpsTrafficOnly: true,
    minimumTlsVersion: 'TLS1_2',
    creationTime: write.now,
    primaryEndpoints: json(
      Object.fromEntries(['dfs', 'blob', 'queue', 'table', 'file'].map((service) => [service, endpoint(service)])),
    ),
    primaryLocation: location,
    statusOfPrimary: 'available',
    privateEndpointConnections: [],
  };
  for (const [member, value] of Object.entries(defaults))
    if (at(made, member) === undefined) put(made, member, clone(value));
  const hierarchy = at(write.body, 'properties', 'isHnsEnabled');
  if (hierarchy !== undefined) put(made, 'isHnsEnabled', hierarchy);
  put(next, 'properties', made);
  return next;
}

function checkSwitch(properties: ArmObject): void {
  const value = at(properties, 'publicNetworkAccess');
  if (value === undefined || value === null) return;
  const spelt = typeof value === 'string' ? switches.find((known) => fold(known) === fold(value)) : undefined;
  if (spelt === undefined) throw invalidValues('publicNetworkAccess');
  put(properties, 'publicNetworkAccess', spelt);
}

function checkHierarchy(write: Write): void {
  const asked = at(write.body, 'properties', 'isHnsEnabled');
  if (!write.before || asked === undefined) return;
  const has = at(write.before, 'properties', 'isHnsEnabled') ?? false;
  if (asked !== has)
    throw new ArmError(409, 'PropertyChangeNotAllowed', "Changing property 'isHnsEnabled' is not allowed.");
}
