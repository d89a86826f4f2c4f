// `fleet audit` is killed at random moments of both stages, each said by what the simulator has answered. The next run gives the report
// of a run that was not killed, and reads no list of a workspace twice. `TEST_SEED=N` tries other moments.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FleetReport } from '../../src/model/fleet.ts';
import { type Exchange, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { bastide, freshHome, type Home, launcher } from '../support/bastide.ts';
import { sampleOf } from '../support/trust-size.ts';

const moments = 20;
const seed = Number(process.env.TEST_SEED ?? 18);
/** Requests that a killed process may have sent without having kept the answer. */
const inFlight = 16;

/** Numbers below 1, the same for the same seed (a linear congruential generator). */
function numbersOf(from: number): () => number {
  let state = from % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

let simulator: Simulator;
let whole: unknown;
let requests: readonly string[];

function connected(): Home {
  const home = freshHome({
    AZURE_TENANT_ID: simulator.tenant,
    AZURE_CLIENT_ID: simulator.client,
    AZURE_CLIENT_SECRET: simulator.secret,
  });
  writeFileSync(path.join(home.folder, 'ca.pem'), simulator.ca);
  return home;
}
const argumentsOf = (home: Home) => [
  ...['fleet', 'audit', '--format', 'json', '--endpoint', simulator.endpoint],
  ...['--ca', path.join(home.folder, 'ca.pem')],
];
/** Queries of Resource Graph, and lists of workspaces page by page. */
const isCounted = ({ url }: Exchange): boolean => /resourcegraph/i.test(url) || isList(url);
const isList = (url: string): boolean => /\/(?:computes|datastores|outboundrules|locks)(?:\?|$)/i.test(url);
const workspaceOf = (url: string): string => /^.*?\/workspaces\/[^/?]+/.exec(url)?.[0] ?? url;
const pathOf = (url: string): string => url.toLowerCase();

/** The report without the moment at which it was read. */
function reportIn(stdout: string): unknown {
  const { result } = JSON.parse(stdout, (name, value: unknown) => (name === 'asked' ? '' : value)) as {
    readonly result: FleetReport;
  };
  const workspaces = result.workspaces.map(({ at: _at, ...row }) => row);
  return { ...result, at: '', workspaces };
}

async function runWhole(home: Home) {
  const asked: string[] = [];
  const stop = simulator.onExchange((exchange) => {
    if (isCounted(exchange)) asked.push(pathOf(exchange.url));
  });
  // Only what is killed needs a process of its own.
  const ran = await bastide(argumentsOf(home), home);
  stop();
  expect(ran.stdout, ran.stderr).not.toBe('');
  return { report: reportIn(ran.stdout), asked };
}

/** Kills the process at the answer to its request with this number. What it asked, in order; whether it had ended before. */
async function runKilled(home: Home, at: number) {
  const asked: string[] = [];
  // Not through the shell: the signal must reach the program.
  const child = spawn('sh', ['-c', 'exec sh "$0" "$@"', launcher, ...argumentsOf(home)], {
    env: home.env,
    cwd: home.folder,
    stdio: 'ignore',
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const stop = simulator.onExchange((exchange) => {
    if (!isCounted(exchange)) return;
    asked.push(pathOf(exchange.url));
    if (asked.length === at) child.kill('SIGKILL');
  });
  const signal = await ended;
  stop();
  return { asked, wasKilled: signal === 'SIGKILL' };
}

beforeAll(async () => {
  simulator = await startSimulator({ world: 'fleet', workspaces: 16, graph: 'page=40' });
  const home = connected();
  const { asked, report } = await runWhole(home);
  home.remove();
  whole = report;
  requests = asked;
}, 120_000);
afterAll(() => simulator.stop());

const random = numbersOf(seed);
const shares = Array.from({ length: moments }, (_, index) => (index + random()) / moments);

test.each(sampleOf(shares, 4))(
  'killed after a share of %f of its requests, it goes on: the same report, no list twice',
  async (share) => {
    // After the last ones that are under way together the process may end before the signal is there.
    const at = Math.min(requests.length - inFlight, 1 + Math.floor(share * (requests.length - 1)));
    const home = connected();
    try {
      const killed = await runKilled(home, at);
      expect(killed.wasKilled, `request ${at} of ${requests.length}`).toBe(true);
      const { asked, report } = await runWhole(home);
      expect(report).toEqual(whole);
      // A workspace whose lists were not all answered may be read again.
      const answered = killed.asked.slice(0, -inFlight).filter(isList);
      const half = new Set(requests.filter((url) => isList(url) && !answered.includes(url)).map(workspaceOf));
      const known = new Set(answered.filter((url) => !half.has(workspaceOf(url))));
      expect(asked.filter((url) => known.has(url))).toEqual([]);
      const lists = [...killed.asked, ...asked].filter(isList);
      expect(new Set(lists)).toEqual(new Set(requests.filter(isList)));
      expect(lists.length).toBeLessThanOrEqual(requests.filter(isList).length + 2 * inFlight);
      // Once a list was read, everything of stage 1 is on disk.
      if (killed.asked.some(isList)) expect(asked.filter((url) => !isList(url))).toEqual([]);
    } finally {
      home.remove();
    }
  },
  120_000,
);

test('moments of both stages were tried, and lists were there to be read twice', () => {
  const first = requests.findIndex(isList);
  const tried = shares.map((share) => 1 + Math.floor(share * (requests.length - 1)));
  expect(tried.some((at) => at <= first)).toBe(true);
  expect(tried.filter((at) => at > first + inFlight).length).toBeGreaterThan(moments / 4);
  expect(new Set(requests.filter(isList)).size).toBe(requests.filter(isList).length);
});
