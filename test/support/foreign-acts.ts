// What another client does to a resource that a step of a plan changes: the setting itself, one beside it, an entry of a list beside it,
// its existence, something inside it. Each act is worked out from what that client reads at that moment.
import type { Change } from '../../src/model/change.ts';
import type { Loose } from './snapshot.ts';
import { at, copied, type OtherClient, withValue, writeBody } from './twin.ts';

/**
 * `same`: a setting that the step changes; `beside`: another one; `item`, `drop`: an entry more or less in a list; `make`, `alike`: what
 * the step creates or deletes is made, in another form or in the same; `inside`: a child of it is made; `revert`: what the act before
 * changed is put back.
 */
export const actNames = ['same', 'beside', 'item', 'drop', 'delete', 'make', 'alike', 'inside', 'revert'] as const;
export type ActName = (typeof actNames)[number];

const typeOf = (id: string): string =>
  (id.split('/providers/').at(-1) ?? '')
    .split('/')
    .filter((_part, index) => index === 0 || index % 2 === 1)
    .join('/')
    .toLowerCase();

/** Which acts there are for a kind of change, one after another where there are several. */
export const actsFor = (kind: Change['kind']): readonly (readonly ActName[])[] =>
  ({
    edit: [['same'], ['beside'], ['item'], ['drop'], ['delete'], ['same', 'revert'], ['beside', 'revert']],
    create: [['make'], ['alike'], ['beside'], ['delete'], ['delete', 'make'], ['inside'], ['make', 'revert']],
    delete: [['beside'], ['item'], ['delete'], ['make'], ['delete', 'make'], ['inside'], ['beside', 'revert']],
  })[kind] as readonly (readonly ActName[])[];

/** What an act is in the end, with the values that it was given: the same deed can be done to another world. */
export type ForeignDeed =
  | { readonly does: 'set'; readonly pointer: string; readonly value: Loose }
  | { readonly does: 'add'; readonly pointer: string; readonly item: Loose }
  | { readonly does: 'drop'; readonly pointer: string; readonly item: Loose }
  | { readonly does: 'put'; readonly body: Loose }
  | { readonly does: 'remove' }
  /** Puts back what the other act found: in the same world or, as `former`, in the world where the client acted. */
  | { readonly does: 'revert'; readonly of: ForeignAct; readonly former: Loose | null };

export interface ForeignAct {
  /** Id of what it changes. */
  readonly resource: string;
  readonly deed: ForeignDeed;
}

/** Acts as the client that sees this world; undefined where the world refuses it, or nothing changes by it. */
export function act(
  name: ActName,
  change: Change,
  client: OtherClient,
  before: ForeignAct | undefined,
): ForeignAct | undefined {
  if (name === 'revert') {
    if (before === undefined) return undefined;
    const former = found.get(client)?.get(before) ?? null;
    const back: ForeignAct = { resource: before.resource, deed: { does: 'revert', of: before, former } };
    return repeat(back, client) ? back : undefined;
  }
  const inside = name === 'inside' ? (childOf[typeOf(change.resource)]?.path ?? '') : '';
  const resource = `${change.resource}${inside}`;
  return deedsFor(name, change, resource, client)
    .map((deed) => ({ resource, deed }))
    .find((one) => repeat(one, client));
}

/** What each client found where it acted. */
const found = new WeakMap<OtherClient, Map<ForeignAct, Loose | null>>();

/**
 * Does the same to a world. `found`: what is put back is what was found there; `value`: what was found where the client acted. False: it
 * is refused, or nothing changes by it.
 */
export function repeat(one: ForeignAct, client: OtherClient, puts: 'found' | 'value' = 'found'): boolean {
  const was = client.get(one.resource);
  const memory = found.get(client) ?? new Map<ForeignAct, Loose | null>();
  found.set(client, memory);
  const { deed } = one;
  const former = deed.does !== 'revert' ? undefined : puts === 'value' ? deed.former : memory.get(deed.of);
  const isDone = carriedOut(one, was, client, former);
  const isChanged = isDone && settingsOf(client.get(one.resource)) !== settingsOf(was);
  if (isChanged) memory.set(one, was);
  return isChanged;
}

