// Where things are kept. Loaded before the version of Node is known.
import { mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** BASTIDE_HOME puts all of it into one folder; else the XDG folders do (Base Directory Specification 0.8). */
export function foldersOf(env: NodeJS.ProcessEnv) {
  const home = env.HOME ?? os.homedir();
  const xdg = (name: string, fallback: string) => {
    const value = env[name];
    return path.join(value !== undefined && path.isAbsolute(value) ? value : path.join(home, fallback), 'bastide');
  };
  const own = env.BASTIDE_HOME === undefined || env.BASTIDE_HOME === '' ? undefined : path.resolve(env.BASTIDE_HOME);
  return {
    settings: own ?? xdg('XDG_CONFIG_HOME', '.config'),
    state: own ?? xdg('XDG_STATE_HOME', '.local/state'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    tags: path.join(own ?? xdg('XDG_CACHE_HOME', '.cache'), 'service-tags'),
  };
}

/** Makes a folder; false where it cannot be made. Folder by folder: Node's own recursive call never returns below /proc. */
export function isMade(folder: string): boolean {
  try {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return true;
    if (path.dirname(folder) === folder || !isMade(path.dirname(folder))) return false;
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

export type Folders = ReturnType<typeof foldersOf>;
