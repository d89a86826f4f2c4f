// Access scopes: their sentences, and their verdicts against every packet of small worlds, each broken one with a true packet.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgedScopes } from '../../src/audit/scopes.ts';
import { readScope, ScopeError } from '../../src/model/access-scope.ts';
import { addressValue, judge, type OraclePacket, type RawRule } from '../net/parts/oracle.ts';
import { ids, snapshotOf } from '../support/snapshot.ts';
import { guardedBy, rule } from './path-scenes.ts';

const env = { virtualNetwork: ['10.0.0.0/16', '168.63.129.16/32'], tags: {}, asgs: {} };
const sources = ['10.0.1.0', '10.0.1.200'];
const destinations = ['192.0.2.7', '192.0.2.9', '192.0.2.200', '10.0.3.4'];
const packets: OraclePacket[] = sources.flatMap((source) =>
  destinations.flatMap((destination) =>
    [22, 443, 9000].flatMap((destinationPort) =>
      ['Tcp', 'Udp'].map((protocol) => ({
        ...{ protocol, source: addressValue(source), destination: addressValue(destination), six: false },
        ...{ sourcePort: 50000, destinationPort },
      })),
    ),
  ),
);
const isAllowed = (rules: readonly string[], packet: OraclePacket): boolean => {
  const securityRules = rules.map(rule) as unknown as RawRule[];
  const asked = { direction: 'Outbound', nicNsg: null, subnetNsg: { properties: { securityRules } }, env };
  return judge(asked, packet).outcome === 'allowed';
};
const holds = (prefix: string, address: bigint): boolean => {
  const [base = '', bits = '32'] = prefix.split('/');
  const size = 2n ** BigInt(32 - Number(bits));
  const from = (addressValue(base) / size) * size;
  return address >= from && address < from + size;
};

const rules = fc
  .array(
    fc.tuple(
      fc.constantFrom('Allow', 'Deny'),
      fc.constantFrom('Tcp', 'Udp', '*'),
      fc.constantFrom('*', '10.0.1.128/25'),
      fc.constantFrom('*', 'Internet', '192.0.2.0/24', '192.0.2.7', '10.0.3.0/24', '192.0.2.128/25'),
      fc.constantFrom('0-65535', '22', '443', '0-1023'),
    ),
    { maxLength: 4 },
  )
  .map((items) => items.map((item, at) => ['Outbound', ...item, 200 + at * 10].join(' ')));
const scope = fc.record({
  destination: fc.constantFrom('192.0.2.0/24', '192.0.2.7', '10.0.3.0/24'),
  traffic: fc.constantFrom('', 'tcp 443', 'udp', 'tcp 20-443'),
  except: fc.constantFrom(undefined, '192.0.2.7', '192.0.2.0/25', '10.0.3.4'),
  exceptFrom: fc.constantFrom(undefined, '10.0.1.128/25'),
});

test('100 random scopes: broken where a packet breaks them, and the packet shown does', () => {
  const seen = { broken: 0, holds: 0 };
  fc.assert(
    fc.property(rules, scope, (texts, { destination, traffic, except, exceptFrom }) => {
      const sentence = [
        `nothing from snet-train reaches ${destination}`,
        ...(traffic === '' ? [] : [`on ${traffic}`]),
        ...(except === undefined ? [] : [`except to ${except}`]),
        ...(exceptFrom === undefined ? [] : [`except from ${exceptFrom}`]),
      ].join(' ');
      const isMeant = ({ protocol, source, destination: to, destinationPort: port }: OraclePacket): boolean => {
        const [name = '', ports = '0-65535'] = traffic.split(' ');
        const [low = 0, high = low] = ports.split('-').map(Number);
        return (
          holds('10.0.1.0/24', source) &&
          holds(destination, to) &&
          (name === '' || (protocol.toLowerCase() === name && port >= low && port <= high)) &&
          !(except !== undefined && holds(except, to)) &&
          !(exceptFrom !== undefined && holds(exceptFrom, source))
        );
      };
      const { results } = judgedScopes(snapshotOf(guardedBy(ids.train, ...texts)), [sentence]);
      const [result] = results;
      if (packets.some((packet) => isMeant(packet) && isAllowed(texts, packet))) expect(result?.outcome).toBe('broken');
      if (result?.outcome !== 'broken') {
        seen.holds += 1;
        return;
      }
      seen.broken += 1;
      const [, protocol = '', from = '', sourcePort = '', to = '', port = ''] =
        /^(\S+) (\S+):(\d+) -> (\S+):(\d+)$/.exec(result.witness ?? '') ?? [];
      const packet: OraclePacket = {
        ...{ protocol, source: addressValue(from), destination: addressValue(to), six: false },
        ...{ sourcePort: Number(sourcePort), destinationPort: Number(port) },
      };
      expect(isMeant(packet)).toBe(true);
      // Protocols without ports match a rule for some ports or not.
      if (['Tcp', 'Udp'].includes(protocol)) expect(isAllowed(texts, packet)).toBe(true);
    }),
    { numRuns: 100 },
  );
  expect(seen.broken).toBeGreaterThan(15);
  expect(seen.holds).toBeGreaterThan(15);
});

