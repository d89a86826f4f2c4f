// The details of a row of the fleet: a workspace with its problems, or a cause with its workspaces.
import type { Line } from '../../../command/definition.ts';
import { severities } from '../../../model/finding.ts';
import type { FleetRow, SharedCause } from '../../../model/fleet.ts';
import { nameInParent } from '../../../model/resource-id.ts';
import { clean, counted, utcMinute } from '../../../model/text.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { type FleetShown, fleetOf } from '../../state/fleet-shown.ts';
import type { State } from '../../state/state.ts';
import { type FleetItem, problemsOf } from './rows.ts';

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [[], line(word(title, 'heading')), ...lines];
const most = 200;

export function detailOf(item: FleetItem, state: State, width: number): Line[] {
  const fleet = fleetOf(state);
  if (fleet === null) return [];
  return item.kind === 'cause' ? causeLines(item.cause, fleet, width) : workspaceLines(item.row, fleet, width);
}

function causeLines(cause: SharedCause, { report }: FleetShown, width: number): Line[] {
  const users = cause.workspaces.slice(0, most).map((id) => clean(nameInParent(id), 200));
  const more = cause.workspaces.length - users.length;
  return [
    ...wrapText(clean(cause.headline, 400), width, 'heading'),
    line(
      word(cause.severity, cause.severity),
      word(
        ` · fails in ${report.complete ? '' : 'at least '}${cause.workspaces.length} of ${counted(report.workspaces.length, 'workspace')}`,
        'dim',
      ),
    ),
    ...wrapText(clean(cause.resource, 400), width, 'dim'),
    ...section(
      'Rules',
      cause.rules.slice(0, most).flatMap((rule) => wrapText(rule, width)),
    ),
    ...section('Workspaces', wrapText(`${users.join(', ')}${more > 0 ? ` and ${more} more` : ''}`, width)),
    [],
    ...wrapText('Enter lists these workspaces. Fix it in one of them, then read the fleet again.', width, 'dim'),
  ];
}

function workspaceLines(row: FleetRow, { report }: FleetShown, width: number): Line[] {
  const fact = (name: string, text: string): Line[] =>
    text === '' ? [] : wrapLine(line(word(name.padEnd(15), 'dim'), clean(text, 400)), width, 15);
  const { summary } = row;
  const counts = severities.filter((one) => row.problemsBySeverity[one] > 0);
  const problems = problemsOf(report).get(row.id) ?? [];
  const failures = row.gaps.filter(({ isFailure }) => isFailure);
  const left = row.gaps.length - failures.length;
  const tags = Object.entries(row.tags).map(([name, value]) => `${name}=${value}`);
  return [
    ...wrapText(clean(row.name, 200), width, 'heading'),
    ...wrapLine(
      line(
        word(counted(row.problems, 'problem')),
        word(counts.length === 0 ? '' : ': ', 'dim'),
        ...counts.flatMap((one, at) => [
          word(at === 0 ? '' : ', ', 'dim'),
          word(`${row.problemsBySeverity[one]} ${one}`, one),
        ]),
        word(`; ${counted(summary.fail, 'finding')}, ${summary.unknown} unknown, ${summary.pass} pass`, 'dim'),
      ),
      width,
    ),
    [],
    ...fact('Resource group', row.resourceGroup),
    ...fact('Subscription', row.subscription),
    ...fact(
      'Asked',
      `${utcMinute(row.at)}, stage ${row.stage} of 2; rows of Azure Resource Graph may be minutes older`,
    ),
    ...fact('Tags', tags.join(', ')),
    ...section(
      'Problems',
      problems
        .slice(0, most)
        .flatMap((one) =>
          wrapLine(line(word(one.severity.padEnd(9), one.severity), clean(one.headline, 300)), width, 9),
        ),
    ),
    ...section(
      'Not accessible',
      failures
        .slice(0, most)
        .flatMap(({ id, reason, action }) => [
          ...wrapText(clean(reason, 300), width, 'unknown'),
          ...wrapText(clean(`${nameInParent(id)}${action === '' ? '' : `, ${action}`}`, 300), width, 'dim', 2),
        ]),
    ),
    ...(left === 0
      ? []
      : section(
          'Not read',
          wrapText(`${counted(left, 'list')} of this workspace: press Enter to scan it whole.`, width),
        )),
  ];
}
