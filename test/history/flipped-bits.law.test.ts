// A journal with one flipped bit, anywhere: every other entry is as it was, the damaged one alone is unreadable, and the history goes on.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { historyName, openHistory } from '../../src/history/store.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { fold } from '../../src/model/resource-id.ts';
import { unreadableText } from '../../src/model/unreadable-words.ts';
import { numbers } from '../support/faulty-disk.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-bits-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const source = { kind: 'endpoint', name: 'https://localhost:1' } as const;
const workspace = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';
const name = historyName(source, workspace);
const open = (folder: string) => openHistory({ folder, source, workspace, pid: process.pid });

const resource = (at: number) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st${at}`;
const stepOf = (at: number): EntryStep => ({
  ...{ resource: resource(at), findings: [`storage.x@st${at}`], state: 'waiting', verified: false },
  change: {
    ...{ kind: 'edit', resource: resource(at), body: null },
    edits: [{ op: 'set', pointer: '/properties/x', before: 'Allow', after: `Deny ${at}` }],
  },
  ...{ requestId: null, operation: null, message: null, before: null, after: null },
});
const entryOf = (at: number): Entry => ({
  ...{
    id: `20261130T1200${10 + at}-${(at * 7919).toString(16).padStart(6, '0')}`,
    at: '2026-11-30T12:00:00.000Z',
    by: 'me',
  },
  ...{ verb: 'fix', findings: [], resources: [resource(at)], steps: [stepOf(at)], state: 'open', undoes: null },
  ...{ undoneBy: null, redoes: null, line: `fix st${at}`, workspace, rehearsal: null },
});

test('60 flipped bits: every other entry usable', async () => {
  const made = path.join(scratch, 'made');
  const history = open(made);
  for (let at = 0; at < 8; at += 1) {
    const { id } = entryOf(at);
    await history.append(entryOf(at));
    await history.keepBody(id, '0-before', { id: resource(at), properties: { x: 'Allow' } });
    for (const state of ['intended', 'done'] as const) {
      await history.update(id, (one) => ({ ...one, steps: one.steps.map((step) => ({ ...step, state })) }));
    }
    await history.update(id, (one) => ({ ...one, state: 'done' }));
  }
  const wanted = new Map((await history.entries()).map((one) => [one.id, JSON.stringify(one)]));
  const journal = readFileSync(path.join(made, `${name}.journal`));
  const random = numbers(20261130);
  let unreadable = 0;
  for (let turn = 0; turn < 60; turn += 1) {
    const folder = path.join(scratch, `turn-${turn}`);
    mkdirSync(path.join(folder, name), { recursive: true });
    for (const file of readdirSync(path.join(made, name))) {
      copyFileSync(path.join(made, name, file), path.join(folder, name, file));
    }
    if (turn % 2 === 0) copyFileSync(path.join(made, `${name}.head`), path.join(folder, `${name}.head`));
    const bytes = Buffer.from(journal);
    const place = Math.floor(random() * bytes.length);
    bytes[place] = (bytes[place] as number) ^ (1 << Math.floor(random() * 8));
    writeFileSync(path.join(folder, `${name}.journal`), bytes);
    const where = `byte ${place}`;
    const found = await open(folder).entries();
    const lost = found.filter(({ state }) => state === 'unreadable');
    unreadable += lost.length;
    expect(lost.length, where).toBeLessThanOrEqual(1);
    expect(new Set(found.map(({ id }) => id)), where).toEqual(new Set(wanted.keys()));
    for (const one of found)
      if (one.state !== 'unreadable') expect(JSON.stringify(one), where).toBe(wanted.get(one.id));
    // What was flipped is named, and no whole line after it is said to be damaged, or to be of no version.
    const flipped = journal.subarray(0, place).filter((byte) => byte === 0x0a).length + 1;
    for (const { unreadable: damage } of lost) {
      const lines = damage?.lines ?? [];
      for (const { line, reason } of lines)
        expect([where, reason]).toEqual([
          where,
          Math.abs(line - flipped) <= 1 ? expect.not.stringMatching('misfit') : 'follows',
        ]);
      const told = unreadableText({ unreadable: damage as NonNullable<typeof damage> }).join(' ');
      expect([where, told]).toEqual([
        where,
        expect.stringMatching(/^Line \d+ of the journal (?:was changed|is missing)\./),
      ]);
    }
    // What it may have changed is among what is told of it.
    for (const { id, unreadable: damage } of lost) {
      const own = fold((JSON.parse(wanted.get(id) as string) as Entry).resources[0] as string);
      expect(damage?.about === null || damage?.about.includes(own), where).toBe(true);
    }
    await open(folder).append({ ...entryOf(20), id: 'later' });
    const again = await open(folder).entries();
    expect(
      again.map(({ id }) => id),
      where,
    ).toEqual([...found.map(({ id }) => id), 'later']);
    expect(again.filter(({ state }) => state === 'unreadable').length, where).toBe(lost.length);
    const { copy, lines } = await open(folder).repair(false);
    expect((copy === null) === (lost.length + lines.length === 0), where).toBe(true);
    expect(
      (await open(folder).entries()).map(({ id, state }) => [id, state]),
      where,
    ).toEqual(again.map(({ id, state }) => [id, state]));
  }
  expect(unreadable).toBeGreaterThan(20);
});
