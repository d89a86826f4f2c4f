// The rows of the fleet: what several workspaces have in common, then each workspace; their words, and the meaning of a filter.

import { memoizePerObject } from '../../../model/caches.ts';
import { type FleetProblem, type FleetReport, type FleetRow, ownerOf, type SharedCause } from '../../../model/fleet.ts';
import { nameInParent } from '../../../model/resource-id.ts';
import { clean, counted } from '../../../model/text.ts';
import { agoText, word } from '../../draw/text.ts';
import type { Grammar } from '../../rows/narrow.ts';
import { type Rows, rowsOf } from '../../rows/rows.ts';
import type { Selector } from '../../rows/table.ts';
import type { FleetShown } from '../../state/fleet-shown.ts';

export type FleetItem =
  | {
      readonly kind: 'workspace';
      readonly row: FleetRow;
      readonly worst: FleetProblem | undefined;
      /** Failing findings more than at its last audit; null where that is not known. */
      readonly since: number | null;
      readonly age: string;
    }
  | {
      readonly kind: 'cause';
      readonly cause: SharedCause;
      /** Not all is read: it may be in more workspaces, and there may be others. */
      readonly isLeast: boolean;
    };

const nothing = rowsOf<FleetItem>([]);

/** The problems of each workspace, by its id. */
export const problemsOf = memoizePerObject(
  ({ problems }: FleetReport): ReadonlyMap<string, readonly FleetProblem[]> => {
    const all = new Map<string, FleetProblem[]>();
    for (const problem of problems) {
      const known = all.get(problem.workspace);
      if (known === undefined) all.set(problem.workspace, [problem]);
      else known.push(problem);
    }
    return all;
  },
);

function itemsOf({ report, since }: FleetShown, minute: number): Rows<FleetItem> {
  const problems = problemsOf(report);
  const age = (at: string) => agoText(minute - Math.floor(Date.parse(at) / 60_000)).replace(/ ago$/, '');
  return rowsOf<FleetItem>([
    ...report.shared.map((cause) => ({ kind: 'cause' as const, cause, isLeast: !report.complete })),
    ...report.workspaces.map((row) => ({
      ...{ kind: 'workspace' as const, row, worst: problems.get(row.id)?.[0] },
      ...{ since: since.get(row.id) ?? null, age: age(row.at) },
    })),
  ]);
}

export const items = (shown: FleetShown | null, now: number): Rows<FleetItem> =>
  shown === null ? nothing : itemsOf(shown, Math.floor(now / 60_000));

export const severityOf = (item: FleetItem) => {
  if (item.kind === 'cause') return word(item.cause.severity, item.cause.severity);
  const { severity, summary } = item.row;
  if (severity !== null) return word(severity, severity);
  return summary.unknown > 0 ? word('unknown', 'unknown') : word('pass', 'ok');
};
export const nameOf = (item: FleetItem): string =>
  clean(item.kind === 'cause' ? nameInParent(item.cause.resource) : item.row.name, 200);

export function whatOf(item: FleetItem): string {
  // Its column has the name of the resource; resources of several subscriptions have the same one.
  if (item.kind === 'cause') {
    const { headline, workspaces } = item.cause;
    return `${counted(workspaces.length, 'workspace')}: ${clean(headline, 300).replace(`${nameOf(item)}: `, '')}`;
  }
  const { worst, row } = item;
  if (worst !== undefined) return clean(worst.headline, 300).replace(`${nameOf(item)}: `, '');
  if (row.problems > 0) return counted(row.problems, 'problem');
  return row.summary.unknown > 0 ? counted(row.summary.unknown, 'unknown check') : 'No known problems';
}

/** The heading of what several have in common; undefined for a workspace. */
export const causesHeading = (item: FleetItem): string | undefined =>
  item.kind === 'workspace' ? undefined : item.isLeast ? 'shared causes, at least' : 'shared causes';

export const problemCount = (item: FleetItem): number => (item.kind === 'cause' ? 0 : item.row.problems);
export const sinceOf = (item: FleetItem): number => (item.kind === 'cause' ? 0 : (item.since ?? 0));
/** `36`, or `36 (+2)`: how many more than at its last audit. */
export const findingsWord = (item: FleetItem) => {
  if (item.kind === 'cause') return word('', 'dim');
  const { since, row } = item;
  const more = since === null || since === 0 ? '' : ` (${since > 0 ? '+' : ''}${since})`;
  const role = since === null || since === 0 ? 'dim' : since > 0 ? 'bad' : 'ok';
  return word(`${row.summary.fail}${more}`.padStart(10), role);
};
/** How long ago it was read; not all of it yet in stage 1. */
export const ageWord = (item: FleetItem) => {
  if (item.kind === 'cause') return word('');
  return item.row.stage === 1 ? word('stage 1', 'unknown') : word(item.age, 'dim');
};
export const subscriptionOf = (item: FleetItem): string =>
  item.kind === 'cause' ? '' : clean(item.row.subscription, 80);
export const ownerIn = (item: FleetItem): string => (item.kind === 'cause' ? '' : clean(ownerOf(item.row), 80));

const severityLabel: Selector<FleetItem> = (item) => severityOf(item).text;
const tagText: Selector<FleetItem> = (item) =>
  item.kind === 'cause'
    ? ''
    : Object.entries(item.row.tags)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ');
const texts: readonly Selector<FleetItem>[] = [
  severityLabel,
  nameOf,
  whatOf,
  (item) => (item.kind === 'cause' ? item.cause.resource : item.row.id),
  tagText,
];
export const grammar: Grammar<FleetItem> = {
  members: { sev: 'severity', severity: 'severity', is: 'severity', tag: 'tag', owner: 'owner', sub: 'subscription' },
  sought({ member }) {
    if (member === 'severity') return { in: [severityLabel], begins: true };
    if (member === 'tag') return { in: [tagText] };
    if (member === 'owner') return { in: [ownerIn] };
    return member === 'subscription' ? { in: [subscriptionOf] } : { in: texts };
  },
};
