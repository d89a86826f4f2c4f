// A fix that was requested by name and is blocked is a failure, not an empty plan.
import type { CommandContext } from '../../src/command/definition.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nothingToChange } from '../../src/plan/index.ts';
import type { PlanRequest } from '../../src/session/session.ts';

/** Throws Failure (exit 4) when named targets lead to no step because they are blocked. */
export function refuseBlocked(context: CommandContext, request: PlanRequest, plan: Plan): void {
  if (context.flags.dryRun || request.targets === 'all' || plan.steps.length > 0) return;
  // A fix that would change nothing is done already: running a script twice is safe.
  const blocked = plan.skipped.filter((skip) => skip.reason !== nothingToChange);
  const [first] = blocked;
  if (first === undefined) return;
  throw new Failure(
    'blocked',
    exitStatus.notSent,
    blocked.length === 1 ? first.reason : `${first.reason} (and ${blocked.length - 1} more)`,
    'Nothing was sent. Run with --dry-run to see all reasons.',
    { skipped: blocked },
  );
}

/** Throws Failure (exit 4) before the confirmation, when a gate of the plan fails. */
export function refuseStopped(context: CommandContext, plan: Plan): void {
  const failed = plan.gates.filter((gate) => gate.outcome === 'fail');
  const [first] = failed;
  if (context.flags.dryRun || first === undefined) return;
  throw new Failure(
    'blocked',
    exitStatus.notSent,
    failed.length === 1 ? first.detail : `${first.detail} (and ${failed.length - 1} more)`,
    'Nothing was sent. Run with --dry-run to see all reasons.',
    { gates: failed },
  );
}
