// Where things are kept. Loaded before the version of Node is known.
import { mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * BASTIDE_HOME puts all of it into one folder. Else each platform's habit: the XDG folders (Base Directory Specification 0.8), on macOS
 * where none of them is named ~/Library, on Windows %APPDATA% for what moves with the user and %LOCALAPPDATA% for the rest.
 */
export function foldersOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform) {
  const { join, resolve, isAbsolute } = platform === 'win32' ? path.win32 : path.posix;
  // An empty variable names no folder: files would go to the working directory.
  const home = (platform === 'win32' ? env.USERPROFILE : env.HOME) || ownHome();
  const usual: Usual =
    platform === 'win32'
      ? {
          settings: ['APPDATA', 'AppData/Roaming'],
          state: ['LOCALAPPDATA', 'AppData/Local'],
          cache: ['LOCALAPPDATA', 'AppData/Local', 'Cache'],
        }
      : platform === 'darwin'
        ? {
            settings: ['XDG_CONFIG_HOME', library],
            state: ['XDG_STATE_HOME', library],
            cache: ['XDG_CACHE_HOME', 'Library/Caches'],
          }
        : {
            settings: ['XDG_CONFIG_HOME', '.config'],
            state: ['XDG_STATE_HOME', '.local/state'],
            cache: ['XDG_CACHE_HOME', '.cache'],
          };
  const folder = (name: keyof Usual): string => {
    const [variable, fallback, ...below] = usual[name];
    const value = env[variable];
    return join(value !== undefined && isAbsolute(value) ? value : join(home, fallback), 'bastide', ...below);
  };
  const own = env.BASTIDE_HOME === undefined || env.BASTIDE_HOME === '' ? undefined : resolve(env.BASTIDE_HOME);
  return {
    settings: own ?? folder('settings'),
    state: own ?? folder('state'),
    cache: folder('cache'),
    tags: join(own ?? folder('cache'), 'service-tags'),
  };
}

/** That of the user; the root, where nothing can be kept, for one that the system does not know (a container with any user id). */
function ownHome(): string {
  try {
    return os.userInfo().homedir;
  } catch {
    return path.parse(process.cwd()).root;
  }
}

const library = 'Library/Application Support';
/** The variable that names the folder, where it is without one, and what comes below. */
type Usual = Readonly<
  Record<'settings' | 'state' | 'cache', readonly [variable: string, fallback: string, ...below: string[]]>
>;

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

/** Can only the user write there? What others put there must not be run. */
export function isOwn(folder: string): boolean {
  if (process.platform === 'win32') return true;
  const { mode, uid } = statSync(folder);
  return (mode & 0o022) === 0 && (uid === 0 || uid === process.geteuid?.());
}

export type Folders = ReturnType<typeof foldersOf>;
