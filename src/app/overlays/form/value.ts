// The state of a form: the row being edited, the texts, and the resulting command line.
import type { KnownWords } from '../../../command/completion.ts';
import type { Command } from '../../../command/definition.ts';
import { quoteWord } from '../../../command/parse-line.ts';
import { edit, emptyInput, type Input, inputOf } from '../../draw/input.ts';
import { type Field, type FormValues, fieldsOf, offersOf, wordsOf, wrongWith } from './fields.ts';

declare module '../../state/state.ts' {
  interface OverlayKinds {
    readonly form: FormOverlay;
  }
}

export interface FormOverlay {
  readonly kind: 'form';
  readonly command: Command;
  readonly values: FormValues;
  /** Row of the field being edited. */
  readonly at: number;
  readonly input: Input;
  /** The sources of values, as of when the form was opened. */
  readonly known: KnownWords;
  /** The resulting command line. */
  readonly line: string;
  /** The command's reason for not running; cleared by the next key. */
  readonly refused: string | null;
}

/** A form on its first invalid row, else on the one that the refusal names, else on the one of a flag without its value. */
export function formFor(
  command: Command,
  values: FormValues,
  known: KnownWords,
  refused: string | null = null,
): FormOverlay {
  const fields = fieldsOf(command, values);
  const wrong = fields.findIndex((field) => wrongWith(field, values) !== null);
  const named = wrong >= 0 || refused === null ? wrong : fields.findIndex(({ spec }) => isNamed(spec.name, refused));
  const first = named >= 0 ? named : fields.findIndex(({ spec }) => values[spec.key] === '');
  const blank = { kind: 'form', command, values, at: 0, input: emptyInput, known, line: '', refused } as const;
  return onRow({ ...blank, line: lineOf(command, values) }, Math.max(0, first));
}

const isNamed = (name: string, text: string): boolean => ` ${text} `.split(/[^\w-]/).includes(`--${name}`);
const lineOf = (command: Command, values: FormValues): string => wordsOf(command, values).map(quoteWord).join(' ');
export const fieldAt = ({ command, values, at }: FormOverlay): Field | undefined => fieldsOf(command, values)[at];

export function onRow(overlay: FormOverlay, at: number): FormOverlay {
  const fields = fieldsOf(overlay.command, overlay.values);
  const row = (at + fields.length) % Math.max(1, fields.length);
  const text = overlay.values[fields[row]?.spec.key ?? ''] ?? '';
  return { ...overlay, at: row, input: text === '' ? emptyInput : inputOf(text) };
}

/** The form with another text in its row. Rows that no longer apply are hidden; their text is kept in case they return. */
export function withInput(overlay: FormOverlay, input: Input): FormOverlay {
  const field = fieldAt(overlay);
  if (!field) return overlay;
  const values = { ...overlay.values, [field.spec.key]: input.text };
  return { ...overlay, values, input, line: lineOf(overlay.command, values), refused: null };
}

/** The next possible value of the row, including "omitted", with wrap-around. */
export function turned(overlay: FormOverlay, step: 1 | -1): FormOverlay {
  const field = fieldAt(overlay);
  const offers = field ? offersOf(field, overlay.known) : [];
  if (offers.length === 0) return withInput(overlay, edit(overlay.input, step > 0 ? 'right' : 'left'));
  const all = ['', ...offers.map(({ value }) => value)];
  const now = Math.max(0, all.indexOf(overlay.input.text));
  const next = all[(now + step + all.length) % all.length] ?? '';
  return withInput(overlay, next === '' ? emptyInput : inputOf(next));
}
