// `what-if` and `--what-if`, `rehearse` and `--rehearse` as well, from the command line: from worlds, from files, from plans;
// what they say, and what the history keeps.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WhatIf } from '../../src/model/what-if.ts';
import { bastide, bastideJson, freshHome, type HistoryJson, type Home, type OutcomeJson } from '../support/bastide.ts';

interface Simulated {
  readonly steps: readonly unknown[];
  readonly preview: { readonly resolves: readonly string[] };
  readonly rehearsal: WhatIf;
}
let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

describe('what-if', () => {
  test('a plan in a file, simulated, kept with its result, applied: the history remembers', async () => {
    const played = await bastideJson<Simulated>(['rehearse', '--all', '--demo=open', '--output', 'plan.json'], home);
    expect([played.status, played.failure]).toEqual([0, null]);
    const { rehearsal, preview, steps } = played.result;
    expect(rehearsal).toMatchObject({ outcome: 'done', differences: [], introduces: [] });
    expect(rehearsal.steps.length).toBe(steps.length);
    expect(rehearsal.resolves).toEqual(preview.resolves);
    const before = await bastideJson<HistoryJson>(['history', '--demo=open'], home);
    expect(before.result.entries).toEqual([]);

    const again = await bastide(['what-if', 'plan.json', '--demo=open'], home);
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toMatch(/What-if: \d+ of \d+ changes? would succeed/);
    expect(again.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);

    const snapshot = await bastide(['scan', '--demo=open', '--format', 'json', '--output', 'seen.json'], home);
    expect(snapshot.status).toBe(0);
    const offline = await bastideJson<Simulated>(['what-if', 'plan.json', '--from', 'seen.json'], home);
    expect([offline.status, offline.result.rehearsal.outcome]).toEqual([0, 'done']);
    expect(offline.result.rehearsal.resolves).toEqual(preview.resolves);

    const applied = await bastideJson<OutcomeJson>(['apply', 'plan.json', '--demo=open', '--yes'], home);
    expect(applied.status).toBe(0);
    const kept = await bastideJson<{ entries: readonly Record<'rehearsal' | 'whatIf', WhatIf | null>[] }>(
      ['history', '--demo=open'],
      home,
    );
    expect(kept.result.entries[0]?.rehearsal).toMatchObject({ outcome: 'done', resolves: preview.resolves });
    expect(kept.result.entries[0]?.whatIf).toEqual(kept.result.entries[0]?.rehearsal);
    expect((await bastide(['history', '--demo=open'], home)).stdout).toMatch(
      /what-if +\d+ of \d+ changes? would succeed/,
    );

    const moved = await bastideJson<Simulated>(['rehearse', 'plan.json', '--demo=refused'], home);
    expect([moved.status, moved.failure?.code]).not.toEqual([0, undefined]);
    const rotten = JSON.parse(readFileSync(path.join(home.folder, 'plan.json'), 'utf8'));
    rotten.result.rehearsal.steps = 'all of them';
    writeFileSync(path.join(home.folder, 'rotten.json'), JSON.stringify(rotten));
    const refused = await bastideJson(['apply', 'rotten.json', '--demo=open', '--yes'], home);
    expect([refused.status, refused.failure?.code]).toEqual([2, 'not-a-plan']);
  });

  test('a refusal is reported in the words of Azure, and --yes does not go on after it', async () => {
    const words = ['storage.dev-client-ip', '--ip', '203.0.113.9', '--demo=refused'];
    const told = await bastideJson<Simulated>(['what-if', ...words], home);
    expect([told.status, told.failure?.code]).toEqual([4, 'would-be-refused']);
    expect(told.result.rehearsal.steps[0]?.refusal).toMatchObject({ status: 403, code: 'RequestDisallowedByPolicy' });
    expect(told.result.rehearsal.unknown.length).toBeGreaterThan(0);

    const stopped = await bastideJson(['fix', ...words, '--rehearse', '--yes'], home);
    expect([stopped.status, stopped.failure?.code]).toEqual([4, 'would-be-refused']);
    expect((await bastideJson<HistoryJson>(['history', '--demo=refused'], home)).result.entries).toEqual([]);
    const shown = await bastide(['fix', ...words, '--what-if'], home);
    expect(shown.status).toBe(4);
    expect(shown.stderr).toMatch(/403 RequestDisallowedByPolicy/);
  });

  test('what is neither a rule nor a file is reported', async () => {
    const missing = await bastideJson(['what-if', 'no-such-plan.json', '--demo'], home);
    expect(missing.status).toBe(2);
    const unknown = await bastideJson(['rehearse', 'x@y', '--demo'], home);
    expect(unknown.status).toBe(2);
  });
});
