// Texts of files made JSON documents: comments and strings over several lines as templates have them, several documents in one
// file (one a line, or one after another), byte-order marks. Knows nothing of Azure.
import { exitStatus, Failure } from '../../model/failure.ts';
import { deepestJson, type Json, JsonError, parseJson } from '../../model/json.ts';
import type { SkippedFile } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';

export interface FileText {
  readonly path: string;
  readonly text: string;
  /**
   * `folder`: found in a folder, so that one of another kind is skipped with the reason. `linked`: beside a template, for what the
   * template links to, and nothing else. Any other must be readable.
   */
  readonly role?: 'folder' | 'linked';
  /** What the text was compiled from. */
  readonly bicep?: string;
  /** Of parameters that name their template: its path. */
  readonly using?: string;
}
/** One JSON value of a file. */
export interface Document {
  readonly file: FileText;
  readonly path: string;
  readonly json: Json;
  /** Only for what a template of the same file links to. */
  readonly isLinked?: true;
}

/** Of one file. */
const mostDocuments = 100_000;
/** In characters, of what is not one plain JSON document. */
const largestLoose = 8 * 1024 * 1024;

/** Does the work for a file; where it cannot be read and is of a folder, says so and goes on. */
export function readOrSkip<T>(file: FileText, skipped: SkippedFile[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure) || file.role === undefined) throw error;
    const reason = error.message.replace(`${clean(file.path, 300)}: `, '').replace(/\.$/, '');
    if (file.role === 'folder') skipped.push({ file: file.path, reason });
    return undefined;
  }
}

export const unusable = (path: string, what: string, next: string): Failure =>
  new Failure('unreadable-file', exitStatus.usage, `${clean(path, 300)}: ${what}`, next, { file: path });

/** What is asked for where a file is none of the shapes. */
export const expected =
  'Pass a snapshot of `bastide scan --output FILE`, an ARM template, `terraform show -json`, or the output of `az resource show` or Resource Graph.';

/** The documents of a file, at least one. Throws Failure (exit 2) that names the file and what is wrong with it. */
export function documentsOf(file: FileText): Document[] {
  const { path, text } = file;
  const bare = text.replace(/^\uFEFF/, '');
  if (bare.trim() === '') throw unusable(path, 'it is empty.', expected);
  const whole = parsed(bare);
  if (whole.ok) return [{ file, path, json: whole.json }];
  if (bare.length > largestLoose) {
    const why = `it is not JSON: ${clean(whole.why, 200)}, and comments or several documents are read up to ${largestLoose / 1024 / 1024} MiB.`;
    throw unusable(path, why, expected);
  }
  if (isTooDeep(bare)) {
    throw unusable(path, `the JSON is nested more than ${deepestJson} levels deep.`, expected);
  }
  const parts = partsOf(bare);
  if (parts.length > mostDocuments)
    throw unusable(path, `it contains more than ${mostDocuments} JSON documents.`, expected);
  const several = parts.map(parsed);
  const broken = several.findIndex((one) => !one.ok);
  if (several.length > 0 && broken < 0)
    return several.flatMap((one) => (one.ok ? [{ file, path, json: one.json }] : []));
  const which = several.length > 1 ? ` (document ${broken + 1} of ${several.length})` : '';
  const failed = several[broken];
  const why = failed && !failed.ok && several.length > 1 ? failed.why : whole.why;
  throw unusable(path, `it is not JSON${which}: ${clean(why, 200)}.`, expected);
}

type Parsed = { readonly ok: true; readonly json: Json } | { readonly ok: false; readonly why: string };
function parsed(text: string): Parsed {
  try {
    return { ok: true, json: parseJson(text) };
  } catch (error) {
    if (error instanceof JsonError) return { ok: false, why: error.message };
    throw error;
  }
}

type Kind = 'string' | 'comment' | 'open' | 'close' | 'plain';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

function* tokensOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length; ) {
    const { kind, end } = tokenAt(text, at);
    yield { kind, text: text.slice(at, end) };
    at = end;
  }
}

function tokenAt(text: string, at: number): { readonly kind: Kind; readonly end: number } {
  const character = text.charAt(at);
  if (character === '"') return { kind: 'string', end: endOfString(text, at) };
  if (character === '{' || character === '[') return { kind: 'open', end: at + 1 };
  if (character === '}' || character === ']') return { kind: 'close', end: at + 1 };
  if (text.startsWith('//', at)) return { kind: 'comment', end: endAfter(text, '\n', at) };
  if (text.startsWith('/*', at)) return { kind: 'comment', end: endAfter(text, '*/', at + 2) };
  return { kind: 'plain', end: endOfPlain(text, at) };
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const { kind } of tokensOf(text)) {
    if (kind === 'open') depth += 1;
    else if (kind === 'close') depth -= 1;
    if (depth > deepestJson) return true;
  }
  return false;
}

/**
 * The documents of a text as plain JSON texts: comments out, line breaks inside strings escaped, a comma before a closing bracket
 * out. What is no JSON stays as it is, for the parser to say so.
 */
function partsOf(text: string): string[] {
  const documents: string[] = [];
  /** Text that no longer changes, in few long pieces; then the newest pieces. */
  let settled: string[] = [];
  let pieces: string[] = [];
  let depth = 0;
  const end = () => {
    const document = [...settled, ...pieces].join('');
    if (document.trim() !== '') documents.push(document);
    settled = [];
    pieces = [];
  };
  const add = (piece: string) => {
    // A run of blanks and comments is one blank, so that the comma before it stays within reach.
    if (piece.trim() === '' && pieces.at(-1)?.trim() === '') return;
    pieces.push(piece);
    if (pieces.length < mostPieces) return;
    settled.push(pieces.slice(0, -2).join(''));
    pieces = pieces.slice(-2);
  };
  for (const token of tokensOf(text)) {
    if (token.kind === 'close') pieces = withoutComma(pieces);
    if (token.kind === 'open') {
      if (depth === 0) end();
      depth += 1;
    }
    if (token.kind === 'string') add(token.text.replace(/\r\n|\r|\n/g, '\\n').replaceAll('\t', '\\t'));
    else add(token.kind === 'comment' ? ' ' : token.text);
    if (token.kind === 'close') depth = Math.max(0, depth - 1);
    const breaks = token.kind === 'plain' && /\s$/.test(token.text);
    if (depth === 0 && (token.kind === 'close' || token.kind === 'string' || breaks)) end();
    if (documents.length > mostDocuments) return documents;
  }
  end();
  return documents;
}

/** A text of tens of millions of brackets would be as many small strings. */
const mostPieces = 4096;

/** Without a comma that stands last, white space aside. Drops from the end, so that a long text stays cheap. */
function withoutComma(pieces: string[]): string[] {
  let last = pieces.length - 1;
  while (last >= 0 && pieces[last]?.trim() === '') last -= 1;
  const piece = pieces[last]?.trimEnd();
  if (piece?.endsWith(',')) pieces.splice(last, pieces.length - last, piece.slice(0, -1));
  return pieces;
}

/** Just past the closing quotation mark, or the end of the text. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}
function endAfter(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}
/** Just past a run of text that holds neither string, bracket nor comment. */
function endOfPlain(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && !'"{}[]/'.includes(text.charAt(at))) at += 1;
  return at;
}
