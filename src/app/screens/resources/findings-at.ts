// Index of findings by resource, because there may be a hundred thousand findings and every row of the tree needs its own.

import { memoizePerObject } from '../../../model/caches.ts';
import { type Finding, type Report, severities } from '../../../model/finding.ts';
import { fold } from '../../../model/resource-id.ts';
import { Rows, rowsOf } from '../../rows/rows.ts';

const outcomes = ['fail', 'unknown', 'accepted', 'pass', 'notApplicable'];
/** Lower is worse; of one severity, what only repeats others is last. */
export const rank = ({ outcome, severity, rollUp, accepted }: Finding): number =>
  (outcomes.indexOf(accepted === undefined ? outcome : 'accepted') * severities.length + severities.indexOf(severity)) *
    2 +
  Number(rollUp === true);

/** All of a report, the worst first. */
export const worstFirst = memoizePerObject((report: Report) => rowsOf([...rowsOf(report.findings).sorted(rank)]));

/** The findings that belong to these resources (ids folded; null: to any), the worst first. A pair belongs to both. */
export const findingsAt = (report: Report, covers: ReadonlySet<string> | null): Rows<Finding> =>
  covers === null ? worstFirst(report) : someAt(report)(covers);

const someAt = memoizePerObject((report: Report) =>
  memoizePerObject((covers: ReadonlySet<string>) => {
    const places = placesIn(report);
    const found = new Set<number>();
    for (const id of covers) for (const place of places.get(id) ?? []) found.add(place);
    return new Rows(worstFirst(report).table, Uint32Array.from(found).sort());
  }),
);

const placesIn = memoizePerObject((report: Report): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>();
  for (const [place, { resource, where }] of worstFirst(report).table.rows.entries()) {
    for (const id of where === null ? [resource] : [resource, where]) {
      const folded = fold(id);
      const list = places.get(folded);
      if (list === undefined) places.set(folded, [place]);
      else list.push(place);
    }
  }
  return places;
});
