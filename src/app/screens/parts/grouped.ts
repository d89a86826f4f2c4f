// Many findings in few lines: each rule once, with the names of its resources.
import type { Line } from '../../../command/definition.ts';
import { findingParts, subjectWords } from '../../../model/short-finding.ts';
import { clean } from '../../../model/text.ts';
import { line, word, wrapLine } from '../../draw/text.ts';

/**
 * `✓ no longer fail: 34`, and below it `storage.default-action-deny  lakemlsim, stmldata`; roll-ups last, and not counted. Nothing
 * where there is none.
 */
export function groupedLines(
  ids: readonly string[],
  rollUps: readonly string[],
  { sign, said, role }: { readonly sign: string; readonly said: string; readonly role: string },
  width: number,
): Line[] {
  if (ids.length === 0) return [];
  const repeated = new Set(rollUps);
  const own = ids.filter((id) => !repeated.has(id));
  const byRule = (all: readonly string[], more: string) =>
    [...Map.groupBy(all, (id) => id.split('@')[0] ?? id)].flatMap(([rule, those]) =>
      wrapLine(line(word(`  ${clean(rule, 80)}${more}  `), word(those.map(subject).join(', '), 'dim')), width, 4),
    );
  return [
    line(word(`${sign} ${said}: ${own.length}`, role)),
    ...byRule(own, ''),
    ...byRule(
      ids.filter((id) => repeated.has(id)),
      ' (roll-up)',
    ),
  ];
}

function subject(id: string): string {
  const parts = findingParts(id);
  return parts === null ? '' : clean(subjectWords(parts), 120);
}
