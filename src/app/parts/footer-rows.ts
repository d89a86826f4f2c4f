// The two rows at the bottom: the last message or the command line of the first key; and the keys from the key table,
// unavailable ones dim.
import type { Line as Words } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { clickable } from '../draw/clicks.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { inputLine } from '../draw/input.ts';
import { onScreen } from '../draw/screen-words.ts';
import { line, lineWidth, widthOf, word } from '../draw/text.ts';
import { type Binding, lineOf } from '../state/binding.ts';
import { placesOf } from '../state/current.ts';
import { filterHint } from '../state/current-screen.ts';
import { hintsFor } from '../state/keys/index.ts';
import { shortIds } from '../state/select.ts';
import { spell } from '../state/spell.ts';
import type { State } from '../state/state.ts';
import { tourWords } from '../state/tour.ts';

export function footerRows(state: State): readonly [Words, Words] {
  const { width } = state.view.layout;
  const glyphs = glyphsFor(state.ascii);
  const said =
    state.overlay?.kind === 'filter'
      ? inputLine(' /', state.overlay.input, width, glyphs, filterHint(state))
      : saidWords(state, glyphs.more);
  return [said, keyWords(state, width)];
}

function saidWords(state: State, more: string): Words {
  if (state.message !== null) {
    const { text, role } = state.message;
    return line(' ', word(wholeSentences(onScreen(clean(text)), state.view.layout.width - 1), role));
  }
  const tour = tourWords(state);
  if (tour !== null) return line(word(` ${tour}`, 'accent'));
  if (state.overlay !== null) return [];
  if (state.count !== '') return line(word(` ${state.count}`, 'key'), word('  repeats the next move', 'dim'));
  // The command line of the first key, the most likely next action.
  const hints = hintsFor(state.bindings, placesOf(state)).filter(
    (one) => (one.line !== undefined || one.command !== undefined) && !isHidden(one, state),
  );
  // Where nothing is selected, that a key needs it is no news.
  const isEmpty = isNothing(state.view.selection);
  const first = (isEmpty ? hints.find((one) => (one.disabledReason?.(state) ?? null) === null) : undefined) ?? hints[0];
  if (first === undefined || state.report === null) return [];
  const key = spell(first.keys[0] ?? '');
  const reason = first.disabledReason?.(state) ?? null;
  if (reason !== null) return line(word(` ${key} unavailable: ${reason}`, 'dim'));
  const text = lineOf(first, state) ?? '';
  return line(word(` ${key}`, 'key'), word(' = ', 'dim'), word(`bastide ${shortIds(clean(text), more)}`, 'accent'));
}

/** As many whole sentences as fit; `m` shows them all. The first is shown in any case. */
function wholeSentences(text: string, cells: number): string {
  let said = text;
  for (let at = said.lastIndexOf('. '); at > 0 && widthOf(said) > cells; at = said.lastIndexOf('. '))
    said = said.slice(0, at + 1);
  return said;
}

const isNothing = ({ finding, problems, marked }: State['view']['selection']): boolean =>
  finding === null && problems.length === 0 && marked.size === 0;

const isOff = ({ disabledReason }: Binding, state: State): boolean => (disabledReason?.(state) ?? null) !== null;
const isHidden = (binding: Binding, state: State): boolean => {
  const { hideWhenDisabled: hides } = binding;
  return (hides === true || hides?.(state) === true) && isOff(binding, state);
};

/** As many whole keys as fit, in order; those that are always shown have their room before the others. */
function keyWords(state: State, width: number): Words {
  const keys = hintsFor(state.bindings, placesOf(state)).flatMap((binding) => {
    if (isHidden(binding, state)) return [];
    const off = isOff(binding, state);
    const key = spell(binding.keys[0] ?? '');
    const label = clean(binding.labelNow?.(state) ?? binding.label);
    const words = off ? [word(`${key} ${label}`, 'border')] : [word(key, 'key'), word(` ${label}`)];
    return [{ binding, words, width: lineWidth(words) + 2 }];
  });
  // Two cells before each key; one of them is the margin of the first.
  let room = width + 1 - keys.reduce((sum, one) => sum + (one.binding.hintAlways === true ? one.width : 0), 0);
  let isFull = false;
  const shown = keys.filter((one) => {
    if (one.binding.hintAlways === true) return true;
    isFull ||= one.width > room;
    if (!isFull) room -= one.width;
    return !isFull;
  });
  return shown.flatMap(({ binding, words }, at) => [
    word(at === 0 ? ' ' : '  '),
    ...clickable(words, { do: 'key', binding: binding.name }),
  ]);
}
