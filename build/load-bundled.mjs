// Loads a module of the sources: they are TypeScript that Node alone does not run, so they are bundled first.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = path.resolve(import.meta.dirname, '..');

/** A bundle beside which no worlds were put reads them where they are. */
export const worldsOfSources = {
  name: 'worlds-of-sources',
  /** @param {import('esbuild').PluginBuild} build */
  setup({ onLoad }) {
    onLoad({ filter: /simulator\/json-file\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
      loader: 'ts',
    }));
  },
};

/** @param {string} entry from the root of the project */
export async function loadBundled(entry) {
  // Below node_modules, so that packages are found from there.
  const bundle = path.join(root, `node_modules/.cache/bastide-${path.parse(entry).name}-${process.pid}.mjs`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: bundle,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
      plugins: [worldsOfSources],
    });
    return await import(pathToFileURL(bundle).href);
  } finally {
    rmSync(bundle, { force: true });
  }
}
