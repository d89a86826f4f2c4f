// The same facts by two tools, in one run against one simulator: one `bastide audit`, and the Azure CLI commands that read what
// the audit reads. ARM requests, tokens, CPU of everything started, peak memory of the largest process, wall time, and ratios.
// `node test/bench/beside-az.mjs [RUNS]` prints a table, and one line of JSON after it. It checks nothing. Skipped, with a
// message, where there is no az.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startSimulator } from '../../src/simulator/index.ts';

const runs = Number(process.argv[2] ?? 3);
const launcher = path.resolve(import.meta.dirname, '../../bin/bastide');
const group = 'rg-ml';
const vaults = ['kv-mlsim'];
const accounts = ['stmlsim', 'stmldata', 'lakemlsim', 'stmlarch'];
const networks = ['vnet-ml', 'vnet-old'];

/** One command for each thing the audit of the world `mixed` reads: no more, no less. */
function commands(workspace) {
  const rest = (tail, version) => ['rest', '--method', 'get', '--url', `${workspace}${tail}?api-version=${version}`];
  const scope = workspace.replace(/\/providers\/.*/, '');
  return [
    ['account', 'list', '--refresh'],
    ['resource', 'list', '--resource-type', 'Microsoft.MachineLearningServices/workspaces'],
    ['resource', 'show', '--ids', workspace, '--api-version', '2026-05-15-preview'],
    rest('/computes', '2026-05-01'),
    rest('/datastores', '2026-05-01'),
    rest('/onlineEndpoints', '2026-05-01'),
    ['lock', 'list'],
    ...accounts.map((name) => ['storage', 'account', 'show', '-g', group, '-n', name]),
    ...vaults.map((name) => ['keyvault', 'show', '-g', group, '-n', name]),
    ['acr', 'show', '-g', group, '-n', 'acrmlsim'],
    ['network', 'private-endpoint', 'list'],
    ...networks.map((name) => ['network', 'vnet', 'show', '-g', group, '-n', name]),
    ['network', 'private-dns', 'zone', 'list'],
    [
      'rest',
      '--method',
      'get',
      '--url',
      `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
    ],
  ];
}

// wait4's own accounting: user and system time of the child and all it waited for, and the largest resident size among them.
const meter = `
import os, resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, time.monotonic() - start)
`;

/** Runs a command under the meter. Asynchronous, because the simulator answers from this process. */
function measured(words, env) {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', meter, ...words], { env, cwd: scratch });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      const [status, cpu, memory, wall] = output.trim().split(' ').map(Number);
      resolve({ status, cpu, memory, wall });
    });
  });
}

function has(program) {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const program of ['az', 'python3']) {
  if (has(program)) continue;
  console.log(`skipped: no ${program} on this machine`);
  process.exit(0);
}

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-bench-'));
const simulator = await startSimulator({ world: 'mixed', wire: 'plain' });
let [arm, tokens] = [0, 0];
simulator.onExchange(({ url }) => {
  if (url.includes('/oauth2/')) tokens += 1;
  else if (/^\/(subscriptions|providers)/i.test(url)) arm += 1;
});
const ca = path.join(scratch, 'ca.pem');
writeFileSync(ca, simulator.ca);
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS|.*_proxy)$/i.test(name)),
);
const env = {
  ...clean,
  HOME: scratch,
  BASTIDE_HOME: path.join(scratch, 'home'),
  AZURE_TENANT_ID: simulator.tenant,
  AZURE_CLIENT_ID: simulator.client,
  AZURE_CLIENT_SECRET: simulator.secret,
};
const azEnv = {
  ...clean,
  HOME: scratch,
  AZURE_CONFIG_DIR: path.join(scratch, 'az'),
  REQUESTS_CA_BUNDLE: ca,
  AZURE_CORE_COLLECT_TELEMETRY: 'no',
  AZURE_CORE_ONLY_SHOW_ERRORS: 'yes',
  AZURE_CORE_INSTANCE_DISCOVERY: 'false',
  AZURE_CORE_LOGIN_EXPERIENCE_V2: 'off',
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: 'localhost,127.0.0.1',
};

async function counted(steps) {
  [arm, tokens] = [0, 0];
  const each = [];
  for (const step of steps) each.push(await step());
  const bad = each.filter(({ status }, index) => status !== (steps[index].expected ?? 0)).length;
  if (bad > 0) throw new Error(`${bad} of ${steps.length} commands ended otherwise than they should`);
  const sum = (member) => each.reduce((total, one) => total + one[member], 0);
  const memory = Math.max(...each.map((one) => one.memory));
  return { commands: steps.length, requests: arm, tokens, cpu: sum('cpu'), memory, wall: sum('wall') };
}

const audit = () => measured(['sh', launcher, 'audit', '--endpoint', simulator.endpoint, '--ca', ca], env);
// The world has findings.
audit.expected = 1;
const az = (words) => () => measured(['az', ...words, '-o', 'json'], azEnv);
try {
  // Both are warm: signed in where that is kept, with their indexes and compiled code in place.
  await counted([
    az(['cloud', 'register', '-n', 'Sim', '--endpoint-resource-manager', simulator.endpoint]),
    az(['cloud', 'set', '-n', 'Sim']),
    az(['login', '--service-principal', '-u', simulator.client, '-p', simulator.secret, '--tenant', simulator.tenant]),
    audit,
  ]);
  const steps = commands(simulator.workspace).map(az);
  const results = { az: [], bastide: [] };
  for (let run = 0; run < runs; run += 1) {
    results.az.push(await counted(steps));
    results.bastide.push(await counted([audit]));
  }
  const middle = (list) =>
    Object.fromEntries(Object.keys(list[0]).map((name) => [name, median(list.map((one) => one[name]))]));
  const [theirs, ours] = [middle(results.az), middle(results.bastide)];
  const units = { commands: '', requests: '', tokens: '', cpu: ' s', memory: ' MiB', wall: ' s' };
  const round = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 0));
  console.log(`One workspace, world mixed, medians of ${runs} interleaved runs, Node ${process.versions.node}`);
  console.log(`${''.padEnd(10)}${'az'.padStart(12)}${'bastide'.padStart(12)}${'az / bastide'.padStart(14)}`);
  for (const [name, unit] of Object.entries(units)) {
    const ratio = ours[name] > 0 ? `${(theirs[name] / ours[name]).toFixed(1)}x` : '-';
    const cells = [theirs, ours].map((one) => `${round(one[name])}${unit}`.padStart(12)).join('');
    console.log(`${name.padEnd(10)}${cells}${ratio.padStart(14)}`);
  }
  console.log(JSON.stringify({ bench: 'beside-az', world: 'mixed', runs, az: theirs, bastide: ours }));
} finally {
  await simulator.stop();
  rmSync(scratch, { recursive: true, force: true });
}
