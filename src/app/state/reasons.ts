// Why an act is off now, in a sentence; null when it is on.
import { admitsAddresses, decidesTraffic } from '../../kinds/index.ts';
import { countToFix, selectedFinding, selectedResource } from './select.ts';
import type { State } from './state.ts';

export type Reason = (state: State) => string | null;

export const busy: Reason = (state) =>
  state.work === null ? null : `Wait: ${state.work.title.toLowerCase()} is still going on.`;
/** Why nothing at all is sent from here; what would be sent may be looked at all the same. */
export const sendsNothing: Reason = ({ source, readOnly }) => {
  if (source.kind === 'files') return 'These are files: nothing can be sent from here.';
  return readOnly ? 'Bastide runs read-only; start it without --read-only to send changes.' : null;
};
export const mayWrite: Reason = (state) => sendsNothing(state) ?? busy(state);
/** A plan may be looked at where nothing can be sent. */
export const mayFix: Reason = (state) => {
  if (state.view.selection.marked.size > 0) {
    return countToFix(state) > 0 ? busy(state) : 'None of the marked findings fails and has a fix.';
  }
  const finding = selectedFinding(state);
  if (finding === undefined) return 'No finding is selected.';
  if (finding.outcome !== 'fail') return 'This finding does not fail, so there is nothing to fix.';
  if (finding.fix.kind === 'none') return 'There is no fix in place for this finding; the explanation says what to do.';
  return busy(state);
};
export const mayFixAll: Reason = (state) => {
  if (state.report === null) return 'Nothing has been read yet.';
  if (state.view.findings.value.automatic === 0) return 'No failing finding has an automatic fix.';
  return busy(state);
};
export const mayAskService: Reason = (state) => {
  if (state.source.kind === 'files') return 'These are files: there is no service to ask.';
  if (state.snapshot === null) return 'Nothing has been read yet.';
  if (state.snapshot.workspace === null) return 'There is no workspace to ask about.';
  return busy(state);
};
export const mayUndo: Reason = (state) =>
  state.entries.some((entry) => entry.verb !== 'undo' && entry.undoneBy === null)
    ? mayWrite(state)
    : 'The history holds nothing to undo.';
export const mayRedo: Reason = (state) =>
  state.entries.some((entry) => entry.verb !== 'undo' && entry.undoneBy !== null)
    ? mayWrite(state)
    : 'Nothing has been undone.';

export const mayAdmit: Reason = (state) =>
  admitsAddresses(selectedResource(state) ?? '')
    ? mayWrite(state)
    : 'Select a storage account to admit an address to its firewall.';

export const mayAsk: Reason = (state) => {
  const finding = selectedFinding(state);
  if (finding === undefined) return 'No finding is selected.';
  if (![finding.resource, finding.where ?? ''].some(decidesTraffic)) {
    return 'This finding is about no subnet, so there is nothing to ask Azure about.';
  }
  if (state.source.kind === 'files') return 'These are files: there is nobody to ask.';
  return busy(state);
};
