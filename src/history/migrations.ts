// How an index of an older shape becomes one of today's; each step by the version that brought the change.
import type Conf from 'conf';

export interface Index {
  source: string;
  workspace: string;
  entries: unknown[];
}

/** The version of the index's shape; a change of it comes with a migration. */
export const version = '1.1.0';

export const migrations: Readonly<Record<string, (store: Conf<Index>) => void>> = {
  /** Entries hold the result of a what-if; before, there was none. */
  '1.1.0'(store) {
    const { entries } = store.store;
    if (Array.isArray(entries)) store.set('entries', entries.map(withoutRehearsal));
  },
};

const withoutRehearsal = (entry: unknown): unknown =>
  typeof entry === 'object' && entry !== null && !('rehearsal' in entry) ? { ...entry, rehearsal: null } : entry;
