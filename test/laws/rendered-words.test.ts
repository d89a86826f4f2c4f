// Every sentence that the simulator's worlds produce is checked as it is shown: audit, explain, plan, what-if, fix, undo, history,
// verify, map, path and the reports, the guide, accessible mode, and the screens at two sizes.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nameOf } from '../../src/model/resource-id.ts';
import { worlds } from '../../src/simulator/index.ts';
import { glance, journey, openProduct } from '../support/rendered.ts';
import { flawsIn } from '../support/sentences.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-words-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(worlds)('$name', async ({ name }) => {
  const product = await openProduct(name, scratch);
  try {
    // Of thousands of findings an audit and a map show all there is to read.
    const shown = await (name === 'large' ? glance(product) : journey(product));
    const names = product.session.latest()?.resources.map(({ id }) => nameOf(id).toLowerCase()) ?? [];
    expect(flawsIn(shown, new Set(names))).toEqual([]);
  } finally {
    await product.close();
  }
});
