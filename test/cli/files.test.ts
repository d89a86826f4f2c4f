import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasFile, readText, writeWhole } from '../../src/cli/files.ts';
import { onLongWait, stopReading } from '../../src/disk/pipes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const none = Readable.from([]);

describe('files of a command line', () => {
  test('written whole, over an older one, with nothing left beside it', async () => {
    const file = path.join(folder, 'a.json');
    writeFileSync(file, 'old');
    await writeWhole(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });
  test.skipIf(process.getuid?.() === undefined)('what writing replaces is known without reading it', async () => {
    const at = (name: string) => path.join(folder, name);
    writeFileSync(at('closed'), 'x', { mode: 0 });
    symlinkSync('nothing', at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    mkdirSync(at('folder'));
    const names = ['closed', 'link', 'pipe', 'folder', 'none', 'none/too', 'closed/none'];
    expect(await Promise.all(names.map((name) => hasFile(at(name))))).toEqual([
      ...[true, true, true, false],
      ...[false, false, false],
    ]);
  });
  test('a folder, and a place that is not there, are refused with exit 2 and leave nothing', async () => {
    mkdirSync(path.join(folder, 'd'));
    for (const file of [path.join(folder, 'd'), path.join(folder, 'no/x')]) {
      await expect(writeWhole(file, 'x')).rejects.toMatchObject({ code: 'unwritable-file', exit: 2 });
    }
    expect(readdirSync(folder)).toEqual(['d']);
  });
  test('a pipe that never ends is left at the first signal, with exit 130', async () => {
    const stop = new AbortController();
    const reading = readText('-', new PassThrough(), { signal: stop.signal });
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
    await expect(readText('-', new PassThrough(), { signal: stop.signal })).rejects.toMatchObject({ exit: 130 });
  });
  test.skipIf(process.platform === 'win32')(
    'a named pipe: with a writer, without one, and with a silent one',
    async () => {
      const file = path.join(folder, 'pipe');
      execFileSync('mkfifo', [file]);
      const reading = readText(file, none);
      await writeFile(file, '{}');
      expect(await reading).toBe('{}');
      // No thread may be left that still waits: the process could not end.
      for (const silent of [false, true]) {
        const told = new Promise((resolve) => onLongWait(resolve));
        const waiting = readText(file, none);
        const writer = silent ? await open(file, 'w') : undefined;
        expect(await told).toBe(file);
        stopReading();
        await expect(waiting).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
        await writer?.close();
      }
    },
  );
  test('read: UTF-8 and UTF-16 with their marks, stdin, and what is not there', async () => {
    const file = path.join(folder, 'a');
    writeFileSync(file, '\uFEFF{}');
    expect(await readText(file, none)).toBe('{}');
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('é', 'utf16le')]));
    expect(await readText(file, none)).toBe('é');
    writeFileSync(file, Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from('é', 'utf16le').swap16()]));
    expect(await readText(file, none)).toBe('é');
    expect(await readText('-', Readable.from(['a', 'b']))).toBe('ab');
    await expect(readText(path.join(folder, 'no'), none)).rejects.toMatchObject({ exit: 2 });
    await expect(readText(folder, none)).rejects.toThrow(/folder/);
  });
});
