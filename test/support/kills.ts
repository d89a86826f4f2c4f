// The process is killed in the middle of an apply, many times. Whatever was on disk and whatever Azure holds, the next command that
// writes settles it: every step is told apart as done or not done, nothing is lost, and nothing is written twice.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exchange, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import {
  type AuditJson,
  bastideJson,
  everyEffect,
  freshHome,
  type Home,
  launcher,
  type OutcomeJson,
} from './bastide.ts';
import { entriesIn } from './journal.ts';
import { part, partOf } from './parts.ts';
import { normalState } from './state.ts';
import { tellTrust, trustMoments } from './trust-size.ts';

const moments = trustMoments;

interface Step {
  readonly resource: string;
  readonly state: string;
  readonly verified: boolean;
}
interface Kept {
  readonly entries: readonly { readonly id: string; readonly state: string; readonly steps: readonly Step[] }[];
}

/** The journal, read from disk behind the program's back; undefined while there is no entry. */
function onDisk(home: Home): Kept | undefined {
  const folder = path.join(home.folder, 'bastide');
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return undefined;
  }
  for (const name of names) {
    if (!/history\/.*\.journal$/.test(name)) continue;
    const entries = entriesIn(readFileSync(path.join(folder, name)));
    if (entries.length > 0) return { entries };
  }
  return undefined;
}

const isWrite = (exchange: Exchange) => /^(PUT|PATCH|DELETE)$/.test(exchange.method);
const tally = { betweenIntentAndOutcome: 0, tried: 0, right: 0, states: new Set<string>() };

/** At some moments, or at the others. */
export function killedAtMoments(): void {
  describe('kill -9', () => {
    let scratch: string;
    beforeAll(() => {
      scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-crash-'));
    });
    afterAll(() => rmSync(scratch, { recursive: true, force: true }));

    test.concurrent.each(
      partOf(
        Array.from({ length: moments }, (_, index) => index),
        6,
      ),
    )(
      'moment %i',
      async (moment) => {
        tally.tried += 1;
        const state = path.join(scratch, `state-${moment}.json`);
        const whole = moment % 5 === 0;
        const clock = moment % 3 === 2 && !whole ? 'polls:1' : 'instant';
        // Another process waits in real time as it is asked to; where it is cut off is what counts here.
        const simulator = await startSimulator({ world: 'open', state, clock, latency: 15, wire: 'plain' });
        const writes: Exchange[] = [];
        simulator.onExchange((exchange) => {
          if (isWrite(exchange)) writes.push(exchange);
        });
        const home = connected(simulator, scratch, moment);
        const source = ['--endpoint', simulator.endpoint, '--ca', home.ca];
        try {
          await bastideJson<AuditJson>(['audit', ...source], home);
          const start = normalState(state);
          const cut = await applyAndCut(home, source, moment);

          // A preview settles what needs no wait; the history alone reads nothing of Azure, and shows what is open as it is. An
          // operation that was still running when the first preview looked has ended by the next. A request that was about to leave may
          // still arrive for two minutes: until then its step stays open, and each preview waits ten seconds for it.
          let settled = await bastideJson<Kept>(['history', ...source], home);
          for (let looks = 0; looks < 15 && settled.result.entries.some(({ state }) => state === 'open'); looks += 1) {
            await bastideJson(['undo', '--dry-run', ...source], home);
            settled = await bastideJson<Kept>(['history', ...source], home);
          }
          expect(settled.failure).toBeNull();
          for (const entry of settled.result.entries) {
            expect(entry.state).not.toBe('open');
            for (const step of entry.steps) expect(['done', 'failed', 'skipped', 'waiting']).toContain(step.state);
          }
          const accepted = writes.filter((exchange) => exchange.status < 300);
          const done = settled.result.entries.flatMap((entry) => entry.steps).filter((step) => step.state === 'done');
          expect(done.length).toBe(accepted.length);
          note(cut);

          if (whole) {
            const rest = await bastideJson<OutcomeJson>(
              ['fix', '--all', '--answer', 'sku=Premium', ...everyEffect, '--yes', ...source],
              home,
            );
            expect(rest.failure).toBeNull();
            const audit = await bastideJson<AuditJson>(['audit', ...source], home);
            expect(audit.result.findings.filter((f) => f.outcome === 'fail' && f.fix.kind === 'auto')).toEqual([]);
            for (let turn = 0; turn < 5; turn += 1) {
              const undone = await bastideJson<OutcomeJson>(['undo', '--yes', ...source], home);
              if (undone.status === 4) break;
              expect(undone.failure).toBeNull();
            }
            expect(normalState(state)).toEqual(start);
          }
          const sent = writes
            .filter((exchange) => exchange.status < 300)
            .map((exchange) => `${exchange.url} ${exchange.requestBody}`);
          if (!whole) expect(new Set(sent).size).toBe(sent.length);
          tally.right += 1;
        } finally {
          await simulator.stop();
          home.remove();
        }
      },
      300_000,
    );

    test('the moments were worth it', ({ task }) => {
      const { tried, right } = tally;
      tellTrust(task, { suite: 'crash', what: 'kills of a process', tried, wrong: tried - right });
      expect(tally.betweenIntentAndOutcome).toBeGreaterThanOrEqual(tried * 0.6);
      // A few moments need not meet a step between its request and its answer.
      const met = part !== 'others' ? ['done', 'waiting'] : ['done', 'intended', 'sent', 'waiting'];
      expect([...tally.states].toSorted()).toEqual(expect.arrayContaining(met));
    });
  });
}

function note(cut: Kept | undefined): void {
  const steps = cut?.entries.flatMap((entry) => entry.steps) ?? [];
  for (const step of steps) tally.states.add(step.state);
  const begun = steps.some((step) => step.state !== 'waiting');
  const ended = cut?.entries.every((entry) => entry.state !== 'open') ?? false;
  if (begun && !ended) tally.betweenIntentAndOutcome += 1;
}

function connected(simulator: Simulator, scratch: string, moment: number): Home & { readonly ca: string } {
  const ca = path.join(scratch, `ca-${moment}.pem`);
  writeFileSync(ca, simulator.ca);
  const home = freshHome({
    AZURE_TENANT_ID: simulator.tenant,
    AZURE_CLIENT_ID: simulator.client,
    AZURE_CLIENT_SECRET: simulator.secret,
  });
  return { ...home, ca };
}

/** Starts the apply and kills it when step N is seen in the wanted state, or a random moment later. What was on disk then. */
async function applyAndCut(home: Home, source: readonly string[], moment: number): Promise<Kept | undefined> {
  const step = moment % 10;
  const wanted = ['intended', 'sent', 'done', 'intended', 'sent'][Math.floor((moment * 5) / moments)] ?? 'intended';
  const delay = (moment * 7919) % 23;
  // The launcher execs Node, so the child's pid is the program's own.
  const child = spawn('sh', [launcher, 'fix', '--all', '--yes', ...source], {
    env: home.env,
    cwd: home.folder,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  let over = false;
  ended.then(() => {
    over = true;
  });
  while (!over) {
    const steps = onDisk(home)?.entries.at(-1)?.steps ?? [];
    if (steps[step]?.state === wanted) {
      if (moment % 2 === 1) await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await ended;
  return onDisk(home);
}
