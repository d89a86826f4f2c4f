// The command lines that people typed, in the screen, in the host in lines and in the shell: one list, shared by all of them.
// It is a comfort and no record: what cannot be read or written is as if it were not there. No line that may hold a secret enters it.
import path from 'node:path';
import { withLock } from '../disk/lock.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { readOwnText } from '../disk/read-text.ts';
import { replaceFile } from '../disk/replace-file.ts';
import { withoutSecretText } from '../model/secrets.ts';
import { clean } from '../model/text.ts';

export interface LineStore {
  /** The newest last. */
  all(): Promise<readonly string[]>;
  /** Resolves when the line is kept, or is not to be. Neither call throws. */
  add(line: string): Promise<void>;
}

const most = 500;
const longest = 2000;
const largest = 2 * 1024 * 1024;

// What names a secret, and what looks like one: keys of Azure end in ==, tokens begin with eyJ, signatures follow sig=.
const secret =
  /\b(?:pass(?:word|wd|phrase)?|pwd|secrets?|tokens?|api-?keys?|account-?keys?|shared-?access-?(?:key|signature)|connection-?string|credentials?)\b["']?\s*[=: ]|\bsig=|eyJ[\w-]{8}|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={1,2}(?![\w=])/i;

/** May a line be kept? Not when it may hold a secret, and not when it begins with a space: who types that does not want it kept. */
export const mayKeep = (line: string): boolean =>
  line.trim() !== '' &&
  line.length <= longest &&
  !/^\s/.test(line) &&
  !secret.test(line) &&
  withoutSecretText(line) === line;

/** Lines kept in the file `lines` of this folder, readable by its owner only. */
export function lineStore({ folder, pid }: { readonly folder: string; readonly pid: number }): LineStore {
  const file = path.join(folder, 'lines');
  const all = async (): Promise<readonly string[]> => {
    try {
      const text = (await readOwnText(file, largest)) ?? '';
      return text
        .split('\n')
        .map((line) => clean(line, longest))
        .filter(mayKeep)
        .slice(-most);
    } catch {
      return [];
    }
  };
  return {
    all,
    async add(line) {
      const told = clean(line, longest + 1);
      if (!mayKeep(told)) return;
      try {
        makeFolder(folder);
        await withLock({ file, pid, patience: 1000 }, async () => {
          const others = (await all()).filter((one) => one !== told);
          replaceFile(file, `${[...others, told].slice(-most).join('\n')}\n`);
        });
      } catch {
        // A full disk, or a lock held by another process, costs a line to recall and nothing else.
      }
    },
  };
}