function carriedOut(
  { resource: id, deed }: ForeignAct,
  was: Loose | null,
  client: OtherClient,
  former: Loose | null | undefined,
): boolean {
  if (deed.does === 'put') return was === null && client.put(id, deed.body);
  if (deed.does === 'revert') return putBack(deed.of, was, client, former);
  if (was === null) return false;
  if (deed.does === 'remove') return client.remove(id);
  if (deed.does === 'set') return writeBody(id, was, withValue(was, deed.pointer, deed.value), client);
  return writeBody(id, was, listWith(was, deed.pointer, deed.item, deed.does === 'add'), client);
}

/** `former`: undefined where the act came to nothing in this world. */
function putBack(
  { resource: id, deed }: ForeignAct,
  was: Loose | null,
  client: OtherClient,
  former: Loose | null | undefined,
): boolean {
  if (former === undefined) return false;
  if (deed.does === 'put') return was !== null && client.remove(id);
  if (deed.does === 'remove') return was === null && client.put(id, withoutServed(former));
  if (was === null || deed.does === 'revert') return false;
  const next: Loose =
    deed.does === 'set'
      ? withValue(was, deed.pointer, at(former, deed.pointer))
      : listWith(was, deed.pointer, deed.item, listHas(former, deed.pointer, deed.item));
  return writeBody(id, was, next, client);
}

const listHas = (body: Loose, pointer: string, item: Loose): boolean =>
  (at(body, pointer) ?? []).some((one: Loose) => itemName(one) === itemName(item));

/** The body with the entry there, or not. */
function listWith(body: Loose, pointer: string, item: Loose, isThere: boolean): Loose {
  const list: Loose[] = at(body, pointer) ?? [];
  const others = list.filter((one) => itemName(one) !== itemName(item));
  return withValue(body, pointer, isThere ? [...others, item] : others);
}

/** What an entry of a list is known by. */
const itemName = (item: Loose): string => {
  const named = item?.value ?? item?.service ?? item?.name ?? item?.id ?? item?.resourceId ?? item?.ipv4Address ?? item;
  return JSON.stringify(named).toLowerCase();
};

/** Text of what is set: without what every write changes. */
function settingsOf(body: Loose | null): string {
  const { etag: _etag, systemData: _data, ...rest } = body ?? {};
  return body === null ? '' : JSON.stringify(rest);
}

/** A body as it was served, as a request: Azure makes states and etags itself. */
function withoutServed(body: Loose): Loose {
  const { etag: _etag, systemData: _data, ...rest } = copied(body);
  return rest;
}

function deedsFor(name: ActName, change: Change, id: string, client: OtherClient): ForeignDeed[] {
  const was = client.get(id);
  const type = typeOf(id);
  if (name === 'inside') {
    const child = childOf[typeOf(change.resource)];
    const isThere = client.get(change.resource) !== null;
    return child === undefined || was !== null || !isThere ? [] : [{ does: 'put', body: child.body }];
  }
  if (name === 'make' || name === 'alike') {
    if (was !== null || change.body === null) return [];
    const body = withoutServed(change.body);
    const variants = variantsOf(type, body).map(({ pointer, value }) => withValue(body, pointer, value));
    return (name === 'make' ? variants : [body]).map((one) => ({ does: 'put', body: one }));
  }
  if (was === null) return [];
  if (name === 'delete') return [{ does: 'remove' }];
  const set = ({ pointer, value }: Setting): ForeignDeed => ({ does: 'set', pointer, value });
  if (name === 'same') return sameSetting(was, change);
  if (name === 'beside') return variantsOf(type, was).map(set);
  return name === 'item' ? moreItems(type, was) : fewerItems(type, was, change);
}

interface Setting {
  readonly pointer: string;
  readonly value: Loose;
}

