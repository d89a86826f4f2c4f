// The slow reference: one packet at a time, one rule after another. It shares nothing with the code it checks: addresses are
// read digit by digit, names are asked "does this hold that address?", and nothing is ever cut into sets.

export type Ternary = 'yes' | 'no' | 'maybe';
type Access = 'Allow' | 'Deny' | 'AlwaysAllow';

export interface OraclePacket {
  readonly protocol: string;
  readonly source: bigint;
  readonly destination: bigint;
  readonly six: boolean;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

interface Prefix {
  readonly six: boolean;
  readonly value: bigint;
  readonly mask: bigint;
}

const prefixes = new Map<string, Prefix>();
function prefixOf(text: string): Prefix {
  const known = prefixes.get(text);
  if (known) return known;
  const [address = '', bits] = text.split('/');
  const six = address.includes(':');
  const width = six ? 128 : 32;
  const length = bits === undefined ? width : Number(bits);
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(width - length);
  const prefix = { six, value: addressValue(address), mask };
  prefixes.set(text, prefix);
  return prefix;
}
export function addressValue(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  const last = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : 8 - groups.length - last.length;
  return [...groups, ...Array(zeros).fill('0'), ...last].reduce(
    (sum, group) => sum * 65536n + BigInt(`0x${group}`),
    0n,
  );
}
const inPrefix = (address: bigint, six: boolean, text: string): boolean => {
  const prefix = prefixOf(text);
  return prefix.six === six && (address & prefix.mask) === prefix.value;
};
const inAny = (address: bigint, six: boolean, texts: readonly string[]): boolean =>
  texts.some((text) => inPrefix(address, six, text));

type Lists = readonly string[] | { readonly in: readonly string[]; readonly maybe: readonly string[] };
export interface Environment {
  readonly virtualNetwork?: readonly string[];
  readonly virtualNetworkMaybe?: readonly string[];
  readonly internet?: Lists;
  readonly tags: Readonly<Record<string, Lists>>;
  readonly asgs: Readonly<Record<string, readonly string[]>>;
}

const listed = (lists: Lists, address: bigint, six: boolean): Ternary => {
  if (Array.isArray(lists)) return inAny(address, six, lists) ? 'yes' : 'no';
  const { in: inside, maybe } = lists as { in: readonly string[]; maybe: readonly string[] };
  if (inAny(address, six, inside)) return 'yes';
  return inAny(address, six, maybe) ? 'maybe' : 'no';
};

const notPublic = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
];
const isPublic = (address: bigint, six: boolean): boolean =>
  six ? inPrefix(address, six, '2000::/3') : !inAny(address, six, notPublic);

function internetHolds(
  env: Environment,
  network: readonly string[] | undefined,
  address: bigint,
  six: boolean,
): Ternary {
  if (env.internet) return listed(env.internet, address, six);
  if (!isPublic(address, six)) return 'no';
  if (!network || network.includes(six ? '::/0' : '0.0.0.0/0')) return 'maybe';
  if (inPrefix(address, six, '168.63.129.16')) return 'yes';
  return inAny(address, six, network) ? 'no' : 'yes';
}

/** Does one address text of a rule hold the address? */
function holds(
  env: Environment,
  network: readonly string[] | undefined,
  text: string,
  address: bigint,
  six: boolean,
): Ternary {
  const name = text.toLowerCase();
  if (name === '*') return 'yes';
  if (/^[0-9a-f.:]+(?:\/\d+)?$/i.test(text) && /[.:]/.test(text) && !/^[a-z]+\./i.test(text))
    return inPrefix(address, six, text) ? 'yes' : 'no';
  if (name === 'virtualnetwork') return network ? (inAny(address, six, network) ? 'yes' : 'no') : 'maybe';
  if (name === 'internet') return internetHolds(env, network, address, six);
  if (name === 'azureloadbalancer' || name === 'azureplatformdns')
    return inPrefix(address, six, '168.63.129.16') ? 'yes' : 'no';
  if (name === 'azureplatformimds') return inPrefix(address, six, '169.254.169.254') ? 'yes' : 'no';
  for (const [tag, lists] of Object.entries(env.tags))
    if (tag.toLowerCase() === name) return listed(lists, address, six);
  return 'maybe';
}

const worst = (answers: readonly Ternary[]): Ternary =>
  answers.includes('no') ? 'no' : answers.includes('maybe') ? 'maybe' : 'yes';
const best = (answers: readonly Ternary[]): Ternary =>
  answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no';

