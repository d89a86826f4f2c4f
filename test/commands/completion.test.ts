// The scripts for shells hold every verb and flag there is, and bash completes with its own as a person would see it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { bashScript } from '../../commands/parts/completion-bash.ts';
import { fishScript } from '../../commands/parts/completion-fish.ts';
import { pwshScript } from '../../commands/parts/completion-pwsh.ts';
import { quoted, shellWords } from '../../commands/parts/completion-words.ts';
import { zshScript } from '../../commands/parts/completion-zsh.ts';
import { rules } from '../../src/rules/index.ts';
import { themes } from '../../themes/index.ts';

const words = shellWords({ verbs, themes, rules });
const scripts = { bash: bashScript(words), zsh: zshScript(words), fish: fishScript(words), pwsh: pwshScript(words) };

describe.each(Object.entries(scripts))('%s', (_shell, script) => {
  test('holds every command, every flag and the rules that can be fixed', () => {
    for (const { name, flags } of words.verbs) {
      expect(script, name).toMatch(new RegExp(`\\b${name}\\b`));
      for (const flag of [...flags, ...words.shared])
        expect(script, flag.name).toMatch(new RegExp(`(--|-l )${flag.name}\\b`));
    }
    for (const { id, fixKind } of rules) if (fixKind !== 'none') expect(script).toContain(id);
  });
  test('is plain text without tabs or sequences, which a host may print as it is', () => {
    expect(script).not.toMatch(/[^\n\x20-\x7e…’]/);
  });
});

test('whatever is put between quotes comes out as it was', () => {
  const text = `it's $HOME \`x\` "y" \\ !`;
  expect(spawnSync('bash', ['-c', `printf %s ${quoted(text)}`]).stdout.toString()).toBe(text);
});

describe('bash', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-completion-'));
  const file = path.join(folder, 'bastide.bash');
  beforeAll(() => writeFileSync(file, scripts.bash));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const offered = (...typed: string[]): string[] => {
    const ask =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash that reads it.
      'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bastide; printf "%s\\n" "${COMPREPLY[@]}"';
    const ran = spawnSync('bash', ['-c', ask, 'bash', file, 'bastide', ...typed], { cwd: folder });
    expect(ran.stderr.toString()).toBe('');
    return ran.stdout
      .toString()
      .split('\n')
      .filter((one) => one !== '');
  };
  test.each([
    [['aud'], ['audit']],
    [['audit', '--all-o'], ['--all-outcomes']],
    [
      ['audit', '--fail-on', ''],
      ['critical', 'high', 'medium', 'low', 'never'],
    ],
    [['audit', '--fail-on', '=', 'me'], ['medium']],
    [['--format', 'json', 'theme', 'tri'], ['tritanopia']],
    [['fix', 'storage.bypass-azure-services', 'keyvault.bypass'], ['keyvault.bypass-azure-services']],
    [['config', 'set', 'fail'], ['failOn']],
    [['--demo', '=', 'drif'], ['drifted']],
    [['assume', 'outboundM'], ['outboundMode']],
    [['prove', 'bastide.b'], ['bastide.bash']],
    [['theme', 'dark', ''], []],
    [['nope', ''], []],
  ])('%j', (typed, wanted) => {
    expect(offered(...typed)).toEqual(wanted);
  });
});

describe('PowerShell', () => {
  /** The script without comments and with '' for each string, as PowerShell reads strings. */
  const bare = (script: string) => script.replace(/^\s*#.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''");

  test('every string ends, and so does every bracket', () => {
    const open: string[] = [];
    const pairs: Record<string, string> = { ')': '(', '}': '{', ']': '[' };
    for (const sign of bare(scripts.pwsh)) {
      if ('({['.includes(sign)) open.push(sign);
      else if (sign in pairs) expect(open.pop()).toBe(pairs[sign]);
    }
    expect(open).toEqual([]);
    // What is left is the program: nothing of a registry stands outside a string.
    expect(bare(scripts.pwsh)).not.toMatch(/["`\u2018-\u201b]|bypass|storage/);
  });

  test('each entry says something: PowerShell refuses a tooltip without text', () => {
    const all = [...words.shared, ...words.verbs, ...words.verbs.flatMap(({ flags }) => flags)];
    expect(all.filter(({ says }) => says.trim() === '')).toEqual([]);
  });

  test('a small registry: its lists as PowerShell reads them', () => {
    const script = pwshScript({
      verbs: [
        {
          ...{ name: 'fix', says: "the operator's", places: [['a.b', 'c.d'], 'free', 'file'], rest: true },
          flags: [{ name: 'ip', says: 'address', takes: 'free', bare: false }],
        },
        { name: 'help', says: 'help', flags: [], places: [], rest: false },
      ],
      shared: [
        { name: 'demo', says: 'a world', takes: ['open', 'mixed'], bare: true },
        { name: 'quiet', says: 'say \u2019nothing', takes: null, bare: false },
      ],
    });
    expect(script.slice(script.indexOf('  $commands'), script.indexOf('  $verb ='))).toBe(`  $commands = @(
    flag 'fix' 'the operator''s'
    flag 'help' 'help'
  )
  $shared = @(
    flag '--demo' 'a world' @('open', 'mixed')
    flag '--quiet' 'say \u2019\u2019nothing'
  )
  $own = @{
    'fix' = @(
      flag '--ip' 'address'
    )
  }
  # What each argument takes; the last one is repeated where a command takes many.
  $places = @{
    'fix' = @(, @('a.b', 'c.d'); , @(); , @())
  }
  $many = @('fix')
  $valued = @('--ip')
`);
  });
});
