// A what-if by keys, in a real terminal over the real bundle: what it says is what is then applied, and the
// history keeps it.
import { afterEach, describe, expect, test } from 'vitest';
import { bastideJson, declareNoServerless, freshHome, launcher } from '../support/bastide.ts';
import { partOf } from '../support/parts.ts';
import { keys, openScreen } from '../support/screen.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe.each(
  partOf(
    [
      [80, 24],
      [140, 40],
    ] as const,
    2,
  ),
)('at %i x %i', (cols, rows) => {
  test('what-if, look at a step, apply, see it in the history', async () => {
    const home = freshHome();
    await declareNoServerless(home, 'mixed');
    const screen = openScreen('sh', [launcher, '--demo=mixed'], {
      cols,
      rows,
      wholeEnv: { ...home.env, TERM: 'xterm-256color' },
    });
    closers.push(() => {
      screen.kill();
      home.remove();
    });
    await screen.until((text) => /F fix all/.test(text) && !/Scanning the workspace/.test(text), 20_000);
    await screen.quiet();
    await screen.press('F', /> Cancel +Apply +What-if/);
    // A step that is offered, because it introduces something.
    await screen.press('G', /step (\d+) of \1/);
    await screen.press('kk', /step 14 of 16/);
    const plan = await screen.press(' ', /Step 14 is selected[\s\S]*introduces|introduces[\s\S]*Step 14 is selected/);
    const count = Number(/Fix: (\d+) changes/.exec(plan)?.[1]);
    const resolves = Number(/resolves (\d+)/.exec(plan)?.[1]);
    const begins = Number(/introduces (\d+)/.exec(plan)?.[1]);
    expect([count > 3, begins > 0]).toEqual([true, true]);
    expect(plan).not.toMatch(/what-if:/);

    const played = await screen.press('r', new RegExp(`what-if: ${count} of ${count} changes would succeed`));
    expect(played).toMatch(/> Cancel/);
    expect(played).toMatch(new RegExp(`resolve[ds]:? ${resolves}`));
    const state = await bastideJson<{ entries: readonly unknown[] }>(['history', '--demo=mixed'], home);
    expect(state.result.entries).toEqual([]);

    const step = await screen.press('gj', /step 1 of 16/);
    // Its effects stand first; the rest is further down where there are few rows.
    const rest = await screen.press('JJ', /What-if +✓ would succeed/);
    expect(step).toMatch(/Interrupts +Open connections from vnet-ml\/snet-dev/);
    expect(rest).toMatch(/\+ /);
    await screen.press(keys.tab, /> Apply/);
    // The result matches the preview; a failure that the plan itself introduced and fixed is counted as well.
    const done = await screen.press(
      keys.enter,
      new RegExp(`introduced: ${begins}[^]*Applied and verified: \\d+ findings? resolved`),
    );
    expect(Number(/verified: (\d+) findings? resolved/.exec(done)?.[1])).toBeGreaterThanOrEqual(resolves);
    await screen.press(keys.escape, /fix all/);
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
    const kept = await bastideJson<{
      entries: readonly { rehearsal: { outcome: string; resolves: string[] } | null }[];
    }>(['history', '--demo=mixed'], home);
    const [entry, ...others] = kept.result.entries;
    expect([others.length, entry?.rehearsal?.outcome]).toEqual([0, 'done']);
    // The list also names roll-ups, which no number counts.
    const rollUp = /^storage\.(?:nondefault-accounts|adls2-)/;
    expect(entry?.rehearsal?.resolves.filter((id) => !rollUp.test(id)).length).toBe(resolves);
  });
});
