// Who changed a setting, as far as change records prove it: taken off the present body one after another they must lead to the value
// before. A record that is missing, late or cut breaks that chain, and the author is then unknown, never the next best. Pure.
import { clockSlack, clocksApart, isRecorded, longestAct, type WriteRecord } from './change-record.ts';
import type { ChangeAuthor, DriftSetting } from './drift.ts';
import { elementKey } from './edit.ts';
import type { Entry, EntryStep } from './entry.ts';
import { type HiddenAct, hiddenActs } from './hidden-acts.ts';
import { isArray, isObject, type Json } from './json.ts';
import { isOfTime, isRecordOf, originOfStep } from './origin.ts';
import { formatPointer, member, type Pointer, parsePointer } from './pointer.ts';
import { fold, nameOf, parentId } from './resource-id.ts';
import { bearsOut, firstListOn, rewind, sameAsText, saysAsText, type TextBody, valueAtKeys } from './rewind.ts';
import type { Snapshot } from './snapshot.ts';
import { differences, keyOf, type SettingChange } from './snapshot-changes.ts';

export interface AttributionInput {
  readonly old: Snapshot;
  readonly now: Snapshot;
  readonly settings: readonly SettingChange[];
  readonly records: readonly WriteRecord[];
  /** Why there are no records, or not all; a clause. */
  readonly unread: string | null;
  readonly entries: readonly Entry[];
  /** Why the history could not be read. */
  readonly historyUnread?: string | null;
  /** Names by which Azure may call who is signed in. */
  readonly own: readonly string[];
}

export interface Attributed {
  readonly target: string;
  readonly setting: DriftSetting;
}

/** A setting as the resource that has the records shows it. */
interface Placed {
  readonly setting: SettingChange;
  readonly target: string;
  readonly pointer: Pointer;
}

/** Each setting once: what a parent repeats of its parts is said of the part. */
export function attribute(input: AttributionInput): Attributed[] {
  const bodies = bodiesOf(input);
  const placed = withoutRepeats(input.settings.map((setting) => place(setting, bodies)));
  const acts = ownActs(input, bodies);
  const hidden = hiddenActs(input.entries, input.historyUnread ?? null);
  const found = [...Map.groupBy(placed, ({ target }) => fold(target)).values()].flatMap((group) =>
    attributeTarget(group, bodies, acts, input).map((one) => withDoubt(one, hidden, input)),
  );
  const rank = new Map(input.settings.map((setting, at) => [setting, at]));
  return found.toSorted((a, b) => (rank.get(a.of) ?? 0) - (rank.get(b.of) ?? 0)).map(({ of: _of, ...one }) => one);
}

/** Each changed setting once: what a parent repeats of its parts is said of the part. */
export function toldOnce(
  settings: readonly SettingChange[],
  between: Pick<AttributionInput, 'old' | 'now'>,
): SettingChange[] {
  const bodies = bodiesOf(between);
  return withoutRepeats(settings.map((one) => place(one, bodies))).map(({ setting }) => setting);
}

interface Bodies {
  old(id: string): Json;
  now(id: string): Json;
}
function bodiesOf({ old, now }: Pick<AttributionInput, 'old' | 'now'>): Bodies {
  const index = ({ resources }: Snapshot) => new Map(resources.map(({ id, body }) => [fold(id), body]));
  const [before, after] = [index(old), index(now)];
  return { old: (id) => before.get(fold(id)) ?? null, now: (id) => after.get(fold(id)) ?? null };
}

/** A child that its parent's body lists has its records with the parent. */
function place(setting: SettingChange, bodies: Bodies): Placed {
  const parent = parentId(setting.resource);
  if (parent === undefined) return { setting, target: setting.resource, pointer: setting.pointer };
  const list = setting.resource.split('/').at(-2) ?? '';
  const name = nameOf(setting.resource);
  for (const body of [bodies.now(parent), bodies.old(parent)]) {
    const properties = isObject(body) ? member(body, 'properties') : undefined;
    const items = isObject(properties) ? member(properties, list) : undefined;
    const item = isArray(items) ? items.find((one) => fold(keyOf(one)) === fold(name)) : undefined;
    if (item === undefined) continue;
    const pointer = formatPointer(['properties', list, keyOf(item), ...parsePointer(setting.pointer)]);
    return place({ ...setting, resource: parent, pointer }, bodies).target === parent
      ? { setting, target: parent, pointer }
      : { setting, target: setting.resource, pointer: setting.pointer };
  }
  return { setting, target: setting.resource, pointer: setting.pointer };
}

