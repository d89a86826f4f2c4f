// A disk that holds only so many more bytes: every way in which the product and its libraries write a file of one folder takes what
// fits and then says ENOSPC, as the system does. To be made before a library is loaded that keeps Node's functions for itself.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

export interface SmallDisk {
  /** Bytes that still fit. */
  room: number;
  /** Bytes that were written since this was set. */
  written: number;
  remove(): void;
}

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/** Files below `folder` only; all others are written as ever. */
export function smallDisk(folder: string): SmallDisk {
  const { openSync: realOpen, closeSync: realClose, writeSync: realWrite, writeFileSync: realWriteFile } = fs;
  const { writeFile: promisedWriteFile, copyFile: promisedCopyFile } = fs.promises;
  const set = (functions: object, promised: object): void => {
    Object.assign(fs, functions);
    Object.assign(fs.promises, promised);
    syncBuiltinESMExports();
  };
  const ours = new Set<number>();
  const isOurs = (file: unknown): boolean =>
    typeof file === 'string' && path.resolve(file).startsWith(`${folder}${path.sep}`);
  const disk: SmallDisk = {
    room: Number.POSITIVE_INFINITY,
    written: 0,
    remove() {
      set(
        { openSync: realOpen, closeSync: realClose, writeSync: realWrite, writeFileSync: realWriteFile },
        { writeFile: promisedWriteFile, copyFile: promisedCopyFile },
      );
    },
  };
  /** How many of these bytes are taken; throws where none is. */
  const taken = (length: number): number => {
    if (disk.room <= 0 && length > 0) throw full();
    const count = Math.min(length, disk.room);
    disk.room -= count;
    disk.written += count;
    return count;
  };
  const bytesOf = (data: unknown): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array));

  const openSync: typeof fs.openSync = (file, ...rest) => {
    const descriptor = realOpen(file, ...rest);
    if (isOurs(file)) ours.add(descriptor);
    return descriptor;
  };
  const closeSync: typeof fs.closeSync = (descriptor) => {
    ours.delete(descriptor);
    realClose(descriptor);
  };
  const writeSync = ((descriptor: number, data: Uint8Array | string, ...rest: (number | string | null)[]): number => {
    const anyWrite = realWrite as (...all: unknown[]) => number;
    if (!ours.has(descriptor)) return anyWrite(descriptor, data, ...rest);
    if (typeof data === 'string') {
      const bytes = Buffer.from(data);
      return anyWrite(descriptor, bytes, 0, taken(bytes.length), rest[0] ?? null);
    }
    const [offset = 0, length = data.byteLength - Number(offset ?? 0), position = null] = rest;
    return anyWrite(descriptor, data, offset ?? 0, taken(Number(length)), position);
  }) as typeof fs.writeSync;
  const writeFileSync: typeof fs.writeFileSync = (file, data, options) => {
    if (!isOurs(file) && !(typeof file === 'number' && ours.has(file))) return realWriteFile(file, data, options);
    const { flag = 'w', mode = 0o666 } = typeof options === 'object' && options !== null ? options : {};
    const descriptor = typeof file === 'number' ? file : openSync(file as string, flag, mode ?? 0o666);
    try {
      const bytes = bytesOf(data);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
    } finally {
      if (typeof file !== 'number') closeSync(descriptor);
    }
  };
  const writeFile: typeof fs.promises.writeFile = async (file, data, options) => {
    if (!isOurs(file)) return promisedWriteFile(file, data, options);
    writeFileSync(file as string, data as string, options as fs.WriteFileOptions);
  };
  const copyFile: typeof fs.promises.copyFile = async (from, to, mode) => {
    if (isOurs(to)) {
      const { size } = fs.statSync(from);
      if (taken(size) < size) throw full();
    }
    return promisedCopyFile(from, to, mode);
  };
  set({ openSync, closeSync, writeSync, writeFileSync }, { writeFile, copyFile });
  return disk;
}
