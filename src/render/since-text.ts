// What has changed since the last time, as lines of tagged words. Pure.
import { sinceWords } from '../model/seen.ts';
import { shortFinding } from '../model/short-finding.ts';
import { type Line, line } from '../model/words.ts';
import type { SinceLast } from './audit-result.ts';

const lists = [
  ['introduced', '✗', 'bad', 'fails now'],
  ['unknown', '?', 'unknown', 'cannot be judged now'],
  ['mended', '✓', 'ok', 'mended'],
  ['gone', '·', 'dim', 'not judged any more'],
] as const;

export function sinceLines(since: SinceLast): Line[] {
  const { at, note } = since;
  if (at === null) return [line([note ?? 'There is no last time to compare with: this was the first.', 'dim'])];
  return [
    line([`Since ${at.slice(0, 16).replace('T', ' ')} UTC: `, 'heading'], sinceWords(since)),
    ...lists.flatMap(([name, mark, role, says]) =>
      since[name].map((id) => line([`${mark} `, role], shortFinding(id), [`  ${says}`, 'dim'])),
    ),
  ];
}