function withoutRepeats(all: readonly Placed[]): Placed[] {
  const parts = new Set(
    all
      .filter(({ setting, target }) => setting.resource !== target)
      .map(({ target, pointer }) => keyFor(target, pointer)),
  );
  return all.filter(
    ({ setting, target, pointer }) =>
      setting.resource !== target || !parts.has(keyFor(target, pointer)) || setting.pointer === '',
  );
}
const keyFor = (target: string, pointer: Pointer): string => `${fold(target)} ${pointer}`;

interface OwnAct {
  readonly entry: Entry;
  readonly step: EntryStep;
  readonly pointer: Pointer;
  /** Undefined: a whole resource, there or not. */
  readonly before: Json | 'there';
  readonly after: Json | 'there';
}

/** What Bastide itself changed since, by target and setting. */
function ownActs({ entries }: AttributionInput, bodies: Bodies): ReadonlyMap<string, readonly OwnAct[]> {
  const acts = new Map<string, OwnAct[]>();
  for (const entry of entries) {
    for (const step of entry.steps) {
      const { change } = step;
      if (step.state !== 'done' || originOfStep(step)?.reason === 'not-known') continue;
      const whole = { resource: change.resource, pointer: '', before: null, after: null };
      const settings: SettingChange[] =
        change.kind === 'create'
          ? [{ ...whole, kind: 'created' }]
          : change.kind === 'delete'
            ? [{ ...whole, kind: 'deleted' }]
            : change.edits.flatMap((edit) => {
                if (edit.op === 'set') {
                  return differences(
                    edit.before ?? null,
                    edit.after ?? null,
                    change.resource,
                    parsePointer(edit.pointer),
                  );
                }
                const item = edit.op === 'add' ? edit.after : edit.before;
                const names = [keyOf(item), elementKey(item, edit.key)];
                return [...new Set(names)].map(
                  (name): SettingChange => ({
                    resource: change.resource,
                    kind: 'changed',
                    pointer: `${edit.pointer}${formatPointer([name])}`,
                    before: edit.op === 'add' ? null : item,
                    after: edit.op === 'add' ? item : null,
                  }),
                );
              });
      for (const { setting, target, pointer } of settings.map((one) => place(one, bodies))) {
        const act: OwnAct = {
          entry,
          step,
          pointer,
          before: setting.kind === 'deleted' ? 'there' : setting.before,
          after: setting.kind === 'created' ? 'there' : setting.after,
        };
        const key = keyFor(target, pointer);
        acts.set(key, [...(acts.get(key) ?? []), act]);
      }
    }
  }
  return acts;
}

type Found = Attributed & { readonly of: SettingChange };

function attributeTarget(
  group: readonly Placed[],
  bodies: Bodies,
  acts: ReadonlyMap<string, readonly OwnAct[]>,
  input: AttributionInput,
): Found[] {
  const target = group[0]?.target ?? '';
  const [from, to] = [Date.parse(input.old.takenAt), Date.parse(input.now.takenAt)];
  const [old, now] = [bodies.old(target), bodies.now(target)];
  const near = input.records.filter(
    (one) => fold(one.target) === fold(target) && Date.parse(one.at) >= from - clockSlack,
  );
  const records = withoutLater(now, near, to);
  const { versions, isDoubtful } = rewind(now, records, [old]);
  const isLater = laterWrites(now, near, records.length, [old]);
  /** Records that may be part of the value before already. */
  const optional = records.filter(({ at }) => Date.parse(at) <= from + clockSlack).length;
  const chain: Chain = { target, records, versions, optional, isDoubtful, isLater, input };
  const tried = group.map((placed) => ({
    ...{ placed, answer: proved(placed, chain, acts), list: firstListOn(placed.pointer, old, now) },
  }));
  // Where it is not known who put an item in or took one out, the positions by which records name the others are not either.
  const unsure = tried.flatMap(({ answer, list }) =>
    answer.unknown !== null && list?.isItem === true ? [list.pointer] : [],
  );
  return tried.map(({ placed: { setting }, answer, list }): Found => {
    const isUnsure =
      list !== null && unsure.includes(list.pointer) && answer.authors.some(({ record }) => record !== null);
    const told = isUnsure ? unknownAs('the records do not show every change of this list') : answer;
    return { target, setting: { ...setting, ...told }, of: setting };
  });
}

