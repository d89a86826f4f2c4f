// Service tags as they were given once, and how old those of a snapshot are: for headers and for JSON. Pure, without a clock.
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
  /** Microsoft's own number of the list, as text; null when it says none. */
  readonly changeNumber: string | null;
  /** ISO 8601, UTC. */
  readonly takenAt: string | null;
  /** Whole days at the time of the snapshot; null where nobody says when they were taken. */
  readonly ageDays: number | null;
  readonly source: 'azure' | 'cache' | 'file' | 'none';
}

const dayMs = 86_400_000;

/** What a reader wants to know about the tags of a snapshot; `none` where they were neither needed nor given. */
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

/** `service tags 376, asked for 3 days ago`; empty where there are none. */
export function tagsWords({ changeNumber, ageDays, source }: TagsSummary): string {
  if (source === 'none') return '';
  const days = `${ageDays} day${ageDays === 1 ? '' : 's'}`;
  const number = changeNumber === null ? '' : ` ${changeNumber}`;
  if (source === 'file') return `service tags${number} from a file${ageDays === null ? '' : `, ${days} old`}`;
  return `service tags${number}, downloaded ${ageDays === null ? 'at an unknown time' : ageDays === 0 ? 'today' : `${days} ago`}`;
}

/** The same as a sentence behind others, made safe by whoever prints it. */
export const tagsSentence = (tags: TagsSummary, safe: (text: string) => string): string => {
  const words = tagsWords(tags);
  return words === '' ? '' : ` ${safe(words.replace(/^s/, 'S'))}.`;
};
