// The operator's answers, kept for each source and workspace.
import type { Intents } from '../model/intent.ts';
import { checkIntents } from '../model/intent-values.ts';
import type { Json } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { corrupt, keptFile } from './file.ts';

export interface IntentsStore {
  get(): Promise<Intents>;
  /** Keeps these answers and no others. */
  set(intents: Intents): Promise<void>;
}

/**
 * Answers kept in `intents.json` of this folder. `fallback` (a demo world's own answers) counts as long as none is kept.
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
    if (wrong.length > 0) throw corrupt(file.path, `the answers of ${key} hold ${wrong.join(', ')}`);
    return intents;
  };
  return {
    get,
    set: (intents) => file.put(key, { ...intents } as Json),
  };
}

/** Forgets the answers kept for a source: a demo world that starts over. */
export async function forgetIntents(folder: string, source: string): Promise<void> {
  const file = keptFile(folder, 'intents');
  const keys = Object.keys(await file.all()).filter((key) => key === source || key.startsWith(`${source} `));
  for (const key of keys) await file.put(key, undefined);
}
