// What changed since a time or a snapshot, who changed it, and the findings of each change; a change is restored from here.
import type { Line } from '../../command/definition.ts';
import { parseLine } from '../../command/parse-line.ts';
import type { DriftChange, DriftReport } from '../../model/drift.ts';
import { causeWords, driftNumbers, leftOpenWords, settingAuthorWords } from '../../model/drift-words.ts';
import type { Json } from '../../model/json.ts';
import { nameInParent } from '../../model/resource-id.ts';
import { shortFinding } from '../../model/short-finding.ts';
import { clean, counted } from '../../model/text.ts';
import { TextPage } from '../components/TextPage.tsx';
import { pageRows } from '../draw/dialog.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { clamp, target } from '../draw/window.ts';
import { settingText } from '../screens/parts/changed-text.ts';
import { type Binding, planning } from '../state/binding.ts';
import { busy, mayWrite } from '../state/reasons.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly drift: DriftOverlay;
  }
}

export interface DriftOverlay {
  readonly kind: 'drift';
  /** The command line that it is the result of. */
  readonly line: string;
  readonly drift: DriftReport;
  /** The selected change. */
  readonly index: number;
  /** First line shown. */
  readonly top: number;
}

/** The overlay of a result; null for a result that is no drift. */
export function driftOverlay(text: string, result: Json | null): DriftOverlay | null {
  const drift = result as unknown as DriftReport | null;
  if (drift === null || !Array.isArray(drift.changes)) return null;
  return { kind: 'drift', line: text, drift, index: 0, top: 0 };
}

/** The words that compare with the same time or snapshot again. */
function sinceWords({ line: text, drift }: DriftOverlay): readonly string[] {
  const words = parseLine(text, () => undefined);
  const at = words.findIndex((one) => one === '--baseline' || one.startsWith('--baseline='));
  const joined = words[at]?.includes('=') === true;
  if (at >= 0) return words.slice(at, at + (joined ? 1 : 2));
  return drift.since.at === null ? [] : ['--since', drift.since.at];
}

const opened = ({ overlay }: State): DriftOverlay | null => (overlay?.kind === 'drift' ? overlay : null);
const selected = (overlay: DriftOverlay | null): DriftChange | undefined => overlay?.drift.changes[overlay.index];

function mayPutBack(state: State): string | null {
  const change = selected(opened(state));
  if (change === undefined) return 'Nothing changed.';
  if (change.author?.entry != null) return 'Bastide made this change: undo it in History.';
  return change.notRestorable ?? mayWrite(state);
}

const bindings: readonly Binding[] = [
  {
    name: 'drift-put-back',
    where: ['drift'],
    keys: ['F'],
    label: 'restore',
    help: 'Preview the plan that restores what this change replaced',
    command(state) {
      const overlay = opened(state);
      const change = selected(overlay);
      return overlay === null || change === undefined
        ? null
        : ['restore', ...sinceWords(overlay), '--resource', change.target];
    },
    how: planning,
    hint: 1,
    disabledReason: mayPutBack,
  },
  {
    name: 'drift-put-all-back',
    where: ['drift'],
    keys: ['A'],
    label: 'restore all',
    help: 'Preview the plan that restores everything that others changed',
    command(state) {
      const overlay = opened(state);
      return overlay === null ? null : ['restore', ...sinceWords(overlay)];
    },
    how: planning,
    hint: 2,
    disabledReason(state) {
      const changes = opened(state)?.drift.changes ?? [];
      const isAny = changes.some(({ author, notRestorable }) => author?.entry == null && notRestorable === null);
      return isAny ? mayWrite(state) : 'Nothing that others changed can be restored.';
    },
  },
  {
    name: 'drift-again',
    where: ['drift'],
    keys: ['r', 'ctrl-r'],
    label: 'rescan',
    help: 'Scan the workspace and compare again',
    command: (state) => {
      const overlay = opened(state);
      return overlay === null ? null : parseLine(overlay.line, () => undefined);
    },
    hint: 3,
    disabledReason: busy,
  },
  {
    name: 'drift-close',
    where: ['drift'],
    keys: ['esc', 'q'],
    label: 'close',
    help: 'Close the changes',
    effect: ({ show }) => show(null),
    hint: 4,
  },
];

