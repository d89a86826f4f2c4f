// The list of a plan's steps: the whole plan first, then each step with its symbol, by phase.
import type { Line } from '../../../command/definition.ts';
import { nameInParent, nameOf } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { type DescribedPlan, type DescribedStep, phaseWords } from '../../../plan/describe.ts';
import { type Area, listBox, nameWords } from '../../draw/boxes.ts';
import { clickable } from '../../draw/clicks.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitLine, line, word } from '../../draw/text.ts';
import { type PlanOverlay, rowCount } from './value.ts';
import { rehearsedSign } from './what-if.ts';

export function stepsBox(overlay: PlanOverlay, { steps }: DescribedPlan, area: Area, glyphs: Glyphs): Line[] {
  const { plan, step } = overlay;
  return listBox({
    name: nameWords('Steps', true),
    focused: true,
    area,
    length: rowCount(overlay),
    cursor: step,
    glyphs,
    row: (index, selected) =>
      clickable(fitLine(rowOf(index, selected), area.width, glyphs.more), { do: 'pick', row: index }),
  });

  function rowOf(index: number, selected: boolean): Line {
    const mark = word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text');
    if (index === 0) return line(mark, word('Summary', 'heading'));
    const own = steps[index - 1];
    if (own === undefined) return [];
    const rehearsed = plan.rehearsal?.steps[index - 1];
    const sign =
      rehearsed === undefined ? changeSign(plan.steps[index - 1]?.change.kind) : rehearsedSign(rehearsed, glyphs);
    // The phase is shown at its first step.
    const begins = steps[index - 2]?.phase !== own.phase;
    return line(
      mark,
      word(`${index} `.padStart(3), 'dim'),
      sign,
      word(` ${clean(nameOf(own.resource), 90)}`),
      ...(begins ? [word(`  ${phaseWords[own.phase]}`, 'heading'), word(` ${glyphs.dot}`, 'dim')] : [word(' ')]),
      word(` ${kindWords(own)}`, 'dim'),
    );
  }
}

function changeSign(kind: 'edit' | 'create' | 'delete' | undefined) {
  if (kind === 'create') return word('+', 'added');
  return kind === 'delete' ? word('-', 'removed') : word('~', 'accent');
}

/** The parent of a child resource, else the resource type. */
function kindWords({ label, resource }: DescribedStep): string {
  const [parent, name] = nameInParent(resource).split('/');
  if (name !== undefined) return clean(parent ?? '', 60);
  return clean(label.replace(/^(change|create|delete) /, '').split(` ${nameOf(resource)}`)[0] ?? '', 60);
}
