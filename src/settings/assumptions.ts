// The operator's assumptions, stored for each source and workspace.
import type { Assumptions } from '../model/assumption.ts';
import { checkAssumptions } from '../model/assumption-values.ts';
import { type Json, sameJson } from '../model/json.ts';
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
  /** Those of `bastide.yaml`: they apply where none of that name is stored, and are not stored. */
  declared?(): Assumptions;
}): AssumptionsStore {
  const file = openJsonFile(options.folder, 'intents');
  const key = `${options.source} ${fold(options.workspace ?? '')}`.trim();
  const get = async (): Promise<Assumptions> => {
    const kept = (await file.all())[key];
    const declared = options.declared?.() ?? {};
    if (kept === undefined) return { ...options.fallback, ...declared };
    const { intents, wrong } = checkAssumptions(kept);
    if (wrong.length > 0) throw corrupt(file.path, `the assumptions of ${key} contain ${wrong.join(', ')}`);
    return { ...declared, ...intents };
  };
  return {
    get,
    set(intents) {
      const declared: Readonly<Record<string, unknown>> = { ...options.declared?.() };
      const own = Object.entries(intents).filter(([name, value]) => !sameJson(value as Json, declared[name] as Json));
      return file.put(key, Object.fromEntries(own) as Json);
    },
  };
}

/** Removes the assumptions stored for a source: a demo world that is reset. */
export async function forgetAssumptions(folder: string, source: string): Promise<void> {
  const file = openJsonFile(folder, 'intents');
  const keys = Object.keys(await file.all()).filter((key) => key === source || key.startsWith(`${source} `));
  for (const key of keys) await file.put(key, undefined);
}
