// What a finding is about, in a row: names of a pair are cut where they say least.
import { expect, test } from 'vitest';
import { spokenFinding } from '../../src/accessible/finding-words.ts';
import { groupedLines } from '../../src/app/screens/parts/grouped.ts';
import { fitSubject } from '../../src/app/screens/resources/finding-row.ts';
import { type Finding, findingId } from '../../src/model/finding.ts';
import { shortFinding } from '../../src/model/short-finding.ts';
import { plainText } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';

const about = (resource: string, where: string | null, cells: number) =>
  fitSubject({ resource: `/a/${resource}`, where: where === null ? null : `/b/${where}` } as Finding, cells, '…');

test.each([
  ['stmldata02', null, 12, 'stmldata02  '],
  ['stmldata02', null, 6, 'stmld…'],
  ['stmldata02', 'snet-compute-17', 32, 'stmldata02 and snet-compute-17  '],
  ['stmldata02', 'snet-compute-17', 28, '…ldata02 and snet-compute-17'],
  ['stmldata02', 'snet-compute-17', 25, '…data02 and …t-compute-17'],
  ['stmldata02', 'snet-compute-17', 24, '…data02 and …-compute-17'],
  ['stmldata02', 'snet-compute-17', 19, '…data02 and …ute-17'],
  ['stmldata02', 'snet-compute-17', 18, 'snet-compute-17   '],
  ['stmldata02', 'snet-compute-17', 10, '…ompute-17'],
])('%s and %s in %i cells', (resource, where, cells, shown) => expect(about(resource, where, cells)).toBe(shown));

test('a pair is written in one way, wherever it stands', () => {
  const id = findingId('storage.vnet-rule-compute-subnet', '/a/stmlsim', '/b/snet-train');
  const grouped = groupedLines([id], [], { sign: '✓', said: 'resolved', role: 'ok' }, 100).map(plainText).join('\n');
  for (const text of [shortFinding(id), spokenId(id), spokenFinding(id), grouped, about('stmlsim', 'snet-train', 30)]) {
    expect(text).toContain('stmlsim and snet-train');
  }
});
