// The sentences that the simulator's worlds produce, checked as they are shown: audit, explain, plan, what-if, fix, undo, history,
// verify, map, path and the reports, the guide, accessible mode, and the screens at two sizes.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nameOf } from '../../src/model/resource-id.ts';
import { worlds } from '../../src/simulator/index.ts';
import { partOf } from './parts.ts';
import { glance, journey, openProduct } from './rendered.ts';
import { flawsIn } from './sentences.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-words-'));
/** Of every tenth world, or of the others. */
export function wordsAreRight(): void {
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.each(partOf(worlds, 10))('$name', async ({ name }) => {
    const product = await openProduct(name, scratch);
    try {
      // Of thousands of findings an audit and a map show all there is to read.
      const shown = await (name === 'large' || name === 'fleet' ? glance(product) : journey(product));
      const names = product.session.latest()?.resources.map(({ id }) => nameOf(id).toLowerCase()) ?? [];
      expect(flawsIn(shown, new Set(names))).toEqual([]);
    } finally {
      await product.close();
    }
  });
}
