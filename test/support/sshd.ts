// A real sshd on loopback with keys made for it, and a line in front of it that is as slow as a real one, counts what passes,
// and can be cut. Its user is far away, as operators are.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openScreen, type ScreenOptions, type TestScreen } from './screen.ts';

const sshd = '/usr/sbin/sshd';
const client = '/usr/bin/ssh';

/** Why there is no sshd to be had here; null when there is one. The daemon lets only root in without a password of the system's. */
export const whyNoSshd = (): string | null =>
  !existsSync(sshd) || !existsSync(client)
    ? 'openssh-server and openssh-client are not installed'
    : process.getuid?.() === 0
      ? null
      : 'only root may start an sshd that lets somebody in';

export interface Sshd {
  readonly port: number;
  /** The daemon's own log. */
  log(): string;
  /** A terminal on the far side of `port` running a command line there. */
  open(command: string, options: ScreenOptions & { readonly port: number; readonly compressed?: boolean }): TestScreen;
  stop(): Promise<void>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A command line for the far side: words with exactly this environment. */
export const remoteLine = (words: readonly string[], env: Readonly<Record<string, string>>, folder: string): string =>
  [
    `cd ${quoted(folder)} && exec env`,
    ...Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`),
    ...words.map(quoted),
  ].join(' ');

export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-sshd-'));
  const port = await freePort();
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, name)]);
  }
  writeFileSync(path.join(folder, 'authorized'), readFileSync(path.join(folder, 'user.pub')));
  // The daemon gives up its rights in this folder; a machine that was just set up has none yet.
  mkdirSync('/run/sshd', { recursive: true });
  const config = {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: path.join(folder, 'host'),
    AuthorizedKeysFile: path.join(folder, 'authorized'),
    PidFile: path.join(folder, 'pid'),
    PermitRootLogin: 'prohibit-password',
    PasswordAuthentication: 'no',
    KbdInteractiveAuthentication: 'no',
    UsePAM: 'no',
    StrictModes: 'no',
    PrintMotd: 'no',
    PrintLastLog: 'no',
  };
  const lines = Object.entries(config).map(([name, value]) => `${name} ${value}`);
  writeFileSync(path.join(folder, 'config'), `${lines.join('\n')}\n`);
  const daemon = spawn(sshd, ['-D', '-e', '-f', path.join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  for (let tries = 0; !log.includes('listening'); tries += 1) {
    if (tries > 300 || daemon.exitCode !== null) throw new Error(`sshd does not listen: ${log}`);
    await sleep(20);
  }
  const options = {
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: path.join(folder, 'known'),
    LogLevel: 'ERROR',
  };
  return {
    port,
    log: () => log,
    open(command, { port: at, compressed = false, ...screen }) {
      const words = [
        ...['-F', '/dev/null', '-tt', ...(compressed ? ['-C'] : []), '-p', String(at), '-i', path.join(folder, 'user')],
        ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
        ...[`${os.userInfo().username}@127.0.0.1`, command],
      ];
      return openScreen(client, words, screen);
    },
    async stop() {
      daemon.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface DelayLine {
  readonly port: number;
  /** Bytes that came from the far side, and that went there. */
  readonly bytes: { down: number; up: number };
  /** The connection drops: both ends see it gone. */
  cut(): void;
  /** Nothing passes any more, and neither end is told. */
  freeze(): void;
  stop(): Promise<void>;
}

/** A line to a port of loopback that takes `oneWay` milliseconds in each direction. */
export async function delayLine(to: number, oneWay: number): Promise<DelayLine> {
  const bytes = { down: 0, up: 0 };
  const open = new Set<net.Socket>();
  let frozen = false;
  const pass = (from: net.Socket, into: net.Socket, way: 'down' | 'up'): void => {
    open.add(from);
    from.on('data', (data: Buffer) => {
      if (frozen) return;
      bytes[way] += data.length;
      setTimeout(() => into.writable && into.write(data), oneWay);
    });
    from.on('end', () => setTimeout(() => into.end(), oneWay));
    from.on('error', () => into.destroy());
    from.on('close', () => open.delete(from));
  };
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = net.connect({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    pass(near, far, 'up');
    pass(far, near, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    bytes,
    cut,
    freeze() {
      frozen = true;
    },
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Process ids whose environment holds NAME=VALUE: what was started for one home, whatever it is called. */
export function processesWith(name: string, value: string): number[] {
  const wanted = `${name}=${value}`;
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return [];
    try {
      return readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0').includes(wanted) ? [Number(entry)] : [];
    } catch {
      // It has just ended, or belongs to another process.
      return [];
    }
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
