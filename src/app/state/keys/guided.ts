// A guided fix where nothing can be sent: its questions are put all the same, and the plan that the answers lead to is shown.
import { planAsking } from '../../../command/needs.ts';
import { isFailure } from '../../../model/failure.ts';
import type { Kit } from '../kit.ts';

export async function lookAtGuided(kit: Kit, targets: readonly string[], line: string): Promise<void> {
  const { acting, asking, desk, options, session, store } = kit;
  const { snapshot } = store.get();
  if (snapshot === null) return;
  const request = { targets, answers: {}, ips: [], profile: options.profile };
  try {
    const context = { ...options.context, ask: asking.ask, line };
    const planned = await planAsking(context, request, (asked) => session.plan(snapshot, asked));
    await acting.preview(planned.line, () => planned.plan);
  } catch (error) {
    if (!isFailure(error)) throw error;
    desk.say(error.message, 'warn');
  }
}