/** Where the history hides what Bastide did, a write of this identity, or of an unknown one, may be its own. */
function withDoubt(found: Found, hidden: readonly HiddenAct[], { old, now, own }: AttributionInput): Found {
  const last = found.setting.authors.at(-1);
  const by = last?.changedBy;
  const isKnown = last?.entry != null || (by != null && !own.some((one) => fold(one) === fold(by)));
  const [from, to] = [last?.at ?? old.takenAt, last?.at ?? now.takenAt].map(Date.parse) as [number, number];
  const doubt = isKnown
    ? undefined
    : hidden.find(
        (one) =>
          one.from - clockSlack <= to && one.until + longestAct >= from && one.mayBeAbout(found.setting.resource),
      );
  return doubt === undefined || found.setting.mayBeOwn !== undefined
    ? found
    : { ...found, setting: { ...found.setting, mayBeOwn: doubt.why } };
}

type Answer = Pick<DriftSetting, 'authors' | 'unknown' | 'mayBeOwn'>;
const unknownAs = (unknown: string): Answer => ({ authors: [], unknown });

interface Chain {
  readonly target: string;
  readonly records: readonly WriteRecord[];
  readonly versions: readonly TextBody[];
  readonly optional: number;
  readonly isDoubtful: (pointer: Pointer) => boolean;
  /** May a record of a write after the last read be the one that led to the value now? */
  readonly isLater: (pointer: Pointer) => boolean;
  readonly input: AttributionInput;
}

/** Without records of writes that came after the last read: the newest ones near its time that the body does not show. */
function withoutLater(now: Json, records: readonly WriteRecord[], to: number): readonly WriteRecord[] {
  let kept = records.filter(({ at }) => Date.parse(at) <= to + clockSlack);
  for (let last = kept.at(-1); last !== undefined && Date.parse(last.at) > to - clockSlack; last = kept.at(-1)) {
    if (bearsOut(now, last) !== 'before') return kept;
    kept = kept.slice(0, -1);
  }
  return kept;
}

/** Where the clock of the scan was slow, the value now may be what a later record left: the body must contradict it to be later. */
function laterWrites(now: Json, all: readonly WriteRecord[], kept: number, others: readonly Json[]): Chain['isLater'] {
  if (all.length === kept) return () => false;
  const { versions, isDoubtful } = rewind(now, all, others);
  const later = versions.slice(kept);
  return (pointer) => {
    const values = later.map((body) => (body === undefined ? undefined : valueAtKeys(body, pointer)));
    return !isDoubtful(pointer) && values.slice(1).some((value, at) => !sameAsText(value, values[at]));
  };
}

function proved({ setting, pointer }: Placed, chain: Chain, acts: ReadonlyMap<string, readonly OwnAct[]>): Answer {
  const { records, versions, optional, isDoubtful, isLater, input, target } = chain;
  const own = acts.get(keyFor(target, pointer)) ?? [];
  const isWhole = setting.kind !== 'changed';
  const values = versions.map((body) => (body === undefined ? undefined : valueAtKeys(body, pointer)));
  const isThere = (at: number): boolean => values[at] === undefined || values[at] !== null;
  const differs = (at: number): boolean =>
    isWhole ? isThere(at) !== isThere(at + 1) : !sameAsText(values[at], values[at + 1]);
  const isBefore = (at: number): boolean =>
    isWhole
      ? isThere(at) === (setting.kind === 'deleted')
      : values[at] !== undefined && sameAsText(values[at], setting.before);
  const all = records.map((_record, at) => at).filter((at) => differs(at));
  // Writes near the time of the first read may be in it: the fewest that lead to the value now are meant.
  const start = Array.from({ length: optional + 1 }, (_one, at) => at).findLast(isBefore);
  const changed = all.filter((at) => start !== undefined && at >= start);
  const last = changed.at(-1);
  const isCutSince = records.slice((last ?? -1) + 1).some(({ isCut }) => isCut);
  if (start !== undefined && last !== undefined && !isDoubtful(pointer) && !isCutSince && !isLater(pointer)) {
    const leads = ({ before, after }: OwnAct, at: number): boolean =>
      isWhole
        ? (after === 'there') === isThere(at + 1)
        : before !== 'there' &&
          after !== 'there' &&
          saysAsText(values[at], before) &&
          saysAsText(values[at + 1], after);
    return authorsBy(chain, changed, own, leads);
  }
  if (start !== undefined && last !== undefined && isLater(pointer) && !isDoubtful(pointer)) {
    return unknownAs('a write after the scan set the same value, so which one the scan shows is not clear');
  }
  const byHistory = all.length === 0 && !isDoubtful(pointer) ? ownChain(setting, own, input) : null;
  if (byHistory !== null) return byHistory;
  const isSame = (one: OwnAct): boolean =>
    isSameEnd(one.before, startOf(setting)) && isSameEnd(one.after, endOf(setting));
  const doubt = all.length === 0 ? clockDoubt(own.filter(isSame), input.old.takenAt) : {};
  const isIncomplete = isDoubtful(pointer) || isCutSince || records.some(({ isCut }) => isCut);
  return { ...unknownAs(input.unread ?? whyUnknown(target, isIncomplete, all.length > 0, input.records)), ...doubt };
}

