// The nearest known word to a mistyped one. Knows no command and no flag.
import { nameOf } from './resource-id.ts';
import { clean } from './text.ts';

/** The known word that the operator most likely meant, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const folded = word.toLowerCase();
  const limit = Math.max(1, Math.floor(folded.length / 3));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(folded, name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? known.find((name) => folded.length >= 3 && name.toLowerCase().startsWith(folded));
}

/** So many ids are named; of more, the nearest and how many there are. */
const mostNamed = 5;

/** `ID, ID`, or of many the first ones: `ID, ID, ID, ID, ID and 1,995 more`. */
export function fewIds(ids: readonly string[]): string {
  const named = ids.slice(0, mostNamed).map((id) => clean(id, 300));
  const more = ids.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}

/** What there is instead of a name that there is not: all of a few ids, else the one of the nearest name among how many. */
export function insteadOf(wanted: string | undefined, ids: readonly string[], are: string): string {
  if (ids.length <= mostNamed) return ids.length === 0 ? '' : `; ${are} ${fewIds(ids)}`;
  const count = `${ids.length.toLocaleString('en-US')} workspaces`;
  const near = wanted === undefined ? undefined : nearest(nameOf(wanted), ids.map(nameOf));
  const id = near === undefined ? undefined : ids.find((one) => nameOf(one) === near);
  return id === undefined ? `; ${are} ${count}` : `; ${are} ${count}, the nearest is ${clean(id, 300)}`;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a.charAt(i - 1) === b.charAt(j - 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1);
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
