// A form as values: the rows of a command's schema, their possible values, their errors, and the resulting command line.
// Pure; independent of the screen.
import type { KnownWords } from '../../../command/completion.ts';
import type { Command } from '../../../command/definition.ts';
import { applies, type FlagSpec } from '../../../command/flag.ts';
import { parseCommand } from '../../../command/parse-arguments.ts';
import { type PositionalSlot, placesOf } from '../../../command/usage.ts';
import { isFailure } from '../../../model/failure.ts';
import { clean } from '../../../model/text.ts';

/** The typed text, by the member of the schema; '' and absent: omitted. */
export type FormValues = Readonly<Record<string, string>>;

export interface Field {
  readonly spec: FlagSpec;
  /** Its position among the positional arguments; undefined for a flag. */
  readonly place: PositionalSlot | undefined;
}

export interface Offer {
  readonly value: string;
  readonly says: string;
  /** The name shown where the value is an id. */
  readonly label?: string;
}

/** The rows that apply with these values, in the order of the schema; those of other ways to run the command only where given. */
export function fieldsOf(command: Command, values: FormValues): Field[] {
  const { places, flags } = placesOf(command);
  // A choice that is not made yet excludes nothing.
  const made = [...places.map(({ spec }) => spec), ...flags].filter(({ key, choices }) =>
    choices.includes(values[key] ?? ''),
  );
  const given = Object.fromEntries(made.map(({ key }) => [key, values[key]]));
  return [
    ...places.map((place) => ({ spec: place.spec, place })),
    ...flags
      .filter((spec) => applies(spec, given) && (spec.unasked !== true || (values[spec.key] ?? '') !== ''))
      .map((spec) => ({ spec, place: undefined })),
  ];
}

/** The known values of a field; other typed values count too unless the list is closed. */
export function offersOf({ spec }: Field, known: KnownWords): Offer[] {
  if (spec.kind === 'boolean') return ['yes', 'no'].map((value) => ({ value, says: '' }));
  if (spec.choices.length > 0) return spec.choices.map((value) => ({ value, says: '' }));
  if (spec.of === undefined) return [];
  const words = spec.of === 'target' ? [...(known.finding ?? []), ...(known.rule ?? [])] : (known[spec.of] ?? []);
  return words.map(({ value, says, label }) => ({ value, says, ...(label === undefined ? {} : { label }) }));
}

const several = (field: Field): boolean => field.spec.kind === 'list' || field.spec.kind === 'pairs';
const split = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

/** The words of the command line, without rows that do not apply. */
export function wordsOf(command: Command, values: FormValues): string[] {
  const loose: string[] = [];
  const flags: string[] = [];
  for (const field of fieldsOf(command, values)) {
    const value = (values[field.spec.key] ?? '').trim();
    const each = several(field) ? split(value) : value === '' ? [] : [value];
    if (field.place) loose.push(...each);
    else if (field.spec.kind === 'boolean') flags.push(...each.map((one) => switched(field.spec, one)));
    else flags.push(...each.map((one) => `--${field.spec.name}=${one}`));
  }
  // A name that begins with a dash is not a flag.
  const guard = loose.some((word) => word.startsWith('-')) ? ['--'] : [];
  return guard.length > 0 ? [command.name, ...flags, ...guard, ...loose] : [command.name, ...loose, ...flags];
}

const switched = ({ name }: FlagSpec, value: string): string => (isNo(value) ? `--no-${name}` : `--${name}`);
const isNo = (value: string): boolean => /^(?:n|no|off|false)$/i.test(value);
const isYes = (value: string): boolean => /^(?:y|yes|on|true)$/i.test(value);

/** The error of one row, in a few words; null when it is valid or cannot be checked before the run. */
export function wrongWith({ spec }: Field, values: FormValues): string | null {
  const value = (values[spec.key] ?? '').trim();
  if (value === '') return spec.required ? 'needed' : null;
  if (spec.kind === 'number' && !/^-?\d+(\.\d+)?$/.test(value)) return 'not a number';
  if (spec.kind === 'boolean' && !isYes(value) && !isNo(value)) return 'yes or no';
  if (spec.kind === 'pairs' && split(value).some((one) => !/^[^=]+=/.test(one))) return 'NAME=VALUE';
  const known = spec.kind === 'list' ? split(value) : [value];
  return spec.choices.length > 0 && known.some((one) => !spec.choices.includes(one)) ? 'not one of the choices' : null;
}

/** What the command refuses in the whole line before it runs; null when it is valid. */
export function refusalOf(command: Command, values: FormValues): string | null {
  try {
    const { args } = parseCommand(wordsOf(command, values), [command]);
    command.check?.(args);
    return null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return clean(error.message, 300);
  }
}

/** Values from the beginning of a command line: positional arguments in order, and flags. */
export function valuesOf(command: Command, words: readonly string[]): FormValues {
  const { places, flags } = placesOf(command);
  const values: Record<string, string> = {};
  const add = (spec: FlagSpec | undefined, value: string): void => {
    if (spec) values[spec.key] = [values[spec.key], value].filter((one) => one !== undefined).join(' ');
  };
  let at = 0;
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, no, name = '', value] = /^--(no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const spec = flags.find((one) => one.name === name) ?? flags.find((one) => one.name === `no-${name}`);
    if (name === '') {
      add(places[at]?.spec ?? (places.at(-1)?.rest ? places.at(-1)?.spec : undefined), word);
      at += 1;
    } else if (spec?.kind === 'boolean') add(spec, no === undefined && value !== 'false' ? 'yes' : 'no');
    else if (value !== undefined) add(spec, value);
    else {
      index += 1;
      add(spec, words[index] ?? '');
    }
  }
  return values;
}
