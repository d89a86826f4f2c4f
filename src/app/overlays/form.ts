// A form for a command: one row an argument, what each may be, what is wrong with it, and the command line it stands for, which is
// what is run in the end. It knows no command; the schema says everything.
import type { KnownWords } from '../../command/completion.ts';
import type { Command, Line } from '../../command/definition.ts';
import { quoteWord } from '../../command/parse-line.ts';
import { saysOf, standardWord } from '../../command/usage.ts';
import { clean } from '../../model/text.ts';
import { nameWords, titleLine } from '../draw/boxes.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { edit, emptyInput, type Input, inputOf } from '../draw/input.ts';
import { inputLine } from '../draw/input-line.ts';
import { fitLine, fitText, line, word, wrapLine, wrapText } from '../draw/text.ts';
import { windowWords } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import type { Kit } from '../state/kit.ts';
import { defineOverlay } from '../state/view.ts';
import {
  type Field,
  fieldsOf,
  type Offer,
  offersOf,
  refusalOf,
  type Values,
  wordsOf,
  wrongWith,
} from './form/fields.ts';
import { within } from './parts/within.ts';

export interface FormOverlay {
  readonly kind: 'form';
  readonly command: Command;
  readonly values: Values;
  /** Row of the field being filled in. */
  readonly at: number;
  readonly input: Input;
  /** What values may be taken from, as of when the form was opened. */
  readonly known: KnownWords;
  /** The command line it stands for. */
  readonly line: string;
  /** Why the command was not run, said by the command itself; gone with the next key. */
  readonly refused: string | null;
}

/** A form on its first row that is empty and needed, else on its first. */
export function formFor(
  command: Command,
  values: Values,
  known: KnownWords,
  refused: string | null = null,
): FormOverlay {
  const fields = fieldsOf(command, values);
  const first = fields.findIndex((field) => wrongWith(field, values) !== null);
  const blank = { kind: 'form', command, values, at: 0, input: emptyInput, known, line: '', refused } as const;
  return onRow({ ...blank, line: lineOf(command, values) }, Math.max(0, first));
}

const lineOf = (command: Command, values: Values): string => wordsOf(command, values).map(quoteWord).join(' ');
const fieldAt = ({ command, values, at }: FormOverlay): Field | undefined => fieldsOf(command, values)[at];

function onRow(overlay: FormOverlay, at: number): FormOverlay {
  const fields = fieldsOf(overlay.command, overlay.values);
  const row = (at + fields.length) % Math.max(1, fields.length);
  const text = overlay.values[fields[row]?.spec.key ?? ''] ?? '';
  return { ...overlay, at: row, input: text === '' ? emptyInput : inputOf(text) };
}

/** The form with another text in its row. Rows that mean nothing beside it go; what was in them is kept in case it comes back. */
function withInput(overlay: FormOverlay, input: Input): FormOverlay {
  const field = fieldAt(overlay);
  if (!field) return overlay;
  const values = { ...overlay.values, [field.spec.key]: input.text };
  return { ...overlay, values, input, line: lineOf(overlay.command, values), refused: null };
}

/** The next of what the row may be, through "left out" and round. */
function turned(overlay: FormOverlay, step: 1 | -1): FormOverlay {
  const field = fieldAt(overlay);
  const offers = field ? offersOf(field, overlay.known) : [];
  if (offers.length === 0) return withInput(overlay, edit(overlay.input, step > 0 ? 'right' : 'left'));
  const all = ['', ...offers.map(({ value }) => value)];
  const now = Math.max(0, all.indexOf(overlay.input.text));
  const next = all[(now + step + all.length) % all.length] ?? '';
  return withInput(overlay, next === '' ? emptyInput : inputOf(next));
}

const here = within('form');

const bindings: readonly Binding[] = [
  {
    name: 'field-next',
    where: ['form'],
    keys: ['tab', 'down'],
    label: 'next',
    help: 'The next field',
    change: here((overlay) => onRow(overlay, overlay.at + 1)),
    hint: 1,
  },
  {
    name: 'field-before',
    where: ['form'],
    keys: ['shift-tab', 'up'],
    label: 'before',
    help: 'The field before',
    change: here((overlay) => onRow(overlay, overlay.at - 1)),
  },
  {
    name: 'choice-right',
    where: ['form'],
    keys: ['right'],
    label: 'choose',
    help: 'The next of what the field may be; in a free text, a letter on',
    change: here((overlay) => turned(overlay, 1)),
    hint: 1.5,
  },
  {
    name: 'choice-left',
    where: ['form'],
    keys: ['left'],
    label: 'choose',
    help: 'The one before; in a free text, a letter back',
    change: here((overlay) => turned(overlay, -1)),
  },
  {
    name: 'form-run',
    where: ['form'],
    keys: ['enter'],
    label: 'run',
    help: 'Run the command line that the form stands for; a field that is wrong is gone to instead',
    effect: (kit) => submit(kit),
    hint: 2,
  },
  {
    name: 'form-leave',
    where: ['form'],
    keys: ['esc'],
    label: 'cancel',
    help: 'Leave it: nothing is run',
    effect: (kit) => kit.show(null),
    hint: 3,
  },
];

