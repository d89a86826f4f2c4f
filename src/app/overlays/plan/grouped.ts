// Many findings in few lines: each rule once, with the names of its resources.
import type { Line } from '../../../command/definition.ts';
import { findingParts, subjectWords } from '../../../model/short-finding.ts';
import { clean } from '../../../model/text.ts';
import { line, word, wrapLine } from '../../draw/text.ts';

/** `✓ no longer fail: 34`, and below it `storage.default-action-deny  lakemlsim, stmldata`. Nothing where there is none. */
export function groupedLines(ids: readonly string[], sign: string, said: string, role: string, width: number): Line[] {
  if (ids.length === 0) return [];
  const byRule = Map.groupBy(ids, (id) => id.split('@')[0] ?? id);
  return [
    line(word(`${sign} ${said}: ${ids.length}`, role)),
    ...[...byRule].flatMap(([rule, all]) =>
      wrapLine(line(word(`  ${clean(rule, 80)}  `), word(all.map(subject).join(', '), 'dim')), width, 4),
    ),
  ];
}

function subject(id: string): string {
  const parts = findingParts(id);
  return parts === null ? '' : clean(subjectWords(parts), 120);
}
