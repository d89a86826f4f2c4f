// Every api-version that a request uses is in one table: the code names no other, each of them exists by the facts that are written beside
// it, and none that is asked first or written ends soon on the day of the table.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  retirements,
  tableDate,
  versionFacts,
  versionOfOthers,
  versionTable,
} from '../../src/model/api-version-table.ts';
import {
  compareVersions,
  endingIn,
  endingInTable,
  endingOf,
  endingVersions,
  endingWords,
  isOlder,
  newestOf,
  readVersionOf,
  readVersionsOf,
  showsMember,
  versionsShowing,
  writeVersionOf,
} from '../../src/model/api-versions.ts';
import { resourceTypes } from '../../src/resource-types/index.ts';
import { exists } from '../../src/simulator/gateway/versions.ts';

const root = path.resolve(import.meta.dirname, '../..');
const files = ['src', 'commands']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('src/simulator/'));
const version = /^\d{4}-\d\d-\d\d(?:-preview)?$/;

/** Version strings of a file's code: whole literals, and those that text calls an api-version. */
function versionsIn(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
  const literals = [...code.matchAll(/(['"`])((?:(?!\1).)*)\1/g)].flatMap(([, , literal = '']) => {
    if (version.test(literal)) return [literal];
    return [...literal.matchAll(/api-?version[ =:]+(\d{4}-\d\d-\d\d(?:-preview)?)/gi)].flatMap(([, one]) => one ?? []);
  });
  return literals;
}

describe('one table', () => {
  test('the code names no version beside it', () => {
    // The dates of Microsoft's pages, which are no versions.
    const pages = ['src/rules/parts/links.ts'];
    const wrong = files
      .filter((file) => file !== 'src/model/api-version-table.ts' && !pages.includes(file))
      .flatMap((file) => versionsIn(readFileSync(path.join(root, file), 'utf8')).map((one) => `${file} names ${one}`));
    expect(wrong).toEqual([]);
  });

  test('what a version is, and what is none', () => {
    expect(
      versionsIn("const a = '2024-01-01'; // '2023-01-01'\n const b = `x?api-version=2022-01-01-preview`;"),
    ).toEqual(['2024-01-01', '2022-01-01-preview']);
    expect(versionsIn("'must be a date such as 2027-03-31'")).toEqual([]);
  });

  test.each(resourceTypes.map(({ type }) => type))('%s has a row', (type) => {
    expect(
      versionTable.some(({ types }) =>
        types.some((one) => `${type}/`.toLowerCase().startsWith(`${one}/`.toLowerCase())),
      ),
    ).toBe(true);
  });
});

describe('each version exists', () => {
  test('by the facts of its row, which have a source and a date', () => {
    for (const { known, read, write, beside = [], types } of versionTable) {
      const {
        versions,
        source,
        read: on,
      }: { versions: readonly string[]; source: string; read: string } = versionFacts[known];
      expect(source).not.toBe('');
      expect(on <= tableDate && version.test(on)).toBe(true);
      for (const one of [...read, ...(write === undefined ? [] : [write]), ...beside]) {
        expect(versions, `${types[0]} ${one}`).toContain(one);
      }
    }
  });

  test('in the simulator too, which has a list of its own', () => {
    for (const { types, read, write, beside = [] } of versionTable) {
      for (const type of types)
        for (const one of [...read, ...(write === undefined ? [] : [write]), ...beside])
          expect([type, one, exists(one, type)]).toEqual([type, one, true]);
    }
  });

  test('the first is the newest, and no write is a preview', () => {
    for (const { read, types } of versionTable) {
      expect([...read].toSorted(compareVersions).reverse(), types.join()).toEqual(read);
      for (const type of types) expect(writeVersionOf(type)).not.toContain('preview');
    }
  });

  test('types that nobody has written down have a version of their own', () => {
    const some = {
      'Microsoft.Insights/components': '2020-02-02',
      'Microsoft.OperationalInsights/workspaces': '2025-07-01',
      'Microsoft.CognitiveServices/accounts': '2026-05-01',
      'Microsoft.Search/searchServices': '2025-05-01',
      'Microsoft.DocumentDB/databaseAccounts': '2026-03-15',
      'Microsoft.ManagedIdentity/userAssignedIdentities': '2024-11-30',
      'Microsoft.Compute/disks': '2024-03-02',
      'Microsoft.Compute/galleries': '2024-03-03',
      'Microsoft.Resources/deploymentStacks': '2024-03-01',
      'Microsoft.Network/dnsResolvers/inboundEndpoints': '2025-05-01',
      'Microsoft.Network/dnsForwardingRulesets': '2025-05-01',
      'Microsoft.Network/dnsZones': '2018-05-01',
      'Microsoft.Network/networkManagers/verifierWorkspaces': '2025-05-01',
      'Microsoft.ContainerRegistry/registries/tasks': '2019-04-01',
      'Microsoft.ContainerService/fleets': '2024-04-01',
    };
    for (const [type, wanted] of Object.entries(some)) expect([type, readVersionOf(type)]).toEqual([type, wanted]);
    expect(readVersionsOf('Contoso.Nothing/things')).toEqual([versionOfOthers]);
  });
});

describe('what a version shows', () => {
  test('members by their first version, previews apart from stable versions', () => {
    const workspace = 'Microsoft.MachineLearningServices/workspaces';
    expect(showsMember(workspace, '/properties/ipAllowlist', readVersionOf(workspace))).toBe(true);
    expect(showsMember(workspace, '/properties/ipAllowlist', writeVersionOf(workspace))).toBe(false);
    expect(versionsShowing(workspace, '/properties/ipAllowlist')).toEqual(['2026-05-15-preview', '2024-10-01-preview']);
    const registry = 'Microsoft.ContainerRegistry/registries';
    expect(versionsShowing(registry, '/properties/networkRuleSet/virtualNetworkRules')).toEqual([
      '2021-08-01-preview',
      '2026-11-01',
    ]);
    for (const [version, isShown] of [
      ['2021-08-01-preview', true],
      ['2021-09-01', false],
      ['2025-11-01', false],
      ['2026-03-01-preview', true],
      ['2026-03-01', false],
      ['2026-11-01', true],
    ] as const)
      expect([version, showsMember(registry, '/properties/networkRuleSet/virtualNetworkRules', version)]).toEqual([
        version,
        isShown,
      ]);
    expect(showsMember(registry, '/properties/anything', '2019-05-01')).toBe(true);
  });

  test('a stable version is newer than the preview of its day', () => {
    expect(isOlder('2026-05-01-preview', '2026-05-01')).toBe(true);
    expect(isOlder('2026-05-01', '2026-05-15-preview')).toBe(true);
    expect(newestOf(['2026-05-15-preview', '2026-05-01', '2024-01-01'])).toBe('2026-05-01');
  });
});

describe('what ends', () => {
  test('nothing of the table on its own day, not even what only a cloud that lags is asked', () => {
    expect(endingVersions()).toEqual([]);
    expect(endingInTable()).toEqual([]);
  });

  test('an older version of a vault does', () => {
    const vault = 'Microsoft.KeyVault/vaults';
    expect(endingOf(vault, '2023-07-01', '2026-12-01')).toMatchObject({ on: '2027-02-27', days: 88 });
    expect(endingOf(vault, '2023-07-01', '2026-08-30')).toBeUndefined();
    expect(endingOf(vault, '2023-07-01', '2026-08-31')).toMatchObject({ days: 180 });
    expect(endingOf(vault, '2023-07-01', '2027-03-01')).toMatchObject({ days: -2 });
    expect(endingOf(vault, '2026-02-01', '2027-02-27')).toBeUndefined();
    expect(endingOf('Microsoft.ContainerService/managedClusters', '2024-05-02-preview')).toMatchObject({ days: -153 });
  });

  test('of a row that is behind: what is asked first, beside it and written', () => {
    const row = { types: ['Microsoft.KeyVault/vaults'], read: ['2026-02-01', '2023-07-01'], known: 'vaults' } as const;
    expect(endingVersions('2026-12-01', [row])).toEqual([]);
    expect(endingInTable('2026-12-01', [row])).toMatchObject([{ version: '2023-07-01', days: 88 }]);
    for (const behind of [{ read: ['2023-07-01'] }, { write: '2023-07-01' }, { beside: ['2023-07-01'] }] as const) {
      const [found, ...more] = endingVersions('2026-12-01', [{ ...row, ...behind }]);
      expect(more).toEqual([]);
      expect(found && endingWords(found)).toBe(
        'Microsoft.KeyVault/vaults: api-version 2023-07-01 ends on 2027-02-27, in 88 days.',
      );
    }
  });

  test('of what was read in a cloud that lags, once', () => {
    const read = [1, 2].map(() => ({ type: 'Microsoft.KeyVault/vaults', apiVersion: '2023-07-01' }));
    expect(endingIn(read, '2026-12-01T08:00:00.000Z')).toMatchObject([{ version: '2023-07-01', days: 88 }]);
    expect(endingIn(read, '2026-05-01')).toEqual([]);
  });

  test('each with a source and a day', () => {
    for (const { on, source, read } of retirements) {
      expect(version.test(on) && version.test(read)).toBe(true);
      expect(source).toMatch(/\S/);
    }
  });
});
