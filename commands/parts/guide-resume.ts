// Going on after a dropped connection: what became of what was under way, which the session has settled by now, in words.

import type { ProgressPort } from '../../src/command/definition.ts';
import type { Entry } from '../../src/model/entry.ts';
import { endedWithout, isBegun, settledWith } from '../../src/model/guide-progress.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import type { Session } from '../../src/session/session.ts';

/** What the operator must know before the next question; nothing counts as under way any more. Writes only the progress. */
export async function resumed(session: Session, store: ProgressPort): Promise<readonly Line[]> {
  const kept = await store.get();
  if (!isBegun(kept)) return [];
  const skipped = kept.skipped.length + kept.seen.length;
  const news = [
    line(
      ['Continuing: ', 'heading'],
      `${kept.done.length} done, ${skipped} skipped, since ${clean(kept.since, 40).slice(0, 16).replace('T', ' ')} UTC.`,
      ['  Use --restart to start over.', 'dim'],
    ),
  ];
  if (kept.acting === null || session.source.kind === 'files') return news;
  const { acting } = kept;
  const entry = (await session.history()).findLast(
    ({ at, verb, findings }) => verb === 'fix' && at >= acting.since && findings.includes(acting.finding),
  );
  const isDone = entry?.state === 'done';
  await store.update((now) => (isDone ? settledWith(now, entry.findings, entry.id) : endedWithout(now)));
  return [...news, actingLine(acting.finding, entry)];
}

/** What became of the fix that was cut off. */
function actingLine(finding: string, entry: Entry | undefined): Line {
  const name = spokenId(finding);
  const cut = (text: string, role: string): Line => line([`Interrupted at ${name}: `, 'heading'], [text, role]);
  if (entry === undefined) return cut('nothing was sent.', 'ok');
  const done = entry.steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  switch (entry.state) {
    case 'done':
      return cut(`the fix was applied, as entry ${entry.id}.`, 'ok');
    case 'open':
      return cut('its outcome is not known yet; see `bastide history`.', 'warn');
    default:
      return cut(
        `${done} of ${counted(entry.steps.length, 'change')} made (entry ${entry.id}); the rest were not sent.`,
        done > 0 ? 'warn' : 'ok',
      );
  }
}
