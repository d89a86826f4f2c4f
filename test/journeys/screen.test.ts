// The main job by keys in all places and sizes, the palette, the start and a resize.
import { expect, test } from 'vitest';
import { type AuditJson, bastide, bastideJson } from '../support/bastide.ts';
import { demo, idle, mainJob, open } from '../support/main-job.ts';
import { inEveryRun, inLongRun } from '../support/parts.ts';
import { keys } from '../support/screen.ts';

mainJob();

inEveryRun(() => {
  test('the palette runs the same commands, and help shows every key', async () => {
    const screen = open(demo('mixed'), 100, 30);
    await screen.until(idle, 20_000);
    await screen.press('?', /u z +undo/);
    await screen.press(keys.escape, idle);
    await screen.press(':', /Tab complete/);
    screen.type(`explain storage.bypass-azure-services${keys.enter}`);
    await screen.until(/trusted Azure services/i);
    await screen.press(keys.escape, idle);
    await screen.press(':', /Tab complete/);
    screen.type(`explain --error "Unable to profile this dataset"${keys.enter}`);
    await screen.until(/Likely causes here/);
    await screen.press(keys.escape, idle);
    screen.type('q');
    await screen.exit;
  });

  test('what is typed before the first frame is kept, and appears nowhere on the screen', async () => {
    const screen = open(demo('mixed'), 100, 30);
    // The terminal is taken before anything is drawn; help comes up by itself.
    screen.type('?');
    const shown = await screen.until(/On every screen/);
    expect(shown).not.toMatch(/^\?/m);
    await screen.press(keys.escape, idle);
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
  });
});

inLongRun(() => {
  test('a resize ends in the screen that a fresh start shows', async () => {
    const at = demo('open');
    // Both have a last run to tell of, and neither offers the tour.
    await bastide(['config', 'set', 'tour', 'false'], at.home);
    await bastideJson<AuditJson>(['audit', ...at.source], at.home);
    // What the plan of all fixes resolves is told once it is computed.
    const told = /F {2}\d+ changes resolve \d+ findings/;
    const resized = open(at, 140, 40);
    await resized.until(idle, 20_000);
    await resized.until(told);
    for (const [cols, rows] of [
      [60, 15],
      [200, 60],
      [80, 24],
    ] as const) {
      resized.resize(cols, rows);
      await resized.quiet(200);
    }
    const fresh = open(at, 80, 24);
    await fresh.until(idle, 20_000);
    await fresh.until(told);
    await fresh.quiet(200);
    const withoutAge = (text: string) =>
      text.replace(/Scanned (just now|\d+ \w+ ago)/, '').replace(/(?<=Since )\d{4}-\d\d-\d\d \d\d:\d\d/, '');
    expect(await fresh.text()).toContain('No changes');
    expect(withoutAge(await resized.text())).toBe(withoutAge(await fresh.text()));
  });
});
