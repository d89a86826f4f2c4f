// What the audit of a what-if says, compared with the audit before and with the plan's own preview. Pure.
import { compareReports } from '../../audit/index.ts';
import type { Report } from '../../model/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { fold } from '../../model/resource-id.ts';
import type { Difference, WhatIf } from '../../model/what-if.ts';

export type WhatIfAudit = Pick<WhatIf, 'resolves' | 'introduces' | 'persists' | 'unknown' | 'differences'>;

export function whatIfAudit(plan: Plan, before: Report, after: Report): WhatIfAudit {
  const { resolved, introduced, unknown } = compareReports(before, after);
  const now = new Map(after.findings.map((finding) => [finding.id, finding]));
  const about = [...new Set([...plan.steps.flatMap((step) => step.findings), ...plan.preview.resolves])];
  const written = new Set(plan.steps.map(({ change }) => fold(change.resource)));
  const open = after.findings.filter(
    ({ id, outcome, resource }) => outcome === 'unknown' && (about.includes(id) || written.has(fold(resource))),
  );
  const nobodyKnows = [...new Set([...unknown, ...open.map(({ id }) => id)])];
  return {
    resolves: resolved,
    introduces: introduced,
    persists: about.filter((id) => now.get(id)?.outcome === 'fail' && !introduced.includes(id)),
    unknown: nobodyKnows,
    differences: differencesOf(plan, { resolved, introduced, unknown: nobodyKnows }),
  };
}

interface Said {
  readonly resolved: readonly string[];
  readonly introduced: readonly string[];
  readonly unknown: readonly string[];
}

function differencesOf({ preview }: Plan, { resolved, introduced, unknown }: Said): Difference[] {
  const previewed = (id: string): Difference['preview'] =>
    preview.resolves.includes(id) ? 'resolves' : preview.introduces.includes(id) ? 'introduces' : 'unchanged';
  const simulated = (id: string): Difference['rehearsal'] => {
    if (resolved.includes(id)) return 'resolves';
    if (introduced.includes(id)) return 'introduces';
    return unknown.includes(id) ? 'unknown' : 'unchanged';
  };
  const ids = [...new Set([...preview.resolves, ...preview.introduces, ...resolved, ...introduced])];
  return ids
    .map((finding) => ({ finding, preview: previewed(finding), rehearsal: simulated(finding) }))
    .filter((one) => one.preview !== one.rehearsal);
}
