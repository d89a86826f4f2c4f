// Where things are kept.
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

export type Folders = ReturnType<typeof foldersOf>;
