// A change record of Azure Resource Graph (`resourcechanges`): what one write changed in a resource, by whom and by which client.
// Rows are foreign: every member is checked, and a row that names no resource or no time is none. Pure.
import { isObject, type Json } from './json.ts';
import { member, memberIgnoringCase, memberNames } from './pointer.ts';
import { typeOf } from './resource-id.ts';
import { clean } from './text.ts';

export interface RecordedValue {
  /** `properties.networkAcls.ipRules[0].value`: lists by position. */
  readonly path: string;
  /** The text of a value; null where there was none. */
  readonly before: string | null;
  readonly after: string | null;
  /** The text is not whole. */
  readonly isCut: boolean;
}

export interface WriteRecord {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Id of the resource, in any letter case. */
  readonly target: string;
  readonly kind: 'created' | 'deleted' | 'changed';
  /** The name of a user, the id of an application, `System`; null where the record does not say. */
  readonly changedBy: string | null;
  readonly changedByType: string | null;
  /** `Azure Portal`, `Terraform`, the id of an application. */
  readonly client: string | null;
  readonly operation: string | null;
  readonly correlation: string | null;
  readonly values: readonly RecordedValue[];
  /** It changed more than it lists. */
  readonly isCut: boolean;
}

/** Answer to a question for records. */
export interface WriteRecords {
  /** The oldest first. */
  readonly records: readonly WriteRecord[];
  /** One sentence, where they could not be read, or not all. */
  readonly unread: string | null;
}

/** Days that Azure keeps a record. */
export const recordDays = 14;
/** Milliseconds that a record may be on its way. */
export const recordsComeWithin = 30 * 60_000;

/** Clocks differ, and a scan takes its time: a record this near to it may be from before or after. */
export const clockSlack = 5 * 60_000;
/** So far a clock may be wrong: within it, a clock alone shows nothing. */
export const clocksApart = 24 * 3_600_000;
/** A write is recorded this long after its act began, at most: a step may wait for long operations. */
export const longestAct = 2 * 3_600_000;

/**
 * Has Azure change records of a type? Of parts of a resource, and of what is assigned, it is not known to have any; `records`: it has them
 * of a type of which one is here.
 */
export const isRecorded = (id: string, records: readonly Pick<WriteRecord, 'target'>[] = []): boolean => {
  const type = typeOf(id);
  const isWhole = type.split('/').length === 2 && !/^Microsoft\.Authorization\//i.test(type);
  return isWhole || records.some(({ target }) => sameType(target, type));
};
const sameType = (id: string, type: string): boolean => typeOf(id).toLowerCase() === type.toLowerCase();

const kinds = { create: 'created', delete: 'deleted', update: 'changed' } as const;
const longest = 300;

/** The records among these rows, the oldest first. */
export function changeRecordsIn(rows: readonly Json[]): WriteRecord[] {
  const records = new Map<string, WriteRecord>();
  for (const row of rows) {
    const record = changeRecordOf(row);
    if (record !== undefined) records.set(record.id.toLowerCase(), record);
  }
  return [...records.values()].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function changeRecordOf(row: Json): WriteRecord | undefined {
  const properties = childOf(row, 'properties');
  const attributes = childOf(properties, 'changeAttributes');
  const text = (of: Json, name: string): string | null => {
    const value = isObject(of) ? memberIgnoringCase(of, name) : undefined;
    return typeof value === 'string' && value !== '' ? clean(value, longest) : null;
  };
  const target = text(properties, 'targetResourceId');
  const kind = Object.entries(kinds).find(([name]) => name === text(properties, 'changeType')?.toLowerCase())?.[1];
  const time = Date.parse(text(attributes, 'timestamp') ?? '');
  if (target === null || kind === undefined || !target.startsWith('/') || Number.isNaN(time)) return undefined;
  const values = valuesIn(childOf(properties, 'changes'));
  const count = Number(scalarText(isObject(attributes) ? memberIgnoringCase(attributes, 'changesCount') : undefined));
  return {
    id: text(row, 'id') ?? `${target}@${time}`,
    at: new Date(time).toISOString(),
    target,
    kind,
    changedBy: named(text(attributes, 'changedBy')),
    changedByType: named(text(attributes, 'changedByType')),
    client: named(text(attributes, 'clientType')),
    operation: named(text(attributes, 'operation')),
    correlation: text(attributes, 'correlationId'),
    values,
    isCut: isTrue(attributes, 'isTruncated') || (kind === 'changed' && count > values.length),
  };
}

/** Azure's words for what it does not know. */
const named = (text: string | null): string | null =>
  text === null || /^(?:unspecified|unknown|null)$/i.test(text) ? null : text;

function valuesIn(changes: Json): RecordedValue[] {
  if (!isObject(changes)) return [];
  return memberNames(changes).map((path) => {
    const entry = member(changes, path) ?? null;
    const type = isObject(entry) ? memberIgnoringCase(entry, 'propertyChangeType') : undefined;
    const value = (name: string, isAbsent: boolean): string | null => {
      const read = scalarText(isObject(entry) ? memberIgnoringCase(entry, name) : undefined);
      return isAbsent ? null : (read ?? null);
    };
    return {
      path,
      before: value('previousValue', type === 'Insert'),
      after: value('newValue', type === 'Remove'),
      isCut: !isObject(entry) || isTrue(entry, 'isTruncated'),
    };
  });
}

/** The text by which a record shows a scalar or an empty list or object; undefined for anything else. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  return JSON.stringify(value);
}

const childOf = (value: Json, name: string): Json =>
  isObject(value) ? (memberIgnoringCase(value, name) ?? null) : null;
const isTrue = (value: Json, name: string): boolean =>
  scalarText(isObject(value) ? memberIgnoringCase(value, name) : undefined)?.toLowerCase() === 'true';
