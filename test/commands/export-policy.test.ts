// `export --as policy` by the shipped program: documents, scripts that a shell runs, and mistakes in the line.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { bastide, bastideJson, freshHome } from '../support/bastide.ts';

const home = freshHome({});
afterAll(() => home.remove());

interface Exported {
  readonly text: string;
  readonly policy: {
    readonly digest: string;
    readonly held: readonly { readonly finding: string; readonly limits: readonly string[] }[];
    readonly notExpressed: readonly { readonly finding: string; readonly reason: string }[];
  };
}

test('of a plan file, each finding that it fixes is held, or has its reason', async () => {
  const demo = ['--demo=mixed'];
  await bastide(
    ['plan', 'storage.bypass-azure-services', 'storage.dev-client-ip', '--output', 'plan.json', ...demo],
    home,
  );
  const { result } = await bastideJson<Exported>(['export', 'plan.json', '--as', 'policy', ...demo], home);
  const document = JSON.parse(result.text) as { digest: string; assignments: { body: unknown }[] };
  expect(document.digest).toBe(result.policy.digest);
  expect(document.assignments.length).toBeGreaterThan(0);
  const plan = JSON.parse(readFileSync(`${home.folder}/plan.json`, 'utf8')) as {
    result: { preview: { resolves: string[] } };
  };
  const said = [...result.policy.held, ...result.policy.notExpressed].map(({ finding }) => finding);
  expect(said).toEqual(expect.arrayContaining(plan.result.preview.resolves));
  expect(new Set(said).size).toBe(said.length);
});

test('a shell takes the script apart as it was meant', async () => {
  const { stdout, status } = await bastide(
    ['export', 'storage.*', '--as', 'policy-az', '--demo=closed-service-endpoint'],
    home,
  );
  expect(status).toBe(0);
  const stub = 'az() { printf "%s\\n" "$#" "$3"; for one in "$@"; do last=$one; done; printf "%s\\n" "$last"; }\n';
  const ran = spawnSync('sh', ['-c', `${stub}${stdout}`], { encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  const lines = ran.stdout.trim().split('\n');
  expect(lines.length % 3).toBe(0);
  for (let at = 0; at < lines.length; at += 3) {
    expect(lines[at + 1]).toBe('create');
    // The last word is the rule or the parameters, whole.
    expect(() => JSON.parse(lines[at + 2] ?? '')).not.toThrow();
  }
});

test.each([
  [['export', '--as', 'az', '--effect', 'Deny'], 2, 'unsuited-flag'],
  [['export', '--as', 'policy', '--effect', 'deny'], 2, undefined],
  [['export', '--as', 'policy', '--entry', 'x', '--all'], 2, 'contradicting-flags'],
  [['export', '--as', 'policy', '--entry', 'no-such-entry'], 2, 'unknown-entry'],
  [['export', 'no.such-rule', '--as', 'policy'], 2, 'unknown-target'],
])('%j', async (words, status, code) => {
  const ran = await bastide([...words, '--demo', '--format', 'json'], home);
  const { failure } = JSON.parse(ran.stdout) as { failure: { code: string } | null };
  expect([ran.status, code ?? failure?.code]).toEqual([status, failure?.code]);
});