/** The setting of the last edit that can be moved, at another value; or its entry, gone or there. */
function sameSetting(was: Loose, { edits }: Change): ForeignDeed[] {
  return [...edits].toReversed().flatMap((edit): ForeignDeed[] => {
    const { pointer } = edit;
    const now = at(was, pointer);
    if (edit.op === 'set') {
      return [...otherValues(now, pointer), edit.before, edit.after]
        .filter((value) => JSON.stringify(value) !== JSON.stringify(now))
        .map((value) => ({ does: 'set', pointer, value }));
    }
    const item = edit.op === 'add' ? edit.after : edit.before;
    const isThere = (now ?? []).some((one: Loose) => itemName(one) === itemName(item));
    return [{ does: isThere ? 'drop' : 'add', pointer, item }];
  });
}

/** Values that are neither what the plan expects nor what it sets, where a setting has such. */
function otherValues(now: Loose, pointer: string): Loose[] {
  if (/bypass$/i.test(pointer)) return ['Metrics', 'None', 'AzureServices'];
  if (/defaultAction$/i.test(pointer)) return ['Allow', 'Deny'];
  if (/publicNetworkAccess$/i.test(pointer)) return ['Disabled', 'Enabled'];
  if (/nextHopType$/i.test(pointer)) return ['VnetLocal', 'None'];
  if (/description$/i.test(pointer)) return ['set by another client'];
  if (/status$/i.test(pointer)) return ['Rejected', 'Approved'];
  if (/addressPrefix$/i.test(pointer)) return ['10.77.0.0/24'];
  if (typeof now === 'boolean') return [!now];
  if (typeof now === 'number') return [now + 1];
  return [];
}

/** The body with something else in it that no plan writes; of a route, which has nothing else, its next hop. */
function variantsOf(type: string, body: Loose): Setting[] {
  const set = (pointer: string, value: Loose): Setting => ({ pointer, value });
  const by: Readonly<Record<string, () => Setting[]>> = {
    'microsoft.network/virtualnetworks/subnets': () => [
      set(
        '/properties/privateEndpointNetworkPolicies',
        at(body, '/properties/privateEndpointNetworkPolicies') === 'Enabled' ? 'Disabled' : 'Enabled',
      ),
    ],
    'microsoft.network/networksecuritygroups/securityrules': () => [
      set('/properties/description', 'by another client'),
    ],
    'microsoft.network/routetables/routes': () => [
      set('/properties/nextHopType', 'VnetLocal'),
      set('/properties/nextHopType', 'None'),
    ],
    'microsoft.network/virtualnetworks/virtualnetworkpeerings': () => [
      set('/properties/allowForwardedTraffic', at(body, '/properties/allowForwardedTraffic') !== true),
    ],
    'microsoft.network/privatednszones/a': () => [set('/properties/ttl', 77)],
    'microsoft.network/privateendpoints/privatednszonegroups': () => [],
    'microsoft.network/firewallpolicies/rulecollectiongroups': () => [
      set('/properties/priority', (at(body, '/properties/priority') ?? 100) + 1),
    ],
    'microsoft.network/networksecurityperimeters/profiles/accessrules': () => [
      set('/properties/addressPrefixes', ['198.51.100.20/32']),
    ],
    'microsoft.authorization/locks': () => [set('/properties/notes', 'by another client')],
    'microsoft.authorization/roleassignments': () => [set('/properties/description', 'by another client')],
    'microsoft.containerservice/managedclusters/trustedaccessrolebindings': () => [
      set('/properties/roles', ['Microsoft.MachineLearningServices/workspaces/inferencev1']),
    ],
    'microsoft.containerservice/managedclusters/agentpools': () => [set('/properties/tags', { by: 'another client' })],
    'microsoft.machinelearningservices/workspaces/computes': () => [
      set('/properties/properties/scaleSettings/nodeIdleTimeBeforeScaleDown', 'PT300S'),
      set('/properties/description', 'by another client'),
    ],
    'microsoft.machinelearningservices/workspaces/outboundrules': () => [],
  };
  const own = by[type];
  if (own !== undefined) return own();
  if (type.endsWith('/privateendpointconnections')) {
    return [set('/properties/privateLinkServiceConnectionState/description', 'by another client')];
  }
  return [set('/tags', { ...body.tags, by: 'another client' })];
}

