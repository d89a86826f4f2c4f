// The operator's assumptions, stored for each source and workspace.
import type { Assumptions } from '../model/assumption.ts';
import { checkAssumptions } from '../model/assumption-values.ts';
import type { Json } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { corrupt, openJsonFile } from './file.ts';

export interface AssumptionsStore {
  get(): Promise<Assumptions>;
  /** Replaces all stored assumptions. */
  set(intents: Assumptions): Promise<void>;
}

/**
 * Assumptions stored in `intents.json` of this folder. `fallback` (those of a demo world) applies while none is stored.
 * Throws Failure that names the file when it is damaged.
 */
export function assumptionsStore(options: {
  readonly folder: string;
  /** The source's name, e.g. `public`, `demo:open`. */
  readonly source: string;
  readonly workspace: string | null;
  readonly fallback?: Assumptions;
}): AssumptionsStore {
  const file = openJsonFile(options.folder, 'intents');
  const key = `${options.source} ${fold(options.workspace ?? '')}`.trim();
  const get = async (): Promise<Assumptions> => {
    const kept = (await file.all())[key];
    if (kept === undefined) return options.fallback ?? {};
    const { intents, wrong } = checkAssumptions(kept);
    if (wrong.length > 0) throw corrupt(file.path, `the assumptions of ${key} contain ${wrong.join(', ')}`);
    return intents;
  };
  return {
    get,
    set: (intents) => file.put(key, { ...intents } as Json),
  };
}

/** Removes the assumptions stored for a source: a demo world that is reset. */
export async function forgetAssumptions(folder: string, source: string): Promise<void> {
  const file = openJsonFile(folder, 'intents');
  const keys = Object.keys(await file.all()).filter((key) => key === source || key.startsWith(`${source} `));
  for (const key of keys) await file.put(key, undefined);
}
