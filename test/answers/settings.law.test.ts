// What each setting of a body decides is what the record says: test/fixtures/settings.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { partOf } from '../support/parts.ts';
import { changedEntries, settingFolder } from './settings.ts';

test.each(partOf(readdirSync(settingFolder).toSorted(), 2))('%s', async (file) => {
  const differ = await changedEntries(readFileSync(path.join(settingFolder, file), 'utf8'));
  // Where a change is meant, `npm run answers` writes the record again.
  expect(differ.map(({ now }) => now).join('\n\n')).toBe(differ.map(({ recorded }) => recorded).join('\n\n'));
});
