// What the last run saw of a workspace, on disk: a small file for each source, workspace and profile, whole or not there. It is a
// convenience: what is damaged, too large or not to be read is as if it were not there, with a note, and where nothing can be
// written nothing is kept.
import path from 'node:path';
import { makeFolder } from '../disk/make-folder.ts';
import { readOwnText } from '../disk/read-text.ts';
import { type ProfileChoice, profileAliases } from '../model/assumption.ts';
import { parseJson, stringifyJson } from '../model/json.ts';
import { type LastRun, lastRunJson, readLastRun } from '../model/last-run.ts';
import type { Source } from '../model/snapshot.ts';
import { writeThrough } from './files.ts';
import { historyName } from './store.ts';

/** In bytes; some sixty thousand verdicts. */
const largest = 16 * 1024 * 1024;

export interface LastRunStore {
  /** `note`: why nothing is known though a file is there. Never throws. */
  get(): Promise<{ readonly seen: LastRun | null; readonly note: string | null }>;
  /** In place of what was kept before. Never throws. */
  keep(seen: LastRun): Promise<void>;
}

export interface LastRunStoreOptions {
  /** Made when something is kept first. */
  readonly folder: string;
  readonly source: Source;
  /** Full id; '' where there is no workspace. */
  readonly workspace: string;
  readonly profile: ProfileChoice;
}

/** The file of a profile: under its name today first, then under names that older versions gave it. */
export const lastRunFiles = ({ folder, source, workspace, profile }: LastRunStoreOptions): [string, ...string[]] => {
  const file = (name: string) => path.join(folder, `${historyName(source, workspace)}-${name}.json`);
  const aliases = Object.keys(profileAliases).filter((alias) => profileAliases[alias] === profile);
  return [file(profile), ...aliases.map(file)];
};

export function lastRunStore(options: LastRunStoreOptions): LastRunStore {
  const [file, ...older] = lastRunFiles(options);
  const damaged = {
    seen: null,
    note: `The last run cannot be compared: its file is damaged and will be replaced (${file}).`,
  };
  /** Null where there is no such file. */
  const read = async (from: string) => {
    try {
      const text = await readOwnText(from, largest);
      if (text === undefined) return null;
      const seen = readLastRun(parseJson(text));
      return seen === undefined || seen.profile !== options.profile ? damaged : { seen, note: null };
    } catch {
      return damaged;
    }
  };
  return {
    async get() {
      for (const one of [file, ...older]) {
        const known = await read(one);
        if (known !== null) return known;
      }
      return { seen: null, note: null };
    },
    async keep(seen) {
      const text = stringifyJson(lastRunJson(seen));
      if (Buffer.byteLength(text) > largest) return;
      try {
        makeFolder(options.folder);
        writeThrough(file, text);
      } catch {
        // What was kept before stands, and says when that was.
      }
    },
  };
}
