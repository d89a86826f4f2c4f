// Every key in one sheet, those of the current screen first; a search shows what each does, its name, its command line, and why it
// is unavailable. From the bindings.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { TextPage } from '../components/TextPage.tsx';
import { glyphsFor } from '../draw/glyphs.ts';
import { emptyInput, type Input, inputLine } from '../draw/input.ts';
import { fitLine, fitText, line, widthOf, word, wrapLine } from '../draw/text.ts';
import { type Binding, type KeyScope, lineOf } from '../state/binding.ts';
import { headings, spell } from '../state/spell.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { scrolledPage, within } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly help: HelpOverlay;
  }
}

export interface HelpOverlay {
  readonly kind: 'help';
  /** The places that were active when help was opened: their keys come first. */
  readonly from: readonly KeyScope[];
  /** The search, and whether it is being typed. */
  readonly input: Input;
  readonly isTyping: boolean;
  readonly top: number;
}

export const helpOverlay = (from: readonly KeyScope[]): HelpOverlay => ({
  kind: 'help',
  from,
  input: emptyInput,
  isTyping: false,
  top: 0,
});

const bindings: readonly Binding[] = [
  {
    name: 'help-search',
    where: ['help-sheet'],
    keys: ['/'],
    label: 'search',
    help: 'Search the keys by name, label or effect, and show what each does',
    change: within('help')((overlay) => ({ ...overlay, isTyping: true, top: 0 })),
    hint: 1,
  },
];

export const help = defineOverlay<HelpOverlay>({
  kind: 'help',
  crumb: () => 'keys',
  places: ({ isTyping }) => (isTyping ? ['input'] : ['text', 'help-sheet']),
  bindings,
  input: ({ input, isTyping }) => (isTyping ? input : null),
  typed: (overlay, input, state) => ({ ...state, overlay: { ...overlay, input, top: 0 } }),
  text: ({ from, input, isTyping }, state, width) => {
    const wanted = input.text.trim().toLowerCase();
    if (wanted === '') return [...searchRow(input, isTyping, state, width), ...sheet(from, state, width)];
    const found = foundLines(wanted, from, state, width);
    const none = [line(word('No key matches; Esc clears the search.', 'dim'))];
    return [...searchRow(input, isTyping, state, width), ...(found.length === 0 ? none : found)];
  },
  placement: 'body',
  move: scrolledPage,
  Body: ({ slice, state }) => (
    <TextPage title="Keys" top={slice.top} layout={state.view.layout} lines={state.panel.value} />
  ),
  submit: (overlay, { show }) => show({ ...overlay, isTyping: false }),
  cancel(overlay, { show }) {
    const isSearching = overlay.isTyping || overlay.input.text !== '';
    show(isSearching ? { ...overlay, isTyping: false, input: emptyInput, top: 0 } : null);
  },
});

/** Only where there is a search, or one is being typed. */
function searchRow(input: Input, isTyping: boolean, { ascii }: State, width: number): Line[] {
  if (isTyping) return [inputLine('/', input, width, glyphsFor(ascii), 'a key, a name or what it does'), []];
  return input.text === '' ? [] : [line(word('/', 'dim'), word(clean(input.text, 200), 'warn')), []];
}

/** Places by heading; a key of several places is listed once, at the first. */
const chapters: readonly (readonly [string, readonly KeyScope[]])[] = [
  ['On every screen', ['screen']],
  ['Moving', ['list', 'panes', 'moves', 'text', 'pages']],
  ['In a list', ['rows', 'opens', 'jumps', 'pane-open', 'groups', 'every', 'tabs', 'marks']],
  ['Before a plan is applied', ['buttons', 'plan']],
  ['While and after a plan is applied', ['result', 'progress']],
  ['In the command line', ['palette', 'line']],
  ['In a list of choices', ['choices']],
  ['Everywhere', ['everywhere']],
];