describe('sentences', () => {
  const judged = (sentence: string) => {
    const { results } = judgedScopes(snapshotOf(), [sentence]);
    return results[0]?.outcome;
  };
  test.each([
    ['snet-train reaches stmlsim on tcp 443', 'holds'],
    ['nothing from snet-train reaches stmlsim', 'broken'],
    ['nothing from snet-train reaches stmlsim except from snet-train', 'holds'],
    ['nothing from snet-train reaches Internet except Internet', 'holds'],
    ['nothing from Internet reaches stmlsim', 'holds'],
    ['only snet-train reaches stmlsim', 'holds'],
    ['203.0.113.9 reaches stmlsim on 443', 'broken'],
    ['nothing from nowhere reaches stmlsim', 'unknown'],
  ])('%s: %s', (sentence, outcome) => {
    expect(judged(sentence)).toBe(outcome);
  });

  test.each([
    ['', 0, 'Name a source, or the word nothing or only, here.'],
    ['nothing from reaches stmlsim', 13, 'Name a source here.'],
    ['nothing from Internet stmlsim', 22, 'The word reaches is expected here.'],
    ['nothing from Internet reaches', 29, 'Name a destination here.'],
    ['a reaches b on tcp 443x', 19, '443x is not a port. Use 443, 8000-9000 or *.'],
    ['a reaches b on', 14, 'Name a protocol or a port here, such as tcp 443.'],
    ["nothing reaches 'b", 16, "The quote ' is not closed."],
    ['nothing reaches b except', 24, 'Name what is excepted here.'],
    ['a reaches b c', 12, 'c is not expected here.'],
    ['nothing reaches b on tcp 443 80', 29, '80 is not expected here.'],
  ])('%j is wrong at %i', (sentence, at, message) => {
    try {
      readScope(sentence);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ScopeError);
      expect(error).toMatchObject({ at, message });
    }
  });

  test.each([
    ['Internet must not reach stmlsim', 'nothing from Internet reaches stmlsim'],
    ['Internet cannot reach stmlsim', 'nothing from Internet reaches stmlsim'],
    ['the Internet should never reach stmlsim', 'nothing from Internet reaches stmlsim'],
    ['no traffic from the Internet reaches stmlsim', 'nothing from Internet reaches stmlsim'],
    ['nothing can reach stmlsim from Internet', 'nothing from Internet reaches stmlsim'],
    ['stmlsim is not reachable from Internet', 'nothing from Internet reaches stmlsim'],
    [
      'stmlsim is not reachable from Internet except 10.0.0.0/8',
      'nothing from Internet reaches stmlsim except 10.0.0.0/8',
    ],
    ['a cannot reach b on ports 22, 3389', 'nothing from a reaches b on 22, 3389'],
    ['stmlsim is only reachable from snet-train', 'only snet-train reaches stmlsim'],
    ['stmlsim is reachable only from a and b', 'only a, b reaches stmlsim'],
    ['cpu-cluster can reach stmlsim on port 443', 'cpu-cluster reaches stmlsim on 443'],
    ['cpu-cluster must reach stmlsim on tcp port 443', 'cpu-cluster reaches stmlsim on tcp 443'],
    ['stmlsim is reachable from cpu-cluster', 'cpu-cluster reaches stmlsim'],
  ])('%s says: %s', (said, plain) => {
    expect({ ...readScope(said), text: '' }).toEqual({ ...readScope(plain), text: '' });
  });

  test.each([
    ['deny Internet to stmlsim', 'nothing from Internet reaches stmlsim'],
    ['block all traffic from Internet to stmlsim', 'nothing from Internet reaches stmlsim'],
    ['stmlsim must be blocked from Internet', 'nothing from Internet reaches stmlsim'],
    ['allow snet-train to stmlsim', 'snet-train reaches stmlsim'],
    ['allow access to stmlsim from snet-train', 'snet-train reaches stmlsim'],
    ['no ssh for a b c', null],
    ['', null],
  ])('%j suggests %j', (said, suggestion) => {
    expect(() => readScope(said)).toThrow(ScopeError);
    try {
      readScope(said);
    } catch (error) {
      expect(error).toMatchObject({ suggestion });
      if (suggestion !== null)
        expect(readScope(suggestion).kind).toBe(suggestion.startsWith('nothing') ? 'never' : 'always');
    }
  });

  test('any text is read or refused, and what is read is read the same again', () => {
    const words = [
      'nothing',
      'only',
      'from',
      'to',
      'reaches',
      'on',
      'except',
      'and',
      ',',
      'tcp',
      '443',
      'a',
      "'b c'",
      '*',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (some) => {
        try {
          const read = readScope(some.join(' '));
          expect(readScope(read.text)).toEqual(read);
        } catch (error) {
          if (!(error instanceof ScopeError)) throw error;
          expect(error.at).toBeLessThanOrEqual(error.text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
