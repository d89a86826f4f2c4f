// A command keeps the type of its result: its result is what its text, status and failure receive, without a cast.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod/mini';
import { type Command, defineCommand } from '../../src/command/definition.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('the type of a result', () => {
  test('reaches every function of the command', () => {
    const count = defineCommand({
      name: 'count',
      summary: 'a command of this test',
      args: z.object({}),
      effect: 'local',
      examples: [],
      // biome-ignore lint/correctness/useYield: a command is a generator even when it has nothing to tell on the way.
      async *run() {
        return { found: 3 };
      },
      text(result) {
        expectTypeOf(result).toEqualTypeOf<{ found: number }>();
        return [];
      },
      items: (result) => [{ found: result.found }],
      exit(result) {
        // @ts-expect-error: the result has no such member.
        result.missing;
        return 0;
      },
      failure: (result) => (result.found > 0 ? null : { code: 'none', message: 'None found.', next: '' }),
    });
    const registered: Command = count;
    // @ts-expect-error: of a command in the registry the result is not known.
    registered.text({ found: 3 }).found;
    expect(registered.name).toBe('count');
  });

  test('is given up only where the envelope is made', () => {
    const files = ['commands', 'src/command', 'src/cli', 'src/render'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
    );
    const cast = /\bas unknown as\b|\bshapeOf\b|\bas Json\b|' in result\b/;
    const wrong = files
      .filter((file) => cast.test(readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\/.*$/gm, '')))
      .map((file) => `${file} casts a result`);
    expect(wrong).toEqual(['src/command/run.ts casts a result']);
  });
});
