// The list of a plan's steps below their phases: each with its tick, its number, what it does, and what is grave about it.
import type { Line } from '../../../command/definition.ts';
import { currentEffects, effectLabels, kindsOf } from '../../../model/effect.ts';
import { isSaidFirst } from '../../../model/effect-groups.ts';
import type { Step } from '../../../model/plan.ts';
import { nameInParent, nameOf } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { labelOf as describedAs, summaryOf } from '../../../plan/describe.ts';
import { List } from '../../components/List.tsx';
import { type Area, nameWords } from '../../draw/areas.ts';
import { clickable } from '../../draw/clicks.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitLine, fitMiddle, line, widthOf, word } from '../../draw/text.ts';
import { effectRoles } from '../../screens/parts/effect-roles.ts';
import { whatIfSign } from '../../screens/parts/what-if-text.ts';
import { allSteps, cursorOf, isSelected, numbersOf, type PlanOverlay, planRows } from './value.ts';

/** Names are padded to the longest, up to this. */
const widestName = 24;

interface StepsInput {
  readonly overlay: PlanOverlay;
  readonly area: Area;
  readonly glyphs: Glyphs;
}

export function StepsPane({ overlay, area, glyphs }: StepsInput) {
  const steps = allSteps(overlay);
  const rows = planRows(overlay);
  const numbers = numbersOf(overlay);
  const names = Math.min(widestName, Math.max(...steps.map((step) => widthOf(nameOfStep(step)))));
  const digits = String(steps.length).length;
  const chosen = steps.filter((_step, index) => isSelected(overlay, index)).length;
  return (
    <List
      name={nameWords(overlay.picks === undefined ? 'Steps' : `Steps: ${chosen} of ${steps.length} selected`, true)}
      focused
      area={area}
      length={rows.length}
      cursor={cursorOf(overlay, area)}
      row={rowWords}
    />
  );

  function rowWords(index: number, selected: boolean): Line {
    const row = rows[index];
    const mark = word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text');
    const pick = (words: Line, at: number): Line =>
      clickable(fitLine(words, area.width, glyphs.more), { do: 'pick', row: at });
    if (row === undefined) return [];
    if (row.kind === 'phase') return fitLine(line(word(` ${row.text}`, 'heading')), area.width, glyphs.more);
    if (row.kind === 'summary') return pick(line(mark, word('Summary', 'heading')), 0);
    const step = steps[row.index];
    return step === undefined ? [] : pick(line(mark, ...stepWords(step, row.index)), row.index + 1);
  }

  function stepWords(step: Step, index: number): Line {
    const isIn = isSelected(overlay, index);
    const simulated = overlay.plan.rehearsal?.steps[numbers.indexOf(index)];
    const kinds = kindsOf(currentEffects(step.effects).filter(isSaidFirst));
    const tick = overlay.picks === undefined ? [] : [word(isIn ? '[x] ' : '[ ] ', isIn ? 'ok' : 'warn')];
    const sign = simulated === undefined ? changeSign(step.change.kind) : whatIfSign(simulated, glyphs);
    return line(
      ...tick,
      word(`${String(index + 1).padStart(digits)} `, 'dim'),
      sign,
      word(' '),
      // Names that are made alike differ at their ends.
      word(fitMiddle(nameOfStep(step), names, glyphs.more)),
      word('  '),
      ...kinds.flatMap((kind, at) => [
        word(effectLabels[kind], effectRoles[kind]),
        word(at === kinds.length - 1 ? ` ${glyphs.dot} ` : ', ', 'dim'),
      ]),
      word(doesOf(step), isIn ? 'text' : 'dim'),
    );
  }
}

function changeSign(kind: Step['change']['kind']) {
  if (kind === 'create') return word('+', 'added');
  return kind === 'delete' ? word('-', 'removed') : word('~', 'accent');
}

const nameOfStep = ({ change }: Step): string => clean(nameOf(change.resource), 90);

/** What it does; of a step that does not say so, what kind of thing it changes. */
function doesOf(step: Step): string {
  const { resource } = step.change;
  const [parent, name] = nameInParent(resource).split('/');
  const of = name === undefined ? '' : ` (${clean(parent ?? '', 60)})`;
  // The sign of the row says that it is created.
  const said = step.change.kind === 'create' ? summaryOf(step.change) : null;
  const kind = describedAs(step.change).split(` ${nameOf(resource)}`)[0] ?? '';
  const does = said ?? (step.does === '' ? kind : step.does);
  return clean(`${does}${of}`, 400);
}
