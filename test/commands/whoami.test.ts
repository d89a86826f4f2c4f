// `whoami` warns of an api-version in use that ends within 180 days. None of the table does, so one that does is added to it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whoami } from '../../commands/whoami.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { type Retirement, retirements } from '../../src/model/api-version-table.ts';
import { readVersionOf } from '../../src/model/api-versions.ts';
import { plainText } from '../../src/model/words.ts';

const ends = {
  of: 'Microsoft.KeyVault',
  before: '9999-01-01',
  on: '2027-06-30',
  source: 'a test',
  read: '2026-12-01',
};
const table = retirements as Retirement[];
beforeAll(() => void table.push(ends));
afterAll(() => void table.splice(table.indexOf(ends), 1));

async function at(today: string) {
  const context = {
    ...{ flags: { readOnly: false }, now: () => new Date(today), signal: new AbortController().signal },
    session: async () => ({
      ...{ readOnly: false, source: { kind: 'endpoint', name: 'https://localhost' } },
      identity: async () => ({ name: 'ada@example.com', how: 'Azure CLI' }),
    }),
  } as unknown as CommandContext;
  const run = whoami.run(context, {});
  for (;;) {
    const { done, value } = await run.next();
    if (done) return { result: value, text: whoami.text(value).map(plainText) };
  }
}

test.each([
  ['2026-12-31', undefined],
  ['2027-01-01', 'ends on 2027-06-30, in 180 days.'],
  ['2027-06-29', 'ends on 2027-06-30, in 1 day.'],
  ['2027-07-02', 'ended on 2027-06-30.'],
])('on %s: %s', async (today, words) => {
  const { result, text } = await at(`${today}T12:00:00Z`);
  const version = readVersionOf('Microsoft.KeyVault/vaults');
  const told = text.filter((row) => row.includes('api-version'));
  if (words === undefined) {
    expect([result.versions, told.join(' ')]).toEqual([undefined, '']);
    return;
  }
  expect(result.versions).toContainEqual(expect.objectContaining({ version, on: '2027-06-30' }));
  expect(told.join(' ')).toContain(`: api-version ${version} ${words}`);
  expect(text.join(' ')).toContain('ada@example.com');
});
