// The operator's own list of service tags: Microsoft's weekly download, or what ARM answers. Pure: the text is passed in.

import { exitStatus, Failure } from '../../model/failure.ts';
import { type Json, parseJson } from '../../model/json.ts';
import { clean } from '../../model/text.ts';
import { isTagDocument } from '../../resource-types/index.ts';
import type { TagOptions } from '../service-tags.ts';

/** Throws Failure (exit 2) naming the file and what is wrong with it. */
export function tagsFromText(text: string, path: string): NonNullable<TagOptions['file']> {
  const refused = (why: string) =>
    new Failure(
      'unreadable-service-tags',
      exitStatus.usage,
      `${clean(path, 300)} contains no service tags: ${clean(why, 300)}`,
      "Pass Microsoft's weekly file, or the output of `az network list-service-tags`.",
    );
  let document: Json;
  try {
    document = parseJson(text);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error));
  }
  if (!isTagDocument(document)) throw refused('it has no list of tags with address prefixes.');
  return { source: 'file', from: path, at: dateIn(path), document };
}

/** Microsoft's file has its date in its name (`ServiceTags_Public_20251110.json`) and nowhere else. */
function dateIn(path: string): string | null {
  const [, year, month, day] = /ServiceTags_[a-z]{1,40}_(\d{4})(\d{2})(\d{2})\D/i.exec(path) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
