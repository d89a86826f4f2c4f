// Another client acts between any two requests of a line that edits: nothing that it set is lost without a word, the exit status and the
// history say what happened, and after an undo the world is as that client alone makes it, or what could not be undone is named.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openScene } from '../support/request-cells.ts';
import { scenes } from '../support/request-scenes.ts';
import { requestCells } from '../support/request-suite.ts';

test('the judge sees a setting of another client that is lost without a word', async () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-judge-'));
  const source = scenes.find(({ name }) => name === 'mixed: keyvault.bypass-azure-services');
  if (source === undefined) throw new Error('there is no such scene');
  const scene = await openScene(source, scratch);
  const cell = scene.cells('fix').find(({ acts, at }) => acts.join() === 'beside' && at[0] === 0);
  if (cell === undefined) throw new Error('there is no such cell');
  expect((await scene.run(cell)).wrong).toEqual([]);
  const spoiled = await scene.run(cell, (world) => {
    const state = JSON.parse(world.stateText()) as { resources: { id: string; tags?: unknown }[] };
    for (const one of state.resources) if (one.id.endsWith('/kv-mlsim')) delete one.tags;
    world.restore(JSON.stringify(state));
  });
  expect(spoiled.wrong.join('\n')).toMatch(/kv-mlsim \/tags\/by is not there, and must be "another client"/);
  await scene.close();
  rmSync(scratch, { recursive: true, force: true });
});

test('the judge sees what another client made again, and is lost without a word', async () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-judge-'));
  const source = scenes.find(({ name }) => name === 'limited: nsg.inbound-ssh');
  if (source === undefined) throw new Error('there is no such scene');
  const scene = await openScene(source, scratch);
  const cell = scene.cells('undo').find(({ acts, at }) => acts.join() === 'make' && at[0] === 31);
  if (cell === undefined) throw new Error('there is no such cell');
  expect((await scene.run(cell)).wrong).toEqual([]);
  const spoiled = await scene.run(cell, (world) =>
    world.restore(world.stateText().replaceAll(/by another client/g, 'of before')),
  );
  expect(spoiled.wrong.join('\n')).toMatch(/description is "of before", and must be "by another client"/);
  await scene.close();
  rmSync(scratch, { recursive: true, force: true });
});

requestCells(({ about }) => about.every((one) => one.startsWith('edit ')));
