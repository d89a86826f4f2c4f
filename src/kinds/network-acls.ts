// The service firewall that storage accounts and vaults share in shape (rules-catalogue 1, "Same idea, three spellings"):
// its view and the state of the door. Knows neither service's way of writing it.
import { isObject, type Json } from '../model/json.ts';
import { type Pointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { booleanAt, enumAt, itemsAt, lazily, otherSpelling, textAt } from './read.ts';

export const aclsPointer: Pointer = '/properties/networkAcls';

export interface SubnetRule {
  readonly id: string;
  /** Absent counts as `Allow`. */
  readonly action: string | undefined;
  /** As the service spells it (`Succeeded`, `NetworkSourceDeleted`); storage only. */
  readonly state: string | undefined;
  /** Vault only. */
  readonly ignoresMissingEndpoint: boolean;
  readonly pointer: Pointer;
}
export interface IpRule {
  readonly value: string;
  readonly pointer: Pointer;
}
export interface ResourceRule {
  readonly tenantId: string | undefined;
  readonly resourceId: string;
  readonly pointer: Pointer;
}
export interface Acls {
  readonly defaultAction: string | undefined;
  /** Names in the service's spelling, `None` as the empty set; undefined when the member is absent. */
  readonly bypass: ReadonlySet<string> | undefined;
  readonly bypassText: string | undefined;
  readonly subnetRules: readonly SubnetRule[];
  readonly ipRules: readonly IpRule[];
  readonly resourceRules: readonly ResourceRule[];
  readonly ipv6Rules: readonly IpRule[];
}
/** `absent`: no rule object (or null). `malformed`: something that is not an object, or its name in another letter case. */
export type AclsView = 'absent' | 'malformed' | Acls;

export interface EndpointConnection {
  readonly id: string | undefined;
  readonly name: string;
  /** Id of the private endpoint. */
  readonly endpointId: string | undefined;
  /** `Approved`, `Pending`, `Rejected`, `Disconnected`. */
  readonly status: string | undefined;
  /** Undocumented: the endpoint's subnet, shown in some answers. */
  readonly subnetArmId: string | undefined;
  readonly pointer: Pointer;
}

export type PublicNetworkAccess = 'Enabled' | 'Disabled' | 'SecuredByPerimeter' | (string & {});

/** What the door's state is judged from; the storage and vault views both have it. */
export interface Firewall {
  readonly acls: AclsView;
  readonly publicNetworkAccess: PublicNetworkAccess | undefined;
  readonly location: string | undefined;
  readonly endpointConnections: readonly EndpointConnection[];
}

/** `perimeter` and `malformed` are neither open nor closed: rules about such a resource answer `unknown`. */
export type Door = 'open' | 'closed' | 'perimeter' | 'malformed';

/** State of the door (rules-catalogue 3.13, Terms). `asIfClosed` counts an open one as shut, for the gates of a closing fix. */
export function doorOf(firewall: Firewall, asIfClosed = false): Door {
  const { acls, publicNetworkAccess } = firewall;
  if (publicNetworkAccess === 'SecuredByPerimeter') return 'perimeter';
  if (acls === 'malformed') return 'malformed';
  if (asIfClosed || publicNetworkAccess === 'Disabled') return 'closed';
  return acls === 'absent' || acls.defaultAction === 'Allow' ? 'open' : 'closed';
}

const bypassNames = ['Logging', 'Metrics', 'AzureServices'];

/** `"Logging, Metrics, AzureServices"` as a set of names in the service's spelling; `None` is the empty set. */
export function parseBypass(text: string): Set<string> {
  const names = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && fold(part) !== 'none');
  return new Set(names.map((name) => bypassNames.find((known) => fold(known) === fold(name)) ?? name));
}

/** The set written back in the service's own order; the empty set is `None`. */
export function formatBypass(names: ReadonlySet<string>): string {
  const ordered = [
    ...bypassNames.filter((name) => names.has(name)),
    ...[...names].filter((n) => !bypassNames.includes(n)),
  ];
  return ordered.length === 0 ? 'None' : ordered.join(', ');
}

export function aclsOf(resource: Resource): AclsView {
  const acls = valueAt(resource.body, aclsPointer);
  if (acls === undefined || acls === null) return otherSpelling(resource.body, aclsPointer) ? 'malformed' : 'absent';
  if (!isObject(acls)) return 'malformed';
  const bypassText = () => textAt(acls, '/bypass');
  return lazily<Acls>({
    defaultAction: () => enumAt(acls, '/defaultAction', ['Allow', 'Deny']),
    bypass: () => {
      const text = bypassText();
      return text === undefined ? undefined : parseBypass(text);
    },
    bypassText,
    subnetRules: () => itemsAt(resource.body, `${aclsPointer}/virtualNetworkRules`).flatMap(subnetRule),
    ipRules: () => itemsAt(resource.body, `${aclsPointer}/ipRules`).flatMap(ipRule),
    ipv6Rules: () => itemsAt(resource.body, `${aclsPointer}/ipv6Rules`).flatMap(ipRule),
    resourceRules: () =>
      itemsAt(resource.body, `${aclsPointer}/resourceAccessRules`).flatMap(({ item, pointer }) => {
        const resourceId = textAt(item, '/resourceId');
        return resourceId === undefined ? [] : [{ tenantId: textAt(item, '/tenantId'), resourceId, pointer }];
      }),
  });
}

function subnetRule({ item, pointer }: { item: Json; pointer: Pointer }): SubnetRule[] {
  const id = typeof item === 'string' ? item : textAt(item, '/id');
  if (id === undefined) return [];
  const action = enumAt(item, '/action', ['Allow', 'Deny']);
  const state = enumAt(item, '/state', [
    'Succeeded',
    'Provisioning',
    'Deprovisioning',
    'Failed',
    'NetworkSourceDeleted',
  ]);
  const ignoresMissingEndpoint = booleanAt(item, '/ignoreMissingVnetServiceEndpoint') === true;
  return [{ id, action, state, ignoresMissingEndpoint, pointer }];
}

/** A bare string counts as its value (rules-catalogue, `storage.ip-rules-legal`). */
function ipRule({ item, pointer }: { item: Json; pointer: Pointer }): IpRule[] {
  const value = typeof item === 'string' ? item : textAt(item, '/value');
  return value === undefined ? [] : [{ value: value.trim(), pointer }];
}

export const publicNetworkAccessOf = (resource: Resource): PublicNetworkAccess | undefined =>
  enumAt(resource.body, '/properties/publicNetworkAccess', ['Enabled', 'Disabled', 'SecuredByPerimeter']);

/** The entries of `privateEndpointConnections[]`, of accounts, vaults, registries and workspaces alike. */
export function endpointConnectionsOf(resource: Resource): EndpointConnection[] {
  return itemsAt(resource.body, '/properties/privateEndpointConnections').flatMap(({ item, pointer }) => {
    if (!isObject(item)) return [];
    const id = textAt(item, '/id');
    return [
      {
        id,
        name: textAt(item, '/name') ?? (id === undefined ? '' : nameOf(id)),
        endpointId: textAt(item, '/properties/privateEndpoint/id'),
        status: enumAt(item, '/properties/privateLinkServiceConnectionState/status', [
          'Approved',
          'Pending',
          'Rejected',
          'Disconnected',
        ]),
        subnetArmId: textAt(item, '/properties/privateEndpoint/subnetArmId'),
        pointer,
      },
    ];
  });
}
