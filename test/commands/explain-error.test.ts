// `explain --error` as a user runs it: against worlds, without a workspace, from stdin, and with what it does not take.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bastide,
  bastideJson,
  freshHome,
  type Home,
  type ParsedEnvelope,
  type PrintedFinding,
} from '../support/bastide.ts';

interface Told {
  readonly error: { readonly codes: readonly string[]; readonly message: string };
  readonly causes: readonly {
    readonly rule: string;
    readonly finding: string | null;
    readonly outcome: string | null;
    readonly fix: string | null;
  }[];
  readonly nearest: readonly string[];
  readonly workspace: string | null;
  readonly note: string | null;
}

let home: Home;
beforeAll(() => {
  // A fresh home folder: no account is signed in there, on any machine.
  home = freshHome({ SSH_CONNECTION: '' });
});
afterAll(() => home.remove());
const explain = (text: string, ...flags: readonly string[]) =>
  bastideJson<Told>(['explain', '--error', text, ...flags], home);

describe('with a workspace', () => {
  test('causes are the findings of the audit, and the fix of the first resolves it', async () => {
    const own = freshHome();
    try {
      const text = 'Subnets snet-train do not have ServiceEndpoints for Microsoft.Storage resources configured.';
      const told = await bastideJson<Told>(['explain', '--error', text, '--demo=open'], own);
      expect(told.status).toBe(0);
      const [first] = told.result.causes;
      expect(first).toMatchObject({ rule: 'storage.subnet-service-endpoint', outcome: 'fail' });
      expect(first?.finding).toMatch(/snet-train$/);
      const audit = await bastideJson<{ findings: PrintedFinding[] }>(['audit', '--demo=open'], own);
      const ids = audit.result.findings.map(({ id }) => id);
      const failing = told.result.causes.filter(({ outcome }) => outcome === 'fail');
      for (const { finding } of failing) expect(ids).toContain(finding);

      const fix = first?.fix?.split(' ') ?? [];
      expect(fix.slice(0, 2)).toEqual(['bastide', 'fix']);
      expect((await bastide([...fix.slice(1), '--demo=open', '--yes'], own)).status).toBe(0);
      const after = await bastideJson<Told>(['explain', '--error', text, '--demo=open'], own);
      expect(
        after.result.causes.filter(({ outcome }) => outcome === 'fail').map(({ finding }) => finding),
      ).not.toContain(first?.finding);
    } finally {
      own.remove();
    }
  });

  test('a whole refusal: its code, and the lock behind it', async () => {
    const message = "The scope '/x' cannot perform write operation because following scope(s) are locked: '/x'.";
    const told = await explain(JSON.stringify({ error: { code: 'ScopeLocked', message } }), '--demo=crowded');
    expect(told.result.error).toEqual({ codes: ['ScopeLocked'], message });
    expect(told.result.causes).toMatchObject([
      { rule: 'compute.locks', outcome: 'fail', fix: expect.stringMatching(/^bastide fix compute\.locks@/) },
    ]);
    expect(told.result.workspace).toMatch(/mlw-sim$/);
  });

  test('as text: what fails with its fix, what is in order in a line', async () => {
    const ran = await bastide(['explain', '--error', 'Unable to profile this dataset', '--demo=mixed'], home);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/✗ Studio is blocked[\s\S]+bastide fix workspace\.studio-blocked-by-secured-storage@/);
    expect(ran.stdout).toMatch(/Checked, not failing[\s\S]+storage\.designer-profile-error/);
  });
});

describe('without a workspace', () => {
  test('causes are told without findings, and why', async () => {
    const told = await explain('ScopeLocked');
    expect(told).toMatchObject({ status: 0, result: { workspace: null, note: expect.stringMatching(/signed in/i) } });
    expect(told.result.causes).toMatchObject([{ rule: 'compute.locks', finding: null, outcome: null, fix: null }]);
  });

  test('an unknown error says so, with the nearest, and needs no sign-in', async () => {
    const told = await explain('ScopLocked');
    expect(told).toMatchObject({ status: 0, result: { causes: [], nearest: ['ScopeLocked'], note: null } });
    expect((await bastide(['explain', '--error', 'xyzzy'], home)).stdout).toContain('does not know this error');
  });
});

describe('what is given', () => {
  test('stdin: huge and hostile, and nothing of it acts on the terminal', async () => {
    const text = `\u001b[2J\u001b]0;title\u0007${'x'.repeat(3_000_000)}\n{"error":{"code":"ScopeLocked"}}`;
    const ran = await bastide(['explain', '--error', '-'], home, text);
    expect(ran.status).toBe(0);
    expect(ran.stdout + ran.stderr).not.toMatch(/[\u0007\u001b]/);
    expect(ran.stdout).toContain('A lock on the resource');
    const body = await bastide(
      ['explain', '--error', '-', '--format', 'json'],
      home,
      '{"error":{"code":"ScopeLocked"}}',
    );
    expect((JSON.parse(body.stdout) as ParsedEnvelope<Told>).result.error.codes).toEqual(['ScopeLocked']);
  });

  test.each([
    ['nothing', ['--error', ' \n'], 'empty'],
    ['a rule as well', ['storage.default-action-deny', '--error', 'ScopeLocked'], 'quotes'],
    ['--live as well', ['--live', '--error', 'ScopeLocked'], '--live'],
  ])('%s is refused', async (_name, words, part) => {
    const ran = await bastide(['explain', ...words], home);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(part);
  });
});
