// The rules of an Azure Firewall in the order in which it tries them: its own (classic), or those of its policy and of the
// policies that one inherits from. Read from raw JSON; nothing throws. Source: azure/firewall/rule-processing (Microsoft
// docs, 2025): NAT, network, then application rules; within a kind inherited rules first, then groups by priority, then
// collections by priority, then rules in list order; the first match decides.
import { looksLiteral, parseAddresses, prefixesOf, readPrefixes } from '../addresses.ts';
import { isRecord, listOf, memberOf, numberOf, textOf } from '../json-view.ts';
import type { Side } from '../operands.ts';
import { type Protocol, readPorts, readProtocol } from '../ports.ts';
import type { Intervals } from '../sets.ts';
import { type HostPattern, readHost } from './hosts.ts';

export type FirewallRuleKind = 'nat' | 'network' | 'application';

export interface FirewallRule {
  readonly kind: FirewallRuleKind;
  readonly name: string;
  /** Name of its collection. */
  readonly collection: string;
  readonly priority: number;
  readonly access: 'Allow' | 'Deny';
  /** Id of the resource whose body holds it, and the pointer. */
  readonly resource: string;
  readonly pointer: string;
  /** `groups` are ids of IP groups. */
  readonly source: Side;
  /** Of network and NAT rules. */
  readonly destination: Side;
  /** Target names of an application rule, destination names of a network rule. */
  readonly hosts: readonly HostPattern[];
  readonly protocols: readonly (Protocol | '*')[];
  readonly ports: Intervals<number>;
  /** It matches by more than names (web categories, FQDN tags, URLs), so it may match any question. */
  readonly selective: boolean;
  /** Partly unreadable: it may match anything and certainly matches nothing. */
  readonly doubtful: boolean;
  /** The port that a NAT rule translates to. */
  readonly translatedPort: number | undefined;
}

export type FirewallRules = Readonly<Record<FirewallRuleKind, readonly FirewallRule[]>>;

/** A raw body and the id of the resource it belongs to. */
export interface FirewallBody {
  readonly resource: string;
  readonly body: unknown;
}

interface LayerKind {
  readonly resource: string;
  readonly pointer: string;
}
interface Read extends FirewallRule {
  /** Its order: inherited first, then the group's and the collection's priority. */
  readonly rank: readonly number[];
}

const inside = (value: unknown, name: string): unknown => {
  const nested = memberOf(value, 'properties');
  return memberOf(isRecord(nested) ? nested : value, name);
};
const whole = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) ? number : undefined;
};

/** The texts of a list; `wrong` is called when it is no list or holds another type. */
function texts(value: unknown, wrong: () => void): string[] {
  if (value !== undefined && value !== null && !Array.isArray(value)) wrong();
  return listOf(value).flatMap((item) => {
    if (typeof item === 'string') return [item];
    if (typeof item === 'number') return [String(item)];
    wrong();
    return [];
  });
}

/** Ranges `a-b` as blocks; a block with host bits, or no address at all, makes only this side unknown. */
export const asPrefixes = (text: string): string[] => {
  if (!looksLiteral(text) || !text.includes('-')) return [text];
  const range = parseAddresses(text.replaceAll(' ', ''));
  return range.ok ? prefixesOf(range.value) : [text];
};

function sideOf(rule: unknown, addresses: string, groups: string, wrong: () => void): Side {
  const prefixes = texts(memberOf(rule, addresses), wrong).flatMap(asPrefixes);
  if (readPrefixes(prefixes.filter(looksLiteral)).refused.length > 0) wrong();
  return { prefixes, groups: texts(memberOf(rule, groups), wrong) };
}

function hostsOf(value: unknown, wrong: () => void): HostPattern[] {
  return texts(value, wrong).flatMap((text) => {
    const host = readHost(text);
    if (!host) wrong();
    return host ?? [];
  });
}

const protocolOf = (text: string): Protocol | '*' | undefined =>
  text.toLowerCase() === 'any' ? '*' : readProtocol(text);

/** Ports of `[{protocolType: Https, port: 443}]`. */
function webPorts(rule: unknown, wrong: () => void): Intervals<number> {
  const ports = listOf(memberOf(rule, 'protocols')).flatMap((item) => {
    const port = whole(memberOf(item, 'port'));
    const known = /^(?:https?|mssql)$/i.test(textOf(memberOf(item, 'protocolType')) ?? '');
    if (port === undefined || !known) wrong();
    return port === undefined ? [] : [String(port)];
  });
  return readPorts(ports).ports;
}

const filled = (value: unknown): boolean => listOf(value).length > 0;
const nothing: Side = { prefixes: [], groups: [] };

