// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the syntax under test.
import { describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { parseScript } from '../../src/command/script.ts';

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
