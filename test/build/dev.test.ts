// `npm run dev`: a saved file ends the program in good order, builds, and starts it again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openScreen } from '../support/screen.ts';

const dev = path.resolve(import.meta.dirname, '../../build/dev.mjs');

test('a change restarts the program after the terminal is restored; a failed build waits for the next change', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-dev-'));
  const at = (name: string) => path.join(folder, name);
  mkdirSync(at('src'));
  writeFileSync(at('src/text.txt'), 'first');
  // The program takes the alternate screen, and gives it back when it is asked to end.
  writeFileSync(
    at('program.mjs'),
    `import { readFileSync } from 'node:fs';
process.stdout.write('\\x1b[?1049h' + readFileSync(${JSON.stringify(at('built.txt'))}, 'utf8'));
process.on('SIGTERM', () => process.stdout.write('\\x1b[?1049l', () => process.exit(0)));
process.stdin.setRawMode(true).on('data', () => process.stdout.write('\\x1b[?1049lbye', () => process.exit(0)));`,
  );
  const build = `grep -q broken src/text.txt && exit 1; cp src/text.txt built.txt`;
  writeFileSync(
    at('run.mjs'),
    `import { develop } from ${JSON.stringify(dev)};
process.exit(await develop({ folders: ['src'], build: ['sh', '-c', ${JSON.stringify(build)}], start: [process.execPath, 'program.mjs'] }));`,
  );
  const screen = openScreen(process.execPath, [at('run.mjs')], { cwd: folder });
  try {
    await screen.until('first');
    expect(screen.modes().alternate).toBe(true);
    writeFileSync(at('src/text.txt'), 'broken');
    await screen.until('The build failed');
    expect(screen.modes().alternate).toBe(false);
    writeFileSync(at('src/text.txt'), 'second');
    await screen.until('second');
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
    expect(screen.modes().alternate).toBe(false);
  } finally {
    screen.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
