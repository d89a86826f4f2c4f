// The harness as one file that plain Node runs: a pty needs a program, not a test's module graph.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { openScreen, type ScreenOptions, type TestScreen } from '../support/screen.ts';

export interface Program {
  open(words?: readonly string[], options?: ScreenOptions): TestScreen;
  /** A path that does not exist yet, for `gate=`. */
  gate(name: string): string;
  /** The command line that starts it, for a shell. */
  readonly line: string;
  remove(): void;
}

export async function buildHarness(): Promise<Program> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-screen-'));
  const empty = path.join(folder, 'empty.mjs');
  const file = path.join(folder, 'harness.mjs');
  writeFileSync(empty, 'export default {};\n');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'harness.tsx')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Ink asks for it only in development, and it is not installed.
    alias: { 'react-devtools-core': empty },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return {
    open: (words = [], options = {}) => openScreen(process.execPath, [file, ...words], options),
    gate: (name) => path.join(folder, name),
    line: `'${process.execPath}' '${file}'`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
