// The resource tree: the workspace at the root, below it its resources in groups, each with the worst failing severity.
// Labels come from the resource types; `rows.ts` decides which rows are visible and in what order.

import { type Finding, isCounted, type Report, type Severity, severities } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, nameOf, parentId, typeOf } from '../../../model/resource-id.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { failedReads } from '../../../model/snapshot.ts';
import { capital, clean } from '../../../model/text.ts';
import { isReading, rankOfType, resourceTypeOf } from '../../../resource-types/index.ts';
import { findingsAt } from './findings-at.ts';

/** One node of the tree, with its children. Its counts include them. */
export interface Branch {
  /** A resource's id, or `group:...`. */
  readonly key: string;
  readonly label: string;
  readonly note: string;
  /** Null: a heading or something that could not be read. */
  readonly resource: string | null;
  /** Its resource, as read. */
  readonly read: Resource | null;
  readonly worst: Severity | 'unknown' | 'gap' | null;
  readonly failing: number;
  /** A rule has passed here; otherwise "no failures" would have no meaning. */
  readonly passed: boolean;
  /** Ids, folded, of the resources whose findings it represents; null for all. */
  readonly covers: ReadonlySet<string> | null;
  readonly children: readonly Branch[];
}

/** The group of unreadable resources; it is last in every order. */
export const unreadable = 'group:gaps';

type Node = Pick<Branch, 'key' | 'label' | 'note' | 'resource' | 'read'> & {
  readonly gap: boolean;
  readonly children: readonly Node[];
};

/** The whole tree, counted once: folding and sorting do not read the findings again. */
export function buildTree(snapshot: Snapshot, report: Report): Branch {
  const counted = (node: Node, root: boolean): Branch => {
    const covers = root ? null : coverage(node);
    const all = [...findingsAt(report, covers)];
    const inside = all.filter(
      (finding) => finding.outcome === 'fail' || (finding.outcome === 'unknown' && finding.gaps.length > 0),
    );
    const { key, label, note, resource, read } = node;
    return {
      key,
      label,
      note,
      resource,
      read,
      worst: worstOf(inside, node),
      failing: inside.filter((finding) => finding.outcome === 'fail' && isCounted(finding)).length,
      passed: all.some((finding) => finding.outcome === 'pass'),
      covers,
      children: node.children.map((child) => counted(child, false)),
    };
  };
  return counted(rootOf(snapshot), true);
}

function worstOf(findings: readonly Finding[], node: Node): Branch['worst'] {
  const fails = new Set(findings.filter((finding) => finding.outcome === 'fail').map((finding) => finding.severity));
  const worst = severities.find((severity: Severity) => fails.has(severity));
  if (worst !== undefined) return worst;
  if (node.gap) return 'gap';
  return findings.length > 0 ? 'unknown' : null;
}

function coverage(node: Node): ReadonlySet<string> {
  const ids = new Set<string>();
  const collect = (inner: Node) => {
    if (inner.resource !== null) ids.add(fold(inner.resource));
    for (const child of inner.children) collect(child);
  };
  collect(node);
  return ids;
}

function rootOf(snapshot: Snapshot): Node {
  const workspace = snapshot.resources.find(
    (resource) => snapshot.workspace !== null && fold(resource.id) === fold(snapshot.workspace),
  );
  const rest = snapshot.resources.filter((resource) => resource !== workspace && !isReading(resource.id));
  const ids = new Set(rest.map(({ id }) => fold(id)));
  const top = rest.filter((resource) => !ids.has(fold(parentId(resource.id) ?? '')));
  const byParent = Map.groupBy(rest, (resource) => fold(parentId(resource.id) ?? ''));
  const byType = [...Map.groupBy(top, (resource) => fold(resource.type))].sort(
    ([a], [b]) => rankOfType(a) - rankOfType(b) || a.localeCompare(b),
  );
  const groups = byType.flatMap(([type, members]): Node[] => {
    const children = [...members].sort(byName).map((member) => nodeOf(member, byParent));
    // A heading over a single resource adds nothing to its row.
    if (children.length === 1) return children;
    const bare = children.map((child) => ({ ...child, note: '' }));
    const label = capital(resourceTypeOf(members[0]?.type ?? type).plural);
    const note = String(members.length);
    return [{ key: `group:${type}`, label, note, resource: null, read: null, gap: false, children: bare }];
  });
  const gaps = gapNodes(snapshot);
  return {
    key: workspace?.id ?? 'root',
    label: workspace ? clean(nameOf(workspace.id)) : 'All resources',
    note: workspace ? 'workspace' : String(snapshot.resources.length),
    resource: workspace?.id ?? null,
    read: workspace ?? null,
    gap: false,
    children: [...groups, ...gaps],
  };
}

function nodeOf(resource: Resource, byParent: ReadonlyMap<string, readonly Resource[]>): Node {
  const children = byParent.get(fold(resource.id)) ?? [];
  return {
    key: resource.id,
    label: labelOf(resource.id),
    note: clean(resourceTypeOf(resource.type).label),
    resource: resource.id,
    read: resource,
    gap: false,
    children: [...children].sort(byName).map((child) => nodeOf(child, byParent)),
  };
}

/** Unreadable resources, shown so that they are not taken for absent. A 404 is an answer, not a failed read. */
function gapNodes(snapshot: Snapshot): Node[] {
  const gaps = failedReads(snapshot.gaps);
  if (gaps.length === 0) return [];
  const children = gaps.map(
    (gap): Node => ({
      key: `gap:${gap.id}`,
      label: labelOf(gap.id),
      note: 'not accessible',
      resource: gap.id,
      read: null,
      gap: true,
      children: [],
    }),
  );
  const note = String(gaps.length);
  return [{ key: unreadable, label: 'Not accessible', note, resource: null, read: null, gap: true, children }];
}

/** Azure names connections by their endpoint and a GUID, which tells nothing; an answer is named by its kind and its resource. */
function labelOf(id: string): string {
  const name = clean(nameOf(id));
  if (isReading(id)) return `${resourceTypeOf(typeOf(id)).label} of ${clean(nameOf(id.replace(/\/[^/]+$/, '')))}`;
  return name.replace(/(?<=.)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, '');
}

const byName = (a: Resource, b: Resource): number => nameOf(a.id).localeCompare(nameOf(b.id));
