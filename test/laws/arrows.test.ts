// The import rules of docs/architecture.md, checked in the code. It reports in sentences: a failure says who may not do what.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** folder → folders of ours it may import; `types` only with `import type`. */
const arrows: Record<string, { to: string[]; types?: string[]; packages?: RegExp }> = {
  net: { to: [] },
  model: { to: [] },
  disk: { to: ['model'], packages: /^node:/ },
  theme: { to: [] },
  template: { to: ['model'] },
  terraform: { to: ['model'] },
  job: { to: ['model', 'yaml'], packages: /^yaml$/ },
  simulator: { to: [], packages: /^node:/ },
  'resource-types': { to: ['model', 'net'] },
  facts: { to: ['model', 'resource-types', 'net'] },
  rules: { to: ['model', 'resource-types', 'net', 'facts'] },
  audit: { to: ['model', 'rules', 'facts'] },
  plan: { to: ['model', 'resource-types', 'audit'], types: ['rules'] },
  render: { to: ['model', 'audit', 'plan'] },
  policy: { to: ['model', 'net', 'resource-types'] },
  yaml: { to: ['model'], packages: /^yaml$/ },
  'custom-rules': { to: ['model', 'net', 'rules', 'audit', 'yaml'], packages: /^yaml$/ },
  diagnosis: { to: ['model'] },
  azure: { to: ['model', 'resource-types'], packages: /^(node:|@azure\/|@azure-rest\/)/ },
  history: { to: ['model', 'disk'], packages: /^(node:|zod)/ },
  settings: { to: ['model', 'theme', 'disk', 'yaml'], packages: /^(node:|conf$|yaml$|zod)/ },
  session: {
    to: ['model', 'audit', 'plan', 'history', 'resource-types', 'template', 'terraform', 'diagnosis'],
    types: ['azure', 'rules'],
    packages: /^node:/,
  },
  command: { to: ['model'], types: ['session'], packages: /^(node:|zod)/ },
  commands: {
    to: [
      'command',
      'session',
      'audit',
      'plan',
      'render',
      'policy',
      'diagnosis',
      'job',
      'net',
      'model',
      'resource-types',
    ],
    packages: /^(node:|zod)/,
  },
  cli: {
    to: ['command', 'render', 'model', 'theme', 'accessible', 'disk'],
    types: ['session'],
    packages: /^(node:|zod|@modelcontextprotocol\/sdk\/)/,
  },
  accessible: {
    to: ['command', 'plan', 'resource-types', 'render', 'model'],
    types: ['session'],
    packages: /^node:/,
  },
  app: {
    to: ['command', 'plan', 'resource-types', 'model', 'theme'],
    types: ['session'],
    packages: /^(node:|ink$|react$|react\/|string-width$|zod)/,
  },
};
const pure = [
  'net',
  'model',
  'theme',
  'template',
  'terraform',
  'job',
  'resource-types',
  'facts',
  'rules',
  'audit',
  'plan',
  'render',
  'policy',
  'custom-rules',
  'diagnosis',
];

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** `import()`: loaded when it is asked for. */
  readonly late: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}
const files = ['src', 'commands', 'themes'].flatMap(filesBelow);
const textOf = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
const code = (file: string) => (textOf.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const statements = /(?:^|\n)\s*(import|export)\s+(type\s+)?([^;'"]*?from\s*)?['"]([^'"]+)['"]/g;
  for (const [, , typeWord, clause, specifier] of code(file).matchAll(statements)) {
    const names =
      /\{([^}]*)\}/
        .exec(clause ?? '')?.[1]
        ?.split(',')
        .filter((name) => name.trim() !== '') ?? [];
    const allTypes =
      names.length > 0 && !/^\s*\w+\s*,/.test(clause ?? '') && names.every((name) => /^\s*type\s/.test(name));
    found.push({ from: file, specifier: specifier ?? '', typeOnly: typeWord !== undefined || allTypes, late: false });
  }
  for (const [, specifier] of code(file).matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    found.push({ from: file, specifier: specifier ?? '', typeOnly: false, late: true });
  }
  return found;
}
const resolve = (found: Import) => path.join(path.dirname(found.from), found.specifier);
const folderOf = (file: string) =>
  file.startsWith(`src${path.sep}`)
    ? (file.split(path.sep)[1] ?? '').replace(/\.tsx?$/, '')
    : (file.split(path.sep)[0] ?? '');
const all = files.flatMap(importsOf);
const ours = all.filter((found) => found.specifier.startsWith('.'));