export const drift = defineOverlay<DriftOverlay>({
  kind: 'drift',
  crumb: () => 'drift',
  places: () => ['list', 'line-copy'],
  bindings,
  text(overlay, { ascii }, width) {
    const { mark, more } = glyphsFor(ascii);
    const { changes, notes, opened: findings } = overlay.drift;
    const caused = new Set(changes.flatMap((one) => one.opened ?? []));
    const open = leftOpenWords(overlay.drift);
    const others = findings.filter(({ id }) => !caused.has(id));
    return [
      line(word(driftNumbers(overlay.drift))),
      ...notes.flatMap((note) => wrapText(clean(note, 600), width, 'warn')),
      ...changes.flatMap((change, at) => [
        [],
        ...changeLines(change, at === overlay.index ? `${mark} ` : '  ', width, more),
      ]),
      ...(others.length === 0 ? [] : [[], line(word(`Opened ${causeWords(overlay.drift)}`, 'heading'))]),
      ...others.flatMap(({ id }) => wrapText(`  ${shortFinding(id)}`, width, 'bad', 4)),
      ...(open.length === 0 ? [] : [[], line(word('Not compared', 'heading'))]),
      ...open.flatMap((one) => wrapText(`  ${one}`, width, 'unknown', 4)),
    ];
  },
  derive(overlay, { ascii, panel, view }) {
    const at = panel.value.findIndex(([first]) => first?.text === `${glyphsFor(ascii).mark} `);
    const rows = pageRows(view.layout);
    const least = at + Math.min(shownRows, rows) - rows;
    const near = overlay.index === 0 ? 0 : clamp(Math.max(overlay.top, least), Math.max(0, at));
    const top = clamp(near, Math.max(0, panel.value.length - rows));
    return top === overlay.top ? overlay : { ...overlay, top };
  },
  move(overlay, move, times, { view }) {
    const index = target(overlay.index, move, overlay.drift.changes.length, pageRows(view.layout), times);
    return index === overlay.index ? overlay : { ...overlay, index };
  },
  Body: ({ slice, state }) => (
    <TextPage
      title={`Changes since ${clean(slice.drift.since.name, 60)}`}
      top={slice.top}
      layout={state.view.layout}
      lines={state.panel.value}
    />
  ),
  placement: 'body',
});

/** Rows of the selected change that are in view at least. */
const shownRows = 6;
const mostSettings = 20;

function changeLines(
  { target: id, settings, opened: bad = [], closed = [], notRestorable }: DriftChange,
  lead: string,
  width: number,
  cut: string,
): Line[] {
  const groups = Map.groupBy(settings.slice(0, mostSettings), settingAuthorWords);
  const more = settings.length - mostSettings;
  return [
    [word(lead, 'accent'), word(clean(nameInParent(id), 120), 'heading')],
    ...[...groups].flatMap(([says, own]) => [
      ...own.flatMap((setting) => {
        const name = setting.resource === id ? '' : `${clean(nameInParent(setting.resource), 120)} `;
        return wrapText(`    ${name}${settingText(setting, cut)}`, width, undefined, 6);
      }),
      ...wrapText(`    ${says}`, width, own[0]?.unknown === null ? 'accent' : 'unknown', 6),
    ]),
    ...(more > 0 ? [line(word(`    and ${counted(more, 'more setting')}`, 'dim'))] : []),
    ...bad.flatMap((one) => wrapLine(line(word('    opened  ', 'bad'), shortFinding(one)), width, 12)),
    ...closed.flatMap((one) => wrapLine(line(word('    closed  ', 'ok'), shortFinding(one)), width, 12)),
    ...(notRestorable === null ? [] : wrapText(`    Not restored: ${clean(notRestorable, 300)}`, width, 'dim', 6)),
  ];
}
