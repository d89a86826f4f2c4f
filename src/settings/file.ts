// One JSON file of Bastide, written by conf: atomically, readable by its owner only. Reading does not load conf.
import path from 'node:path';
import { keepFailure, requireFolder } from '../disk/folder.ts';
import { readOwnText, TooLarge } from '../disk/read-text.ts';
import { removeLeftovers } from '../disk/replace-file.ts';
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
      removeLeftovers(file);
      const { default: Conf } = await import('conf');
      try {
        const store = new Conf<Record<string, unknown>>({
          cwd: folder,
          configName: name,
          configFileMode: 0o600,
          accessPropertiesByDotNotation: false,
          clearInvalidConfig: false,
        });
        if (value === undefined) store.delete(member);
        else store.set(member, value);
      } catch (error) {
        throw keepFailure(error, folder, 'The settings');
      }
    },
  };
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
