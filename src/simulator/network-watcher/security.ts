// The security rules that an interface meets, and what becomes of one packet there: rule after rule, the first that matches
// decides. Source: network-security-groups-overview, network-security-group-how-it-works (Microsoft docs, 2025).
import { fold } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, isObject, JsonNumber, list, text } from '../json.ts';
import { rulesAt } from '../providers/microsoft.network/network-managers.ts';
import { hostAddress, isLiteral, membersOf, metadataAddress, standsFor } from './names.ts';
import { type NicPlace, spaceOf } from './place.ts';
import { holds, type Prefix, prefixesOf, prefixOf, textOf } from './prefix.ts';

export type WatcherDirection = 'Inbound' | 'Outbound';

/** One packet, or the first of a connection. A port `*` is any that the caller may take: only rules of all ports match it. */
export interface WatcherPacket {
  readonly direction: WatcherDirection;
  readonly protocol: string;
  readonly source: Prefix;
  readonly destination: Prefix;
  readonly sourcePort: number | '*';
  readonly destinationPort: number | '*';
}

interface Side {
  /** As the rule says, literals with their length. */
  readonly written: readonly string[];
  /** Does it name anything but literals? */
  readonly named: boolean;
  /** undefined: it names what is not known here, and matches nothing. */
  readonly prefixes: readonly Prefix[] | undefined;
}

export interface EffectiveRule {
  /** `securityRules/NAME` or `defaultSecurityRules/NAME`. */
  readonly name: string;
  readonly priority: number;
  readonly direction: WatcherDirection;
  /** `AlwaysAllow` of a network manager only. */
  readonly access: 'Allow' | 'Deny' | 'AlwaysAllow';
  /** `*`, `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`. */
  readonly protocol: string;
  readonly source: Side;
  readonly destination: Side;
  readonly sourcePorts: readonly (readonly [number, number])[];
  readonly destinationPorts: readonly (readonly [number, number])[];
}

