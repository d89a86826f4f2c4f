// The second look at what is large or cannot be taken back: the workspace's name is typed before it is sent.
import type { Plan } from '../../model/plan.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { Kit } from './kit.ts';

/** So many changes at once are looked at a second time; their way back is not. */
const many = 10;

/** Why the name has to be typed; null when a button is enough. */
export function whyTyped(plan: Plan): string | null {
  // What an undo brings back in another form is no loss.
  const lost = plan.steps.some(({ undo }) => undo === 'none' || undo === 'partial');
  if (lost) return clean(plan.irreversible[0] ?? 'A part of this cannot be taken back.');
  return plan.verb === 'fix' && plan.steps.length > many ? `These are ${plan.steps.length} changes at once.` : null;
}

/** Sends the plan; asks for the workspace's name first where that is due. */
export async function sendPlan({ asking, acting, desk }: Kit, plan: Plan, line: string): Promise<void> {
  const why = whyTyped(plan);
  const name = plan.workspace === null ? null : nameOf(plan.workspace);
  if (why !== null && name !== null) {
    const title = `${why} Type the workspace's name, ${clean(name)}, to send this.`;
    const typed = await asking.ask.text({ name: 'workspace', title }).catch(() => null);
    if (typed === null) return desk.say('Cancelled: nothing was sent.');
    if (fold(typed) !== fold(name)) return desk.say('That is not the name of the workspace: nothing was sent.', 'warn');
  }
  await acting.carryOut(plan, line);
}
