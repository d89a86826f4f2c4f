// The visible rows of the tree and their order: folded branches are collapsed, siblings sorted. It reads no finding, so the
// cost does not depend on their number.
import { severities } from '../../../model/finding.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import type { Sortable, SortedBy } from '../../state/keys/sorting.ts';
import { type Branch, unreadable } from './tree.ts';

/** One visible row of the tree. */
export interface TreeRow extends Omit<Branch, 'children'> {
  readonly depth: number;
  /** True, false, or null when there is nothing to fold. */
  readonly folded: boolean | null;
  /** It matches the filter itself, not only something below or above it. */
  readonly isMatch: boolean;
}

/** `sort` is one of `orders`, from 1; 0 in tree order: groups in Azure's order, names in each group. */
export type TreeOrder = SortedBy;

type Compare = (a: Branch, b: Branch) => number;

/** The worst first, then unknown, then passing, then unchecked. */
function rank({ worst, passed }: Branch): number {
  if (worst === null) return severities.length + (passed ? 1 : 2);
  return worst === 'unknown' || worst === 'gap' ? severities.length : severities.indexOf(worst);
}

export const orders: readonly (Sortable & { readonly compare: Compare })[] = [
  { title: 'name', letter: 'N', compare: (a, b) => a.label.localeCompare(b.label) },
  { title: 'worst', letter: 'R', compare: (a, b) => rank(a) - rank(b) || b.failing - a.failing },
  { title: 'failing', letter: 'A', compare: (a, b) => b.failing - a.failing || rank(a) - rank(b) },
];

/** The rows in order, without those below folded ones. With a filter: what matches, with all below it and above it, unfolded. */
export function rowsOf(tree: Branch, folded: ReadonlySet<string>, order: TreeOrder, filter = ''): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = ({ children, isMatch, ...branch }: Filtered, depth: number) => {
    const isFolded = children.length === 0 ? null : filter === '' && folded.has(branch.key);
    rows.push({ ...branch, depth, folded: isFolded, isMatch });
    if (isFolded !== true) for (const child of sorted(children, order) as readonly Filtered[]) walk(child, depth + 1);
  };
  const all = filtered(tree, filter);
  if (all !== null) walk(all, 0);
  return rows;
}

interface Filtered extends Branch {
  readonly isMatch: boolean;
  readonly children: readonly Filtered[];
}

function filtered(branch: Branch, filter: string, isBelow = false): Filtered | null {
  const isMatch = filter === '' || matches(branch, filter);
  const children = branch.children.flatMap((child) => filtered(child, filter, isBelow || isMatch) ?? []);
  return isMatch || isBelow || children.length > 0 ? { ...branch, isMatch, children } : null;
}

/** Every word of the filter is in the name or the type; `!word` is in neither. */
function matches({ label, note, read }: Branch, filter: string): boolean {
  const type = read === null ? '' : `${resourceTypeOf(read.type).label} ${read.type}`;
  const all = `${label} ${note} ${type}`.toLowerCase();
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  return words.every((word) => (word.startsWith('!') ? !all.includes(word.slice(1)) : all.includes(word)));
}

function sorted(children: readonly Branch[], { sort, reverse }: TreeOrder): readonly Branch[] {
  const compare = orders[sort - 1]?.compare;
  if (compare === undefined && !reverse) return children;
  const last = children.filter(({ key }) => key === unreadable);
  const rest = children.filter(({ key }) => key !== unreadable);
  if (compare === undefined) return [...rest.reverse(), ...last];
  return [...rest.sort(reverse ? (a, b) => compare(b, a) : compare), ...last];
}