function whyUnknown(target: string, isIncomplete: boolean, hasChanged: boolean, all: readonly WriteRecord[]): string {
  if (isIncomplete) return 'the change records are incomplete';
  if (hasChanged) return 'the change records do not lead from the old value to the new one';
  return isRecorded(target, all) ? 'Azure has no record of this change' : 'Azure keeps no change records of this type';
}

/** Who made each of these writes. `leads`: has an act the values on both sides of the record at this place? */
function authorsBy(
  { records, input }: Chain,
  changed: readonly number[],
  own: readonly OwnAct[],
  leads: (act: OwnAct, at: number) => boolean,
): Answer {
  const names = input.own.map(fold);
  const used = new Set<OwnAct>();
  let doubt: Pick<Answer, 'mayBeOwn'> = {};
  const authors = changed.map((at) => {
    const record = records[at] as WriteRecord;
    const alike = own.filter((one) => !used.has(one) && isRecordOf(record, one.step, names) && leads(one, at));
    const act = alike.find(({ entry, step }) => isOfTime(record, step, entry.at));
    if (act !== undefined) used.add(act);
    doubt = act === undefined ? clockDoubt(alike, record.at) : {};
    return authorOf(record, act?.entry.id ?? null);
  });
  return { unknown: null, authors, ...doubt };
}

/** The history has the same change, and only clocks speak against it: it may be this one. */
function clockDoubt(acts: readonly OwnAct[], at: string): Pick<Answer, 'mayBeOwn'> {
  const act = acts.findLast(({ entry }) => Math.abs(Date.parse(entry.at) - Date.parse(at)) <= clocksApart);
  return act === undefined ? {} : { mayBeOwn: { reason: 'other-time', data: { entry: act.entry.id } } };
}

const startOf = ({ kind, before }: SettingChange): Json | 'there' => (kind === 'deleted' ? 'there' : before);
const endOf = ({ kind, after }: SettingChange): Json | 'there' => (kind === 'created' ? 'there' : after);
const isSameEnd = (a: Json | 'there', b: Json | 'there'): boolean =>
  a === b || (a !== 'there' && b !== 'there' && (saysAsText(a, b) || saysAsText(b, a)));

/** Records come minutes late; until then the history knows what Bastide wrote. */
function ownChain(setting: SettingChange, acts: readonly OwnAct[], { old }: AttributionInput): Answer | null {
  const since = acts.filter(({ entry }) => Date.parse(entry.at) >= Date.parse(old.takenAt) - clockSlack);
  let value = startOf(setting);
  for (const { before, after } of since) {
    if (!isSameEnd(value, before)) return null;
    value = after;
  }
  if (since.length === 0 || !isSameEnd(value, endOf(setting))) return null;
  return {
    unknown: null,
    authors: since.map(({ entry }) => ({
      ...{ changedBy: null, changedByType: null, client: null, operation: null, record: null },
      at: entry.at,
      entry: entry.id,
    })),
  };
}

const authorOf = (record: WriteRecord, entry: string | null): ChangeAuthor => ({
  changedBy: record.changedBy,
  changedByType: record.changedByType,
  client: record.client,
  operation: record.operation,
  at: record.at,
  entry,
  record: record.id,
});
