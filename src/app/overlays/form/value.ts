// A form as a value: which row is filled in, with what, and the command line that the whole stands for.
import type { KnownWords } from '../../../command/completion.ts';
import type { Command } from '../../../command/definition.ts';
import { quoteWord } from '../../../command/parse-line.ts';
import { edit, emptyInput, type Input, inputOf } from '../../draw/input.ts';
import { type Field, type FormValues, fieldsOf, offersOf, wordsOf, wrongWith } from './fields.ts';

export interface FormOverlay {
  readonly kind: 'form';
  readonly command: Command;
  readonly values: FormValues;
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
  values: FormValues,
  known: KnownWords,
  refused: string | null = null,
): FormOverlay {
  const fields = fieldsOf(command, values);
  const first = fields.findIndex((field) => wrongWith(field, values) !== null);
  const blank = { kind: 'form', command, values, at: 0, input: emptyInput, known, line: '', refused } as const;
  return onRow({ ...blank, line: lineOf(command, values) }, Math.max(0, first));
}

const lineOf = (command: Command, values: FormValues): string => wordsOf(command, values).map(quoteWord).join(' ');
export const fieldAt = ({ command, values, at }: FormOverlay): Field | undefined => fieldsOf(command, values)[at];

export function onRow(overlay: FormOverlay, at: number): FormOverlay {
  const fields = fieldsOf(overlay.command, overlay.values);
  const row = (at + fields.length) % Math.max(1, fields.length);
  const text = overlay.values[fields[row]?.spec.key ?? ''] ?? '';
  return { ...overlay, at: row, input: text === '' ? emptyInput : inputOf(text) };
}

/** The form with another text in its row. Rows that mean nothing beside it go; what was in them is kept in case it comes back. */
export function withInput(overlay: FormOverlay, input: Input): FormOverlay {
  const field = fieldAt(overlay);
  if (!field) return overlay;
  const values = { ...overlay.values, [field.spec.key]: input.text };
  return { ...overlay, values, input, line: lineOf(overlay.command, values), refused: null };
}

/** The next of what the row may be, through "left out" and round. */
export function turned(overlay: FormOverlay, step: 1 | -1): FormOverlay {
  const field = fieldAt(overlay);
  const offers = field ? offersOf(field, overlay.known) : [];
  if (offers.length === 0) return withInput(overlay, edit(overlay.input, step > 0 ? 'right' : 'left'));
  const all = ['', ...offers.map(({ value }) => value)];
  const now = Math.max(0, all.indexOf(overlay.input.text));
  const next = all[(now + step + all.length) % all.length] ?? '';
  return withInput(overlay, next === '' ? emptyInput : inputOf(next));
}
