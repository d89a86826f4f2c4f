// The release gate: green on the day of the table, a usage error for what is no day.
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { tableDate } from '../../src/model/api-version-table.ts';

const script = path.resolve(import.meta.dirname, '../../build/release-gate.mjs');
const gate = (...words: readonly string[]) =>
  new Promise<readonly [number, string]>((resolve) => {
    const child = execFile(process.execPath, [script, ...words], (_error, stdout, stderr) =>
      resolve([child.exitCode ?? -1, `${stdout}${stderr}`]),
    );
  });

test('what it says, and its status', async () => {
  const [status, text] = await gate('--date', tableDate);
  expect([status, text]).toEqual([0, `No api-version in use ends within 180 days of ${tableDate}.\n`]);
  for (const bad of [['--date'], ['--date', '2027-13-01'], ['2027-01-01']]) expect((await gate(...bad))[0]).toBe(2);
});
