// Words made into a command with checked arguments. The command's schema is the only source of what is allowed.
// Runs nothing and reads nothing.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Json } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { clean } from '../model/text.ts';
import { allowedEffects } from './allowed-effects.ts';
import { checkSources, commonFlags, type HostFlags, outputFlags, sourceFlags } from './common-flags.ts';
import type { Command, CommonFlags } from './definition.ts';
import { applies, type FlagSpec, flagsOf } from './flag.ts';
import { asCount, check, type FlagValues, hint, put, usage } from './flag-values.ts';
import { quoteWord } from './parse-line.ts';
import { unknownCommand } from './unknown-command.ts';
import { worldNames } from './world-names.ts';

export interface ParsedCommand {
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
  readonly flags: CommonFlags;
  readonly host: HostFlags;
  /** The command line that would repeat it: command, arguments and common flags, without source and output. */
  readonly line: string;
  /** The arguments as they were given, without defaults: the envelope's `arguments`. */
  readonly given: Json;
  /** Names of the shared flags that were given. */
  readonly explicit: ReadonlySet<string>;
}

/** Values for flags that the line does not give: of the operator's settings, or of the script's own command line. */
export type Defaults = Readonly<Record<string, unknown>>;

type Scope = 'args' | 'common' | 'host';
interface Known {
  readonly spec: FlagSpec;
  readonly scope: Scope;
}

/** One-letter forms of shared flags. */
const short: Readonly<Record<string, string>> = { yes: 'y', output: 'o', format: 'f' };

/** Every flag that every command takes, in the order of help. */
export const sharedFlags = (): {
  readonly source: FlagSpec[];
  readonly common: FlagSpec[];
  readonly output: FlagSpec[];
} => ({
  source: flagsOf(sourceFlags),
  common: flagsOf(commonFlags),
  output: flagsOf(outputFlags),
});

/**
 * Words (without the program's name) as a command. Throws Failure (exit 2) for an unknown command, flag or value, with the
 * nearest known one. `defaults` stand in for shared flags that the words do not give.
 */
export function parseCommand(
  words: readonly string[],
  verbs: readonly Command[],
  defaults: Defaults = {},
): ParsedCommand {
  const shared = sharedKnown();
  const index = verbIndex(words, shared);
  const word = words[index];
  if (word === undefined) throw usage('no-command', 'No command is given.', 'Run `bastide help` for the list.');
  const command = findVerb(word, verbs);
  const positional = (command.positional ?? []).map((name) => name.replace(/\.\.\.$/, ''));
  const specs = flagsOf(command.args);
  const known = new Map(shared);
  for (const spec of specs) {
    if (positional.includes(spec.key)) continue;
    for (const name of [spec.name, ...(spec.aliases ?? [])]) known.set(name, { spec, scope: 'args' });
  }

  const values: Record<Scope, FlagValues> = { args: {}, common: {}, host: {} };
  const loose: string[] = [];
  const kept: string[] = [];
  const rest = words.toSpliced(index, 1);
  for (const token of tokensOf(rest, known)) {
    const text = rest[token.index] ?? '';
    if (token.kind !== 'option') {
      if (token.kind === 'positional') loose.push(text);
      kept.push(text);
      continue;
    }
    const { spec, scope, negated } = flagOfToken(token, text, known, command.name);
    const next = takesNext(spec) && token.inlineValue !== true ? token.value : undefined;
    if (takesNext(spec) && (token.value === undefined || (next !== undefined && isFlag(next)))) {
      throw usage('missing-value', `--${spec.name} needs a value.`, hint(spec, command.name));
    }
    put(values[scope], spec, token.value ?? spec.bare, negated, command.name);
    if (scope === 'host') continue;
    kept.push(token.inlineValue === true ? `${token.rawName}=${token.value}` : token.rawName);
    if (next !== undefined) kept.push(next);
  }
  place(values.args, loose, command, specs);
  refuseIdle(values.args, command, specs);

  const hostValues = { ...withoutOtherSource(pick(defaults, shared, 'host'), values.host), ...values.host };
  const host = {
    ...check(sourceFlags, hostValues, command.name),
    ...check(outputFlags, hostValues, command.name),
  };
  const flags = check(commonFlags, { ...pick(defaults, shared, 'common'), ...values.common }, command.name);
  checkSources(host, flags);
  allowedEffects(flags.allowEffects);
  return {
    command,
    args: check(command.args, values.args, command.name, command.positional),
    flags,
    host,
    line: [command.name, ...kept].map(quoteWord).join(' '),
    given: values.args,
    explicit: new Set([...Object.keys(values.host), ...Object.keys(values.common)]),
  };
}

/** Is there a command among these words, before any `--`? Flags alone open the screen or a plain audit. */
export const hasVerb = (words: readonly string[]): boolean => verbIndex(words, sharedKnown()) >= 0;

function sharedKnown(): Map<string, Known> {
  const { source, common, output } = sharedFlags();
  return new Map<string, Known>([
    ...common.map((spec) => [spec.name, { spec, scope: 'common' as const }] as const),
    ...[...source, ...output].map((spec) => [spec.name, { spec, scope: 'host' as const }] as const),
  ]);
}

