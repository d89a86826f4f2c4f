// Reads the operator's themes again when a file of their folder changes.
import { type FSWatcher, watch } from 'node:fs';
import type { Theme } from '../theme/theme.ts';
import { type OwnThemes, ownThemes } from './themes.ts';

/** Milliseconds of rest after a change: an editor writes a file in several steps. */
const rest = 150;

/**
 * Calls `onChange` with all themes of the folder after each change of what is in it. Returns a function that ends this. A folder
 * that does not exist, or that the system does not watch, has no changes.
 */
export function watchThemes(
  folder: string,
  others: readonly Theme[],
  onChange: (found: OwnThemes) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let before = '';
  const read = async () => {
    const found = await ownThemes(folder, others);
    const now = JSON.stringify(found);
    if (ended || now === before) return;
    before = now;
    onChange(found);
  };
  const stop = () => {
    ended = true;
    clearTimeout(timer);
    watcher?.close();
  };
  const watcher = watched(folder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), rest).unref();
  });
  watcher?.on('error', stop);
  return stop;
}

function watched(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, onEvent);
  } catch {
    return undefined;
  }
}
