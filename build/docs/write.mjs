// `npm run docs`: writes every page that is printed from a registry, and removes the pages of rules that are gone.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { loadBundled, root } from '../load-bundled.mjs';
import { writePages } from '../write-pages.mjs';

const { pages } = await loadBundled('build/docs/pages.ts');
const rules = readdirSync(path.join(root, 'docs/rules'), { encoding: 'utf8' }).map((file) => `docs/rules/${file}`);
process.stdout.write(`${writePages(root, pages(), rules)}\n`);
