// Keys that change the workspace or query Azure: each runs a command line.
import { paletteWith } from '../../overlays/palette.ts';
import { notUndoable, undoSelected } from '../../screens/history.ts';
import { type Binding, planning } from '../binding.ts';
import { isFleet, noFleet, readFleet } from '../fleet.ts';
import { pathLine } from '../path-line.ts';
import {
  busy,
  isWithoutWorkspace,
  mayAllowAddress,
  mayAsk,
  mayAskService,
  mayFix,
  mayFixAll,
  mayGuide,
  mayRedo,
  mayUndo,
  mayWrite,
} from '../reasons.ts';
import { countToFix, findingsToFix, selectedFinding, selectedResource } from '../select.ts';
import { askAddress, askError, askingLive, askingService, scanning } from './run-options.ts';

export const acts: readonly Binding[] = [
  {
    name: 'fix',
    where: ['screen'],
    keys: ['f'],
    label: 'fix',
    help: 'Fix the selected problem or finding, or all marked ones as one plan; shows a preview first',
    command(state) {
      const ids = findingsToFix(state);
      return ids.length === 0 ? null : ['fix', ...ids];
    },
    how: planning,
    line(state) {
      const { count, first } = countToFix(state);
      if (count > 3) return `fix ${first} and ${count - 1} more`;
      return `fix ${findingsToFix(state).join(' ') || 'FINDING'}`;
    },
    hint: 1,
    hideWhenDisabled: isWithoutWorkspace,
    disabledReason: mayFix,
  },
  {
    name: 'fix-all',
    where: ['screen'],
    keys: ['F'],
    label: 'fix all',
    help: 'Preview all auto-fixes as one plan',
    command: () => ['fix', '--all'],
    how: planning,
    hint: 2,
    hideWhenDisabled: isWithoutWorkspace,
    disabledReason: mayFixAll,
  },
  {
    name: 'guide',
    where: ['screen'],
    keys: ['w'],
    label: 'guide',
    help: 'Go through the problems one by one, worst first: what is wrong, the fix, apply or skip',
    command: () => ['guide'],
    how: () => ({ withSnapshot: true }),
    hint: 8.5,
    hideWhenDisabled: isWithoutWorkspace,
    disabledReason: mayGuide,
  },
  {
    name: 'undo',
    where: ['screen', 'result'],
    keys: ['u', 'z'],
    label: 'undo',
    help: 'Undo the latest change; shows a preview first',
    command: (state) => ['undo', ...(undoSelected(state) ?? [])],
    how: planning,
    hint: 3,
    hideWhenDisabled: isWithoutWorkspace,
    disabledReason: (state) => (undoSelected(state) === null ? notUndoable : mayUndo(state)),
  },
  {
    name: 'redo',
    where: ['screen', 'result'],
    keys: ['U', 'Z'],
    label: 'redo',
    help: 'Redo the latest undone change; shows a preview first',
    command: () => ['redo'],
    how: planning,
    hint: 3.5,
    hideWhenDisabled: true,
    disabledReason: mayRedo,
  },
  {
    name: 'allow-ip',
    where: ['screen'],
    keys: ['i'],
    label: 'allow IP',
    help: 'Allow an IP address or range in the firewall of the selected storage account',
    command(state) {
      const account = selectedResource(state);
      return account === null ? null : ['fix', 'storage.dev-client-ip', '--resource', account];
    },
    asks: askAddress,
    how: planning,
    line: (state) => `fix storage.dev-client-ip --ip ADDRESS --resource ${selectedResource(state) ?? 'ACCOUNT'}`,
    disabledReason: mayAllowAddress,
  },
  {
    name: 'new',
    where: ['screen'],
    keys: ['n'],
    label: 'new',
    help: 'Create a resource, a compute cluster for example; a form asks for its settings',
    command: () => ['create'],
    line: () => 'create WHAT NAME',
    disabledReason: mayWrite,
  },
  {
    name: 'live',
    where: ['screen'],
    keys: ['L'],
    label: 'live',
    help: 'Ask Azure for the effective rules and routes where the selected finding is',
    command(state) {
      const finding = selectedFinding(state);
      return finding === undefined ? null : ['explain', finding.id, '--live'];
    },
    how: askingLive,
    line: (state) => `explain ${selectedFinding(state)?.id ?? 'FINDING'} --live`,
    disabledReason: mayAsk,
  },
  {
    name: 'diagnose',
    where: ['screen'],
    keys: ['D'],
    label: 'diagnose',
    help: 'Run the diagnosis of the Azure Machine Learning service for this workspace',
    command: () => ['audit', '--diagnose'],
    how: askingService,
    disabledReason: mayAskService,
  },
  {
    name: 'explain-error',
    where: ['screen'],
    keys: ['E'],
    label: 'error',
    help: 'Explain an error message: its likely causes in this workspace',
    command: () => ['explain'],
    asks: askError,
    how: () => ({ withSnapshot: true }),
    line: () => 'explain --error TEXT',
    disabledReason: busy,
  },
  {
    name: 'preflight',
    where: ['screen'],
    keys: ['J'],
    label: 'job',
    help: 'Check whether a job or deployment file will run in this network',
    effect: ({ show }) => show(paletteWith('preflight ')),
    line: () => 'preflight FILE',
    disabledReason: busy,
  },
  {
    name: 'rescan',
    where: ['screen'],
    keys: ['r', 'ctrl-r'],
    label: 'rescan',
    help: 'Scan the workspace again; in Fleet, read every workspace',
    command: (state) => (isFleet(state) ? null : ['scan']),
    how: scanning,
    effect(effects) {
      if (isFleet(effects.store.get())) effects.guard(readFleet(effects));
    },
    line: (state) => (isFleet(state) ? 'fleet audit' : 'scan'),
    hint: 7,
    disabledReason: (state) => (isFleet(state) ? noFleet(state) : null) ?? busy(state),
  },
  {
    name: 'path',
    where: ['screen'],
    keys: ['p'],
    label: 'path',
    help: 'Trace the network path from the selected subnet or compute, or to the selected service, hop by hop',
    effect({ store, show }) {
      const text = pathLine(store.get());
      if (text !== null) show(paletteWith(text));
    },
    line: (state) => pathLine(state) ?? 'path --source SOURCE --destination DESTINATION',
    disabledReason: (state) =>
      pathLine(state) === null ? 'Select a subnet, a compute or a service as one end of the path.' : busy(state),
  },
];
