// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of scripts.
// Scripts as operators write them on any system: line ends of Windows and byte-order marks in every file, outcomes that must hold, and a
// second run that changes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outcomeExit, readAssertion } from '../../commands/parts/outcome-assertion.ts';
import { bastide, freshHome, type Home } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

test('three words are an assertion about an outcome, sentences are access scopes', () => {
  expect(readAssertion(['storage.*', 'st', 'PASS'])).toEqual({ rule: 'storage.*', resource: 'st', expected: 'pass' });
  const scopes = [
    ['nothing from Internet reaches st'],
    ['a reaches b', 'c reaches d', 'e reaches f'],
    ['st', 'b', 'pass'],
    [],
  ];
  for (const words of scopes) expect(readAssertion(words)).toBeUndefined();
  expect(() => readAssertion(['storage.x', 'st', 'green'])).toThrow('green is not an outcome.');
});

test('exit status: 1 for another outcome or no finding, 3 where something was not read', () => {
  const one = (outcome: 'pass' | 'fail' | 'unknown', gaps: readonly string[] = []) => {
    const about = { id: 'r.s@/x', rule: 'r.s', resource: '/x', where: null, because: '' };
    return { ...about, outcome, gaps, ok: outcome === 'pass' };
  };
  const exitOf = (...findings: ReturnType<typeof one>[]) =>
    outcomeExit({
      rule: 'r.s',
      resource: 'x',
      expected: 'pass',
      findings,
      ok: findings.length > 0 && findings.every(({ ok }) => ok),
    });
  expect(exitOf(one('pass'))).toBe(0);
  expect(exitOf()).toBe(1);
  expect(exitOf(one('pass'), one('fail'), one('unknown', ['/x']))).toBe(1);
  expect(exitOf(one('pass'), one('unknown', ['/x']))).toBe(3);
  expect(exitOf(one('unknown'))).toBe(1);
});

test('files of Windows: a script with a plan file, a job, rules and bastide.yaml; the second run changes nothing', async () => {
  const file = (name: string) => path.join(home.folder, name);
  const windows = (name: string, text: string) => writeFileSync(file(name), `\uFEFF${text.replaceAll('\n', '\r\n')}`);
  const planned = await bastide(
    ['plan', 'storage.bypass-azure-services', '--demo', '--output', file('plan.json')],
    home,
  );
  expect(planned.status).toBe(0);
  windows('plan.json', readFileSync(file('plan.json'), 'utf8'));
  windows('bastide.yaml', "severities:\n  'custom.*': low\nrules: [rule.yaml]\n");
  windows(
    'rule.yaml',
    'id: custom.tls\nresource: Microsoft.Storage/storageAccounts\nrequirement: a\nproblem: b\nseverity: high\nsource: https://example.org\nrequire: { path: name, exists: true }\nsamples: [{ outcome: pass, body: { name: x } }]\n',
  );
  windows(
    'job.yml',
    'command: >-\n  python\n  main.py\ncompute: azureml:cpu-cluster\nenvironment: {image: mcr.microsoft.com/azureml/base}\n',
  );
  windows('part.bastide', 'assert custom.* * pass\n');
  windows(
    'all.bastide',
    [
      `apply ${file('plan.json')} --yes`,
      '- preflight job.yml',
      'fix --all --yes',
      'assert storage.bypass-azure-services ${ACCOUNT} pass',
      'include part.bastide',
      '# the end',
      '',
    ].join('\n'),
  );
  const flags = ['--demo', '--config', file('bastide.yaml'), '--format', 'json', '--set', 'ACCOUNT=stmlsim'];
  const run = async (script: string) => {
    const ran = await bastide(['run', file(script), ...flags], home);
    const lines = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return { status: `${ran.status} ${ran.stderr}`, lines };
  };
  const first = await run('all.bastide');
  expect(first.status).toMatch(/^0 /);
  expect(first.lines.map(({ command, failure }) => [command, failure?.code ?? null])).toEqual([
    ['apply', null],
    ['preflight', null],
    ['fix', null],
    ['assert', null],
    ['assert', null],
  ]);
  expect(first.lines[0].result.entry).toEqual(expect.any(String));
  expect(first.lines[2].result.entry).toEqual(expect.any(String));
  // Without the plan file, which says what was there before.
  windows(
    'again.bastide',
    readFileSync(file('all.bastide'), 'utf8')
      .replace(/^\uFEFF?apply .*\r\n/, '')
      .replaceAll('\r\n', '\n'),
  );
  const second = await run('again.bastide');
  expect(second.status).toMatch(/^0 /);
  expect(second.lines.map(({ command, result }) => [command, result.entry ?? null, result.steps ?? []])).toEqual([
    ['preflight', null, []],
    ['fix', null, []],
    ['assert', null, []],
    ['assert', null, []],
  ]);
});
