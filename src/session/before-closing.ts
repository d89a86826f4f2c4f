// The check before access is restricted: where a plan depends on what Azure does itself (a target that
// approves an endpoint, a network whose rules take effect), access is checked again before it is restricted. Pure.
import { gateAnswer } from '../audit/index.ts';
import type { Plan, Step } from '../model/plan.ts';
import { nameOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { lockoutRules } from '../plan/index.ts';
import type { Rule } from '../rules/rule.ts';

const closing = 5;

/** Must the workspace be read again between this plan's opening and its closing? */
export const checksBeforeClosing = (plan: Plan): boolean =>
  plan.verb === 'fix' &&
  plan.steps.some(isClosing) &&
  plan.steps.some(
    ({ change, phase }) =>
      phase < closing &&
      (change.kind === 'create' || /\/workspaces\/[^/]+$|\/privateEndpointConnections\//i.test(change.resource)),
  );

export const isClosing = ({ phase }: Pick<Step, 'phase'>): boolean => phase === closing;

/** Why a closing step must not be sent; null when each of its gates is open. */
export function staysOpen(step: Step, snapshot: Snapshot, rules: readonly Rule[]): string | null {
  const judgement = { index: indexSnapshot(snapshot), profile: 'all' as const, assumeDenyByDefault: true };
  for (const gate of step.needs) {
    if (lockoutRules.includes(gate)) continue;
    const answer = gateAnswer(gate, step.change.resource, rules, judgement);
    if (answer.outcome !== 'pass') {
      return `Access to ${nameOf(step.change.resource)} was not restricted: the access that must be allowed first is not in place yet. ${answer.detail}`;
    }
  }
  return null;
}
