// The planning of a session: at once or in small steps. What was computed last is kept, so that a plan that was prepared while the
// host was idle is there when it is asked for.
import type { Plan } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { finish } from '../model/stepwise.ts';
import { checkRequest, offerInSteps, type PlanInput, type PlanOffer, planInSteps } from '../plan/index.ts';
import type { PlanRequest, Session } from './session.ts';

interface Planned {
  readonly snapshot: Snapshot;
  readonly request: string;
  readonly judgedBy: unknown;
  readonly plan: Plan;
  readonly offer?: PlanOffer;
}

/** `judgedBy`: what decides besides the snapshot and the request; another one makes another plan. */
export function planner(
  inputOf: (snapshot: Snapshot, request: PlanRequest) => PlanInput,
  judgedBy: () => unknown = () => null,
): Pick<Session, 'plan' | 'planInSteps' | 'offer' | 'checkRequest'> {
  let last: Planned | undefined;
  const knownFor = (snapshot: Snapshot, request: PlanRequest): Planned | undefined =>
    last?.snapshot === snapshot && last.request === keyOf(request) && last.judgedBy === judgedBy() ? last : undefined;

  const steps: Session['planInSteps'] = function* (snapshot, request) {
    const known = knownFor(snapshot, request);
    if (known !== undefined) return known.plan;
    const plan = yield* planInSteps(inputOf(snapshot, request));
    last = { snapshot, request: keyOf(request), judgedBy: judgedBy(), plan };
    return plan;
  };
  return {
    plan: (snapshot, request) => finish(steps(snapshot, request)),
    planInSteps: steps,
    checkRequest: (snapshot, request) => checkRequest(inputOf(snapshot, request)),
    *offer(snapshot, request) {
      const plan = yield* steps(snapshot, request);
      const known = knownFor(snapshot, request)?.offer;
      if (known !== undefined) return known;
      const offer = yield* offerInSteps(inputOf(snapshot, request), plan);
      last = { snapshot, request: keyOf(request), judgedBy: judgedBy(), plan, offer };
      return offer;
    },
  };
}

const keyOf = ({ targets, answers, ips, resource, allowEffects = [], profile }: PlanRequest): string =>
  JSON.stringify([targets, answers, ips, resource ?? null, allowEffects, profile]);
