// Random NSG questions over a few dozen addresses and ports, small enough to be asked packet by packet.
import fc from 'fast-check';
import { addressValue, type Environment, type OraclePacket, type OracleQuestion, type RawRule } from './oracle.ts';

const group = (name: string) =>
  `/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/applicationSecurityGroups/${name}`;
/** Where the addresses of questions lie; the rules' prefixes are cut through these. */
const literals = [
  '10.1.0.0/29',
  '10.1.0.2',
  '10.1.0.2/31',
  '10.1.0.4/30',
  '10.0.0.0/8',
  '192.168.0.0/30',
  '192.168.0.1',
  '203.0.113.0/29',
  '203.0.113.3',
  '203.0.113.4/30',
  '198.51.100.0/30',
  '168.63.129.16',
  '169.254.169.254',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  'fd00::/126',
  'fd00::1',
  '2001:db8::/127',
  '::/0',
];
const flowEnds = [
  '10.1.0.0/30',
  '10.1.0.2',
  '10.1.0.6/31',
  '192.168.0.0/31',
  '203.0.113.2/31',
  '203.0.113.4/31',
  '198.51.100.1',
  '168.63.129.16',
  '169.254.169.254',
  '169.254.169.252/31',
  'fd00::/127',
  '2001:db8::1',
];
const tagNames = ['Storage', 'Storage.WestEurope', 'Half', 'Nobody.Knows', 'AzureMachineLearing'];
const builtIn = [
  'VirtualNetwork',
  'Internet',
  'INTERNET',
  'AzureLoadBalancer',
  'AzurePlatformDNS',
  'AzurePlatformIMDS',
  '*',
];
const portTexts = ['*', '0-65535', '80', '81', '80-81', '79-80', '443', '81-65535'];

const priorities = fc.uniqueArray(fc.integer({ min: 100, max: 4096 }), { minLength: 0, maxLength: 5 });
const letterCase = <T extends string>(...words: readonly T[]) =>
  fc.constantFrom(...words, ...words.map((word) => word.toLowerCase()));

/** One side: the singular field, the plural one, both, or groups; unused fields in their various forms. */
const side = (name: 'source' | 'destination') =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(...literals, ...tagNames, ...builtIn)
        .map((one) => ({ [`${name}AddressPrefix`]: one })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.uniqueArray(fc.constantFrom(...literals), { minLength: 1, maxLength: 3 }),
          fc.constantFrom('', null, undefined),
        )
        .map(([list, unused]) => ({ [`${name}AddressPrefixes`]: list, [`${name}AddressPrefix`]: unused })),
    },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(fc.constantFrom('web', 'WEB', 'db', 'unread'), { minLength: 1, maxLength: 2 })
        .map((names) => ({ [`${name}ApplicationSecurityGroups`]: names.map((one) => ({ id: group(one) })) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...tagNames), fc.constantFrom(...literals))
        .map(([tag, literal]) => ({ [`${name}AddressPrefixes`]: [tag, literal], [`${name}AddressPrefix`]: '' })),
    },
  );
const ports = (name: 'source' | 'destination') =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant({ [`${name}PortRange`]: '*' }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...portTexts).map((one) => ({ [`${name}PortRange`]: one, [`${name}PortRanges`]: [] })),
    },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(fc.constantFrom(...portTexts), { minLength: 1, maxLength: 3 })
        .map((list) => ({ [`${name}PortRanges`]: list })),
    },
  );
const rule = (name: string, priority: number, accesses: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom('*', 'Tcp', 'tcp', 'Udp', 'Icmp', 'Esp'),
      letterCase('Inbound', 'Outbound'),
      fc.constantFrom(...accesses),
      side('source'),
      side('destination'),
      ports('source'),
      ports('destination'),
    )
    .map(
      ([protocol, direction, access, ...parts]): RawRule => ({
        name,
        properties: Object.assign({ protocol, direction, access, priority }, ...parts) as Record<string, unknown>,
      }),
    );
const rules = (prefix: string, accesses: readonly string[]) =>
  priorities.chain((numbers) =>
    fc.tuple(...numbers.map((priority, index) => rule(`${prefix}${index}`, priority, accesses))),
  );
const nsg = (name: string) =>
  fc.option(
    rules(name, ['Allow', 'Deny']).map((securityRules) => ({ name, properties: { securityRules } })),
    { freq: 6 },
  );

