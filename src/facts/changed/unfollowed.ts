// Settings of reach that a change relaxes and whose effect no packet tells: nothing that was read is reached by what has them, packets
// do not decide them, or they name what was not read.
import { isObject, type Json } from '../../model/json.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { both, looksLiteral, noAddress, readPrefixes } from '../../net/addresses.ts';
import { readRule, type SecurityRule } from '../../net/nsg.ts';
import { nicType, nicView } from '../../resource-types/machine-view.ts';
import { subnetType, subnetView } from '../../resource-types/network-view.ts';
import { relaxedMembers } from '../../resource-types/parts/reach-settings.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { securityGroupType, securityRulesPointer } from '../../resource-types/security-group-view.ts';
import { isRegistry, isStorage, isVault } from '../links.ts';
import { scoringFronts } from '../path/fronts.ts';
import { serviceFirewallAccessOf } from '../path/service-firewall.ts';
import { perimeterOf } from '../perimeter.ts';
import { pairsOf, type ResourcePair } from './pairs.ts';

export interface UnfollowedReach {
  /** Id of what has the settings. */
  readonly resource: string;
  readonly members: readonly string[];
  /** Ids of sources that they allow and that were not read. */
  readonly unread: readonly string[];
}

/** Whom they let in is no question of packets. */
const beyondPackets = ['allowblobpublicaccess', 'anonymouspullenabled', 'allowpublicaccesswhenbehindvnet'];
/** Rules and exceptions of a service firewall, which have no effect where it allows everything or public access is disabled. */
const exceptions = [
  ...['iprules', 'ipv6rules', 'virtualnetworkrules', 'resourceaccessrules'],
  ...['bypass', 'networkrulebypassoptions'],
];

/** `isFollowed`: were packets followed that the change can decide? */
export const unfollowedReach = (
  pairs: readonly ResourcePair[],
  after: SnapshotIndex,
  isFollowed: boolean,
): readonly UnfollowedReach[] =>
  pairs.flatMap(({ before: was, after: is }): UnfollowedReach[] => {
    if (is === undefined) return [];
    const all = relaxedMembers(was?.body.properties, is.body.properties);
    if (all.length === 0) return [];
    const inert = all.some(({ name }) => exceptions.includes(fold(name))) && hasNoRules(is, after);
    const told = all.flatMap(({ name, added }) => {
      if (inert && exceptions.includes(fold(name))) return [];
      const unread = added.flatMap(idsIn).filter((id) => after.peek(id).state !== 'read');
      const isSeen = isFollowed && !beyondPackets.includes(fold(name));
      return isSeen && unread.length === 0 ? [] : [{ name, unread }];
    });
    if (told.length === 0) return [];
    const members = [...new Set(told.map(({ name }) => name))];
    return [{ resource: is.id, members, unread: distinctIds(told.flatMap(({ unread }) => unread)) }];
  });

const idsIn = (item: Json): string[] =>
  isObject(item)
    ? (Object.values(item).filter((one) => typeof one === 'string' && /^\/subscriptions\//i.test(one)) as string[])
    : [];

/** Does the firewall of a service allow everything, or nothing by public addresses, whatever its rules are? */
const hasNoRules = (service: Resource, index: SnapshotIndex): boolean =>
  [isStorage, isVault, isRegistry].some((test) => test(service.id)) &&
  attempt(
    () => ['open', 'disabled'].includes(serviceFirewallAccessOf(service, perimeterOf(service.id, index)).access),
    () => false,
  );

/** A rule for addresses on its own side that nothing has which was read and uses the group. */
export interface StrangeRule {
  readonly group: string;
  readonly rule: string;
  readonly addresses: readonly string[];
  /** Does the change add what it allows, or end what it denies? */
  readonly isOpening: boolean;
}

export const strangeRules = (pairs: readonly ResourcePair[], after: SnapshotIndex): readonly StrangeRule[] =>
  pairsOf(pairs, securityGroupType).flatMap(({ before: was, after: is }): StrangeRule[] => {
    if (was === undefined || is === undefined) return [];
    const [old, fresh] = [rulesIn(was), rulesIn(is)];
    const lacking = (some: typeof old, other: typeof old) =>
      some.filter(({ text }) => !other.some((one) => one.text === text));
    const [gone, added] = [lacking(old, fresh), lacking(fresh, old)];
    if (gone.length + added.length === 0) return [];
    const own = readPrefixes(prefixesUsing(is.id, after)).addresses;
    // Where it has no users, or none was read, what others lose or get is told by its body.
    if (noAddress(own)) return [];
    const told = ({ rule }: (typeof old)[number], isAdded: boolean): StrangeRule[] => {
      const local = rule.direction === 'Inbound' ? rule.destination : rule.source;
      const addresses = local.prefixes.filter(
        (text) => looksLiteral(text) && noAddress(both(readPrefixes([text]).addresses, own)),
      );
      const isOpening = isAdded === (rule.access !== 'Deny');
      return addresses.length === 0 ? [] : [{ group: is.id, rule: rule.name, addresses, isOpening }];
    };
    return [...gone.flatMap((one) => told(one, false)), ...added.flatMap((one) => told(one, true))];
  });

const rulesIn = (group: Resource): readonly { readonly text: string; readonly rule: SecurityRule }[] =>
  listAt(group.body, securityRulesPointer).flatMap((item) =>
    readRule(item, false).rules.map((rule) => ({ text: JSON.stringify(settingsOf(item)), rule })),
  );
const settingsOf = (item: Json): Json =>
  isObject(item) ? { name: item.name ?? null, properties: item.properties ?? null } : item;

/** Prefixes of the subnets that use a group, by themselves or by a NIC, and of the fronts whose packets it sees. */
function prefixesUsing(group: string, index: SnapshotIndex): readonly string[] {
  const nics = index
    .ofType(nicType)
    .filter(({ body }) => sameId(textAt(body, '/properties/networkSecurityGroup/id'), group));
  const named = nics.flatMap((nic) => nicView(nic).addresses.flatMap(({ subnet }) => subnet ?? []));
  const subnets = index
    .ofType(subnetType)
    .filter((one) => sameId(subnetView(one).nsg, group) || named.some((id) => sameId(id, one.id)));
  const fronts = scoringFronts(index).filter(({ subnet }) => subnets.some(({ id }) => sameId(id, subnet)));
  return [...subnets.flatMap((one) => subnetView(one).prefixes), ...fronts.map(({ address }) => address)];
}
