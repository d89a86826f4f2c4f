// A snapshot of Bastide's own in a file, as it is or in the envelope of `scan`; one that is damaged is refused with what is wrong.
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { unusable } from './documents.ts';

/** The snapshot itself, or the one in the envelope of `scan --format json`. */
export function snapshotIn(json: Json): JsonObject | undefined {
  if (!isObject(json)) return undefined;
  const schema = member(json, 'schema');
  if (schema === 'bastide/snapshot/v1') return json;
  const result = member(json, 'result');
  return schema === 'bastide/v1' && isObject(result) && member(result, 'schema') === 'bastide/snapshot/v1'
    ? result
    : undefined;
}

export function checkedSnapshot(json: JsonObject, path: string): Snapshot {
  const bad = (what: string) =>
    unusable(path, `the snapshot is damaged: ${what}.`, 'Create a new one with `bastide scan --output FILE`.');
  const lists = ['resources', 'collections', 'permissions', 'gaps'];
  for (const name of lists) if (!isArray(member(json, name))) throw bad(`${name} is not a list`);
  const strings = ['id', 'takenAt'];
  for (const name of strings) if (typeof member(json, name) !== 'string') throw bad(`${name} is not a text`);
  const texts = (item: Json, names: readonly string[]) =>
    isObject(item) && names.every((name) => typeof member(item, name) === 'string');
  const each = (name: string, test: (item: Json) => boolean) => {
    const at = (member(json, name) as readonly Json[]).findIndex((item) => !test(item));
    if (at >= 0) throw bad(`${name}[${at}] is not valid`);
  };
  each(
    'resources',
    (item) => texts(item, ['id', 'type', 'apiVersion']) && isObject(item) && isObject(member(item, 'body')),
  );
  each('collections', (item) => texts(item, ['id']) && isObject(item) && isTexts(member(item, 'members')));
  each(
    'permissions',
    (item) =>
      texts(item, ['scope']) &&
      isObject(item) &&
      isTexts(member(item, 'actions')) &&
      isTexts(member(item, 'notActions')),
  );
  each('gaps', (item) => texts(item, ['id', 'reason', 'action']));
  const workspace = member(json, 'workspace');
  if (workspace !== null && typeof workspace !== 'string') throw bad('workspace is neither an id nor null');
  if (!isObject(member(json, 'intents'))) throw bad('intents is not an object');
  const tags = member(json, 'serviceTags');
  if (tags !== undefined && !isTagsSeen(tags)) throw bad('serviceTags is not valid');
  return json as unknown as Snapshot;
}

const isTagsSeen = (value: Json): boolean => {
  if (!isObject(value)) return false;
  const at = member(value, 'at');
  return (
    ['azure', 'cache', 'file'].includes(String(member(value, 'source'))) &&
    typeof member(value, 'from') === 'string' &&
    (at === null || typeof at === 'string') &&
    isObject(member(value, 'document'))
  );
};

const isTexts = (value: Json | undefined) => isArray(value) && value.every((item) => typeof item === 'string');
