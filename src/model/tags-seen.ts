// Service tags as received, and the age of those of a snapshot: for headers and for JSON. Pure, without a clock.
import { asNumber, isObject, type Json, type JsonObject } from './json.ts';
import type { Snapshot } from './snapshot.ts';
import { clean } from './text.ts';

/** Microsoft's list, whole. */
export interface StoredTags {
  /** ISO 8601, UTC: when Azure gave it. */
  readonly at: string;
  /** In either of Microsoft's shapes. */
  readonly document: JsonObject;
}

export interface TagsSummary {
  /** Microsoft's change number of the list, as text; null without one. */
  readonly changeNumber: string | null;
  /** ISO 8601, UTC. */
  readonly takenAt: string | null;
  /** Whole days at the time of the snapshot; null where their date is unknown. */
  readonly ageDays: number | null;
  readonly source: 'azure' | 'cache' | 'file' | 'none';
}

const dayMs = 86_400_000;

/** The summary of the tags of a snapshot; `none` where they were neither needed nor given. */
export function tagsSummary({ serviceTags, takenAt }: Pick<Snapshot, 'serviceTags' | 'takenAt'>): TagsSummary {
  if (serviceTags === undefined) return { changeNumber: null, takenAt: null, ageDays: null, source: 'none' };
  const { at, source, document } = serviceTags;
  const days = at === null ? Number.NaN : Math.floor((Date.parse(takenAt) - Date.parse(at)) / dayMs);
  return {
    changeNumber: changeNumberOf(document),
    takenAt: at,
    ageDays: Number.isNaN(days) ? null : Math.max(0, days),
    source,
  };
}

/** The change number of a tag document: a number in the download, a text in ARM's answer. */
function changeNumberOf(document: Json): string | null {
  const value = isObject(document) && Object.hasOwn(document, 'changeNumber') ? document.changeNumber : undefined;
  const text = typeof value === 'string' ? value : asNumber(value)?.toString();
  return text === undefined || text === '' ? null : clean(text, 40);
}

/** `service tags current`, `service tags 376, downloaded 3 days ago`; empty where there are none. */
export function tagsWords({ changeNumber, ageDays, source }: TagsSummary): string {
  if (source === 'none') return '';
  const days = `${ageDays} day${ageDays === 1 ? '' : 's'}`;
  const number = changeNumber === null ? '' : ` ${changeNumber}`;
  if (source === 'file') return `service tags${number} from a file${ageDays === null ? '' : `, ${days} old`}`;
  if (ageDays === 0) return 'service tags current';
  return `service tags${number}, downloaded ${ageDays === null ? 'at an unknown time' : `${days} ago`}`;
}

/** The same as a sentence after others; the caller cleans it before printing. */
export const tagsSentence = (tags: TagsSummary, safe: (text: string) => string): string => {
  const words = tagsWords(tags);
  return words === '' ? '' : ` ${safe(words.replace(/^s/, 'S'))}.`;
};
