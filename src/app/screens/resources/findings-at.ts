// Which findings stand at which resources. Looked up rather than searched for: there may be a hundred thousand, and every row
// of the tree asks.
import type { Finding, Report } from '../../../model/finding.ts';
import { fold } from '../../../model/resource-id.ts';
import { once } from '../../draw/kept.ts';

/** The findings that belong to these resources (ids folded; null: to any), in the order of the report. A pair belongs to both. */
export function findingsAt(report: Report, covers: ReadonlySet<string> | null): readonly Finding[] {
  if (covers === null) return report.findings;
  const places = placesIn(report);
  const found = new Set<number>();
  for (const id of covers) for (const place of places.get(id) ?? []) found.add(place);
  return [...found].sort((a, b) => a - b).flatMap((place) => report.findings[place] ?? []);
}

const placesIn = once((report: Report): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>();
  for (const [place, { resource, where }] of report.findings.entries()) {
    for (const id of where === null ? [resource] : [resource, where]) {
      const folded = fold(id);
      const list = places.get(folded);
      if (list === undefined) places.set(folded, [place]);
      else list.push(place);
    }
  }
  return places;
});
