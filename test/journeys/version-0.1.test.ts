// What version 0.1 kept on disk opens in this version: history with an undone entry, assumptions, settings, the
// state of a demo, what the last run saw, a snapshot and a plan file. Made by that version, in demo world "mixed".
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  type AuditJson,
  bastideJson,
  everyEffect,
  freshHome,
  type Home,
  type OutcomeJson,
} from '../support/bastide.ts';

const kept = path.resolve(import.meta.dirname, '../fixtures/version-0.1');
const homes: Home[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});

/** A home as version 0.1 left it. */
function oldHome(): Home {
  const home = freshHome();
  homes.push(home);
  cpSync(path.join(kept, 'home'), path.join(home.folder, 'bastide'), { recursive: true });
  return home;
}

interface Entries {
  readonly entries: readonly {
    id: string;
    verb: string;
    state: string;
    undoes: string | null;
    undoneBy: string | null;
  }[];
}

test('the history lists its entries, and its newest fix is undone', async () => {
  const home = oldHome();
  const before = await bastideJson<Entries>(['history', '--demo=mixed'], home);
  expect(before.result.entries.map(({ verb, state }) => `${verb} ${state}`).toSorted()).toEqual([
    'fix done',
    'fix done',
    'undo done',
  ]);
  const undone = await bastideJson<OutcomeJson>(['undo', '--demo=mixed', '--yes'], home);
  expect(undone.status).toBe(0);
  expect(undone.result.steps.map(({ state }) => state)).toEqual(['done', 'done']);
  const redone = await bastideJson<OutcomeJson>(['redo', '--demo=mixed', '--yes', ...everyEffect], home);
  expect(redone.status).toBe(0);
  const after = await bastideJson<Entries>(['history', '--demo=mixed'], home);
  expect(after.result.entries).toHaveLength(before.result.entries.length + 2);
});

test('assumptions, settings and what the last run saw are read', async () => {
  const home = oldHome();
  const assumed = await bastideJson<{
    readonly intents: readonly { name: string; answered: boolean; value: unknown }[];
  }>(['intent', '--demo=mixed'], home);
  expect(assumed.result.intents.find(({ name }) => name === 'outboundMode')).toMatchObject({
    answered: true,
    value: 'limited',
  });
  const theme = await bastideJson<{ readonly settings: Record<string, unknown> }>(['config'], home);
  expect(JSON.stringify(theme.result)).toContain('light');
  const since = await bastideJson<AuditJson & { since: { at: string | null; note: string | null } }>(
    ['audit', '--demo=mixed', '--since-last', '--fail-on', 'never'],
    home,
  );
  expect(since.result.since.note).toBeNull();
  expect(since.result.since.at).not.toBeNull();
});

test('a snapshot is audited, and gives the verdicts that its world gives', async () => {
  const home = oldHome();
  const from = path.join(kept, 'snapshot.json');
  const offline = await bastideJson<AuditJson>(['audit', '--from', from, '--fail-on', 'never'], home);
  const online = await bastideJson<AuditJson>(['audit', '--demo=mixed', '--fail-on', 'never'], home);
  const failing = ({ result }: typeof offline) =>
    result.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  expect(failing(offline).length).toBeGreaterThan(20);
  expect(failing(offline)).toEqual(failing(online));
});

test('a plan file is exported and shown, and not applied: it has no digest', async () => {
  const home = oldHome();
  const plan = path.join(kept, 'plan.json');
  const exported = await bastideJson(['export', plan, '--as', 'az', '--demo=mixed'], home);
  expect(exported.failure).toBeNull();
  const shown = await bastideJson<{ steps: readonly unknown[] }>(['apply', plan, '--demo=mixed', '--dry-run'], home);
  expect([shown.status, shown.result.steps.length]).toEqual([
    0,
    JSON.parse(readFileSync(plan, 'utf8')).result.steps.length,
  ]);
  const applied = await bastideJson<OutcomeJson>(['apply', plan, '--demo=mixed', '--yes'], home);
  expect([applied.status, applied.failure?.code]).toEqual([4, 'old-plan']);
});
