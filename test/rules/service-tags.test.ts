// The rules of security groups with Microsoft's own tag data: a literal allow is measured against what a tag holds, another
// region's tag is decided, regions go by their names, and data never turn a verdict round that names had reached.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { ProfileChoice } from '../../src/model/assumption.ts';
import type { Finding } from '../../src/model/finding.ts';
import { findingId } from '../../src/model/finding.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import { readServiceTags, type ServiceTags } from '../../src/net/index.ts';
import { rules } from '../../src/rules/index.ts';
import { outside } from '../support/outside.ts';
import { ids, type Loose, refused, type Scene, snapshotOf, subscription } from '../support/snapshot.ts';
import { denyInternet, grouped, into, limited, nsg, out } from './samples-nsg.ts';

const { place: folder, isHere: present, note } = outside('service-tags');

const documentIn = (file: string) => parseJson(readFileSync(path.join(folder, file), 'utf8')) as JsonObject;
const tagsIn = (document: JsonObject): ServiceTags => readServiceTags(document) as ServiceTags;
const nsgRules = rules.filter(({ id }) => id.startsWith('nsg.'));

/** The findings of the training subnet by rule, with these tags at hand or none. */
function judged(
  change: (scene: Scene) => void,
  document?: JsonObject,
  profile: ProfileChoice = 'all',
): ReadonlyMap<string, Finding> {
  const snapshot = snapshotOf((scene) => {
    change(scene);
    if (document) scene.tags = document;
  });
  const { findings } = audit(snapshot, nsgRules, profile);
  return new Map(
    nsgRules
      .flatMap(({ id }) => findings.find((one) => one.id === findingId(id, ids.train, nsg)) ?? [])
      .map((one) => [one.rule, one]),
  );
}
const about = (
  rule: string,
  change: (scene: Scene) => void,
  document?: JsonObject,
  profile?: ProfileChoice,
): Finding => {
  const found = judged(change, document, profile).get(rule);
  if (!found) throw new Error(`${rule} says nothing`);
  return found;
};

/** An allow of these prefixes, as the plural member has them. */
const allowOf = (prefixes: readonly string[], ports = '443', protocol = 'Tcp'): Loose => {
  const rule = out(100, '', ports, protocol);
  const { destinationAddressPrefix: _, ...properties } = rule.properties;
  return { ...rule, properties: { ...properties, destinationAddressPrefixes: [...prefixes] } };
};
/** Moves the whole scene into a region, by ARM's name for it. */
const inRegion =
  (region: string, change: (scene: Scene) => void) =>
  (scene: Scene): void => {
    change(scene);
    for (const body of Object.values(scene.bodies)) if (typeof body.location === 'string') body.location = region;
  };

/** File, region of its cloud, a tag in the spellings of ARM and of the download. */
const files: readonly (readonly [file: string, region: string, another: string])[] = [
  ['ServiceTags_Public_20200511.aml.json', 'westeurope', 'NorthEurope'],
  ['ServiceTags_Public_20251110.aml.json', 'westeurope', 'NorthEurope'],
  ['api-shape.sample.json', 'westeurope', 'EastUS'],
  ['ServiceTags_China_20260720.aml.json', 'chinaeast2', 'ChinaNorth2'],
  ['ServiceTags_AzureGovernment_20260720.aml.json', 'usgovvirginia', 'USGovArizona'],
];

