// Reads the path of an ARM request: which subscription, group, provider, type and names it means.
// It must not know what exists.

export interface Address {
  /** Without a trailing slash, single slashes, percent-decoded, the caller's casing. */
  readonly path: string;
  readonly subscription: string | undefined;
  readonly group: string | undefined;
  /** Everything before the last `/providers/`; empty for tenant-level calls. */
  readonly scope: string;
  readonly namespace: string | undefined;
  readonly types: readonly string[];
  readonly names: readonly string[];
  /** `Microsoft.X/a/b`, in the caller's casing; undefined without a namespace. */
  readonly type: string | undefined;
}

export const fold = (id: string): string => id.toLowerCase();

export function sameId(left: string, right: string): boolean {
  return fold(left) === fold(right);
}

/** Is `id` the scope itself or below it? */
export function within(id: string, scope: string): boolean {
  const [below, above] = [fold(id), fold(scope).replace(/\/$/, '')];
  return below === above || below.startsWith(`${above}/`);
}

/** A scope above all subscriptions: those here are below every management group that is named. */
export const isManagementGroup = (scope: string): boolean =>
  /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/i.test(scope);

/** Of the path of a request, percent escapes decoded already, or of an id, which holds none. */
export function addressOf(given: string): Address {
  const path = given.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  const parts = path.split('/').slice(1);
  const cut = parts.map(fold).lastIndexOf('providers');
  const scopeParts = cut < 0 ? parts : parts.slice(0, cut);
  const tail = cut < 0 ? [] : parts.slice(cut + 1);
  const isSubscription = parts[0] !== undefined && fold(parts[0]) === 'subscriptions';
  const inGroup = isSubscription && parts[2] !== undefined && fold(parts[2]) === 'resourcegroups';
  const namespace = tail[0];
  const types = tail.slice(1).filter((_, index) => index % 2 === 0);
  return {
    path,
    subscription: isSubscription ? parts[1] : undefined,
    group: inGroup ? parts[3] : undefined,
    scope: scopeParts.length === 0 ? '' : `/${scopeParts.join('/')}`,
    namespace,
    types,
    names: tail.slice(1).filter((_, index) => index % 2 === 1),
    type: namespace === undefined ? undefined : [namespace, ...types].join('/'),
  };
}

/** The type of a resource id, e.g. `Microsoft.Network/virtualNetworks/subnets`; groups and subscriptions included. */
export function typeOf(id: string): string {
  const address = addressOf(id);
  if (address.type !== undefined) return address.type;
  if (address.group !== undefined) return 'Microsoft.Resources/resourceGroups';
  return 'Microsoft.Resources/subscriptions';
}

export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The id two segments up: of a subnet its virtual network. */
export function parentOf(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}
