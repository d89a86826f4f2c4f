// What a change does through an object that others use too: subnets, NICs and firewalls that it names and that were not read, and the
// gateway, group or table of another owner that a subnet gets.
import { pairsOf, type ResourcePair } from '../../audit/changed.ts';
import { arePrefixesWithin } from '../../audit/path.ts';
import type { EffectReason } from '../../model/effect.ts';
import { listed } from '../../model/effect-words.ts';
import type { Json } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, nameInParent, nameOf, parentId, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { groupCollectionsPointer, ipGroupType, ruleCollectionGroupType } from '../../resource-types/azure-firewall.ts';
import { securityGroupType, securityRulesPointer, subnetType, subnetView } from '../../resource-types/index.ts';
import { natGatewayType } from '../../resource-types/nat-gateway.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { routesPointer, routeTableType, stopsBgp, stopsPeering } from '../../resource-types/route-view.ts';
import type { BesideInput } from '../beside.ts';
import { isMadeIn } from '../simulate.ts';

type Kind = 'opens' | 'cutsOff' | 'bypasses';
type Side = Resource | undefined;

interface Sharing {
  /** The type of what changes: the shared object, or a part of it. */
  readonly type: string;
  /** Lists of the body of the shared object that name its users. */
  readonly users: readonly string[];
  /** What the change may do to them. */
  readonly does: (before: Side, after: Side) => ReadonlySet<Kind>;
}

/** Members of the lists that one side alone has, by what they do. */
function moved<T>(before: Side, after: Side, lists: readonly string[], by: (item: Json) => T) {
  const [was, is] = [before, after].map((one) => lists.flatMap((list) => listAt(one?.body ?? null, list)));
  return { gone: lacking(was, is).map(by), fresh: lacking(is, was).map(by) };
}

/** Of rules that allow or deny. */
const byRules =
  (lists: readonly string[], accessOf: (item: Json) => string | undefined): Sharing['does'] =>
  (before, after) => {
    const { gone, fresh } = moved(before, after, lists, (item) => fold(accessOf(item) ?? ''));
    const isDeny = (one: string) => one === 'deny';
    const isAllow = (one: string) => !isDeny(one);
    return new Set<Kind>([
      ...(fresh.some(isAllow) || gone.some(isDeny) ? (['opens'] as const) : []),
      ...(fresh.some(isDeny) || gone.some(isAllow) ? (['cutsOff'] as const) : []),
    ]);
  };
/** Of lists each change of which may do both. */
const byLists =
  (...lists: string[]): Sharing['does'] =>
  (before, after) => {
    const { gone, fresh } = moved(before, after, lists, () => 0);
    return new Set<Kind>(gone.length + fresh.length === 0 ? [] : ['opens', 'cutsOff']);
  };

/** Where a table sends the packets of a prefix, by its own routes: to an appliance or gateway, nowhere, or out by themselves. */
function wayIn(
  table: Resource,
  prefix: string,
): { readonly kind: 'passes' | 'drops' | 'direct'; readonly hop: string } {
  const routes = listAt(table.body, routesPointer);
  const covers = (route: Json) => {
    const own = textAt(route, '/properties/addressPrefix') ?? '';
    // A service tag is in every default route.
    return sameId(own, prefix) || (prefix.includes('/') ? arePrefixesWithin([prefix], [own]) : own.endsWith('/0'));
  };
  const length = (route: Json) => Number(/\/(\d+)$/.exec(textAt(route, '/properties/addressPrefix') ?? '')?.[1] ?? 129);
  const [route] = routes.filter(covers).toSorted((a, b) => length(b) - length(a));
  const hop = fold(textAt(route, '/properties/nextHopType') ?? '');
  if (hop === 'none') return { kind: 'drops', hop };
  return hop === 'virtualappliance' || hop === 'virtualnetworkgateway'
    ? { kind: 'passes', hop: `${hop} ${textAt(route, '/properties/nextHopIpAddress') ?? ''}` }
    : { kind: 'direct', hop: '' };
}

/** Traffic that enters an appliance may be stopped there; traffic that leaves one is no longer inspected. */
function byRoutes(before: Side, after: Side): ReadonlySet<Kind> {
  if (!before || !after) return new Set();
  const { gone, fresh } = moved(
    before,
    after,
    [routesPointer],
    (item) => textAt(item, '/properties/addressPrefix') ?? '',
  );
  const found = new Set<Kind>();
  // A gateway, or a peer, may have taught the network any route.
  if (stopsBgp(before) !== stopsBgp(after) || stopsPeering(before) !== stopsPeering(after))
    for (const kind of ['opens', 'cutsOff', 'bypasses'] as const) found.add(kind);
  for (const prefix of new Set([...gone, ...fresh])) {
    const [was, is] = [wayIn(before, prefix), wayIn(after, prefix)];
    if (was.kind === is.kind && was.hop === is.hop) continue;
    if (was.kind === 'passes' && is.kind !== 'drops') found.add('bypasses').add('opens');
    if (was.kind === 'drops') found.add('opens');
    if (is.kind !== 'direct') found.add('cutsOff');
  }
  return found;
}

