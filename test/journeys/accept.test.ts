// `bastide.yaml` in a pipeline: accept, run out, only what is new, only what is selected; and a watch that is stopped.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/render/audit-result.ts';
import { bastide, bastideJson, freshHome, type Home, launcher } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

const file = () => path.join(home.folder, 'bastide.yaml');
const demo = '--demo=mixed';
const run = async (...args: string[]) => {
  const { status, stdout, stderr } = await bastide([...args, demo], home);
  return { status, text: stdout + stderr };
};
const rule = 'acr.build-cluster-cpu';

describe('accepting', () => {
  test('an accepted finding is shown everywhere and fails nothing, until its last day', async () => {
    expect((await run('audit', '--rule', rule)).status).toBe(1);
    expect(await run('accept', rule, '--reason', 'r')).toMatchObject({ status: 0 });
    const accepted = await run('accept', rule, '--reason', 'Builds need a GPU', '--until', '2099-01-01', '--by', 'ann');
    expect(accepted).toMatchObject({ status: 0, text: expect.stringContaining('Accepted in bastide.yaml') });
    expect(readFileSync(file(), 'utf8')).toMatch(/^accepted:\n {2}- finding: acr\.build-cluster-cpu@\*\n/);

    const words = 'accepted until 2099-01-01 by ann: Builds need a GPU';
    const text = await run('audit', '--rule', rule);
    expect(text.status).toBe(0);
    expect(text.text).toContain(words);
    expect(text.text).toMatch(/^bastide\.yaml: 0 rules off, 1 accepted$/m);
    const whole = await bastideJson<AuditResult>(['audit', demo], home);
    expect(whole.status).toBe(1);
    expect(whole.result.config).toMatchObject({ path: 'bastide.yaml', accepted: 1 });
    expect(whole.result.summary.accepted).toBe(1);
    const found = whole.result.findings.filter((one) => one.rule === rule);
    expect(found.map((one) => one.accepted)).toEqual([{ reason: 'Builds need a GPU', by: 'ann', until: '2099-01-01' }]);
    expect(whole.result.problems.at(-1)?.accepted).toEqual(found[0]?.accepted);
    for (const format of ['sarif', 'junit']) {
      const plain = (await run('audit', '--rule', rule, '--format', format)).text.replaceAll('\\', '');
      expect([format, plain.includes(words), plain.includes('0 rules off')]).toEqual([format, true, true]);
    }
    expect((await run('fix', '--all', '--dry-run')).text).toContain('Accepted until 2099-01-01 in bastide.yaml');

    writeFileSync(file(), readFileSync(file(), 'utf8').replace('2099', '2001'));
    const over = await run('audit', '--rule', rule);
    expect(over.status).toBe(1);
    expect(over.text).toContain(`! Acceptance expired on 2001-01-01, 1 finding counts again: ${rule}@*`);
    expect((await run('accept', '--list')).text).toContain('expired');
    expect((await run('accept', rule, '--remove')).status).toBe(0);
    expect(readFileSync(file(), 'utf8')).toBe('accepted: []\n');
  });

  test('the file sets flags where none is given; a mistake in it stops what reads it, and nothing else', async () => {
    writeFileSync(file(), 'fail-on: never\n');
    expect((await run('audit')).status).toBe(0);
    expect((await run('audit', '--fail-on', 'low')).status).toBe(1);
    writeFileSync(file(), 'fail-on: never\nanswers: {sku: Premium}\n');
    const refused = await run('audit');
    expect(refused).toMatchObject({
      status: 2,
      text: expect.stringContaining('bastide.yaml:2: answers is not allowed.'),
    });
    expect((await bastide(['help'], home)).status).toBe(0);
    writeFileSync(path.join(home.folder, 'other.yaml'), 'rules-off: [acr.*]\n');
    const other = await run('audit', '--config', 'other.yaml', '--area', 'acr');
    expect(other.text).toMatch(/^other\.yaml: [1-9]\d* rules off, 0 accepted$/m);
    expect(other.status).toBe(0);
    expect((await run('audit', '--config', 'nothing.yaml')).status).toBe(2);
    rmSync(file());
  });

  test.skipIf(process.platform === 'win32')('a full disk leaves the file as it was', async () => {
    const text = `# ${'x'.repeat(6000)}\naccepted:\n  - finding: ${rule}@*\n    reason: r\n`;
    writeFileSync(file(), text);
    const script = `trap '' XFSZ; ulimit -f 4; exec sh "$0" "$@"`;
    const child = spawn('bash', ['-c', script, launcher, 'accept', rule, '--remove'], {
      env: home.env,
      cwd: home.folder,
      stdio: 'ignore',
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(4);
    expect(readFileSync(file(), 'utf8')).toBe(text);
    expect(readdirSync(home.folder).filter((name) => name.startsWith('bastide.yaml'))).toEqual(['bastide.yaml']);
    rmSync(file());
  });
});

describe('selecting', () => {
  test('only what is new fails: against the last audit, and against a file', async () => {
    const target = 'storage.bypass-azure-services';
    expect((await run('fix', target, '--yes')).status).toBe(0);
    expect((await run('audit', '--format', 'json', '--output', 'base.json')).status).toBe(1);
    expect((await run('audit', '--new-only')).status).toBe(0);
    expect((await run('undo', '--yes')).status).toBe(0);
    const news = await run('audit', '--new-only');
    expect(news.status).toBe(1);
    expect(news.text).toMatch(new RegExp(`${target.replace('.', '\\.')}`));
    const again = await run('audit', '--new-only');
    expect(again).toMatchObject({ status: 0, text: expect.stringMatching(/^Nothing is new since the audit of /m) });
    expect((await run('audit', '--baseline', 'base.json')).status).toBe(1);
    expect((await run('audit', '--baseline', 'base.json', '--fail-on', 'never')).status).toBe(0);
    writeFileSync(path.join(home.folder, 'none.json'), '{"result":{}}');
    for (const bad of ['none.json', 'no.json']) expect((await run('audit', '--baseline', bad)).status).toBe(2);
    expect((await run('audit', '--new-only', '--baseline', 'base.json')).status).toBe(2);
    expect((await run('history', '--audits')).text).toMatch(/ [1-9]\d* new$/m);
  });
});

test('a watch says what it sees, and ends with 130 at the signal', async () => {
  const child = spawn('sh', [launcher, 'watch', '--every', '1h', '--format', 'ndjson', demo], {
    env: home.env,
    cwd: home.folder,
  });
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter((one) => one !== ''));
    if (lines.length === 2) child.kill('SIGTERM');
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(lines.map((one) => JSON.parse(one).kind)).toEqual(['watching', 'audit', 'result']);
  expect(status).toBe(130);
});
