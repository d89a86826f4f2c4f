// One finding as a row: severity as a word, its resource, what is wrong, and whether it is fixable.
import type { Line } from '../../../command/definition.ts';
import { type Finding, headline, isAccepted, isCounted, isFixable, isRollUp } from '../../../model/finding.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { subjectWords } from '../../../model/short-finding.ts';
import { clean } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitTail, fitText, line, widthOf, word } from '../../draw/text.ts';

/** What the rows of a list share: the resource that all are about, and the cells of their names. */
export interface FindingColumns {
  readonly about: string | null;
  readonly nameRoom: number;
}

/** As wide as the longest name that is shown; both names of a pair are told apart in 20 cells. */
export function findingColumns(shown: readonly Finding[], about: string | null, width: number): FindingColumns {
  const most = Math.min(24, Math.max(Math.floor(width * 0.25), Math.min(20, Math.floor(width * 0.38))));
  const names = shown.map((one) => widthOf(subjectName(besides(one, about))) + 1);
  return { about, nameRoom: Math.min(most, Math.max(8, ...names)) };
}

/** Of a pair, what the list is not about. */
function besides(finding: Finding, about: string | null): Finding {
  const { resource, where } = finding;
  if (where === null || about === null) return finding;
  if (sameId(where, about)) return { ...finding, where: null };
  return sameId(resource, about) ? { ...finding, resource: where, where: null } : finding;
}

export function findingWords(
  finding: Finding,
  selected: boolean,
  width: number,
  glyphs: Glyphs,
  { about, nameRoom }: FindingColumns,
): Line {
  // `f` where that key is available; its effect is in the detail.
  const right = isFixable(finding) ? 'f' : ' ';
  const name = fitSubject(besides(finding, about), nameRoom - 1, glyphs.more);
  const titleRoom = Math.max(8, width - 2 - 9 - nameRoom - 3);
  const { text, role } = outcomeWord(finding);
  const counted = isCounted(finding);
  const title = clean(`${finding.isNew ? 'new: ' : ''}${headline(finding)}${isRollUp(finding) ? ' (roll-up)' : ''}`);
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(text.padEnd(9), role),
    word(`${name} `, counted ? 'text' : 'dim'),
    word(fitText(title, titleRoom, glyphs.more), selected ? 'focus' : counted ? 'text' : 'dim'),
    word(` ${right} `, 'key'),
  );
}

/** The resource's name; of a pair both. */
export const subjectName = (finding: Finding): string => clean(subjectWords(finding));

/** Between the names of a pair, and the minimum useful width of the first. */
const joint = ' and ';
const least = 7;

/** The same in so many cells: of a pair, each name is cut at its beginning, since its end is distinctive; or only the second is shown. */
export function fitSubject(finding: Finding, cells: number, more: string): string {
  const both = subjectName(finding);
  if (finding.where === null) return fitText(both, cells, more);
  const second = clean(nameOf(finding.where));
  const first = clean(nameOf(finding.resource));
  const room = cells - widthOf(joint);
  if (widthOf(both) <= cells || room < 2 * least) return fitTail(widthOf(both) <= cells ? both : second, cells, more);
  const own = Math.min(widthOf(first), Math.max(least, room - widthOf(second)));
  return `${fitTail(first, own, more)}${joint}${fitTail(second, room - own, more)}`;
}

export function outcomeWord(finding: Finding): { readonly text: string; readonly role: string } {
  if (isAccepted(finding)) return { text: 'accepted', role: 'dim' };
  if (finding.outcome === 'fail') return { text: finding.severity, role: finding.severity };
  if (finding.outcome === 'unknown') return { text: 'unknown', role: 'unknown' };
  return finding.outcome === 'pass' ? { text: 'pass', role: 'ok' } : { text: 'n/a', role: 'dim' };
}
