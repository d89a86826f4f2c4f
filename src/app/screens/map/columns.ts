// The columns of the map: what fits into a width. Every service has its own while their names can be told apart; otherwise
// services of one kind share a column that counts.
import type { MapTarget } from '../../../model/network-map.ts';
import { clean } from '../../../model/text.ts';
import { fitMiddle, widthOf } from '../../draw/text.ts';

/** A column of services: one, or all of a kind. */
export interface ReachColumn {
  readonly label: string;
  /** Places in the targets of the map. */
  readonly targets: readonly number[];
}

export interface Columns {
  readonly name: number;
  readonly prefix: number;
  readonly room: number;
  readonly guards: number;
  /** Cells of each column of services. */
  readonly each: number;
  readonly reach: readonly ReachColumn[];
}

/**
 * Cells: of a name, of a prefix, of `1019 of 1019` and of `1019`, of the letters of settings, of columns of services: with a name that
 * is read, that is still told apart, or with a mark alone.
 */
const cells = {
  least: 14,
  most: 30,
  prefix: 19,
  room: 14,
  count: 6,
  guards: 7,
  head: 8,
  widest: 15,
  short: 6,
  mark: 3,
};

/** What is left beside the services, the most first. */
const besides = [
  [cells.prefix, cells.room],
  [cells.prefix, cells.count],
  [0, cells.room],
  [0, cells.count],
  [0, 0],
] as const;

const kindLabels: Readonly<Record<string, string>> = {
  'storage account': 'Storage',
  'key vault': 'Vault',
  'container registry': 'Registry',
  workspace: 'Workspace',
};

/** `longest`: the widest subnet name with its branch. */
export function columnsFor(
  width: number,
  targets: readonly MapTarget[],
  shown: readonly number[],
  longest = cells.most,
) {
  const name = Math.max(cells.least, Math.min(cells.most, longest + 2));
  const rest = width - 2 - cells.guards - name;
  const single = shown.map((at): ReachColumn => ({ label: clean(targets[at]?.name ?? ''), targets: [at] }));
  const own = laidOut(rest, single, cells.head);
  if (own !== null && areApart(own)) return { name, guards: cells.guards, ...own };
  const grouped = byKind(targets, shown);
  const counted =
    laidOut(rest, grouped, cells.head) ?? laidOut(rest, grouped, cells.short) ?? laidOut(rest, grouped, cells.mark);
  return { name, guards: cells.guards, ...(counted ?? { prefix: 0, room: 0, each: 0, reach: [] }) };
}

type Laid = Pick<Columns, 'prefix' | 'room' | 'each' | 'reach'>;

/** Whole names first, with as much beside them as fits; then names cut to `least` cells. */
function laidOut(rest: number, reach: readonly ReachColumn[], least: number): Laid | null {
  const count = reach.length;
  const [full = [0, 0]] = besides;
  if (count === 0) return { prefix: full[0], room: full[1], each: 0, reach };
  const whole = Math.max(cells.head, ...reach.map(({ label }) => Math.min(cells.widest, widthOf(label) + 1)));
  for (const wanted of whole > least ? [whole, least] : [least]) {
    for (const [prefix, room] of besides) {
      const each = Math.floor((rest - prefix - room) / count);
      if (each >= wanted) return { prefix, room, each: Math.min(cells.widest, each), reach };
    }
  }
  return null;
}

const areApart = ({ each, reach }: Laid): boolean =>
  new Set(reach.map(({ label }) => fitMiddle(label, each - 1, '…'))).size === reach.length;

function byKind(targets: readonly MapTarget[], shown: readonly number[]): ReachColumn[] {
  const kinds = Map.groupBy(shown, (at) => targets[at]?.is ?? '');
  // The Internet is of no kind.
  const nameOf = (places: readonly number[]) => targets[places[0] ?? -1]?.name ?? '';
  return [...kinds].map(([is, places]) => ({
    label: kindLabels[is] ?? clean(is === '' ? nameOf(places) : is),
    targets: places,
  }));
}
