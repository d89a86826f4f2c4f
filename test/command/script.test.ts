// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the syntax under test.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { includedLines, parseScript } from '../../src/command/script.ts';
import { isFailure } from '../../src/model/failure.ts';

const parse = (text: string, set: Record<string, string> = {}) =>
  parseScript(text, verbs, { lookup: (name) => set[name] });

describe('scripts', () => {
  test('comments, blank lines, names, forgiving lines and a leading program name', () => {
    const lines = parse('# audit first\n\naudit --fail-on ${LEVEL}\r\n- undo --yes\nbastide history # last\n', {
      LEVEL: 'high',
    });
    expect(lines.map((line) => [line.number, line.parsed.command.name, line.forgiving])).toEqual([
      [3, 'audit', false],
      [4, 'undo', true],
      [5, 'history', false],
    ]);
    expect(lines[0]?.parsed.flags.failOn).toBe('high');
  });

  test('every line is parsed, and the failure names the first that cannot be', () => {
    expect(() => parse('audit\nadit\n')).toThrow(/^Line 2: Unknown command: adit/);
    expect(() => parse('audit ${X}')).toThrow(/^Line 1: .*is not defined/);
    expect(() => parse('run other')).toThrow(/cannot run another/);
  });
});

describe('include', () => {
  const files: Record<string, string> = {
    'parts/a.bastide': 'audit\r\ninclude b.bastide\nhistory\n',
    'parts/b.bastide': '# b\nundo --yes\n',
    'parts/bad.bastide': 'audit\nadit\n',
    'parts/round.bastide': 'include ../main.bastide\n',
  };
  const read = async (name: string, from: string | undefined) => {
    const file = path.join(from === undefined ? '.' : path.dirname(from), name);
    return { file, text: file === 'main.bastide' ? 'include parts/round.bastide' : (files[file] ?? '') };
  };
  const included = async (text: string, set: Record<string, string> = {}) => {
    const lookup = (name: string) => set[name];
    return parseScript(await includedLines(text, 'main.bastide', { lookup, read }), verbs, { lookup });
  };
  const failing = (text: string) =>
    included(text).then(
      () => '',
      (error: unknown) => (isFailure(error) ? `${error.message} ${JSON.stringify(error.details)}` : String(error)),
    );

  test('lines of a file in place of the line that names it, from the folder of that file', async () => {
    const lines = await included('version\ninclude ${DIR}/a.bastide # comment\nfindings\n', { DIR: 'parts' });
    expect(lines.map(({ file, number, root, parsed }) => [file, number, root, parsed.command.name])).toEqual([
      ['main.bastide', 1, 1, 'version'],
      ['parts/a.bastide', 1, 2, 'audit'],
      ['parts/b.bastide', 2, 2, 'undo'],
      ['parts/a.bastide', 3, 2, 'history'],
      ['main.bastide', 3, 3, 'findings'],
    ]);
  });

  test('an error names the file and the line it is in', async () => {
    expect(await failing('audit\ninclude parts/bad.bastide')).toMatch(
      /^parts\/bad\.bastide:2: Unknown command: adit.*{"file":"parts\/bad.bastide","line":2}$/,
    );
    expect(await failing('audit\nadit')).toMatch(/^main\.bastide:2: Unknown command/);
    expect(await failing('include')).toMatch(/^main\.bastide:1: include takes one file\./);
    expect(await failing('include a b')).toMatch(/^main\.bastide:1: include takes one file\./);
    expect(await failing('include ${NONE}')).toMatch(/^main\.bastide:1: .*not defined/);
  });

  test('a file that includes itself is refused, over any way', async () => {
    expect(await failing('include parts/round.bastide')).toMatch(
      /^parts\/round\.bastide:1: main\.bastide includes itself/,
    );
  });
});
