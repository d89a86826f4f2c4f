// The second look at what is large or cannot be taken back: the workspace's name is typed before it is sent.
import type { Ask } from '../../command/definition.ts';
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

/**
 * Lets the workspace's name be typed where that is due; true when the plan may be sent, else what was typed instead has been said.
 * `text` puts a question, and rejects when that is left.
 */
export async function agreed(
  plan: Plan,
  text: Ask['text'],
  say: (text: string, role?: string) => void,
): Promise<boolean> {
  const why = whyTyped(plan);
  const name = plan.workspace === null ? null : nameOf(plan.workspace);
  if (why === null || name === null) return true;
  const title = `${why} Type the workspace's name, ${clean(name)}, to send this.`;
  const typed = await text({ name: 'workspace', title }).catch(() => null);
  if (typed !== null && fold(typed) === fold(name)) return true;
  if (typed === null) say('Cancelled: nothing was sent.');
  else say('That is not the name of the workspace: nothing was sent.', 'warn');
  return false;
}

/** Sends the plan of a preview that a key has opened. */
export async function sendPlan({ asking, acting, desk }: Kit, plan: Plan, line: string): Promise<void> {
  if (await agreed(plan, asking.ask.text, desk.say)) await acting.carryOut(plan, line);
}