const policyUsers = ['/properties/firewalls', '/properties/childPolicies'];
const shared: readonly Sharing[] = [
  {
    type: securityGroupType,
    users: ['/properties/subnets', '/properties/networkInterfaces'],
    does: byRules([securityRulesPointer], (rule) => textAt(rule, '/properties/access')),
  },
  { type: routeTableType, users: ['/properties/subnets'], does: byRoutes },
  {
    type: ruleCollectionGroupType,
    users: policyUsers,
    does: byRules([groupCollectionsPointer], (one) => textAt(one, '/action/type')),
  },
  {
    type: ipGroupType,
    users: [...policyUsers, '/properties/firewallPolicies'],
    does: byLists('/properties/ipAddresses'),
  },
  {
    type: 'Microsoft.Network/serviceEndpointPolicies',
    users: ['/properties/subnets'],
    does: byLists('/properties/serviceEndpointPolicyDefinitions'),
  },
  {
    type: natGatewayType,
    users: ['/properties/subnets'],
    does: byLists('/properties/publicIpAddresses', '/properties/publicIpPrefixes'),
  },
];

/** The shared object: what changes, or what it is a part of. */
const ownerOf = (id: string): string => (sameId(typeOf(id), ruleCollectionGroupType) ? (parentId(id) ?? id) : id);

export interface Unseen {
  readonly owner: string;
  /** Ids of its users that were not read. */
  readonly users: readonly string[];
  readonly kinds: ReadonlySet<Kind>;
}

/** Who uses what is changed, by the bodies that name them, and was not read. */
export const unseenOf = ({ before, after: index }: BesideInput, pairs: readonly ResourcePair[]): readonly Unseen[] =>
  shared.flatMap(({ type, users, does }) =>
    pairsOf(pairs, type).flatMap(({ before: was, after: is }): Unseen[] => {
      const owner = ownerOf((is ?? was)?.id ?? '');
      const seen = [index, before].map((one) => one.peek(owner)).find((one) => one.state === 'read');
      // What is made or goes as a whole has no other users.
      if (seen === undefined || (sameId(owner, (is ?? was)?.id) && (!was || !is))) return [];
      const unread = distinctIds(unreadUsers(seen.resource, users, before, new Set()));
      return unread.length === 0 ? [] : [{ owner, users: unread, kinds: does(was, is) }];
    }),
  );

/** Those of users that were read and are used in turn, too: a policy has firewalls and child policies. */
function unreadUsers(
  owner: Resource,
  lists: readonly string[],
  index: SnapshotIndex,
  passed: Set<string>,
): readonly string[] {
  passed.add(fold(owner.id));
  const ids = lists.flatMap((list) => listAt(owner.body, list).flatMap((item) => textAt(item, '/id') ?? []));
  return ids.flatMap((id) => {
    const seen = index.peek(id);
    if (seen.state !== 'read') return [id];
    return passed.has(fold(id)) ? [] : unreadUsers(seen.resource, lists, index, passed);
  });
}

/** What the change opens or cuts off for users that were not read is not known. */
export const unseenUsers = (found: readonly Unseen[]): EffectReason[] =>
  found.flatMap(({ owner, users, kinds }) => [...kinds].map((kind) => unseen(kind, users.map(nameInParent), owner)));
/** Ids of the users that were not read and that the change takes effect at. */
export const unseenPlaces = (found: readonly Unseen[]): readonly string[] =>
  found.flatMap(({ users, kinds }) => (kinds.size === 0 ? [] : users));

const whats: Readonly<Record<Kind, string>> = {
  opens: 'whether more is allowed to and from',
  cutsOff: 'whether less is allowed to and from',
  bypasses: 'whether an appliance or gateway no longer inspects traffic of',
};
function unseen(kind: Kind, users: readonly string[], owner: string): EffectReason {
  const [use, were] = users.length === 1 ? ['it uses', 'was'] : ['they use', 'were'];
  const why = `${whats[kind]} ${listed(users, 4)}: ${use} ${nameOf(owner)}, and ${were} not read.`;
  return { kind, reason: 'unknown', data: { why } };
}

/** Members of the first list that the second has not. */
const lacking = <T>(list: readonly T[] = [], other: readonly T[] = []): T[] =>
  list.filter((one) => !other.includes(one));

/** The gateway, group and table that subnets get and that this history, or the plan, did not create. */
export const attachedTo = (
  { isOwn, before: index }: BesideInput,
  pairs: readonly ResourcePair[],
): readonly { readonly id: string; readonly subnet: string }[] =>
  pairsOf(pairs, subnetType).flatMap(({ before, after }) => {
    if (!before || !after) return [];
    const of = ({ natGateway, nsg, routeTable }: ReturnType<typeof subnetView>) => [natGateway, nsg, routeTable];
    const was = of(subnetView(before));
    return of(subnetView(after)).flatMap((id, at) =>
      id === undefined || sameId(id, was[at]) || isOwn(id) || isMadeIn(id, index.snapshot)
        ? []
        : [{ id, subnet: after.id }],
    );
  });
