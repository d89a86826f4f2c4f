// Programs in real terminals, and what they cost: bytes written, processor time of all threads and of finished children, memory.
// Linux only.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { frameEnd } from './first-frame.mjs';

export const size = { cols: 120, rows: 40 };

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
export const repeat = (key, count) => Array.from({ length: count }, () => key);

/** What a person would have, without what would make a program of terminals behave otherwise. */
export function personalEnv(home) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS|NO_COLOR|TMUX)$/.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: home, COLORTERM: 'truecolor', LANG: 'C.UTF-8' };
}

/** CPU nanoseconds of all threads of a process since it started. */
export function cpuOf(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    const spent = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0];
    return sum + Number(spent);
  }, 0);
}

/** CPU nanoseconds of the children it has waited for; the kernel counts them in hundredths of a second. */
export function childrenCpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 1e7;
}

/** Kilobytes: what is held now, and the most that ever was. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}

/** `ready`: what has been written when it can be used. */
export async function open({ command, args, cwd, env, ready }) {
  const pty = spawn(command, args, { name: 'xterm-256color', ...size, cwd, env });
  let [seen, ended] = ['', false];
  const gone = new Promise((resolve) => pty.onExit(resolve)).then(() => {
    ended = true;
  });
  pty.onData((data) => {
    seen += data;
  });
  const quiet = async (ms) => {
    for (let before = -1; before !== seen.length && !ended; ) {
      before = seen.length;
      await sleep(ms);
    }
  };
  for (let waited = 0; !ready.test(seen) && !ended && waited < 60_000; waited += 20) await sleep(20);
  if (!ready.test(seen)) throw new Error(`${command} never came so far: ${JSON.stringify(seen.slice(-500))}`);
  await quiet(1500);
  return {
    pid: pty.pid,
    written: () => Buffer.byteLength(seen),
    /** One key, until its frame stands; a key that draws nothing is given a while (`most`, in milliseconds). */
    async press(key, most = 400) {
      const from = seen.length;
      pty.write(key);
      for (let waited = 0; waited < most && !seen.slice(from).includes(frameEnd); waited += 2) await sleep(2);
    },
    /** Another size, until its frame stands. */
    async resize({ cols, rows }) {
      const from = seen.length;
      pty.resize(cols, rows);
      for (let waited = 0; waited < 2000 && !seen.slice(from).includes(frameEnd); waited += 2) await sleep(2);
    },
    /** Until every key so far has been obeyed: asks for all rows anew (Ctrl+L), which comes after them. */
    async settle() {
      const from = seen.length;
      const lines = () => seen.slice(from).split('\u001b[K').length - 1;
      pty.write('\u000c');
      for (let waited = 0; waited < 20_000 && lines() < size.rows; waited += 5) await sleep(5);
      await quiet(100);
    },
    /** One key to a program that marks no frames: until it has written something and then nothing for a while. */
    async pressPlain(key) {
      const from = seen.length;
      pty.write(key);
      for (let waited = 0; waited < 600 && seen.length === from; waited += 2) await sleep(2);
      // What a detail pane shows may come from a program that is started for it.
      await quiet(150);
    },
    /** One key, and no waiting. */
    tap: (key) => pty.write(key),
    quiet,
    async close(key = 'q') {
      pty.write(key);
      await Promise.race([gone, sleep(3000)]);
      if (!ended) pty.kill('SIGKILL');
      await gone;
    },
  };
}

/** Milliseconds and bytes per key; `press` is the screen's way to press one. */
export async function perKey(screen, { before, keys }, press = screen.press) {
  for (const key of before) {
    screen.tap(key);
    await sleep(30);
  }
  await screen.quiet(300);
  const [cpu, children, bytes] = [cpuOf(screen.pid), childrenCpuOf(screen.pid), screen.written()];
  for (const key of keys) await press(key);
  await screen.quiet(100);
  return {
    cpu: (cpuOf(screen.pid) - cpu) / 1e6 / keys.length,
    children: (childrenCpuOf(screen.pid) - children) / 1e6 / keys.length,
    bytes: (screen.written() - bytes) / keys.length,
  };
}

/** The same per second, while there is no input. */
export async function idle(screen, seconds) {
  const [cpu, bytes] = [cpuOf(screen.pid), screen.written()];
  await sleep(seconds * 1000);
  return { cpu: (cpuOf(screen.pid) - cpu) / 1e6 / seconds, bytes: (screen.written() - bytes) / seconds };
}
