// The Path screen without its looks: the line that asks, where its parts stand, the detail of a hop, what keys do.
import type { Line } from '../../command/definition.ts';
import { quoteWord } from '../../command/parse-line.ts';
import type { Json } from '../../model/json.ts';
import type { Hop, PathAnswer } from '../../model/path.ts';
import { hopTitles, verdictWords } from '../../model/path-words.ts';
import { nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { evidenceLines } from './detail.ts';
import type { Move } from './key-table.ts';
import { type Area, contentRows } from './layout.ts';
import { selectedFinding, selectedResource } from './select.ts';
import type { PathOverlay, State } from './state.ts';
import { line, word, wrapLine, wrapText } from './text.ts';

const blank: Line = [];
const startsThere = /\/(?:subnets|computes|virtualMachines|networkInterfaces)\/[^/]+$/i;
const endsThere = /\/(?:storageAccounts|vaults|registries|datastores)\/[^/]+$/i;

/** The name where only one resource has it, else the id. */
function spoken(id: string, state: State): string {
  const name = /\/subnets\//i.test(id) ? nameInParent(id) : nameOf(id);
  const all = state.snapshot?.resources ?? [];
  const same = all.filter(
    (one) => sameId(nameOf(one.id), nameOf(id)) && (startsThere.test(one.id) || endsThere.test(one.id)),
  );
  return quoteWord(same.length > 1 && !name.includes('/') ? id : name);
}

/** The beginning of the line that follows packets from or to the selection; whole for a finding about both; null for neither. */
export function pathLine(state: State): string | null {
  const finding = state.pane === 'tree' ? undefined : selectedFinding(state);
  const ends = finding ? [finding.resource, finding.where ?? ''] : [selectedResource(state) ?? ''];
  const source = ends.find((id) => startsThere.test(id));
  const destination = ends.find((id) => endsThere.test(id));
  if (source !== undefined && destination !== undefined) {
    return `path --source ${spoken(source, state)} --destination ${spoken(destination, state)}`;
  }
  if (source !== undefined) return `path --source ${spoken(source, state)} --destination `;
  return destination === undefined ? null : `path --destination ${spoken(destination, state)} --source `;
}

/** The overlay of an answer, the hop selected that it hangs on; null for a result that is no path. */
export function pathOverlay(text: string, result: Json | null): PathOverlay | null {
  const answer = result as unknown as PathAnswer | null;
  if (answer === null || !Array.isArray(answer.hops)) return null;
  const stop = answer.hops.findIndex(({ hop }) => hop === answer.stoppedBy);
  const index = stop < 0 ? answer.hops.length - 1 : stop;
  return { kind: 'path', line: text, answer, hop: { index, top: 0 }, side: 'hops', top: 0 };
}

/** Rows above the two sides: title, verdict and its reason. */
export const headRows = 3;
const besides = 76;

export interface PathAreas {
  /** One under the other instead of side by side. */
  readonly stacked: boolean;
  readonly hops: Area;
  readonly detail: Area;
}
export function pathAreas({ view }: Pick<State, 'view'>, { answer }: PathOverlay): PathAreas {
  const { width, body } = view.layout;
  const height = Math.max(4, body - headRows);
  if (width < besides) {
    const upper = Math.min(answer.hops.length + 1, Math.max(3, Math.floor(height * 0.4)));
    return { stacked: true, hops: { width, height: upper }, detail: { width, height: Math.max(2, height - upper) } };
  }
  const left = 32;
  // One column for the wall between them.
  return { stacked: false, hops: { width: left, height }, detail: { width: width - left - 1, height } };
}

export const selectedHop = ({ answer, hop }: PathOverlay): Hop | undefined => answer.hops[hop.index];

/** The verdict and why, in exactly two rows. */
export function verdictLines({ answer }: PathOverlay, width: number): readonly Line[] {
  const [text, role] = verdictWords[answer.verdict];
  const lines = wrapLine(line(word(` ${text}`, role), `  ${clean(answer.because)}`), width, 3);
  return [lines[0] ?? blank, lines[1] ?? blank];
}

/** The detail of the selected hop, wrapped. */
export function pathDetail(overlay: PathOverlay, state: State): readonly Line[] {
  const hop = selectedHop(overlay);
  if (!hop) return [];
  const width = Math.max(10, pathAreas(state, overlay).detail.width - 2);
  const [text, role] = verdictWords[hop.verdict];
  const verdict = hop.verdict === 'notAsked' ? 'nothing decides here' : text;
  const gaps = state.snapshot?.gaps.filter(({ id }) => hop.gaps.some((one) => sameId(one, id))) ?? [];
  const witnesses = (['allowed', 'denied', 'unknown'] as const).flatMap((outcome) => {
    const packet = hop.witness[outcome];
    return packet === undefined
      ? []
      : wrapLine(line(word(outcome.padEnd(9), verdictWords[outcome][1]), clean(packet)), width, 9);
  });
  return [
    ...wrapLine(line(word(clean(hop.at), 'heading'), word(`  ${hopTitles[hop.hop]}`, 'dim')), width, 2),
    line(word(verdict, role)),
    blank,
    ...wrapText(clean(hop.because), width),
    ...gaps.flatMap(({ action }) =>
      action === '' ? [] : wrapText(`Needs the permission ${clean(action)}.`, width, 'unknown'),
    ),
    ...(witnesses.length === 0 ? [] : [blank, line(word('For example', 'heading')), ...witnesses]),
    ...(hop.evidence.length === 0
      ? []
      : [blank, line(word('Evidence', 'heading')), ...evidenceLines(hop.evidence, width)]),
  ];
}

/** What a move does on either side; `target` says where one leads. */
export function movedOnPath(
  overlay: PathOverlay,
  move: Move,
  state: State,
  target: (at: number, move: Move, length: number, page: number) => number,
): PathOverlay {
  if (move === 'left' || move === 'right') return { ...overlay, side: move === 'left' ? 'hops' : 'detail' };
  const { hops, detail } = pathAreas(state, overlay);
  if (overlay.side === 'detail') {
    return { ...overlay, top: target(overlay.top, move, state.view.panel.length, contentRows(detail)) };
  }
  const index = target(overlay.hop.index, move, overlay.answer.hops.length, contentRows(hops));
  return index === overlay.hop.index ? overlay : { ...overlay, top: 0, hop: { ...overlay.hop, index } };
}

export const otherSide = (overlay: PathOverlay): PathOverlay => ({
  ...overlay,
  side: overlay.side === 'hops' ? 'detail' : 'hops',
});

/** The first resource that the selected hop quotes. */
export const quotedResource = (overlay: PathOverlay): string | null =>
  selectedHop(overlay)?.evidence[0]?.resource ?? null;

/** The row of the tree that the selected hop leads to; -1 for none. */
export function revealed(state: State): number {
  if (state.overlay?.kind !== 'path') return -1;
  const ids = selectedHop(state.overlay)?.evidence.map(({ resource }) => resource) ?? [];
  for (const id of ids) {
    const index = state.view.rows.findIndex(({ resource }) => sameId(resource, id));
    if (index >= 0) return index;
  }
  return -1;
}
