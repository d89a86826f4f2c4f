// Entries of the history whose record is damaged, in words. Pure.
import type { Entry, UnreadableLine } from './entry.ts';

const reasons: Readonly<Record<UnreadableLine['reason'], string>> = {
  changed: 'was changed',
  missing: 'is missing',
  misfit: 'says what no version of Bastide wrote',
};

export const unreadableLineText = ({ line, reason }: UnreadableLine): string =>
  `Line ${line} of the journal ${reasons[reason]}.`;

/** Why an entry cannot be read, in sentences; empty for one that can be. */
export function unreadableText({ unreadable }: Pick<Entry, 'unreadable'>): readonly string[] {
  if (unreadable === undefined) return [];
  const { lines, about } = unreadable;
  const why =
    lines.length === 0
      ? ['Its record was damaged, and the journal was repaired without it.']
      : lines.map(unreadableLineText);
  const which = about === null ? 'Which resources it changed is not known.' : 'What it changed is not known.';
  return [...why, `${which} It cannot be undone or redone.`];
}
