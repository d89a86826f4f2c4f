// What others know: verdicts that peers' own tests reached on NSGs, and what Microsoft's service-tag data is known to hold.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Addresses, count4, readPrefixes, without } from '../../src/net/addresses.ts';
import { areApart } from '../../src/net/facts.ts';
import { contextOf, decide, globalTagOf, readServiceTags, refusals } from '../../src/net/index.ts';
import { covers, meets } from '../../src/net/sets.ts';
import { outside } from '../support/outside.ts';

const { place: peers, isHere: arePeersHere, note: noPeers } = outside('peer-cases');
const { place: data, note: noTags } = outside('service-tags');
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

interface PeerCase {
  readonly id: string;
  readonly check: string;
  readonly input: string;
  readonly resource: string;
  readonly expected: 'Allow' | 'Deny';
  readonly expectedRule?: string;
  readonly ask: {
    readonly direction: 'Inbound' | 'Outbound';
    readonly protocol: 'Tcp';
    readonly remoteAddress: string;
    readonly localAddress: string;
    readonly remotePort?: number;
    readonly localPort?: number;
  };
}
interface Resource {
  readonly type?: string;
  readonly name?: string;
}
const resourcesOf = (file: string): readonly Resource[] => {
  const document = read(file) as readonly Resource[] | { resources?: readonly Resource[]; value?: readonly Resource[] };
  return 'length' in document ? document : (document.resources ?? document.value ?? []);
};

describe.skipIf(!arePeersHere)(`verdicts of peers${noPeers}`, () => {
  const cases = arePeersHere
    ? (read(path.join(peers, 'cases.json')) as readonly PeerCase[]).filter(({ check }) => check === 'nsg.flow')
    : [];
  test('there are some', () => expect(cases.length).toBeGreaterThan(20));

  test.each(cases)('$id', ({ ask, input, resource, expected, expectedRule }) => {
    const subnetNsg = resourcesOf(path.join(peers, input)).find(
      ({ type, name }) => name === resource && /networkSecurityGroups$/i.test(type ?? ''),
    );
    expect(subnetNsg).toBeDefined();
    const inbound = ask.direction === 'Inbound';
    const ports = (port: number | undefined) => (port === undefined ? undefined : [String(port)]);
    const decision = decide(
      {
        direction: ask.direction,
        protocol: ask.protocol,
        source: { of: [inbound ? ask.remoteAddress : ask.localAddress] },
        destination: { of: [inbound ? ask.localAddress : ask.remoteAddress] },
        sourcePorts: ports(inbound ? ask.remotePort : ask.localPort),
        destinationPorts: ports(inbound ? ask.localPort : ask.remotePort),
      },
      { subnetNsg },
      contextOf({ virtualNetwork: ['10.0.0.0/16', '168.63.129.16/32'] }),
    );
    expect(decision.verdict).toBe(expected === 'Allow' ? 'allowed' : 'denied');
    if (expectedRule !== undefined) {
      expect([...decision.allowedBy, ...decision.deniedBy]).toEqual([`subnet/${expectedRule}`]);
    }
  });
});

