// What has changed since the last run, as lines of tagged words. Pure.
import { type Since, sinceWords } from '../model/last-run.ts';
import { shortFinding } from '../model/short-finding.ts';
import { type Line, line } from '../model/words.ts';
import type { SinceLast } from './audit-result.ts';

const lists = [
  ['introduced', '✗', 'bad', 'failing now'],
  ['found', '✗', 'bad', 'failing, not checked before'],
  ['learned', '✗', 'bad', 'failing, unknown before'],
  ['unknown', '?', 'unknown', 'unknown now'],
  ['resolved', '✓', 'ok', 'resolved'],
  ['gone', '·', 'dim', 'no longer checked'],
] as const;

export function sinceLines(since: SinceLast): Line[] {
  const { at, note } = since;
  if (at === null) return [line([note ?? 'First audit on this machine: nothing to compare with.', 'dim'])];
  return [
    line([`Since ${at.slice(0, 16).replace('T', ' ')} UTC: `, 'heading'], sinceWords(since)),
    ...sinceItemLines(since),
  ];
}

/** A line for each finding that changed. */
export const sinceItemLines = (since: Since): Line[] =>
  lists.flatMap(([name, mark, role, says]) =>
    (since[name] ?? []).map((id) => line([`${mark} `, role], shortFinding(id), [`  ${says}`, 'dim'])),
  );
