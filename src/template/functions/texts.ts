// Functions about texts (learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string).

import { isArray, type Json, JsonError, parseJson } from '../../model/json.ts';
import { memberIgnoringCase } from '../../model/pointer.ts';
import { withoutEnd } from '../../model/text.ts';
import { bounded, TemplateError } from '../limits.ts';
import { isOpen, joined, open, textOf, wantList, wantNumber, wantObject, wantText } from '../values.ts';
import { type FunctionBody, type FunctionTable, strict, tolerant } from './function.ts';

/** `{0}`, `{1:D3}`; `{{` and `}}` mean one brace. */
const format: FunctionBody = ([template, ...values], call) => {
  if (isOpen(template)) return open(call.print(), template.because);
  const parts: Json[] = [];
  const text = wantText(template);
  let at = 0;
  for (const found of text.matchAll(/\{\{|\}\}|\{(\d+)(?::([^{}]*))?\}|[{}]/g)) {
    parts.push(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[0] === '{{' || found[0] === '}}') parts.push(found[0].charAt(0));
    else if (found[1] === undefined) throw new TemplateError('the format has an unmatched brace');
    else parts.push(formatted(values[Number(found[1])], found[2]));
  }
  return joined(call.print, [...parts, text.slice(at)]);
};

function formatted(value: Json | undefined, how: string | undefined): Json {
  if (value === undefined) throw new TemplateError('the format names a value that is not given');
  if (how === undefined || how === '') return value;
  const digits = /^[dD](\d{0,2})$/.exec(how)?.[1] ?? (/^0+$/.test(how) ? String(how.length) : undefined);
  if (digits === undefined) throw new TemplateError(`the format ${how} is not known`);
  if (isOpen(value)) return open(`format('{0:${how}}', ${value.$unresolved})`, value.because);
  const number = wantNumber(value);
  return `${number < 0 ? '-' : ''}${String(Math.abs(number)).padStart(Number(digits), '0')}`;
}

const join: FunctionBody = ([items, separator], call) => {
  if (isOpen(items)) return open(call.print(), items.because);
  if (separator === undefined || isOpen(separator)) throw new TemplateError('the separator is not known');
  const parts = wantList(items).flatMap((item, index) => (index === 0 ? [item] : [wantText(separator), item]));
  return joined(call.print, parts);
};

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The text split at every one of the separators. The slashes of an id are known even where a name in it is not: a hole holds none.
 */
const split: FunctionBody = ([text, separators = null], call) => {
  if (isOpen(separators)) return open(call.print(), separators.because);
  const marks = isArray(separators) ? separators.map(wantText) : [wantText(separators)];
  if (isOpen(text)) {
    if (!text.text.startsWith('/') || marks.some((mark) => mark !== '/')) return open(call.print(), text.because);
    return text.text
      .split('/')
      .map((part, at) =>
        part.includes('{') ? open(`${call.print()}[${at}]`, text.because, part, text.ambient) : part,
      );
  }
  const some = marks.filter((mark) => mark !== '');
  if (some.length === 0) return [wantText(text)];
  const longestFirst = some.toSorted((a, b) => b.length - a.length);
  return wantText(text).split(new RegExp(longestFirst.map(escapeRegExp).join('|')));
};

const substring: FunctionBody = ([text, start, length]) => {
  const whole = wantText(text);
  const from = wantNumber(start);
  const count = length === undefined ? whole.length - from : wantNumber(length);
  if (from < 0 || count < 0 || from + count > whole.length) {
    throw new TemplateError('the substring is outside the string');
  }
  return whole.slice(from, from + count);
};

/** In another letter case a text with holes is still the same name. */
const inCase =
  (change: (text: string) => string): FunctionBody =>
  ([text], call) =>
    isOpen(text) ? open(call.print(), text.because, text.text, text.ambient) : change(wantText(text));

/** Upper and lower case the invariant way: character by character, whatever the machine's language. */
const same = (a: string): string => a.toLowerCase();

const json: FunctionBody = ([text]) => {
  try {
    return parseJson(wantText(text));
  } catch (error) {
    if (error instanceof JsonError) throw new TemplateError('the text is not JSON');
    throw error;
  }
};

// The alphabet of RFC 4648, section 4.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => alphabet.charAt((bits >> shift) & 63));
    out += letters
      .map((letter, index) => (index <= (c === undefined ? (b === undefined ? 1 : 2) : 3) ? letter : '='))
      .join('');
  }
  return out;
}
function fromBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new TemplateError('the text is not base64');
  }
  const bytes: number[] = [];
  const plain = withoutEnd(text, '=');
  let bits = 0;
  let held = 0;
  for (const letter of plain) {
    bits = ((bits << 6) | alphabet.indexOf(letter)) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 255);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** RFC 3986: everything but letters, digits and `-_.~` is escaped. */
