// Keys that navigate, copy or choose, on every screen.
import { quoteWord } from '../../../command/parse-line.ts';
import { exitStatus } from '../../../model/failure.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { inputOf } from '../../draw/input.ts';
import { linkTo } from '../../draw/links.ts';
import { line, word } from '../../draw/text.ts';
import { documentOf } from '../../overlays/document.tsx';
import { helpOverlay } from '../../overlays/help.tsx';
import { messagesOverlay } from '../../overlays/output.tsx';
import { paletteWith } from '../../overlays/palette.ts';
import { whyNoLine } from '../../overlays/plan/value.ts';
import type { Binding } from '../binding.ts';
import { placesOf } from '../current.ts';
import { currentFilter } from '../current-screen.ts';
import type { EffectContext } from '../effect-context.ts';
import { portalUrl } from '../portal.ts';
import { findingsToFix, selectedFinding, selectedResource } from '../select.ts';
import { opened } from '../stack.ts';
import type { State } from '../state.ts';

/** Starts a demo world instead of an unreadable workspace: asks which, then restarts with it. */
async function startDemo({ options, asking, leave }: EffectContext): Promise<void> {
  const worlds = (await options.demos?.list()) ?? [];
  const width = Math.max(...worlds.map(({ name }) => name.length)) + 2;
  const choices = worlds.map(({ name, title }) => ({ value: name, label: `${name.padEnd(width)}${title}` }));
  const world = await asking.ask.choose({ name: 'demo', title: 'Select a demo world', choices }).catch(() => null);
  if (world === null) return;
  options.demos?.start(world);
  leave(exitStatus.done);
}

export const looking: readonly Binding[] = [
  {
    name: 'filter',
    where: ['screen'],
    keys: ['/'],
    label: 'filter',
    help: 'Filter the list or the tree: text, !text; problems and findings also by sev:high, rule:text, fix:auto, fix:needs-input, is:unknown',
    change(state) {
      // On a screen without a filter, it filters the findings.
      const there = currentFilter(state) === null ? { ...state, screen: 'findings' } : state;
      const before = currentFilter(there) ?? '';
      return { ...there, overlay: { kind: 'filter', input: inputOf(before), before } };
    },
    line: () => 'findings',
    hint: 4,
  },
  {
    name: 'command',
    where: ['screen', 'path'],
    keys: [':', 'ctrl-p'],
    label: 'command',
    help: 'Type a command, the same as in the shell, or the name of a screen; Tab completes',
    change: (state) => opened(state, paletteWith()),
    hint: 5,
  },
  {
    name: 'raw',
    where: ['screen'],
    keys: ['y'],
    label: 'raw',
    help: 'Show the raw JSON of the selected resource',
    change(state) {
      const resource = resourceSelected(state);
      if (resource === undefined) return state;
      const title = `${clean(nameOf(resource.id))}  ${clean(resource.type)} ${resource.apiVersion}`;
      return { ...state, overlay: documentOf(title, resource.body) };
    },
    line: (state) => `show ${selectedResource(state) ?? 'RESOURCE'}`,
    disabledReason: (state) => (resourceSelected(state) === undefined ? 'Select a resource.' : null),
  },
  {
    name: 'demo',
    where: ['screen'],
    keys: ['W'],
    label: 'demo',
    help: 'Start a demo instead of the workspace',
    effect: (effects) => effects.guard(startDemo(effects)),
    disabledReason: (state) => (state.report === null ? null : 'A workspace is open; quit and run bastide --demo.'),
  },
  {
    name: 'links',
    where: ['screen'],
    keys: ['O'],
    label: 'links',
    help: 'Show the documentation links of the selected finding, and copy the first',
    effect({ store, show, copy }) {
      const links = linksOf(store.get());
      const lines = links.map((link) => line(linkTo(clean(link), 'link', link)));
      show({ kind: 'output', title: 'Read more', lines, running: false, top: 0 });
      copy(links[0] ?? null, 'address');
    },
    disabledReason: (state) => (linksOf(state).length === 0 ? 'The selection has no documentation links.' : null),
  },
  {
    name: 'theme',
    where: ['screen'],
    keys: ['T'],
    label: 'theme',
    help: 'Next theme',
    command: () => ['theme'],
    asks: async ({ options, store }) => {
      const at = options.themes.findIndex((theme) => theme.name === store.get().theme.name);
      return [options.themes[(at + 1) % options.themes.length]?.name ?? ''];
    },
    how: ({ controller, store }) => ({ quiet: true, shown: () => controller.say(`Theme ${store.get().theme.name}.`) }),
    line: () => 'theme NAME',
  },
  {
    name: 'messages',
    where: ['screen'],
    keys: ['m'],
    label: 'messages',
    help: 'Show earlier messages',
    change: (state) => ({ ...state, overlay: messagesOverlay(state) }),
  },
  {
    name: 'copy-id',
    where: ['screen'],
    keys: ['c'],
    label: 'copy id',
    help: 'Copy the id of the selected problem, finding or resource',
    effect({ store, copy }) {
      const state = store.get();
      const { about, problems, finding } = state.view.selection;
      const own = { problem: problems[0]?.id, finding: finding?.id, resource: undefined }[about];
      copy(own ?? selectedResource(state), 'id');
    },
  },
  {
    name: 'portal',
    where: ['screen'],
    keys: ['v'],
    label: 'portal',
    help: 'Open the selected resource in the Azure portal; over SSH, its address is shown and copied',
    effect: (effects) => effects.guard(openInPortal(effects)),
    disabledReason: (state) => (portalAddress(state) === null ? 'Select a resource.' : null),
  },
  {
    name: 'copy-line',
    where: ['screen', 'path', 'buttons'],
    keys: ['C'],
    label: 'copy line',
    help: 'Copy the equivalent command line',
    effect: ({ options, store, copy }) => copy(equivalentLine(store.get(), options.withSource), 'command line'),
    disabledReason: ({ overlay }) => (overlay?.kind === 'plan' ? whyNoLine(overlay) : null),
  },
  {
    name: 'help',
    where: ['screen', 'path', 'buttons', 'choices', 'guide', 'result', 'json', 'output', 'failure'],
    keys: ['?'],
    label: 'help',
    help: 'Show all keys in one sheet; / searches it',
    change: (state) => opened(state, helpOverlay(placesOf(state))),
    hint: 6,
    hintAlways: true,
  },
];

