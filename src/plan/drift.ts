// What changed between two snapshots: by whom, which findings each change opened or closed (it is undone on a copy and judged again),
// and the changes that put it back. Pure.
import { audit } from '../audit/index.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import { attribute, toldOnce } from '../model/attribution.ts';
import { type AuditDiff, isLost } from '../model/audit-diff.ts';
import { type Change, deleteChange, editChange } from '../model/change.ts';
import { clockSlack, type WriteRecord, type WriteRecords } from '../model/change-record.ts';
import type { DriftChange, DriftReport, DriftSetting } from '../model/drift.ts';
import { mayBeOwnWords } from '../model/drift-words.ts';
import { addTo, applyEdit, type Edit, EditConflict, removeFrom, setMember } from '../model/edit.ts';
import type { Entry } from '../model/entry.ts';
import type { Finding } from '../model/finding.ts';
import { asJson, isArray, isObject, type Json, type JsonObject, sameJson } from '../model/json.ts';
import type { LeftSetting } from '../model/plan.ts';
import { formatPointer, type Pointer, parsePointer, updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, isWithin, nameInParent, typeOf } from '../model/resource-id.ts';
import { firstListOn, valueAtKeys } from '../model/rewind.ts';
import { holdsCut } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import {
  compareSnapshots,
  isCreatedBetween,
  isEveryRead,
  keyOf,
  type NotRead,
  type SettingChange,
  settingChanges,
  wholeChange,
} from '../model/snapshot-changes.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { Rule } from '../rules/rule.ts';
import { applyChanges } from './simulate.ts';

export interface DriftInput {
  readonly old: Snapshot;
  readonly now: Snapshot;
  /** The two audits compared. */
  readonly diff: Pick<AuditDiff, 'opened' | 'closed'> & Partial<Pick<AuditDiff, 'knowledge'>>;
  readonly since: DriftReport['since'];
  readonly records: WriteRecords;
  readonly entries: readonly Entry[];
  /** Why the history could not be read. */
  readonly historyUnread?: string | null;
  /** Names by which Azure may call who is signed in. */
  readonly own: readonly string[];
  readonly rules: readonly Rule[];
  readonly profile: ProfileChoice;
  /** What the records say was deleted since, where the old snapshot was made of them; and what it was not possible to make. */
  readonly deleted?: readonly SettingChange[];
  readonly unknown?: readonly string[];
}

/** Of more changes findings are not told which one caused them: each takes an audit. */
const mostCauses = 60;

/** What operators or services set differently; not what the service itself computes. */
export const settingsBetween = (old: Snapshot, now: Snapshot): SettingChange[] =>
  settingChanges(old, now).filter((one) => isSetting(one, old, now));

/** The same, as they are counted: each once. */
export const changedSettings = (old: Snapshot, now: Snapshot): SettingChange[] =>
  toldOnce(settingsBetween(old, now), { old, now });

export function driftOf(input: DriftInput): DriftReport {
  const { old, now, diff, since, records, entries, own, historyUnread = null } = input;
  const unread = compareSnapshots(old, now).notRead;
  const { settings: recorded, notRead: hidden } = onRecord(unread, records.records, old.takenAt);
  const unknown = (diff.knowledge ?? []).filter(isLost);
  // What came into sight counts as created where its authors prove it: what they do not is told as not read.
  const sighted = hidden.inOlder.map((id) => wholeChange(id, 'created'));
  const settings = [...settingsBetween(old, now), ...recorded, ...sighted, ...(input.deleted ?? [])];
  const attributed = attribute({ ...{ old, now, settings, entries, own, historyUnread }, ...records });
  const known = attributed.map(({ setting }) => setting);
  const isOnlyMet = onlyMet(old, now, known);
  const isMet = ({ setting }: { readonly setting: DriftSetting }): boolean => isOnlyMet(setting);
  const [met, found] = [attributed.filter(isMet), attributed.filter((one) => !isMet(one))];
  const groups = Map.groupBy(found, ({ target, setting }) => {
    const { record, entry } = setting.authors.at(-1) ?? {};
    return `${fold(target)} ${record ?? entry ?? ''} ${JSON.stringify(setting.mayBeOwn ?? null)}`;
  });
  const drafts = [...groups.values()].map((group): DriftChange => {
    const all = group.map(({ setting }) => setting);
    const author = all[0]?.authors.at(-1) ?? null;
    const refused = () => [...new Set(putBack(all, old, now, known).refused.map(({ why }) => why))].join(' ');
    const notRestorable = mayBeOwnWords(all)[0] ?? (refused() || null);
    return { target: group[0]?.target ?? '', author, settings: all, notRestorable };
  });
  const causes = drafts.length > mostCauses ? [] : causesOf(drafts, input);
  const changes = drafts.map((one, at) => ({ ...one, ...causes[at] }));
  const notRead = { ...hidden, inOlder: met.map(({ setting }) => setting.resource) };
  const { workspace, takenAt } = now;
  return {
    ...{ workspace, since, until: takenAt, changes },
    notes: [
      ...(records.unread === null ? [] : [records.unread]),
      ...mayBeOwnWords(found.map(({ setting }) => setting)),
      ...(input.unknown ?? []).map(
        (id) =>
          `${nameInParent(id)} changed, but its change records are incomplete: what changed is not known, and its findings may be older.`,
      ),
    ],
    opened: diff.opened,
    closed: diff.closed,
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(isEveryRead(notRead) ? {} : { notRead }),
  };
}

