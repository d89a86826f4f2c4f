// Anything at all is pressed: no cell goes stale, and nothing crashes. `node test/bench/fuzz.mjs` does the same for as long
// as one likes.
import { expect, test } from 'vitest';
import { freshHome, launcher } from '../support/bastide.ts';
import { fuzz } from '../support/fuzz.ts';

test('after any burst of keys, pastes, sizes and reports the screen is what a full repaint makes it', async () => {
  const home = freshHome();
  const end = Date.now() + 40_000;
  const { bursts, wrong } = await fuzz({
    command: 'sh',
    starts: [{ args: [launcher, '--demo=mixed'] }],
    env: home.env,
    cwd: home.folder,
    seed: 20,
    bursts: 40,
    enough: () => Date.now() > end,
  });
  home.remove();
  expect(wrong).toEqual([]);
  // A machine that is very busy may not come through all of them; some it always does.
  expect(bursts).toBeGreaterThan(5);
});
