// The screen over a world of the simulator in this process: keys in, the whole screen as text out. No terminal, no server.
import { keystrokes } from '../../build/docs/jobs.ts';
import { verbs } from '../../commands/index.ts';
import { plain } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { screenRows } from './drawn.tsx';
import { fakeOptions } from './fake-options.ts';

export interface Walk {
  /** Keys by name, one a word; a word in quotes is typed. Resolves when nothing runs. */
  press(keys: string): Promise<string>;
  /** The whole screen. */
  text(): string;
  resize(columns: number, rows: number): void;
  readonly state: () => State;
  /** How many keys were pressed. */
  readonly count: () => number;
}

export async function walk(
  session: Session,
  columns: number,
  rows: number,
  { host, ...more }: Partial<AppOptions> & { readonly host?: Partial<AppOptions['context']['host']> } = {},
): Promise<Walk> {
  const stdout = { columns, rows, write: () => true } as unknown as NodeJS.WriteStream;
  const now = () => new Date('2026-01-02T03:04:05Z');
  const options = fakeOptions({ session, stdout, screen: 'overview', now, ...more });
  const context = { ...options.context, verbs, rules, now, host: { ...options.context.host, ...host } };
  const shell = createShell({ ...options, context });
  let pressed = 0;
  const state = () => shell.store.get();
  const rest = async () => {
    for (let quiet = 0; quiet < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const { work, overlay } = state();
      const isComputing = overlay?.kind === 'plan' && overlay.picks?.computed !== overlay.picks?.out;
      quiet = work === null && !isComputing ? quiet + 1 : 0;
    }
  };
  const text = () =>
    screenRows(state())
      .map((row) => plain(row).trimEnd())
      .join('\n');
  await shell.begin();
  await rest();
  return {
    state,
    text,
    resize: shell.resized,
    count: () => pressed,
    async press(keys) {
      for (const name of keystrokes(keys)) {
        pressed += 1;
        shell.press(name);
        await rest();
      }
      // A digit selects a screen once no other key follows it.
      while (state().count !== '') await new Promise((resolve) => setTimeout(resolve, 20));
      return text();
    },
  };
}
