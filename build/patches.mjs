// Applies patches/NAME+VERSION.patch to the installed packages: what a library lacks until its next version, in a form that can be read
// and sent to it. Tests and bundle import the same files. Applied twice, a patch changes nothing.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The files that a unified diff changes, each with its hunks: the first line of the old text, the old lines, and the new ones. */
export function filesOf(patch) {
  const files = [];
  for (const line of patch.split('\n')) {
    const hunks = files.at(-1)?.hunks;
    const start = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/.exec(line)?.[1];
    if (line.startsWith('+++ b/')) files.push({ file: line.slice('+++ b/'.length), hunks: [] });
    else if (line.startsWith('--- ') || hunks === undefined) continue;
    else if (start !== undefined) hunks.push({ at: Number(start) - 1, old: [], fresh: [] });
    else if (hunks.length > 0) {
      if (/^[ -]/.test(line)) hunks.at(-1).old.push(line.slice(1));
      if (/^[ +]/.test(line)) hunks.at(-1).fresh.push(line.slice(1));
    }
  }
  return files;
}

/** The text with these hunks, the same text where it has them already, null where it is another one. */
export function patched(text, hunks) {
  const lines = text.split('\n');
  const holds = (at, wanted) => wanted.every((line, index) => lines[at + index] === line);
  // Lines that the hunks before have added.
  let added = 0;
  const isPatched = hunks.every(({ at, old, fresh }) => {
    const start = at + added;
    added += fresh.length - old.length;
    return holds(start, fresh);
  });
  if (isPatched) return text;
  if (!hunks.every(({ at, old }) => holds(at, old))) return null;
  for (const { at, old, fresh } of hunks.toReversed()) lines.splice(at, old.length, ...fresh);
  return lines.join('\n');
}

/** Throws where an installed package is not the one that a patch was made for. */
export function applyPatches(root) {
  const folder = path.join(root, 'patches');
  for (const name of readdirSync(folder)) {
    for (const { file, hunks } of filesOf(readFileSync(path.join(folder, name), 'utf8'))) {
      const target = path.join(root, file);
      const installed = readFileSync(target, 'utf8');
      if (patched(installed, hunks) === installed) continue;
      // Kept for the day when the patch is another one.
      const published = `${target}.orig`;
      const known = existsSync(published) ? readFileSync(published, 'utf8') : installed;
      const before = [installed, known].find((text) => patched(text, hunks) !== null);
      if (before === undefined)
        throw new Error(`patches/${name} does not fit ${file}. Run npm ci, or renew the patch.`);
      write(published, before);
      write(target, patched(before, hunks));
    }
  }
}

/** Never in place: package managers link the same file into several folders. */
function write(file, text) {
  const fresh = `${file}.${process.pid}.tmp`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}
