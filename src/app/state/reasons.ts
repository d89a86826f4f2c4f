// Why an action is unavailable, in a sentence; null when it is available.
import { mayBeUndone, nothingTo, restOf } from '../../model/entry.ts';
import type { Problem } from '../../model/problem.ts';
import { allowsAddresses, decidesTraffic } from '../../resource-types/index.ts';
import { isFleet } from './fleet.ts';
import { countToFix, selectedFinding, selectedResource } from './select.ts';
import type { State } from './state.ts';

export type Reason = (state: State) => string | null;

export const busy: Reason = (state) =>
  state.work === null ? null : `Wait: ${state.work.title.toLowerCase()} is still running.`;
/** Why nothing can be applied here; previews are still available. */
export const sendsNothing: Reason = ({ source, readOnly }) => {
  if (source.kind === 'files') return 'The source is files; changes cannot be applied.';
  return readOnly ? 'Read-only session; start without --read-only to apply changes.' : null;
};
/** Nothing is known before the first scan has ended: neither findings nor what can be undone. */
const unscanned: Reason = ({ report, work }) => {
  if (report !== null) return null;
  return work === null ? 'The workspace has not been scanned yet.' : 'Wait for the scan, then retry.';
};
/** A row is a workspace, and another one may be open. */
const inFleet: Reason = (state) => (isFleet(state) ? 'Press Enter to open a workspace; fixes are made there.' : null);
/** Where no workspace is shown, and none is being read: what needs one is no hint. */
export const isWithoutWorkspace = (state: State): boolean =>
  isFleet(state) || (state.report === null && state.problem !== null);
export const mayWrite: Reason = (state) => sendsNothing(state) ?? busy(state);
/** A plan can be previewed where nothing can be applied. */
export const mayFix: Reason = (state) => {
  const unknown = inFleet(state) ?? unscanned(state);
  if (unknown !== null) return unknown;
  const { marked, problems } = state.view.selection;
  if (marked.size > 0 || problems.length > 0) {
    return countToFix(state).count > 0 ? busy(state) : whyNoFix(problems);
  }
  const finding = selectedFinding(state);
  if (finding === undefined) return 'No problem or finding is selected.';
  if (finding.outcome === 'unknown') return 'The result is unknown. Explain says why.';
  if (finding.outcome !== 'fail') return 'The finding does not fail.';
  if (finding.fix.kind === 'none') return 'No automatic fix; see the manual steps in the explanation.';
  return busy(state);
};
/** Why none of the problems, or else of the marked findings, is fixable. */
function whyNoFix(problems: readonly Problem[]): string {
  const [first, second] = problems;
  if (first === undefined) return 'None of the marked findings is fixable.';
  if (second !== undefined) return 'None of the marked problems is fixable.';
  return first.kind === 'unreadable'
    ? 'Nothing to fix: the result is unknown; the details say what to do.'
    : 'No automatic fix; the details say what to do.';
}
export const mayFixAll: Reason = (state) => {
  const unknown = inFleet(state) ?? unscanned(state);
  if (unknown !== null) return unknown;
  const { automatic, offered } = state.view.findings.value;
  if (automatic + offered === 0) return 'No finding is auto-fixable.';
  return busy(state);
};
export const mayGuide: Reason = (state) => inFleet(state) ?? unscanned(state) ?? busy(state);
export const mayAskService: Reason = (state) => {
  if (state.source.kind === 'files') return 'The source is files; there is no service to ask.';
  if (state.snapshot === null) return unscanned(state) ?? 'There is no workspace in scope.';
  if (state.snapshot.workspace === null) return 'There is no workspace in scope.';
  return busy(state);
};
/** A result is shown before the history with it is read. */
const isUnlisted = ({ act, entries }: State): boolean =>
  act?.outcome?.entry != null && !entries.some(({ id }) => id === act.outcome?.entry);
export const mayUndo: Reason = (state) => {
  const isThere = state.entries.some((entry) => mayBeUndone(entry, state.entries));
  if (isFleet(state)) return inFleet(state);
  return isThere || (isUnlisted(state) && state.act?.verb !== 'undo')
    ? mayWrite(state)
    : (unscanned(state) ?? nothingTo('undo'));
};
export const mayResume: Reason = (state) => {
  const isLeft = isUnlisted(state)
    ? (state.act?.outcome?.remaining ?? 0) > 0
    : state.entries.some((entry) => restOf(entry).length > 0);
  return isLeft ? mayWrite(state) : (unscanned(state) ?? nothingTo('resume'));
};
export const mayRedo: Reason = (state) =>
  state.entries.some((entry) => entry.verb !== 'undo' && entry.undoneBy !== null) ||
  (isUnlisted(state) && state.act?.verb === 'undo')
    ? mayWrite(state)
    : (unscanned(state) ?? nothingTo('redo'));

export const mayAllowAddress: Reason = (state) =>
  allowsAddresses(selectedResource(state) ?? '') ? mayWrite(state) : 'Select a storage account to allow an IP address.';

export const mayAsk: Reason = (state) => {
  const finding = selectedFinding(state);
  if (finding === undefined) return 'No finding is selected.';
  if (![finding.resource, finding.where ?? ''].some(decidesTraffic)) {
    return 'The finding has no subnet or NIC to ask Azure about.';
  }
  if (state.source.kind === 'files') return 'The source is files; Azure cannot be asked.';
  return busy(state);
};
