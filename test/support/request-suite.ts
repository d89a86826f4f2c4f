// The cells of requests of some scenes, as tests.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { openScene, wayNames } from './request-cells.ts';
import { type SceneSource, scenes } from './request-scenes.ts';
import { evenly, tellTrust, trustRequests } from './trust-size.ts';

/** A scene is opened for so many cells at least. */
const fewest = 25;

/** Of the scenes that are wanted, in every run the same few, and all of them where enough cells are asked for. */
export function requestCells(isWanted: (scene: SceneSource) => boolean): void {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-requests-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const share = Math.max(fewest, Math.ceil(trustRequests / scenes.length));
  const chosen = evenly(scenes, Math.ceil(trustRequests / share)).filter(isWanted);

  describe.each(chosen)('$name', (source) => {
    test('whatever another client does between two requests', async ({ task }) => {
      const scene = await openScene(source, scratch);
      const all = wayNames.flatMap((way) => scene.cells(way));
      const wrong: string[] = [];
      let [tried, told] = [0, 0];
      const counts = new Map<string, { readonly row: string; readonly column: string; tried: number; wrong: number }>();
      // What Azure refuses of another client changes nothing: such a cell is none.
      for (const cell of evenly(all, Math.ceil(share * 1.2))) {
        if (tried >= share) break;
        const one = await scene.run(cell);
        if (one.isEmpty) continue;
        tried += 1;
        told += one.told;
        const [first] = one.wrong;
        const at = { row: `${cell.change.kind}, ${cell.way}`, column: cell.moment };
        const count = counts.get(JSON.stringify(at)) ?? { ...at, tried: 0, wrong: 0 };
        counts.set(JSON.stringify(at), count);
        count.tried += 1;
        if (first === undefined) continue;
        count.wrong += 1;
        wrong.push(first);
        process.stdout.write(`wrong: ${first}\n`);
      }
      await scene.close();
      for (const { tried: some, wrong: bad, ...cell } of counts.values())
        tellTrust(task, { suite: 'requests', what: 'cells', tried: some, wrong: bad, cell });
      process.stdout.write(`${source.name}: ${tried} of ${all.length} cells, ${told} overwritten and told\n`);
      expect(wrong).toEqual([]);
    }, 3_600_000);
  });
}
