// The tests run the program that users run, so the bundle is made before them.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export function setup(): void {
  const root = path.resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['build.mjs'], { cwd: root, stdio: 'inherit' });
}
