// What a fleet audit costs: queries, reads of Azure Resource Manager, processor time and peak memory, for several sizes of the world
// `fleet`. `node test/bench/fleet.mjs [SIZE,SIZE…] [--one-subscription]`; on Linux, after a build. It prints figures; only the limits at
// its end fail. With the flag, all workspaces are in one subscription.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fleetDocuments } from '../../src/simulator/worlds/fleet.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'bin/bastide.js');
const [asked = '50,500'] = process.argv.slice(2).filter((one) => !one.startsWith('--'));
const sizes = asked.split(',').map(Number);
const isOne = process.argv.includes('--one-subscription');
const limits = { queriesBesidesPages: 25, readsPerWorkspace: 3, memoryMb: 400 };

/** Runs the program; the answer, with the processor time of its process and its peak memory as Linux counts them. */
async function run(args, env) {
  const child = spawn('/usr/bin/time', ['-f', '%U %S %M', process.execPath, program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    text.out += data;
  });
  child.stderr.on('data', (data) => {
    text.err += data;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  const [user, system, kilobytes] = (text.err.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { status, text: text.out, cpu: user + system, memory: kilobytes / 1024 };
}

async function simulator(size, folder) {
  const load = path.join(folder, 'tenant.json');
  if (isOne) {
    const documents = fleetDocuments({ workspaces: size, seed: 1, perSubscription: size });
    writeFileSync(load, `[${Array.from(documents, ({ text }) => text()).join()}]`);
  }
  const world = isOne ? ['--load', load] : ['--world', 'fleet', '--workspaces', `${size}`];
  const child = spawn(process.execPath, [program, 'simulate', ...world], {
    env: { ...process.env, BASTIDE_HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (text.includes('\n')) resolve(text.split('\n')[0]);
    });
    child.on('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  return { child, about: JSON.parse(line) };
}

/** Why a result is not complete: reads that failed, those of one reason together. */
function failedReads({ gaps, workspaces }) {
  const counts = new Map();
  for (const gap of [...gaps, ...workspaces.flatMap((row) => row.gaps)]) {
    if (gap.isFailure)
      counts.set(`${gap.action}: ${gap.reason}`, (counts.get(`${gap.action}: ${gap.reason}`) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `${count} failed: ${reason}`);
}

let failed = false;
for (const size of sizes) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-fleet-'));
  const { about, child } = await simulator(size, folder);
  const env = {
    BASTIDE_HOME: path.join(folder, 'home'),
    AZURE_TENANT_ID: about.tenant,
    AZURE_CLIENT_ID: about.client,
    AZURE_CLIENT_SECRET: about.secret,
  };
  try {
    for (const stage of ['1', '2']) {
      const debug = path.join(folder, `debug-${stage}.log`);
      const args = ['--endpoint', about.endpoint, '--ca', about.ca, '--debug', debug, '--quiet'];
      const idle = await run(['whoami', '--endpoint', about.endpoint, '--ca', about.ca, '--format', 'json'], env);
      const { cpu, memory, status, text } = await run(
        ['fleet', 'audit', '--stage', stage, '--format', 'json', ...args],
        env,
      );
      if (text === '') throw new Error(`fleet audit ended with ${status}`);
      const { complete, gaps, requests, shared, workspaces } = JSON.parse(text).result;
      const pages = (readFileSync(debug, 'utf8').match(/Microsoft\.ResourceGraph\/resources/g) ?? []).length;
      const each = ((cpu - idle.cpu) * 1000) / workspaces.length;
      const figures = [
        `${workspaces.length} workspaces, stage ${stage}:`,
        `${requests.graph} queries (${pages} pages),`,
        `${requests.arm} reads of Azure Resource Manager,`,
        `${each.toFixed(1)} ms of processor a workspace (${cpu.toFixed(1)} s in all),`,
        `${memory.toFixed(0)} MB, ${shared.length} shared causes, complete ${complete}`,
      ];
      process.stdout.write(`${figures.join(' ')}\n`);
      const wrong = [
        requests.graph > limits.queriesBesidesPages ? 'too many queries' : '',
        stage === '2' && requests.arm > limits.readsPerWorkspace * workspaces.length + 1 ? 'too many reads' : '',
        memory > limits.memoryMb ? 'too much memory' : '',
      ].filter((one) => one !== '');
      for (const one of [...wrong, ...failedReads({ gaps, workspaces })]) process.stdout.write(`  ${one}\n`);
      failed ||= wrong.length > 0;
    }
  } finally {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = failed ? 1 : 0;
