// Part of `npm version`: what is under Unreleased in the changelog becomes the new version, with its date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Throws when there is nothing to release. */
export function released(changelog, version, day) {
  const head = '## [Unreleased]\n';
  const start = changelog.indexOf(head);
  if (start < 0) throw new Error('CHANGELOG.md has no part Unreleased');
  const body = changelog.slice(start + head.length);
  const end = body.search(/^## \[/m);
  if (!/^- /m.test(end < 0 ? body : body.slice(0, end))) throw new Error('nothing is listed under Unreleased');
  return `${changelog.slice(0, start)}${head}\n## [${version}] - ${day}\n${body}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.resolve(import.meta.dirname, '../CHANGELOG.md');
  const version = process.env.npm_package_version ?? '';
  writeFileSync(file, released(readFileSync(file, 'utf8'), version, new Date().toISOString().slice(0, 10)));
}
