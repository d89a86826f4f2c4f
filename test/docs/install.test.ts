// What the documents offer to install is ours: no name in a registry, and no address of a repository that does not exist.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bastide, freshHome, root } from '../support/bastide.ts';

const texts = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(?:md|ya?ml|json|sh|tsx?|mjs|1)$|Dockerfile$|^\.ci\/run$/.test(file))
  .filter((file) => !/^(?:test|patches)\/|^package-lock\.json$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));

test('no line asks a registry for the package', () => {
  const offer =
    /\bnpx\s+(?:-\S+\s+)*bastide\b|\b(?:npm|pnpm|yarn|bun)\s+(?:i|install|add|dlx|exec|global add)\s+(?:-\S+\s+)*"?bastide(?:@|["\s`'.]|$)|\bnpm publish\b/m;
  expect(texts.length).toBeGreaterThan(500);
  expect(texts.filter(({ text }) => offer.test(text)).map(({ file }) => file)).toEqual([]);
});

test('no address of an owner that does not exist, and nothing to publish by accident', () => {
  expect(
    texts.filter(({ text }) => /github\.com[/:](?:OWNER|[\w-]+\/bastide)\b/.test(text)).map(({ file }) => file),
  ).toEqual([]);
  const about = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect([about.homepage, about.bugs, about.repository, about.private]).toEqual([
    undefined,
    undefined,
    undefined,
    true,
  ]);
});

test('who asks how to install is told how a clone makes the package', async () => {
  const home = freshHome();
  try {
    const { status, stderr } = await bastide(['install'], home);
    expect([status, stderr]).toEqual([2, expect.stringContaining('npm pack')]);
  } finally {
    home.remove();
  }
});
