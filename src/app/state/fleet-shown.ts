// The fleet as its screen has it.

import { memoizePerObject } from '../../model/caches.ts';
import { type FleetReport, fleetProblems, rowNumbers, worstWorkspaceFirst } from '../../model/fleet.ts';
import type { ProblemReport } from '../../model/problem.ts';
import { sameId } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';

export interface FleetShown {
  readonly report: FleetReport;
  /** By workspace: failing findings more than at its last audit; nothing where there was none. */
  readonly since: ReadonlyMap<string, number>;
}

/** The screen of the fleet as it was left to open a workspace. */
export interface FleetKept {
  readonly shown: FleetShown | null;
  readonly slice: unknown;
}

/** The fleet, with the open workspace as its own scan found it: the numbers of its row are those of its header. */
export function fleetOf({
  fleet,
  report,
  snapshot,
}: {
  readonly fleet: FleetShown | null;
  readonly report: ProblemReport | null;
  readonly snapshot: Snapshot | null;
}): FleetShown | null {
  return fleet === null || report === null || snapshot === null ? fleet : withScan(fleet)(snapshot)(report);
}

const withScan = memoizePerObject((fleet: FleetShown) =>
  memoizePerObject((snapshot: Snapshot) =>
    memoizePerObject((report: ProblemReport) => scanned(fleet, snapshot, report)),
  ),
);

function scanned(fleet: FleetShown, snapshot: Snapshot, report: ProblemReport): FleetShown {
  const { workspaces, problems } = fleet.report;
  const row = workspaces.find(({ id }) => sameId(id, snapshot.workspace));
  // What the fleet read later is newer.
  if (row === undefined || row.at > snapshot.takenAt) return fleet;
  const own = {
    ...row,
    ...rowNumbers(report),
    ...{ stage: 2 as const, at: snapshot.takenAt },
    gaps: snapshot.gaps.map(({ id, reason, action }) => ({ id, reason, action, isFailure: true })),
  };
  return {
    ...fleet,
    report: {
      ...fleet.report,
      workspaces: workspaces.map((one) => (one === row ? own : one)).toSorted(worstWorkspaceFirst),
      problems: [...problems.filter((one) => !sameId(one.workspace, row.id)), ...fleetProblems(row.id, report)],
    },
  };
}
