// Conditions of rule files over the body of one resource, in three values: true, false, or not known because something could not be
// read. Pure.
import type { Json } from '../model/json.ts';
import type { Pointer } from '../model/pointer.ts';
import { clean } from '../model/text.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { type OperatorName, operators, shown } from './operators.ts';
import { type PlacedValue, placesIn, type ValuePath } from './value-path.ts';

/** Which of the values that a path with `[*]` stands for must meet the operator. */
export const quantifiers = ['every', 'some', 'none'] as const;

export interface ValueTest {
  readonly kind: 'test';
  readonly path: ValuePath;
  readonly operator: OperatorName;
  readonly operand: Json;
  readonly match: (typeof quantifiers)[number];
  /** Counts where the member is absent or null: what Azure does then. */
  readonly standard?: Json;
}
export type RuleCondition =
  | ValueTest
  | { readonly kind: 'all' | 'any'; readonly parts: readonly RuleCondition[] }
  | { readonly kind: 'not'; readonly part: RuleCondition };

/** A value that decided, and what was expected of it. */
export interface DecidingValue {
  readonly pointer: Pointer;
  readonly note: string;
}

export interface ConditionResult {
  /** Unknown: the read that failed, or a clause that says what could not be compared. */
  readonly holds: boolean | UnreadableError | { readonly undecided: string };
  /** What the values that decided are, and what was expected where they are not. */
  readonly said: readonly { readonly seen: string; readonly expected: string | null }[];
  readonly values: readonly DecidingValue[];
}

export function evaluate(condition: RuleCondition, body: Json, negated = false): ConditionResult {
  if (condition.kind === 'not') return evaluate(condition.part, body, !negated);
  if (condition.kind === 'test') return tested(condition, body, negated);
  const isAll = (condition.kind === 'all') !== negated;
  const results = condition.parts.map((part) => evaluate(part, body, negated));
  // One that is false decides `all`, one that is true decides `any`, whatever the others are.
  const deciding = results.filter(({ holds }) => holds === !isAll);
  if (deciding.length > 0) return joined(!isAll, isAll ? deciding : deciding.slice(0, 1));
  const open = results.find(({ holds }) => typeof holds !== 'boolean');
  return open ?? joined(isAll, results);
}

const joined = (holds: boolean, results: readonly ConditionResult[]): ConditionResult => ({
  holds,
  said: results.flatMap(({ said }) => said),
  values: results.flatMap(({ values }) => values),
});

/** Of many values a few are shown. */
const mostShown = 5;

function tested(
  { path, operator, operand, match, standard }: ValueTest,
  body: Json,
  negated: boolean,
): ConditionResult {
  const { places, strange } = placesIn(body, path);
  const { holds: holdsFor, expects } = operators[operator];
  if (strange !== undefined) return { holds: { undecided: strange }, said: [], values: [] };
  const each = places.map((place) => ({ place, held: heldAt(place, standard, (value) => holdsFor(value, operand)) }));
  // `none` is the opposite of `some`, and `not` that of either.
  const wantsSome = match === 'some' || match === 'none';
  const isTurned = (match === 'none') !== negated;
  const deciding = each.filter(({ held }) => held === wantsSome);
  const open = each.map(({ held }) => held).find((held) => typeof held !== 'boolean');
  if (deciding.length === 0 && open !== undefined) return { holds: open, said: [], values: [] };
  const base = deciding.length > 0 ? wantsSome : !wantsSome;
  const holds = base !== isTurned;
  const told = (deciding.length > 0 ? deciding : each).slice(0, mostShown);
  const expectation = expects(operand, isTurned);
  const rest = (deciding.length > 0 ? deciding : each).length - told.length;
  const values = told.map(({ place }) => `${clean(place.text, 200)} is ${valueWords(place, standard)}`);
  const seen = values.length === 0 ? `${clean(path.text, 200)} has no member` : values.join(', ');
  const least = path.isMany && holdsForOne(match, negated) ? 'at least one ' : '';
  return {
    holds,
    said: [{ seen: rest > 0 ? `${seen}, and ${rest} more` : seen, expected: holds ? null : `${least}${expectation}` }],
    values: told.map(({ place }) => ({ pointer: place.pointer, note: `expected ${expectation}` })),
  };
}

/** Is one value enough? `not every` is `some` of the opposite. */
const holdsForOne = (match: ValueTest['match'], negated: boolean): boolean =>
  match === 'every' ? negated : (match === 'some') !== negated;

function heldAt(
  { value }: PlacedValue,
  standard: Json | undefined,
  holds: (value: Json | undefined) => boolean | { readonly undecided: string },
): boolean | UnreadableError | { readonly undecided: string } {
  if (value.state === 'unreadable') return value.error;
  try {
    return holds(value.value ?? standard ?? value.value);
  } catch (error) {
    // A part of the value, such as one member of a list, could not be read.
    if (error instanceof UnreadableError) return error;
    throw error;
  }
}

function valueWords({ value }: PlacedValue, standard: Json | undefined): string {
  if (value.state === 'unreadable') return 'not known';
  const isAbsent = value.value === undefined || value.value === null;
  if (isAbsent)
    return standard === undefined ? (value.value === null ? 'null' : 'absent') : `${shown(standard)} by default`;
  try {
    return shown(value.value);
  } catch (error) {
    if (error instanceof UnreadableError) return 'known in part';
    throw error;
  }
}