/** Of what was not read in one of the snapshots, what change records prove to be created or deleted since; and the rest. */
function onRecord(
  { inOlder, inNewer, inBoth }: NotRead,
  records: readonly WriteRecord[],
  since: string,
): { readonly settings: readonly SettingChange[]; readonly notRead: NotRead } {
  const own = records.filter(({ at }) => Date.parse(at) >= Date.parse(since));
  const last = new Map(own.map(({ target, kind }) => [fold(target), kind]));
  const made = new Set(own.filter(({ kind }) => kind === 'created').map(({ target }) => fold(target)));
  const isCreated = (id: string): boolean => made.has(fold(id));
  const isDeleted = (id: string): boolean => last.get(fold(id)) === 'deleted';
  return {
    settings: [
      ...inOlder.filter(isCreated).map((id) => wholeChange(id, 'created')),
      ...inNewer.filter(isDeleted).map((id) => wholeChange(id, 'deleted')),
    ],
    notRead: {
      inOlder: inOlder.filter((id) => !isCreated(id)),
      inNewer: inNewer.filter((id) => !isDeleted(id)),
      ...(inBoth === undefined ? {} : { inBoth }),
    },
  };
}

function isSetting({ resource, kind, pointer }: SettingChange, old: Snapshot, now: Snapshot): boolean {
  if (kind !== 'changed') return true;
  const { normal } = resourceTypeOf(typeOf(resource));
  const bodies = [old, now].map((one) => resourceIn(one, resource)?.body ?? null);
  // Items are named anew in the normal form, so a list is compared as a whole.
  const place = firstListOn(pointer, ...bodies)?.pointer ?? pointer;
  const [before, after] = bodies.map((body) => valueAt(body === null ? undefined : normal(body as JsonObject), place));
  return !sameJson(before, after);
}

type Cause = Required<Pick<DriftChange, 'opened' | 'closed'>>;

/**
 * What comes out differently without a change; where that explains nothing, what comes out differently with the change alone. {} of one
 * that cannot be played on a copy.
 */
function causesOf(
  changes: readonly DriftChange[],
  { old, now, diff, rules, profile }: DriftInput,
): (Cause | Record<string, never>)[] {
  const { opened, closed } = diff;
  if (opened.length + closed.length === 0) return changes.map(() => ({ opened: [], closed: [] }));
  const outcomesOf = (snapshot: Snapshot | undefined) =>
    snapshot && new Map(audit(snapshot, rules, profile).findings.map(({ id, outcome }) => [id, outcome]));
  const ids = (of: readonly Finding[], isCaused: (one: Finding) => boolean) => of.filter(isCaused).map(({ id }) => id);
  const causes = changes.map(({ settings }): Cause | Record<string, never> => {
    const without = outcomesOf(played(now, settings, old));
    if (without === undefined) return {};
    return {
      opened: ids(opened, ({ id, outcome }) => without.get(id) !== outcome),
      closed: ids(closed, ({ id, outcome }) => without.get(id) === outcome),
    };
  });
  const left = {
    opened: opened.filter(({ id }) => !causes.some((one) => one.opened?.includes(id))),
    closed: closed.filter(({ id }) => !causes.some((one) => one.closed?.includes(id))),
  };
  if (left.opened.length + left.closed.length === 0) return causes;
  return causes.map((cause, at) => {
    const alone = outcomesOf(played(old, changes[at]?.settings ?? [], now));
    if (alone === undefined || cause.opened === undefined) return cause;
    return {
      opened: [...cause.opened, ...ids(left.opened, ({ id, outcome }) => alone.get(id) === outcome)],
      closed: [...cause.closed, ...ids(left.closed, ({ id, outcome }) => alone.get(id) !== outcome)],
    };
  });
}

