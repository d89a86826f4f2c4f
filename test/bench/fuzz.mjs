// Bursts of any keys at all against the screen, each followed by a full repaint: how many cells were stale, how often it crashed,
// and which places were come to. `node test/bench/fuzz.mjs [BURSTS] [SEED] [WORLD]`; ends with 1 when anything went wrong.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { firstLine, stopped } from '../support/child.ts';
import { fuzz } from '../support/fuzz.ts';

const [bursts = '2000', seed = String(Date.now() % 1_000_000), world = 'mixed'] = process.argv.slice(2);
const cwd = mkdtempSync(path.join(os.tmpdir(), 'bastide-fuzz-'));
const launcher = path.resolve(import.meta.dirname, '../../bin/bastide');
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS|NO_COLOR|TMUX)$/.test(name)),
);
const env = { ...clean, HOME: cwd, BASTIDE_HOME: path.join(cwd, 'bastide') };

// A cloud in which the workspace that is asked for is not: Welcome, and from there into one that was read before.
const server = spawn('sh', [launcher, 'simulate', '--world', 'limited'], {
  env,
  cwd,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { tenant, client, secret, endpoint, ca } = JSON.parse(await firstLine(server));
const source = ['--endpoint', endpoint, '--ca', ca];
const account = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret };
execFileSync('sh', [launcher, 'audit', ...source, '--fail-on', 'never'], {
  env: { ...env, ...account },
  stdio: 'ignore',
});

const nobody = { args: [launcher, ...source, '--workspace', 'nobody'], env: account };

const started = Date.now();
const { wrong, left, visits, ...counted } = await fuzz({
  command: 'sh',
  starts: [
    { args: [launcher, `--demo=${world}`] },
    nobody,
    { args: [launcher, `--demo=${world}`, '--mouse'] },
    nobody,
    { args: [launcher, `--demo=${world}`, '--read-only', '--ascii'] },
    { ...nobody, args: [...nobody.args, '--mouse'] },
  ],
  env,
  cwd,
  seed: Number(seed),
  bursts: Number(bursts),
  tell: (text) => console.error(text),
});
await stopped(server);
rmSync(cwd, { recursive: true, force: true });
const seconds = ((Date.now() - started) / 1000).toFixed(0);
console.log(
  `${counted.bursts} bursts, seed ${seed}, ${seconds} s: ${wrong.length} went wrong, left and started again ${left} times`,
);
console.log(`bursts that ended in ${[...visits].map(([name, count]) => `${name} ${count}`).join(', ')}`);
const never = [...visits].filter(([, count]) => count === 0).map(([name]) => name);
if (never.length > 0) console.log(`never come to: ${never.join(', ')}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
