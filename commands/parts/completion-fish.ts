// Completion for fish: one line for each command, flag and argument.
import { type CompletionSource, type FlagWords, quoted, type ShellWords } from './completion-words.ts';

export function fishScript({ verbs, shared }: ShellWords): string {
  const names = verbs.map(({ name }) => name).join(' ');
  return [
    '# fish completion for bastide; load it with: bastide completion fish | source',
    'complete -c bastide -f',
    ...verbs.map(
      ({ name, says }) =>
        `complete -c bastide -n ${quoted(`not __fish_seen_subcommand_from ${names}`)} -a ${name} -d ${fishQuoted(says)}`,
    ),
    ...shared.map((flag) => flagLine('', flag)),
    ...verbs.flatMap(({ name, flags, places }) => {
      const here = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)} `;
      return [...flags.map((flag) => flagLine(here, flag)), ...placeLines(here, places)];
    }),
    '',
  ].join('\n');
}

/** fish knows backslashes between single quotes. */
const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function flagLine(here: string, { name, says, takes, bare }: FlagWords): string {
  const value =
    takes === null || bare
      ? ''
      : takes === 'file'
        ? ' -r -F'
        : takes === 'free'
          ? ' -x'
          : ` -x -a ${fishQuoted(takes.join(' '))}`;
  return `complete -c bastide ${here}-l ${name}${value} -d ${fishQuoted(says)}`;
}

/** fish does not count arguments: whatever one of them takes is offered for all. */
function placeLines(here: string, places: readonly CompletionSource[]): string[] {
  const words = [...new Set(places.flatMap((taken) => (typeof taken === 'string' ? [] : taken)))];
  return [
    ...(words.length === 0 ? [] : [`complete -c bastide ${here}-a ${fishQuoted(words.join(' '))}`]),
    ...(places.includes('file') ? [`complete -c bastide ${here}-F`] : []),
  ];
}
