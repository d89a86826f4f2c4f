// Makes dist/: a split bundle whose entry, main.js, does no more than check the version before it loads the rest.
// Runs under the Node of any machine that can install Bastide, old ones included.
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { noticesOf, packagesIn } from './build/notices.mjs';
import { applyPatches } from './build/patches.mjs';

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
    'cli/look.ts',
    'cli/palette-context.ts',
    'cli/terminal.ts',
    'render/json.ts',
    'render/what-if-text.ts',
    '../commands/index.ts',
    '../themes/index.ts',
    'disk/folder.ts',
    'history/lines.ts',
    'settings/project-file.ts',
    'settings/recent.ts',
    'settings/settings.ts',
    'settings/themes.ts',
    'model/failure.ts',
    'model/interval.ts',
    'theme/depth.ts',
  ],
  screen: ['app/start.tsx', 'app/state/keys/remap.ts'],
  judge: ['rules/index.ts', 'session/create-file-session.ts', 'session/from-files.ts'],
  azure: [
    'azure/open-arm-client.ts',
    'azure/sign-in.ts',
    'azure/clouds.ts',
    'session/index.ts',
    'history/store.ts',
    'settings/assumptions.ts',
    'settings/service-tags.ts',
  ],
};
const src = path.join(root, 'src');
const simulator = path.join(src, 'simulator');
/**
 * What has been loaded whenever a file is: the groups, or the whole simulator. The file imports it again, which costs nothing, and is
 * why what both need makes no chunk of its own.
 */
