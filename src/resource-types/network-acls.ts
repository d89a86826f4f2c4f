// The service firewall that storage accounts, key vaults and registries share in shape: where its parts are in the body, its
// view, and whether it allows all networks. Writing it differs by service and is elsewhere.
import { isObject, type Json } from '../model/json.ts';
import { type Pointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { withoutHostBits } from '../net/ipv4.ts';
import { booleanAt, enumAt, itemsAt, lazyMembers, otherSpelling, textAt } from './read.ts';

export const aclsPointer: Pointer = '/properties/networkAcls';
/** The rule object of a registry. */
export const ruleSetPointer: Pointer = '/properties/networkRuleSet';

/** Pointers of the parts of a firewall in the body of its resource. */
export interface FirewallPlaces {
  /** The rule object. */
  readonly rules: Pointer;
  readonly action: Pointer;
  /** The bypass; beside the rule object of a registry, inside it elsewhere. */
  readonly bypass: Pointer;
  readonly subnets: Pointer;
  readonly addresses: Pointer;
  readonly instances: Pointer;
}
const within = (rules: Pointer, bypass: Pointer): FirewallPlaces => ({
  rules,
  action: `${rules}/defaultAction`,
  bypass,
  subnets: `${rules}/virtualNetworkRules`,
  addresses: `${rules}/ipRules`,
  instances: `${rules}/resourceAccessRules`,
});
const aclsPlaces = within(aclsPointer, `${aclsPointer}/bypass`);
export const ruleSetPlaces = within(ruleSetPointer, '/properties/networkRuleBypassOptions');
export const firewallPlaces = (type: string): FirewallPlaces =>
  fold(type) === 'microsoft.containerregistry/registries' ? ruleSetPlaces : aclsPlaces;

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
  /** The block that the value stands for, its host bits zero. */
  readonly block: string;
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
  /** The message of the request or of the response. */
  readonly says: string | undefined;
  /** Undocumented: the endpoint's subnet, shown in some answers. */
  readonly subnetArmId: string | undefined;
  readonly pointer: Pointer;
}

export type PublicNetworkAccess = 'Enabled' | 'Disabled' | 'SecuredByPerimeter' | (string & {});

/** The input for public network access; the views of accounts, vaults and registries all have it. */
export interface Firewall {
  readonly acls: AclsView;
  readonly publicNetworkAccess: PublicNetworkAccess | undefined;
  readonly location: string | undefined;
  readonly endpointConnections: readonly EndpointConnection[];
}

/** `perimeter` and `malformed` are neither open nor closed: rules about such a resource answer `unknown`. */
export type PublicAccess = 'open' | 'closed' | 'perimeter' | 'malformed';

/**
 * Open: `defaultAction` is Allow or there is no rule object, and public network access is not Disabled. `assumeDenyByDefault`
 * counts an open one as closed, for checks before access is restricted.
 */
export function publicAccessOf(firewall: Firewall, assumeDenyByDefault = false): PublicAccess {
  const { acls, publicNetworkAccess } = firewall;
  if (publicNetworkAccess === 'SecuredByPerimeter') return 'perimeter';
  if (acls === 'malformed') return 'malformed';
  if (assumeDenyByDefault || publicNetworkAccess === 'Disabled') return 'closed';
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
  const { body, type } = resource;
  const at = firewallPlaces(type);
  const acls = valueAt(body, at.rules);
  if (acls === undefined || acls === null) return otherSpelling(body, at.rules) ? 'malformed' : 'absent';
  if (!isObject(acls)) return 'malformed';
  return lazyMembers<Acls>({
    defaultAction: () => enumAt(acls, '/defaultAction', ['Allow', 'Deny']),
    bypass: () => {
      const text = textAt(body, at.bypass);
      return text === undefined ? undefined : parseBypass(text);
    },
    subnetRules: () => subnetRulesOf(resource),
    ipRules: () => itemsAt(body, at.addresses).flatMap(ipRule),
    ipv6Rules: () => itemsAt(body, `${at.rules}/ipv6Rules`).flatMap(ipRule),
    resourceRules: () =>
      itemsAt(body, at.instances).flatMap(({ item, pointer }) => {
        const resourceId = textAt(item, '/resourceId');
        return resourceId === undefined ? [] : [{ tenantId: textAt(item, '/tenantId'), resourceId, pointer }];
      }),
  });
}

/** The virtual network rules alone: the whole view of tens of thousands of firewalls takes a hundred megabytes. */
export const subnetRulesOf = ({ body, type }: Resource): readonly SubnetRule[] =>
  itemsAt(body, firewallPlaces(type).subnets).flatMap(subnetRule);

function subnetRule({ item, pointer }: { item: Json; pointer: Pointer }): SubnetRule[] {
  // The newest answers of a registry name the subnet by `virtualNetworkSubnetResourceId`.
  const id = typeof item === 'string' ? item : (textAt(item, '/id') ?? textAt(item, '/virtualNetworkSubnetResourceId'));
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

/** Some answers have a string instead of `{ value }`. */
function ipRule({ item, pointer }: { item: Json; pointer: Pointer }): IpRule[] {
  const value = typeof item === 'string' ? item : textAt(item, '/value');
  return value === undefined ? [] : [{ value: value.trim(), block: withoutHostBits(value.trim()), pointer }];
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
        says: textAt(item, '/properties/privateLinkServiceConnectionState/description'),
        subnetArmId: textAt(item, '/properties/privateEndpoint/subnetArmId'),
        pointer,
      },
    ];
  });
}
