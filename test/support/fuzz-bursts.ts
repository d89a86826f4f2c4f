// Random input: keys, pastes, sizes, reports of a mouse, sequences cut in two. All of it follows from numbers
// drawn by a seed.
import { overlayPlaces, type ScreenPlace, screenPlaces } from './fuzz-places.ts';
import { keys } from './screen.ts';

/** A generator of numbers below one (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One random input. */
export type FuzzAct =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Until the screen is at this place, or idle without it. */
  | { readonly kind: 'until'; readonly place: string }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number };

const typed = (text: string): FuzzAct => ({ kind: 'type', text });
const moves = ['j', 'k', 'jjj', 'kk', 'g', 'G', 'l', 'h', '[', ']', '\t', keys.shiftTab, ' ', '5', '12G'];
const arrows = [keys.up, keys.down, keys.left, keys.right, keys.pageUp, keys.pageDown, keys.ctrl('d'), keys.ctrl('u')];
const acts = [...'?:/adyTmpfFurcCwx+!vbsS*_EintReXOWUDLNVIq'];
const ends = [keys.enter, keys.escape, keys.backspace, `${keys.escape}${keys.escape}`, keys.tab];
const lines = [
  ':theme light\r',
  ':theme mono\r',
  ':audit\r',
  ':help fix\r',
  ':explain storage.default-action-deny\r',
  '/sev:high\r',
  '/日本\r',
  ':no such command "\r',
];
const pasted = ['sev:high', 'a\nb\tc', '\x1b[31mred\x1b[0m', '👨‍👩‍👧 ⚠️ é', 'x'.repeat(300), '\x1b[?1049l'];
const strange = [
  '\x1b[1;5P',
  '\x1bOP',
  '\x1b[15~',
  '\x1b[I',
  '\x1b[201~',
  '\x00',
  '\x1b[',
  '\x1b]0;t\x07',
  '\x1b[?1;2c',
];
/** The left button down and up, the wheel, a drag; in cells from 1. */
const pointed = [
  ['0', 'M'],
  ['0', 'm'],
  ['64', 'M'],
  ['65', 'M'],
  ['32', 'M'],
] as const;
const broken = ['\x1b[<0;9', '\x1b[M !!'];
const split: readonly (readonly [string, string])[] = [
  ['\x1b', '[B'],
  ['\x1b[', 'A'],
  ['\x1b[5', '~'],
  ['\x1b[<65;4', '0;9M'],
];

const ways = [...screenPlaces, ...overlayPlaces].filter(({ way }) => way.length > 0);
/** From any overlay to the screen, then to a place. */
const wayTo = ({ name, way }: ScreenPlace): FuzzAct[] => [
  ...[1, 2, 3].flatMap((): FuzzAct[] => [typed(keys.escape), { kind: 'wait', ms: 120 }]),
  ...way.flatMap((step): FuzzAct[] =>
    typeof step === 'string' ? [typed(step), { kind: 'wait', ms: 250 }] : [{ kind: 'until', place: step.until }],
  ),
  { kind: 'until', place: name },
];

/** What is done in one go. Every third burst is led to a place, to each in its turn, and to some only to look. */
export function burstOf(random: () => number, number: number): FuzzAct[] {
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const one = (): FuzzAct[] => {
    const dice = random();
    if (dice < 0.34) return [typed(any(moves))];
    if (dice < 0.5) return [typed(any(arrows))];
    if (dice < 0.62) return [typed(any(acts))];
    if (dice < 0.74) return [typed(any(ends))];
    if (dice < 0.79) return [typed(any(lines))];
    if (dice < 0.83) return [typed(`\x1b[200~${any(pasted)}\x1b[201~`)];
    if (dice < 0.86) return [typed(any(strange))];
    if (dice < 0.89) {
      const [code, end] = any(pointed);
      const place = `${between(1, 150)};${random() < 0.3 ? between(1, 4) : between(1, 45)}`;
      return [typed(random() < 0.1 ? any(broken) : `\x1b[<${code};${place}${end}`)];
    }
    if (dice < 0.92) {
      const [start, rest] = any(split);
      return [typed(start), { kind: 'wait', ms: between(0, 40) }, typed(rest)];
    }
    return [{ kind: 'resize', columns: between(20, 160), rows: between(5, 50) }];
  };
  const place = number % 3 === 2 ? ways[Math.floor(number / 3) % ways.length] : undefined;
  // In a terminal that is too small for anything there is little to come to.
  const roomy: FuzzAct = { kind: 'resize', columns: between(70, 150), rows: between(18, 45) };
  const led = place === undefined ? [] : [roomy, ...wayTo(place)];
  const loose = Array.from({ length: between(1, 7) }, () => [
    ...one(),
    ...(random() < 0.3 ? [{ kind: 'wait' as const, ms: between(1, 60) }] : []),
  ]).flat();
  return led.length > 0 && random() < 0.5 ? led : [...led, ...loose];
}
