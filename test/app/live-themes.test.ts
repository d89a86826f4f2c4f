// A theme file that changes while the screen is open: shown at once; an invalid one keeps the look and says why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createShell } from '../../src/app/state/shell.ts';
import { ownThemes } from '../../src/settings/themes.ts';
import { watchThemes } from '../../src/settings/watch-themes.ts';
import { themes } from '../../themes/index.ts';
import { fakeOptions } from '../support/fake-options.ts';

const write = (folder: string, name: string, text: string) => writeFileSync(path.join(folder, `${name}.json`), text);

test('the screen follows the file of its theme', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'themes-'));
  try {
    write(folder, 'mine', '{"like":"dark","roles":{"ok":"#00ff00"}}');
    const own = await ownThemes(folder, themes);
    const [mine] = own.themes;
    if (mine === undefined) throw new Error('the theme was not read');
    const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
    const shell = createShell(
      fakeOptions({
        ...{ stdout, theme: mine, themes: [...themes, mine] },
        watchThemes: (onChange) => watchThemes(folder, themes, onChange),
      }),
    );
    await shell.begin();
    const message = () => shell.store.get().message?.text ?? '';
    const until = (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const end = shell.store.subscribe(() => {
          if (!holds()) return;
          end();
          resolve();
        });
      });
    const green = () => shell.store.get().theme.styles.ok.color;
    expect(green()).toBe('#00ff00');

    const changed = until(() => green() === '#00aa00');
    write(folder, 'mine', '{"like":"dark","roles":{"ok":"#00aa00"}}');
    await changed;

    const refused = until(() => message().includes('keeps its previous look'));
    write(folder, 'mine', '{"like":"dark","roles":{"ok":"greenish"}}');
    await refused;
    expect(message()).toContain('roles.ok is greenish, expected #rrggbb');
    expect(green()).toBe('#00aa00');

    const gone = until(() => message().includes('its file is gone'));
    rmSync(path.join(folder, 'mine.json'));
    await gone;
    expect(green()).toBe('#00aa00');
    shell.press('q');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder that does not exist has no changes', () => {
  const stop = watchThemes(path.join(tmpdir(), 'no-such-folder-of-themes'), themes, () => {
    throw new Error('called');
  });
  stop();
});
