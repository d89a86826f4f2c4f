// The result of a what-if as lines of tagged words: what would succeed, what Azure would reject and how, and what is unknown.
// Pure.

import type { Plan } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean, counted, utcMinute } from '../model/text.ts';
import type { Difference, WhatIf, WhatIfStep } from '../model/what-if.ts';
import { type Line, line, type Word } from '../model/words.ts';
import { describePlan, noChanges } from '../plan/describe.ts';
import { spokenId } from './change-text.ts';

// Sentences cut into lines for a terminal of 80 columns. Without styling.

const textWidth = 78;

/** Words laid out from column `indent` on; `first` precedes the first of them. Ids that are too long are cut before a slash. */
function wrapped(text: string, indent: number, role = '', first = ''): Line[] {
  const room = textWidth - indent;
  const rows: string[] = [];
  // A command is copied whole, and is completed where its line is printed.
  const whole = text.replace(/`bastide [^`]+`/g, (command) => command.replaceAll(' ', '\0'));
  for (const [piece, gap] of whole.split(/\s+/).flatMap((word) => piecesOf(word.replaceAll('\0', ' '), room))) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + gap.length + piece.length <= room)
      rows[rows.length - 1] = last + gap + piece;
    else rows.push(piece);
  }
  const lead = (row: number) => (row === 0 ? first.padEnd(indent) : ' '.repeat(indent));
  return rows.map((words, row) => line(lead(row), role === '' ? words : [words, role]));
}

/** A word in pieces that fit, each with the separator before it. */
function piecesOf(word: string, room: number): (readonly [piece: string, gap: string])[] {
  if (word === '') return [];
  if (word.length <= room) return [[word, ' ']];
  return word.split(/(?=\/)/).map((piece, index) => [piece, index === 0 ? ' ' : '']);
}

const looks = {
  done: ['✓', 'ok'],
  refused: ['✗', 'bad'],
  unknown: ['?', 'unknown'],
  skipped: ['·', 'dim'],
} as const;

/** The result in one sentence. `nothing`: of a plan without steps. */
export function whatIfSentence(
  { outcome, steps }: Pick<WhatIf, 'outcome' | 'steps'>,
  nothing = 'No changes planned.',
): string {
  const done = steps.filter(({ state }) => state === 'done').length;
  const sent = steps.filter(({ state }) => state !== 'skipped').length;
  const open = steps.filter(({ state }) => state === 'unknown').length;
  if (outcome === 'unknown' && open > 1) {
    const others = done === 0 ? '' : `; ${counted(done, 'other')} would succeed`;
    return `The results of ${open} of ${counted(steps.length, 'change')} are unknown${others}.`;
  }
  const before = done === 0 ? '' : `; ${counted(done, 'change')} before it would succeed`;
  if (outcome === 'unknown') return `The result of change ${sent} of ${steps.length} is unknown${before}.`;
  if (outcome === 'refused') return `Azure would reject change ${sent} of ${steps.length}${before}.`;
  if (steps.length === 0) return nothing;
  if (sent === 0) return 'No changes needed.';
  const already = steps.length - sent;
  const rest = already === 0 ? '' : `; ${already} ${already === 1 ? 'is' : 'are'} not needed`;
  return `${done} of ${counted(steps.length, 'change')} would succeed${rest}.`;
}

/** The steps of the plan with the result of each, and the findings that would change. */
export function whatIfPlanLines(plan: Plan, whatIf: WhatIf): Line[] {
  const roles = { '+': 'added', '-': 'removed', ' ': 'dim' } as const;
  return [
    ...describePlan(plan).steps.flatMap(({ lines, managed }, index) => {
      const simulated = whatIf.steps[index];
      return [
        ...(simulated ? stepLines(simulated, index + 1) : []),
        ...lines.flatMap(({ sign, text }) => wrapped(text, 7, roles[sign], `     ${sign} `)),
        ...(managed === '' ? [] : wrapped(managed, 7, 'warn', '     ! ')),
      ];
    }),
    ...(plan.steps.length === 0 ? [] : [[]]),
    ...outcomeLines(whatIf, plan.unjudged === undefined ? undefined : noChanges(plan)),
    ...auditLines(whatIf),
    ...section(
      'Not included',
      plan.skipped.flatMap((skip) => wrapped(`${spokenId(skip.finding)}: ${clean(skip.reason, 600)}`, 2, 'dim')),
    ),
  ];
}

/** The result, with only those steps that would stop it. */
export function whatIfTextLines(whatIf: WhatIf): Line[] {
  const telling = whatIf.steps.flatMap((step, index) =>
    step.state === 'refused' || step.state === 'unknown' ? stepLines(step, index + 1) : [],
  );
  return [...outcomeLines(whatIf), ...telling, ...auditLines(whatIf)];
}

function outcomeLines(whatIf: WhatIf, nothing?: string): Line[] {
  const role = { done: 'ok', refused: 'bad', unknown: 'unknown' }[whatIf.outcome];
  return [
    line(['What-if: ', 'heading'], [whatIfSentence(whatIf, nothing), role]),
    line([`Simulated on a copy of the scan of ${utcMinute(whatIf.at)}; nothing was sent.`, 'dim']),
  ];
}

const auditLines = (whatIf: WhatIf): Line[] => [
  ...section('Would resolve', ids(whatIf.resolves, 'ok')),
  ...section('Would introduce', ids(whatIf.introduces, 'bad')),
  ...section('Would still fail', ids(whatIf.persists, 'bad')),
  ...section('Unknown, because data could not be read', ids(whatIf.unknown, 'unknown')),
  ...section('Differs from the preview of the plan', whatIf.differences.map(differenceLine)),
  ...section(
    'Limits of the simulation',
    whatIf.limits.flatMap((limit) => wrapped(clean(limit, 600), 2, 'warn')),
  ),
];

function stepLines(step: WhatIfStep, number: number): Line[] {
  const [mark, role] = looks[step.state];
  const says = { done: '', refused: '  rejected', unknown: '  unknown', skipped: '' }[step.state];
  return [
    line([`${mark} `, role], [`${number}. `, 'dim'], [nameInParent(step.resource), 'accent'], [says, role]),
    ...(step.message === null ? [] : wrapped(clean(step.message, 1200), 5, 'dim')),
    ...(step.refusal === null ? [] : refusalLines(step.refusal)),
    ...step.unread.flatMap((id) => wrapped(clean(id, 400), 5, 'unknown')),
  ];
}

const refusalLines = ({ status, code, message, details }: NonNullable<WhatIfStep['refusal']>): Line[] => [
  line('     ', [`${status} ${clean(code, 80)}`, 'bad']),
  ...wrapped(clean(message, 1200), 5),
  ...details.flatMap((detail) => wrapped(`${clean(detail.code, 80)}: ${clean(detail.message, 800)}`, 5, 'dim')),
];

const ids = (list: readonly string[], role: string): Line[] =>
  list.map((id) => line('  ', [clean(spokenId(id), 200), role]));

const spoken = {
  resolves: 'resolved',
  introduces: 'failing',
  unchanged: 'unchanged',
  unknown: 'unknown',
} as const;
const differenceLine = ({ finding, preview, rehearsal }: Difference): Line =>
  line('  ', clean(spokenId(finding), 200), [`  plan: ${spoken[preview]}; what-if: ${spoken[rehearsal]}`, 'warn']);

const section = (title: string, lines: readonly (readonly Word[])[]): Line[] =>
  lines.length === 0 ? [] : [[], line([title, 'heading']), ...lines];