/** The bindings below their headings; those of the current screen come after those of every screen. */
function chaptersOf(from: readonly KeyScope[], { bindings: all }: State): [string, readonly Binding[]][] {
  const general = new Set(chapters.flatMap(([, places]) => places));
  const own = from.filter((place) => !general.has(place));
  const rest = [...new Set(all.flatMap(({ where }) => where))].filter(
    (place) => !general.has(place) && !own.includes(place) && place !== 'input',
  );
  const headed: (readonly [string, readonly KeyScope[]])[] = [
    ...chapters.slice(0, 1),
    ...(own.length === 0 ? [] : [['On this screen', own] as const]),
    ...chapters.slice(1),
    ...rest.map((place) => [`In ${headings[place] ?? place}`, [place]] as const),
  ];
  const told = new Set<Binding>();
  return headed.flatMap(([title, places]) => {
    const these = all.filter((one) => !told.has(one) && one.where.some((place) => places.includes(place)));
    for (const one of these) told.add(one);
    return these.length === 0 ? [] : [[title, these] as [string, readonly Binding[]]];
  });
}

/** The least width of a column of the sheet. */
const columnCells = 26;
const keyCells = 10;

/** Each chapter as a grid of keys with their labels. */
function sheet(from: readonly KeyScope[], state: State, width: number): Line[] {
  const columns = Math.max(1, Math.floor(width / columnCells));
  const cells = Math.floor(width / columns);
  const cellOf = (one: Binding): Line => {
    const isHere = one.where.some((place) => from.includes(place));
    const isOff = isHere && (one.disabledReason?.(state) ?? null) !== null;
    // Two of its keys, where both fit whole.
    const [first = '', second = ''] = one.keys.map(spell);
    const both = `${first} ${second}`.trim();
    const keys = fitText(widthOf(both) < keyCells ? both : first, keyCells - 1, '');
    return line(
      word(` ${keys} `, isOff ? 'border' : 'key'),
      word(fitText(one.label, cells - keyCells - 2, ''), isOff ? 'border' : undefined),
    );
  };
  const grid = chaptersOf(from, state).flatMap(([title, these]) => {
    const all = onceEachKey(
      these.filter(({ keys }) => keys.length > 0),
      from,
    );
    const height = Math.ceil(all.length / columns);
    const rows = Array.from({ length: height }, (_, row) =>
      // Down each column, as a list is read.
      all.filter((_one, at) => at % height === row).flatMap((one) => fitLine(cellOf(one), cells, '')),
    );
    return all.length === 0 ? [] : [line(word(title, 'heading')), ...rows, []];
  });
  return [
    ...wrapLine(line(word('Press / to search, which shows what each key does; t for a tour.', 'dim')), width),
    [],
    ...grid,
  ];
}

/** One row for a key: what it does here, else where it is told first. The search finds the others. */
function onceEachKey(all: readonly Binding[], from: readonly KeyScope[]): Binding[] {
  const isHere = ({ where }: Binding) => where.some((place) => from.includes(place));
  return [...Map.groupBy(all, ({ keys }) => keys.join(' ')).values()].flatMap(
    (same) => same.find(isHere) ?? same.slice(0, 1),
  );
}

function foundLines(wanted: string, from: readonly KeyScope[], state: State, width: number): Line[] {
  return chaptersOf(from, state).flatMap(([title, these]) => {
    const fit = these.filter((one) => isFound(one, wanted));
    if (fit.length === 0) return [];
    return [line(word(title, 'heading')), ...fit.flatMap((one) => bindingLines(one, from, state, width)), []];
  });
}

/** One key by how it is spelt; else every word in what is told of the binding. */
function isFound({ keys, label, help: says, name }: Binding, wanted: string): boolean {
  if (keys.some((key) => spell(key).toLowerCase() === wanted)) return true;
  const all = `${label} ${says} ${name}`.toLowerCase();
  return wanted.split(/\s+/).every((one) => all.includes(one));
}

function bindingLines(binding: Binding, from: readonly KeyScope[], state: State, width: number): Line[] {
  const keys = [...binding.keys.map(spell), ...(binding.word === undefined ? [] : [`:${binding.word}`])].join(' ');
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
