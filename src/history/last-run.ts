// What the last run saw of a workspace, on disk: a small file for each source, workspace and profile, whole or not there. It is a
// convenience: what is damaged, too large or not to be read is as if it were not there, with a note, and where nothing can be
// written nothing is kept.
import { mkdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ProfileChoice, profileAliases } from '../model/assumption.ts';
import { parseJson, stringifyJson } from '../model/json.ts';
import { type LastRun, lastRunJson, readLastRun } from '../model/last-run.ts';
import type { Source } from '../model/snapshot.ts';
import { historyName } from './store.ts';
import { writeThrough } from './write-through.ts';

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
    note: `The last run cannot be compared: ${file} is damaged and will be replaced.`,
  };
  /** Null where there is no such file. */
  const read = async (from: string) => {
    try {
      const about = await stat(from);
      if (!about.isFile() || about.size > largest) return damaged;
      const seen = readLastRun(parseJson(await readFile(from, 'utf8')));
      return seen === undefined || seen.profile !== options.profile ? damaged : { seen, note: null };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return code === 'ENOENT' ? null : damaged;
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
        mkdirSync(options.folder, { recursive: true, mode: 0o700 });
        writeThrough(file, text);
      } catch {
        // What was kept before stands, and says when that was.
      }
    },
  };
}