const portalAddress = (state: State): string | null => {
  const id = selectedResource(state);
  return id === null ? null : portalUrl(id, state.source, state.identity?.tenant);
};

/** What exists in Azure is opened where there is a browser; else the address is shown, and copied. */
async function openInPortal({ options, store, show, copy, controller }: EffectContext): Promise<void> {
  const state = store.get();
  const url = portalAddress(state);
  if (url === null) return;
  const isReal = state.source.kind === 'azure';
  if (isReal && (await options.openPage?.(url)) === true) {
    return controller.say(`Opened ${clean(nameOf(selectedResource(state) ?? ''))} in the Azure portal.`);
  }
  const lines = [
    line(linkTo(url, 'link', url)),
    ...(isReal ? [] : [[], line(word('The source is not Azure: the portal has no page for this resource.', 'dim'))]),
  ];
  show({ kind: 'output', title: 'Azure portal', lines, running: false, top: 0 });
  copy(url, 'address');
}

const linksOf = (state: State): readonly string[] =>
  state.rules.get(selectedFinding(state)?.rule ?? '')?.explain.links ?? [];

function resourceSelected(state: State): Resource | undefined {
  const id = selectedResource(state);
  return id === null ? undefined : state.snapshot?.resources.find((one) => sameId(one.id, id));
}

function equivalentLine(state: State, whole = (line: string): string => line): string | null {
  const { overlay } = state;
  if (overlay !== null && 'line' in overlay) return whole(`bastide ${overlay.line}`);
  const finding = selectedFinding(state);
  const ids = state.view.selection.problems.length === 0 ? [] : findingsToFix(state);
  if (ids.length > 0) return whole(`bastide fix ${ids.map(quoteWord).join(' ')}`);
  return finding ? whole(`bastide ${finding.outcome === 'fail' ? 'fix' : 'explain'} ${finding.id}`) : null;
}
