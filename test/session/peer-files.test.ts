// Templates and resources that other tools' own tests hold: each one loads, and its resource is there under its name.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/index.ts';
import { outside } from '../support/outside.ts';

const { place: folder, isHere, note } = outside('peer-cases');
const files = isHere
  ? readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !/cases\.json|steps\.json/.test(entry.name))
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .filter((file) => file.includes(path.sep))
  : [];

describe.skipIf(files.length === 0)(`files of other tools${note}`, () => {
  test.each(files)('%s', (file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const snapshot = snapshotFromTexts([{ path: file, text }], {
      allResources: true,
      now: () => new Date(0),
      newId: () => 'id',
    });
    expect(snapshot.resources.length).toBeGreaterThan(0);
    const ids = snapshot.resources.map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    for (const { because } of audit(snapshot, rules).findings) expect(because).not.toMatch(/undefined|\[object/);
  });
});
