// The recently opened workspaces, newest first. A convenience, not a setting: a damaged, too large or unreadable file counts as
// absent, and a failed write is ignored.
import path from 'node:path';
import { readOwnText } from '../disk/read-text.ts';
import { replaceFile } from '../disk/replace-file.ts';
import { asJson, isArray, isObject, parseJson, stringifyJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { type RecentWorkspace, readRecent } from '../model/recent.ts';
import { sameId } from '../model/resource-id.ts';

const schema = 'bastide/recent/v1';
const most = 10;
/** Ten times what ten of the longest take. */
const largest = 128 * 1024;

export interface RecentStore {
  all(): Promise<readonly RecentWorkspace[]>;
  add(workspace: RecentWorkspace): Promise<void>;
}

/** Stored in `recent.json` of this folder, readable by its owner only. Neither call throws. */
export function recentStore({ folder }: { readonly folder: string }): RecentStore {
  const file = path.join(folder, 'recent.json');
  const all = async (): Promise<readonly RecentWorkspace[]> => {
    try {
      const kept = parseJson((await readOwnText(file, largest)) ?? '{}');
      const list = isObject(kept) && member(kept, 'schema') === schema ? member(kept, 'workspaces') : undefined;
      return isArray(list) ? newest(list.flatMap((one) => readRecent(one) ?? [])) : [];
    } catch {
      return [];
    }
  };
  return {
    all,
    async add(workspace) {
      const workspaces = asJson(newest([workspace, ...(await all())]));
      try {
        replaceFile(file, stringifyJson({ schema, workspaces }, 2));
      } catch {
        // A full or read-only disk costs a line in a list.
      }
    },
  };
}

/** Each once, as it was given first, and no more than are kept. */
function newest(all: readonly RecentWorkspace[]): RecentWorkspace[] {
  const same = (a: RecentWorkspace, b: RecentWorkspace) =>
    sameId(a.id, b.id) && a.source.kind === b.source.kind && a.source.name === b.source.name;
  return all.filter((one, at) => all.findIndex((other) => same(one, other)) === at).slice(0, most);
}
