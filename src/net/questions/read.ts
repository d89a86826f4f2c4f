// The questions in a document: one, a list, lines of JSON, or a collection with `cases`.
import { isRecord } from '../json-view.ts';

/** Parses one JSON text; throws an Error with the reason. */
type Parse = (text: string) => unknown;

/** Why a document holds no questions. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

/** The questions, in order, not yet checked. Throws {@link DocumentError}. */
export function readQuestions(text: string, parse: Parse): readonly unknown[] {
  if (text.trim() === '') throw new DocumentError('It is empty.');
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    if (lines.length < 2 || !lines[0]?.trimStart().startsWith('{')) throw new DocumentError(reasonOf(error));
    return lines.map((line, index) => {
      try {
        return parse(line);
      } catch (wrong) {
        // A first line that is not JSON begins a document over several lines, whose own error is more useful.
        throw new DocumentError(index === 0 ? reasonOf(error) : `Line ${index + 1}: ${reasonOf(wrong)}`);
      }
    });
  }
  if (Array.isArray(document)) return document;
  if (!isRecord(document)) throw new DocumentError('It is neither a question nor a list of questions.');
  if (Object.hasOwn(document, 'kind')) return [document];
  const { cases } = document;
  if (Array.isArray(cases)) return cases;
  throw new DocumentError('It has neither a kind nor cases.');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
