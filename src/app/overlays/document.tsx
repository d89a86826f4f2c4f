// A resource as Azure returned it: raw JSON with folding and search.
import type { Line } from '../../command/definition.ts';
import type { Json } from '../../model/json.ts';
import { clean } from '../../model/text.ts';
import { Input } from '../components/Input.tsx';
import { List } from '../components/List.tsx';
import { contentRows, nameWords } from '../draw/areas.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { emptyInput, type Input as Typed } from '../draw/input.ts';
import { emptyMemo, type Memo, memoize } from '../draw/memoize.ts';
import { line, word } from '../draw/text.ts';
import { atStart, type Cursor, inside, type Move, target } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import type { State } from '../state/state.ts';
import { defineOverlay, type ViewProps } from '../state/view.ts';
import { foldedAt, holds, matched } from './document/moving.ts';
import { foldable, type JsonRow, jsonRows } from './document/rows.ts';
import { within } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly document: DocumentOverlay;
  }
}

export interface DocumentOverlay {
  readonly kind: 'document';
  readonly title: string;
  readonly body: Json;
  readonly cursor: Cursor;
  /** Paths. */
  readonly folded: ReadonlySet<string>;
  /** The last search. */
  readonly search: string;
  /** The search being typed; else null. */
  readonly typing: Typed | null;
  /** The same, as the text being typed. */
  readonly input: Typed;
  readonly rows: Memo<readonly JsonRow[]>;
}

export const documentOf = (title: string, body: Json): DocumentOverlay => ({
  kind: 'document',
  title,
  body,
  cursor: atStart,
  folded: new Set(),
  search: '',
  typing: null,
  input: emptyInput,
  rows: emptyMemo([]),
});

const here = within('document');
const area = ({ view }: State) => ({ width: view.layout.width, height: view.layout.body - 1 });

const bindings: readonly Binding[] = [
  {
    name: 'document-fold',
    where: ['json'],
    keys: ['enter', ' '],
    label: 'fold',
    help: 'Fold or unfold the row',
    change: here((one) => foldedAt(one, one.rows.value[one.cursor.index]?.folded === false)),
    hint: 1,
  },
  {
    name: 'document-fold-all',
    where: ['json'],
    keys: ['_', '-'],
    label: 'fold all',
    help: 'Fold everything',
    change: here((one) => ({ ...one, folded: new Set(foldable(one.body)), cursor: atStart })),
  },
  {
    name: 'document-unfold-all',
    where: ['json'],
    keys: ['+'],
    label: 'unfold all',
    help: 'Unfold everything',
    change: here((one) => ({ ...one, folded: new Set<string>() })),
  },
  {
    name: 'document-search',
    where: ['json'],
    keys: ['/'],
    label: 'search',
    help: 'Search names and values; n is the next match, N the previous one',
    change: here((one) => ({ ...one, typing: emptyInput, input: emptyInput })),
    hint: 2,
  },
  {
    name: 'document-next',
    where: ['json'],
    keys: ['n'],
    label: 'next',
    help: 'Next match',
    change: here((one) => matched(one, one.search, 1)),
    hint: 3,
    disabledReason: ({ overlay }) =>
      overlay?.kind === 'document' && overlay.search === '' ? 'Search with / first.' : null,
  },
  {
    name: 'document-previous',
    where: ['json'],
    keys: ['N'],
    label: 'previous',
    help: 'Previous match',
    change: here((one) => matched(one, one.search, -1)),
  },
  {
    name: 'document-copy',
    where: ['json'],
    keys: ['c'],
    label: 'copy',
    help: 'Copy the value of this row',
    effect({ store, copy }) {
      const { overlay } = store.get();
      if (overlay?.kind !== 'document') return;
      const text = overlay.rows.value[overlay.cursor.index]?.text.replace(/,$/, '') ?? null;
      copy(text?.replace(/^"(.*)"$/s, '$1') ?? null, 'value');
    },
  },
  {
    name: 'document-close',
    where: ['json'],
    keys: ['esc', 'q', 'y'],
    label: 'close',
    help: 'Close',
    effect: ({ show }: EffectContext) => show(null),
    hint: 4,
  },
];

export const document = defineOverlay<DocumentOverlay>({
  kind: 'document',
  crumb: () => 'JSON',
  // While a search is typed, letters are text.
  places: ({ typing }) => (typing === null ? ['json', 'list'] : ['input']),
  bindings,
  input: ({ typing }) => typing,
  typed: (overlay, input, state) => ({ ...state, overlay: { ...overlay, typing: input, input } }),
  derive(overlay, state) {
    const rows = memoize(overlay.rows, [overlay.body, overlay.folded], () => jsonRows(overlay.body, overlay.folded));
    const cursor = inside(overlay.cursor, rows.value.length, contentRows(area(state)));
    return rows === overlay.rows && cursor === overlay.cursor ? overlay : { ...overlay, rows, cursor };
  },
  move(overlay, move: Move, times, state) {
    if (move === 'left' || move === 'right') return foldedAt(overlay, move === 'left');
    const index = target(overlay.cursor.index, move, overlay.rows.value.length, contentRows(area(state)), times);
    return { ...overlay, cursor: { ...overlay.cursor, index } };
  },
  submit({ typing }, effects) {
    const text = typing?.text.trim() ?? '';
    effects.change(here((one) => matched({ ...one, typing: null, search: text }, text, 1)));
    const { overlay } = effects.store.get();
    if (text !== '' && overlay?.kind === 'document' && !holds(overlay, text))
      effects.controller.say(`No match for ${clean(text, 80)}.`, 'warn');
  },
  cancel: (_overlay, effects) => effects.change(here((one) => ({ ...one, typing: null }))),
  placement: 'body',
  Body,
});

function Body({ slice: overlay, state }: ViewProps<DocumentOverlay>) {
  const glyphs = glyphsFor(state.ascii);
  const { width } = state.view.layout;
  const { rows, cursor, search, typing, title } = overlay;
  return (
    <>
      <List
        name={line(...nameWords(clean(title), true), word(search === '' ? '' : `  /${search}`, 'warn'))}
        focused
        area={area(state)}
        length={rows.value.length}
        cursor={cursor}
        row={(index, selected) => {
          const row = rows.value[index];
          return row === undefined ? [] : rowWords(row, selected ? `${glyphs.mark} ` : '  ', search, glyphs);
        }}
      />
      {typing !== null && <Input prompt=" /" input={typing} width={width} hint="a name or a value" />}
    </>
  );
}

function rowWords(row: JsonRow, sign: string, search: string, { open, folded }: Glyphs): Line {
  const fold = row.folded === null ? ' ' : row.folded ? folded : open;
  const hit = search !== '' && `${row.name}${row.text}`.toLowerCase().includes(search.toLowerCase());
  return line(
    word(sign, 'focus'),
    word(`${'  '.repeat(Math.min(row.depth, 20))}${fold} `, 'dim'),
    word(row.name, 'accent'),
    word(row.text, hit ? 'warn' : row.folded === true ? 'dim' : 'text'),
  );
}