const newest = path.join(data, 'ServiceTags_Public_20251110.json');
describe.skipIf(!existsSync(newest))(`Microsoft's service tags${noTags}`, () => {
  const tags = existsSync(newest) ? readServiceTags(read(newest)) : undefined;
  const addresses = (name: string): Addresses => tags?.addressesOf(name) ?? { v4: [], v6: [] };
  const regionsOf = (name: string) =>
    [...(tags?.all() ?? [])].filter((tag) => tag.name !== name && globalTagOf(tag.name) === name);

  test('every prefix of every file is read, in both shapes', () => {
    const files = readdirSync(data).filter((file) => /^(?:ServiceTags|api-shape).*\.json$/.test(file));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const document = readServiceTags(read(path.join(data, file)));
      expect(document?.size).toBeGreaterThan(0);
      expect(document?.changeNumber).toMatch(/^\d+$/);
      for (const tag of document?.all() ?? []) expect(readPrefixes(tag.prefixes).refused).toEqual([]);
    }
    expect(tags?.size).toBe(3041);
    const same = readServiceTags(read(path.join(data, 'api-shape.sample.json')));
    for (const tag of same?.all() ?? []) expect(tag.prefixes).toEqual(tags?.get(tag.name)?.prefixes);
  });

  // service-tags/README.md, point 2: addresses of the global tag in no regional one (IPv4).
  test.each([
    ['Storage', 73904],
    ['AzureContainerRegistry', 2818],
    ['AzureResourceManager', 4994],
    ['AzureMachineLearning', 306],
    ['BatchNodeManagement', 354],
    ['MicrosoftContainerRegistry', 114],
    ['AzureKeyVault', 166],
  ])('%s is more than its regions by %i addresses, and never less', (name, more) => {
    const regions = regionsOf(name);
    expect(regions.length).toBeGreaterThan(10);
    const prefixes = regions.flatMap((tag) => tag.prefixes);
    const together = readPrefixes(prefixes).addresses;
    expect(count4(without(addresses(name), together).v4)).toBe(more);
    expect(covers(addresses(name).v4, together.v4) && covers(addresses(name).v6, together.v6)).toBe(true);
  });

  // The same, point 8: what AzureCloud misses.
  test.each([
    ['AzureFrontDoor.FirstParty', 49424],
    ['AzureFrontDoor.Backend', 131072],
    ['AzureFrontDoor.Frontend', 8704],
    ['Storage', 55872],
    ['AzureActiveDirectory', 8288],
    ['AzureMachineLearning', 0],
  ])('AzureCloud misses %s by %i addresses', (name, missing) => {
    expect(count4(without(addresses(name), addresses('AzureCloud')).v4)).toBe(missing);
  });

  // Point 8: what names are trusted to say without data.
  test('the required tags are apart from one another', () => {
    const names = [
      'AzureMachineLearning',
      'BatchNodeManagement',
      'Storage',
      'AzureContainerRegistry',
      'MicrosoftContainerRegistry',
      'AzureActiveDirectory',
      'AzureResourceManager',
      'AzureFrontDoor.FirstParty',
      'AzureFrontDoor.Frontend',
      'AzureFrontDoor.Backend',
      'AzureMonitor',
      'AzureKeyVault',
    ];
    for (const a of names) {
      for (const b of names) {
        const shares = meets(addresses(a).v4, addresses(b).v4) || meets(addresses(a).v6, addresses(b).v6);
        expect([a, b, shares]).toEqual([a, b, a === b]);
        expect(areApart(a.toLowerCase(), b.toLowerCase())).toBe(!shares);
      }
    }
  });

  test('a rule by tag lets all of its addresses through a deny of the Internet, by number and by name', () => {
    const subnetNsg = {
      properties: {
        securityRules: ['AzureMachineLearning', 'Internet'].map((tag, index) => ({
          name: tag,
          properties: {
            priority: 200 + index,
            direction: 'Outbound',
            access: index === 0 ? 'Allow' : 'Deny',
            protocol: '*',
            sourceAddressPrefix: '*',
            sourcePortRange: '*',
            destinationAddressPrefix: tag,
            destinationPortRange: '*',
          },
        })),
      },
    };
    expect(refusals(subnetNsg)).toEqual([]);
    for (const serviceTags of [tags, undefined]) {
      const context = contextOf({ virtualNetwork: ['10.1.0.0/16', '168.63.129.16/32'], serviceTags });
      const ask = (of: string) =>
        decide(
          { direction: 'Outbound', protocol: 'Tcp', source: { of: ['10.1.1.4'] }, destination: { of: [of] } },
          { subnetNsg },
          context,
        );
      expect(ask('AzureMachineLearning')).toMatchObject({
        verdict: 'allowed',
        allowedBy: ['subnet/AzureMachineLearning'],
      });
      expect(ask('AzureMachineLearning.WestEurope').verdict).toBe('allowed');
      expect(ask('BatchNodeManagement').verdict).toBe('denied');
      expect(ask('AzureCloud').verdict).toBe(serviceTags ? 'partly' : 'unknown');
    }
  });
});
