// Another client writes between any two requests of a fix or an undo. What it set is kept, or told as overwritten; it is never put
// back by itself; the history says what the world shows; and an undo leaves what it set alone.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type InterleavingStage, openInterleavings } from '../support/interleavings.ts';
import { tellTrust, trustSchedules, trustSeed } from '../support/trust-size.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-interleavings-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const endpoint = { subnet: 'vnet-ml/snet-pe', link: 'Acr', way: 'admit' };
/** Together their plans change every type that a fix changes. */
const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['mixed', {}],
  ['limited', endpoint],
  ['open', { sku: 'Premium' }],
  ['kubernetes', { nodes: '2' }],
  ['machines', { group: 'make' }],
  ['firewalled', endpoint],
  ['databricks', { prefix: '10.1.2.0/24' }],
  ['registry', { cluster: 'builder', size: 'STANDARD_DS3_V2' }],
  ['tunnelled', endpoint],
  ['containers', {}],
  ['everything', { sku: 'Premium', prefix: '10.1.2.0/24', 'accept-cut': 'yes' }],
];
/** In one world where few are asked for. */
const chosen = trustSchedules >= 40 ? ways : ways.slice(0, 1);

/** Opened once; the next one closes the one before. */
let opened: InterleavingStage | undefined;
async function open(world: string, answers: Readonly<Record<string, string>>): Promise<InterleavingStage> {
  if (opened?.world === world) return opened;
  await opened?.close();
  opened = await openInterleavings(world, answers, scratch);
  return opened;
}
afterAll(() => opened?.close());

test('it sees a change of another client that is lost without a word', async () => {
  const stage = await open('mixed', {});
  const schedules = stage
    .schedules(1, 200)
    .filter(({ verb, writes }) => verb === 'fix' && writes.length === 1 && writes[0]?.kind === 'beside');
  // The mistake that is planted takes tags away, which not every resource got.
  for (const one of schedules.slice(0, 12)) {
    if (!(await stage.run(one, true)).wrong.some((what) => /is gone, and nothing says so/.test(what))) continue;
    expect((await stage.run(one)).wrong).toEqual([]);
    return;
  }
  throw new Error('no schedule shows the mistake');
});

describe.each(chosen)('%s', (world, answers) => {
  test('whatever another client writes meanwhile', async ({ task }) => {
    const stage = await open(world, answers);
    const wrong: string[] = [];
    const types = new Set<string>();
    let [tried, unseen, told] = [0, 0, 0];
    const share = Math.ceil(trustSchedules / chosen.length);
    // What Azure refuses of another client changes nothing: such a schedule is none.
    for (const schedule of stage.schedules(trustSeed, share * 2)) {
      if (tried >= share) break;
      const one = await stage.run(schedule);
      if (one.writes === 0) continue;
      tried += 1;
      unseen += one.unseen;
      told += one.told;
      for (const type of one.types) types.add(type);
      wrong.push(...one.wrong.slice(0, 1));
    }
    tellTrust(task, { suite: 'interleavings', what: 'schedules', tried, wrong: wrong.length });
    process.stdout.write(
      `${world}: ${tried} schedules on ${types.size} of ${stage.types.size} types, ${told} told, ${unseen} that no client can see\n`,
    );
    expect(wrong).toEqual([]);
    expect(tried).toBe(share);
  }, 3_600_000);
});
