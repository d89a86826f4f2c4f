// The outcome of a change: what is resolved, what still fails, what was not sent, and how to undo it.
import type { Line } from '../../../command/definition.ts';
import { byOthersWords, meanwhileWords } from '../../../model/drift-words.ts';
import { otherWords } from '../../../model/entry.ts';
import { type Overwrote, overwroteTexts } from '../../../model/overwrote.ts';
import { noProblems, reportNumbers } from '../../../model/problem.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { clean, counted } from '../../../model/text.ts';
import type { ApplyResult } from '../../../session/session.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { groupedLines } from '../../screens/parts/grouped.ts';
import { outcomeWords } from '../../state/outcome-words.ts';
import { keyNamed } from '../../state/spell.ts';
import type { ScreenAct, State } from '../../state/state.ts';

/** What stands before it, and its look; null of what is not told here. */
const overwroteLooks: Readonly<Record<Overwrote['reason'], readonly [mark: string, look: string] | null>> = {
  known: ['! overwritten: ', 'warn'],
  'created-again': ['! ', 'warn'],
  'not-known': ['? ', 'unknown'],
  'nothing-by-records': null,
};

export function outcomeLines(outcome: ApplyResult, act: ScreenAct, width: number, state: State): Line[] {
  const { bindings, ascii } = state;
  const glyphs = glyphsFor(ascii);
  const { resolved, persisting, unknown, notApplicable, introduced, broughtBack = [], rollUps = [] } = outcome.verified;
  const severe = (outcome.verified.severe ?? []).map(({ finding }) => finding);
  const news = introduced.filter((id) => !broughtBack.includes(id) && !severe.includes(id));
  const undo = act.verb === 'undo';
  const { head, isMade, mark, tail } = outcomeWords(outcome, act);
  const marked = mark === 'unknown' ? '?' : mark === 'warn' ? '!' : glyphs[mark];
  const stopped = act.stopping && !isMade;
  const list = (ids: readonly string[], sign: string, words: string, look: string) =>
    groupedLines(ids, rollUps, { sign, said: words, role: look }, width);
  const rest = outcome.remaining ?? 0;
  const key =
    rest > 0
      ? `Press Enter to send ${otherWords(rest)}, ${keyNamed(bindings, 'undo')} to undo`
      : `Press ${keyNamed(bindings, undo ? 'redo' : 'undo')} ${undo ? 'to redo' : 'to undo'}`;
  return [
    ...(outcome.verified.isUnread === true
      ? wrapText('? introduced: not known, the workspace could not be read again', width, 'unknown', 2)
      : []),
    ...list(severe, glyphs.bad, 'introduced, critical or high', 'bad'),
    ...list(news, glyphs.bad, 'introduced', 'bad'),
    ...meanwhileLines(outcome.verified, glyphs, width),
    ...wrapLine(line(word(`${marked} ${head}`, mark), tail), width, 2),
    ...adviceIn(outcome).flatMap((text) => wrapText(`Next: ${text}`, width, 'warn', 6)),
    ...(stopped ? [] : remainLines(act, state, width)),
    ...(outcome.entry === null
      ? []
      : wrapText(`Saved to history as ${outcome.entry}. ${key}, Esc to close.`, width, 'dim')),
    ...(undo
      ? list([...new Set([...persisting, ...broughtBack])], glyphs.skipped, 'fail again', 'warn')
      : list(persisting, glyphs.bad, 'still failing', 'bad')),
    ...(stopped ? [] : list(unknown, '?', 'unknown', 'unknown')),
    ...overwroteTexts(outcome.steps, outcome.entry).flatMap(({ reason, text }) => {
      const [mark, look] = overwroteLooks[reason] ?? [];
      return mark === undefined ? [] : wrapText(`${mark}${text}`, width, look, 2);
    }),
    ...list(resolved, glyphs.ok, 'resolved', 'ok'),
    ...list(outcome.verified.resolvedByOthers ?? [], glyphs.ok, `pass now, ${byOthersWords}`, 'ok'),
    ...(stopped ? [] : notApplicable).flatMap((one) =>
      wrapText(`! not applicable: ${shortFinding(one.finding)}: ${clean(one.reason)}`, width, 'warn', 2),
    ),
    ...(outcome.irreversible ?? []).flatMap((text) => wrapText(`! ${clean(text)}`, width, 'warn', 2)),
    ...outcome.skipped.flatMap((one) =>
      wrapText(`${glyphs.skipped} not included: ${shortFinding(one.finding)}: ${clean(one.reason)}`, width, 'dim', 2),
    ),
  ];
}

/** What to do about what Azure refused, each once. */
const adviceIn = ({ steps }: ApplyResult): string[] => [...new Set(steps.flatMap(({ next }) => next ?? []))];

/** What the header counts from now on, so that the two are compared at a glance. */
function remainLines({ problems }: ScreenAct, { report }: State, width: number): Line[] {
  if (report === null || report.problems === problems) return [];
  const { failing } = reportNumbers(report);
  const { fail } = report.summary;
  const none = noProblems(report);
  return none !== null
    ? [
        line(
          word(
            none.isSure
              ? 'No problem remains.'
              : `No problem is known to remain; ${counted(none.unknown, 'check')} unknown.`,
            none.role,
          ),
        ),
      ]
    : wrapText(
        `${counted(failing, 'problem')} ${failing === 1 ? 'remains' : 'remain'} (${counted(fail, 'finding')}).`,
        width,
      );
}

/** What fails now and not by this act, and what reads that failed after it leave unknown. */
function meanwhileLines(
  { meanwhile = [], unknownChecks = 0 }: ApplyResult['verified'],
  glyphs: Glyphs,
  width: number,
): Line[] {
  const open = `? introduced: not known, ${counted(unknownChecks, 'more check')} could not be checked afterwards`;
  return [
    ...meanwhile.flatMap(({ finding, severity, reason, by }) =>
      wrapText(
        `${glyphs.bad} fails now: ${severity === undefined ? '' : `${severity} `}${shortFinding(finding)}, ${meanwhileWords(reason, by)}`,
        width,
        'bad',
        2,
      ),
    ),
    ...(unknownChecks === 0 ? [] : wrapText(open, width, 'unknown', 2)),
  ];
}
