import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { verbs } from '../../commands/index.ts';
import { defineCommand } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import { hasVerb, parseCommand } from '../../src/command/parse-arguments.ts';
import { type Failure, isFailure } from '../../src/model/failure.ts';

const probe = defineCommand({
  name: 'probe',
  aliases: ['p'],
  summary: 'takes one of each',
  args: z.object({
    first: flag(z.string(), 'the first'),
    rest: flag(z._default(z.array(z.string()), []), 'the rest'),
    deep: flag(z._default(z.boolean(), false), 'deeper'),
    size: flag(z.optional(z.int().check(z.minimum(1))), 'how many'),
    tag: flag(z._default(z.array(z.string()), []), 'tags'),
    set: flag(z._default(z.record(z.string(), z.string()), {}), 'pairs'),
    mode: flag(z.optional(z.enum(['fast', 'slow'])), 'how'),
  }),
  positional: ['first', 'rest...'],
  effect: 'local',
  examples: [{ line: 'probe a', says: 'x' }],
  // biome-ignore lint/correctness/useYield: it has no event to tell.
  async *run() {
    return null;
  },
  text: () => [],
});
const parse = (line: string) => parseCommand(line.split(' '), [...verbs, probe]);
const refused = (line: string): Failure => {
  try {
    parse(line);
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error(`${line} was accepted`);
};

describe('arguments', () => {
  test('one of each kind, before and after each other', () => {
    const { args, given } = parse('probe a --deep b --size=3 --tag x --tag=y --set A=1=2 --set B= --mode fast -- --c');
    expect(args).toEqual({
      first: 'a',
      rest: ['b', '--c'],
      deep: true,
      size: 3,
      tag: ['x', 'y'],
      set: { A: '1=2', B: '' },
      mode: 'fast',
    });
    expect(given).not.toHaveProperty('unknown');
  });

  test('what is not given takes its standard and is not in the envelope', () => {
    const { args, given } = parse('probe a');
    expect(args).toEqual({ first: 'a', rest: [], deep: false, tag: [], set: {} });
    expect(given).toEqual({ first: 'a' });
  });

  test('older names of commands, flags and values are accepted, and never shown', () => {
    expect(parse('rehearse --all').command.name).toBe('what-if');
    expect(parse('intent').command.name).toBe('assume');
    expect(parse('fix --all --rehearse').args.whatIf).toBe(true);
    expect(parse('fix --all --what-if').args.whatIf).toBe(true);
    const [old, now] = [parse('audit --profile seed-2020'), parse('audit --profile article-2020')];
    expect(now.flags.profile).toBe(old.flags.profile);
    expect(parseCommand(['audit'], verbs, { profile: 'article-2020' }).flags.profile).toBe(now.flags.profile);
    expect(refused('audit --profile 2020').message).toContain('article-2020, current, all');
  });

  test('booleans can be negated', () => {
    expect(parse('probe a --no-deep').args.deep).toBe(false);
    expect(parse('probe a --deep=false').args.deep).toBe(false);
  });

  test('one-letter flags, alone and together', () => {
    const { host, flags, line } = parse('fix --all -yo plan.json -f json');
    expect([flags.yes, host.output, host.format, line]).toEqual([true, 'plan.json', 'json', 'fix --all -y']);
    expect(refused('audit -xyz')).toMatchObject({ code: 'unknown-flag', message: 'Unknown flag of audit: -xyz.' });
  });

  test('a negative number is a value', () => {
    expect(parse('probe -5 -12 --tag -3').args).toMatchObject({ first: '-5', rest: ['-12'], tag: ['-3'] });
    expect(parse('probe -5 --tag=a --no-deep -- -x').line).toBe('probe -5 --tag=a --no-deep -- -x');
  });

  test('a word without letters is a word', () => {
    expect(parseCommand(['probe', '', '-', '--'], [...verbs, probe]).args).toMatchObject({ first: '', rest: ['-'] });
  });

  test('--demo takes a world only after =', () => {
    expect(parse('audit --demo').host.demo).toBe('mixed');
    expect(parse('audit --demo=open').host.demo).toBe('open');
    expect(refused('audit --demo open').code).toBe('too-many-arguments');
  });

  test('shared flags may stand before the verb', () => {
    const { command, host, flags } = parse('--demo --format json audit --fail-on high');
    expect([command.name, host.demo, host.format, flags.failOn]).toEqual(['audit', 'mixed', 'json', 'high']);
    expect(hasVerb(['--demo', '--fail-on', 'never'])).toBe(false);
    expect(hasVerb(['--format', 'json', 'audit'])).toBe(true);
  });

  test('the line kept for the history has no source and no output in it', () => {
    expect(parse('fix --demo=open --all --format json --yes').line).toBe('fix --all --yes');
  });

  test.each([
    ['adit', 'unknown-command', 'Did you mean audit?'],
    ['audit --demmo', 'unknown-flag', 'Did you mean --demo?'],
    ['audit --format jsn', 'bad-value', 'Did you mean json?'],
    ['audit --output', 'missing-value', 'bastide help audit'],
    ['audit --output --yes', 'missing-value', 'bastide help audit'],
    ['audit x', 'too-many-arguments', 'bastide help audit'],
    ['probe', 'missing-argument', 'probe a'],
    ['probe a --size x', 'bad-value', ''],
    ['probe a --size 0', 'bad-value', ''],
    ['probe a --set A', 'bad-value', ''],
    ['probe a --deep=perhaps', 'bad-value', ''],
    ['probe a --mode fast --mode slow', 'given-twice', ''],
    ['audit --demo --from x', 'contradicting-flags', ''],
    ['audit --fresh', 'contradicting-flags', ''],
    ['audit --ca x', 'contradicting-flags', ''],
    ['audit --all-resources', 'contradicting-flags', ''],
    ['armada x', 'unknown-command', ''],
  ])('%s is refused with exit 2', (line, code, next) => {
    const failure = refused(line);
    expect([failure.code, failure.exit]).toEqual([code, 2]);
    expect(failure.next).toContain(next);
  });

  test('defaults apply, and a line that names its own source takes none of theirs', () => {
    const defaults = { demo: 'open', failOn: 'never' };
    expect(parseCommand(['audit'], verbs, defaults).host.demo).toBe('open');
    const own = parseCommand(['audit', '--from', 'x.json'], verbs, defaults);
    expect([own.host.demo, own.flags.failOn]).toEqual([undefined, 'never']);
  });
});
