// The steps of what is being sent, or was: how each stands, and what came of the whole.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import type { Outcome } from '../../session/session.ts';
import { shortFinding } from '../draw/finding-words.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { keyNamed } from '../state/spell.ts';
import type { Act, State, StepView } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { panelBox } from './parts/panel.ts';
import { scrolled } from './parts/scroll.ts';

/** What it shows is the state's `act`. */
export interface ProgressOverlay {
  readonly kind: 'progress';
  readonly top: number;
}

const blank: Line = [];

export const progress = defineOverlay<ProgressOverlay>({
  kind: 'progress',
  places: () => ['result'],
  textOf: (_overlay, { act, bindings }) => [act, bindings],
  text: (_overlay, { act, ascii, bindings }, width) =>
    act === null ? [] : progressLines(act, width, glyphsFor(ascii), bindings),
  move: scrolled,
  draw: ({ top }, state) => panelBox(clean(state.act?.title ?? ''), top, state),
  submit: (_overlay, { show }) => show(null),
  cancel(_overlay, { show, desk, store }) {
    if (store.get().work?.writing === true) desk.say('It goes on in the background.');
    show(null);
  },
});

function progressLines(act: Act, width: number, glyphs: Glyphs, bindings: State['bindings']): Line[] {
  const { outcome, failure } = act;
  return [
    ...wrapLine(line(word('$ ', 'dim'), word(`bastide ${clean(act.line)}`, 'accent')), width, 4),
    blank,
    ...act.steps.flatMap((step, index) => stepLines(step, index, width, glyphs)),
    blank,
    ...(act.note === '' || outcome !== null || failure !== null ? [] : wrapText(clean(act.note), width, 'dim')),
    ...(failure === null
      ? []
      : [
          ...wrapText(`${glyphs.bad} ${clean(failure.message)}`, width, 'bad', 2),
          ...wrapText(`Next: ${clean(failure.next)}`, width),
        ]),
    ...(outcome === null ? [] : outcomeLines(outcome, act.verb, width, glyphs, bindings)),
  ];
}

const stepRole: Readonly<Record<StepView['state'], string>> = {
  waiting: 'dim',
  intended: 'dim',
  sent: 'accent',
  running: 'accent',
  done: 'ok',
  verified: 'ok',
  failed: 'bad',
  skipped: 'warn',
};

function stepLines(step: StepView, index: number, width: number, glyphs: Glyphs): Line[] {
  const signs: Record<StepView['state'], string> = {
    waiting: glyphs.waiting,
    intended: glyphs.waiting,
    sent: glyphs.sent,
    running: glyphs.sent,
    done: glyphs.ok,
    verified: glyphs.ok,
    failed: glyphs.bad,
    skipped: glyphs.skipped,
  };
  const head = line(
    word(`${signs[step.state]} `, stepRole[step.state]),
    word(`${index + 1}. `, 'dim'),
    clean(step.label),
    word(`  ${step.state}`, stepRole[step.state]),
  );
  const said =
    step.detail === '' ? [] : wrapText(`     ${clean(step.detail)}`, width, step.state === 'failed' ? 'bad' : 'dim', 5);
  return [...wrapLine(head, width, 5), ...said];
}

function outcomeLines(
  outcome: Outcome,
  verb: Act['verb'],
  width: number,
  glyphs: Glyphs,
  bindings: State['bindings'],
): Line[] {
  const { resolved, persisting, unknown } = outcome.verified;
  const undo = verb === 'undo';
  const [word1, role] = outcomeWord(outcome, undo, glyphs);
  const counts = undo
    ? ' and read again.'
    : ` and read again: ${resolved.length} resolved, ${persisting.length} still failing, ${unknown.length} unknown.`;
  const list = (ids: readonly string[], words: string, look: string) =>
    ids.flatMap((id) => wrapText(`${words} ${shortFinding(id)}`, width, look, 2));
  const key = `${keyNamed(bindings, undo ? 'redo' : 'undo')} ${undo ? 'does it again' : 'takes it back'}`;
  return [
    ...wrapLine(line(word(word1, role), counts), width, 2),
    ...list(resolved, `${glyphs.ok} resolved:`, 'ok'),
    ...list(persisting, undo ? '- fails again:' : `${glyphs.bad} still failing:`, undo ? 'warn' : 'bad'),
    ...list(unknown, '? unknown:', 'unknown'),
    ...outcome.skipped.flatMap((one) =>
      wrapText(`- left out: ${shortFinding(one.finding)}: ${clean(one.reason)}`, width, 'dim', 2),
    ),
    ...(outcome.entry === null
      ? []
      : [blank, ...wrapText(`In the history as ${outcome.entry}. ${key}, Esc closes.`, width, 'dim')]),
  ];
}

function outcomeWord(outcome: Outcome, undo: boolean, glyphs: Glyphs): [string, string] {
  if (outcome.state === 'done') return [`${glyphs.ok} ${undo ? 'Taken back' : 'Done'}`, 'ok'];
  if (outcome.state === 'partial') return [`${glyphs.bad} In part: some writes were made and some not`, 'bad'];
  return [`${glyphs.bad} Failed`, 'bad'];
}
