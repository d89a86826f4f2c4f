// `fleet`: many workspaces at once, audited by a few queries of Azure Resource Graph, and fixed one after another.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { type ExitStatus, exitStatus, Failure } from '../src/model/failure.ts';
import { severities } from '../src/model/finding.ts';
import { isUnjudged } from '../src/model/fleet.ts';
import { isAtLeast } from '../src/render/audit-result.ts';
import {
  type FleetResult,
  fleetCsv,
  fleetHtml,
  fleetJson,
  fleetLines,
  fleetMarkdown,
  fleetRowJson,
  fleetSarif,
  fleetSheets,
  fleetUnread,
  sheetCsv,
  sheetHtml,
} from '../src/render/fleet.ts';
import { renderJson } from '../src/render/json.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import {
  type FleetFixResult,
  fixFleet,
  fleetFixExit,
  fleetFixFailure,
  fleetFixLines,
  fleetFixSheet,
} from './parts/fleet-fix.ts';

export const fleet = defineCommand({
  name: 'fleet',
  summary: 'Audit or fix many workspaces at once',
  args: z.object({
    action: flag(z.enum(['audit', 'fix']), 'what to do', { value: 'audit|fix' }),
    managementGroup: flag(z.optional(z.string()), 'workspaces of the subscriptions below this management group only', {
      value: 'ID',
    }),
    subscription: flag(z._default(z.array(z.string()), []), 'workspaces of this subscription only; repeatable', {
      value: 'ID',
    }),
    stage: flag(
      z._default(z.enum(['1', '2']), '2'),
      '1: Azure Resource Graph only; 2: also read computes, datastores and outbound rules',
    ),
    plans: flag(z.optional(z.string()), 'with --dry-run: folder that gets a plan file for each workspace', {
      value: 'FOLDER',
      only: { action: ['fix'] },
    }),
    plan: flag(z._default(z.array(z.string()), []), 'apply this reviewed plan file; repeatable', {
      value: 'FILE',
      of: 'file',
      only: { action: ['fix'] },
    }),
    maxFailures: flag(z._default(z.number(), 1), 'stop after this number of failed workspaces', {
      value: 'N',
      only: { action: ['fix'] },
    }),
    restart: flag(z._default(z.boolean(), false), 'read everything again instead of resuming an interrupted run'),
  }),
  positional: ['action'],
  effect: 'cloud',
  examples: [
    { line: 'fleet audit', says: 'Check every workspace that you can read; list shared causes first' },
    {
      line: 'fleet audit --stage 1',
      says: 'Use only what Azure Resource Graph contains: a few queries, no request per workspace',
    },
    { line: 'fleet audit --format csv', says: 'One row for each workspace' },
    { line: 'fleet fix --dry-run', says: 'Plan the automatic fixes of each workspace where something fails' },
  ],
  check({ managementGroup, subscription }) {
    if (managementGroup !== undefined && subscription.length > 0) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--management-group and --subscription cannot be combined.',
        'Use one of them.',
      );
    }
  },
  async *run(
    context,
    { action, managementGroup, subscription, stage, restart, plans, plan, maxFailures },
  ): AsyncGenerator<SessionEvent, FleetOutcome> {
    const { session, audit } = await fleetSession(context);
    const request = {
      ...(managementGroup === undefined ? {} : { managementGroup: groupName(managementGroup) }),
      subscriptions: subscription,
      stage: stage === '1' ? (1 as const) : (2 as const),
      profile: context.flags.profile,
      restart,
    };
    const read = () => audit(request, context.signal);
    if (action === 'audit') return { kind: 'audit', report: { ...(yield* read()), source: session.source } };
    const options = { plans: plan, plansTo: plans, maxFailures: Math.max(1, maxFailures) };
    return { kind: 'fix', result: yield* fixFleet(context, session, read, options) };
  },
  json: (outcome) => (outcome.kind === 'audit' ? fleetJson(outcome.report) : outcome.result),
  text: (outcome) => (outcome.kind === 'audit' ? fleetLines(outcome.report) : fleetFixLines(outcome.result)),
  items: (outcome) =>
    outcome.kind === 'audit' ? outcome.report.workspaces.map(fleetRowJson) : outcome.result.workspaces,
  documents: ['markdown', 'csv', 'xlsx', 'html', 'sarif'],
  // A fix has no findings to list, and viewers take a finding that is not listed for resolved.
  withoutDocuments: ({ action }) => (action === 'fix' ? ['sarif'] : []),
  document: async (outcome, format, about) => {
    if (outcome.kind === 'fix') {
      const sheet = fleetFixSheet(outcome.result);
      if (format === 'xlsx') return (await import('../src/render/xlsx.ts')).renderSheets([sheet]);
      if (format === 'markdown')
        return (await import('./parts/act-markdown.ts')).textMarkdown(fleetFixLines(outcome.result));
      return format === 'html' ? sheetHtml('Fleet fix', sheet) : sheetCsv(sheet);
    }
    const result = outcome.report;
    if (format === 'csv') return fleetCsv(result);
    if (format === 'markdown') return fleetMarkdown(result);
    if (format === 'html') return fleetHtml(result);
    if (format === 'xlsx') return (await import('../src/render/xlsx.ts')).renderSheets(fleetSheets(result));
    return renderJson((await import('../src/render/sarif.ts')).sarifLog(fleetSarif(result), about));
  },
  unread: (outcome) => (outcome.kind === 'audit' ? fleetUnread(outcome.report) : []),
  exit: (outcome, { failOn, allowEmpty }) =>
    outcome.kind === 'audit' ? fleetExit(outcome.report, failOn, allowEmpty) : fleetFixExit(outcome.result, allowEmpty),
  failure: (outcome) => (outcome.kind === 'audit' ? null : fleetFixFailure(outcome.result)),
});

type FleetOutcome =
  | { readonly kind: 'audit'; readonly report: FleetResult }
  | { readonly kind: 'fix'; readonly result: FleetFixResult };

/** The name in a full id; Resource Graph takes no id. */
const groupName = (text: string): string =>
  text.replace(/^\/providers\/microsoft\.management\/managementgroups\//i, '');

/** Throws Failure (exit 2) where files are all there is. */
async function fleetSession(
  context: CommandContext,
): Promise<{ readonly session: Session; readonly audit: NonNullable<Session['fleet']> }> {
  const session = await context.session();
  if (session.fleet !== undefined) return { session, audit: session.fleet };
  throw new Failure(
    'fleet-needs-azure',
    exitStatus.usage,
    'Fleet mode reads Azure Resource Graph, and does not work with files.',
    'Remove --from, or use --demo=fleet.',
  );
}

/** 1 where a workspace has a failing finding at or above the limit, else 3 where a read failed or nothing was judged, else 0. */
export function fleetExit(
  { complete, gaps, workspaces }: FleetResult,
  failOn: Parameters<typeof isAtLeast>[1],
  allowEmpty: boolean,
): ExitStatus {
  const isFailing = severities.some(
    (one) => isAtLeast(one, failOn) && workspaces.some(({ summary }) => summary.bySeverity[one] > 0),
  );
  if (isFailing) return exitStatus.findings;
  if ((workspaces.length === 0 && !allowEmpty) || workspaces.some(isUnjudged)) return exitStatus.gaps;
  const failed = gaps.length > 0 || workspaces.some((row) => row.gaps.some(({ isFailure }) => isFailure));
  return failed || (!complete && workspaces.length === 0) ? exitStatus.gaps : exitStatus.done;
}
