// `diff` as its users run it: snapshots with their settings, the JSON of an audit, and the workspace as it is.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AuditDiff } from '../../src/model/audit-diff.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { bastide, bastideJson, freshHome } from '../support/bastide.ts';

const home = freshHome();
afterAll(() => home.remove());
const file = (name: string): string => path.join(home.folder, name);
const run = (...line: readonly string[]) => bastide(line, home);

test('compares snapshots with their settings, audits, and the workspace as it is', async () => {
  const kept = ['--demo', '--format', 'json', '--fail-on', 'never', '--output'];
  expect((await run('scan', ...kept, file('old.json'))).status).toBe(0);
  expect((await run('audit', ...kept, file('audit.json'))).status).toBe(0);
  expect((await run('audit', '--area', 'nsg', ...kept, file('nsg.json'))).status).toBe(0);
  const text = readFileSync(file('old.json'), 'utf8');
  const closed = /"defaultAction": ?"Deny"/;
  expect(text).toMatch(closed);
  writeFileSync(file('new.json'), text.replace(closed, '"defaultAction": "Allow"'));

  const same = await bastideJson<AuditDiff>(['diff', 'old.json', 'audit.json'], home);
  expect(same).toMatchObject({ status: 0, result: { opened: [], closed: [], changed: [], settings: null } });
  const opened = await bastideJson<AuditDiff>(['diff', 'old.json', 'new.json'], home);
  expect(opened.status).toBe(1);
  expect(opened.result.settings).toMatchObject([{ before: 'Deny', after: 'Allow' }]);
  expect(opened.result.opened.map(({ rule }) => rule)).toContain('storage.default-action-deny');
  expect(opened.result.summary.unchanged).toBeGreaterThan(20);

  expect((await run('diff', 'old.json', 'new.json', '--fail-on', 'never')).status).toBe(0);
  const now = await run('diff', 'new.json', '--demo', '--format', 'markdown');
  expect(now.stdout).toMatch(/Closed: \d+/);
  // What did not apply to an open account fails again.
  expect(now.status).toBe(1);

  // Nothing in it says what became of the account.
  const { result } = JSON.parse(text) as { result: Snapshot };
  const unled = result.resources.filter(({ id }) => !/storageAccounts\/stmlarch\b/i.test(id));
  expect(unled.length).toBeLessThan(result.resources.length);
  const collections = result.collections.filter(({ id }) => !/storageAccounts/i.test(id));
  writeFileSync(file('less.json'), JSON.stringify({ ...result, resources: unled, collections }));
  const less = await run('diff', 'old.json', 'less.json', '--fail-on', 'never');
  expect([less.status, less.stdout]).toEqual([
    3,
    expect.stringContaining('? stmlarch was not read in the newer one: whether it was deleted is not known'),
  ]);
  expect(less.stdout).not.toMatch(/stmlarch deleted/);

  // An assumption that differs is named.
  writeFileSync(file('assumed.json'), JSON.stringify({ ...result, intents: { ...result.intents, usesAci: true } }));
  const assumed = await run('diff', 'old.json', 'assumed.json', '--fail-on', 'never');
  expect(assumed.stdout).toMatch(/Assumptions\n~ usesAci: not declared → /);

  writeFileSync(file('bad.json'), '{"findings":[{}]}');
  writeFileSync(file('other.json'), text.replaceAll('mlw-sim', 'mlw-other'));
  for (const [one, says] of [
    ['bad.json', '/findings/0/id is missing or invalid'],
    ['absent.json', 'no such file'],
    ['other.json', 'Compare audits of one workspace'],
    ['nsg.json', 'an audit of selected findings'],
  ] as const) {
    const refused = await run('diff', one, 'old.json');
    expect([one, refused.status, refused.stderr]).toEqual([one, 2, expect.stringContaining(says)]);
  }
});
