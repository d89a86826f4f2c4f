// The service tags last downloaded from Microsoft, stored for each cloud. A cache, not a setting: a damaged, too large or unreadable
// file counts as absent and is replaced.
import path from 'node:path';
import { readOwnText } from '../disk/read-text.ts';
import { replaceFile } from '../disk/replace-file.ts';
import { isArray, isObject, parseJson, stringifyJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { Source } from '../model/snapshot.ts';
import type { StoredTags } from '../model/tags-seen.ts';

const schema = 'bastide/service-tags/v1';
/** Ten times Azure's list of today. */
const largest = 32 * 1024 * 1024;

/** The list of one cloud, in a file of this folder, readable by its owner only. Neither call throws. */
export function tagStore({ folder, source }: { readonly folder: string; readonly source: Source }) {
  const name = source.name.replace(/^https?:\/\//i, '').replace(/[^a-z0-9.-]+/gi, '-');
  const file = path.join(folder, `${source.kind}-${name.slice(0, 120)}.json`);
  return {
    async get(): Promise<StoredTags | undefined> {
      try {
        const kept = parseJson((await readOwnText(file, largest)) ?? 'null');
        if (!isObject(kept) || member(kept, 'schema') !== schema) return undefined;
        const at = member(kept, 'at');
        const document = member(kept, 'document');
        if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !isObject(document)) return undefined;
        return isArray(member(document, 'values')) ? { at, document } : undefined;
      } catch {
        return undefined;
      }
    },
    async put({ at, document }: StoredTags): Promise<void> {
      try {
        // Two processes may write at once: each its own file, and the last to be renamed stays.
        replaceFile(file, stringifyJson({ schema, at, document }));
      } catch {
        // A full or read-only disk costs one request at the next run.
      }
    },
  };
}
