// Which entries a journal with damaged lines cannot vouch for. What a line was about is taken from what is left of it only to be more
// careful: an entry that it may belong to is unreadable, and nothing is undone on its word. Pure.
import type { Entry, UnreadableLine } from '../model/entry.ts';
import { fold } from '../model/resource-id.ts';
import type { Past } from './records.ts';

/** `entry`: known for certain, where the record can be read and only does not fit. */
export interface DamagedLine extends UnreadableLine {
  readonly text: string;
  readonly entry?: string;
}

/** The entries of the past, those that damaged lines are about as unreadable, in the order in which they were begun. */
export function withUnreadable(past: Past, damaged: readonly DamagedLine[], lost: readonly string[]): readonly Entry[] {
  if (damaged.length === 0 && lost.length === 0) return [...past.entries.values()];
  const known = new Set([...past.begun.keys(), ...damaged.flatMap(({ entry }) => entry ?? []), ...lost]);
  const lines = new Map<string, DamagedLine[]>([...lost].filter((id) => !past.begun.has(id)).map((id) => [id, []]));
  let unnamed = '';
  for (const [at, one] of damaged.entries()) {
    const before = damaged[at - 1];
    // Nobody knows how many entries the records of a gap were about: the gap stands for them.
    if (one.reason !== 'missing' || before?.reason !== 'missing' || before.line !== one.line - 1)
      unnamed = `line-${one.line}`;
    for (const id of entriesOf(one, past, known, unnamed)) lines.set(id, [...(lines.get(id) ?? []), one]);
  }
  const begun = [...past.begun].map(([id, line]) => ({ id, line }));
  const unreadable = [...lines].map(([id, of]) => unreadableEntry(id, of, past));
  const all = [
    ...[...past.entries.values()].filter(({ id }) => !lines.has(id)),
    ...unreadable.map((entry) => withSince(entry, begun)),
  ];
  const place = ({ id, unreadable: damage }: Entry): number =>
    past.begun.get(id) ?? damage?.lines[0]?.line ?? Number.POSITIVE_INFINITY;
  return all.toSorted((a, b) => place(a) - place(b));
}

/** Damaged lines that are about no entry. */
export const linesWithoutEntry = (
  damaged: readonly DamagedLine[],
  entries: readonly Entry[],
): readonly UnreadableLine[] => {
  const of = new Set(entries.flatMap(({ unreadable }) => unreadable?.lines.map(({ line }) => line) ?? []));
  return damaged.filter(({ line }) => !of.has(line)).map(({ line, reason }) => ({ line, reason }));
};

const beginnings = {
  entry: '{"kind":"entry","entry":{"id":"',
  change: '{"kind":"change","entry":"',
  note: '{"kind":"note",',
  journal: '{"kind":"journal",',
} as const;

const differences = (text: string, wanted: string): number =>
  [...wanted].filter((character, at) => text[at] !== character).length;

/** The entries that a damaged line may be about. None for a note, and for what says which workspace the journal is of. */
function entriesOf(
  { line, text, reason, entry }: DamagedLine,
  past: Past,
  known: ReadonlySet<string>,
  unnamed: string,
): readonly string[] {
  if (entry !== undefined) return [entry];
  const [kind, beginning] = Object.entries(beginnings).find(([, one]) => differences(text, one) <= 2) ?? [];
  if (kind === 'note' || kind === 'journal') return [];
  if (beginning !== undefined) {
    const rest = text.slice(beginning.length);
    const all = [...known];
    const exact = all.find((id) => rest.startsWith(`${id}"`));
    // Names of entries are long, and never differ by one character.
    const near =
      exact ?? (reason === 'changed' ? all.find((id) => id.length >= 8 && differences(rest, id) <= 1) : undefined);
    if (near !== undefined) return [near];
    if (kind === 'entry') return [/^[\w-]{1,60}/.exec(rest)?.[0] ?? unnamed];
  }
  // Whose it was is not known: that of a neighbour, or one that nothing else is left of.
  // An entry that was begun later has nothing in it.
  const owners = [...past.owners].filter(([, id]) => (past.begun.get(id) ?? Number.POSITIVE_INFINITY) < line);
  const before = owners.findLast(([at]) => at < line)?.[1];
  const after = owners.find(([at]) => at > line)?.[1];
  return [...new Set([before, after].filter((id) => id !== undefined)), unnamed];
}

function unreadableEntry(id: string, damaged: readonly DamagedLine[], { entries }: Past): Entry {
  const old = entries.get(id);
  const lines = damaged.map(({ line, reason }): UnreadableLine => ({ line, reason }));
  const about =
    old === undefined
      ? idsIn(damaged)
      : [...new Set([...old.resources, ...old.steps.map(({ resource }) => resource)].map(fold))];
  return {
    ...{ id, at: '', by: '', verb: 'unknown', findings: [], undoes: null, undoneBy: null, redoes: null, line: '' },
    ...{ workspace: null, rehearsal: null },
    ...old,
    resources: about ?? [],
    steps: [],
    state: 'unreadable',
    unreadable: { lines, about, since: null },
  };
}

/** Ids of resources in what is left of a record; null where it may have been about others. One bit hides none: each is in it twice. */
function idsIn(damaged: readonly DamagedLine[]): readonly string[] | null {
  const begun = damaged.filter(({ text }) => differences(text, beginnings.entry) <= 2);
  // The workspace is named in each entry, whatever it changed.
  const texts = begun.map(({ text }) => text.replace(/"workspace":"[^"]{0,1000}"/, ''));
  const ids = texts.flatMap((text) => text.match(/\/subscriptions\/[^"\\]{1,1000}/gi) ?? []).map(fold);
  const isTooDamaged = texts.some((text) => (text.match(/[\x00-\x1f\ufffd]/g)?.length ?? 0) > 1);
  return ids.length === 0 || isTooDamaged || damaged.some(({ reason }) => reason === 'missing')
    ? null
    : [...new Set(ids)];
}

/** The newest entry that was begun before its last damaged line: with it and with older ones it may have interfered. */
function withSince(entry: Entry, begun: readonly { readonly id: string; readonly line: number }[]): Entry {
  if (entry.unreadable === undefined) return entry;
  const last = entry.unreadable.lines.at(-1)?.line ?? Number.POSITIVE_INFINITY;
  const since = begun.findLast(({ id, line }) => line < last && id !== entry.id)?.id ?? null;
  return { ...entry, unreadable: { ...entry.unreadable, since } };
}
