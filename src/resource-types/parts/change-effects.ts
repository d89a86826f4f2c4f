// The effects of a change: what its resource type says of its two sides, and the deletion of what Bastide did not create.
import { type Change, isDeferred } from '../../model/change.ts';
import { applyEdits, type Edit, EditConflict } from '../../model/edit.ts';
import { type Effect, gatheredEffects } from '../../model/effect.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { formatPointer, parsePointer, updateAt, valueAt } from '../../model/pointer.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { nameInParent, nameOf, typeOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../index.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';

export interface EffectSource {
  /** The resource before the change; null where it does not exist, undefined where it was not read. */
  readonly current: Resource | null | undefined;
  readonly seen: ChangeSides['seen'];
  /** Did Bastide create it, by the history? A name proves nothing: anyone may give it. */
  readonly isOwn: (id: string) => boolean;
}

/** What a name tells, and does not prove. */
const nameHint = (id: string): string =>
  /^bastide-/i.test(nameOf(id)) ? ' Its name begins like those that Bastide gives, which proves nothing.' : '';

/** The effects of one change, the gravest first. */
export function effectsOf(change: Change, context: EffectSource): Effect[] {
  const kind = resourceTypeOf(typeOf(change.resource));
  const own = attempt(
    (): readonly OwnEffect[] => kind.effects(sidesOf(change, context)),
    // What is not known may be anything.
    (error): readonly OwnEffect[] => [
      { kind: 'relaxes', detail: `The effect is not known: ${error.gap.reason}`, subject: 'unknown' },
    ],
  );
  const foreign = change.kind === 'delete' && !context.isOwn(change.resource);
  const deletes: OwnEffect[] = foreign
    ? [
        {
          kind: 'deletes',
          detail: `The ${kind.label} ${nameInParent(change.resource)} is deleted; no history entry created it.${nameHint(change.resource)}`,
          subject: change.resource,
        },
      ]
    : [];
  return gatheredEffects(
    [...deletes, ...own].map((one) => ({
      kind: one.kind,
      resource: change.resource,
      detail: clean(one.detail),
      subject: clean(one.subject),
      ...(one.overrides && { overrides: { ...one.overrides, rules: one.overrides.rules.map((name) => clean(name)) } }),
    })),
  );
}

function sidesOf(change: Change, context: EffectSource): ChangeSides {
  const { current, seen, isOwn } = context;
  const beside = { id: change.resource, seen, isOwn };
  const { type, apiVersion } = resourceTypeOf(typeOf(change.resource));
  const shown = (body: JsonObject): Resource => ({ id: change.resource, type, apiVersion, body });
  if (change.kind === 'create') return { ...beside, before: null, after: shown(change.body) };
  if (change.kind === 'delete') return { ...beside, before: shown(change.body), after: null };
  const before = current && !isDeferred(change) ? current : shown(outline(change.edits));
  return { ...beside, before, after: { ...before, body: changed(before.body, change.edits) } };
}

/** The body after the edits; where one does not fit the body, after those that do. */
function changed(body: JsonObject, edits: readonly Edit[]): JsonObject {
  let after: Json = body;
  for (const edit of edits) {
    try {
      after = applyEdits(after, [edit]);
    } catch (error) {
      if (!(error instanceof EditConflict)) throw error;
    }
  }
  return isObject(after) ? after : body;
}

/** What the edits themselves say of a body that was not read. */
function outline(edits: readonly Edit[]): JsonObject {
  let body: JsonObject = {};
  const put = (pointer: string, value: Json | undefined): void => {
    const path = parsePointer(pointer);
    for (let length = 1; length < path.length; length += 1) {
      const here = path.slice(0, length);
      if (!isObject(valueAt(body, formatPointer(here)))) body = updateAt(body, here, () => ({})) as JsonObject;
    }
    body = updateAt(body, path, () => value) as JsonObject;
  };
  for (const edit of edits) {
    if (edit.op === 'set') put(edit.pointer, edit.before);
    else {
      const list = valueAt(body, edit.pointer);
      const there = Array.isArray(list) ? list : [];
      put(edit.pointer, edit.op === 'remove' ? [...there, edit.before] : there);
    }
  }
  return body;
}
