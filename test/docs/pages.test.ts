// The pages that are printed from the registries are as the registries are now: `npm run docs` writes them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { pages } from '../../build/docs/pages.ts';
import { verbs } from '../../commands/index.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { parseLine } from '../../src/command/parse-line.ts';

const root = path.resolve(import.meta.dirname, '../..');
const all = pages();
const committed = (file: string): string | undefined => {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return undefined;
  }
};

describe('printed pages', () => {
  test.each(all)('$file is what `npm run docs` writes', ({ file, text }) => {
    expect(committed(file)).toBe(text);
  });

  test('no page of a rule that is gone', () => {
    const files = readdirSync(path.join(root, 'docs/rules')).map((file) => `docs/rules/${file}`);
    expect(files.filter((file) => !all.some((page) => page.file === file))).toEqual([]);
  });

  test('nothing that changes from run to run', () => {
    for (const { file, text } of all) {
      expect([file, text.match(/127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT|\/(?:home|tmp|root)\//g)]).toEqual([file, null]);
    }
  });
});

describe('command lines in the pages', () => {
  const files = ['README.md', 'docs/commands.md', 'docs/scripting.md', 'docs/ci.md', 'docs/themes.md', 'docs/keys.md'];
  const lines = files.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)]
      .flatMap(([, block = '']) => block.split('\n'))
      .map((line) => /^(?:bin\/)?bastide( .*)?$/.exec(line)?.[1])
      .flatMap((words) => (words === undefined ? [] : [{ file, words: words.replace(/ (?:#|>) .*$/, '').trim() }])),
  );

  test('there are some in each', () => {
    expect(files.filter((file) => !lines.some((line) => line.file === file))).toEqual([]);
  });

  test.each(lines)('$file: bastide $words', ({ words }) => {
    const given = parseLine(words);
    const isBare = given[0]?.startsWith('-') === true;
    expect(() => parseCommand(isBare ? ['audit', ...given] : given, verbs)).not.toThrow();
  });
});

describe('every page in docs', () => {
  const files = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`);
  test.each([...files, 'README.md', 'CONTRIBUTING.md', 'SECURITY.md'])('%s links only to what there is', (file) => {
    const text = readFileSync(path.join(root, file), 'utf8').replace(/```[\s\S]*?```/g, '');
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
    const broken = links.filter((link) => !isThere(path.join(root, path.dirname(file), link)));
    expect(broken).toEqual([]);
  });
});

function isThere(at: string): boolean {
  try {
    readFileSync(at);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
