// Which api-version a request of a type uses, what a version shows, and when one ends. Reads the table; pure.
import {
  type FirstShown,
  type Retirement,
  retirements,
  tableDate,
  type VersionRow,
  versionOfOthers,
  versionTable,
} from './api-version-table.ts';
import type { Pointer } from './pointer.ts';
import { fold } from './resource-id.ts';

const rows = new Map(versionTable.flatMap((row) => row.types.map((type) => [fold(type), row])));

/** The row of a type, or of the nearest above it. */
export function versionRowOf(type: string): VersionRow | undefined {
  const parts = fold(type).split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const row = rows.get(parts.slice(0, length).join('/'));
    if (row !== undefined && (length === parts.length || row.isAlone !== true)) return row;
  }
  return undefined;
}

/** The versions that a type is read at: the first, and then each where a cloud does not have those before it. */
export const readVersionsOf = (type: string): readonly [string, ...string[]] =>
  versionRowOf(type)?.read ?? [versionOfOthers];
export const readVersionOf = (type: string): string => readVersionsOf(type)[0];
export const writeVersionOf = (type: string): string => versionRowOf(type)?.write ?? readVersionOf(type);

const isPreview = (version: string): boolean => /-preview$/i.test(version);
const day = (version: string): string => version.slice(0, 10);

/** Older first. Of a preview and the stable version of one day the stable one is the newer. */
export function compareVersions(a: string, b: string): number {
  if (day(a) !== day(b)) return day(a) < day(b) ? -1 : 1;
  return Number(isPreview(b)) - Number(isPreview(a));
}
export const newerOf = (a: string, b: string): string => (compareVersions(a, b) < 0 ? b : a);
export const isOlder = (version: string, than: string): boolean => compareVersions(version, than) < 0;

/** The newest of some versions, a stable one where there is one. */
export function newestOf(versions: readonly string[]): string | undefined {
  const stable = versions.filter((one) => !isPreview(one));
  return (stable.length > 0 ? stable : versions).toSorted(compareVersions).at(-1);
}

function isShownAt(first: FirstShown | undefined, version: string): boolean {
  if (first === undefined) return true;
  if (version === '') return false;
  if (typeof first === 'string') return !isOlder(version, first);
  if ('until' in first)
    return !isOlder(first.until, version) || (first.again !== undefined && isShownAt(first.again, version));
  const since = isPreview(version) ? first.preview : first.stable;
  return since !== null && !isOlder(version, since);
}

/** Does a version of a type show the member? A member that the table does not name is in all of them; of no version it is not known. */
export const showsMember = (type: string, pointer: string, version: string): boolean =>
  isShownAt(versionRowOf(type)?.members?.[pointer], version);

/** Versions that may be asked for a member which the one in hand does not show, the best first. */
export const versionsShowing = (type: string, pointer: string): readonly string[] => {
  const { read = [], beside = [], members = {} } = versionRowOf(type) ?? {};
  return [...new Set([...beside, ...read])].filter((version) => isShownAt(members[pointer], version));
};

/** Members that a version of a type does not show, and the one that is asked first does. */
export function membersHiddenAt(type: string, version: string): readonly Pointer[] {
  const row = versionRowOf(type);
  if (row === undefined || version === '' || !isOlder(version, row.read[0])) return [];
  return Object.entries(row.members ?? {}).flatMap(([pointer, first]) =>
    isShownAt(first, version) || !isShownAt(first, row.read[0]) ? [] : [pointer],
  );
}

const covers = ({ of }: Retirement, type: string): boolean => `${fold(type)}/`.startsWith(`${fold(of)}/`);
const names = ({ before, previews }: Retirement, version: string): boolean =>
  (before !== undefined && isOlder(version, before)) ||
  (previews !== undefined && isPreview(version) && !isOlder(version, previews.from) && !isOlder(previews.to, version));

/** The end of a version, the earliest where several are announced; undefined: none is known. */
export const retirementOf = (type: string, version: string): Retirement | undefined =>
  retirements.filter((one) => covers(one, type) && names(one, version)).toSorted((a, b) => (a.on < b.on ? -1 : 1))[0];

/** A version that ends. */
export interface EndingVersion {
  readonly type: string;
  readonly version: string;
  readonly on: string;
  /** Days from today; negative where it has ended. */
  readonly days: number;
  readonly source: string;
}

