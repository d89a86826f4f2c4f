// The official inspector of the Model Context Protocol lists the tools and calls one, as its users do from a command line.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshHome, type Home, launcher, root } from '../support/bastide.ts';

const inspector = path.join(root, 'node_modules/@modelcontextprotocol/inspector-cli/build');
let home: Home;
beforeAll(() => {
  home = freshHome();
  // Its package looks for the one it is published in, beside it.
  mkdirSync(path.join(home.folder, 'cli'));
  cpSync(inspector, path.join(home.folder, 'cli/build'), { recursive: true });
  writeFileSync(path.join(home.folder, 'package.json'), '{"name":"inspector","version":"1.0.3","type":"module"}');
  symlinkSync(path.join(root, 'node_modules'), path.join(home.folder, 'node_modules'));
});
afterAll(() => home.remove());

const inspected = (...words: string[]): Record<string, unknown> => {
  const program = path.join(home.folder, 'cli/build/cli.js');
  const output = execFileSync(
    process.execPath,
    [program, '--cli', 'sh', launcher, 'mcp', '--demo=foreign', '--quiet', ...words],
    {
      ...{ env: home.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    },
  );
  return JSON.parse(output.slice(output.indexOf('{'))) as Record<string, unknown>;
};

test.skipIf(!existsSync(inspector))('the inspector lists the tools and calls them', () => {
  const { tools } = inspected('--method', 'tools/list') as { tools: { name: string; inputSchema: { type: string } }[] };
  expect(tools.map(({ inputSchema }) => inputSchema.type)).toEqual(tools.map(() => 'object'));
  const called = inspected('--method', 'tools/call', '--tool-name', 'audit') as {
    isError: boolean;
    content: { type: string; text: string }[];
  };
  expect([called.isError, called.content[0]?.type]).toEqual([false, 'text']);
  const { result } = JSON.parse(called.content[0]?.text ?? '') as { result: { problems: unknown[] } };
  expect(result.problems.length).toBeGreaterThan(0);
});
