// The visible rows of the tree and their order: folded branches are collapsed, siblings sorted. It reads no finding, so the
// cost does not depend on their number.
import { severities } from '../../../model/finding.ts';
import type { Sortable, SortedBy } from '../../state/keys/sorting.ts';
import { type Branch, unreadable } from './tree.ts';

/** One visible row of the tree. */
export interface TreeRow extends Omit<Branch, 'children'> {
  readonly depth: number;
  /** True, false, or null when there is nothing to fold. */
  readonly folded: boolean | null;
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

/** The rows in order, without those below folded ones. */
export function rowsOf(tree: Branch, folded: ReadonlySet<string>, order: TreeOrder): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = ({ children, ...branch }: Branch, depth: number) => {
    const isFolded = children.length === 0 ? null : folded.has(branch.key);
    rows.push({ ...branch, depth, folded: isFolded });
    if (isFolded !== true) for (const child of sorted(children, order)) walk(child, depth + 1);
  };
  walk(tree, 0);
  return rows;
}

function sorted(children: readonly Branch[], { sort, reverse }: TreeOrder): readonly Branch[] {
  const compare = orders[sort - 1]?.compare;
  if (compare === undefined && !reverse) return children;
  const last = children.filter(({ key }) => key === unreadable);
  const rest = children.filter(({ key }) => key !== unreadable);
  if (compare === undefined) return [...rest.reverse(), ...last];
  return [...rest.sort(reverse ? (a, b) => compare(b, a) : compare), ...last];
}
