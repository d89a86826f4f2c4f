import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assumptionsStore, forgetAssumptions } from '../../src/settings/assumptions.ts';
import { openSettings } from '../../src/settings/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  test('kept for their owner only, and read back', async () => {
    const settings = openSettings({ folder });
    expect(await settings.all()).toEqual({});
    await settings.set('failOn', 'high');
    await settings.set('ascii', true);
    expect(await openSettings({ folder }).all()).toEqual({ failOn: 'high', ascii: true });
    expect(statSync(settings.path).mode & 0o777).toBe(0o600);
    await settings.unset('failOn');
    expect(await settings.get('failOn')).toBeUndefined();
  });

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['{"failOn":"often"}', 'failOn takes'],
    ['{"lookupUrl":"http://x"}', 'https://'],
  ])('a damaged file %s is named and never reset', async (text, why) => {
    const file = path.join(folder, 'settings.json');
    writeFileSync(file, text);
    const settings = openSettings({ folder });
    await expect(settings.all()).rejects.toThrow(why);
    await expect(settings.all()).rejects.toThrow(file);
    if (text.startsWith('{"')) return;
    await expect(settings.set('ascii', true)).rejects.toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('two that write at once lose nothing of each other, and leave no lock', async () => {
    const names = ['ascii', 'mouse'] as const;
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(names.map((name) => openSettings({ folder }).set(name, round % 2 === 0)));
      expect(await openSettings({ folder }).all()).toEqual({ ascii: round % 2 === 0, mouse: round % 2 === 0 });
    }
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  test('a name of a newer version is left alone', async () => {
    writeFileSync(path.join(folder, 'settings.json'), '{"later":1,"ascii":true}');
    const settings = openSettings({ folder });
    expect(await settings.all()).toEqual({ ascii: true });
    await settings.set('theme', 'mono');
    expect(JSON.parse(readFileSync(settings.path, 'utf8'))).toEqual({ later: 1, ascii: true, theme: 'mono' });
  });
});

describe('intents', () => {
  const store = (source: string, workspace = '/W') => assumptionsStore({ folder, source, workspace });

  test('kept for each source and workspace, in any case of the id', async () => {
    await store('public').set({ sshWanted: true });
    await store('public').set({ sshWanted: true, devClientIps: [] });
    expect(await store('public', '/w').get()).toEqual({ sshWanted: true, devClientIps: [] });
    expect(await store('demo:open').get()).toEqual({});
    expect(await store('public', '/other').get()).toEqual({});
    await store('public').set({ devClientIps: [] });
    expect(await store('public').get()).toEqual({ devClientIps: [] });
  });

  test("a world's own answers count until answers are kept", async () => {
    const demo = assumptionsStore({ folder, source: 'demo:open', workspace: '/w', fallback: { usesStudio: true } });
    expect(await demo.get()).toEqual({ usesStudio: true });
    await demo.set({ sshWanted: false });
    expect(await demo.get()).toEqual({ sshWanted: false });
    await store('demo:open2').set({ sshWanted: true });
    await forgetAssumptions(folder, 'demo:open');
    expect(await demo.get()).toEqual({ usesStudio: true });
    expect(await store('demo:open2').get()).toEqual({ sshWanted: true });
  });

  test('an answer that is none is named', async () => {
    writeFileSync(path.join(folder, 'intents.json'), JSON.stringify({ 'public /w': { sshWanted: 'perhaps' } }));
    await expect(store('public').get()).rejects.toThrow(/sshWanted/);
  });
});
