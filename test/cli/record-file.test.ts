// The file of a recording: always a new one, of its owner alone.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openRecordFile } from '../../src/cli/record-file.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'record-'));
const at = (name: string) => path.join(folder, name);
const refused = (file: string): Failure => {
  try {
    openRecordFile(file, []);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was opened');
};

test('a new file is written line by line, and closed with the others', async () => {
  try {
    const closers: (() => Promise<void>)[] = [];
    const file = openRecordFile(at('new.cast'), closers);
    expect(file.write('first\n')).toBe(true);
    expect(readFileSync(at('new.cast'), 'utf8')).toBe('first\n');
    expect(statSync(at('new.cast')).mode & 0o777).toBe(0o600);
    for (const close of closers) await close();
    // After its end nothing is written, and nothing thrown.
    expect(file.write('second\n')).toBe(false);
    expect(readFileSync(at('new.cast'), 'utf8')).toBe('first\n');

    writeFileSync(at('old.cast'), 'kept');
    expect(refused(at('old.cast'))).toMatchObject({ exit: exitStatus.usage, code: 'unwritable-file' });
    expect(refused(at('old.cast')).message).toMatch(/old\.cast cannot be written: it exists\.$/);
    expect(readFileSync(at('old.cast'), 'utf8')).toBe('kept');
    expect(refused(at('none/new.cast')).message).toMatch(/no such file or folder/);
    expect(existsSync(at('none'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
