// The key that accepts findings in `bastide.yaml`, and ends that.
import type { Finding } from '../../../model/finding.ts';
import { isAccepted } from '../../../model/finding.ts';
import { markedRows } from '../../rows/marks.ts';
import type { Binding } from '../binding.ts';
import type { EffectContext, RunOptions } from '../effect-context.ts';
import { busy, type Reason } from '../reasons.ts';
import { selectedFinding } from '../select.ts';
import type { State } from '../state.ts';

/** The findings of the selected or marked problems, the marked findings, else the selected one, that fail. */
function failing(state: State): readonly Finding[] {
  const { marked, problems } = state.view.selection;
  const { byId } = state.view.findings.value;
  const selected = selectedFinding(state);
  const all =
    problems.length > 0
      ? problems.flatMap(({ findings }) => findings.flatMap((id) => byId.get(id) ?? []))
      : marked.size > 0
        ? [...(markedRows(marked) ?? [])]
        : selected === undefined
          ? []
          : [selected];
  return all.filter(({ outcome }) => outcome === 'fail');
}
const toAccept = (state: State): readonly string[] =>
  failing(state).flatMap((one) => (isAccepted(one) ? [] : [one.id]));
const acceptedNow = (state: State): readonly string[] =>
  failing(state).flatMap((one) => (isAccepted(one) ? [one.id] : []));

/** Asked at each frame: what is marked is not gone through. */
const mayAccept: Reason = (state) => {
  const { marked, problems } = state.view.selection;
  const isThere = marked.size > 0 || problems.length > 0 || selectedFinding(state)?.outcome === 'fail';
  return isThere ? busy(state) : 'Select a failing problem or finding to accept it.';
};
/** Where all of them are accepted, that ends. */
const ends = (state: State): boolean => toAccept(state).length === 0 && acceptedNow(state).length > 0;

const how = ({ store, controller }: EffectContext): RunOptions =>
  ends(store.get())
    ? {
        ...{ title: 'Removing the acceptance', withSnapshot: true, quiet: true },
        shown: () => controller.say('No longer accepted: it counts again.', 'ok'),
      }
    : {};

export const accepting: readonly Binding[] = [
  {
    name: 'accept',
    where: ['screen'],
    keys: ['x'],
    label: 'accept',
    help: 'Accept the selected problem or finding, or all marked ones, in bastide.yaml: a form asks why and until when; for accepted ones, remove the acceptance',
    // The value that is missing is what the form asks for.
    command: (state) =>
      ends(state) ? ['accept', ...acceptedNow(state), '--remove'] : ['accept', ...toAccept(state), '--reason'],
    line: (state) =>
      `accept ${selectedFinding(state)?.id ?? 'FINDING'} ${selectedFinding(state)?.accepted ? '--remove' : '--reason TEXT'}`,
    how,
    yields: true,
    hint: 6.5,
    hideWhenDisabled: true,
    disabledReason: mayAccept,
  },
];
