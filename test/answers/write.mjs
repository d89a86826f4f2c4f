// `npm run answers`: writes test/fixtures/answers, what every world of the simulator is answered.
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { loadBundled, root } from '../../build/load-bundled.mjs';
import { writePages } from '../../build/write-pages.mjs';

const folder = 'test/fixtures/answers';
const { answeredWorlds, answersOf } = await loadBundled('test/answers/answers.ts');
const pages = [];
for (const world of answeredWorlds) pages.push({ file: `${folder}/${world}.txt`, text: await answersOf(world) });
mkdirSync(path.join(root, folder), { recursive: true });
const present = readdirSync(path.join(root, folder), { encoding: 'utf8' }).map((file) => `${folder}/${file}`);
process.stdout.write(`${writePages(root, pages, present)}\n`);
