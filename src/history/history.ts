// The contract of the history: what session needs of it. The store on disk is in store.ts.
import type { Entry, HistoryNote, HistoryRepair } from '../model/entry.ts';
import type { JsonObject } from '../model/json.ts';

export interface History {
  /**
   * Newest last; those whose record is damaged are `unreadable`. Writes nothing. Throws Failure when the history is missing, cut off or
   * of another workspace, naming the file and what to do.
   */
  entries(): Promise<readonly Entry[]>;
  /** Oldest first. */
  notes(): Promise<readonly HistoryNote[]>;
  /**
   * Writes the journal anew without its damaged lines, and keeps a copy of it as it was; `dryRun`: only says what is lost. Throws
   * Failure where it is of another workspace.
   */
  repair(dryRun: boolean): Promise<HistoryRepair>;
  /** Puts a new entry on disk: written, synchronised and read again when this resolves. */
  append(entry: Entry): Promise<void>;
  /** Changes one entry under the lock; resolves when it is on disk. */
  update(id: string, change: (entry: Entry) => Entry): Promise<Entry>;
  /** Writes a body to a side file, before an entry names it; returns the file's name. */
  keepBody(entry: string, name: string, body: JsonObject): Promise<string>;
  body(name: string): Promise<JsonObject>;
  /** Entries whose act was cut off, and that no living process is carrying on. */
  unsettled(): Promise<readonly Entry[]>;
  /** Holds the right to write to this workspace while `act` runs; a dead holder does not block. */
  exclusively<T>(act: () => Promise<T>): Promise<T>;
}
