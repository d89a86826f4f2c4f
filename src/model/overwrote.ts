// What a write, whose service compares no etag, overwrote of other callers between the last reading and the request: only change records
// tell, and they come late. Until then it is not known.
import { recordDays } from './change-record.ts';
import { nameOf } from './resource-id.ts';
import { clean, counted, utcMinute } from './text.ts';

/** A write of another caller, as its change record tells it. */
export interface CallerWrite {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string | null;
  readonly client: string | null;
}

/**
 * - `not-asked`: records were not asked for yet; `late`: they do not show this write yet; `unread`: they could not be read;
 * - `incomplete`: they do not lead from what was read to what was written; `not-recorded`: Azure keeps none of this type;
 * - `expired`: the write is older than any record; `no-values`: they do not have what a creation or deletion replaced;
 * - `interrupted`: what became of the write is not known yet; `not-read`: the history has not what was read before and after it;
 * - `not-kept`: an older version did not keep whether Azure compared the request;
 * - `imported`: nothing of the entry was seen here; `unreadable`: its record in the history is damaged.
 */
export const whyNotKnown = [
  ...(['not-asked', 'late', 'unread', 'incomplete', 'not-recorded', 'expired', 'no-values'] as const),
  ...(['interrupted', 'not-read', 'not-kept', 'imported', 'unreadable'] as const),
] as const;
export type WhyNotKnown = (typeof whyNotKnown)[number];

/** `created-again`: an edit found nothing to change, and the service created the resource. `by`: what says so. */
export type Overwrote =
  | { readonly reason: 'created-again'; readonly data: { readonly by: 'answer' | 'record' } }
  | { readonly reason: 'known'; readonly data: { readonly writes: readonly CallerWrite[]; readonly settings: number } }
  | { readonly reason: 'nothing-by-records'; readonly data: { readonly asked: string } }
  | { readonly reason: 'not-known'; readonly data: { readonly why: WhyNotKnown; readonly detail: string | null } };

export const notKnown = (why: WhyNotKnown, detail: string | null = null): Overwrote => ({
  reason: 'not-known',
  data: { why, detail },
});

/**
 * What is known of a step: what its write overwrote, or why there was nothing to overwrite. `compared`: Azure compared each request of it
 * with what was read; `created`: Azure answered that it created the resource; `not-written`: Azure did not make the change, or nothing
 * was sent.
 */
export type Written =
  | { readonly reason: 'compared' }
  | { readonly reason: 'created' }
  | { readonly reason: 'not-written' }
  | Overwrote;

/** Is it asked again? */
export const isOpenQuestion = (one: Written | undefined): boolean =>
  one?.reason === 'not-known' && ['not-asked', 'late', 'unread', 'interrupted'].includes(one.data.why);

const whyWords: Readonly<Record<WhyNotKnown, string>> = {
  'not-asked': 'the change records were not asked for yet',
  late: 'the change records of Azure do not show this write yet',
  unread: 'the change records could not be read',
  incomplete: 'the change records are incomplete',
  'not-recorded': 'Azure keeps no change records of it',
  expired: `Azure keeps change records for ${recordDays} days`,
  'no-values': 'change records do not have what was there before',
  interrupted: 'the outcome of the write is not known yet',
  'not-read': 'the history does not have what was read before and after the write',
  'not-kept': 'an older version of Bastide did not keep whether Azure compared the request',
  imported: 'the history entry was imported',
  unreadable: 'its record in the history is damaged',
};

/** Of all writes of an entry: nothing is known of any. */
export const entryNotKnownWords = (entry: string, why: 'imported' | 'unreadable'): string =>
  `Whether history entry ${clean(entry, 80)} overwrote a setting of another client is not known: ${
    why === 'imported' ? 'it was imported, and nothing of it was seen here' : whyWords.unreadable
  }.`;

/** One sentence. `resources`: those that it holds for. */
function overwroteWords(resources: readonly string[], { reason, data }: Overwrote): string {
  const name = [...new Set(resources.map(nameOf))].join(', ');
  switch (reason) {
    case 'known':
      return `${whoWrote(data.writes)} ${name} between the reading and the write here, which overwrote ${counted(data.settings, 'setting')}.`;
    case 'created-again':
      return `${name} was deleted between the reading and the write here, which created it again with what was read: ${data.by === 'answer' ? 'Azure answered that it created it' : 'its change record says created'}.`;
    case 'nothing-by-records':
      return `By change records, the write to ${name} overwrote no setting of another client.`;
    case 'not-known':
      return `Whether the write to ${name} overwrote a setting of another client is not known: ${whyWords[data.why]}${data.detail === null ? '' : ` (${data.detail})`}.`;
  }
}

function whoWrote(writes: readonly CallerWrite[]): string {
  const [first] = writes;
  if (first === undefined) return 'Another client wrote to';
  const via = first.client === null ? '' : ` (${first.client})`;
  const others = writes.length > 1 ? ` and ${counted(writes.length - 1, 'other write')}` : '';
  return `${first.by ?? 'Another client'}${via}, at ${utcMinute(first.at)}${others}, wrote to`;
}

export interface OverwroteStep {
  readonly resource: string;
  readonly overwrote?: Overwrote;
}
export interface OverwroteText {
  readonly reason: Overwrote['reason'];
  readonly text: string;
}

/** What is known of one step is told by itself; the same answer of several is one sentence. `entry`: by which it is asked again. */
export function overwroteTexts(steps: readonly OverwroteStep[], entry: string | null): OverwroteText[] {
  const told = steps.flatMap(({ resource, overwrote }) => (overwrote === undefined ? [] : [{ resource, overwrote }]));
  const key = ({ resource, overwrote }: (typeof told)[number]) =>
    overwrote.reason === 'known'
      ? resource
      : `${overwrote.reason} ${overwrote.reason === 'not-known' ? `${overwrote.data.why} ${overwrote.data.detail}` : ''}`;
  return [...Map.groupBy(told, key).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const resources = group.map(({ resource }) => resource);
    const again =
      entry !== null && isOpenQuestion(first.overwrote) ? ` To ask again, run \`bastide restore ${entry}\`.` : '';
    return [{ reason: first.overwrote.reason, text: `${overwroteWords(resources, first.overwrote)}${again}` }];
  });
}
