// What `explain --error` found, as lines of tagged words. Pure.
import type { Cause } from '../../src/diagnosis/index.ts';
import { headline } from '../../src/model/finding.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';

/** The result of `explain --error`. */
export interface Told {
  readonly error: { readonly codes: readonly string[]; readonly message: string };
  /** Each error recognised in the text. */
  readonly meanings: readonly {
    readonly name: string;
    readonly means: string;
    readonly next: string;
    readonly source: string;
  }[];
  readonly causes: readonly Cause[];
  readonly nearest: readonly string[];
  /** Id of the audited workspace; null without one. */
  readonly workspace: string | null;
  /** Why there are no findings; null where there are. */
  readonly note: string | null;
}

const marks = {
  fail: ['✗ ', 'bad'],
  unknown: ['? ', 'unknown'],
  pass: ['✓ ', 'ok'],
  notApplicable: ['· ', 'dim'],
} as const;
/** Findings of one rule that are shown in full; JSON holds all of them. */
const mostOfRule = 3;

export function diagnosisLines({ error, meanings, causes, nearest, note }: Told): Line[] {
  return [
    line(['Error     ', 'heading'], error.message),
    ...(error.codes.length === 0 ? [] : [line(['Codes     ', 'heading'], error.codes.join(', '))]),
    [],
    ...meanings.flatMap(({ name, means, next, source }) => [
      line([name, 'accent']),
      line(['  Means   ', 'heading'], means),
      line(['  Next    ', 'heading'], next),
      line([`  Source  ${source}`, 'dim']),
      [],
    ]),
    ...(meanings.length === 0 ? unknownLines(nearest) : causesLines(causes)),
    ...(note === null ? [] : [line([note, 'dim'])]),
  ];
}

const unknownLines = (nearest: readonly string[]): Line[] => [
  line(['Bastide does not know this error.', 'warn']),
  ...(nearest.length === 0 ? [] : [line('Similar known errors: ', [nearest.join(', '), 'accent'])]),
  line(['A failing finding may still be the cause: run ', 'dim'], ['bastide audit', 'key']),
];

/** What fails or is unknown in full, what passes in one line each; without a workspace every rule in full. */
function causesLines(causes: readonly Cause[]): Line[] {
  if (causes.length === 0) {
    return [line('The cause is the request itself or temporary. No rule checks a setting that could cause it.')];
  }
  const isAudited = causes.some(({ outcome }) => outcome !== null);
  if (!isAudited) return [line(['Possible causes', 'heading']), ...causes.flatMap(causeLines)];
  const open = causes.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  const rest = causes.filter((cause) => !open.includes(cause));
  const shown = open.filter((cause) => sameRuleBefore(open, cause) < mostOfRule);
  return [
    ...(open.length === 0
      ? [line('No check for a possible cause fails. The cause may be temporary, or in the request itself.'), []]
      : [line(['Likely causes here', 'heading'])]),
    ...shown.flatMap(causeLines),
    ...(open.length > shown.length
      ? [
          line([
            `${open.length - shown.length} more ${open.length - shown.length === 1 ? 'finding' : 'findings'} of the same rules: --format json lists them all`,
            'dim',
          ]),
          [],
        ]
      : []),
    ...(rest.length === 0 ? [] : [line(['Checked, not failing', 'heading']), ...rest.map(restLine)]),
  ];
}

const sameRuleBefore = (causes: readonly Cause[], cause: Cause): number =>
  causes.slice(0, causes.indexOf(cause)).filter(({ rule }) => rule === cause.rule).length;

const markOf = (outcome: Cause['outcome']) => (outcome === null ? (['  ', 'dim'] as const) : marks[outcome]);

function causeLines(cause: Cause): Line[] {
  const { rule, because, finding, outcome, fix } = cause;
  const title = outcome === null ? cause.problem : headline({ ...cause, outcome });
  return [
    line(markOf(outcome), [title, outcome === 'fail' ? 'heading' : 'text']),
    line(`  ${because}`),
    line([`  ${finding === null ? rule : spokenId(finding)}`, 'dim']),
    fix === null ? line(['  bastide explain ', 'dim'], [rule, 'dim']) : line(['  ', 'dim'], [fix, 'key']),
    [],
  ];
}

const restLine = ({ rule, because, finding, outcome }: Cause): Line =>
  line(markOf(outcome), finding === null ? rule : spokenId(finding), [
    `  ${outcome === null ? 'Nothing to check here.' : because}`,
    'dim',
  ]);
