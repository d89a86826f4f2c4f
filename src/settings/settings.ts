// The operator's settings. Read only by commands that need them, and never reset.
import { type Json, stringifyJson } from '../model/json.ts';
import { invalidReason, settingEntries, settingEntry } from '../model/setting.ts';
import { corrupt, openJsonFile } from './file.ts';

export interface Settings {
  get(name: string): Promise<Json | undefined>;
  set(name: string, value: Json): Promise<void>;
  unset(name: string): Promise<void>;
  /** Throws Failure that names the file when it is damaged or a value is invalid. */
  all(): Promise<Readonly<Record<string, Json>>>;
  readonly path: string;
}

/** Settings kept in `settings.json` of this folder. */
export function openSettings({ folder }: { readonly folder: string }): Settings {
  const file = openJsonFile(folder, 'settings');
  const all = async (): Promise<Readonly<Record<string, Json>>> => {
    const kept = await file.all();
    for (const [name, value] of Object.entries(kept)) {
      const entry = settingEntry(name);
      // A name of a newer Bastide, or of conf itself (__internal__), is left alone.
      const wrong = entry === undefined ? undefined : invalidReason(entry, value);
      if (wrong !== undefined) throw corrupt(file.path, `${wrong}, not ${stringifyJson(value).slice(0, 60)}`);
    }
    return Object.fromEntries(
      settingEntries.flatMap(({ name }) => {
        const value = kept[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  };
  return {
    path: file.path,
    all,
    get: async (name) => (await all())[name],
    set: (name, value) => file.put(name, value),
    unset: (name) => file.put(name, undefined),
  };
}
