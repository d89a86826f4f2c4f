// Names in the code: one name, one type. A reader who meets a type's name need not ask which of several it is.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const filesBelow = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));

const declared = new Set(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'ClassDeclaration', 'TSEnumDeclaration']);

/** Names of the types that a file declares and exports; those it passes on from elsewhere are not its own. */
function exportedTypes(file: string, source: string): string[] {
  return parseSync(file, source).program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const { declaration } = statement;
    if (declaration === null || declaration === undefined || !declared.has(declaration.type)) return [];
    return 'id' in declaration && declaration.id !== null && 'name' in declaration.id ? [declaration.id.name] : [];
  });
}

describe('exported types', () => {
  test('are found as the source declares them', () => {
    const source =
      'export interface A {}\nexport type B = 1;\nexport class C {}\nexport { D } from "./d.ts";\ninterface E {}';
    expect(exportedTypes('x.ts', source)).toEqual(['A', 'B', 'C']);
  });

  test('no two have one name', () => {
    const places = new Map<string, string[]>();
    for (const file of ['src', 'commands', 'themes', 'test'].flatMap(filesBelow)) {
      for (const name of exportedTypes(file, readFileSync(path.join(root, file), 'utf8'))) {
        places.set(name, [...(places.get(name) ?? []), file]);
      }
    }
    const twice = [...places].filter(([, files]) => files.length > 1);
    expect(twice.map(([name, files]) => `${name}: ${files.join(', ')}`)).toEqual([]);
    expect(places.size).toBeGreaterThan(300);
  });
});
