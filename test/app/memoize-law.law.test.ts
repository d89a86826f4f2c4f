// The law of what is kept: the text of an overlay is what would be made anew, whatever happened since it was made.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { overlayKind } from '../../src/app/state/current.ts';
import { textAreaOf } from '../../src/app/state/derive.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

const keys = [
  ...['j', 'k', 'g', 'G', 'h', 'l', '[', ']', ' ', 'tab', 'enter', 'enter', 'escape', 'up', 'down', 'pagedown'],
  ...[
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '?',
    '?',
    'a',
    'b',
    'd',
    'e',
    'f',
    'F',
    'u',
    'U',
    'r',
    's',
    'S',
    'p',
    't',
    'w',
  ],
  ...['y', 'n', 'x', 'v', '+', '!', '/', ':', 'L', 'T', 'c'],
];

/** The text of the overlay that is shown, and the same made anew. */
function texts(state: State): readonly [kept: string[], anew: string[]] | null {
  const { overlay } = state;
  if (overlay === null) return null;
  const kind = overlayKind(overlay);
  if (kind.text === undefined) return null;
  const { width } = textAreaOf(kind, overlay, state);
  return [state.panel.value.map(plain), kind.text(overlay, state, width).map(plain)];
}

test('an overlay says what it would say if it were opened now', async () => {
  const compared = new Set<string>();
  const size = fc.constantFrom([80, 24] as const, [140, 40] as const, [60, 15] as const);
  const pressed = fc.array(fc.constantFrom(...keys), { minLength: 5, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(pressed, size, async (some, [columns, rows]) => {
      let at = Date.parse('2026-03-01T12:00:00Z');
      const now = () => new Date(at);
      const stdout = { columns, rows, write: () => true } as unknown as NodeJS.WriteStream;
      const { store, begin, press } = createShell(fakeOptions({ session: fakeSession({ now }), stdout, now }));
      const look = (after: string) => {
        const found = texts(store.get());
        if (found === null) return;
        compared.add(store.get().overlay?.kind ?? '');
        expect([after, ...found[0]]).toEqual([after, ...found[1]]);
      };
      store.subscribe(() => look('on the way'));
      await begin();
      for (const key of some) {
        at += 1000;
        press(key);
        look(key);
        for (let turns = 0; turns < 3 || store.get().work !== null; turns += 1) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        look(key);
      }
    }),
    {
      numRuns: 150,
      examples: [
        [
          ['F', 'tab', 'enter', 'escape', 'u', 'tab', 'enter'],
          [80, 24],
        ],
      ],
    },
  );
  expect([...compared].sort()).toEqual(expect.arrayContaining(['help', 'plan', 'progress']));
});
