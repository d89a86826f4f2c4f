// End-to-end tests run the program that users run, so the bundle is made before them, unless nothing has changed since it was.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const inputs = [
  'src',
  'commands',
  'themes',
  'build',
  'build.mjs',
  'patches',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

function changedAt(name: string): number {
  const file = path.join(root, name);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time tells of files that were removed.
  return Math.max(stat.mtimeMs, ...readdirSync(file).map((one) => changedAt(path.join(name, one))));
}

export function setup(): void {
  const built = changedAt('dist/main.js');
  if (built > 0 && inputs.every((input) => changedAt(input) < built)) return;
  execFileSync(process.execPath, ['build.mjs'], { cwd: root, stdio: 'inherit' });
}
