// The fleet as its screen has it.
import type { FleetReport } from '../../model/fleet.ts';

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
