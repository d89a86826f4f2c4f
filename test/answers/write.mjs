// `npm run answers`: writes test/fixtures/answers, what every world of the simulator is answered, test/fixtures/samples, what the
// samples of the rules are, and test/fixtures/settings, what each setting of a body decides.
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { loadBundled, root } from '../../build/load-bundled.mjs';
import { writePages } from '../../build/write-pages.mjs';

const folder = 'test/fixtures/answers';
const { answeredWorlds, answersOf } = await loadBundled('test/answers/answers.ts');
const pages = [];
for (const world of answeredWorlds) pages.push({ file: `${folder}/${world}.txt`, text: await answersOf(world) });
const samples = 'test/fixtures/samples';
const { sampleFiles } = await loadBundled('test/answers/samples.ts');
pages.push(...(await sampleFiles()));
const { settingFiles, settingFolder } = await loadBundled('test/answers/settings.ts');
pages.push(...(await settingFiles()));
const present = [folder, samples, settingFolder].flatMap((one) => {
  mkdirSync(path.join(root, one), { recursive: true });
  return readdirSync(path.join(root, one), { encoding: 'utf8' }).map((file) => `${one}/${file}`);
});
process.stdout.write(`${writePages(root, pages, present)}\n`);
