// The release gate: green on the day of the table, a usage error for what is no day.
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
// @ts-expect-error plain JavaScript
import { gate as gateOf } from '../../build/release-gate.mjs';
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
  expect([status, text]).toEqual([0, `No api-version of the table ends within 180 days of ${tableDate}.\n`]);
  for (const bad of [['--date'], ['--date', '2027-13-01'], ['2027-01-01']]) expect((await gate(...bad))[0]).toBe(2);
});

test('a version that only a cloud that lags is asked fails it', async () => {
  const row = (read: readonly string[]) => [{ types: ['Microsoft.KeyVault/vaults'], read, known: 'vaults' }];
  expect(await gateOf('2026-12-01', row(['2026-02-01']))).toMatchObject({ status: 0 });
  const { status, text } = await gateOf('2026-12-01', row(['2026-02-01', '2023-07-01']));
  expect(status).toBe(1);
  expect(text).toContain(
    'Microsoft.KeyVault/vaults: api-version 2023-07-01 ends on 2027-02-27, in 88 days. learn.microsoft.com',
  );
});
