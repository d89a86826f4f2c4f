// A program that is nothing but the screen over a fake session, for tests in a real terminal. Its arguments say what
// the session is like, and how it ends once `gate` is there (`end=`): `slow` (steps wait for a file to appear), `read-only`, `ascii`, `links`, `mono`, `gaps`, `broken`, `settled`, `long`, `record=FILE`, `redact`.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { startApp } from '../../src/app/start.tsx';
import { openRecordFile } from '../../src/cli/record-file.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

const has = (word: string) => process.argv.includes(word);
const gate = process.argv.find((word) => word.startsWith('gate='))?.slice(5);

async function pace(): Promise<void> {
  if (gate !== undefined) while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Every event by which a program ends without a request to end. */
let broken = false;
const ends: Readonly<Record<string, () => void>> = {
  exception: () => {
    throw new Error('on purpose');
  },
  rejection: () => void Promise.reject(new Error('on purpose')),
  exit: () => process.exit(3),
  // The next row that is drawn throws.
  drawing: () => {
    broken = true;
  },
};
// As the program's own root does it.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: Error) => {
    process.stderr.write(`a bug: ${error.message}\n`);
    process.exit(70);
  });
}
const way = process.argv.find((word) => word.startsWith('end='))?.slice(4);
if (way !== undefined) {
  const watch = setInterval(() => {
    if (gate === undefined || !existsSync(gate)) return;
    clearInterval(watch);
    (ends[way] ?? (() => process.kill(process.pid, way)))();
  }, 10);
}

const session = fakeSession({
  readOnly: has('read-only'),
  ...(way === undefined ? { pace } : {}),
  now: () => new Date(),
  ...(has('gaps')
    ? {
        gaps: [
          { id: ids.vault, reason: 'Azure refused the read.', action: 'Microsoft.KeyVault/vaults/read', status: 403 },
        ],
      }
    : {}),
  ...(has('broken')
    ? {
        failures: [
          new Failure('no-network', exitStatus.refused, 'Azure did not answer.', 'Check the network and try again.'),
        ],
      }
    : {}),
  ...(has('settled') ? { settled: 'the write had been made' } : {}),
  ...(has('long')
    ? {
        extra: Array.from({ length: 200 }, (_, at) => ({
          id: `${ids.storage}${String(at).padStart(3, '0')}`,
          type: 'Microsoft.Storage/storageAccounts',
          apiVersion: '2023-05-01',
          body: {},
        })),
      }
    : {}),
});
const chosen = chooseTheme({ depth: has('mono') ? 'none' : 'full', themes });
const theme = {
  ...chosen,
  get styles() {
    if (broken) throw new Error('on purpose');
    return chosen.styles;
  },
};
const recorded = process.argv.find((word) => word.startsWith('record='))?.slice(7);
const status = await startApp(
  fakeOptions({
    session,
    readOnly: has('read-only'),
    ascii: has('ascii'),
    links: has('links'),
    mouse: has('mouse'),
    ...(recorded === undefined
      ? {}
      : { recording: { file: openRecordFile(recorded, []), redact: has('redact'), own: [] } }),
    theme,
  }),
);
process.stdout.write(`left with ${status}\n`);
process.exit(status);
