// What is pressed at random knows every place there is, and the way to each of them leads there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { overlays } from '../../src/app/overlays/index.ts';
import { screens } from '../../src/app/screens/index.ts';
import { freshHome, type Home, launcher } from '../support/bastide.ts';
import { overlayPlaces, placesOn, screenPlaces } from '../support/fuzz-places.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';
import { sampleOf } from '../support/trust-size.ts';

test('no screen and no overlay is left out', () => {
  const own = overlays.map(({ kind }) => kind as string);
  expect(overlayPlaces.map(({ name }) => name).toSorted()).toEqual(own.toSorted());
  expect(screenPlaces.map(({ name }) => name)).toEqual(['too small', 'welcome', ...screens.map(({ name }) => name)]);
});

let home: Home;
let screen: TestScreen;
beforeAll(async () => {
  home = freshHome();
  screen = openScreen('sh', [launcher, '--demo=mixed'], { cols: 120, rows: 40, wholeEnv: home.env, cwd: home.folder });
  await screen.until('[1 Overview]');
  await screen.until(/f fix/);
});
afterAll(async () => {
  screen.kill('SIGTERM');
  await screen.exit;
  home.remove();
});

const led = [...screenPlaces, ...overlayPlaces].filter(({ way }) => way.length > 0);
test.each(sampleOf(led, 3))('the way to $name', async ({ name, way }) => {
  const isAbove = async () => {
    const places = placesOn(await screen.lines());
    return overlayPlaces.some((overlay) => places.includes(overlay.name));
  };
  for (let step = 0; step === 0 || (step < 3 && (await isAbove())); step += 1) {
    screen.type(keys.escape);
    await screen.quiet(150);
  }
  // Where something is still running, commands are refused.
  await screen.until(/Scanned (?:just now|\d)/);
  for (const step of way) {
    if (typeof step === 'string') screen.type(step);
    else await screen.until((shown) => placesOn(shown.split('\n')).includes(step.until));
    await screen.quiet(150);
  }
  await screen.until((text) => placesOn(text.split('\n')).includes(name));
});
