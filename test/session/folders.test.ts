// Folders: what is in them is read as it is deployed, and every file that is not read is named with the reason.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readSources } from '../../src/cli/source-files.ts';
import { type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession } from '../../src/session/create-file-session.ts';
import { linksIn } from '../../src/session/files/deployments.ts';
import { type FilesRead, readFiles } from '../../src/session/from-files.ts';
import { forFiles } from '../support/sandbox.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-folders-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const ownPath = process.env.PATH;
afterEach(() => {
  process.env.PATH = ownPath;
});

const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const template = (resources: readonly JsonObject[], parameters: JsonObject = {}): string =>
  stringifyJson({ $schema: schema, contentVersion: '1.0.0.0', parameters, resources });
const parameters = (values: Readonly<Record<string, string>>): string =>
  stringifyJson({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    parameters: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
  });
const account = (name: string, action = 'Allow'): JsonObject => ({
  ...{ type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-05-01', name, location: 'westeurope' },
  properties: { networkAcls: { defaultAction: action } },
});
const workspace = (name: string): JsonObject => ({
  ...{ type: 'Microsoft.MachineLearningServices/workspaces', apiVersion: '2024-04-01', name, location: 'westeurope' },
  properties: {},
});
const linked = (link: JsonObject): JsonObject => ({
  ...{ type: 'Microsoft.Resources/deployments', apiVersion: '2022-09-01', name: 'inner' },
  properties: { mode: 'Incremental', templateLink: link, parameters: { account: { value: 'stlinked' } } },
});
const named = template([account("[parameters('account')]")], { account: { type: 'string' } });

let made = 0;
/** A folder of these files. */
function folder(files: Readonly<Record<string, string>>): string {
  made += 1;
  const root = path.join(scratch, String(made));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}
async function read(from: readonly string[], more: readonly string[] = []) {
  const { files, skipped } = await readSources(from, more, linksIn);
  const found = readFiles(files, { allResources: false, now: () => new Date(0), newId: () => 'id' });
  const all = [...skipped, ...(found.snapshot.skipped ?? [])];
  return { ...found, skipped: new Map(all.map(({ file, reason }) => [path.relative(from[0] ?? '', file), reason])) };
}
const reportOf = ({ snapshot, locate }: FilesRead) =>
  createFileSession({ snapshot, locate, rules, ...forFiles }).report(snapshot, 'all');
const accountsIn = ({ snapshot }: FilesRead): string[] =>
  snapshot.resources.filter(({ type }) => type === 'Microsoft.Storage/storageAccounts').map(({ id }) => id);

describe('a folder', () => {
  test('is read whole; hidden files, packages and links are not, and what is of another kind is named', async () => {
    const root = folder({
      'main.json': template([account('stmain'), workspace('one')]),
      'sub/other.json': template([workspace('two')]),
      'export.json': stringifyJson([
        { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stexport' },
      ]),
      'package.json': '{"name":"x","type":"module"}',
      'broken.json': '{',
      'notes.md': '#',
      'main.tf': '',
      '.hidden/h.json': template([account('sthidden')]),
      'node_modules/p/p.json': template([account('stpackage')]),
    });
    symlinkSync('..', path.join(root, 'loop'));
    symlinkSync(path.join(root, 'main.json'), path.join(root, 'same.json'));
    const found = await read([root]);
    expect(
      accountsIn(found)
        .map((id) => id.split('/').at(-1))
        .toSorted(),
    ).toEqual(['stexport', 'stmain']);
    expect(found.snapshot.workspace).toBeNull();
    expect([...found.skipped.keys()].toSorted()).toEqual(
      ['*.md', '*.tf', 'broken.json', 'loop', 'package.json', 'same.json'].toSorted(),
    );
    expect(found.skipped.get('*.tf')).toContain('terraform show -json');
    expect(found.skipped.get('broken.json')).toContain('not JSON');
    expect(found.skipped.get('loop')).toContain('symbolic link');
    const { findings } = reportOf(found);
    for (const name of ['one', 'two']) {
      expect(
        findings.some(({ rule, resource }) => rule.startsWith('workspace.') && resource.endsWith(`/${name}`)),
      ).toBe(true);
    }
    const failing = findings.find(({ outcome, resource }) => outcome === 'fail' && resource.endsWith('/stmain'));
    expect(failing?.location?.file).toBe(path.join(root, 'main.json'));
  });

  test('of which nothing can be read gives no resource, and says why', async () => {
    const found = await read([folder({ 'a.txt': 'x', 'b.json': '[]' })]);
    expect(found.snapshot.resources).toEqual([]);
    expect(found.skipped.get('*.txt')).toBe('1 file of a kind that is not read');
    expect(reportOf(found).findings).toEqual([]);
  });

  test('deploys a template once for each of its parameter files; one that fits none is named', async () => {
    const found = await read([
      folder({
        'main.json': named,
        'main.dev.parameters.json': parameters({ account: 'stdev' }),
        'parameters/main-prod.json': parameters({ account: 'stprod' }),
        'else.parameters.json': parameters({ nothing: 'x' }),
      }),
    ]);
    expect(
      accountsIn(found).map((id) =>
        id
          .split('/')
          .slice(4)
          .filter((_part, at) => at === 0 || at === 4),
      ),
    ).toEqual([
      ['{main-prod}', 'stprod'],
      ['{main.dev}', 'stdev'],
    ]);
    expect([...found.skipped.keys()]).toEqual(['else.parameters.json']);
  });

  test('takes what a template links to as a part of it, and not by itself', async () => {
    const found = await read([
      folder({
        'main.json': template([linked({ relativePath: 'nested/storage.json' })]),
        'nested/storage.json': named,
      }),
    ]);
    expect(accountsIn(found).map((id) => id.split('/').at(-1))).toEqual(['stlinked']);
    expect(found.snapshot.gaps).toEqual([]);
    const failing = reportOf(found).findings.find(({ outcome }) => outcome === 'fail');
    expect(failing?.location?.file.endsWith(path.join('nested', 'storage.json'))).toBe(true);
  });
});

describe('files of other tools', () => {
  test('templates beside the named one are read where it links to them, whatever the address before', async () => {
    const root = folder({
      'azuredeploy.json': template([
        linked({ uri: "[uri(parameters('_artifactsLocation'), concat('nested/storage.json', parameters('_sas')))]" }),
      ]),
      'nested/storage.json': named,
      'nested/unused.json': template([account('stunused')]),
    });
    const found = await read([path.join(root, 'azuredeploy.json')]);
    expect(accountsIn(found).map((id) => id.split('/').at(-1))).toEqual(['stlinked']);
  });

  test('a what-if: what is created, changed and left as it is; expressions and what is masked are not known, what is deleted is gone', async () => {
    const id = (name: string) =>
      `/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/${name}`;
    const body = (name: string, action: string) => ({ ...account(name, action), id: id(name) });
    const change = (changeType: string, name: string, before: JsonObject | null, after: JsonObject | null) => ({
      ...{ resourceId: id(name), changeType, before, after, delta: null },
    });
    const root = folder({
      'what-if.json': stringifyJson({
        status: 'Succeeded',
        error: null,
        changes: [
          change('Create', 'stnew', null, body('stnew', 'Allow')),
          change('Modify', 'stchanged', body('stchanged', 'Allow'), body('stchanged', 'Deny')),
          change('Ignore', 'stold', body('stold', 'Allow'), null),
          change('Delete', 'stgone', body('stgone', 'Allow'), null),
          change('NoChange', 'stopen', body('stopen', 'Deny'), body('stopen', "[reference('x').action]")),
          change('Create', 'stmasked', null, body('stmasked', '*******')),
          { ...change('Unsupported', 'stodd', null, null), unsupportedReason: 'Its id is not known.' },
        ],
      }),
      'failed.json': stringifyJson({ status: 'Failed', error: { code: 'InvalidTemplate' }, changes: [] }),
    });
    const found = await read([path.join(root, 'what-if.json')]);
    const findingOf = (name: string) =>
      reportOf(found).findings.find(
        ({ rule, resource }) => rule === 'storage.default-action-deny' && resource.endsWith(`/${name}`),
      );
    const outcome = (name: string) => findingOf(name)?.outcome;
    const names = ['stnew', 'stchanged', 'stold', 'stgone', 'stopen', 'stmasked'];
    expect(names.map(outcome)).toEqual(['fail', 'pass', 'fail', undefined, 'unknown', 'unknown']);
    expect(findingOf('stmasked')?.because).toContain('the what-if of Azure masks it');
    expect(found.snapshot.gaps.map(({ reason }) => reason)).toEqual([
      'The what-if of Azure does not cover it: Its id is not known.',
    ]);
    await expect(read([path.join(root, 'failed.json')])).rejects.toThrow(
      'the what-if of Azure failed: InvalidTemplate',
    );
  });

  test('templates in an envelope: exports, and template specs with their linked templates', async () => {
    const spec = {
      id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/a/versions/1',
      mainTemplate: JSON.parse(template([linked({ relativePath: 'parts/storage.json' })])),
      linkedTemplates: [{ path: 'parts/storage.json', template: JSON.parse(named) }],
    };
    const root = folder({
      'spec.json': JSON.stringify(spec),
      'export.json': `{"template": ${template([account('stexport')])}}`,
    });
    expect(accountsIn(await read([path.join(root, 'spec.json')])).map((id) => id.split('/').at(-1))).toEqual([
      'stlinked',
    ]);
    expect(accountsIn(await read([path.join(root, 'export.json')])).map((id) => id.split('/').at(-1))).toEqual([
      'stexport',
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('Bicep', () => {
  const source = "param account string\n\n  resource store 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n}\n";
  /** A recorded compiler on the PATH: it prints what the real one does for these files. */
  function compiler(name: string, script: string): void {
    const bin = folder({ [name]: `#!/bin/sh\n${script}\n` });
    chmodSync(path.join(bin, name), 0o755);
    process.env.PATH = `${bin}:/usr/bin:/bin`;
  }

  test.each([
    ['bicep', '[ "$1" = build ] && [ "$3" = --stdout ] || exit 9'],
    ['az', '[ "$1 $2 $3" = "bicep build --file" ] || exit 9'],
  ])('is compiled through %s, and findings point into the source', async (name, check) => {
    compiler(name, `${check}\ncat <<'END'\n${template([account('stbicep')])}\nEND`);
    const root = folder({ 'main.bicep': source });
    const found = await read([path.join(root, 'main.bicep')]);
    const failing = reportOf(found).findings.find(({ outcome }) => outcome === 'fail');
    expect(failing?.location).toEqual({ file: path.join(root, 'main.bicep'), line: 3, column: 3 });
  });

  test('parameters bring the template that they use; modules and compiled JSON beside it are not read twice', async () => {
    const both = JSON.stringify({ parametersJson: parameters({ account: 'stparam' }), templateJson: named });
    compiler('bicep', `[ "$1" = build-params ] || exit 9\ncat <<'END'\n${both}\nEND`);
    const root = folder({
      'main.bicep': `${source}module m 'modules/m.bicep' = {}\n`,
      'modules/m.bicep': '',
      'prod.bicepparam': "using './main.bicep'\nparam account = 'stparam'\n",
    });
    for (const from of [root, path.join(root, 'prod.bicepparam')]) {
      const found = await read([from]);
      expect(accountsIn(found).map((id) => id.split('/').at(-1))).toEqual(['stparam']);
      expect([...found.skipped]).toEqual([]);
    }
  });

  test('an error of the compiler is shown; without one it is said how to go on', async () => {
    const root = folder({ 'main.bicep': source, 'main.json': template([account('stjson')]) });
    const file = path.join(root, 'main.bicep');
    compiler('bicep', 'echo "main.bicep(1,7) : Error BCP018: Expected the \\"=\\" character." >&2; exit 1');
    await expect(read([file])).rejects.toThrow('the Bicep compiler refuses it: main.bicep(1,7) : Error BCP018');
    process.env.PATH = '/nonexistent';
    await expect(read([file])).rejects.toMatchObject({
      message: expect.stringContaining('neither bicep nor az is on the PATH'),
      next: expect.stringContaining('az bicep install'),
    });
    const found = await read([root]);
    expect(accountsIn(found).map((id) => id.split('/').at(-1))).toEqual(['stjson']);
    expect([...found.skipped.keys()]).toEqual(['main.bicep']);
  });
});
