// `help`: the commands, the flags and the exit statuses, printed from the registries so that no second copy goes stale.
import * as z from 'zod/mini';
import { type Command, defineCommand } from '../src/command/definition.ts';
import { type FlagSpec, flag } from '../src/command/flag.ts';
import { sharedFlags } from '../src/command/parse-arguments.ts';
import { unknownCommand } from '../src/command/unknown-command.ts';
import { placesOf, placeWord, saysOf, standardWord, valueWord } from '../src/command/usage.ts';
import { exitMeanings, exitStatus } from '../src/model/failure.ts';
import { type Line, line } from '../src/model/words.ts';

interface FlagLine {
  readonly flag: string;
  readonly says: string;
  readonly choices: readonly string[];
  readonly standard: string | null;
}
interface General {
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly { readonly title: string; readonly flags: readonly FlagLine[] }[];
  readonly exits: readonly { readonly status: number; readonly meaning: string }[];
}
interface Particular {
  readonly command: string;
  readonly usage: string;
  readonly summary: string;
  readonly arguments: readonly FlagLine[];
  readonly flags: readonly FlagLine[];
  readonly examples: readonly { readonly line: string; readonly says: string }[];
}

type Helped =
  | { readonly kind: 'general'; readonly value: General }
  | { readonly kind: 'command'; readonly value: Particular };

export const help = defineCommand({
  name: 'help',
  summary: 'Show help for all commands, or for one',
  args: z.object({ command: flag(z.optional(z.string()), 'name of the command', { value: 'COMMAND', of: 'verb' }) }),
  positional: ['command'],
  effect: 'local',
  examples: [
    { line: 'help', says: 'List commands, flags and exit statuses' },
    { line: 'help fix', says: 'Show one command with its flags and examples' },
  ],
  async *run(context, { command: wanted }): AsyncGenerator<never, Helped> {
    if (wanted === undefined) return { kind: 'general', value: general(context.verbs) };
    const command = context.verbs.find((verb) => verb.name === wanted || verb.aliases?.includes(wanted));
    if (command) return { kind: 'command', value: particular(command) };
    throw unknownCommand(wanted, context.verbs);
  },
  json: ({ value }) => value,
  text: (result) => (result.kind === 'general' ? generalLines(result.value) : particularLines(result.value)),
});

function general(verbs: readonly Command[]): General {
  const { source, common, output } = sharedFlags();
  return {
    commands: verbs.map(({ name, summary }) => ({ name, summary })),
    flags: [
      { title: 'Data source (default: Azure)', flags: source.map(flagLine) },
      { title: 'Common flags', flags: common.map(flagLine) },
      { title: 'Output', flags: output.map(flagLine) },
    ],
    exits: Object.values(exitStatus).map((status) => ({ status, meaning: exitMeanings[status] })),
  };
}

function particular(command: Command): Particular {
  const { places, flags } = placesOf(command);
  return {
    command: command.name,
    usage: ['bastide', command.name, ...places.map(placeWord), '[flags]'].join(' '),
    summary: command.summary,
    arguments: places.map(({ spec }) => ({ ...flagLine(spec), flag: spec.value ?? spec.key.toUpperCase() })),
    flags: flags.map(flagLine),
    examples: command.examples,
  };
}

function flagLine(spec: FlagSpec): FlagLine {
  const value = valueWord(spec);
  const shown = value === '' ? '' : spec.bare === undefined ? ` ${value}` : `[=${value}]`;
  return { flag: `--${spec.name}${shown}`, says: saysOf(spec), choices: spec.choices, standard: standardWord(spec) };
}

const flagWords = ({ flag: shown, says, choices, standard }: FlagLine): Line =>
  line(
    '  ',
    [shown.padEnd(26), 'key'],
    ` ${says.charAt(0).toUpperCase()}${says.slice(1)}`,
    [choices.length === 0 ? '' : `: ${choices.join(', ')}`, 'dim'],
    [standard === null ? '' : ` (default ${standard})`, 'dim'],
  );

function generalLines({ commands, flags, exits }: General): Line[] {
  return [
    line(
      ['bastide', 'heading'],
      ' [COMMAND] [flags]   without a command: opens the screen, or runs an audit if no terminal is attached',
    ),
    [],
    line(['Commands', 'heading']),
    ...commands.map(({ name, summary }) => line(`  `, [name.padEnd(10), 'key'], ` ${summary}`)),
    ...flags.flatMap((group) => [[], line([group.title, 'heading']), ...group.flags.map(flagWords)]),
    [],
    line(['Exit status', 'heading']),
    ...exits.map(({ status, meaning }) => line(`  ${String(status).padStart(3)}  ${meaning}`)),
    [],
    line(['bastide help COMMAND', 'key'], ' shows one command. ', ['bastide --demo', 'key'], ' works without Azure.'),
  ];
}

function particularLines({ usage, summary, arguments: places, flags, examples }: Particular): Line[] {
  const part = (title: string, lines: readonly Line[]) =>
    lines.length === 0 ? [] : [[], line([title, 'heading']), ...lines];
  return [
    line([usage, 'heading']),
    line(summary),
    ...part('Arguments', places.map(flagWords)),
    ...part('Flags', flags.map(flagWords)),
    ...part(
      'Examples',
      examples.flatMap((example) => [
        line('  ', [`bastide ${example.line}`, 'key']),
        line([`      ${example.says}`, 'dim']),
      ]),
    ),
    [],
    line(['bastide help', 'key'], [' lists the common flags.', 'dim']),
  ];
}
