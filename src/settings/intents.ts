// The operator's assumptions, stored for each source and workspace.
import type { Intents } from '../model/intent.ts';
import { checkIntents } from '../model/intent-values.ts';
import type { Json } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { corrupt, keptFile } from './file.ts';

export interface IntentsStore {
  get(): Promise<Intents>;
  /** Replaces all stored assumptions. */
  set(intents: Intents): Promise<void>;
}

/**
 * Assumptions stored in `intents.json` of this folder. `fallback` (those of a demo world) applies while none is stored.
 * Throws Failure that names the file when it is damaged.
 */
export function intentsStore(options: {
  readonly folder: string;
  /** The source's name, e.g. `public`, `demo:open`. */
  readonly source: string;
  readonly workspace: string | null;
  readonly fallback?: Intents;
}): IntentsStore {
  const file = keptFile(options.folder, 'intents');
  const key = `${options.source} ${fold(options.workspace ?? '')}`.trim();
  const get = async (): Promise<Intents> => {
    const kept = (await file.all())[key];
    if (kept === undefined) return options.fallback ?? {};
    const { intents, wrong } = checkIntents(kept);
    if (wrong.length > 0) throw corrupt(file.path, `the assumptions of ${key} contain ${wrong.join(', ')}`);
    return intents;
  };
  return {
    get,
    set: (intents) => file.put(key, { ...intents } as Json),
  };
}

/** Removes the assumptions stored for a source: a demo world that is reset. */
export async function forgetIntents(folder: string, source: string): Promise<void> {
  const file = keptFile(folder, 'intents');
  const keys = Object.keys(await file.all()).filter((key) => key === source || key.startsWith(`${source} `));
  for (const key of keys) await file.put(key, undefined);
}
