// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of scripts.
// Every example of every verb, as a user's child process against a demo world: none is a usage error, none is a bug.
import { spawn } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { parseLine } from '../../src/command/parse-line.ts';
import { bastide, bastideJson, freshHome, type Home, launcher, root } from '../support/bastide.ts';
import { inEveryRun, partOf } from '../support/parts.ts';

let home: Home;
beforeAll(async () => {
  home = freshHome({ SSH_CONNECTION: '' });
  const planned = await bastide(['plan', '--all', '--demo', '--output', 'plan.json'], home);
  expect(planned.status).toBe(0);
  for (const file of ['old.json', 'new.json']) {
    const scanned = await bastide(['scan', '--demo', '--format', 'json', '--output', file], home);
    expect(scanned.status).toBe(0);
  }
  writeFileSync(path.join(home.folder, 'close.bastide'), 'fix storage.dev-client-ip --ip ${IP}\n- audit\nhistory\n');
  const job =
    'command: python main.py\ncompute: azureml:cpu-cluster\nenvironment: {image: mcr.microsoft.com/azureml/base}\n';
  writeFileSync(path.join(home.folder, 'job.yml'), job);
  cpSync(path.join(root, 'docs/examples/rules'), path.join(home.folder, 'my-rules'), { recursive: true });
  const route = { id: 'r', kind: 'route', input: { dst: '203.0.113.1', routes: [] } };
  writeFileSync(path.join(home.folder, 'questions.json'), JSON.stringify([route]));
  const values = [{ name: 'Storage', properties: { addressPrefixes: ['203.0.113.0/28'] } }];
  writeFileSync(path.join(home.folder, 'ServiceTags_Public.json'), JSON.stringify({ changeNumber: 1, values }));
});
afterAll(() => home.remove());

const examples = verbs.flatMap((verb) => verb.examples.map((example) => ({ verb: verb.name, line: example.line })));

describe('examples', () => {
  inEveryRun(() => {
    test('none holds a pattern outside quotes, which zsh refuses where no file matches', () => {
      for (const { line } of examples) expect(line.replaceAll(/'[^']*'|"[^"]*"/g, '')).not.toMatch(/[*?[\]]/);
    });
    test('every verb has one, and it names the verb', () => {
      for (const verb of verbs) expect(verb.examples.length).toBeGreaterThan(0);
      for (const { verb, line } of examples) expect(parseLine(line)[0]).toBe(verb);
    });
  });

  test.each(
    partOf(
      examples.filter(({ verb }) => verb !== 'simulate'),
      3,
    ),
  )('bastide $line', async ({ verb, line }) => {
    const ran = await bastide([...parseLine(line), '--demo'], home);
    // 1 is the answer of an audit, a preflight or an assert, 3 that of a drift where changes were made that no record shows; 4 a redo when nothing was undone, a restore when nothing was overwritten,
    // a guide without a user to ask; 2 a digest that no plan has.
    const allowed = ['audit', 'fleet', 'verify', 'watch', 'diff', 'drift', 'preflight', 'assert'].includes(verb)
      ? [0, 1, ...(verb === 'drift' ? [3] : [])]
      : ['undo', 'redo', 'restore', 'guide'].includes(verb)
        ? [0, 4]
        : line.startsWith('mcp confirm')
          ? [2]
          : [0];
    expect(ran.stderr).not.toMatch(/bug/);
    expect(`${allowed.includes(ran.status ?? -1)} ${ran.status} ${ran.stderr}`).toMatch(/^true/);
  });

  inEveryRun(() => {
    test.each(examples.filter(({ verb }) => verb === 'simulate'))('bastide $line', async ({ line }) => {
      const words = parseLine(line).map((word) => (word === '8443' ? '0' : word));
      const child = spawn('sh', [launcher, ...words], { env: home.env, stdio: ['ignore', 'pipe', 'inherit'] });
      const first = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
      const ended = new Promise((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal)));
      child.kill('SIGTERM');
      expect(Object.keys(JSON.parse(first))).toEqual([
        'endpoint',
        'authority',
        'imds',
        'ca',
        'tenant',
        'client',
        'secret',
        'subscription',
        'workspace',
      ]);
      expect(await ended).toBe(0);
    });
  });
});

