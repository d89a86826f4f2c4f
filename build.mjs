// Makes dist/: a split bundle whose entry, main.js, does no more than check the version before it loads the rest.
// Runs under the Node of any machine that can install Bastide, old ones included.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { fasterInk } from './build/faster-ink.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
// Built beside and moved over, so that a Bastide that is just being started finds one whole bundle or the other.
const fresh = path.join(root, `dist.${process.pid}.tmp`);
const empty = path.join(tmpdir(), `bastide-empty-${process.pid}.mjs`);
// What main and its parts ask for together is bundled together: every chunk costs a short command about a millisecond.
const groups = {
  shell: [
    'cli/cli.ts',
    'cli/files.ts',
    '../commands/index.ts',
    '../themes/index.ts',
    'settings/settings.ts',
    'settings/themes.ts',
    'model/failure.ts',
  ],
  judge: ['rules/index.ts', 'session/create-file-session.ts', 'session/from-files.ts'],
  azure: [
    'azure/open-door.ts',
    'azure/sign-in.ts',
    'azure/clouds.ts',
    'session/index.ts',
    'history/store.ts',
    'settings/intents.ts',
    'settings/service-tags.ts',
  ],
};
const src = path.join(root, 'src');
const grouped = {
  name: 'grouped',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path: specifier, importer, resolveDir }) => {
      const ofMain = importer === path.join(src, 'main.ts') || path.dirname(importer) === path.join(src, 'main');
      if (kind !== 'dynamic-import' || !ofMain) return undefined;
      const file = path.relative(src, path.resolve(resolveDir, specifier));
      const group = Object.keys(groups).find((name) => groups[name].includes(file));
      return group === undefined ? undefined : { path: group, namespace: 'group' };
    });
    onLoad({ filter: /.*/, namespace: 'group' }, ({ path: group }) => ({
      resolveDir: src,
      contents: groups[group].map((file) => `export * from '${file.startsWith('.') ? file : `./${file}`}';`).join('\n'),
    }));
  },
};
// An import of node:http makes Node read every member of it, WebSocket among them, and with that load all of undici: 40 ms of a
// command. Asked for as a built-in module it stays what it is. Whoever imports a member by name is told by the build.
const plainHttp = {
  name: 'plain-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'http', namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, () => ({
      contents: `export default process.getBuiltinModule('node:http');`,
    }));
  },
};
mkdirSync(fresh, { recursive: true });
// Ink imports its developer tools by name; nothing of them is wanted in a bundle.
writeFileSync(empty, 'export default {};\n');
try {
  await build({
    entryPoints: [path.join(root, 'src/main.ts')],
    outdir: fresh,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // The entry must also be read by a Node too old for the rest, hence no syntax of its own in the banner.
    banner: {
      js: "import{createRequire as bastideRequire}from'node:module';const require=bastideRequire(import.meta.url);",
    },
    define: { 'process.env.NODE_ENV': '"production"', BASTIDE_VERSION: JSON.stringify(version) },
    plugins: [grouped, plainHttp, fasterInk],
    alias: {
      'react-devtools-core': empty,
      // Its main file is CommonJS, of which a bundle that loads it late sees no names.
      '@azure/arm-machinelearningservices': '@azure/arm-machinelearningservices/dist-esm/src/index.js',
    },
    loader: { '.json': 'json' },
    logLevel: 'warning',
    legalComments: 'none',
  });
  chmodSync(path.join(root, 'bin/bastide'), 0o755);
  const old = path.join(root, `dist.${process.pid}.old`);
  try {
    renameSync(path.join(root, 'dist'), old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(fresh, path.join(root, 'dist'));
  rmSync(old, { recursive: true, force: true });
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(empty, { force: true });
}
