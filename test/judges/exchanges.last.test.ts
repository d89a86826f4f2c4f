// Every exchange of every test of this run with a simulator, checked against Microsoft's own documents. Runs after all other tests.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { skippedFor } from '../support/outside.ts';
import { folderVariable } from '../support/record-exchanges.ts';
import { isHere, specs } from './documents.ts';
import { exceptions } from './exceptions.ts';
import { type HearingResult, hear, readRecordings } from './hearing.ts';
import { reportOf } from './report.ts';

const folder = process.env[folderVariable] ?? '';
const root = path.resolve(import.meta.dirname, '../..');
const isRecorded = existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.ndjson'));
const missing = !isHere ? `no specifications at ${specs}` : !isRecorded ? 'no exchanges in this run' : undefined;

/**
 * Asked for, and described by no document at hand. IP groups and what network managers put into effect are only read, and nothing
 * of an answer about one is written back (the folders of Microsoft.Network hold no ipGroups.json and no
 * networkManagerEffectiveConfiguration.json). Of perimeters there is the list of storage accounts alone (no
 * networkSecurityPerimeter.json of Microsoft.Network or Microsoft.KeyVault), and nothing of private link scopes: their writes
 * follow Microsoft's published pages. Deployment stacks are only read (no deploymentStacks.json of Microsoft.Resources).
 */
const withoutDocument = [
  'GET microsoft.network/ipgroups 2025-05-01',
  'POST microsoft.network/virtualnetworks/listnetworkmanagereffectivesecurityadminrules 2025-05-01',
  'POST microsoft.network/virtualnetworks/listnetworkmanagereffectivesecurityadminrules 2024-01-01',
  'POST microsoft.network/virtualnetworks/listnetworkmanagereffectiveconnectivityconfigurations 2025-05-01',
  'GET microsoft.keyvault/vaults/networksecurityperimeterconfigurations 2026-04-01',
  'GET microsoft.network/networksecurityperimeters 2024-07-01',
  'GET microsoft.network/networksecurityperimeters/resourceassociations 2024-07-01',
  'PATCH microsoft.network/networksecurityperimeters/resourceassociations 2024-07-01',
  'PUT microsoft.network/networksecurityperimeters/resourceassociations 2024-07-01',
  'GET microsoft.network/networksecurityperimeters/profiles 2024-07-01',
  'GET microsoft.network/networksecurityperimeters/profiles/accessrules 2024-07-01',
  'PUT microsoft.network/networksecurityperimeters/profiles/accessrules 2024-07-01',
  'DELETE microsoft.network/networksecurityperimeters/profiles/accessrules 2024-07-01',
  'GET microsoft.insights/privatelinkscopes 2021-09-01',
  'PUT microsoft.insights/privatelinkscopes 2021-09-01',
  'PATCH microsoft.insights/privatelinkscopes 2021-09-01',
  'GET microsoft.resources/deploymentstacks 2024-03-01',
];
/** Where Azure lets an operation be followed: no document has these addresses, recordings do. */
const followed = /^GET \S+\/(?:\w*operation(?:s|s?status(?:es)?|results?)|privatednsoperationstatuses|nfvoperations) /;

/** Whether every other test file was run before: only then may something be called unused. */
function isWholeRun(): boolean {
  const run = new Set(existsSync(path.join(folder, 'run')) ? readdirSync(path.join(folder, 'run')) : []);
  const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const others = files.filter((file) => /\.test\.tsx?$/.test(file) && !file.endsWith('.last.test.ts'));
  return others.every((file) => run.has(encodeURIComponent(path.join('test', file))));
}

describe.skipIf(missing)(`exchanges with the simulator${skippedFor(missing)}`, () => {
  let verdicts: HearingResult;
  beforeAll(async () => {
    verdicts = await hear(readRecordings(folder));
    process.stdout.write(`\n${reportOf(verdicts).join('\n')}\n`);
  }, 300_000);

  test('none contradicts the documents', () => {
    const words = verdicts.complaints.map(
      ({ said, operation, side, code, at, message }) =>
        `${said.method} ${said.url} ${said.status} (${operation}, ${said.agent || 'a test'}): ${side} ${code} ${at} ${message}`,
    );
    expect([...new Set(words)]).toEqual([]);
  });

  test('everything that Bastide requests was checked', () => {
    const isKnown = (asked: string) => withoutDocument.includes(asked) || followed.test(asked);
    expect([...verdicts.oursNotJudged.keys()].filter((asked) => !isKnown(asked))).toEqual([]);
  });

  test.skipIf(!isWholeRun())(
    `every exception was needed${skippedFor(isWholeRun() ? null : 'not every test file was part of this run')}`,
    () => {
      expect(exceptions.filter((one) => !verdicts.excepted.has(one)).map(({ id }) => id)).toEqual([]);
    },
  );
});
