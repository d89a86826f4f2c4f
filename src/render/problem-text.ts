// Problems as lines of tagged words, and as the cells that documents show of them. Pure.
import { blockedLabel, type Finding, locationWords, severities, worstUndo } from '../model/finding.ts';
import { managerSentence } from '../model/manager.ts';
import { isToDo, type Problem, problemLabels, problemTakes, reportNumbers, toDo } from '../model/problem.ts';
import { acceptedWords } from '../model/project-config.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean, counted } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';
import { undoLabels } from '../plan/describe.ts';

/** So many rules of a problem are named; of more, how many there are. */
const mostRules = 4;

const several: typeof problemLabels = {
  ...problemLabels,
  answer: 'need input',
  review: 'need review',
  manual: 'manual fixes',
};

/** `8 problems (5 critical, 3 high): 7 auto-fixable, 1 needs input; 2 accepted; 2 reasons for unknown checks` */
export function problemCounts(problems: readonly Problem[]): Line {
  const { failing, bySeverity, unreadable, accepted } = reportNumbers({ problems });
  const open = problems.filter((one) => isToDo(one) && one.kind !== 'unreadable');
  const blocked = open.filter(({ gates }) => gates.length > 0).length;
  const kinds = (['fix', 'answer', 'review', 'manual'] as const).flatMap((takes) => {
    const count = open.filter((one) => problemTakes(one) === takes && one.gates.length === 0).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? problemLabels[takes] : several[takes]}`];
  });
  if (blocked > 0) kinds.push(`${blocked} ${blockedLabel}`);
  const grave = severities.filter((one) => bySeverity[one] > 0).map((one) => `${bySeverity[one]} ${one}`);
  return line(
    [counted(failing, 'problem'), 'text'],
    grave.length === 0 ? '' : ` (${grave.join(', ')})`,
    kinds.length === 0 ? '' : `: ${kinds.join(', ')}`,
    accepted === 0 ? '' : `; ${accepted} accepted`,
    unreadable === 0 ? '' : `; ${unreadable} ${unreadable === 1 ? 'reason' : 'reasons'} for unknown checks`,
  );
}

/** Each problem: its headline, what is done or asked, its rules; then an empty line. */
export function problemLines(problems: readonly Problem[], findings: readonly Finding[]): Line[] {
  const byId = new Map(findings.map((one) => [one.id, one]));
  const names = new Map(problems.map(({ id, resource }) => [id, nameInParent(resource)]));
  return problems.flatMap((problem) => {
    const isUnread = problem.kind === 'unreadable';
    const isDim = isUnread || !isToDo(problem);
    const [mark, role] = isUnread
      ? (['?', 'unknown'] as const)
      : isDim
        ? (['·', 'dim'] as const)
        : (['✗', 'bad'] as const);
    const own = problem.findings.flatMap((id) => byId.get(id) ?? []);
    const undo = own.length === 0 ? '' : `, undo: ${undoLabels[worstUndo(own.map(({ fix }) => fix.undo))]}`;
    const after = problem.blockedBy.flatMap((id) => names.get(id) ?? []);
    return [
      line([`${mark} `, role], [problem.severity.padEnd(9), isDim ? 'dim' : problem.severity], problem.headline),
      ...(problem.accepted === null ? [] : [line([`  ${clean(acceptedWords(problem.accepted), 1500)}`, 'dim'])]),
      ...toDo(problem).map((text) => line(`  ${text}`)),
      ...placesOf(own),
      ...namedAs(problem),
      ...problem.gates.map((text) => line(['  blocked: ', 'bad'], clean(text))),
      ...(isUnread || problem.managedBy === undefined
        ? []
        : [line([`  ${managerSentence(problem.managedBy)}`, 'dim'])]),
      ...(after.length === 0 ? [] : [line([`  depends on the fix of: ${[...new Set(after)].join(', ')}`, 'dim'])]),
      line([
        `  ${rulesOf(problem)}${isUnread ? '' : `  ${problemLabels[problemTakes(problem)]}${problem.changes.length > 0 ? undo : ''}`}`,
        'dim',
      ]),
      [],
    ];
  });
}

/** So many places in files are named; of more, how many there are. */
const mostPlaces = 3;

/** Where the files declare what its findings are about, one a line. */
function placesOf(findings: readonly Finding[]): Line[] {
  const places = [...new Set(findings.flatMap(({ location }) => (location ? [locationWords(location)] : [])))];
  const rest = places.length - mostPlaces;
  return places.slice(0, mostPlaces).map((place, index) => {
    const more = rest > 0 && index === mostPlaces - 1 ? ` and ${counted(rest, 'more place')}` : '';
    return line(['  at ', 'dim'], [clean(place, 500), 'link'], [more, 'dim']);
  });
}

/** How changes that must be requested by name are requested. */
function namedAs({ kind, question, findings }: Problem): Line[] {
  const rules = [...new Set(findings.map((id) => id.slice(0, id.indexOf('@'))))];
  if (kind !== 'input' || question !== null) return [];
  return [line(['  preview: ', 'dim'], [`bastide fix ${rules.join(' ')} --dry-run`, 'key'])];
}

/** `storage.default-action-deny, storage.vnet-rule-compute-subnet (3); roll-up: storage.nondefault-accounts` */
export function rulesOf({ findings, rollUps }: Pick<Problem, 'findings' | 'rollUps'>): string {
  const rules = (ids: readonly string[]) => {
    const counts = Map.groupBy(ids, (id) => id.slice(0, id.indexOf('@')));
    const words = [...counts].map(([rule, those]) => (those.length === 1 ? rule : `${rule} (${those.length})`));
    const rest = words.length - mostRules;
    return rest > 0 ? `${words.slice(0, mostRules).join(', ')} and ${counted(rest, 'more rule')}` : words.join(', ');
  };
  return `${rules(findings)}${rollUps.length === 0 ? '' : `; roll-up: ${rules(rollUps)}`}`;
}