function readRule(kind: FirewallRuleKind, rule: unknown, otherwise: string) {
  let doubtful = !isRecord(rule);
  const wrong = () => {
    doubtful = true;
  };
  const source = sideOf(rule, 'sourceAddresses', 'sourceIpGroups', wrong);
  const name = textOf(memberOf(rule, 'name')) ?? otherwise;
  const common = { kind, name, source };
  if (kind === 'application') {
    const hosts = hostsOf(memberOf(rule, 'targetFqdns'), wrong);
    const ports = webPorts(rule, wrong);
    const selective = ['fqdnTags', 'webCategories', 'targetUrls'].some((member) => filled(memberOf(rule, member)));
    const rest = { destination: nothing, hosts, protocols: ['Tcp'] as const, selective, translatedPort: undefined };
    return { ...common, ...rest, ports, doubtful };
  }
  const destination = sideOf(rule, 'destinationAddresses', 'destinationIpGroups', wrong);
  const hosts = kind === 'network' ? hostsOf(memberOf(rule, 'destinationFqdns'), wrong) : [];
  const written = memberOf(rule, 'ipProtocols') ?? memberOf(rule, 'protocols');
  const protocols = texts(written, wrong).flatMap((text) => {
    const protocol = protocolOf(text);
    if (protocol === undefined) wrong();
    return protocol ?? [];
  });
  const { ports, refused } = readPorts(texts(memberOf(rule, 'destinationPorts'), wrong));
  if (refused.length > 0) wrong();
  const translated = memberOf(rule, 'translatedPort');
  const translatedPort = whole(
    typeof translated === 'string' && /^\d{1,5}$/.test(translated) ? Number(translated) : translated,
  );
  return { ...common, destination, hosts, protocols, ports, selective: false, translatedPort, doubtful };
}

const accessOf = (kind: FirewallRuleKind, action: string | undefined): FirewallRule['access'] | undefined =>
  kind === 'nat' || action === 'allow' ? 'Allow' : action === 'deny' ? 'Deny' : undefined;

/** The rules of one collection; one without a readable action counts as allowing and as denying, and decides nothing. */
function readCollection(
  collection: unknown,
  place: LayerKind,
  kindOf: (rule: unknown) => FirewallRuleKind,
  rank: readonly number[],
): Read[] {
  const priority = whole(inside(collection, 'priority'));
  const action = textOf(memberOf(inside(collection, 'action'), 'type'))?.toLowerCase();
  const items = listOf(inside(collection, 'rules'));
  const nested = isRecord(memberOf(collection, 'properties')) ? '/properties' : '';
  return items.flatMap((item, index) => {
    const kind = kindOf(item);
    const read = readRule(kind, item, `rule ${index + 1}`);
    const known = accessOf(kind, action);
    return (known ? [known] : (['Allow', 'Deny'] as const)).map(
      (access): Read => ({
        ...read,
        access,
        collection: textOf(memberOf(collection, 'name')) ?? 'a collection without a name',
        priority: priority ?? Number.NEGATIVE_INFINITY,
        resource: place.resource,
        pointer: `${place.pointer}${nested}/rules/${index}`,
        doubtful: read.doubtful || known === undefined || priority === undefined,
        // A rule of unknown priority may come before every other.
        rank: [...rank, priority ?? Number.NEGATIVE_INFINITY],
      }),
    );
  });
}

function inOrder(rules: readonly Read[]): FirewallRules {
  const before = (a: Read, b: Read): number => {
    const at = a.rank.findIndex((value, index) => value !== b.rank[index]);
    return at < 0 ? 0 : (a.rank[at] as number) < (b.rank[at] as number) ? -1 : 1;
  };
  const of = (kind: FirewallRuleKind) => rules.filter((rule) => rule.kind === kind).sort(before);
  return { nat: of('nat'), network: of('network'), application: of('application') };
}

const classicMembers: readonly (readonly [string, FirewallRuleKind])[] = [
  ['natRuleCollections', 'nat'],
  ['networkRuleCollections', 'network'],
  ['applicationRuleCollections', 'application'],
];

/** The rules in the body of a firewall without a policy. */
export function readClassicRules({ resource, body }: FirewallBody): FirewallRules {
  return inOrder(
    classicMembers.flatMap(([member, kind]) =>
      listOf(inside(body, member)).flatMap((collection, index) =>
        readCollection(collection, { resource, pointer: `/properties/${member}/${index}` }, () => kind, []),
      ),
    ),
  );
}

/** The rules of a policy: the rule collection groups of each policy of the inheritance chain, the topmost parent's first. */
export function readPolicyRules(levels: readonly (readonly FirewallBody[])[]): FirewallRules {
  return inOrder(
    levels.flatMap((groups, level) =>
      groups.flatMap(({ resource, body }) => {
        const rank = [level, whole(inside(body, 'priority')) ?? Number.NEGATIVE_INFINITY];
        return listOf(inside(body, 'ruleCollections')).flatMap((collection, index) => {
          const isNat = /natrulecollection$/i.test(textOf(memberOf(collection, 'ruleCollectionType')) ?? '');
          const kindOf = (rule: unknown): FirewallRuleKind => {
            if (isNat) return 'nat';
            return /^applicationrule$/i.test(textOf(memberOf(rule, 'ruleType')) ?? '') ? 'application' : 'network';
          };
          return readCollection(
            collection,
            { resource, pointer: `/properties/ruleCollections/${index}` },
            kindOf,
            rank,
          );
        });
      }),
    ),
  );
}
