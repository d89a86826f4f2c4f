// A process that has Bastide loaded and runs one command line after another with it: dist/main.js as the launcher starts it, with the
// arguments, environment, folder and input of the request. Loading and compiling are four fifths of a short command. A test about
// processes themselves (signals, terminals, two at a time, what stays after a crash) starts one of its own.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const [socket, root] = process.argv.slice(2);
const main = path.join(root, 'dist/main.js');
const ofARun = ['uncaughtException', 'unhandledRejection', 'newListener', 'SIGINT', 'SIGTERM', 'SIGHUP'];
const leave = process.exit.bind(process);
process.setMaxListeners(0);

/** The exit status, and all that was written to the two streams. */
async function run({ args, env, cwd, input }, number) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv = [process.argv[0], main, ...args];
  process.exitCode = undefined;
  const written = { stdout: '', stderr: '' };
  const pipe = (name) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        written[name] += chunk;
        done();
      },
    });
  const streams = {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout: pipe('stdout'),
    stderr: pipe('stderr'),
  };
  for (const [name, value] of Object.entries(streams)) {
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true });
  }
  const before = new Map(ofARun.map((name) => [name, process.rawListeners(name)]));
  try {
    const status = await new Promise((resolve) => {
      process.exit = resolve;
      // Another address is another run of the entry; what it loads is loaded once.
      import(`${pathToFileURL(main)}?${number}`).catch((error) => {
        written.stderr += `${error?.stack}\n`;
        resolve(1);
      });
    });
    return { status, ...written };
  } finally {
    process.exit = leave;
    for (const [name, listeners] of before) {
      for (const one of process.rawListeners(name)) if (!listeners.includes(one)) process.off(name, one);
    }
  }
}

let turn = Promise.resolve();
let runs = 0;
const server = createServer({ allowHalfOpen: true }, (connection) => {
  connection.on('error', () => {});
  turn = turn
    .then(async () => {
      const request = JSON.parse(await text(connection));
      runs += 1;
      connection.end(JSON.stringify(await run(request, runs)));
    })
    .catch((error) => connection.destroy(error));
});
server.listen(socket, () => process.send?.('listening'));
process.on('disconnect', () => {
  rmSync(socket, { force: true });
  leave(0);
});
