// One JSON file of Bastide, written by conf: atomically, readable by its owner only. Reading does not load conf.
import { copyFile, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { keepFailure, requireFolder } from '../disk/folder.ts';
import { LockHeld, withLock } from '../disk/lock.ts';
import { readOwnText, TooLarge } from '../disk/read-text.ts';
import { removeLeftovers, renameOver, temporaryName } from '../disk/replace-file.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../model/json.ts';

/** In bytes; some thousand workspaces with all their assumptions. */
const largest = 4 * 1024 * 1024;

export interface JsonFile {
  readonly path: string;
  /** All members; {} without a file. Throws Failure that names a damaged file. */
  all(): Promise<JsonObject>;
  /** Sets a member, or removes it when the value is undefined. */
  put(name: string, value: Json | undefined): Promise<void>;
}

export function openJsonFile(folder: string, name: string): JsonFile {
  const file = path.join(folder, `${name}.json`);
  const all = async (): Promise<JsonObject> => {
    let text: string | undefined;
    try {
      text = await readOwnText(file, largest);
    } catch (error) {
      throw corrupt(file, error instanceof TooLarge ? error.message : 'it cannot be read');
    }
    return text === undefined ? {} : contentOf(file, text);
  };
  return {
    path: file,
    all,
    async put(member, value) {
      await all();
      requireFolder(folder, 'The settings');
      // conf reads, changes and writes the whole file: of two at once, one would be lost.
      try {
        await withLock({ file, pid: process.pid, patience: 5000 }, () => putAlone(member, value));
      } catch (error) {
        throw error instanceof LockHeld ? busy(file, error.pid) : keepFailure(error, folder, 'The settings');
      }
    },
  };

  async function putAlone(member: string, value: Json | undefined): Promise<void> {
    removeLeftovers(file);
    // A link is followed, as conf does.
    const target = await realpath(file).catch(() => file);
    // conf writes with one call, and does not look at how much of the text was taken: a full disk would leave half of the file. It
    // works on a copy, which takes the place of the file once it is read again and whole.
    const beside = temporaryName(target);
    try {
      await mkdir(beside, { mode: 0o700 });
      await setIn(beside, target, member, value);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      throw isFull(code) ? notWritten(file) : keepFailure(error, folder, 'The settings');
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  }
}

async function setIn(beside: string, target: string, member: string, value: Json | undefined): Promise<void> {
  const copy = path.join(beside, 'copy.json');
  await copyFile(target, copy).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const { default: Conf } = await import('conf');
  let wanted: string | undefined;
  const store = new Conf<Record<string, unknown>>({
    cwd: beside,
    configName: 'copy',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    serialize: (content) => {
      wanted = JSON.stringify(content, undefined, '\t');
      return wanted;
    },
  });
  let failed: unknown;
  try {
    if (value === undefined) store.delete(member);
    else store.set(member, value);
  } catch (error) {
    failed = error;
  }
  if (wanted !== undefined && (await readFile(copy, 'utf8').catch(() => '')) !== wanted) throw notWritten(target);
  if (failed !== undefined) throw failed;
  if (wanted !== undefined) renameOver(copy, target);
}

function contentOf(file: string, text: string): JsonObject {
  let json: Json;
  try {
    json = parseJson(text);
  } catch {
    throw corrupt(file, 'it is not JSON');
  }
  if (!isObject(json)) throw corrupt(file, 'it is not a JSON object');
  return json;
}

/** A damaged file is never reset: the operator decides. */
export const corrupt = (file: string, why: string): Failure =>
  new Failure(
    'corrupt-settings',
    exitStatus.usage,
    `${file} is damaged: ${why}.`,
    'Fix the file, or move it away to start without it.',
  );

const busy = (file: string, pid: number): Failure =>
  new Failure(
    'settings-busy',
    exitStatus.notSent,
    `${file} is being written by process ${pid}, so it was left as it is.`,
    'Retry when that process has ended.',
  );

const isFull = (code: string): boolean => ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(code);
const notWritten = (file: string): Failure =>
  new Failure(
    'settings-not-written',
    exitStatus.notSent,
    `${file} could not be written whole, so it was left as it is.`,
    'Free some space on the disk, then retry.',
  );