export interface RawRule {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
const text = (rule: RawRule, member: string): string => String(rule.properties[member] ?? '');
const many = (rule: RawRule, single: string, plural: string): string[] => {
  const one = rule.properties[single];
  return [
    ...(typeof one === 'string' && one !== '' ? [one] : []),
    ...((rule.properties[plural] as string[] | undefined) ?? []),
  ];
};

/** Only the platform's own tags, where a packet goes to the platform. */
type Only = 'all' | 'platform';

function sideHolds(
  rule: RawRule,
  side: 'source' | 'destination',
  packet: OraclePacket,
  env: Environment,
  network: readonly string[] | undefined,
  only: Only,
): Ternary {
  const address = side === 'source' ? packet.source : packet.destination;
  const texts = many(rule, `${side}AddressPrefix`, `${side}AddressPrefixes`);
  const groups = (rule.properties[`${side}ApplicationSecurityGroups`] as { id: string }[] | undefined) ?? [];
  if (only === 'platform') {
    return best(
      texts
        .filter((one) => one.toLowerCase().startsWith('azureplatform'))
        .map((one) => holds(env, network, one, address, packet.six)),
    );
  }
  const members = groups.map(({ id }): Ternary => {
    for (const [group, addresses] of Object.entries(env.asgs)) {
      if (group.toLowerCase() === id.toLowerCase()) return inAny(address, packet.six, addresses) ? 'yes' : 'no';
    }
    return 'maybe';
  });
  return best([...texts.map((one) => holds(env, network, one, address, packet.six)), ...members]);
}

function portHolds(rule: RawRule, side: 'source' | 'destination', packet: OraclePacket): Ternary {
  const texts = many(rule, `${side}PortRange`, `${side}PortRanges`);
  const covered = (port: number) =>
    texts.some((one) => {
      if (one === '*') return true;
      const [low, high = low] = one.split('-').map(Number);
      return (low ?? 0) <= port && port <= (high ?? 0);
    });
  if (['Tcp', 'Udp'].includes(packet.protocol))
    return covered(side === 'source' ? packet.sourcePort : packet.destinationPort) ? 'yes' : 'no';
  if (texts.length === 0) return 'no';
  // A text covers every port, or several touch: asked at the ends and around each bound.
  const bounds = texts.flatMap((one) => (one === '*' ? [] : one.split('-').map(Number)));
  const asked = [0, 65535, ...bounds, ...bounds.map((bound) => bound + 1), ...bounds.map((bound) => bound - 1)];
  return asked.filter((port) => port >= 0 && port <= 65535).every(covered) ? 'yes' : 'maybe';
}

function matches(
  rule: RawRule,
  packet: OraclePacket,
  env: Environment,
  network: readonly string[] | undefined,
  only: Only,
): Ternary {
  const protocol = text(rule, 'protocol').toLowerCase();
  if (protocol !== '*' && protocol !== packet.protocol.toLowerCase()) return 'no';
  return worst([
    sideHolds(rule, 'source', packet, env, network, 'all'),
    sideHolds(rule, 'destination', packet, env, network, only),
    portHolds(rule, 'source', packet),
    portHolds(rule, 'destination', packet),
  ]);
}

const six = (name: string, direction: string, priority: number, access: string, from: string, to: string): RawRule => ({
  name,
  properties: {
    direction,
    priority,
    access,
    protocol: '*',
    sourcePortRange: '*',
    destinationPortRange: '*',
    sourceAddressPrefix: from,
    destinationAddressPrefix: to,
  },
});
const defaults = [
  six('AllowVnetInBound', 'inbound', 65000, 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  six('AllowAzureLoadBalancerInBound', 'inbound', 65001, 'Allow', 'AzureLoadBalancer', '*'),
  six('DenyAllInBound', 'inbound', 65500, 'Deny', '*', '*'),
  six('AllowVnetOutBound', 'outbound', 65000, 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  six('AllowInternetOutBound', 'outbound', 65001, 'Allow', '*', 'Internet'),
  six('DenyAllOutBound', 'outbound', 65500, 'Deny', '*', '*'),
];

export interface OracleQuestion {
  readonly direction: string;
  readonly subnetNsg: { readonly properties: { readonly securityRules: readonly RawRule[] } } | null;
  readonly nicNsg: { readonly properties: { readonly securityRules: readonly RawRule[] } } | null;
  readonly adminRules?: readonly RawRule[];
  readonly env: Environment;
}

interface Found {
  readonly rule: RawRule | undefined;
  /** Rules before it that may match. */
  readonly before: readonly RawRule[];
}
function firstMatch(
  rules: readonly RawRule[],
  direction: string,
  packet: OraclePacket,
  env: Environment,
  network: readonly string[] | undefined,
  only: Only,
): Found {
  const before: RawRule[] = [];
  const ordered = rules
    .filter((rule) => text(rule, 'direction').toLowerCase() === direction.toLowerCase())
    .sort((a, b) => Number(a.properties.priority) - Number(b.properties.priority));
  for (const rule of ordered) {
    const answer = matches(rule, packet, env, network, only);
    if (answer === 'yes') return { rule, before };
    if (answer === 'maybe') before.push(rule);
  }
  return { rule: undefined, before };
}
const accessOf = (rule: RawRule): Access => text(rule, 'access') as Access;

export interface OracleResult {
  readonly outcome: 'allowed' | 'denied' | 'unknown';
  readonly by: readonly string[];
}

function judgeIn(question: OracleQuestion, packet: OraclePacket, network: readonly string[] | undefined): OracleResult {
  const { env, direction } = question;
  const outbound = direction.toLowerCase() === 'outbound';
  // What admin rules can come to: each possible end, and the rules that would bring it about.
  const admin = firstMatch(question.adminRules ?? [], direction, packet, env, network, 'all');
  const end = (rule: RawRule | undefined) => (rule === undefined || accessOf(rule) === 'Allow' ? 'on' : accessOf(rule));
  const sure = end(admin.rule);
  const doubts = admin.before.filter((rule) => end(rule) !== sure);
  const possible = new Set([sure, ...doubts.map(end)]);
  const adminNames = (rules: readonly RawRule[]) => rules.map(({ name }) => `admin/${name}`);
  if (possible.size === 1 && sure === 'Deny')
    return { outcome: 'denied', by: adminNames(admin.rule ? [admin.rule] : []) };
  if (possible.size === 1 && sure === 'AlwaysAllow')
    return { outcome: 'allowed', by: adminNames(admin.rule ? [admin.rule] : []) };
  if (!possible.has('on')) return { outcome: 'unknown', by: adminNames(doubts) };

  const groups: OracleResult = judgeGroups(question, packet, network, outbound);
  if (possible.size === 1) return groups;
  if (possible.has('Deny') && possible.has('AlwaysAllow')) return { outcome: 'unknown', by: adminNames(doubts) };
  if (possible.has('Deny')) {
    if (groups.outcome === 'denied') return groups;
    return { outcome: 'unknown', by: [...adminNames(doubts), ...(groups.outcome === 'unknown' ? groups.by : [])] };
  }
  if (groups.outcome !== 'denied') return groups;
  return {
    outcome: 'unknown',
    by: adminNames(sure === 'AlwaysAllow' && admin.rule ? [admin.rule, ...doubts] : doubts),
  };
}

function judgeGroups(
  question: OracleQuestion,
  packet: OraclePacket,
  network: readonly string[] | undefined,
  outbound: boolean,
): OracleResult {
  const places = [
    ['subnet', question.subnetNsg],
    ['nic', question.nicNsg],
  ] as const;
  const allowedBy: string[] = [];
  const unsure: string[] = [];
  let unknown = false;
  for (const [place, group] of outbound ? [...places].reverse() : places) {
    if (group === null) continue;
    const toPlatform =
      outbound &&
      (inPrefix(packet.destination, packet.six, '168.63.129.16') ||
        inPrefix(packet.destination, packet.six, '169.254.169.254'));
    const rules = [...group.properties.securityRules, ...defaults];
    const { rule, before } = firstMatch(
      rules,
      question.direction,
      packet,
      question.env,
      network,
      toPlatform ? 'platform' : 'all',
    );
    const access = rule ? accessOf(rule) : 'Allow';
    const doubts = before.filter((one) => accessOf(one) !== access);
    if (doubts.length > 0) {
      unknown = true;
      unsure.push(...doubts.map(({ name }) => `${place}/${name}`));
    } else if (access === 'Deny') return { outcome: 'denied', by: [`${place}/${rule?.name}`] };
    else allowedBy.push(rule ? `${place}/${rule.name}` : `${place}/platform`);
  }
  return unknown ? { outcome: 'unknown', by: unsure } : { outcome: 'allowed', by: allowedBy };
}

/** Decides one packet; where Azure's behaviour is unsettled, in both worlds. */
export function judge(question: OracleQuestion, packet: OraclePacket): OracleResult {
  const { virtualNetwork, virtualNetworkMaybe = [] } = question.env;
  const apart = judgeIn(question, packet, virtualNetwork);
  if (virtualNetworkMaybe.length === 0 || !virtualNetwork) return apart;
  const joined = judgeIn(question, packet, [...virtualNetwork, ...virtualNetworkMaybe]);
  const by = [...apart.by, ...joined.by];
  return { outcome: apart.outcome === joined.outcome ? apart.outcome : 'unknown', by };
}

export interface OracleSummary {
  readonly verdict: string;
  readonly allowedBy: readonly string[];
  readonly deniedBy: readonly string[];
  readonly unsure: readonly string[];
  readonly measure: { readonly allowed: string; readonly denied: string; readonly unknown: string };
}

/** All packets together, as the command answers. */
export function summarise(question: OracleQuestion, packets: readonly OraclePacket[]): OracleSummary {
  const by = { allowed: new Set<string>(), denied: new Set<string>(), unknown: new Set<string>() };
  const count = { allowed: 0, denied: 0, unknown: 0 };
  for (const packet of packets) {
    const judged = judge(question, packet);
    count[judged.outcome] += 1;
    for (const name of judged.by) by[judged.outcome].add(name);
  }
  const { allowed, denied, unknown } = count;
  const uniform = unknown > 0 || packets.length === 0 ? 'unknown' : denied > 0 ? 'denied' : 'allowed';
  return {
    verdict: allowed > 0 && denied > 0 ? 'partly' : uniform,
    allowedBy: [...by.allowed].sort(),
    deniedBy: [...by.denied].sort(),
    unsure: [...by.unknown].sort(),
    measure: { allowed: `${allowed}`, denied: `${denied}`, unknown: `${unknown}` },
  };
}