const encoded = (text: string): string => {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    throw new TemplateError('the text cannot be part of an address');
  }
};
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TemplateError('the text is not an escaped part of an address');
  }
};
/** Azure's `uri`: the relative part takes the place of what follows the last slash of the base. */
const uri: FunctionBody = ([base, relative], call) => {
  const [text, part] = [base, relative].map((one) => (isOpen(one) ? one.text : wantText(one)));
  const from = text?.endsWith('/') ? text : (text?.slice(0, text.lastIndexOf('/') + 1) ?? '');
  const whole = `${from === '' ? `${text}/` : from}${part?.replace(/^\//, '')}`;
  const [unknown] = [base, relative].filter(isOpen);
  return unknown === undefined ? whole : open(call.print(), unknown.because, whole);
};

/** The parts of an address; those that it does not have are absent. */
const parseUri: FunctionBody = ([text]) => {
  let address: URL;
  try {
    address = new URL(wantText(text));
  } catch {
    throw new TemplateError('the text is not an absolute URI');
  }
  const { protocol, hostname, port, pathname, search } = address;
  const usual = { 'http:': 80, 'https:': 443 }[protocol];
  return {
    scheme: protocol.slice(0, -1),
    host: hostname,
    ...(port === '' && usual === undefined ? {} : { port: port === '' ? (usual ?? null) : Number(port) }),
    ...(pathname === '' ? {} : { path: pathname }),
    ...(search === '' ? {} : { query: search }),
  };
};

const buildUri: FunctionBody = ([components]) => {
  const part = (name: string): string => textOf(memberIgnoringCase(wantObject(components), name) ?? '');
  const [scheme, host, port, path, query] = ['scheme', 'host', 'port', 'path', 'query'].map(part);
  if (scheme === '' || host === '') throw new TemplateError('the URI has no scheme or host');
  const own = port === '' || port === { http: '80', https: '443' }[scheme ?? ''] ? '' : `:${port}`;
  const lead = (mark: string, rest = '') => (rest === '' || rest.startsWith(mark) ? rest : `${mark}${rest}`);
  return `${scheme}://${host}${own}${lead('/', path)}${lead('?', query)}`;
};

/** Whatever the letter case; `*` is any text. */
const like: FunctionBody = ([text, pattern]) => {
  const [first = '', ...others] = wantText(pattern).toLowerCase().split('*');
  const whole = wantText(text).toLowerCase();
  const last = others.pop();
  if (last === undefined) return whole === first;
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + last.length <= whole.length;
};

const padLeft: FunctionBody = ([value, length, character]) => {
  const total = wantNumber(length);
  const mark = character === undefined ? ' ' : wantText(character);
  if (mark.length !== 1 || total < 0 || total > 16 * 1024) throw new TemplateError('the padding is not valid');
  return textOf(value ?? '').padStart(total, mark);
};

export const textFunctions: FunctionTable = {
  format: tolerant(format),
  join: tolerant(join),
  split: tolerant(split),
  substring: strict(substring),
  replace: strict(([text, old, fresh]) => {
    const wanted = wantText(old);
    if (wanted === '') throw new TemplateError('the text to be replaced is empty');
    return bounded(wantText(text).split(wanted).join(wantText(fresh)));
  }),
  tolower: tolerant(inCase((text) => text.toLowerCase())),
  toupper: tolerant(inCase((text) => text.toUpperCase())),
  trim: strict(([text]) => wantText(text).trim()),
  startswith: strict(([text, start]) => same(wantText(text)).startsWith(same(wantText(start)))),
  endswith: strict(([text, end]) => same(wantText(text)).endsWith(same(wantText(end)))),
  padleft: strict(padLeft),
  string: strict(([value]) => (typeof value === 'string' ? value : textOf(value ?? null))),
  json: strict(json),
  base64: strict(([text]) => toBase64(wantText(text))),
  base64tostring: strict(([text]) => fromBase64(wantText(text))),
  base64tojson: strict(([text], call) => json([fromBase64(wantText(text))], call)),
  uri: tolerant(uri),
  parseuri: strict(parseUri),
  builduri: strict(buildUri),
  like: strict(like),
  uricomponent: strict(([text]) => encoded(wantText(text))),
  uricomponenttostring: strict(([text]) => decoded(wantText(text))),
  datauri: strict(([value]) => `data:text/plain;charset=utf8;base64,${toBase64(textOf(value ?? null))}`),
  datauritostring: strict(([text]) => {
    const found = /^data:[^,]*?(;base64)?,(.*)$/s.exec(wantText(text));
    if (!found) throw new TemplateError('the text is not a data URI');
    return found[1] === undefined ? decoded(found[2] ?? '') : fromBase64(found[2] ?? '');
  }),
};
