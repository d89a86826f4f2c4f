// Findings and paths as the record of answers prints them.
import type { PathResult } from '../../src/audit/path.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import type { Line } from '../../src/model/words.ts';
import { pathLines } from '../../src/render/path-text.ts';
import { plain, renderText } from '../../src/render/text.ts';

export const text = (lines: readonly Line[]): string => renderText(lines, plain);

export const evidenceText = ({ evidence, gaps }: Pick<Finding, 'evidence' | 'gaps'>): string =>
  [
    ...evidence.map(({ resource, pointer, value, note }) => {
      const where = [nameInParent(resource), pointer].filter((part) => part !== '').join(' ');
      return `    ${where} = ${valueText(value)}${note === '' ? '' : `  ${note}`}\n`;
    }),
    ...gaps.map((id) => `    unreadable: ${id}\n`),
  ].join('');

const longest = 120;
/** Resources by their names; what is long is cut. */
function valueText(value: Json): string {
  const named = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && 'name' in one && 'properties' in one ? `{${one.name}}` : one,
  );
  return named.length <= longest ? named : `${named.slice(0, longest)}… (${named.length} characters)`;
}

/** The hops that decide something, and what was read there; the ends stand in the title. */
export function pathText(result: PathResult): string {
  if (result.state === 'refused') return `refused: ${result.refusal.reason}\n`;
  if (result.state === 'unread') return `unreadable: ${result.gap.reason}\n`;
  const hops = result.answer.hops.filter(({ verdict, hop }) => verdict !== 'notAsked' && hop !== 'source');
  const [, ...lines] = pathLines({ ...result.answer, hops });
  const seen = hops.flatMap(({ evidence }) => evidence);
  const quotes = seen.map(({ resource, pointer, note }) => `    ${nameInParent(resource)} ${pointer}  ${note}\n`);
  return `${text(lines.filter((line) => line.length > 0))}${[...new Set(quotes)].join('')}`;
}
