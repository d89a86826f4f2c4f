// Writes printed files where they have changed, and removes those that are printed no more.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root
 * @param {readonly { file: string, text: string }[]} pages
 * @param {readonly string[]} present files of the folder whose files are all printed
 * @returns {string} how many there are, and how many changed
 */
export function writePages(root, pages, present) {
  const stale = present.filter((file) => !pages.some((page) => page.file === file));
  for (const file of stale) rmSync(path.join(root, file));
  const changed = pages.filter(({ file, text }) => readIfThere(path.join(root, file)) !== text);
  for (const { file, text } of changed) {
    const at = path.join(root, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
  return `${pages.length} pages, ${changed.length + stale.length} changed`;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