/** How long before its end a version is warned of. */
export const warningDays = 180;

/** Does this version of a type end within the days of the warning, or has it ended? `today`: 2026-12-01, or longer. */
export function endingOf(type: string, version: string, today: string = tableDate): EndingVersion | undefined {
  const found = retirementOf(type, version);
  if (found === undefined) return undefined;
  const days = Math.round((Date.parse(found.on) - Date.parse(today.slice(0, 10))) / 86_400_000);
  return days > warningDays ? undefined : { type, version, on: found.on, days, source: found.source };
}

/** `Microsoft.KeyVault/vaults: api-version 2023-07-01 ends on 2027-02-27, in 88 days.` */
export function endingWords({ type, version, on, days }: EndingVersion): string {
  const when = days < 0 ? `ended on ${on}` : `ends on ${on}, in ${days} ${days === 1 ? 'day' : 'days'}`;
  return `${type}: api-version ${version} ${when}.`;
}
export const endingAdvice = 'Update Bastide: a newer version may use a newer api-version.';

/** What ends soon of the versions that were read, and of those that the table asks first or writes. */
export function endingIn(
  read: Iterable<{ readonly type: string; readonly apiVersion: string }>,
  today: string,
): readonly EndingVersion[] {
  const found = new Map(endingVersions(today).map((one) => [`${fold(one.type)} ${one.version}`, one]));
  const seen = new Set(found.keys());
  for (const { type, apiVersion } of read) {
    const key = `${fold(type)} ${apiVersion}`;
    if (seen.has(key) || apiVersion === '') continue;
    seen.add(key);
    const ending = endingOf(type, apiVersion, today);
    if (ending !== undefined) found.set(key, ending);
  }
  return [...found.values()];
}

/** A type that was read at an older version than the table's first, and what that does not show. */
export interface LaggingVersion {
  readonly type: string;
  readonly version: string;
  readonly members: readonly string[];
}

/** What a cloud that lags did not show. Members that are asked for besides are noted where they are not given. */
export function laggingIn(
  read: Iterable<{ readonly type: string; readonly apiVersion: string }>,
): readonly LaggingVersion[] {
  const found = new Map<string, LaggingVersion>();
  const seen = new Set<string>();
  for (const { type, apiVersion: version } of read) {
    const key = `${fold(type)} ${version}`;
    const row = versionRowOf(type);
    if (seen.has(key) || row === undefined || version === '' || !isOlder(version, row.read[0])) continue;
    seen.add(key);
    const members = membersHiddenAt(type, version).filter(
      (pointer) => !(row.beside ?? []).some((one) => showsMember(type, pointer, one)),
    );
    found.set(key, { type, version, members });
  }
  return [...found.values()];
}
/** `Microsoft.Network/routeTables: read with api-version 2024-01-01, the newest of this cloud, which does not show …` */
export const laggingWords = ({ type, version, members }: LaggingVersion): string =>
  `${type}: read with api-version ${version}, the newest of this cloud${members.length === 0 ? '' : `, which does not show ${members.join(', ')}`}.`;

/** Every version that may be asked or written of a row. */
export const versionsOfRow = ({ read, write, beside = [] }: VersionRow): readonly string[] => [
  ...new Set([...read, ...(write === undefined ? [] : [write]), ...beside]),
];

const endingOfRows = (
  table: readonly VersionRow[],
  today: string,
  versionsOf: (row: VersionRow) => readonly string[],
): readonly EndingVersion[] =>
  table.flatMap((row) =>
    row.types.flatMap((type) => versionsOf(row).flatMap((version) => endingOf(type, version, today) ?? [])),
  );

/** What is asked first, asked beside it or written, and ends soon: in use in every cloud. */
export const endingVersions = (
  today: string = tableDate,
  table: readonly VersionRow[] = versionTable,
): readonly EndingVersion[] => endingOfRows(table, today, (row) => versionsOfRow({ ...row, read: [row.read[0]] }));

/** What ends soon of the whole table: what only a cloud that lags is asked, too. */
export const endingInTable = (
  today: string = tableDate,
  table: readonly VersionRow[] = versionTable,
): readonly EndingVersion[] => endingOfRows(table, today, versionsOfRow);
