// The pages about commands, exit codes, keys and themes: printed from their registries.
import type { Binding } from '../../src/app/state/binding.ts';
import { headings, spell } from '../../src/app/state/spell.ts';
import type { Command } from '../../src/command/definition.ts';
import type { FlagSpec } from '../../src/command/flag.ts';
import { sharedFlags } from '../../src/command/parse-arguments.ts';
import { placesOf, placeWord, saysOf, standardWord, valueWord } from '../../src/command/usage.ts';
import { exitMeanings, exitStatus } from '../../src/model/failure.ts';
import { settingEntries } from '../../src/model/setting.ts';
import { contrast } from '../../src/theme/contrast.ts';
import { roles, type Theme } from '../../src/theme/theme.ts';
import { jobs, keystrokes } from './jobs.ts';
import { bullets, code, fenced, type Page, page, sentences, table } from './markdown.ts';

function flagRow(spec: FlagSpec, name = `--${spec.name}`): string[] {
  const value = valueWord(spec);
  const shown = value === '' ? '' : spec.bare === undefined ? ` ${value}` : `[=${value}]`;
  const choices = spec.choices.length === 0 ? '' : `: ${spec.choices.map(code).join(', ')}`;
  const standard = standardWord(spec);
  return [code(`${name}${shown}`), `${saysOf(spec)}${choices}`, standard === null ? '' : code(standard)];
}
const flagTable = (rows: readonly string[][]): string => table(['', 'Meaning', 'Default'], rows);

