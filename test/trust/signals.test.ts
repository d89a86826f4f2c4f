// Stopping by signals: the first finishes the request in flight, records it and gives a result; the second leaves at once, and what
// was sent is found by the next command.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Entry } from '../../src/model/entry.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { bastideJson, freshHome, type Home, launcher, type ParsedEnvelope } from '../support/bastide.ts';
import { inEveryRun, inLongRun, partOf } from '../support/parts.ts';

let simulator: Simulator;
let home: Home;
let source: readonly string[];
afterEach(async () => {
  await simulator.stop();
  home.remove();
});

async function begin(options: SimulatorOptions): Promise<void> {
  simulator = await startSimulator({ world: 'open', wire: 'plain', ...options });
  home = freshHome({
    AZURE_TENANT_ID: simulator.tenant,
    AZURE_CLIENT_ID: simulator.client,
    AZURE_CLIENT_SECRET: simulator.secret,
  });
  const ca = path.join(home.folder, 'ca.pem');
  writeFileSync(ca, simulator.ca);
  source = ['--endpoint', simulator.endpoint, '--ca', ca];
}

/** A fix whose events come as lines; `until` resolves when a line has this text. */
function fixing(): {
  kill(signal: NodeJS.Signals): void;
  until(text: string): Promise<void>;
  readonly ended: Promise<{ readonly status: number | null; readonly lines: readonly string[] }>;
} {
  const args = ['fix', '--all', '--yes', '--format', 'ndjson', ...source];
  const child = spawn('sh', [launcher, ...args], { env: home.env, cwd: home.folder });
  let stdout = '';
  const waiting: { readonly text: string; readonly done: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (more) => {
    stdout += more;
    for (const { text, done } of waiting) if (stdout.includes(text)) done();
  });
  return {
    kill: (signal) => void child.kill(signal),
    until: (text) => new Promise((done) => waiting.push({ text, done })),
    ended: new Promise((resolve) =>
      child.on('close', (status) => resolve({ status, lines: stdout.trimEnd().split('\n') })),
    ),
  };
}
const resultOf = (lines: readonly string[]): ParsedEnvelope<ApplyResult> =>
  JSON.parse(lines.at(-1) ?? '') as ParsedEnvelope<ApplyResult>;
const history = async (): Promise<readonly Entry[]> =>
  (await bastideJson<{ entries: readonly Entry[] }>(['history', ...source], home)).result.entries;
const slow = 'PUT */subnets/* 1 slow:1500';

test.each(partOf(['SIGTERM', 'SIGINT'] as const, 2))('the first %s finishes the write in flight', async (signal) => {
  await begin({ faults: slow });
  const run = fixing();
  await run.until('"state":"intended"');
  run.kill(signal);
  const { status, lines } = await run.ended;
  expect(status).toBe(5);
  const { result, failure } = resultOf(lines);
  expect(result.steps.map(({ state }) => state)).toEqual(['done', ...result.steps.slice(1).map(() => 'skipped')]);
  expect(failure).toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining(`1 of ${result.steps.length}`),
  });
  const entry = (await history()).find(({ id }) => id === result.entry);
  expect([entry?.state, entry?.steps[0]?.state]).toEqual(['partial', 'done']);
  const undo = await bastideJson<ApplyResult>(['undo', '--yes', ...source], home);
  expect([undo.status, undo.result.state]).toEqual([0, 'done']);
});

inLongRun(() => {
  test('an operation that goes on is left, recorded as unknown, and an undo says so at once', async () => {
    await begin({ clock: 'seconds:3600' });
    const run = fixing();
    await run.until('"state":"running"');
    run.kill('SIGTERM');
    const { status, lines } = await run.ended;
    expect(status).toBe(5);
    const { result, failure } = resultOf(lines);
    expect([result.state, result.steps[0]?.state, failure?.code]).toEqual(['open', 'unknown', 'outcome-unknown']);
    expect((await history()).map(({ state }) => state)).toEqual(['open']);
    const undo = await bastideJson(['undo', '--yes', ...source], home);
    expect([undo.status, undo.failure?.code]).toEqual([4, 'unsettled']);
    expect(undo.failure?.message).toContain(result.entry);
  });
});

inEveryRun(() => {
  test('the second signal leaves at once, and the next command that writes settles what was sent', async () => {
    await begin({ faults: slow });
    const run = fixing();
    await run.until('"state":"intended"');
    const heard = new Promise<void>((resolve) => {
      simulator.onExchange(({ method }) => {
        if (method === 'PUT') resolve();
      });
    });
    let isOver = false;
    void run.ended.then(() => {
      isOver = true;
    });
    // Signals that come together are one; sooner or later one is the second.
    while (!isOver) {
      run.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { status, lines } = await run.ended;
    expect(status).toBe(5);
    expect(lines.at(-1)).not.toContain('"schema"');
    const [open] = await history();
    expect([open?.state, open?.steps[0]?.state]).toEqual(['open', 'intended']);
    // The request had left: Azure makes the change all the same.
    await heard;
    const undo = await bastideJson<ApplyResult>(['undo', '--yes', ...source], home);
    expect([undo.status, undo.result.state]).toEqual([0, 'done']);
    const [settled] = await history();
    expect([settled?.steps[0]?.state, settled?.undoneBy]).toEqual(['done', undo.result.entry]);
  });
});
