// The text of the overlays that scroll: a plan with before, after and the way back; the steps of an apply; help; output.
import type { Line } from '../../command/definition.ts';
import type { Gate, Plan } from '../../model/plan.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { type ChangeLine, describePlan } from '../../plan/describe.ts';
import type { Outcome } from '../../session/session.ts';
import { undoWords } from './detail.ts';
import { type Glyphs, glyphsFor } from './glyphs.ts';
import { bindings, spell, type Where } from './key-table.ts';
import { pathDetail } from './path.ts';
import { shortIds } from './select.ts';
import type { Act, Overlay, State, StepView } from './state.ts';
import { line, widthOf, word, wrapLine, wrapText } from './text.ts';

const blank: Line = [];

/** The lines of the overlay, wrapped; none when it does not scroll. */
export function panelLines(state: State, width: number): readonly Line[] {
  const overlay = state.overlay;
  const glyphs = glyphsFor(state.ascii);
  switch (overlay?.kind) {
    case 'plan':
      return planLines(overlay, width, glyphs);
    case 'progress':
      return state.act === null ? [] : progressLines(state.act, width, glyphs);
    case 'output':
      return overlay.lines.flatMap((words) => wrapLine(words, width, 2));
    case 'path':
      return pathDetail(overlay, state);
    case 'help':
      return helpLines(state, width);
    case 'ask':
      return overlay.question.kind === 'confirm'
        ? overlay.question.lines.flatMap((words) => wrapLine(words, width, 2))
        : [];
    default:
      return [];
  }
}

function planLines(overlay: Extract<Overlay, { kind: 'plan' }>, width: number, glyphs: Glyphs): Line[] {
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
    ...label('Back', undoWords[step.undo] ?? step.undo, step.undo === 'none' ? 'bad' : undefined),
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

/** `rule on name`, for lists where the whole id would drown the rule. */
export function shortFinding(id: string): string {
  const [rule = id, subject = ''] = id.split('@');
  const [resource = '', where] = subject.split('#');
  if (resource === '') return clean(rule);
  return clean(`${rule} on ${nameOf(resource)}${where === undefined ? '' : ` (${nameOf(where)})`}`);
}

function progressLines(act: Act, width: number, glyphs: Glyphs): Line[] {
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
    ...(outcome === null ? [] : outcomeLines(outcome, act.verb, width, glyphs)),
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

function outcomeLines(outcome: Outcome, verb: Act['verb'], width: number, glyphs: Glyphs): Line[] {
  const { resolved, persisting, unknown } = outcome.verified;
  const undo = verb === 'undo';
  const [word1, role] = outcomeWord(outcome, undo, glyphs);
  const counts = undo
    ? ' and read again.'
    : ` and read again: ${resolved.length} resolved, ${persisting.length} still failing, ${unknown.length} unknown.`;
  const list = (ids: readonly string[], words: string, look: string) =>
    ids.flatMap((id) => wrapText(`${words} ${shortFinding(id)}`, width, look, 2));
  const key = undo ? 'U does it again' : 'u takes it back';
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

const places: readonly (readonly [Where, string])[] = [
  ['main', 'In the panes'],
  ['path', 'On a path'],
  ['buttons', 'Before something is sent'],
  ['result', 'While it is sent, and after'],
  ['palette', 'In the command line'],
  ['list', 'In a list of choices'],
  ['everywhere', 'Everywhere'],
];

function helpLines(state: State, width: number): Line[] {
  const of = (where: Where): Line[] =>
    bindings
      .filter((binding) => binding.where.includes(where) && (where === 'main' || !binding.where.includes('main')))
      .flatMap((binding) => {
        const keys = binding.keys.map(spell).join(' ');
        const reason = where === 'main' ? binding.off?.(state) : null;
        const command = binding.line?.(state);
        const pad = ' '.repeat(Math.max(1, 18 - widthOf(keys)));
        return [
          ...wrapLine(line(word(keys, 'key'), pad, binding.help), width, 18),
          ...(command ? wrapLine(line(' '.repeat(18), word(`= ${clean(command)}`, 'accent')), width, 20) : []),
          ...(reason ? wrapLine(line(' '.repeat(18), word(`off: ${reason}`, 'dim')), width, 20) : []),
        ];
      });
  return places.flatMap(([where, title]) => [line(word(title, 'heading')), ...of(where), blank]);
}