describe.skipIf(!present).each(files)(`with Microsoft's %s${note}`, (file, region, another) => {
  const document = present ? documentIn(file) : {};
  const tags = present ? tagsIn(document) : undefined;
  const prefixesOf = (name: string): readonly string[] => tags?.get(name)?.prefixes ?? [];

  test('an allow of every prefix passes; one less, and the one left out is shown', () => {
    const all = prefixesOf(`Storage.${region}`);
    expect(all.length).toBeGreaterThan(6);
    const scene = (prefixes: readonly string[]) => inRegion(region, limited(allowOf(prefixes), denyInternet()));
    expect(about('nsg.outbound-storage', scene(all), document).outcome).toBe('pass');
    const [first = '', ...others] = all;
    const partly = about('nsg.outbound-storage', scene(others), document);
    expect([partly.outcome, partly.because]).toEqual(['fail', expect.stringMatching(/denies part of Storage\./)]);
    const denied = partly.evidence.filter(({ note }) => note.startsWith('denied'));
    expect(JSON.stringify(denied)).toContain(`-> ${first} ports 443`);
    expect(about('nsg.outbound-storage', scene(others)).outcome).toBe('unknown');
  });

  test('an allow of the whole service passes, another service fails', () => {
    const scene = (tag: string) => inRegion(region, limited(out(100, tag, '443'), denyInternet()));
    // A list that lacks the tag, as the sample does, leaves it unknown rather than empty.
    const whole = prefixesOf('Storage').length > 0 ? 'pass' : 'unknown';
    expect(about('nsg.outbound-storage', scene('Storage'), document).outcome).toBe(whole);
    expect(about('nsg.outbound-storage', scene('AzureMachineLearning'), document).outcome).toBe('fail');
  });

  test("another region's tag decides nothing without data, and does with them", () => {
    const scene = inRegion(region, grouped([into(100, `BatchNodeManagement.${another}`, '29876-29877')]));
    const known = prefixesOf(`BatchNodeManagement.${another}`).length > 0;
    const found = about('nsg.inbound-batch', scene, document, 'article-2020');
    expect(found.outcome).toBe(known ? 'fail' : 'unknown');
    expect(about('nsg.inbound-batch', scene, undefined, 'article-2020').outcome).toBe('unknown');
  });

  test('an allow of every prefix of Batch allows it', () => {
    const rule = into(100, '', '29876-29877');
    const { sourceAddressPrefix: _, ...properties } = rule.properties;
    const all = {
      ...rule,
      properties: { ...properties, sourceAddressPrefixes: prefixesOf(`BatchNodeManagement.${region}`) },
    };
    expect(about('nsg.inbound-batch', inRegion(region, grouped([all])), document, 'article-2020').outcome).toBe('pass');
  });
});

describe.skipIf(!present)(`the twelve regions whose own code is not their name${note}`, () => {
  const document = present ? documentIn('ServiceTags_Public_20251110.json') : {};
  const tags = present ? tagsIn(document) : undefined;
  const { regions } = present
    ? (JSON.parse(readFileSync(path.join(folder, 'region-aliases.json'), 'utf8')) as {
        regions: Record<string, { usual: string }>;
      })
    : { regions: {} };
  const trapped = Object.entries(regions)
    .filter(([code, { usual }]) => code !== usual.toLowerCase())
    .map(([code, { usual }]) => [usual, code] as const);

  test('there are twelve', () => expect(trapped).toHaveLength(12));

  test.each(trapped)('%s, which is %s inside', (usual, code) => {
    const region = usual.toLowerCase();
    const own = tags?.get(`Storage.${usual}`);
    const cloud = tags?.get(`AzureCloud.${code}`);
    expect([own?.name, cloud?.name]).toEqual([`Storage.${usual}`, `AzureCloud.${code}`]);
    const scene = inRegion(region, limited(allowOf(own?.prefixes ?? []), denyInternet()));
    const found = about('nsg.outbound-storage', scene, document);
    expect([found.outcome, found.because]).toEqual(['pass', expect.stringContaining(`Storage.${usual} `)]);

    const inside = cloud?.prefixes.find((prefix) => !prefix.includes(':'))?.split('/')[0] ?? '';
    const snapshot = snapshotOf((scene) => {
      inRegion(region, () => {})(scene);
      scene.intents = { devClientIps: [inside] };
      scene.tags = document;
    });
    const client = audit(snapshot, rules).findings.find(
      ({ id }) => id === findingId('storage.dev-client-ip', ids.account),
    );
    expect(client?.because).toContain('an Azure address in the region of the account');
  });
});

