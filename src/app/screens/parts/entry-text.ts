// A history entry in a few lines.
import type { Line } from '../../../command/definition.ts';
import { type Entry, noEntries, undoneMark } from '../../../model/entry.ts';
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { whatIfWords } from './what-if-text.ts';

const blank: Line = [];

/** The changes of one resource, or of all; the newest first. */
export function entriesAbout(entries: readonly Entry[], id: string | null, width: number): Line[] {
  const about = [...entries]
    .reverse()
    .filter((entry) => id === null || entry.resources.some((resource) => sameId(resource, id)));
  if (about.length === 0) return [line(word(noEntries, 'dim'))];
  return about.flatMap((entry) => [
    ...wrapLine(
      line(
        word(entry.at.slice(0, 16).replace('T', ' '), 'dim'),
        ` ${entry.verb} `,
        word(entry.state, entry.state === 'done' ? 'ok' : 'bad'),
        word(entry.undoneBy === null ? '' : ` (${undoneMark(entry, entries)})`, 'warn'),
      ),
      width,
    ),
    ...wrapText(`  ${clean(entry.line)}`, width, 'accent', 4),
    ...wrapText(
      `  ${entry.id} by ${clean(entry.by)}, ${entry.steps.length} ${entry.steps.length === 1 ? 'step' : 'steps'}`,
      width,
      'dim',
      4,
    ),
    ...(entry.rehearsal ? [line('  ', whatIfWords(entry.rehearsal))] : []),
    ...entry.steps
      .filter((step) => step.message !== null)
      .flatMap((step) => wrapText(`  ${clean(step.message)}`, width, 'bad', 4)),
    blank,
  ]);
}
