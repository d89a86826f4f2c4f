// What a finding is about, in a row: names of a pair are cut where they say least.
import { expect, test } from 'vitest';
import { fitSubject } from '../../src/app/screens/resources/finding-row.ts';
import type { Finding } from '../../src/model/finding.ts';

const about = (resource: string, where: string | null, cells: number) =>
  fitSubject({ resource: `/a/${resource}`, where: where === null ? null : `/b/${where}` } as Finding, cells, '…');

test.each([
  ['stmldata02', null, 12, 'stmldata02  '],
  ['stmldata02', null, 6, 'stmld…'],
  ['stmldata02', 'snet-compute-17', 28, 'stmldata02/snet-compute-17  '],
  ['stmldata02', 'snet-compute-17', 24, '…ldata02/snet-compute-17'],
  ['stmldata02', 'snet-compute-17', 21, '…ta02/snet-compute-17'],
  ['stmldata02', 'snet-compute-17', 20, 'snet-compute-17     '],
  ['stmldata02', 'snet-compute-17', 10, '…ompute-17'],
])('%s and %s in %i cells', (resource, where, cells, shown) => expect(about(resource, where, cells)).toBe(shown));