describe.skipIf(!present)(`data only decide what names left open${note}`, () => {
  const documents = present
    ? ['ServiceTags_Public_20251110.aml.json', 'ServiceTags_Public_20200511.aml.json'].map(documentIn)
    : [];
  const names = ['Storage', 'BatchNodeManagement', 'AzureMachineLearning', 'AzureContainerRegistry', 'AzureKeyVault'];
  const tagName = fc.oneof(
    fc.constantFrom(
      ...names,
      ...names.map((name) => `${name}.WestEurope`),
      ...names.map((name) => `${name}.NorthEurope`),
    ),
    fc.constantFrom('Internet', 'VirtualNetwork', 'AzureCloud', 'AzureCloud.westeurope', 'AzureActiveDirectory', '*'),
    fc.constantFrom('AzureResourceManager', 'AzureMonitor', 'AzureFrontDoor.FirstParty', 'NoSuchTag', 'Sql.WestEurope'),
  );
  const some = documents.flatMap((document) =>
    names.flatMap((name) => tagsIn(document).get(`${name}.WestEurope`)?.prefixes ?? []),
  );
  const literal = fc.constantFrom(
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/16',
    '13.64.0.0/11',
    '40.64.0.0/10',
    '8.8.8.8',
    ...some,
  );
  const access = fc.constantFrom('Allow' as const, 'Deny' as const);
  const ports = fc.constantFrom('*', '443', '80-443', '29876-29877', '22');
  const protocol = fc.constantFrom('*', 'Tcp', 'Udp');
  const oneRule = fc.tuple(fc.boolean(), fc.oneof(tagName, literal), access, ports, protocol);
  const group = fc
    .array(oneRule, { maxLength: 7 })
    .map((list) =>
      list.map(([outward, remote, how, port, proto], index) =>
        outward ? out(200 + index, remote, port, proto, how) : into(200 + index, remote, port, how, proto),
      ),
    );
  const mode = fc.constantFrom({}, { outboundMode: 'limited' }, { outboundMode: 'open' });
  /** What was found by chance once: an allow whose use or death only data tell, and SSH that names leave open. */
  const found: [Loose[], object][] = [
    [[out(200, 'AzureMachineLearning', '*', '*', 'Deny'), out(201, 'AzureMachineLearning.WestEurope', '*', '*')], {}],
    [[out(200, '0.0.0.0/0', '*', '*', 'Deny'), out(201, '52.174.224.16/28', '*', '*')], {}],
    [[out(200, 'Internet', '*', '*', 'Deny'), out(201, '20.150.83.0/24', '*', '*')], {}],
    [[into(200, '40.68.232.48/28', '*', 'Deny', '*'), into(201, 'AzureResourceManager', '*', 'Allow', '*')], {}],
    [[into(200, '51.105.129.135/32', '*', 'Allow', '*'), into(201, 'AzureCloud', '*', 'Deny', '*')], {}],
    [
      [
        into(200, 'Storage', '*', 'Allow', '*'),
        into(201, 'Internet', '*', 'Deny', '*'),
        into(202, '191.233.76.85/32', '*', 'Allow', '*'),
      ],
      {},
    ],
  ];

  test.each(documents.map((document) => [String(document.changeNumber), document] as const))(
    'file %s',
    (_number, document) => {
      let decided = 0;
      fc.assert(
        fc.property(group, mode, (some, intents) => {
          const scene = grouped(some, intents);
          const before = judged(scene);
          for (const [rule, after] of judged(scene, document)) {
            const names = before.get(rule);
            if (names?.outcome === 'unknown') decided += after.outcome === 'unknown' ? 0 : 1;
            // What limits outbound traffic decides which of two rules speaks: that one of them falls silent turns nothing round.
            else if (after.outcome !== 'notApplicable')
              expect([rule, after.outcome, after.because]).toEqual([rule, names?.outcome, expect.anything()]);
          }
        }),
        { numRuns: 40, examples: found },
      );
      expect(decided).toBeGreaterThan(0);
    },
  );
});

describe('where Azure did not tell the tags', () => {
  const list = `/subscriptions/${subscription}/providers/Microsoft.Network/locations/westeurope/serviceTags`;
  const open = limited(allowOf(['13.69.40.16/28']), out(110, 'AzureMachineLearning', '443'), denyInternet());

  test('what depends on them is unknown for that reason, and what names decide is decided', () => {
    const found = judged((scene) => {
      open(scene);
      scene.gaps.push(refused(list, 'Microsoft.Network/locations/serviceTags/read'));
    });
    expect(found.get('nsg.outbound-storage')).toMatchObject({
      outcome: 'unknown',
      gaps: [list],
      because: expect.stringContaining('Microsoft.Network/locations/serviceTags/read'),
    });
    expect(found.get('nsg.outbound-azureml')?.outcome).toBe('pass');
    expect(found.get('nsg.outbound-entra')?.outcome).toBe('unknown');
  });

  test('never requested: unknown without a read failure, with what to do', () => {
    const found = judged(open).get('nsg.outbound-storage');
    expect([found?.outcome, found?.gaps]).toEqual(['unknown', []]);
    expect(found?.because).toContain('--service-tags FILE');
  });
});

test('files of both shapes are tried', () => {
  if (!present) return;
  const there = readdirSync(folder);
  for (const [file] of files) expect(there).toContain(file);
});
