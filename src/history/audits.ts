// The history of audits: one line of JSON an audit, a file for each source and workspace. It is a convenience: a damaged line is
// skipped and counted, and where nothing can be written the audit goes on without.
import path from 'node:path';
import { withLock } from '../disk/lock.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { readOwnText } from '../disk/read-text.ts';
import { type AuditRecord, auditRecordJson, readAuditRecord } from '../model/audit-record.ts';
import { parseJson, stringifyJson } from '../model/json.ts';
import type { Source } from '../model/snapshot.ts';
import { diskFiles, type FileLayer, readBytes, withFile, writeBytes, writeThrough } from './files.ts';
import { historyName } from './store.ts';

/** Bytes of the file, and audits in it: at the limit the older half goes. */
const largest = 16 * 1024 * 1024;
const most = 1000;

export interface AuditLogOptions {
  /** Made when something is kept first. */
  readonly folder: string;
  readonly source: Source;
  /** Full id. */
  readonly workspace: string;
  readonly pid: number;
  readonly files?: FileLayer;
}

export interface KnownAudits {
  /** The oldest first. */
  readonly records: readonly AuditRecord[];
  /** Lines that are no records, and were skipped. */
  readonly damaged: number;
}

export interface AuditLog {
  /** Never throws. */
  all(): Promise<KnownAudits>;
  /** On disk when it resolves, or not kept. Never throws. */
  add(record: AuditRecord): Promise<void>;
}

export const auditLogFile = ({ folder, source, workspace }: Pick<AuditLogOptions, 'folder' | 'source' | 'workspace'>) =>
  path.join(folder, `${historyName(source, workspace)}.jsonl`);

export function auditLog(options: AuditLogOptions): AuditLog {
  const { folder, pid, files = diskFiles } = options;
  const file = auditLogFile(options);
  const all = async (): Promise<KnownAudits> => {
    try {
      return recordsIn((await readOwnText(file, 2 * largest)) ?? '');
    } catch {
      return { records: [], damaged: 1 };
    }
  };
  return {
    all,
    async add(record) {
      const line = Buffer.from(`${stringifyJson(auditRecordJson(record))}\n`);
      if (line.length > largest / 4) return;
      try {
        makeFolder(folder);
        await withLock({ file, pid, patience: 2000 }, async () => {
          const size = append(files, file, line);
          // Each line takes more bytes than that: few files are read for it.
          if (size > largest || size > most * shortest) await shorten(file, files, size);
        });
      } catch {
        // A full disk, or a lock held by another process, costs one audit of the list.
      }
    },
  };
}

/** Bytes of the shortest record. */
const shortest = 200;

/** Appends the line behind a line break: what a process that died has left of a line stays a line of its own. */
function append(files: FileLayer, file: string, line: Uint8Array): number {
  return withFile(files, file, 'append', (descriptor) => {
    const size = files.size(descriptor);
    const isWhole = size === 0 || readBytes(files, descriptor, size - 1, size)[0] === 0x0a;
    const bytes = isWhole ? line : Buffer.concat([Buffer.from('\n'), line]);
    try {
      writeBytes(files, descriptor, bytes, null);
      files.sync(descriptor);
    } catch (error) {
      // A part of a line would be skipped, and counted, ever after.
      files.truncate(descriptor, size);
      throw error;
    }
    return size + bytes.length;
  });
}

async function shorten(file: string, files: FileLayer, size: number): Promise<void> {
  const lines = ((await readOwnText(file, 2 * largest)) ?? '').split('\n').filter((line) => line !== '');
  if (lines.length <= most && size <= largest) return;
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.toReversed()) {
    bytes += Buffer.byteLength(line) + 1;
    if (kept.length >= most / 2 || bytes > largest / 2) break;
    kept.push(line);
  }
  writeThrough(
    file,
    kept
      .toReversed()
      .map((line) => `${line}\n`)
      .join(''),
    files,
  );
}

function recordsIn(text: string): KnownAudits {
  const lines = text.split('\n').filter((line) => line !== '');
  const records = lines.flatMap((line) => {
    try {
      return readAuditRecord(parseJson(line)) ?? [];
    } catch {
      return [];
    }
  });
  return { records, damaged: lines.length - records.length };
}
