// The guide in a terminal: what tests of it share.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { Entry } from '../../src/model/entry.ts';
import { freshHome, type Home, launcher } from './bastide.ts';
import { entriesIn } from './journal.ts';
import { openScreen, type TestScreen } from './screen.ts';

export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

export function home(): Home {
  const made = freshHome();
  cleanups.push(() => made.remove());
  return made;
}
export function sit(at: Home, world = 'open', more: readonly string[] = []): TestScreen {
  const words = [launcher, 'guide', `--demo=${world}`, ...more];
  const screen = openScreen('sh', words, { cols: 80, rows: 40, wholeEnv: at.env, cwd: at.folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
export const stateOf = (at: Home, world = 'open') => path.join(at.folder, 'bastide/demo', `${world}.json`);
/** The history on disk. */
export function entriesOf(at: Home): readonly Entry[] {
  const folder = path.join(at.folder, 'bastide/history');
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const journal = names.find((name) => name.endsWith('.journal'));
  return journal === undefined ? [] : entriesIn(readFileSync(path.join(folder, journal)));
}
/** The last line that is not empty is the question's own. */
export const question = /\(Enter(?:: | to )[^)]*\): *$/;
/** Answers the current question, and waits for the next one or the end. */
export async function answer(screen: TestScreen, letter: string, until: RegExp = question): Promise<string> {
  // Each question writes its prompt once; what is echoed meanwhile looks like the old one.
  const asked = () => screen.raw().split('(Enter').length;
  const before = asked();
  screen.type(`${letter}\r`);
  return screen.until((text) => asked() > before && until.test(text));
}
interface Kept {
  readonly progress: { skipped: string[]; done: { finding: string }[]; acting: object | null; at: string | null };
}
export function kept(at: Home): Kept['progress'] {
  const folder = path.join(at.folder, 'bastide/guide');
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return (JSON.parse(readFileSync(path.join(folder, file ?? ''), 'utf8')) as Kept).progress;
}
