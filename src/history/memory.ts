// A history in memory: for an act that is only simulated. It has one writer and writes to no disk.
import type { Entry } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import type { History } from './history.ts';

export function memoryHistory(): History {
  const entries: Entry[] = [];
  const bodies = new Map<string, JsonObject>();
  return {
    entries: async () => [...entries],
    notes: async () => [],
    repair: async () => ({
      ...{ file: '', isWritten: false, copy: null, end: null },
      ...{ kept: entries.length, lost: [], lines: [], bodies: [] },
    }),
    async append(entry) {
      entries.push(entry);
    },
    async update(id, change) {
      const at = entries.findIndex((entry) => entry.id === id);
      const entry = entries[at];
      if (entry === undefined) throw new Error(`there is no entry ${id}`);
      const changed = change(entry);
      entries[at] = changed;
      return changed;
    },
    async keepBody(entry, name, body) {
      const file = `${entry}.${name}`;
      bodies.set(file, body);
      return file;
    },
    async body(name) {
      const body = bodies.get(name);
      if (body === undefined) {
        throw new Failure('corrupt', exitStatus.usage, `The body ${name} is missing.`, 'Undo goes on without it.');
      }
      return body;
    },
    unsettled: async () => [],
    exclusively: (act) => act(),
  };
}
