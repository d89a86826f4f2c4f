// What manages the resources that a plan changes: marks are in the snapshot, deployment histories are read here, once a resource group.
import type { CommandContext } from '../../src/command/definition.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { historiesOf, type PlanOffer, stackListsOf, stacksIn, withHistories } from '../../src/plan/index.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';

/**
 * The plan with its managers, for its preview: they block nothing. What Azure refuses to show is said in the plan, never taken for none;
 * files have no history.
 */
export async function* withManagers<Of extends Plan>(
  context: Pick<CommandContext, 'signal'>,
  session: Session,
  plan: Of,
): AsyncGenerator<SessionEvent, Of> {
  const told = yield* managersIn(context, session, [plan]);
  return told === null ? plan : { ...plan, ...withHistories(plan, told) };
}

/** The same for a plan from which steps are selected. */
export async function* withManagersOffered(
  context: Pick<CommandContext, 'signal'>,
  session: Session,
  offer: PlanOffer,
): AsyncGenerator<SessionEvent, PlanOffer> {
  const { plan, whole, first } = offer;
  const told = yield* managersIn(context, session, [whole]);
  if (told === null) return offer;
  const [all, shown] = [withHistories(whole, told), withHistories(first, told)];
  return { ...offer, plan: plan === whole ? all : withHistories(plan, told), whole: all, first: shown };
}

/** The deployment histories of what these plans change; null where there is nothing to ask. */
async function* managersIn(
  { signal }: Pick<CommandContext, 'signal'>,
  session: Session,
  plans: readonly Plan[],
): AsyncGenerator<SessionEvent, Snapshot | null> {
  const lists = historiesOf(plans);
  const seen = session.latest();
  if (seen === undefined || session.source.kind === 'files' || lists.length === 0) return null;
  const nothing: Snapshot = { ...seen, resources: [], collections: [], permissions: [], gaps: [] };
  const histories = yield* session.look(nothing, [], signal, lists);
  const [stacks, above] = [stacksIn(histories, plans), stackListsOf(histories, plans, seen)];
  return stacks.length + above.length === 0 ? histories : yield* session.look(histories, stacks, signal, above);
}
