// Progress in words, the same in every host that speaks in lines.
import type { StepState } from '../model/entry.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import type { SessionEvent } from '../session/session.ts';

type Progress = Extract<SessionEvent, { kind: 'progress' }>;
type StepEvent = Extract<SessionEvent, { kind: 'step' }>;

export const stageWords: Readonly<Record<Progress['stage'], string>> = {
  'sign-in': 'Signing in',
  scan: 'Scanning the workspace',
  fleet: 'Reading the fleet',
  verify: 'Verifying the changes',
  recover: 'Recovering an interrupted run',
  live: 'Reading effective settings',
  rehearse: 'Running the what-if',
  diagnose: 'Waiting for the diagnosis of the service',
};

/** The states of a step as users read them. */
export const stepWords: Readonly<Record<StepState | StepEvent['state'], string>> = {
  waiting: 'pending',
  intended: 'in progress',
  sent: 'in progress',
  running: 'in progress',
  done: 'done',
  verified: 'verified',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'outcome unknown',
};

/** `snet-train in progress: Azure status InProgress`; null for a step that has not been sent. */
export function stepSentence({ resource, state, detail }: StepEvent, separator: string): string | null {
  if (state === 'waiting' || state === 'intended') return null;
  const told = state === 'running' ? `Azure status ${clean(detail, 60)}` : clean(detail, 300);
  return `${clean(nameInParent(resource), 120)}${separator}${stepWords[state]}${detail === '' ? '' : `: ${told}`}`;
}
