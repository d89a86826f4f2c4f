// What each setting of a body decides is what the record says: test/fixtures/settings.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { partOf } from '../support/parts.ts';
import { changedEntries, settingFolder } from './settings.ts';

test.each(partOf(readdirSync(settingFolder).toSorted(), 4))('%s', async (file) => {
  const differ = await changedEntries(readFileSync(path.join(settingFolder, file), 'utf8'));
  const [now, before] = [differ.map((one) => one.now), differ.map((one) => one.recorded)];
  expect(now.join('\n\n'), 'if it is meant, `npm run answers` writes the record').toBe(before.join('\n\n'));
});
