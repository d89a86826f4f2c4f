// The fault matrix: after a fault at any request of a fix or an undo, exit status, history, world and words are the right ones, the
// outcome is settled afterwards, and what was done can be undone.
import { afterAll, describe, expect, test } from 'vitest';
import { cellsOf, type FaultCell, openStage, type Stage, wrongIn } from '../support/outcome-cells.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { tellTrust, trustCells, trustSeed } from '../support/trust-size.ts';

const worlds = ['open', 'mixed', 'drifted'] as const;
const seed = trustSeed;

/** As many cells as a world's share, of each fault at each kind of request first, and of another step with another seed. */
function chosen(cells: readonly FaultCell[], share: number): readonly FaultCell[] {
  const groups = [...Map.groupBy(cells, ({ verb, request, fault }) => `${verb} ${request.role} ${fault}`).values()].map(
    (group, index) => group.map((_, at) => group[(at + seed * 7 + index * 5) % group.length] as FaultCell),
  );
  const most = Math.max(0, ...groups.map(({ length }) => length));
  const turned = groups.map((_, at) => groups[(at * 37 + seed * 11) % groups.length] ?? []);
  // Each group once where 37 shares no factor with their number.
  const inTurn = new Set(turned).size === groups.length ? turned : groups;
  const rounds = Array.from({ length: most }, (_, round) => inTurn.flatMap((group) => group[round] ?? [])).flat();
  return rounds.slice(0, share);
}

describe.each(worlds)('%s', (world) => {
  let stage: Stage | undefined;
  afterAll(() => stage?.close());

  test('every fault at every request has its outcome', async ({ task }) => {
    stage = await openStage(world);
    const cells = cellsOf(stage);
    const some = partOf(chosen(cells, Math.ceil(trustCells / worlds.length)), 6);
    const wrong: string[] = [];
    for (const cell of some) wrong.push(...(await wrongIn(stage, cell)).slice(0, 1));
    tellTrust(task, { suite: 'matrix', what: `cells of ${world}`, tried: some.length, wrong: wrong.length });
    expect(some.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  }, 3_600_000);
});

inEveryRun(() => {
  test('the matrix sees an outcome that is not the one written down', async () => {
    const stage = await openStage('kubernetes');
    try {
      const [cell] = cellsOf(stage).filter(({ verb, fault }) => verb === 'fix' && fault === '403');
      if (cell === undefined) throw new Error('no cell');
      expect(await wrongIn(stage, cell)).toEqual([]);
      // The same request with another fault than the one whose outcome is expected.
      const lied = await wrongIn({ ...stage, run: (one) => stage.run({ ...one, fault: 'drop-after' }) }, cell);
      expect(lied.join('\n')).toMatch(/exit status/);
    } finally {
      await stage.close();
    }
  });
});