type Default = readonly [string, WatcherDirection, number, 'Allow' | 'Deny', string, string];
const defaults: readonly Default[] = [
  ['AllowVnetInBound', 'Inbound', 65000, 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
  ['AllowAzureLoadBalancerInBound', 'Inbound', 65001, 'Allow', 'AzureLoadBalancer', '*'],
  ['DenyAllInBound', 'Inbound', 65500, 'Deny', '*', '*'],
  ['AllowVnetOutBound', 'Outbound', 65000, 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
  ['AllowInternetOutBound', 'Outbound', 65001, 'Allow', '*', 'Internet'],
  ['DenyAllOutBound', 'Outbound', 65500, 'Deny', '*', '*'],
];

const rulesOfGroups = new WeakMap<NicPlace, WeakMap<ArmObject, readonly EffectiveRule[]>>();
const rulesOfManagers = new WeakMap<NicPlace, readonly EffectiveRule[]>();

/**
 * The rules of a group as they are at an interface, the six of every group included, by direction and priority. Computed once per
 * place.
 */
export function effectiveRules(place: NicPlace, group: ArmObject): readonly EffectiveRule[] {
  const known = rulesOfGroups.get(place) ?? new WeakMap<ArmObject, readonly EffectiveRule[]>();
  rulesOfGroups.set(place, known);
  const found = known.get(group) ?? rulesIn(place, group);
  known.set(group, found);
  return found;
}

function rulesIn(place: NicPlace, group: ArmObject): EffectiveRule[] {
  const own = list(group, 'properties', 'securityRules')
    .filter(isObject)
    .map((rule) => ruleAt(place, rule));
  const standard = defaults.map(
    ([name, direction, priority, access, source, destination]): EffectiveRule => ({
      ...{ name: `defaultSecurityRules/${name}`, direction, priority, access, protocol: '*' },
      source: sideAt(place, [source], []),
      destination: sideAt(place, [destination], []),
      sourcePorts: [[0, 65535]],
      destinationPorts: [[0, 65535]],
    }),
  );
  return [...own, ...standard].toSorted((a, b) => a.direction.localeCompare(b.direction) || a.priority - b.priority);
}

function ruleAt(place: NicPlace, rule: ArmObject): EffectiveRule {
  const word = (name: string): string => fold(text(rule, 'properties', name) ?? '');
  const priority = at(rule, 'properties', 'priority');
  const both = (singular: string, plural: string): string[] => {
    const many = list(rule, 'properties', plural).filter((one) => typeof one === 'string');
    const one = text(rule, 'properties', singular);
    return one ? [one, ...many] : many;
  };
  const side = (name: 'source' | 'destination'): Side =>
    sideAt(
      place,
      both(`${name}AddressPrefix`, `${name}AddressPrefixes`),
      list(rule, 'properties', `${name}ApplicationSecurityGroups`).flatMap((one) => text(one, 'id') ?? []),
    );
  return {
    name: `securityRules/${text(rule, 'name') ?? ''}`,
    priority: priority instanceof JsonNumber ? Number(priority.text) : 0,
    direction: word('direction') === 'inbound' ? 'Inbound' : 'Outbound',
    access: word('access') === 'allow' ? 'Allow' : 'Deny',
    protocol: protocols.find((known) => fold(known) === word('protocol')) ?? '*',
    source: side('source'),
    destination: side('destination'),
    sourcePorts: both('sourcePortRange', 'sourcePortRanges').map(portsOf),
    destinationPorts: both('destinationPortRange', 'destinationPortRanges').map(portsOf),
  };
}

/** The rules that a network manager puts before every group, by direction and priority. Computed once per place. */
export function managerRules(place: NicPlace): readonly EffectiveRule[] {
  const found = rulesOfManagers.get(place) ?? managerRulesAt(place);
  rulesOfManagers.set(place, found);
  return found;
}

function managerRulesAt(place: NicPlace): EffectiveRule[] {
  const side = (rule: ArmObject, name: string): string[] =>
    list(rule, 'properties', name).flatMap((one) => text(one, 'addressPrefix') ?? []);
  return rulesAt(place.store, place.network)
    .map((rule): EffectiveRule => {
      const access = (['Allow', 'Deny', 'AlwaysAllow'] as const).find(
        (one) => one === text(rule, 'properties', 'access'),
      );
      return {
        ...ruleAt(place, rule),
        name: `securityAdminRules/${text(rule, 'name') ?? ''}`,
        access: access ?? 'Deny',
        source: sideAt(place, side(rule, 'sources'), []),
        destination: sideAt(place, side(rule, 'destinations'), []),
      };
    })
    .toSorted((a, b) => a.direction.localeCompare(b.direction) || a.priority - b.priority);
}

const protocols = ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'];

function portsOf(written: string): readonly [number, number] {
  if (written === '*') return [0, 65535];
  const [low = '', high = low] = written.split('-');
  return [Number(low), Number(high)];
}

function sideAt(place: NicPlace, written: readonly string[], groups: readonly string[]): Side {
  const members = groups.flatMap((group) => membersOf(place, group));
  const expanded = written.map((one) => standsFor(place, one));
  const isUnknown = expanded.some((one) => one === undefined);
  const shown = (one: string): string => {
    const prefix = prefixOf(one);
    return prefix === undefined ? one : textOf(prefix);
  };
  return {
    written: [...written.flatMap((one) => (one === '*' ? everything(place) : [shown(one)])), ...members.map(shown)],
    named: written.some((one) => one !== '*' && !isLiteral(one)),
    prefixes: isUnknown ? undefined : [...expanded.flatMap((one) => one ?? []), ...prefixesOf(members)],
  };
}

/** What `*` is shown as: the whole of each family that the network has. */
const everything = ({ network }: NicPlace): readonly string[] =>
  prefixesOf(spaceOf(network)).some(({ family }) => family === 6) ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0'];

const inSide = (side: Side, address: Prefix): boolean => side.prefixes?.some((one) => holds(one, address)) ?? false;

/** Protocols without ports are matched by rules of all ports. */
function inPorts(ranges: readonly (readonly [number, number])[], port: number | '*', hasPorts: boolean): boolean {
  if (port === '*' || !hasPorts) return ranges.some(([low, high]) => low === 0 && high === 65535);
  return ranges.some(([low, high]) => low <= port && port <= high);
}

function matches(rule: EffectiveRule, packet: WatcherPacket): boolean {
  const hasPorts = ['tcp', 'udp'].includes(fold(packet.protocol));
  return (
    rule.direction === packet.direction &&
    (rule.protocol === '*' || fold(rule.protocol) === fold(packet.protocol)) &&
    inSide(rule.source, packet.source) &&
    inSide(rule.destination, packet.destination) &&
    inPorts(rule.sourcePorts, packet.sourcePort, hasPorts) &&
    inPorts(rule.destinationPorts, packet.destinationPort, hasPorts)
  );
}

export interface WatcherVerdict {
  readonly access: 'Allow' | 'Deny';
  /** undefined where no rule was met: no group, or the platform's own traffic. */
  readonly rule: EffectiveRule | undefined;
}

const platform = prefixesOf([hostAddress, metadataAddress]);
const isPlatformTag = (written: string): boolean => fold(written).startsWith('azureplatform');

/** One group: the first rule that matches. To the platform's addresses only rules that name the platform's tags apply. */
function atGroup(place: NicPlace, group: ArmObject, packet: WatcherPacket): WatcherVerdict {
  const rules = effectiveRules(place, group);
  const isOwn = packet.direction === 'Outbound' && platform.some((one) => holds(one, packet.destination));
  const namesIt = ({ destination }: EffectiveRule): boolean =>
    destination.written
      .filter(isPlatformTag)
      .some((tag) => (standsFor(place, tag) ?? []).some((one) => holds(one, packet.destination)));
  const rule = rules.find((one) => matches(one, packet) && (!isOwn || namesIt(one)));
  return { access: rule?.access === 'Deny' ? 'Deny' : 'Allow', rule };
}

/**
 * What a network manager says ends it, unless it says Allow. Then both groups, in the order of the direction: a denial at the
 * first ends it; else the last rule met is the one that is told.
 */
export function verdictOn(place: NicPlace, packet: WatcherPacket): WatcherVerdict {
  const ruling = managerRules(place).find((one) => matches(one, packet));
  if (ruling && ruling.access !== 'Allow') return { access: ruling.access === 'Deny' ? 'Deny' : 'Allow', rule: ruling };
  const layers = [place.subnetGroup, place.nicGroup];
  let last: WatcherVerdict = { access: 'Allow', rule: undefined };
  for (const group of packet.direction === 'Inbound' ? layers : layers.toReversed()) {
    if (!group) continue;
    const verdict = atGroup(place, group, packet);
    if (verdict.access === 'Deny') return verdict;
    last = verdict.rule === undefined ? last : verdict;
  }
  return last;
}

/** A rule as the service shows it: names stay names, with their prefixes beside them. */
export function shownRule(rule: EffectiveRule): { readonly [name: string]: ArmJson } {
  const side = (name: 'source' | 'destination'): [string, ArmJson][] => {
    const { written, named, prefixes } = rule[name];
    const capital = name === 'source' ? 'Source' : 'Destination';
    return [
      ...(written.length === 1 ? [[`${name}AddressPrefix`, written[0] ?? ''] as [string, ArmJson]] : []),
      [`${name}AddressPrefixes`, [...written]],
      ...(named && prefixes ? [[`expanded${capital}AddressPrefix`, prefixes.map(textOf)] as [string, ArmJson]] : []),
    ];
  };
  const ports = (name: 'source' | 'destination'): [string, ArmJson][] => {
    const ranges = rule[`${name}Ports`].map(([low, high]) => `${low}-${high}`);
    return [
      ...(ranges.length === 1 ? [[`${name}PortRange`, ranges[0] ?? ''] as [string, ArmJson]] : []),
      [`${name}PortRanges`, ranges],
    ];
  };
  return Object.fromEntries<ArmJson>([
    ['name', rule.name],
    ['protocol', rule.protocol === '*' ? 'All' : rule.protocol],
    ...ports('source'),
    ...ports('destination'),
    ...side('source'),
    ...side('destination'),
    ['access', rule.access === 'Deny' ? 'Deny' : 'Allow'],
    ['priority', new JsonNumber(`${rule.priority}`)],
    ['direction', rule.direction],
  ]);
}
