// A plan before it is sent: before, after and the way back of each step, what was checked, and how it stands afterwards.
import type { Line } from '../../command/definition.ts';
import type { Gate, Plan } from '../../model/plan.ts';
import { clean } from '../../model/text.ts';
import { type ChangeLine, describePlan, undoWords } from '../../plan/describe.ts';
import { shortFinding } from '../draw/finding-words.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { shortIds } from '../state/select.ts';
import { defineOverlay } from '../state/view.ts';
import { panelBox } from './parts/panel.ts';
import { scrolled } from './parts/scroll.ts';

export interface PlanOverlay {
  readonly kind: 'plan';
  readonly plan: Plan;
  /** The command line that does the same. */
  readonly line: string;
  /** Why it cannot be applied; null when it can. */
  readonly blocked: string | null;
  readonly choice: number;
  readonly top: number;
}

const blank: Line = [];
const verbs = { fix: 'Apply', undo: 'Undo', redo: 'Redo' } as const;

export const plan = defineOverlay<PlanOverlay>({
  kind: 'plan',
  places: () => ['buttons'],
  textOf: ({ plan, line, blocked }) => [plan, line, blocked],
  text: (overlay, state, width) => planLines(overlay, width, glyphsFor(state.ascii)),
  move: scrolled,
  choices: ({ blocked }) => (blocked === null ? 2 : 1),
  draw({ plan, choice, blocked, top }, state) {
    const labels = ['Cancel', verbs[plan.verb]];
    const buttons = blocked === null ? { labels, selected: choice } : { labels, selected: 0, off: blocked };
    return panelBox(describePlan(plan).title, top, state, buttons);
  },
  submit({ plan, line, blocked, choice }, { show, guard, acting, desk }) {
    show(null);
    if (choice === 1 && blocked === null) guard(acting.carryOut(plan, line));
    else desk.say('Cancelled: nothing was sent.');
  },
  cancel(_overlay, { show, desk }) {
    desk.say('Cancelled: nothing was sent.');
    show(null);
  },
});

function planLines(overlay: PlanOverlay, width: number, glyphs: Glyphs): Line[] {
  const { plan } = overlay;
  const described = describePlan(plan);
  const label = (name: string, text: string, role?: string) =>
    wrapLine(line(word(`   ${name.padEnd(7)}`, 'dim'), word(clean(text), role)), width, 10);
  const steps = described.steps.flatMap((step, index) => [
    ...wrapLine(line(word(`${index + 1}. `, 'dim'), word(clean(step.label), 'heading')), width, 3),
    ...step.lines
      .flatMap(beforeAndAfter)
      .flatMap((change) =>
        wrapLine(
          line(
            word(`   ${change.sign} ${clean(change.text)}`, { '-': 'removed', '+': 'added', ' ': 'dim' }[change.sign]),
          ),
          width,
          5,
        ),
      ),
    ...label('Risk', step.risk),
    ...label('Back', undoWords[step.undo], step.undo === 'none' ? 'bad' : undefined),
    ...label('az', step.az, 'accent'),
    blank,
  ]);
  // An undo brings findings back, as everybody expects: they are listed below and are no warning.
  const announced = plan.verb === 'undo' ? plan.preview.introduces.length : 0;
  const warnings = described.warnings.slice(0, described.warnings.length - announced);
  // What did not pass stands above, where it is read first.
  const gates = described.gates
    .filter((gate) => gate.outcome === 'pass')
    .flatMap((gate) => gateLine(gate, width, glyphs));
  return [
    ...wrapLine(line(word('$ ', 'dim'), word(`bastide ${clean(overlay.line)}`, 'accent')), width, 4),
    ...(overlay.blocked === null ? [] : wrapText(`${glyphs.bad} ${clean(overlay.blocked)}`, width, 'bad', 2)),
    ...warnings.flatMap((warning) => wrapText(`! ${shortIds(clean(warning), glyphs.more)}`, width, 'warn', 2)),
    blank,
    ...steps,
    ...(gates.length > 0 ? [line(word('Checked before anything is sent', 'heading')), ...gates, blank] : []),
    ...afterLines(plan, width, glyphs),
    ...(plan.skipped.length === 0 ? [] : [blank, line(word('Left out', 'heading'))]),
    ...plan.skipped.flatMap((one) => wrapText(`- ${shortFinding(one.finding)}: ${clean(one.reason)}`, width, 'dim', 2)),
  ];
}

/** A setting changed in place as two lines, what it is and what it will be. */
function beforeAndAfter(change: ChangeLine): ChangeLine[] {
  const [, name, before, after] = /^([^→]*: )([^→]*) → ([^→]*)$/.exec(change.text) ?? [];
  if (change.sign !== ' ' || name === undefined) return [change];
  return [
    { sign: '-', text: `${name}${before}` },
    { sign: '+', text: `${name}${after}` },
  ];
}

const gateLine = (gate: Gate, width: number, glyphs: Glyphs): Line[] =>
  wrapLine(line(word(`${glyphs.ok} ${gate.kind}: `, 'ok'), clean(gate.detail)), width, 2);

function afterLines({ verb, preview }: Plan, width: number, glyphs: Glyphs): Line[] {
  const again = verb === 'undo' ? preview.introduces : [];
  if (preview.resolves.length + again.length === 0) return [];
  return [
    line(word('Afterwards', 'heading')),
    ...preview.resolves.flatMap((id) => wrapText(`${glyphs.ok} no longer fails: ${shortFinding(id)}`, width, 'ok', 2)),
    ...again.flatMap((id) => wrapText(`- fails again: ${shortFinding(id)}`, width, 'warn', 2)),
  ];
}
