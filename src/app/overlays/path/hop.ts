// The parts of a path: their layout, the verdict above them, the detail of a hop.
import type { Line } from '../../../command/definition.ts';
import type { Hop, PathAnswer, PathFixes } from '../../../model/path.ts';
import { hopTitles, verdictWords } from '../../../model/path-words.ts';
import { sameId } from '../../../model/resource-id.ts';
import { missingPermission } from '../../../model/snapshot.ts';
import { clean, counted } from '../../../model/text.ts';
import type { Area } from '../../draw/areas.ts';
import { evidenceLines } from '../../draw/evidence.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { Cursor } from '../../draw/window.ts';
import type { State } from '../../state/state.ts';

declare module '../../state/state.ts' {
  interface OverlayKinds {
    readonly path: PathOverlay;
  }
}

/** A network path: its hops, and the selected one in detail. */
export interface PathOverlay {
  readonly kind: 'path';
  /** The command line of the question. */
  readonly line: string;
  readonly answer: PathAnswer;
  readonly hop: Cursor;
  readonly side: 'hops' | 'detail';
  /** First line of the detail shown. */
  readonly top: number;
}

const blank: Line = [];

/** Rows above the two sides: title, verdict and its reason. */
export const headRows = 3;
const besides = 76;

export interface PathAreas {
  /** Stacked instead of side by side. */
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
  const left = 42;
  // One column for the separator between them.
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
export function pathDetail(overlay: PathOverlay, state: State, width: number): readonly Line[] {
  const hop = selectedHop(overlay);
  if (!hop) return [];
  const [text, role] = verdictWords[hop.verdict];
  const verdict = hop.verdict === 'notAsked' ? 'not checked' : text;
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
    ...gaps.flatMap((gap) =>
      missingPermission(gap) === undefined
        ? []
        : wrapText(`Missing permission: ${clean(gap.action)}`, width, 'unknown'),
    ),
    ...(witnesses.length === 0 ? [] : [blank, line(word('For example', 'heading')), ...witnesses]),
    ...blockerDetail(overlay.answer.blockers, width),
    ...fixDetail(overlay.answer.repair, width),
    ...(hop.evidence.length === 0
      ? []
      : [blank, line(word('Evidence', 'heading')), ...evidenceLines(hop.evidence, width)]),
  ];
}

/** Every place that blocks the path, whichever hop is selected. */
const blockerDetail = (blockers: PathAnswer['blockers'], width: number): Line[] =>
  blockers.length === 0
    ? []
    : [
        blank,
        line(word(`Blocked at ${counted(blockers.length, 'place')}`, 'heading')),
        ...blockers.flatMap(({ hop, at, verdict, rules }) =>
          wrapLine(
            line(
              word(`${hopTitles[hop]}: `, verdictWords[verdict][1]),
              word(clean(at)),
              word(rules.length === 0 ? '' : `  ${clean(rules.join(', '), 300)}`, 'dim'),
            ),
            width,
            2,
          ),
        ),
      ];

function fixDetail(repair: PathFixes | undefined, width: number): Line[] {
  if (repair === undefined) return [];
  const { fixes, manual } = repair;
  return [
    blank,
    line(word(fixes.length > 0 ? 'Fixes' : 'Bastide has no fix for this path', 'heading')),
    ...fixes.flatMap(({ exact, says, also }, at) =>
      wrapLine(
        line(
          word(`${at + 1} `, 'dim'),
          word(exact ? 'exact: ' : 'allows more: ', exact ? 'ok' : 'warn'),
          word(clean(says.join(', then '))),
          word(also.length === 0 ? '' : `  also allows ${clean(also[0] ?? '', 300)}`, 'dim'),
        ),
        width,
        2,
      ),
    ),
    ...manual.flatMap((text) => wrapText(clean(text, 600), width, 'dim', 2)),
  ];
}
