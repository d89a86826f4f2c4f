// A snapshot as it was at an earlier time, as far as change records tell: their values are put back into the bodies of today. What
// they do not tell is unread in it, so that nothing is said of it. Pure.
import { clockSlack, type WriteRecord } from '../model/change-record.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member, memberNames, parsePointer, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameInParent, typeOf } from '../model/resource-id.ts';
import { bearsOut, rewind } from '../model/rewind.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { differences, keyOf, type SettingChange, wholeChange } from '../model/snapshot-changes.ts';
import { partsOf, resourceTypeOf } from '../resource-types/index.ts';

export interface RewoundSnapshot {
  readonly snapshot: Snapshot;
  /** What was deleted since: its settings then are not recorded. */
  readonly deleted: readonly SettingChange[];
  /** Resources of which it is not known what they were. */
  readonly unknown: readonly string[];
}

export function rewound(now: Snapshot, records: readonly WriteRecord[], since: string): RewoundSnapshot {
  const from = Date.parse(since);
  const to = Date.parse(now.takenAt);
  const byTarget = Map.groupBy(
    records.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to + clockSlack),
    ({ target }) => fold(target),
  );
  const known = new Set(now.resources.map(({ id }) => fold(id)));
  let { resources } = now;
  const gaps: ReadFailure[] = [];
  const unknown: string[] = [];
  const deleted: SettingChange[] = [];
  for (const [key, near] of byTarget) {
    const present = now.resources.find(({ id }) => fold(id) === key);
    const own = shownOf(present?.body ?? null, near, to);
    const target = present?.id ?? own[0]?.target ?? '';
    if (present === undefined) {
      const type = typeOf(target);
      // A type that Bastide does not know is called by the last part of its name.
      const isOurs = resourceTypeOf(type).label !== type.split('/').at(-1);
      if (own[0]?.kind !== 'created' && own.at(-1)?.kind === 'deleted' && isOurs)
        deleted.push(wholeChange(target, 'deleted'));
      continue;
    }
    const { versions, isDoubtful } = rewind(present.body, own);
    const [was, is] = [versions[0], versions.at(-1)];
    const isUnknown = was === undefined || isDoubtful('') || own.some(({ isCut }) => isCut);
    const parts = partsOf(present);
    const isPart = ({ id }: Resource) => parts.some((part) => fold(part.id) === fold(id));
    const rest = resources.filter(
      (one) => fold(one.id) !== key && !isPart(one) && (was !== null || !isWithin(one.id, target)),
    );
    if (isUnknown) {
      unknown.push(target);
      const reason = `The settings of ${nameInParent(target)} at that time are not known: its change records are incomplete.`;
      gaps.push(...[present, ...parts].map(({ id }) => ({ id, reason, action: '' })));
      resources = rest;
    } else if (was === null) {
      resources = rest;
      gaps.push(notYetThere(target));
    } else {
      const types = typesIn(now, present.type);
      const body = differences(was, is ?? null, target, []).reduce<Json>(
        (made, { pointer, before }) => withValue(made, parsePointer(pointer), typed(before, types, pointer)),
        present.body,
      );
      const old: Resource = { ...present, body: body as JsonObject };
      const listed = new Set(parts.map(({ id }) => fold(id)));
      // Parts that a scan reads of their own, and those that it would have read then.
      const kept = partsOf(old).filter(({ id }) => known.has(fold(id)) || !listed.has(fold(id)));
      resources = [...rest, old, ...kept];
    }
  }
  return {
    snapshot: {
      ...now,
      id: `${now.id}-rewound`,
      takenAt: new Date(from).toISOString(),
      resources,
      gaps: [...now.gaps, ...gaps],
    },
    deleted,
    unknown,
  };
}

/** What was created since: that it was not there then is known. */
export const notYetThere = (id: string): ReadFailure => ({
  ...{ id, reason: `${nameInParent(id)} did not exist at that time.`, action: '', status: 404 },
});

/** Those until the scan, and after them, as clocks differ, those whose result the body shows. */
function shownOf(body: Json, records: readonly WriteRecord[], to: number): readonly WriteRecord[] {
  const last = records.findLastIndex((one) => Date.parse(one.at) <= to || bearsOut(body, one) === 'after');
  return records.slice(0, last + 1);
}

type Types = ReadonlyMap<string, 'number' | 'boolean' | 'string'>;

/** The types of scalars by the name of their member, in all bodies of a resource type. */
function typesIn({ resources }: Snapshot, type: string): Types {
  const types = new Map<string, 'number' | 'boolean' | 'string'>();
  const walk = (value: Json, name: string): void => {
    if (isArray(value)) for (const item of value) walk(item, name);
    else if (isObject(value)) for (const own of memberNames(value)) walk(member(value, own) ?? null, own);
    else if (value !== null && !types.has(name))
      types.set(name, typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'number');
  };
  for (const one of resources) if (fold(one.type) === fold(type)) walk(one.body, '');
  return types;
}

/** A value of a record, which is a text, in the type that the member has elsewhere. */
function typed(value: Json, types: Types, pointer: string): Json {
  const walk = (here: Json, name: string): Json => {
    if (isArray(here)) return here.map((item) => walk(item, name));
    if (isObject(here))
      return memberNames(here).reduce<JsonObject>(
        (made, own) => withMember(made, own, walk(member(here, own) ?? null, own)),
        {},
      );
    if (typeof here !== 'string') return here;
    const type = types.get(name);
    if ((type === 'boolean' || type === undefined) && /^(?:true|false)$/i.test(here))
      return here.toLowerCase() === 'true';
    return type === 'number' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(here) ? Number(here) : here;
  };
  return walk(value, parsePointer(pointer).at(-1) ?? '');
}

/** The body with a setting as it was; items of lists are named. */
function withValue(body: Json, path: readonly string[], value: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (isArray(body)) {
    const at = body.findIndex((item) => keyOf(item) === name);
    if (rest.length > 0) return at < 0 ? body : body.with(at, withValue(body[at] ?? null, rest, value));
    if (value === null) return at < 0 ? body : body.toSpliced(at, 1);
    return at < 0 ? [...body, value] : body.with(at, value);
  }
  const object = isObject(body) ? body : {};
  const next = rest.length === 0 ? value : withValue(member(object, name) ?? null, rest, value);
  return withMember(object, name, next === null ? undefined : next);
}
