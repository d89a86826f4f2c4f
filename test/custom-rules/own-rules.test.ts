// Rules of the operator's own from disk: which files are read, which are refused, and that they are in every answer as the others are.
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleFolders } from '../../src/main/own-rules.ts';
import { bastide, freshHome, type Home, root } from '../support/bastide.ts';

const examples = path.join(root, 'docs/examples/rules');
let home: Home;
const at = (...names: string[]): string => path.join(home.folder, ...names);
const minimal = (id: string) =>
  `id: ${id}\nresource: Microsoft.Storage/storageAccounts\nrequirement: a\nproblem: b\nseverity: low\nsource: https://example.org\nrequire: { path: name, exists: true }\nsamples: [{ outcome: pass, body: { name: x } }]\n`;
beforeAll(() => {
  home = freshHome();
  for (const folder of ['team/rules/more', 'team/rules/.git', 'elsewhere', 'empty'])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('team/rules/b.yml'), minimal('custom.b'));
  writeFileSync(at('team/rules/more/a.YAML'), `\uFEFF${minimal('custom.a').replaceAll('\n', '\r\n')}`);
  writeFileSync(at('team/rules/.git/x.yaml'), 'no rule');
  writeFileSync(at('team/rules/notes.txt'), 'no rule');
  writeFileSync(at('elsewhere/c.yaml'), minimal('custom.c'));
  writeFileSync(at('empty/notes.txt'), 'no rule');
  symlinkSync(at('elsewhere'), at('team/out'));
});
afterAll(() => home.remove());

const own = async (paths: readonly string[], named: readonly string[] = []) => {
  const all = await ruleFolders().all(paths, { path: at('team/bastide.yaml'), rules: named });
  return all.filter(({ file }) => file !== undefined).map(({ id }) => id);
};

describe('which files are read', () => {
  test('those of a folder and the folders in it, each once; other, hidden and linked files are not', async () => {
    expect(await own([at('team/rules'), at('team/rules/b.yml'), at('team/rules')])).toEqual(['custom.b', 'custom.a']);
    expect(await own([at('elsewhere/c.yaml')], ['rules', './rules/b.yml'])).toEqual([
      'custom.c',
      'custom.b',
      'custom.a',
    ]);
    expect(await own([])).toEqual([]);
  });
  test('the same list for the same places: a report is made once', async () => {
    const folders = ruleFolders();
    const none = { path: 'bastide.yaml' };
    expect(await folders.all([at('elsewhere')], none)).toBe(await folders.all([at('elsewhere')], none));
  });
  test.each([
    ['a folder that does not exist', ['gone'], [], 'cannot be read: no such file or folder'],
    ['a folder without a rule', ['empty'], [], 'contains no rule'],
    ['an id that is there twice', ['elsewhere', 'twice.yaml'], [], 'twice.yaml:1: custom.c is also in'],
    ['a file without a rule', ['nothing.yaml'], [], 'nothing.yaml:1: The file contains no rule.'],
    ['a link of bastide.yaml out of its folder', [], ['out'], 'out leads out of the folder of the file'],
    ['a path of bastide.yaml out of its folder', [], ['../elsewhere'], '../elsewhere leads out of the folder'],
  ])('%s', async (_name, paths, named, message) => {
    writeFileSync(at('twice.yaml'), minimal('custom.c'));
    writeFileSync(at('nothing.yaml'), '# nothing\n---\n');
    await expect(
      own(
        paths.map((one) => at(one)),
        named,
      ),
    ).rejects.toMatchObject({
      exit: 2,
      message: expect.stringContaining(message),
    });
  });
});

describe('as a user', () => {
  test('named in bastide.yaml: in text, JSON and SARIF, accepted and off like the others', async () => {
    cpSync(examples, at('project/rules'), { recursive: true });
    const config = (more: string) => writeFileSync(at('project/bastide.yaml'), `rules: [rules]\r\n${more}`);
    const audit = async (...words: string[]) => {
      const ran = await bastide(
        ['audit', '--demo', '--config', at('project/bastide.yaml'), '--area', 'custom', '--fail-on', 'never', ...words],
        home,
      );
      expect([ran.status, ran.stderr]).toEqual([0, expect.not.stringContaining('bug')]);
      return ran.stdout;
    };
    config('');
    const { findings } = JSON.parse(await audit('--format', 'json')).result;
    expect(new Set(findings.map(({ rule }: { rule: string }) => rule))).toEqual(
      new Set(['custom.storage-known-clients', 'custom.owner-tag']),
    );
    const [run] = JSON.parse(await audit('--format', 'sarif')).runs;
    const described = run.tool.driver.rules.find(({ id }: { id: string }) => id === 'custom.owner-tag');
    expect(described.helpUri).toMatch(/^https:/);
    expect(run.results.length).toBe(findings.length);
    config(
      "rules-off: [custom.owner-tag]\r\nseverities: { 'custom.*': info }\r\naccepted: [{ finding: custom.storage-known-clients, reason: known }]\r\n",
    );
    const text = await audit();
    expect(text).toContain("stmlsim: IP rule outside the company's addresses");
    expect(text).toMatch(/2 accepted/);
    expect(text).not.toContain('Tag owner');
  });

  test('rules test: 0 where every sample has its outcome, 1 where one has not, 2 for a mistake', async () => {
    const broken = path.join(home.folder, 'broken.yaml');
    const runs: (readonly [string, number, string])[] = [
      [minimal('custom.x').replace('pass', 'fail'), 1, 'broken.yaml:8: sample 1: pass, expected fail.'],
      [minimal('custom.x').replace('low', 'grave'), 2, 'broken.yaml:5: severity is "grave"'],
    ];
    for (const [text, status, said] of runs) {
      writeFileSync(broken, text);
      const ran = await bastide(['rules', 'test', broken], home);
      expect([ran.status, ran.stdout + ran.stderr]).toEqual([status, expect.stringContaining(said)]);
    }
    const ran = await bastide(['rules', 'test', examples, '--format', 'json'], home);
    expect([ran.status, JSON.parse(ran.stdout).result]).toMatchObject([0, { passed: 7, failed: 0 }]);
  });
});