describe('who may import whom', () => {
  test('every folder of the source has its row in the table', () => {
    const folders = new Set(files.map(folderOf));
    for (const known of [...Object.keys(arrows), 'main', 'themes']) folders.delete(known);
    expect([...folders].map((folder) => `${folder} has no row in the arrows table`)).toEqual([]);
  });

  test('arrows between folders', () => {
    const wrong = ours.flatMap((found) => {
      const from = folderOf(found.from);
      const to = folderOf(resolve(found));
      if (from === to || from === 'main') return [];
      if (to === 'main') return [`${found.from} imports main: nobody may`];
      const row = arrows[from];
      if (from === 'themes' || !row) return to === 'theme' ? [] : [`${found.from} may not import ${to}`];
      if (row.to.includes(to) || (to === 'themes' && from === 'theme')) return [];
      if (row.types?.includes(to)) {
        return found.typeOnly ? [] : [`${found.from} may import only types of ${to}, and imports ${found.specifier}`];
      }
      return [`${found.from} may not import ${to} (${found.specifier})`];
    });
    expect(wrong).toEqual([]);
  });

  test('the screen and the host in lines take of plan only its description', () => {
    const wrong = ours
      .filter(
        (found) =>
          ['app', 'accessible'].includes(folderOf(found.from)) &&
          folderOf(resolve(found)) === 'plan' &&
          !found.typeOnly,
      )
      .filter((found) => !/plan\/describe/.test(found.specifier))
      .map((found) => `${found.from} imports ${found.specifier}: only plan/describe`);
    expect(wrong).toEqual([]);
  });

  test('the screen knows no type of Azure by name', () => {
    const named = /microsoft\.[a-z]|(?<![a-z])(?:storageAccounts|networkSecurityGroups|virtualNetworks|routeTables)\b/i;
    const wrong = files
      .filter((file) => folderOf(file) === 'app')
      .flatMap((file) => {
        const found = named.exec(code(file))?.[0];
        return found === undefined ? [] : [`${file} names ${found}: ask resource-types`];
      });
    expect(wrong).toEqual([]);
  });

  test('no rule imports another rule, no command another command', () => {
    const wrong = ours.flatMap((found) => {
      const target = resolve(found);
      const rule = /^src\/rules\/(?!index|define|rule)[^/]+\/(?!parts)/;
      const command = /^commands\/(?!index)/;
      const inIndex = /\/index\.ts$/.test(found.from) || /\/parts\//.test(target) || /\/parts\//.test(found.from);
      if (inIndex || found.typeOnly) return [];
      if (rule.test(found.from) && rule.test(target)) return [`${found.from} imports the rule ${target}`];
      if (command.test(found.from) && command.test(target)) return [`${found.from} imports the command ${target}`];
      return [];
    });
    expect(wrong).toEqual([]);
  });

  test('packages', () => {
    const wrong = all
      .filter((found) => !found.specifier.startsWith('.') && !found.typeOnly)
      .flatMap((found) => {
        const from = folderOf(found.from);
        if (from === 'main') return [];
        const allowed = arrows[from]?.packages;
        return allowed?.test(found.specifier) ? [] : [`${found.from} may not import the package ${found.specifier}`];
      });
    expect(wrong).toEqual([]);
  });

  test('main and its parts load at the start nothing but one another and Node', () => {
    // What `version` needs is one file, which is itself imported only when it is needed.
    const isMain = (file: string) => folderOf(file) === 'main' && !file.endsWith('version-parts.ts');
    const wrong = all
      .filter((found) => isMain(found.from) && !found.typeOnly && !found.late && !found.specifier.startsWith('node:'))
      .filter((found) => !found.specifier.startsWith('.') || !isMain(resolve(found)))
      .map((found) => `${found.from} imports ${found.specifier} before it is needed`);
    expect(wrong).toEqual([]);
    expect(files.filter(isMain).length).toBeGreaterThan(5);
  });

  test('no cycle', () => {
    const graph = Map.groupBy(
      ours.filter((found) => !found.typeOnly),
      (found) => found.from,
    );
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, trail: string[]) => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const found of graph.get(file) ?? []) visit(resolve(found), [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

describe('who may touch what', () => {
  const offenders = (pattern: RegExp, allowed: (file: string) => boolean, what: string) =>
    files.filter((file) => !allowed(file) && pattern.test(code(file))).map((file) => `${file} ${what}`);

  test('console only in cli and main', () => {
    expect(offenders(/\bconsole\./, (file) => ['cli', 'main'].includes(folderOf(file)), 'prints')).toEqual([]);
  });
  test('process.exit only in main.ts, the environment only in main', () => {
    expect(offenders(/\bprocess\.exit\b/, (file) => file === path.join('src', 'main.ts'), 'exits')).toEqual([]);
    expect(offenders(/\bprocess\.env\b/, (file) => folderOf(file) === 'main', 'reads the environment')).toEqual([]);
  });
  test('pure folders know no clock, no chance, no file and no network', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bfetch\(|['"]node:|\bcrypto\.|\bsetTimeout\b/;
    expect(offenders(impure, (file) => !pure.includes(folderOf(file)), 'is not pure')).toEqual([]);
  });
  test('only components and the root of the screen know Ink and React; screens compose components', () => {
    const drawing = (file: string) =>
      !file.startsWith('src/app/') || /^src\/app\/(?:App\.tsx|Body\.tsx|start\.tsx|components\/|terminal\/)/.test(file);
    expect(offenders(/^import (?!type ).*from '(?:ink|react)'/m, drawing, 'draws by itself')).toEqual([]);
  });
  test('components know no state, no screen and no overlay', () => {
    const known = ours
      .filter(({ from }) => from.startsWith('src/app/components/'))
      .filter((found) => !/^src\/(?:app\/(?:components|draw)|command|model|theme)\//.test(resolve(found)))
      .map((found) => `${found.from} imports ${found.specifier}`);
    expect(known).toEqual([]);
  });
  test('inside the screen: words and rows, then components, then screens, then overlays; types are imports too', () => {
    const order = ['terminal', 'draw', 'rows', 'components', 'screens', 'overlays'];
    const layer = (file: string) => order.indexOf(/^src\/app\/([^/]+)\//.exec(file)?.[1] ?? '');
    const wrong = ours
      .filter(({ from }) => layer(from) >= 0)
      .filter((found) => layer(resolve(found)) > layer(found.from))
      .map((found) => `${found.from} imports ${found.specifier}`);
    expect(wrong).toEqual([]);
  });
  test('inside the screen: no circle, of types neither, but in the contract and inside one screen or overlay', () => {
    // The contract says what a key's effect may do with the state, and what the state holds: its keys among others.
    const feature = (file: string) =>
      /^src\/app\/state\/(?:actions|binding|effect-context|state)\.ts$/.test(file)
        ? 'the contract'
        : /^src\/app\/(?:screens|overlays)\/[^/.]+/.exec(file)?.[0];
    const inApp = ours.filter(({ from }) => from.startsWith('src/app/'));
    const targets = Map.groupBy(inApp, ({ from }) => from);
    const reached = (start: string): ReadonlySet<string> => {
      const seen = new Set<string>();
      const open = [start];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        for (const found of targets.get(at) ?? []) {
          const to = resolve(found);
          if (!seen.has(to)) open.push(to);
          seen.add(to);
        }
      }
      return seen;
    };
    const reach = new Map([...targets.keys()].map((file) => [file, reached(file)]));
    const circles = inApp
      .filter((found) => reach.get(resolve(found))?.has(found.from) === true)
      .filter((found) => feature(found.from) === undefined || feature(found.from) !== feature(resolve(found)))
      .map((found) => `${found.from} imports ${found.specifier}, which leads back to it`);
    expect(circles).toEqual([]);
    expect(reach.size).toBeGreaterThan(80);
  });
  test('no part of the screen is over 200 lines', () => {
    const lines = [...textOf].map(([file, text]) => ({ file, count: text.trimEnd().split('\n').length }));
    const long = lines.filter(({ file, count }) => file.startsWith('src/app/') && count > 200);
    expect(long.map(({ file, count }) => `${file} has ${count} lines`)).toEqual([]);
  });
  test('a screen is one file and one line: only the index knows a screen that no jump leads to', () => {
    for (const name of ['log', 'assumptions']) {
      const knows = [...textOf].flatMap(([file, text]) =>
        file.startsWith('src/') && new RegExp(`from '[^']*(?:screens)?/${name}\\.ts'`).test(text) ? [file] : [],
      );
      const views = knows.filter((file) => file.startsWith('src/app/'));
      expect(views).toEqual(['src/app/screens/index.ts']);
    }
  });
  test('a colour appears only in a theme', () => {
    const colour = /['"`]#[0-9a-fA-F]{6}['"`]|\bcolor=['"]|\\x1b\[3[0-7]m|\\u001b\[3[0-7]m/;
    const allowed = (file: string) => file.startsWith('themes') || folderOf(file) === 'theme';
    expect(offenders(colour, allowed, 'names a colour')).toEqual([]);
  });
});

describe('the folder listing is the feature list', () => {
  const listed = (folder: string, isInstance: (file: string) => boolean) => {
    const index = readFileSync(path.join(root, folder, 'index.ts'), 'utf8');
    return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(root, folder), path.join(entry.parentPath, entry.name)))
      .filter(isInstance)
      .filter((file) => !index.includes(`./${file}`))
      .map((file) => `${folder}/${file} is listed in no index`);
  };
  test('commands, themes, resource types and rules are all listed', () => {
    const source = (file: string) =>
      /\.ts$/.test(file) && !/(^|\/)(index|resource-type|rule|define)\.ts$/.test(file) && !/(^|\/)parts\//.test(file);
    expect(listed('commands', source)).toEqual([]);
    expect(listed('themes', (file) => file.endsWith('.json'))).toEqual([]);
    expect(listed('src/resource-types', source)).toEqual([]);
    const view = (file: string) => /\.tsx?$/.test(file) && file !== 'index.ts' && !file.includes('/');
    expect(listed('src/app/screens', view)).toEqual([]);
    expect(listed('src/app/overlays', view)).toEqual([]);
    expect(listed('src/rules', (file) => source(file) && file.includes('/'))).toEqual([]);
  });
});
