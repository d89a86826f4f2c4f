// Values while a template is evaluated: JSON in which what is not known is a marker (`model/unresolved.ts`). A marker made here
// also carries the text it would have, with the unknown parts in braces (`st{uniqueString(resourceGroup().id)}`): the same
// unknown gives the same text, so that a resource and what points to it still find each other.
import {
  asNumber,
  isArray,
  isNumberText,
  isObject,
  type Json,
  type JsonObject,
  memberName,
  stringifyJson,
} from '../model/json.ts';
import { isUnresolved, unresolvedMember } from '../model/unresolved.ts';
import { quote } from './expression.ts';
import { bounded, TemplateError } from './limits.ts';

/** Stands for the subscription that a file is deployed to. */
export const placeholderSubscription = '00000000-0000-0000-0000-000000000000';

/** A value that is not known, or known only as a text with holes. */
export interface Open extends JsonObject {
  /** The expression, without brackets. */
  readonly $unresolved: string;
  readonly because: string;
  readonly text: string;
  /** Only where the template will be deployed is not known: every hole is a subscription, group or cloud of the deployment. */
  readonly ambient: boolean;
  /** Azure would refuse the expression. */
  readonly failed: boolean;
  /** What a template declares of an object that only Azure knows whole; null where it is none. */
  readonly declared: JsonObject | null;
}

export const isOpen = (value: Json | undefined): value is Open => isUnresolved(value);

/** `text` defaults to the expression in braces. */
export const open = (expression: string, because: string, text?: string, ambient = false): Open => ({
  [unresolvedMember]: expression,
  because,
  text: text ?? hole(expression),
  ambient,
  failed: false,
  declared: null,
});

/** A placeholder for an unknown part of an id or name: one segment, whatever the expression holds. */
export function hole(expression: string): string {
  const flat = expression.replaceAll('/', '%2F');
  return flat.length <= 200 ? `{${flat}}` : `{${flat.slice(0, 180)}… ${checksum(flat)}}`;
}

/** FNV-1a: tells long expressions apart that begin alike. */
function checksum(text: string): string {
  let sum = 0x811c9dc5;
  for (const character of text) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

/** A value as an expression writes it, for the text of an open one. */
export function printValue(value: Json): string {
  if (isOpen(value)) return value.$unresolved;
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'boolean') return `${value}()`;
  if (!isObject(value) && !isArray(value)) return textOf(value);
  if (!holdsOpen(value)) return `json(${quote(stringifyJson(value))})`;
  const parts = isArray(value)
    ? value.map(printValue)
    : Object.entries(value).flatMap(([key, one]) => [quote(memberName(key)), printValue(one)]);
  return `${isArray(value) ? 'createArray' : 'createObject'}(${parts.join(', ')})`;
}

/**
 * What is known of the text of an open value: the pieces around its holes, the subscription of the deployment being one of these, in
 * lower case since its letter case is not kept. Undefined where the braces do not tell which parts are holes.
 */
export function piecesOf({ text }: Open): readonly string[] | undefined {
  const pieces = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text.toLowerCase().replaceAll(placeholderSubscription, '{}')) {
    if (depth > 0 && character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '{') {
      if (depth === 0) pieces.push('');
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth < 0) return undefined;
    } else if (depth === 0) pieces.push(`${pieces.pop() ?? ''}${character}`);
  }
  return depth === 0 && !quoted ? pieces : undefined;
}

/** Could the open value turn out to be this text? False only where a known piece is in the way. */
export function mayBe(value: Open, wanted: string): boolean {
  const pieces = piecesOf(value);
  const text = wanted.toLowerCase();
  if (pieces === undefined) return true;
  const [first = '', ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return true;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** Has the text a character outside its holes? */
export function isPartlyKnown({ text }: Open): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (depth === 0) return true;
  }
  return false;
}

/** Does a marker stand anywhere in the value? */
export function holdsOpen(value: Json): boolean {
  if (isOpen(value)) return true;
  if (isArray(value)) return value.some(holdsOpen);
  return isObject(value) && Object.values(value).some(holdsOpen);
}

/** A text put together from values: known throughout, or open with the unknown ones as holes. */
export function joined(expression: () => string, parts: readonly Json[]): Json {
  const text = bounded(parts.map((part) => (isOpen(part) ? part.text : textOf(part))).join(''));
  const unknown = parts.filter(isOpen);
  const [first] = unknown;
  if (!first) return text;
  return open(
    expression(),
    first.because,
    text,
    unknown.every((part) => part.ambient),
  );
}

/** A plain value as text, the way `string()` and `concat()` write it. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return '';
  if (isNumberText(value)) return value.rawJSON;
  return typeof value === 'number' ? String(value) : stringifyJson(value);
}

export function wantText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new TemplateError('a string is expected');
}
export function wantNumber(value: Json | undefined): number {
  const number = asNumber(value);
  if (number !== undefined && Number.isSafeInteger(number)) return number;
  throw new TemplateError('an integer is expected');
}
export function wantList(value: Json | undefined): readonly Json[] {
  if (isArray(value)) return value;
  throw new TemplateError('an array is expected');
}
export function wantObject(value: Json | undefined): JsonObject {
  if (isObject(value) && !isOpen(value)) return value;
  throw new TemplateError('an object is expected');
}
export function wantBoolean(value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw new TemplateError('true or false is expected');
}
