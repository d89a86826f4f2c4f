// Bastide as a user starts it: the real launcher, the real bundle, a separate home folder.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { effectFlags } from '../../src/model/effect.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { recordingEnvironment } from './record-exchanges.ts';
import { poolVariable, socketOf } from './warm-pool.ts';

export const root = path.resolve(import.meta.dirname, '../..');
export const launcher = path.join(root, 'bin/bastide');

/** What `--all` leaves out unless it is allowed; for tests that apply every fix. */
export const everyEffect = ['--allow-effects', Object.values(effectFlags).join()] as const;

export interface Home {
  readonly folder: string;
  /** An environment without CI, credentials or the user's own settings. */
  readonly env: Record<string, string>;
  remove(): void;
}

/** A fresh home that signs in to a simulator, with its certificate as `ca.pem`. */
export function homeFor(simulator: Pick<Simulator, 'tenant' | 'client' | 'secret' | 'ca'>): Home {
  const { tenant, client, secret, ca } = simulator;
  const home = freshHome({ AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret });
  writeFileSync(path.join(home.folder, 'ca.pem'), ca);
  return home;
}

export function freshHome(extra: Record<string, string> = {}): Home {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-test-'));
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      (pair): pair is [string, string] =>
        pair[1] !== undefined &&
        !/^(CI|CONTINUOUS_INTEGRATION|NO_COLOR|FORCE_COLOR|AZURE_.*|BASTIDE_.*|SSH_.*|VITEST.*|NODE_ENV|NODE_OPTIONS|LC_.*|COLORTERM|TERM_PROGRAM|ACCESSIBLE|INK_SCREEN_READER)$/.test(
          pair[0],
        ),
    ),
  );
  return {
    folder,
    env: {
      ...env,
      ...recordingEnvironment(),
      HOME: folder,
      // A home of its own would have every test compile the bundle again.
      NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/bastide-tests'),
      BASTIDE_HOME: path.join(folder, 'bastide'),
      LANG: 'C.UTF-8',
      ...extra,
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Declares that no job runs on serverless compute, so that closing a service cuts off nobody who is known. */
export async function declareNoServerless(home: Home, world: string): Promise<void> {
  const { status, stderr } = await bastide(['assume', 'usesServerless', 'false', `--demo=${world}`], home);
  if (status !== 0) throw new Error(stderr);
}

export interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `bastide ARGS` to its end, in the process of this worker that has the bundle loaded already: one command at a time. Where
 * that is not enough, {@link bastideProcess}.
 */
export async function bastide(args: readonly string[], home: Home, input = ''): Promise<Ran> {
  const pool = process.env[poolVariable];
  if (pool === undefined) return bastideProcess(args, home, input);
  const connection = connect({ path: socketOf(pool, Number(process.env.VITEST_POOL_ID)), allowHalfOpen: true });
  connection.end(JSON.stringify({ args, env: home.env, cwd: home.folder, input }));
  return { signal: null, ...(JSON.parse(await text(connection)) as Omit<Ran, 'signal'>) };
}

/** Runs `bastide ARGS` to its end as a process of its own, through the launcher. */
export function bastideProcess(args: readonly string[], home: Home, input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', [launcher, ...args], { env: home.env, cwd: home.folder });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

export interface ParsedEnvelope<Result = Record<string, never>> {
  readonly schema: string;
  readonly command: string;
  readonly ok: boolean;
  readonly result: Result;
  readonly failure: { code: string; message: string; next: string } | null;
}

/** Runs a command with `--format json`; the one document on stdout, and the exit status. */
export async function bastideJson<Result>(
  args: readonly string[],
  home: Home,
): Promise<ParsedEnvelope<Result> & { readonly status: number | null; readonly stderr: string }> {
  const ran = await bastide([...args, '--format', 'json'], home);
  try {
    return { ...(JSON.parse(ran.stdout) as ParsedEnvelope<Result>), status: ran.status, stderr: ran.stderr };
  } catch (error) {
    throw new Error(`not one JSON document (exit ${ran.status}):\n${ran.stdout}\n${ran.stderr}`, { cause: error });
  }
}

export interface PrintedFinding {
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
  readonly outcome: string;
  readonly resource: string;
  readonly where: string | null;
  readonly because: string;
  readonly fix: { readonly kind: string; readonly undo: string };
}
export interface AuditJson {
  readonly snapshot: {
    readonly gaps: readonly { readonly id: string; readonly code?: string }[];
    readonly requests: number;
  };
  readonly summary: { readonly fail: number; readonly bySeverity: Record<string, number> };
  readonly findings: readonly PrintedFinding[];
  readonly problems: readonly { readonly kind: string; readonly severity: string }[];
}
export interface OutcomeJson {
  readonly entry: string | null;
  readonly steps: readonly { readonly resource: string; readonly state: string }[];
  readonly verified: { readonly resolved: string[]; readonly persisting: string[]; readonly unknown: string[] };
  readonly skipped?: readonly { readonly finding: string; readonly reason: string }[];
}
export interface HistoryJson {
  readonly entries: readonly {
    readonly id: string;
    readonly verb: string;
    readonly state: string;
    readonly undoes: string | null;
    readonly undoneBy: string | null;
  }[];
}
