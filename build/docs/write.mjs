// `npm run docs`: writes every page that is printed from a registry, and removes the pages of rules that are gone.
// The sources are TypeScript that Node alone does not run, so they are bundled first.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
// Below node_modules, so that packages are found from there.
const bundle = path.join(root, `node_modules/.cache/bastide-docs-${process.pid}.mjs`);
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['build/docs/pages.ts'],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const { pages } = await import(pathToFileURL(bundle).href);
  const all = pages();
  mkdirSync(path.join(root, 'docs/rules'), { recursive: true });
  const stale = readdirSync(path.join(root, 'docs/rules'), { encoding: 'utf8' })
    .map((file) => `docs/rules/${file}`)
    .filter((file) => !all.some((page) => page.file === file));
  for (const file of stale) rmSync(path.join(root, file));
  let changed = stale.length;
  for (const { file, text } of all) {
    const at = path.join(root, file);
    if (readIfThere(at) === text) continue;
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
    changed += 1;
  }
  process.stdout.write(`${all.length} pages, ${changed} changed\n`);
} finally {
  rmSync(bundle, { force: true });
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