function loadedBefore(name, importer = '') {
  if (name === 'shell') return '';
  if (importer.startsWith(simulator)) return `import ${JSON.stringify(path.join(simulator, 'index.ts'))};`;
  return name === 'azure' ? `import 'group:shell'; import 'group:judge';` : `import 'group:shell';`;
}
const grouped = {
  name: 'grouped',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path: specifier, importer, resolveDir }) => {
      if (kind !== 'dynamic-import' || importer.includes('node_modules')) return undefined;
      const ofMain = importer === path.join(src, 'main.ts') || /src\/(?:main|cli)$/.test(path.dirname(importer));
      const file = path.resolve(resolveDir, specifier);
      const group = Object.keys(groups).find((name) => groups[name].includes(path.relative(src, file)));
      if (ofMain && group !== undefined) return { path: group, namespace: 'group' };
      return { path: path.relative(root, file), namespace: 'late', pluginData: importer };
    });
    onResolve({ filter: /^group:/ }, ({ path: name }) => ({ path: name.slice('group:'.length), namespace: 'group' }));
    onLoad({ filter: /.*/, namespace: 'group' }, ({ path: group }) => ({
      resolveDir: src,
      contents: [
        loadedBefore(group),
        ...groups[group].map((file) => `export * from ${JSON.stringify(path.join(src, file))};`),
      ].join('\n'),
    }));
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path: file, pluginData: importer }) => ({
      resolveDir: root,
      contents: `${loadedBefore(file, importer)}\nexport * from ${JSON.stringify(path.join(root, file))};`,
    }));
  },
};
// An import of a built-in module makes Node read every member of it, and load what those need: of node:fs streams and promises, of
// node:http all of undici. What is asked of the module itself stays unread until it is used. One copy for each file that imports it:
// a shared one would be one more chunk to load.
/** Their functions are asked for when they are first called. */
const late = new Set(['child_process', 'crypto', 'fs/promises', 'timers/promises', 'v8', 'vm']);
const plainBuiltIns = {
  name: 'plain-built-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z0-9_:/]+$/ }, ({ kind, path: specifier, importer }) =>
      kind === 'import-statement' && isBuiltin(specifier)
        ? { path: `${specifier.replace('node:', '')} of ${importer}`, namespace: 'built-in' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'built-in' }, async ({ path: asked }) => {
      const [name] = asked.split(' ');
      const given = Object.entries(await import(`node:${name}`)).filter(([member]) => member !== 'default');
      const whole = name === 'process' ? 'globalThis.process' : `bastideBuiltIn('node:${name}')`;
      const isLate = (member, value) => late.has(name) && typeof value === 'function' && !/^[A-Z]/.test(member);
      const lines = given.map(([member, value]) =>
        isLate(member, value)
          ? `export const ${member} = (...given) => ${whole}.${member}(...given);`
          : `export const ${member} = /* @__PURE__ */ (() => ${whole}.${member})();`,
      );
      return { contents: [`export default /* @__PURE__ */ (() => ${whole})();`, ...lines].join('\n') };
    });
  },
};
// Bundled whole, beside the rest: sharing chunks with every other command would cost each of them more files to load.
const versionParts = path.join(src, 'main/version-parts.ts');
/** What a program imports, apart for the same reason. */
const api = path.join(src, 'main/api.ts');
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/version-parts\.ts$/ }, () => ({ path: './version-parts.js', external: true }));
  },
};
/** What that file loads only when it is needed, it takes from the chunks of the main bundle. */
const loadedLate = (outputs) => ({
  name: 'loaded-late',
  setup({ onResolve, resolve }) {
    const chunkOf = (entry) => Object.keys(outputs).find((chunk) => outputs[chunk].entryPoint === entry);
    onResolve({ filter: /.*/ }, async ({ kind, path: specifier, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || specifier.startsWith('node:') || pluginData === 'asked') return undefined;
      const { path: file } = await resolve(specifier, { kind, resolveDir, pluginData: 'asked' });
      const group = Object.keys(groups).find((name) => groups[name].includes(path.relative(src, file)));
      const own = path.relative(root, file);
      const chunk = chunkOf(own) ?? chunkOf(`late:${own}`) ?? chunkOf(`group:${group}`);
      if (chunk === undefined) throw new Error(`${specifier} has no chunk in the main bundle`);
      return { path: `./${path.basename(chunk)}`, external: true };
    });
  },
});
applyPatches(root);
mkdirSync(fresh, { recursive: true });
// Ink imports its developer tools by name; nothing of them is wanted in a bundle.
writeFileSync(empty, 'export default {};\n');
try {
  const common = {
    absWorkingDir: root,
    outdir: fresh,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // The entry must also be read by a Node too old for the rest, hence no syntax of its own in the banner.
    banner: {
      js: "import{createRequire as bastideRequire}from'node:module';const require=bastideRequire(import.meta.url),bastideBuiltIn=process.getBuiltinModule??require;",
    },
    define: { 'process.env.NODE_ENV': '"production"', BASTIDE_VERSION: JSON.stringify(version) },
    alias: {
      'react-devtools-core': empty,
      // Its main file is CommonJS, of which a bundle that loads it late sees no names.
      '@azure/arm-machinelearningservices': '@azure/arm-machinelearningservices/dist-esm/src/index.js',
    },
    loader: { '.json': 'json' },
    logLevel: 'warning',
    legalComments: 'none',
    // For the checkout only (package.json leaves them out): read when something is run with --debug.
    sourcemap: 'linked',
    sourcesContent: false,
  };
  const main = path.join(root, 'src/main.ts');
  const plugins = [apart, grouped, plainBuiltIns];
  const { metafile } = await build({ ...common, entryPoints: [main], splitting: true, metafile: true, plugins });
  for (const entry of [versionParts, api]) {
    await build({ ...common, entryPoints: [entry], plugins: [loadedLate(metafile.outputs), plainBuiltIns] });
  }
  // Files beside the bundle, since a simulator reads only that of its world. As they are written but for the margins: numbers keep their digits.
  mkdirSync(path.join(fresh, 'worlds'));
  for (const file of readdirSync(path.join(simulator, 'worlds')).filter((name) => name.endsWith('.json'))) {
    const text = readFileSync(path.join(simulator, 'worlds', file), 'utf8');
    writeFileSync(path.join(fresh, 'worlds', file), text.replace(/\n\s*/g, ''));
  }
  writeFileSync(path.join(fresh, 'THIRD-PARTY-NOTICES.txt'), noticesOf(root, packagesIn([metafile])));
  for (const start of ['bastide', 'bastide.js']) chmodSync(path.join(root, 'bin', start), 0o755);
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
