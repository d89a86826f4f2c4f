// The documents of a text of YAML, up to its first mistake: the library goes on and makes an error of each bracket of a file that holds
// nothing else. Loaded only where there is such a text.
import { Composer, type CST, type Document, type LineCounter, Parser, YAMLParseError } from 'yaml';

type Options = ConstructorParameters<typeof Composer>[0] & { readonly lineCounter?: LineCounter };

function* untilMistake(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    yield token;
    if (token.type === 'error') return;
  }
}

function composed(text: string, options: Options, forced: boolean) {
  const composer = new Composer(options);
  const tokens = untilMistake(new Parser(options?.lineCounter?.addNewLine).parse(text));
  return { composer, documents: composer.compose(tokens, forced, forced ? text.length : -1) };
}

/** Its only document; a second one is a mistake of the first. */
export function documentIn(text: string, options: Options): Document.Parsed {
  const [first, second] = composed(text, options, true).documents;
  if (first === undefined) throw new Error('a text has at least one document');
  if (second !== undefined) {
    const [from, to] = second.range;
    first.errors.push(new YAMLParseError([from, to], 'MULTIPLE_DOCS', 'Source contains multiple documents'));
  }
  return first;
}

/** All documents; none where the text holds only comments. */
export function documentsIn(text: string, options: Options): readonly Document.Parsed[] {
  const { composer, documents } = composed(text, options, false);
  const all = [...documents];
  // A mistake in front of the first document belongs to none of them.
  return composer.streamInfo().errors.length > 0 ? [documentIn(text, options)] : all;
}