const environment: fc.Arbitrary<Environment> = fc
  .record({
    network: fc.constantFrom(
      ['10.1.0.0/29', '168.63.129.16/32'],
      ['10.1.0.0/29'],
      ['10.1.0.0/29', 'fd00::/126', '168.63.129.16/32'],
      ['10.1.0.0/29', '203.0.113.4/30', '168.63.129.16/32'],
      ['0.0.0.0/0'],
      undefined,
    ),
    joining: fc.constantFrom(undefined, undefined, undefined, ['203.0.113.0/30'], ['198.51.100.0/30', '10.1.0.0/30']),
    internet: fc.constantFrom(undefined, undefined, undefined, {
      in: ['203.0.113.0/30'],
      maybe: ['203.0.113.4/30', '198.51.100.0/30'],
    }),
    storage: fc.constantFrom(undefined, ['203.0.113.0/29'], ['203.0.113.0/30', '2001:db8::/127'], []),
  })
  .map(({ network, joining, internet, storage }) => ({
    ...(network ? { virtualNetwork: network } : {}),
    ...(joining ? { virtualNetworkMaybe: joining } : {}),
    ...(internet ? { internet } : {}),
    tags: {
      ...(storage ? { storage } : {}),
      'Storage.WestEurope': ['203.0.113.2/31'],
      Half: { in: ['203.0.113.2/31'], maybe: ['203.0.113.4/31', '198.51.100.0/30'] },
    },
    asgs: { [group('web')]: ['10.1.0.2', '10.1.0.3'], [group('db')]: ['10.1.0.6'] },
  }));

export interface RandomQuestion extends OracleQuestion {
  readonly flow: {
    readonly protocol: string;
    readonly src: readonly string[];
    readonly dst: readonly string[];
    readonly srcPorts: readonly string[];
    readonly dstPorts: readonly string[];
  };
}

const ends = fc.uniqueArray(fc.constantFrom(...flowEnds), { minLength: 1, maxLength: 3 });
export const questions: fc.Arbitrary<RandomQuestion> = fc.record({
  direction: fc.constantFrom('Inbound', 'Outbound'),
  subnetNsg: nsg('s'),
  nicNsg: nsg('n'),
  adminRules: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: rules('a', ['Allow', 'Deny', 'AlwaysAllow']) },
  ),
  env: environment,
  flow: fc.record({
    protocol: fc.constantFrom('Tcp', 'Tcp', 'Udp', 'Icmp', 'Ah'),
    src: ends,
    dst: ends,
    srcPorts: fc.constantFrom(['50000'], ['443'], ['80-81']),
    dstPorts: fc.constantFrom(['80'], ['80-81'], ['443', '81'], ['81', '80-81']),
  }),
});

interface Address {
  readonly value: bigint;
  readonly six: boolean;
}
/** Every address of a few small prefixes, each once. */
function addressesOf(texts: readonly string[]): Address[] {
  const all = new Map<string, Address>();
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    const six = address.includes(':');
    const size = bits === undefined ? 1 : 2 ** ((six ? 128 : 32) - Number(bits));
    for (let index = 0; index < size; index += 1) {
      const value = addressValue(address) + BigInt(index);
      all.set(`${six} ${value}`, { value, six });
    }
  }
  return [...all.values()];
}
function portsOf(texts: readonly string[]): number[] {
  const all = new Set<number>();
  for (const text of texts) {
    const [low = 0, high = low] = text.split('-').map(Number);
    for (let port = low; port <= high; port += 1) all.add(port);
  }
  return [...all];
}

/** Every packet of a question's flow. */
export function packetsOf({ flow }: RandomQuestion): OraclePacket[] {
  const portless = !['Tcp', 'Udp'].includes(flow.protocol);
  const from = portless ? [0] : portsOf(flow.srcPorts);
  const to = portless ? [0] : portsOf(flow.dstPorts);
  const packets: OraclePacket[] = [];
  for (const source of addressesOf(flow.src)) {
    for (const destination of addressesOf(flow.dst)) {
      if (source.six !== destination.six) continue;
      for (const sourcePort of from) {
        for (const destinationPort of to) {
          packets.push({
            protocol: flow.protocol,
            source: source.value,
            destination: destination.value,
            six: source.six,
            sourcePort,
            destinationPort,
          });
        }
      }
    }
  }
  return packets;
}