inEveryRun(() => {
  describe('verbs', () => {
    test('json is one document whose members stand in the contract order', async () => {
      for (const line of [
        'version',
        'help',
        'explain',
        'theme',
        'config',
        'whoami',
        'history',
        'assume',
        'scan',
        'plan',
      ]) {
        const ran = await bastide([line, '--demo', '--format', 'json'], home);
        expect(Object.keys(JSON.parse(ran.stdout))).toEqual([
          'schema',
          'command',
          'arguments',
          'ok',
          'result',
          'failure',
        ]);
      }
    });

    test('a snapshot gives the same findings without credentials', async () => {
      const live = await bastideJson<{ findings: { id: string }[] }>(['audit', '--demo'], home);
      expect((await bastide(['scan', '--demo', '--output', 'snapshot.json'], home)).status).toBe(0);
      const kept = await bastideJson<{ findings: { id: string }[] }>(['audit', '--from', 'snapshot.json'], home);
      expect(kept.result.findings.map((finding) => finding.id)).toEqual(
        live.result.findings.map((finding) => finding.id),
      );
      expect(live.result.findings.length).toBeGreaterThan(0);
    });

    test('findings are narrowed down', async () => {
      const all = await bastideJson<{ findings: { severity: string; rule: string }[] }>(
        ['findings', '--demo=open'],
        home,
      );
      const some = await bastideJson<{ findings: { severity: string; rule: string }[] }>(
        ['findings', '--demo=open', '--severity', 'critical', '--rule', 'keyvault'],
        home,
      );
      expect(some.result.findings.length).toBeGreaterThan(0);
      expect(some.result.findings.length).toBeLessThan(all.result.findings.length);
      for (const finding of some.result.findings)
        expect(`${finding.severity} ${finding.rule}`).toMatch(/^critical keyvault\./);
    });

    test('show: by name, and refused when no resource is called so', async () => {
      const shown = await bastideJson<{ resource: { id: string; body: object } }>(
        ['show', 'STMLSIM', '--demo=open'],
        home,
      );
      expect(shown.result.resource.id).toMatch(/\/stmlsim$/);
      expect((await bastide(['show', 'nothing', '--demo=open'], home)).status).toBe(2);
    });

    test('assumptions: declared, checked, removed; the older names still work', async () => {
      type Assumed = { name: string; answered: boolean; value: unknown }[];
      type Shown = { assumptions: Assumed; intents: Assumed };
      const demo = '--demo=closed';
      const set = await bastideJson<Shown>(['assume', 'devclientips', '203.0.113.9,198.51.100.0/24', demo], home);
      expect(set.result.assumptions).toMatchObject([{ answered: true, value: ['203.0.113.9', '198.51.100.0/24'] }]);
      expect(set.result.intents).toEqual(set.result.assumptions);
      expect((await bastide(['assume', 'devClientIps', '10.0.0.1', demo], home)).status).toBe(2);
      expect((await bastide(['assume', 'sshWanted', 'perhaps', demo], home)).status).toBe(2);
      const cleared = await bastideJson<Shown>(['intent', 'devClientIps', '--clear', demo], home);
      expect(cleared.result.intents).toMatchObject([{ answered: false, value: null }]);
    });

    test('verify says what still holds', async () => {
      const at = freshHome();
      try {
        await bastide(
          ['fix', 'storage.default-action-deny', '--demo=open', '--yes', '--allow-effects', 'cuts-off'],
          at,
        );
        const held = await bastideJson<{ entries: { resolved: string[]; persisting: string[] }[] }>(
          ['verify', '--demo=open'],
          at,
        );
        expect(held.status).toBe(1);
        expect(held.result.entries).toHaveLength(1);
        expect(held.result.entries[0]?.resolved.length).toBeGreaterThan(0);
        expect(held.result.entries[0]?.persisting).toEqual([]);
      } finally {
        at.remove();
      }
    });
  });
});
