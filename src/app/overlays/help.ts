// Every key with its action, its command line, and why it is unavailable; from the bindings.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { line, widthOf, word, wrapLine } from '../draw/text.ts';
import { type Binding, type KeyScope, lineOf } from '../state/binding.ts';
import { spell } from '../state/spell.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { panelBox, scrolled } from './parts/panel.ts';

export interface HelpOverlay {
  readonly kind: 'help';
  /** The places that were active when help was opened: their keys come first. */
  readonly from: readonly KeyScope[];
  readonly top: number;
}

export const help = defineOverlay<HelpOverlay>({
  kind: 'help',
  places: () => ['text'],
  text: ({ from }, state, width) => helpLines(from, state, width),
  move: scrolled,
  draw: ({ top }, state) => panelBox('Keys', top, state),
});

/** Places by heading; a key of several places is listed once, at the first. */
const chapters: readonly (readonly [string, readonly KeyScope[]])[] = [
  ['On every screen', ['screen']],
  ['Moving', ['list', 'panes', 'moves', 'text']],
  ['In a list', ['rows', 'groups', 'every', 'tabs', 'marks']],
  ['Before a plan is applied', ['buttons']],
  ['While and after a plan is applied', ['result']],
  ['In the command line', ['palette', 'line']],
  ['In a list of choices', ['choices']],
  ['Everywhere', ['everywhere']],
];

function helpLines(from: readonly KeyScope[], state: State, width: number): Line[] {
  const general = new Set(chapters.flatMap(([, places]) => places));
  const own = from.filter((place) => !general.has(place));
  const rest = [...new Set(state.bindings.flatMap(({ where }) => where))].filter(
    (place) => !general.has(place) && !own.includes(place) && place !== 'input',
  );
  const all: (readonly [string, readonly KeyScope[]])[] = [
    ...chapters.slice(0, 1),
    ...(own.length === 0 ? [] : [['On this screen', own] as const]),
    ...chapters.slice(1),
    ...rest.map((place) => [`In ${place}`, [place]] as const),
  ];
  const told = new Set<Binding>();
  return all.flatMap(([title, places]) => {
    const these = state.bindings.filter((one) => !told.has(one) && one.where.some((place) => places.includes(place)));
    for (const one of these) told.add(one);
    if (these.length === 0) return [];
    return [line(word(title, 'heading')), ...these.flatMap((one) => bindingLines(one, from, state, width)), []];
  });
}

function bindingLines(binding: Binding, from: readonly KeyScope[], state: State, width: number): Line[] {
  const keys = binding.keys.map(spell).join(' ');
  const reason = binding.where.some((place) => from.includes(place)) ? binding.disabledReason?.(state) : null;
  const command = lineOf(binding, state);
  const pad = ' '.repeat(Math.max(1, 18 - widthOf(keys)));
  return [
    // The name is that of the setting: `config set keys.NAME KEY`.
    ...wrapLine(line(word(keys, 'key'), pad, binding.help, word(`  ${binding.name}`, 'border')), width, 18),
    ...(command ? wrapLine(line(' '.repeat(18), word(`= ${clean(command)}`, 'accent')), width, 20) : []),
    ...(reason ? wrapLine(line(' '.repeat(18), word(`unavailable: ${reason}`, 'dim')), width, 20) : []),
  ];
}
