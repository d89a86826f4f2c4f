// An approval of an assistant's plan: the code fits one plan, once, within an hour and a few tries, and is in no file.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { approvalStore } from '../../src/history/approvals.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-approvals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = approvalStore({ folder });
const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const now = new Date('2026-11-30T12:00:00Z');
const not = (why: string, at: Date | null = null) => ({ state: 'not-confirmed', why, at: at?.toISOString() ?? null });
const by = { at: now, user: 'operator' };

test('the code applies its plan, and no other, once', async () => {
  await store.propose(a, 'plan a', now);
  await store.propose(b, 'plan b', now);
  expect(await store.redeem(a, 'ABCDE-FGHJK', now)).toEqual(not('waiting'));
  expect(await store.redeem('c'.repeat(64), 'ABCDE-FGHJK', now)).toEqual(not('unknown'));
  const code = await store.confirm(a, 'plan a', by);
  const other = await store.confirm(b, 'plan b', by);
  expect(code).toMatch(/^[A-HJ-NP-Z2-9]{5}-[A-HJ-NP-Z2-9]{5}$/);
  const kept = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  for (const text of kept) expect([text.includes(code), text.includes(code.replace('-', ''))]).toEqual([false, false]);
  expect(await store.redeem(a, other, now)).toEqual({ state: 'wrong-code', left: 4 });
  expect(await store.redeem(a, ` ${code.toLowerCase().replace('-', ' ')}`, now)).toEqual({
    state: 'plan',
    plan: 'plan a',
  });
  expect(await store.redeem(a, code, now)).toEqual(not('used', now));
});

test('five wrong codes end the confirmation, also for the right one', async () => {
  await store.propose(a, 'plan a', now);
  const code = await store.confirm(a, 'plan a', by);
  const left: number[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    const redeemed = await store.redeem(a, 'AAAAA-AAAAA', now);
    if (redeemed.state === 'wrong-code') left.push(redeemed.left);
  }
  expect(left).toEqual([4, 3, 2, 1, 0]);
  expect(await store.redeem(a, code, now)).toEqual(not('void', now));
  expect(await store.plan(a)).toBe('plan a');
});

test('a confirmation that is old, from tomorrow, or without a code is none; a plan that is made again alike keeps its own', async () => {
  await store.confirm(a, 'plan a', by);
  await store.propose(a, 'plan a', new Date(now.getTime() + 3_600_000));
  expect(await store.redeem(a, 'AAAAA-AAAAA', now)).toEqual(not('waiting'));
  const code = await store.confirm(a, 'plan a', by);
  await store.propose(a, 'made again', now);
  for (const minutes of [60, -1]) {
    const later = new Date(now.getTime() + minutes * 60_000);
    expect(await store.redeem(a, code, later)).toEqual(not('expired', now));
  }
  expect(await store.redeem(a, code, now)).toEqual({ state: 'plan', plan: 'plan a' });
  const forged = { plan: 'plan a', confirmed: { at: now.toISOString(), by: 'somebody' } };
  writeFileSync(path.join(folder, `${a}.json`), JSON.stringify(forged));
  for (const given of [code, '', 'undefined']) {
    expect(await store.redeem(a, given, now)).toEqual(not('waiting'));
  }
});
