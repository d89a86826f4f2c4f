// What journeys do on the screen, local or over a connection: fix what is marked, go through the sizes.
import { expect } from 'vitest';
import { keys, type TestScreen } from './screen.ts';

type Idle = (text: string) => boolean;

/** Marks what a filter leaves, or the first row, fixes it as one plan, and goes back to the list. */
export async function fixMarked(screen: TestScreen, idle: Idle, filter: string, marks: string): Promise<void> {
  await screen.press('3', /\[3 Findings\]/);
  await screen.press(`/${keys.ctrl('u')}${filter}${keys.enter}`, (text) => idle(text) && text.includes(filter));
  await screen.press(marks, /[1-9]\d* marked/);
  await screen.press('f', /> Cancel/);
  await screen.press(keys.tab, /> Apply/);
  await confirmed(screen, (text) => /Saved to history as/.test(text));
  await screen.press(keys.escape, idle);
  await screen.press(`${keys.escape}${keys.escape}`, (text) => idle(text) && !/marked/.test(text));
}

/** Presses the button that is chosen, types the name that may be asked for, and waits for the result. */
export async function confirmed(screen: TestScreen, result: Idle): Promise<void> {
  const asked = /Type (\S+) to (?:apply|undo|redo) /;
  const name = asked.exec(await screen.press(keys.enter, (text) => asked.test(text) || result(text)))?.[1];
  if (name !== undefined) await screen.press(`${name}${keys.enter}`, result);
}

/** Presses the button of an undo to an entry, and goes to the end of its result, which is longer than the screen. */
export async function undone(screen: TestScreen): Promise<void> {
  await confirmed(screen, (text) => /^ fails again/m.test(text));
  for (let looks = 0; looks < 60 && !/Saved to history/.test(await screen.text()); looks += 1) {
    screen.type('G');
    await screen.quiet(200);
  }
  expect(await screen.text()).toContain('Saved to history');
}

/** From 140x40 through every size and back: the screen is what it was. `quiet`: milliseconds without output after a size. */
export async function throughSizes(screen: TestScreen, quiet: number): Promise<void> {
  const before = await screen.text();
  for (const [cols, rows] of [
    [200, 60],
    [80, 24],
    [60, 15],
    [140, 40],
  ] as const) {
    screen.resize(cols, rows);
    await screen.quiet(quiet);
  }
  await screen.until((text) => text === before).catch(async () => expect(await screen.text()).toBe(before));
}
