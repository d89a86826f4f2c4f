// What the files of YAML that operators write have in common: read strictly, with the line of every mistake. Loaded only where there
// is such a file.
import { type Document, LineCounter, visit } from 'yaml';
import { clean } from '../model/text.ts';

/** What is wrong with a file of YAML, on one line of it. */
export class YamlTextError extends Error {
  constructor(
    readonly line: number,
    message: string,
    /** What to write instead. */
    readonly next = '',
  ) {
    super(message);
  }
}

export const tooDeep = 'It is nested too deeply.';

export interface YamlReading<Read> {
  readonly read: Read;
  /** The line of a character, from 1. */
  lineAt(offset: number | undefined): number;
}

/** One document or several by this parser of the library, without mistakes and aliases. Throws {@link YamlTextError}. */
export function readYaml<Read extends Document | readonly Document[]>(
  text: string,
  parse: (text: string, options: { readonly lineCounter: LineCounter; prettyErrors: false; version: '1.2' }) => Read,
): YamlReading<Read> {
  const lineCounter = new LineCounter();
  const read = withinStack(() =>
    parse(text.replace(/^\uFEFF/, ''), { lineCounter, prettyErrors: false, version: '1.2' }),
  );
  const lineAt = (offset: number | undefined): number => Math.max(1, lineCounter.linePos(offset ?? 0).line);
  for (const document of [read].flat() as readonly Document[]) {
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) throw new YamlTextError(lineAt(wrong.pos[0]), mistake(wrong.message));
    visit(document, {
      Alias: (_key, { range }) => {
        throw new YamlTextError(lineAt(range?.[0]), 'Aliases (*name) are not allowed.', 'Write the value itself.');
      },
    });
  }
  return { read, lineAt };
}

function mistake(message: string): string {
  if (/multiple documents/.test(message)) return 'The file contains several documents, and must contain one.';
  if (/call stack/.test(message)) return tooDeep;
  return `It is not valid YAML: ${clean(message, 300).replace(/\.$/, '')}.`;
}

/** What a file of hundreds of thousands of brackets makes of the stack is its own mistake. */
export function withinStack<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new YamlTextError(1, tooDeep);
  }
}
