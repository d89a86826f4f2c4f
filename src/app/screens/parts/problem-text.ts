// A problem in lines: what is wrong, what is changed or asked, the effects, what it waits for; and its findings.
import type { Line } from '../../../command/definition.ts';
import { type Finding, headline, worstUndo } from '../../../model/finding.ts';
import { headlineParts, isPromised, otherResources, type Problem, problemWords, toDo } from '../../../model/problem.ts';
import { acceptedWords, expiredWords } from '../../../model/project-config.ts';
import { nameInParent, sameId, typeOf } from '../../../model/resource-id.ts';
import { subjectWords } from '../../../model/short-finding.ts';
import { clean, counted } from '../../../model/text.ts';
import { effectLines, undoWords } from '../../../plan/describe.ts';
import { portalAddress, resourceTypeOf } from '../../../resource-types/index.ts';
import { linkTo } from '../../draw/links.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';
import { changedLines } from './changed-text.ts';
import { effectCells, effectWords } from './effect-roles.ts';
import { expiredOf, managerLines, ruleFix, unreadLines } from './finding-text.ts';

const blank: Line = [];
const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [blank, line(word(title, 'heading')), ...lines];

const findingsOf = (ids: readonly string[], { view }: State): Finding[] =>
  ids.flatMap((id) => view.findings.value.byId.get(id) ?? []);

export function problemLines(problem: Problem, state: State, width: number): Line[] {
  const [named, text] = headlineParts(problem);
  const [others] = otherResources.exec(clean(named)) ?? [];
  const role = problem.kind === 'unreadable' ? 'unknown' : problem.severity;
  const label = problemWords(problem);
  return [
    ...wrapText(clean(text), width, 'heading'),
    ...wrapLine(
      line(
        word(problem.kind === 'unreadable' ? 'unknown' : problem.severity, role),
        word(' · ', 'dim'),
        ...(problem.kind === 'unreadable' ? [] : [word(label), word(' · ', 'dim')]),
        word(counted(problem.findings.length, problem.kind === 'unreadable' ? 'check' : 'finding'), 'dim'),
      ),
      width,
    ),
    ...wrapLine(
      line(
        word('on ', 'dim'),
        linkTo(clean(nameInParent(problem.resource)), 'dim', portalAddress(state.source, problem.resource)),
        word(
          `, ${clean(resourceTypeOf(typeOf(problem.resource)).label)}${others === undefined ? '' : `,${others}`}`,
          'dim',
        ),
      ),
      width,
    ),
    ...(problem.accepted === null ? [] : wrapText(clean(acceptedWords(problem.accepted), 1500), width, 'warn')),
    ...expiredOf(problem.findings, state).flatMap((one) => wrapText(clean(expiredWords(one), 1500), width, 'warn')),
    ...section(
      'Blocked',
      problem.gates.flatMap((gate) => wrapText(`! ${clean(gate)}`, width, 'bad', 2)),
    ),
    ...actLines(problem, state, width),
    ...changedLines([problem.resource], state, width),
    ...(problem.kind === 'unreadable' ? [] : managerLines(problem, width)),
    ...section('Depends on', dependsLines(problem, state, width)),
    ...section('Findings', partLines(problem, state, width)),
  ];
}

/** A line for each setting of a change; of several changes, those after the first stand under it. */
const settingLines = (text: string, width: number, isOneOfMany: boolean): Line[] =>
  text.split('; ').flatMap((part, at) => {
    const isUnder = isOneOfMany && at > 0;
    return wrapText(isUnder ? `  ${part}` : part, width, undefined, isUnder ? 4 : 2);
  });

/** What is done, asked or to be done by hand. */
function actLines(problem: Problem, state: State, width: number): Line[] {
  const { kind, question, findings } = problem;
  const texts = toDo(problem);
  const told =
    problem.changes.length > 0 && question === null
      ? texts.flatMap((text) => settingLines(text, width, texts.length > 1))
      : texts.flatMap((text) => wrapText(text, width));
  if (kind === 'unreadable') return unreadLines(findingsOf(findings, state), state, width);
  if (kind === 'manual') {
    const [gravest] = findingsOf(findings, state);
    const rule = gravest === undefined ? undefined : state.rules.get(gravest.rule);
    return [
      ...section('Details', told),
      ...section('Manual fix', rule?.fixKind === 'none' ? wrapText(clean(ruleFix(rule)), width) : []),
    ];
  }
  if (question !== null) {
    const choices = question.choices.flatMap(({ name, value, says }) =>
      wrapLine(
        line(word('  '), word(`${clean(name)}=${clean(value)}`, 'accent'), says === '' ? '' : ` (${clean(says)})`),
        width,
        4,
      ),
    );
    return [
      ...section('Input needed', told),
      ...(choices.length === 0 ? [] : [blank, ...choices]),
      ...section('To answer', wrapText('Press f: the question comes first, then the plan.', width, 'dim')),
    ];
  }
  const undo = worstUndo(findingsOf(findings, state).map(({ fix }) => fix.undo));
  return [
    ...section('Changes', [...told, ...wrapText(`Undo ${undoWords[undo]}.`, width, 'dim')]),
    ...section(
      'Effects',
      effectLines(problem.effects).flatMap((one) => wrapLine(effectWords(one), width, effectCells)),
    ),
    ...(isPromised(problem) || problem.gates.length > 0
      ? []
      : section('Review', wrapText('Not included in Fix all: press f to review its plan.', width, 'warn'))),
  ];
}

/** The problems to resolve before this one, or with it. */
const dependsLines = ({ blockedBy }: Problem, { report }: State, width: number): Line[] =>
  blockedBy.flatMap((id) => {
    const other = report?.problems.find((one) => one.id === id);
    return other === undefined ? [] : wrapText(clean(other.headline), width, undefined, 2);
  });

/** Its findings, each with those that only repeat it below. */
export function partLines({ findings, rollUps, resource }: Problem, state: State, width: number): Line[] {
  const row = (finding: Finding, indent: string): Line[] => {
    const { outcome, severity } = finding;
    const role = outcome === 'fail' ? severity : 'unknown';
    const subject = sameId(finding.resource, resource) && finding.where === null ? '' : subjectWords(finding);
    return [
      ...wrapLine(
        line(
          `${indent}`,
          word(outcome === 'fail' ? severity.padEnd(9) : 'unknown  ', role),
          clean(headline(finding)),
          word(subject === '' ? '' : `  ${clean(subject)}`, 'dim'),
        ),
        width,
        11,
      ),
    ];
  };
  const repeated = findingsOf(rollUps, state);
  return [
    ...findingsOf(findings, state).flatMap((one) => row(one, '')),
    ...(repeated.length === 0
      ? []
      : [line(word('Repeated by roll-ups, not counted', 'dim')), ...repeated.flatMap((one) => row(one, '  '))]),
  ];
}
