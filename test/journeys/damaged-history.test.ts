// A history whose journal is damaged in one place, as an operator meets it: the list says which entry cannot be read, the others are
// undone, and a repair keeps a copy.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { journalStart, lineFor, readLines } from '../../src/history/journal-format.ts';
import { bastide, bastideJson, freshHome, type Home } from '../support/bastide.ts';

const homes: Home[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});
const demo = '--demo=mixed';
interface Listed {
  readonly entries: readonly {
    readonly id: string;
    readonly state: string;
    readonly unreadable?: { readonly lines: readonly { readonly line: number; readonly reason: string }[] };
  }[];
}

/** A home in which three rules were fixed, one after another. */
async function fixed(): Promise<{ readonly home: Home; readonly journal: string; readonly ids: readonly string[] }> {
  const home = freshHome();
  homes.push(home);
  for (const rule of [
    'storage.bypass-azure-services',
    'keyvault.bypass-azure-services',
    'acr.vnet-rule-compute-subnet',
  ]) {
    expect([rule, (await bastideJson(['fix', rule, demo, '--yes'], home)).status]).toEqual([rule, 0]);
  }
  const folder = path.join(home.folder, 'bastide/history');
  const journal = path.join(folder, readdirSync(folder).find((file) => file.endsWith('.journal')) ?? '');
  const ids = (await bastideJson<Listed>(['history', demo], home)).result.entries.map(({ id }) => id);
  return { home, journal, ids };
}

test('a damaged entry alone is unreadable, the others are undone, and a repair keeps a copy', async () => {
  const { home, journal, ids } = await fixed();
  expect(ids).toHaveLength(3);
  const [, damaged = ''] = ids;
  const bytes = readFileSync(journal);
  const place = bytes.indexOf(`"id":"${damaged}"`) + 60;
  bytes[place] = (bytes[place] as number) ^ 4;
  writeFileSync(journal, bytes);

  const { status, result } = await bastideJson<Listed>(['history', demo], home);
  expect(status).toBe(0);
  expect(result.entries.map(({ id, state }) => [id, state === 'unreadable'])).toEqual(
    ids.map((id) => [id, id === damaged]),
  );
  const said = await bastide(['history', demo], home);
  expect(said.stdout).toContain('of the journal was changed.');
  expect(said.stdout).toContain('history --repair');
  const refused = await bastideJson(['undo', damaged, demo, '--yes'], home);
  expect([refused.status, refused.failure?.message]).toEqual([4, expect.stringContaining('is damaged')]);
  for (const id of ids.filter((one) => one !== damaged)) {
    expect([id, (await bastideJson(['undo', id, demo, '--yes'], home)).status]).toEqual([id, 0]);
  }
  const repaired = await bastideJson<{ copy: string; lost: { id: string }[] }>(['history', '--repair', demo], home);
  expect([repaired.status, repaired.result.lost.map(({ id }) => id)]).toEqual([0, [damaged]]);
  expect(readFileSync(repaired.result.copy).subarray(0, bytes.length)).toEqual(bytes);
  expect((await bastide(['history', '--repair', demo], home)).stdout).toContain('no line is damaged');
});

test('a deletion that has lost its body is skipped by name, and blocks nothing', async () => {
  const { home, journal, ids } = await fixed();
  const [first = ''] = ids;
  const bytes = readFileSync(journal);
  const { end, lines } = readLines(bytes, journalStart);
  const begun = lines.map(({ text }) => text).find((text) => text.includes(`"id":"${first}"`)) ?? '';
  const { entry } = JSON.parse(begun) as { entry: Record<string, unknown> & { steps: Record<string, unknown>[] } };
  const resource =
    '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.Network/routeTables/rt-forged';
  const step = { ...entry.steps[0], resource, state: 'done', change: { kind: 'delete', resource, edits: [] } };
  const forged = {
    ...entry,
    id: 'forged-entry-1',
    state: 'done',
    steps: [step],
    resources: [resource],
    undoneBy: null,
  };
  writeFileSync(journal, Buffer.concat([bytes, lineFor(end, JSON.stringify({ kind: 'entry', entry: forged })).line]));

  const shown = await bastideJson<{ steps: unknown[]; notUndone: object[] }>(
    ['undo', 'forged-entry-1', demo, '--dry-run'],
    home,
  );
  expect([shown.status, shown.result.notUndone]).toEqual([0, [{ resource, reason: 'no-body' }]]);
  const undone = await bastideJson(['undo', demo, '--yes'], home);
  expect(undone.status).toBe(0);
  expect((await bastideJson(['undo', '--to', first, demo, '--yes'], home)).status).toBe(0);
}, 120_000);
