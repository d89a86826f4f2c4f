// A journal as it lies on disk, read without the store. What is torn or being written is left out.
import { journalStart, readLines } from '../../src/history/journal-format.ts';
import { addRecord, noPast, readRecord } from '../../src/history/records.ts';
import type { Entry } from '../../src/model/entry.ts';

export function entriesIn(journal: Buffer): readonly Entry[] {
  const past = noPast();
  for (const { text, damage } of readLines(journal, journalStart).lines.slice(1)) {
    if (damage !== null) throw new Error(damage);
    const record = readRecord(text);
    if (typeof record === 'string') throw new Error(record);
    addRecord(past, record);
  }
  return [...past.entries.values()];
}
