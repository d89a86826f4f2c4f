// Results of a what-if of Azure (`az deployment group what-if --no-pretty-print`, or the answer of the REST API): the resources as they
// will be. What the deployment does not change is in them as it is.
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { member, withMember } from '../../model/pointer.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { unresolved } from '../../model/unresolved.ts';
import { type Document, unusable } from './documents.ts';
import type { ShapedItem, ShapedItems } from './shapes.ts';

/** The changes of a what-if result; undefined for any other document. */
function changesIn(json: Json): readonly JsonObject[] | undefined {
  if (!isObject(json)) return undefined;
  const properties = member(json, 'properties');
  const found = member(json, 'changes') ?? (isObject(properties) ? member(properties, 'changes') : undefined);
  if (!isArray(found) || (member(json, 'status') === undefined && found.length === 0)) return undefined;
  const changes = found.filter(isObject);
  const isChange = (one: JsonObject) =>
    ['resourceId', 'changeType'].every((name) => typeof member(one, name) === 'string');
  return changes.length === found.length && changes.every(isChange) ? changes : undefined;
}

/** Throws Failure (exit 2) for a what-if that failed. */
export function itemsOfWhatIf({ json, path }: Document): ShapedItems | undefined {
  const changes = changesIn(json);
  if (changes === undefined || !isObject(json)) return undefined;
  const error = member(json, 'error');
  if (isObject(error) || fold(String(member(json, 'status') ?? '')) === 'failed') {
    const code = isObject(error) ? `: ${clean(member(error, 'code') ?? 'an error', 100)}` : '';
    throw unusable(
      path,
      `the what-if of Azure failed${code}.`,
      'Run it again, and pass the result of one that succeeds.',
    );
  }
  const notes = changes.flatMap((change) =>
    fold(String(member(change, 'changeType'))) === 'unsupported'
      ? [
          {
            id: String(member(change, 'resourceId')),
            reason: `The what-if of Azure does not cover it: ${clean(member(change, 'unsupportedReason') ?? 'unsupported', 300)}`,
          },
        ]
      : [],
  );
  return { items: changes.flatMap(itemOf), cut: undefined, notes };
}

function itemOf(change: JsonObject): ShapedItem[] {
  const kind = fold(String(member(change, 'changeType')));
  const [before, after] = [member(change, 'before'), member(change, 'after')];
  if (kind === 'delete' || kind === 'unsupported') return [];
  const [shown, name] = isObject(after) ? [after, 'after'] : [before, 'before'];
  if (!isObject(shown)) return [];
  const known =
    kind === 'deploy' ? withMember(shown, 'properties', notShown) : (withoutExpressions(shown) as JsonObject);
  const item = member(known, 'id') === undefined ? { ...known, id: member(change, 'resourceId') ?? null } : known;
  return [{ json: item, declared: change, body: [name] }];
}

const notShown = unresolved('properties', 'the what-if of Azure does not show them');

/** An expression that the what-if leaves as it is in the template is not known, nor is a value that it masks: `*******`. */
function withoutExpressions(value: Json): Json {
  if (typeof value === 'string') {
    if (/^\*{5,}$/.test(value)) return unresolved(value, 'the what-if of Azure masks it');
    return /^\[[a-zA-Z][\s\S]*\]$/.test(value) ? unresolved(value, 'the what-if of Azure does not evaluate it') : value;
  }
  if (isArray(value)) return value.map(withoutExpressions);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, withoutExpressions(inside)]));
}
