// Whether a job will run, as lines of tagged words: the verdict, then one line a leg, with the checks of those that fail. Pure.
import { type JobFile, jobKindWords } from '../model/job.ts';
import { type Leg, type LegCheck, type LegVerdict, legTitles, type Preflight } from '../model/preflight.ts';
import { nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';
import { spokenId } from './change-text.ts';

const marks: Readonly<Record<LegVerdict, readonly [mark: string, role: string]>> = {
  ok: ['✓', 'ok'],
  fails: ['✗', 'bad'],
  unknown: ['?', 'unknown'],
  notNeeded: ['·', 'dim'],
};
const verdicts: Readonly<Record<Preflight['verdict'], readonly [word: string, role: string]>> = {
  willRun: ['will run', 'ok'],
  willFail: ['will fail', 'bad'],
  unknown: ['unknown', 'unknown'],
};
const titleWidth = Math.max(...Object.values(legTitles).map((title) => title.length)) + 2;
/** Checks shown of one leg; JSON has all. */
const shown = 6;

export interface PreflightShown {
  /** The plan is shown below. */
  readonly isFixing: boolean;
  /** A word of a command line as it is typed. */
  quote(word: string): string;
}

export function preflightLines(file: string, job: JobFile, result: Preflight, shownAs: PreflightShown): Line[] {
  const { isFixing, quote } = shownAs;
  const [word, role] = verdicts[result.verdict];
  return [
    line([clean(file, 200), 'heading'], `  ${jobKindWords[job.kind]} ${clean(job.name, 120)}`),
    line([word, role], `  ${clean(result.because, 600)}`),
    [],
    ...result.legs.flatMap((leg) => legLines(leg, quote)),
    ...(result.unseen.length === 0
      ? []
      : [[], line(['Not in the file: ', 'dim'], [clean(result.unseen.slice(0, shown).join('; '), 600), 'dim'])]),
    ...(isFixing ? [] : fixLines(quote(file), result)),
  ];
}

function legLines({ leg, verdict, because, checks, optional }: Leg, quote: PreflightShown['quote']): Line[] {
  const [mark, role] = marks[verdict];
  const open = checks.filter((one) => one.verdict !== 'ok');
  const said = verdict === 'ok' && checks.length > 1 ? `${checks.length} checks pass.` : because;
  const more = open.length > shown ? [line([`    and ${open.length - shown} more`, 'dim'])] : [];
  return [
    line(
      [`${mark} `, role],
      [legTitles[leg].padEnd(titleWidth), verdict === 'notNeeded' ? 'dim' : 'text'],
      [open.length > 0 ? (optional ? 'optional' : '') : clean(said, 400), verdict === 'notNeeded' ? 'dim' : 'text'],
    ),
    ...open.slice(0, shown).flatMap((one) => checkLines(one, quote)),
    ...more,
  ];
}

function checkLines(
  { task, subject, verdict, because, findings, path }: LegCheck,
  quote: PreflightShown['quote'],
): Line[] {
  // A resource by its name, as an operator types it.
  const named = (end: string): string => quote(end.startsWith('/') ? nameOf(end) : end);
  const [mark, role] = marks[verdict];
  return [
    line(`    `, [`${mark} `, role], task === null ? '' : `${clean(task, 60)}: `, [clean(subject, 160), 'heading']),
    line(`      ${clean(because, 500)}`),
    ...findings.slice(0, 3).map((id) => line([`      ${clean(spokenId(id), 200)}`, 'dim'])),
    ...(path === null || findings.length > 0
      ? []
      : [
          line([
            `      bastide path --source ${named(path.source)} --destination ${named(path.destination)} --port ${path.ports.join(',')}`,
            'dim',
          ]),
        ]),
  ];
}

/** Findings of what fails, each once. */
export const findingsToFix = ({ legs }: Preflight): string[] => [
  ...new Set(
    legs
      .filter(({ optional }) => !optional)
      .flatMap(({ checks }) => checks)
      .filter(({ verdict }) => verdict === 'fails')
      .flatMap(({ findings }) => findings),
  ),
];

function fixLines(file: string, result: Preflight): Line[] {
  const count = findingsToFix(result).length;
  return count === 0
    ? []
    : [
        [],
        line(
          ['next: ', 'dim'],
          `bastide preflight ${file} --fix plans the fix of ${count === 1 ? 'this finding' : `these ${count} findings`}.`,
        ),
      ];
}