function commandPart(command: Command): string {
  const { places, flags } = placesOf(command);
  const usage = ['bastide', command.name, ...places.map(placeWord), '[flags]'].join(' ');
  const rows = [
    ...places.map(({ spec }) => [code(spec.value ?? spec.key.toUpperCase()), ...flagRow(spec).slice(1)]),
    ...flags.map((spec) => flagRow(spec)),
  ];
  const aliases = command.aliases ?? [];
  return [
    `## ${command.name}`,
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.${aliases.length === 0 ? '' : ` Also: ${aliases.map(code).join(', ')}.`}`,
    fenced(usage, 'text'),
    rows.length === 0 ? '' : flagTable(rows),
    command.examples.map(({ line, says }) => `${fenced(`bastide ${line}`)}\n\n${says}`).join('\n\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function commandPages(verbs: readonly Command[]): Page[] {
  const { source, common, output } = sharedFlags();
  const commands = page(
    'Commands',
    sentences(
      'Without a command, `bastide` opens the full screen, or prints an audit if there is no terminal.',
      '`bastide help` prints the same from the same registry.',
    ),
    bullets(verbs.map(({ name, summary }) => `[${code(name)}](#${name}): ${summary}`)),
    '## Flags',
    `### Data source\n\n${flagTable(source.map((spec) => flagRow(spec)))}`,
    `### Every command\n\n${flagTable(common.map((spec) => flagRow(spec)))}`,
    `### Output\n\n${flagTable(output.map((spec) => flagRow(spec)))}`,
    ...verbs.map(commandPart),
  );
  const exits = page(
    'Exit codes',
    'A script can rely on these numbers; their meaning does not change within a major version.',
    table(
      ['Code', 'Name', 'Meaning'],
      Object.entries(exitStatus).map(([name, status]) => [`${status}`, code(name), exitMeanings[status]]),
    ),
    fenced(
      [
        'bastide audit --fail-on high --quiet',
        'case $? in',
        '  0) echo "no finding at or above high" ;;',
        '  1) echo "findings at or above high" ;;',
        '  3) echo "something needed for a verdict could not be read" ;;',
        '  *) echo "the audit did not run" >&2; exit 2 ;;',
        'esac',
      ].join('\n'),
    ),
  );
  return [
    { file: 'docs/commands.md', text: commands },
    { file: 'docs/exit-codes.md', text: exits },
  ];
}

/** Where a key holds, as a reader says it. */
const chapters: readonly (readonly [string, readonly string[]])[] = [
  ['On every screen', ['screen']],
  ['Moving', ['list', 'panes', 'moves', 'text']],
  ['In a list', ['rows', 'groups', 'every', 'tabs', 'marks']],
  ['In a confirmation', ['buttons']],
  ['While changes are applied, and after', ['result']],
  ['In the command palette', ['palette', 'line']],
  ['In a list of choices', ['choices']],
  ['In a text field', ['input']],
  ['Everywhere', ['everywhere']],
];

export function keyPages(bindings: readonly Binding[]): Page[] {
  const general = new Set(chapters.flatMap(([, places]) => places));
  const rest = [...new Set(bindings.flatMap(({ where }) => where))].filter((place) => !general.has(place));
  const told = new Set<Binding>();
  const parts = [...chapters, ...rest.map((place) => [`In ${headings[place] ?? place}`, [place]] as const)].map(
    ([title, places]) => {
      const these = bindings.filter((one) => !told.has(one) && one.where.some((place) => places.includes(place)));
      for (const one of these) told.add(one);
      if (these.length === 0) return '';
      const rows = these.map(({ keys, word, help, name }) => [
        [...keys.map((key) => code(spell(key))), ...(word === undefined ? [] : [code(`:${word}`)])].join(' '),
        help,
        code(name),
      ]);
      return `## ${title}\n\n${table(['Key', 'What it does', 'Name'], rows)}`;
    },
  );
  const settings = settingEntries.map(({ name, says, choices }) => [code(name), says, choices.map(code).join(', ')]);
  const text = page(
    'Keys and settings',
    sentences(
      '`?` shows the keys of the current screen, and why a key is unavailable.',
      'The name in the last column is what a setting calls the key:',
    ),
    fenced('bastide config set keys.fix "x ctrl-x"\nbastide config unset keys.fix'),
    `## Ten jobs by keys\n\n${sentences(
      'Each begins on the overview, once the scan has ended.',
      'Text in quotes is typed; the numbers count keystrokes, including typed letters.',
      'The same keys do it at 80x24 and at 140x40; `node test/bench/ssh.mjs --jobs` measures them over ssh with 80 ms.',
    )}`,
    table(
      ['Job', 'World', 'Keys', 'Number'],
      jobs.map(({ name, world, keys }) => [name, code(world), code(keys), `${keystrokes(keys).length}`]),
    ),
    ...parts,
    `## Settings\n\n${sentences('`bastide config` lists them with their values and the folder they are kept in.')}`,
    table(['Setting', 'Meaning', 'Values'], settings),
  );
  return [{ file: 'docs/keys.md', text }];
}

/** The least contrast between a role that is text and the theme's background; a border is no text. */
function leastContrast({ ground, styles }: Theme): string {
  if (ground === null) return '';
  const ratios = roles.flatMap((role) => {
    const { color, background } = styles[role];
    const under = background ?? ground;
    return role !== 'border' && color?.startsWith('#') && under.startsWith('#') ? [contrast(color, under)] : [];
  });
  return ratios.length === 0 ? '' : `${Math.min(...ratios).toFixed(1)} : 1`;
}

export function themePages(themes: readonly Theme[]): Page[] {
  const rows = themes.map((theme) => [code(theme.name), theme.title, theme.ground ?? 'any', leastContrast(theme)]);
  const own = {
    like: 'dark',
    ground: '#101418',
    roles: { bad: '#ff6b6b', link: { color: 'cyan', underline: true } },
  };
  const text = page(
    'Themes',
    sentences(
      'A theme gives each role of a word its look.',
      'No information is carried by colour alone: every state also has a sign or a word.',
    ),
    fenced('bastide theme\nbastide theme light\nbastide --theme high-contrast --demo'),
    table(['Theme', 'Made for', 'Background', 'Least contrast of text'], rows),
    sentences(
      'Contrast is measured as WCAG 2.2 does, between a role and the background of the theme.',
      'Where a terminal has 256 or 16 colours, the nearest of them is used; `--color never` and `NO_COLOR` use none.',
    ),
    '## Your own theme',
    sentences(
      'Put a JSON file into the folder `themes` beside your settings (`bastide config` shows the folder).',
      'The file `mine.json` is the theme `mine`. A role that it does not name looks as in the theme named by `like`.',
      'The screen reads a file again when it changes; while it is invalid, the previous look stays and a message says why.',
    ),
    fenced(JSON.stringify(own, null, 2), 'json'),
    fenced('bastide --theme mine --demo'),
    sentences(
      'A colour is `#rrggbb` or one of the sixteen names of a terminal (`red`, `redBright`, `gray`).',
      'A style is an object with `color`, `background`, `bold`, `dim`, `inverse` and `underline`.',
      '`bastide theme` lists your file too, and says what is wrong in it or hard to read.',
    ),
    `Roles: ${Object.keys(themes[0]?.styles ?? {})
      .map(code)
      .join(', ')}.`,
  );
  return [{ file: 'docs/themes.md', text }];
}
