// What several workspaces of a fleet have in common: the resources whose same findings fail in two workspaces or more. Pure.
import { type Severity, severities } from '../model/finding.ts';
import type { FleetProblem, SharedCause } from '../model/fleet.ts';
import { fold } from '../model/resource-id.ts';
import { counted } from '../model/text.ts';
import { readName } from './problems.ts';

interface Cause {
  readonly rule: string;
  readonly severity: Severity;
  readonly headline: string;
  readonly workspaces: Set<string>;
}

/** One row for each resource, the worst first; its headline is that of the gravest finding, and of the most workspaces. */
export function sharedCauses(problems: readonly FleetProblem[]): SharedCause[] {
  const resources = new Map<string, { readonly resource: string; readonly causes: Map<string, Cause> }>();
  for (const { workspace, resource, findings } of problems) {
    const key = fold(resource);
    const own = resources.get(key) ?? { resource, causes: new Map<string, Cause>() };
    resources.set(key, own);
    for (const { rule, severity, problem: words } of findings) {
      const cause = own.causes.get(rule) ?? { rule, severity, headline: words, workspaces: new Set<string>() };
      own.causes.set(rule, cause);
      cause.workspaces.add(workspace);
    }
  }
  const rows = [...resources.values()].flatMap(({ resource, causes }): SharedCause[] => {
    const shared = [...causes.values()].filter(({ workspaces }) => workspaces.size > 1).toSorted(gravestCause);
    const [first] = shared;
    if (first === undefined) return [];
    const more = shared.length === 1 ? '' : `, and ${counted(shared.length - 1, 'more problem')}`;
    const workspaces = [...new Set(shared.flatMap((one) => [...one.workspaces]))].toSorted(byText);
    return [
      {
        resource,
        headline: `${readName(resource)}: ${first.headline}${more}`,
        severity: first.severity,
        rules: shared.map(({ rule }) => rule),
        workspaces,
      },
    ];
  });
  return rows.toSorted(
    (a, b) =>
      rank(a) - rank(b) || b.workspaces.length - a.workspaces.length || byText(fold(a.resource), fold(b.resource)),
  );
}

const rank = ({ severity }: { readonly severity: Severity }): number => severities.indexOf(severity);
/** Of two that differ. */
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const gravestCause = (a: Cause, b: Cause): number =>
  rank(a) - rank(b) || b.workspaces.size - a.workspaces.size || byText(a.rule, b.rule);
