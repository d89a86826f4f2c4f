// The manual page, printed from the registry of commands: man(7) macros, which every `man` reads.
import type { Command } from '../../src/command/definition.ts';
import type { FlagSpec } from '../../src/command/flag.ts';
import { sharedFlags } from '../../src/command/parse-arguments.ts';
import { placesOf, placeWord, saysOf, standardWord, valueWord } from '../../src/command/usage.ts';
import { exitMeanings, exitStatus } from '../../src/model/failure.ts';
import type { Page } from './markdown.ts';

/** Of its form, not of its content: a page that is printed twice is the same. */
const date = '2026-11-28';

/** Variables that it reads; a test finds each in the sources. */
export const manVariables: readonly (readonly [name: string, says: string])[] = [
  ['BASTIDE_HOME', 'One folder for settings, history and the state of demos, instead of the standard folders.'],
  [
    'AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH, AZURE_FEDERATED_TOKEN_FILE',
    'Sign-in, as in the Azure SDKs.',
  ],
  ['NO_COLOR', 'No color in text, where --color is not given.'],
  ['ACCESSIBLE', 'Line-by-line questions and answers instead of the screen.'],
];

/** Text as it is: a backslash, and a hyphen that would otherwise be set as a dash, are escaped. */
const escaped = (text: string): string => text.replaceAll('\\', '\\e').replaceAll('-', '\\-');

const widest = 79;

/** Text as lines, each sentence from a line of its own; none begins like a request of the formatter. */
function textLines(text: string): string[] {
  const lines = [''];
  for (const word of escaped(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    const isNew = /[.!?]$/.test(last) && /^[A-Z]/.test(word);
    if (last !== '' && (isNew || last.length + word.length + 1 > widest)) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => line.replace(/^(?=[.'])/, '\\&'));
}
const bold = (text: string): string => `\\fB${escaped(text)}\\fP`;
const italic = (text: string): string => `\\fI${escaped(text)}\\fP`;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, '.');
const entry = (term: string, ...lines: readonly string[]): string[] => ['.TP', term, ...lines];

function flagTerm(spec: FlagSpec): string {
  const value = valueWord(spec);
  const shown = value === '' ? '' : spec.bare === undefined ? ` ${italic(value)}` : `[=${italic(value)}]`;
  return `${bold(`--${spec.name}`)}${shown}`;
}

function meaning(spec: FlagSpec): string[] {
  const choices = spec.choices.length === 0 ? '' : `: ${spec.choices.join(', ')}`;
  const standard = standardWord(spec);
  return textLines(sentence(`${saysOf(spec)}${choices}${standard === null ? '' : ` (default ${standard})`}`));
}

const flagEntries = (specs: readonly FlagSpec[]): string[] =>
  specs.flatMap((spec) => entry(flagTerm(spec), ...meaning(spec)));

function commandPart(command: Command): string[] {
  const { places, flags } = placesOf(command);
  const aliases = command.aliases ?? [];
  return [
    `.SS ${escaped(command.name)}`,
    `${bold(`bastide ${command.name}`)}${places.map((place) => ` ${italic(placeWord(place))}`).join('')} [flags]`,
    '.PP',
    ...textLines(sentence(command.summary)),
    ...(aliases.length === 0 ? [] : textLines(`Also: ${aliases.join(', ')}.`)),
    ...places.flatMap(({ spec }) => entry(italic(spec.value ?? spec.key.toUpperCase()), ...meaning(spec))),
    ...flagEntries(flags),
    ...command.examples.flatMap(({ line, says }) => entry(bold(`bastide ${line}`), ...textLines(sentence(says)))),
  ];
}

export function manPages(verbs: readonly Command[]): Page[] {
  const { source, common, output } = sharedFlags();
  const lines = [
    '.\\" Written by `npm run docs`. Change the source, not this file.',
    `.TH BASTIDE 1 ${date} bastide "User Commands"`,
    '.SH NAME',
    'bastide \\- audit and fix the network security of an Azure ML workspace',
    '.SH SYNOPSIS',
    `${bold('bastide')} [${italic('COMMAND')}] [${italic('FLAGS')}]`,
    '.SH DESCRIPTION',
    ...textLines(
      'Bastide checks the network of an Azure Machine Learning workspace, shows a plan for what is wrong, applies it and undoes it. Without a command it opens the full screen, or prints an audit if there is no terminal. Results go to standard output, progress to standard error.',
    ),
    '.PP',
    `${bold('bastide --demo')} works without Azure.`,
    '.SH COMMANDS',
    ...verbs.flatMap(commandPart),
    '.SH FLAGS',
    '.SS Data source',
    ...flagEntries(source),
    '.SS Every command',
    ...flagEntries(common),
    '.SS Output',
    ...flagEntries(output),
    '.SH EXIT STATUS',
    ...Object.values(exitStatus).flatMap((status) =>
      entry(bold(`${status}`), ...textLines(sentence(exitMeanings[status]))),
    ),
    '.SH ENVIRONMENT',
    ...manVariables.flatMap(([name, says]) => entry(bold(name), ...textLines(says))),
    '.SH FILES',
    ...entry(
      bold('bastide.yaml'),
      ...textLines('What a team agreed on: accepted findings, rules, severities, assumptions.'),
    ),
    '.PP',
    `${bold('bastide config')} names the folder of the settings.`,
    '.SH SEE ALSO',
    `${bold('az')}(1), ${bold('terraform')}(1)`,
  ];
  return [{ file: 'docs/man/bastide.1', text: `${lines.join('\n')}\n` }];
}
