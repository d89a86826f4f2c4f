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
import type { ChangeSides } from '../resource-type.ts';

export interface EffectSource {
  /** The resource before the change; null where it does not exist, undefined where it was not read. */
  readonly current: Resource | null | undefined;
  readonly seen: ChangeSides['seen'];
  /** Did Bastide create it? Its name is looked at besides. */
  readonly isOwn: (id: string) => boolean;
}

/** What Bastide creates has this prefix in its name where the operator chose none. */
const ownPrefix = /^bastide-/i;

/** The effects of one change, the gravest first. */
export function effectsOf(change: Change, context: EffectSource): Effect[] {
  const kind = resourceTypeOf(typeOf(change.resource));
  const own = attempt(
    () => kind.effects(sidesOf(change, context)),
    // What is not known may be anything.
    (error) => [
      { kind: 'relaxes' as const, detail: `The effect is not known: ${error.gap.reason}`, subject: 'unknown' },
    ],
  );
  const foreign =
    change.kind === 'delete' && !ownPrefix.test(nameOf(change.resource)) && !context.isOwn(change.resource);
  const deletes = foreign
    ? [
        {
          kind: 'deletes' as const,
          detail: `The ${kind.label} ${nameInParent(change.resource)} is deleted; Bastide did not create it.`,
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
    })),
  );
}

function sidesOf(change: Change, { current, seen }: EffectSource): ChangeSides {
  const { type, apiVersion } = resourceTypeOf(typeOf(change.resource));
  const shown = (body: JsonObject): Resource => ({ id: change.resource, type, apiVersion, body });
  if (change.kind === 'create') return { id: change.resource, before: null, after: shown(change.body), seen };
  if (change.kind === 'delete') return { id: change.resource, before: shown(change.body), after: null, seen };
  const before = current && !isDeferred(change) ? current : shown(outline(change.edits));
  return { id: change.resource, before, after: { ...before, body: changed(before.body, change.edits) }, seen };
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