const pick = (defaults: Defaults, shared: ReadonlyMap<string, Known>, scope: Scope): Defaults => {
  const keys = new Set([...shared.values()].filter((known) => known.scope === scope).map((known) => known.spec.key));
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => keys.has(key)));
};

/** A line that names its own source takes nothing of the source of its defaults. */
function withoutOtherSource(defaults: Defaults, given: FlagValues): Defaults {
  if (!['demo', 'endpoint', 'from'].some((key) => key in given)) return defaults;
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => !(key in sourceFlags._zod.def.shape)));
}

const isNumber = (text: string) => /^-\d/.test(text);
const isFlag = (text: string) => text.startsWith('-') && text !== '-' && !isNumber(text);
/** A flag with a bare form takes a value only after `=`. */
const takesNext = ({ kind, bare }: FlagSpec): boolean => kind !== 'boolean' && bare === undefined;

type Token = ReturnType<typeof tokenize>['tokens'][number];
type OptionToken = Extract<Token, { kind: 'option' }>;
const tokenize = (words: readonly string[], options: ParseArgsOptionsConfig) =>
  parseArgs({ args: words, options, strict: false, allowPositionals: true, tokens: true });

/** The words as flags with their values and positional words. Flags that are not known take no value from the next word. */
function tokensOf(words: readonly string[], known: ReadonlyMap<string, Known>): Token[] {
  const options = [...known].map(([name, { spec }]) => {
    const letter = short[name];
    const type = takesNext(spec) ? ('string' as const) : ('boolean' as const);
    return [name, { type, ...(letter === undefined ? {} : { short: letter }) }] as const;
  });
  const { tokens } = tokenize(words, Object.fromEntries(options));
  // A negative number is a value, and not the group of one-letter flags that parseArgs reads.
  return tokens.flatMap((token, at): Token[] => {
    const text = words[token.index] ?? '';
    if (token.kind !== 'option' || !isNumber(text)) return [token];
    return tokens[at - 1]?.index === token.index ? [] : [{ kind: 'positional', index: token.index, value: text }];
  });
}

/** The index of the command; -1 without one. */
function verbIndex(words: readonly string[], shared: ReadonlyMap<string, Known>): number {
  const token = tokensOf(words, shared).find(({ kind }) => kind !== 'option');
  return token?.kind === 'positional' ? token.index : -1;
}

function findVerb(word: string, verbs: readonly Command[]): Command {
  const found = verbs.find((verb) => verb.name === word || verb.aliases?.includes(word));
  if (found) return found;
  throw unknownCommand(word, verbs);
}

function flagOfToken({ name, value }: OptionToken, text: string, known: ReadonlyMap<string, Known>, verb: string) {
  const direct = known.get(name);
  if (direct) return { ...direct, negated: false };
  const positive = name.startsWith('no-') ? known.get(name.slice(3)) : undefined;
  if (positive?.spec.kind === 'boolean' && value === undefined) return { ...positive, negated: true };
  const near = nearest(name, [...known.keys()]);
  throw usage(
    'unknown-flag',
    `Unknown flag of ${verb}: ${clean(text.replace(/=.*$/s, ''), 60)}.`,
    near === undefined ? `Run \`bastide help ${verb}\` for its flags.` : `Did you mean --${near}?`,
  );
}

function place(args: FlagValues, loose: readonly string[], command: Command, specs: readonly FlagSpec[]): void {
  const names = command.positional ?? [];
  let at = 0;
  for (const name of names) {
    const key = name.replace(/\.\.\.$/, '');
    const spec = specs.find((candidate) => candidate.key === key);
    if (spec === undefined) continue;
    if (name.endsWith('...')) {
      if (at < loose.length) args[key] = loose.slice(at);
      at = loose.length;
    } else if (at < loose.length) {
      args[key] = spec.kind === 'number' ? asCount(spec, loose[at], command.name) : (loose[at] ?? '');
      at += 1;
    } else if (spec.required) {
      throw usage(
        'missing-argument',
        `${command.name} needs ${spec.value ?? key.toUpperCase()}: ${spec.says}.`,
        `For example: bastide ${command.examples[0]?.line ?? command.name}`,
      );
    }
  }
  if (at < loose.length) {
    const surplus = loose[at] ?? '';
    throw usage(
      'too-many-arguments',
      `Unexpected argument of ${command.name}: ${clean(surplus, 60)}.`,
      worldNames.includes(surplus) ? `Did you mean --demo=${surplus}?` : `Run \`bastide help ${command.name}\`.`,
    );
  }
}

/** A flag that does not apply to the chosen arguments is an error, not ignored. */
function refuseIdle(args: FlagValues, command: Command, specs: readonly FlagSpec[]): void {
  const idle = specs.find((spec) => spec.key in args && !applies(spec, args));
  if (idle === undefined) return;
  const [[key, is] = ['', []]] = Object.entries(idle.only ?? {});
  throw usage(
    'unsuited-flag',
    `--${idle.name} applies to ${is.join(', ')}, not to ${clean(String(args[key]), 60)}.`,
    `Remove it, or run \`bastide help ${command.name}\`.`,
  );
}