/** A snapshot in which these settings are as in another one. */
function played(start: Snapshot, settings: readonly DriftSetting[], to: Snapshot): Snapshot | undefined {
  const { changes } = changesTo(settings, to, start);
  try {
    return applyChanges(start, changes);
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}

export interface PutBack {
  readonly changes: readonly Change[];
  /** What of it cannot be put back. */
  readonly refused: readonly LeftSetting[];
}

/** The changes that give settings their values of the old snapshot again. `known`: all that differs. */
export function putBack(
  settings: readonly Created[],
  old: Snapshot,
  now: Snapshot,
  known: readonly Created[] = settings,
): PutBack {
  const unwritable = unwritableIn(settings, old, now);
  const { changes, refused } = changesTo(
    settings.filter((one) => !unwritable.has(one)),
    old,
    now,
  );
  const unproven = settings.filter(onlyMet(old, now, known)).map(({ resource }) => resource);
  const isUnproven = ({ kind, resource }: Change) => kind === 'delete' && unproven.some((id) => isWithin(resource, id));
  const unsent = changes.flatMap((change): LeftSetting[] => {
    const why = isUnproven(change) ? null : refusalOf(change, now);
    return why === null ? [] : [{ resource: change.resource, why }];
  });
  const doubts = distinctIds(unproven).map(
    (resource): LeftSetting => ({
      resource,
      why: `Whether ${nameInParent(resource)} existed before is not known: no change record and no list that was read then shows that it was created since.`,
    }),
  );
  return {
    changes: changes.filter(
      (change) => !isUnproven(change) && !unsent.some(({ resource }) => resource === change.resource),
    ),
    refused: [...refused, ...doubts, ...unwritable.values(), ...unsent],
  };
}

/** Why Bastide does not write it; null where it does. */
function refusalOf(change: Change, now: Snapshot): string | null {
  const answer = resourceTypeOf(typeOf(change.resource)).write(change, resourceIn(now, change.resource) ?? null);
  return typeof answer === 'string' ? answer : null;
}

/** Where several settings of one resource are put back, those that alone keep its change from being written. */
function unwritableIn(settings: readonly Created[], old: Snapshot, now: Snapshot): ReadonlyMap<Created, LeftSetting> {
  const found = new Map<Created, LeftSetting>();
  for (const own of Map.groupBy(settings, ({ resource }) => fold(resource)).values()) {
    const [whole] = own.length < 2 ? [] : changesTo(own, old, now).changes;
    if (whole?.kind !== 'edit' || refusalOf(whole, now) === null) continue;
    for (const one of own) {
      const [alone] = changesTo([one], old, now).changes;
      const why = alone === undefined ? null : refusalOf(alone, now);
      if (why !== null) found.set(one, { resource: one.resource, why });
    }
  }
  return found;
}

/**
 * Which came into sight, and were perhaps not created? A scan reads what is referred to. Besides what {@link isCreatedBetween} knows, a
 * change record or the history tells.
 */
function onlyMet(old: Snapshot, now: Snapshot, known: readonly Created[]): (setting: Created) => boolean {
  const made = known.filter(({ kind }) => kind === 'created');
  const written = new Map(made.map(({ resource, authors }) => [fold(resource), Date.parse(authors?.at(-1)?.at ?? '')]));
  // Clocks differ: what was written near the time of the scan may have been there.
  const isSince = (id: string): boolean => (written.get(fold(id)) ?? 0) > Date.parse(old.takenAt) + clockSlack;
  return ({ kind, resource }) =>
    kind === 'created' && resourceIn(old, resource) === undefined && !isCreatedBetween(resource, old, now, isSince);
}
type Created = SettingChange & Partial<Pick<DriftSetting, 'authors'>>;

/** The changes by which settings become in `from` what they are in `to`. Creations first, deletions last. */
function changesTo(settings: readonly SettingChange[], to: Snapshot, from: Snapshot): PutBack {
  const changes: Change[] = [];
  const refused: LeftSetting[] = [];
  const refuse = (resource: string, why: string) => refused.push({ resource, why });
  for (const [, group] of Map.groupBy(settings, ({ resource }) => fold(resource))) {
    const { resource } = group[0] as SettingChange;
    const [wanted, present] = [resourceIn(to, resource), resourceIn(from, resource)];
    if (wanted === undefined && present === undefined) continue;
    if (wanted === undefined) changes.push(deleteChange(present as Resource));
    else if (present === undefined) {
      if (holdsCut(wanted.body)) refuse(resource, `${nameInParent(resource)} contains secrets, which are not kept.`);
      else changes.push({ kind: 'create', resource, edits: [], body: wanted.body });
    } else {
      const edits = editsTo(group, wanted, present);
      if (edits === null) refuse(resource, `The settings of ${nameInParent(resource)} have moved in its body.`);
      else if (edits.some((edit) => holdsCut(asJson(edit)))) {
        refuse(resource, `${nameInParent(resource)} contains secrets, which are not kept.`);
      } else if (edits.length > 0) changes.push(editChange(resource, edits));
    }
  }
  const within = ({ resource, kind }: Change) =>
    changes.some((other) => other.kind === kind && isInBodyOf(resource, other));
  const order = { create: 0, edit: 1, delete: 2 } as const;
  return {
    changes: changes.filter((one) => !within(one)).toSorted((a, b) => order[a.kind] - order[b.kind]),
    refused,
  };
}

/** A part comes and goes with the whole that lists it. */
function isInBodyOf(resource: string, { resource: whole, body }: Change): boolean {
  if (!isWithin(resource, whole)) return false;
  const [list = '', name = ''] = resource.split('/').slice(-2);
  const items = valueAt(body, formatPointer(['properties', list]));
  return isArray(items) && items.some((item) => fold(keyOf(item)) === fold(name));
}

/** Null where the body is not built as the settings say. */
function editsTo(settings: readonly SettingChange[], wanted: Resource, present: Resource): Edit[] | null {
  const { lists } = resourceTypeOf(typeOf(present.id));
  const edits: Edit[] = [];
  let body: Json = present.body;
  const done = new Set<string>();
  for (const { pointer } of settings) {
    const place = firstListOn(pointer, present.body, wanted.body);
    const key = place === null ? undefined : lists[place.pointer];
    try {
      const made: Edit[] = [];
      if (place === null) made.push(setMember(body, pointer, valueAt(wanted.body, pointer)));
      // The whole list was written, and this item with it.
      else if (done.has(place.pointer)) continue;
      else if (key !== undefined && place.isItem) {
        const [is, want] = [body, wanted.body].map((one) => valueAtKeys(one, pointer));
        if (is !== null && is !== undefined) made.push(removeFrom(body, place.pointer, is, key));
        if (want !== null && want !== undefined) {
          const rest = made.reduce(applyEdit, body);
          made.push(addTo(rest, place.pointer, want, key));
        }
      } else {
        done.add(place.pointer);
        const own = settings.filter((one) => one.pointer.startsWith(`${place.pointer}/`));
        const list = listWith(own, place.pointer, body, wanted.body);
        if (list === null) return null;
        made.push(setMember(body, place.pointer, list));
      }
      body = made.reduce(applyEdit, body);
      edits.push(...made);
    } catch (error) {
      if (error instanceof EditConflict) return null;
      throw error;
    }
  }
  return edits;
}

/** A list with some of what is in it as in another one; its other items stay as they are. */
function listWith(
  settings: readonly SettingChange[],
  list: Pointer,
  body: Json,
  wanted: Json,
): Json | undefined | null {
  const [is, want] = [body, wanted].map((one) => valueAt(one, list));
  if ((is !== undefined && is !== null && !isArray(is)) || (want !== undefined && want !== null && !isArray(want)))
    return null;
  let items: readonly Json[] = is ?? [];
  for (const { pointer } of settings) {
    const [name = '', ...rest] = parsePointer(pointer.slice(list.length));
    const at = items.findIndex((item) => keyOf(item) === name);
    const other = (want ?? []).find((item) => keyOf(item) === name);
    if (rest.length === 0) {
      if (other === undefined) items = at < 0 ? items : items.toSpliced(at, 1);
      else items = at < 0 ? [...items, other] : items.with(at, other);
      continue;
    }
    const item = items[at];
    // What lies in a list within a list is put back with the item that holds it.
    if (item === undefined || other === undefined) return null;
    const value = valueAt(other, formatPointer(rest));
    const next =
      isObject(item) && firstListOn(formatPointer(rest), item, other) === null
        ? updateAt(item, rest, () => value)
        : other;
    if (next === undefined) return null;
    items = items.with(at, next);
  }
  return items.length === 0 && (want === undefined || want === null) ? (want ?? undefined) : items;
}
