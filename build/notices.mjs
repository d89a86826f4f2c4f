// The licences of what is bundled: the package holds code of others, so it holds their notices.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folders of the packages that files of these bundles come from. */
export function packagesIn(metafiles) {
  const folders = metafiles
    .flatMap(({ inputs }) => Object.keys(inputs).filter((input) => !input.startsWith('built-in:')))
    .map((input) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/** One text: name, version and licence of each package, with the text it came with. */
export function noticesOf(root, folders) {
  const parts = folders.map((folder) => {
    const at = path.join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'));
    const files = readdirSync(at).filter((file) => /^(?:licen[cs]e|notice|copying)(?:[.-].*)?$/i.test(file));
    const texts = files.sort().map((file) => readFileSync(path.join(at, file), 'utf8').trim());
    return [`${name} ${version} (${license ?? 'licence in the text'})`, ...texts].join('\n\n');
  });
  const line = '-'.repeat(80);
  return ['Bastide holds code of these packages, under these licences.', ...parts].join(`\n\n${line}\n\n`).concat('\n');
}
