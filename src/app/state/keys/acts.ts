// Keys that change the workspace, or ask it: each an abbreviation of a command line.
import type { Finding } from '../../../model/finding.ts';
import { paletteWith } from '../../overlays/palette.ts';
import type { Binding } from '../binding.ts';
import { pathLine } from '../path-line.ts';
import {
  busy,
  mayAdmit,
  mayAsk,
  mayAskService,
  mayFix,
  mayFixAll,
  mayRedo,
  mayUndo,
  mayWrite,
  sendsNothing,
} from '../reasons.ts';
import { countToFix, markedToFix, selectedFinding, selectedResource } from '../select.ts';
import type { State } from '../state.ts';
import { admit } from './admit.ts';
import { lookAtGuided } from './guided.ts';
import { askLive } from './live.ts';
import { askService, explainError } from './service.ts';

/** The marked findings that can be fixed, else the selected one. */
function chosen(state: State): readonly Finding[] {
  if (state.view.selection.marked.size > 0) return [...markedToFix(state)];
  const finding = selectedFinding(state);
  return finding === undefined ? [] : [finding];
}

export const acts: readonly Binding[] = [
  {
    name: 'fix',
    where: ['screen'],
    keys: ['f'],
    label: 'fix',
    help: 'Fix the selected finding, or all marked ones as one plan: shows before, after and the way back, then asks',
    effect(kit) {
      const { palette, guard, fix } = kit;
      const findings = chosen(kit.store.get());
      const ids = findings.map(({ id }) => id);
      if (ids.length === 0) return;
      const line = `fix ${ids.join(' ')}`;
      if (findings.every((finding) => finding.fix.kind !== 'guided')) fix(ids, line);
      // A guided fix has questions to put, and the command knows them; where nothing is sent, it refuses before the first.
      else if (sendsNothing(kit.store.get()) === null) guard(palette.run(['fix', ...ids]));
      else guard(lookAtGuided(kit, ids, line));
    },
    line(state) {
      const many = countToFix(state);
      if (many > 3) return `fix ${markedToFix(state).next().value?.id} and ${many - 1} more`;
      const ids = chosen(state).map(({ id }) => id);
      return `fix ${ids.join(' ') || '{finding}'}`;
    },
    hint: 1,
    off: mayFix,
  },
  {
    name: 'fix-all',
    where: ['screen'],
    keys: ['F'],
    label: 'fix all',
    help: 'Fix everything that has an automatic fix, as one plan',
    effect: ({ fix }) => fix('all', 'fix --all'),
    line: () => 'fix --all',
    hint: 2,
    off: mayFixAll,
  },
  {
    name: 'guide',
    where: ['screen'],
    keys: ['w'],
    label: 'guide',
    help: 'Walk through the findings one by one, worst first: why, what is sent, yes or no',
    effect: ({ guard, palette }) => guard(palette.run(['guide'])),
    line: () => 'guide',
    hint: 8.5,
    off: busy,
  },
  {
    name: 'undo',
    where: ['screen', 'result'],
    keys: ['u', 'z'],
    label: 'undo',
    help: 'Take the newest act back, after the same preview',
    effect: ({ guard, acting, session }) =>
      guard(acting.preview('undo', (signal) => session.planUndo(undefined, signal))),
    line: () => 'undo',
    hint: 3,
    off: mayUndo,
  },
  {
    name: 'redo',
    where: ['screen', 'result'],
    keys: ['U', 'Z'],
    label: 'redo',
    help: 'Do the newest undone act again, after the same preview',
    effect: ({ guard, acting, session }) =>
      guard(acting.preview('redo', (signal) => session.planRedo(undefined, signal))),
    line: () => 'redo',
    hint: 3.5,
    quietWhenOff: true,
    off: mayRedo,
  },
  {
    name: 'admit',
    where: ['screen'],
    keys: ['i'],
    label: 'admit',
    help: 'Admit an address or range to the firewall of the selected storage account',
    effect: (kit) => kit.guard(admit(kit)),
    line: (state) => `fix storage.dev-client-ip --ip {address} --resource ${selectedResource(state) ?? '{account}'}`,
    off: mayAdmit,
  },
  {
    name: 'new',
    where: ['screen'],
    keys: ['n'],
    label: 'new',
    help: 'Make something new, a cluster say: a form asks for what it needs, then the plan is shown',
    effect: ({ guard, palette }) => guard(palette.run(['create'])),
    line: () => 'create {what} {name}',
    off: mayWrite,
  },
  {
    name: 'live',
    where: ['screen'],
    keys: ['L'],
    label: 'live',
    help: 'Ask Azure what is in effect where the selected finding is: the answers stand with its evidence',
    effect: (kit) => kit.guard(askLive(kit)),
    line: (state) => `explain ${selectedFinding(state)?.id ?? '{finding}'} --live`,
    off: mayAsk,
  },
  {
    name: 'diagnose',
    where: ['screen'],
    keys: ['D'],
    label: 'diagnose',
    help: 'Ask the service for its own diagnosis: what it says stands with the findings it speaks about',
    effect: (kit) => kit.guard(askService(kit)),
    line: () => 'audit --diagnose',
    off: mayAskService,
  },
  {
    name: 'explain-error',
    where: ['screen'],
    keys: ['E'],
    label: 'error',
    help: 'Ask what is behind an error message that somebody met, here in this workspace',
    effect: (kit) => kit.guard(explainError(kit)),
    line: () => 'explain --error TEXT',
    off: busy,
  },
  {
    name: 'rescan',
    where: ['screen'],
    keys: ['r', 'ctrl-r'],
    label: 'rescan',
    help: 'Read the workspace again',
    effect: ({ desk, guard }) => guard(desk.work({ title: 'Reading the workspace', writing: false }, desk.read)),
    line: () => 'scan',
    hint: 7,
    off: busy,
  },
  {
    name: 'path',
    where: ['screen'],
    keys: ['p'],
    label: 'path',
    help: 'Follow packets from the selected subnet or compute, or to the selected service, hop by hop',
    effect({ store, show }) {
      const text = pathLine(store.get());
      if (text !== null) show(paletteWith(text));
    },
    line: (state) => pathLine(state) ?? 'path --source {end} --destination {end}',
    off: (state) =>
      pathLine(state) === null
        ? 'Select a subnet, a compute or a service to follow packets from or to it.'
        : busy(state),
  },
];