interface ListPlace {
  readonly pointer: string;
  item(list: readonly Loose[]): Loose | undefined;
}
const address = { value: '198.51.100.20', action: 'Allow' };
const listsOf: Readonly<Record<string, readonly ListPlace[]>> = {
  'microsoft.storage/storageaccounts': [{ pointer: '/properties/networkAcls/ipRules', item: () => address }],
  'microsoft.keyvault/vaults': [
    { pointer: '/properties/networkAcls/ipRules', item: () => ({ value: '198.51.100.20/32' }) },
  ],
  'microsoft.containerregistry/registries': [{ pointer: '/properties/networkRuleSet/ipRules', item: () => address }],
  'microsoft.network/virtualnetworks/subnets': [
    { pointer: '/properties/serviceEndpoints', item: () => ({ service: 'Microsoft.Sql' }) },
  ],
  'microsoft.network/privatednszones/a': [
    { pointer: '/properties/aRecords', item: () => ({ ipv4Address: '10.77.0.7' }) },
  ],
  'microsoft.network/azurefirewalls': [
    { pointer: '/properties/applicationRuleCollections', item: anotherOf },
    { pointer: '/properties/networkRuleCollections', item: anotherOf },
  ],
  'microsoft.network/firewallpolicies/rulecollectiongroups': [
    { pointer: '/properties/ruleCollections', item: anotherOf },
  ],
  'microsoft.network/networksecurityperimeters/profiles/accessrules': [
    { pointer: '/properties/addressPrefixes', item: () => '198.51.100.20/32' },
  ],
};
function anotherOf([first]: readonly Loose[]): Loose | undefined {
  if (first === undefined) return undefined;
  const copy = copied(first);
  const { id: _id, ...rest } = copy;
  const holder = rest.properties ?? rest;
  if (typeof holder.priority === 'number') holder.priority += 37;
  return { ...rest, name: 'by-another-client' };
}

function moreItems(type: string, was: Loose): ForeignDeed[] {
  return (listsOf[type] ?? []).flatMap(({ pointer, item }): ForeignDeed[] => {
    const parent = at(was, pointer.slice(0, pointer.lastIndexOf('/')));
    const list: readonly Loose[] = at(was, pointer) ?? [];
    const more = item(list);
    const isThere = list.some((one) => itemName(one) === itemName(more));
    return parent === undefined || more === undefined || isThere ? [] : [{ does: 'add', pointer, item: more }];
  });
}

/** Without an entry that no edit is about. */
function fewerItems(type: string, was: Loose, { edits }: Change): ForeignDeed[] {
  const ours = JSON.stringify(edits).toLowerCase();
  return (listsOf[type] ?? []).flatMap(({ pointer }): ForeignDeed[] => {
    const list: readonly Loose[] = at(was, pointer) ?? [];
    const item = list.findLast((one) => !ours.includes(itemName(one)));
    return item === undefined ? [] : [{ does: 'drop', pointer, item }];
  });
}

/** What others put into a resource that a plan makes or deletes. */
const childOf: Readonly<Record<string, { readonly path: string; readonly body: Loose }>> = {
  'microsoft.network/networksecuritygroups': {
    path: '/securityRules/by-another-client',
    body: {
      properties: {
        ...{
          priority: 4001,
          direction: 'Inbound',
          access: 'Deny',
          protocol: '*',
          sourceAddressPrefix: '198.51.100.20',
        },
        ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
      },
    },
  },
  'microsoft.network/routetables': {
    path: '/routes/by-another-client',
    body: { properties: { addressPrefix: '10.77.0.0/24', nextHopType: 'None' } },
  },
  'microsoft.network/privatednszones': {
    path: '/A/by-another-client',
    body: { properties: { ttl: 300, aRecords: [{ ipv4Address: '10.77.0.7' }] } },
  },
};