function submit(kit: Kit): void {
  const { overlay } = kit.store.get();
  if (overlay?.kind !== 'form') return;
  const { command, values } = overlay;
  const fields = fieldsOf(command, values);
  const wrong = fields.findIndex((field) => wrongWith(field, values) !== null);
  const refusal = refusalOf(command, values);
  if (wrong >= 0) kit.show(onRow({ ...overlay, refused: refusal }, wrong));
  else if (refusal !== null) kit.show({ ...overlay, refused: refusal });
  else kit.guard(carryOut(kit, overlay));
}

/** What the command itself finds wrong with its words is put right where they were typed. */
async function carryOut(kit: Kit, { command, values, known }: FormOverlay): Promise<void> {
  const refused = await kit.palette.run(wordsOf(command, values));
  // Whoever has closed the answer meanwhile does not want the form back.
  if (refused !== null && kit.store.get().overlay?.kind === 'output')
    kit.show(formFor(command, values, known, refused));
}

export const form = defineOverlay<FormOverlay>({
  kind: 'form',
  places: () => [],
  bindings,
  input: ({ input }) => input,
  typed: (overlay, input, state) => ({ ...state, overlay: withInput(overlay, input) }),
  draw(overlay, state) {
    const { width, body } = state.view.layout;
    const glyphs = glyphsFor(state.ascii);
    const fields = fieldsOf(overlay.command, overlay.values);
    const foot = footOf(overlay, width, glyphs);
    const room = Math.max(1, body - 1 - foot.length);
    const height = Math.min(fields.length, Math.max(1, room - 3));
    const top = Math.max(0, Math.min(overlay.at - Math.floor(height / 2), fields.length - height));
    const column = Math.min(26, Math.floor(width / 3), Math.max(...fields.map(({ spec }) => spec.name.length)) + 4);
    const shown = fields
      .slice(top, top + height)
      .map((field, index) => rowOf(overlay, field, top + index, column, width, glyphs));
    const about = aboutOf(overlay, width, room - height, glyphs);
    return [
      titleLine(
        nameWords(`bastide ${overlay.command.name}`, true),
        true,
        width,
        windowWords(top, height, fields.length),
        glyphs,
      ),
      ...shown,
      ...about,
      ...Array.from({ length: Math.max(0, room - height - about.length) }, (): Line => []),
      ...foot,
    ];
  },
});

function rowOf(overlay: FormOverlay, field: Field, index: number, column: number, width: number, glyphs: Glyphs): Line {
  const { spec } = field;
  const isHere = index === overlay.at;
  const wrong = wrongWith(field, overlay.values);
  const value = overlay.values[spec.key] ?? '';
  const name = fitText(`${isHere ? glyphs.mark : ' '} ${spec.name}${spec.required ? ' *' : ''}`, column, glyphs.more);
  const hint = standardWord(spec) ?? (spec.required ? '' : 'left out');
  if (isHere) return fitLine(inputLine(name, overlay.input, width, glyphs, hint), width, glyphs.more);
  const isBad = wrong !== null && value !== '';
  return fitLine(
    line(
      word(name, isBad ? 'bad' : 'dim'),
      value === '' ? word(hint, 'dim') : word(clean(value, 300), isBad ? 'bad' : undefined),
      ...(isBad ? [word(`  ${glyphs.bad} ${wrong}`, 'bad')] : []),
    ),
    width,
    glyphs.more,
  );
}

/** What the field is for, and what it may be, the ones that fit what is typed first. */
function aboutOf(overlay: FormOverlay, width: number, room: number, { mark, more }: Glyphs): Line[] {
  const field = fieldAt(overlay);
  if (!field || room < 2) return [];
  const typed = overlay.input.text.toLowerCase();
  const offers = offersOf(field, overlay.known);
  const fitting = offers.filter(({ value, says }) => `${value} ${says}`.toLowerCase().includes(typed));
  const list = fitting.length === 0 || offers.some(({ value }) => value === overlay.input.text) ? offers : fitting;
  const says = wrapText(clean(saysOf(field.spec), 300), width - 2, 'heading');
  const left = Math.max(0, room - 1 - says.length);
  const now = list.findIndex(({ value }) => value === overlay.input.text);
  const top = Math.max(0, Math.min(now - left + 1, list.length - left));
  const rows = list
    .slice(top, top + left)
    .map((offer) => offerLine(offer, offer.value === overlay.input.text, width, mark, more));
  return [[], ...says, ...rows].slice(0, room);
}

const offerLine = ({ value, says }: Offer, isNow: boolean, width: number, mark: string, more: string): Line =>
  fitLine(
    line(
      word(`  ${isNow ? mark : ' '} `, 'focus'),
      word(clean(value, 200), isNow ? 'focus' : undefined),
      word(says === '' ? '' : `  ${clean(says, 200)}`, 'dim'),
    ),
    width,
    more,
  );

/** The line it stands for, and what stands in its way. */
function footOf({ command, values, line: text, refused }: FormOverlay, width: number, { bad }: Glyphs): Line[] {
  const why = refused ?? refusalOf(command, values);
  return [
    ...wrapLine(line(word('$ ', 'dim'), word(`bastide ${clean(text, 2000)}`, 'accent')), width, 4).slice(0, 3),
    ...(why === null
      ? wrapText(
          command.effect === 'cloud'
            ? 'Enter runs it; what it would do is shown before anything is sent.'
            : 'Enter runs it.',
          width,
          'dim',
        ).slice(0, 3)
      : wrapText(`${bad} ${why}`, width, refused === null ? 'dim' : 'bad', 2).slice(0, 3)),
  ];
}
