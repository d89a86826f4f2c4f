// Entries of the history whose record is damaged, in words. Pure.
import type { Entry, UnreadableLine } from './entry.ts';
import { counted } from './text.ts';

const reasons: Readonly<Record<UnreadableLine['reason'], string>> = {
  changed: 'was changed',
  missing: 'is missing',
  misfit: 'says what no version of Bastide wrote',
  follows: 'can be read, and continues a record that cannot',
};

export const unreadableLineText = ({ line, reason }: UnreadableLine): string =>
  `Line ${line} of the journal ${reasons[reason]}.`;

/** A gap is told at once, and so is what continues a damaged record. */
function linesTexts(all: readonly UnreadableLine[]): readonly string[] {
  const following = all.filter(({ reason }) => reason === 'follows').map(({ line }) => line);
  const lines = following.length > 1 ? all.filter(({ reason }) => reason !== 'follows') : all;
  if (lines !== all) return [...linesTexts(lines), followingText(following)];
  const [first, last] = [lines[0], lines.at(-1)];
  const isGap = lines.length > 2 && lines.every(({ reason }) => reason === 'missing');
  return isGap && first !== undefined && last !== undefined
    ? [`${lines.length} lines of the journal are missing, from line ${first.line} to line ${last.line}.`]
    : lines.map(unreadableLineText);
}

const followingText = (lines: readonly number[]): string =>
  `${lines.length} later lines of the journal, from line ${lines[0]}, can be read, and continue a record that cannot.`;

/** Which entries a repair loses: of a line without the name of one, how many it was about is not known. */
export function lostWords(lost: readonly Pick<Entry, 'id'>[]): string {
  const named = lost.filter(({ id }) => !/^line-\d+$/.test(id)).length;
  const more = lost.length > named ? ', and how many more is not known' : '';
  return `${counted(named, 'entry', 'entries')} lost${more}`;
}

/** Why an entry cannot be read, in sentences; empty for one that can be. */
export function unreadableText({ unreadable }: Pick<Entry, 'unreadable'>): readonly string[] {
  if (unreadable === undefined) return [];
  const { lines, about } = unreadable;
  const why =
    lines.length === 0 ? ['Its record is lost, or was lost before a repair of the journal.'] : linesTexts(lines);
  const which = about === null ? 'Which resources it changed is not known.' : 'What it changed is not known.';
  return [...why, `${which} It cannot be undone or redone.`];
}
