// `bastide simulate` in a separate process, and Microsoft's Azure CLI pointed at it: its own folder for everything,
// no request leaves this machine, and none goes to Microsoft.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startSimulator } from '../../src/simulator/index.ts';
import { freshHome, type Home, launcher, type Ran } from '../support/bastide.ts';
import { firstLine, stopped } from '../support/child.ts';

/** What `bastide simulate` prints when it is ready. */
export interface Ready {
  readonly endpoint: string;
  readonly imds: string;
  /** Path of the authority's certificate. */
  readonly ca: string;
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
  readonly subscription: string;
  readonly workspace: string;
}
export interface SimulatedAzure {
  readonly home: Home;
  readonly ready: Ready;
  /** Flags by which Bastide finds this simulator. */
  readonly source: readonly string[];
  stop(): Promise<void>;
}

/** Undefined when there is a program of this name on PATH; else why a test that needs it is skipped. */
export function missing(program: string): string | undefined {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `no ${program} on this machine`;
  }
}
export const missingFile = (file: string): string | undefined => (existsSync(file) ? undefined : `no ${file} here`);

/** Starts `bastide simulate` with these arguments and waits until it serves; writes are answered at once, for clients wait in real time. */
export async function simulate(...args: readonly string[]): Promise<SimulatedAzure> {
  const home = freshHome();
  const child = spawn('sh', [launcher, 'simulate', '--wire', 'plain', ...args], { env: home.env, cwd: home.folder });
  const ready = JSON.parse(await firstLine(child)) as Ready;
  return {
    home,
    ready,
    source: ['--endpoint', ready.endpoint, '--ca', ready.ca],
    async stop() {
      await stopped(child);
      home.remove();
    },
  };
}

/**
 * The world the acceptance scripts ask for: `open`, with a registry of the tier that network rules belong to. Writes it as
 * a file into `folder` and gives its path, for `--load`.
 */
export async function acceptanceWorld(folder: string): Promise<string> {
  const simulator = await startSimulator({ world: 'open' });
  const state = simulator
    .stateText()
    .replace(/("sku": \{\s*"name": )"Basic"(,\s*"tier": )"Basic"/g, '$1"Premium"$2"Premium"');
  await simulator.stop();
  const file = path.join(folder, 'acceptance.json');
  writeFileSync(file, state);
  return file;
}

/** An environment in which az knows nothing but this simulator. */
export function azEnvironment({
  home,
  ready,
}: {
  readonly home: Home;
  readonly ready: Pick<Ready, 'ca'>;
}): Record<string, string> {
  const nowhere = 'http://127.0.0.1:9';
  const here = 'localhost,127.0.0.1,::1';
  return {
    ...home.env,
    AZURE_CONFIG_DIR: path.join(home.folder, 'az'),
    REQUESTS_CA_BUNDLE: ready.ca,
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    AZURE_CORE_NO_COLOR: 'yes',
    AZURE_CORE_SURVEY_MESSAGE: 'no',
    AZURE_CORE_ONLY_SHOW_ERRORS: 'yes',
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
    AZURE_CORE_LOGIN_EXPERIENCE_V2: 'off',
    AZURE_CORE_INSTANCE_DISCOVERY: 'false',
    PYTHONWARNINGS: 'ignore',
    HTTPS_PROXY: nowhere,
    HTTP_PROXY: nowhere,
    NO_PROXY: here,
    https_proxy: nowhere,
    http_proxy: nowhere,
    no_proxy: here,
  };
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}
