// The simulator's service tags: facts that hold together and that Microsoft published, another list in either shape, and the
// list of a snapshot it is loaded with.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { without } from '../../src/net/addresses.ts';
import { globalTagOf, readServiceTags, type ServiceTags } from '../../src/net/index.ts';
import { list, stringifyJson, text } from '../../src/simulator/json.ts';
import { source, tags } from '../../src/simulator/providers/microsoft.network/service-tag-facts.ts';
import { tagListOf } from '../../src/simulator/providers/microsoft.network/service-tag-list.ts';
import { outside } from '../support/outside.ts';
import { start } from './support.ts';

const {
  place: published,
  isHere,
  note,
} = outside(`service-tags/ServiceTags_Public_${source.date.replaceAll('-', '')}.json`);

/** As a reader of ARM's answer sees a list. */
const seen = (options: Parameters<typeof tagListOf>[0]): ServiceTags => {
  const { changeNumber, cloud, values } = tagListOf(options);
  const text = `{"changeNumber":"${changeNumber}","cloud":"${cloud}","values":${stringifyJson([...values])}}`;
  return readServiceTags(JSON.parse(text)) as ServiceTags;
};

describe('facts', () => {
  const own = seen({});
  const beyond = (part: string, whole: string) => {
    const [inside, outside] = [own.addressesOf(part), own.addressesOf(whole)];
    if (!inside || !outside) throw new Error(`${part} or ${whole} is not read`);
    return without(inside, outside);
  };

  test('every tag is read, and names its own service once', () => {
    expect(own.size).toBe(tags.length);
    for (const { name } of tags) expect([name, own.addressesOf(name)?.v4.length]).not.toEqual([name, 0]);
  });

  test('a regional tag is a part of its global one, and all of AzureCloud of a region lies in AzureCloud', () => {
    const regional = tags.map(({ name }) => name).filter((name) => globalTagOf(name) !== name);
    expect(regional.length).toBeGreaterThan(30);
    for (const name of regional) expect([name, beyond(name, globalTagOf(name))]).toEqual([name, { v4: [], v6: [] }]);
  });

  test.skipIf(!isHere)(`every prefix stands in the tag that Microsoft published${note}`, () => {
    const document = JSON.parse(readFileSync(published, 'utf8'));
    const theirs = readServiceTags(document);
    expect(String(document.changeNumber)).toBe(source.changeNumber);
    const invented = tags.flatMap(({ name, addressPrefixes }) =>
      addressPrefixes
        .filter((prefix) => !theirs?.get(name)?.prefixes.includes(prefix))
        .map((prefix) => `${name} ${prefix}`),
    );
    expect(invented).toEqual([]);
  });
});

describe('another list', () => {
  const tag = { name: 'Storage', properties: { changeNumber: 3, region: '', addressPrefixes: ['192.0.2.0/24'] } };

  test('of the download or of ARM becomes the same answer', () => {
    const download = {
      changeNumber: 7,
      cloud: 'China',
      values: [{ ...tag, properties: { ...tag.properties, platform: 'Azure' } }],
    };
    const arm = {
      changeNumber: '7',
      cloud: 'China',
      values: [{ ...tag, properties: { ...tag.properties, state: 'GA' } }],
    };
    const [one, other] = [download, arm].map((document) => tagListOf({ serviceTags: JSON.stringify(document) }));
    expect(stringifyJson([...(one?.values ?? [])])).toBe(stringifyJson([...(other?.values ?? [])]));
    expect([one?.cloud, one?.changeNumber, one?.prefixesOf('STORAGE')]).toEqual(['China', '7', ['192.0.2.0/24']]);
    expect(stringifyJson([...(one?.values ?? [])])).not.toContain('networkFeatures');
  });

  test.each([['{'], ['[]'], ['{"values":[]}'], ['{"values":[{"name":7}]}']])('%s is refused', (serviceTags) => {
    expect(() => tagListOf({ serviceTags })).toThrow(expect.objectContaining({ code: 'service-tags' }));
  });

  test('a snapshot that holds tags is answered with them; one without, with the facts', () => {
    const load = (more: object) => JSON.stringify({ resources: [], ...more });
    const document = { changeNumber: '9', values: [tag] };
    expect(tagListOf({ load: load({ serviceTags: { document } }) }).changeNumber).toBe('9');
    for (const other of [{}, { serviceTags: null }, { serviceTags: { document: { values: 'x' } } }]) {
      expect(tagListOf({ load: load(other) }).changeNumber).toBe(source.changeNumber);
    }
  });

  test('is what a client is told', async () => {
    const client = await start({ world: 'open', serviceTags: JSON.stringify({ changeNumber: 8, values: [tag] }) });
    try {
      const reply = await client.get(
        `/subscriptions/${client.sim.subscription}/providers/Microsoft.Network/locations/eastus/serviceTags`,
      );
      expect(reply.at('changeNumber')).toBe('8');
      expect(list(reply.json, 'values').map((value) => text(value, 'name'))).toEqual(['Storage']);
    } finally {
      await client.stop();
    }
  });
});
