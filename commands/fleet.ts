// `fleet`: many workspaces at once, read by a few queries of Azure Resource Graph.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { type ExitStatus, exitStatus, Failure } from '../src/model/failure.ts';
import { severities } from '../src/model/finding.ts';
import { isAtLeast } from '../src/render/audit-result.ts';
import {
  type FleetResult,
  fleetCsv,
  fleetHtml,
  fleetJson,
  fleetLines,
  fleetRowJson,
  fleetSarif,
  fleetSheets,
} from '../src/render/fleet.ts';
import { renderJson } from '../src/render/json.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';

export const fleet = defineCommand({
  name: 'fleet',
  summary: 'Audit many workspaces at once',
  args: z.object({
    action: flag(z.enum(['audit']), 'what to do', { value: 'audit' }),
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
    restart: flag(z._default(z.boolean(), false), 'read everything again instead of resuming an interrupted run'),
  }),
  positional: ['action'],
  effect: 'read',
  examples: [
    { line: 'fleet audit', says: 'Check every workspace that you can read; list shared causes first' },
    {
      line: 'fleet audit --stage 1',
      says: 'Only what Azure Resource Graph holds: a few queries, no request per workspace',
    },
    { line: 'fleet audit --format csv', says: 'One row for each workspace' },
  ],
  async *run(context, { managementGroup, subscription, stage, restart }): AsyncGenerator<SessionEvent, FleetResult> {
    if (managementGroup !== undefined && subscription.length > 0) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--management-group and --subscription cannot be combined.',
        'Use one of them.',
      );
    }
    const { session, audit } = await fleetSession(context);
    const request = {
      ...(managementGroup === undefined ? {} : { managementGroup }),
      subscriptions: subscription,
      stage: stage === '1' ? (1 as const) : (2 as const),
      profile: context.flags.profile,
      restart,
    };
    const report = yield* audit(request, context.signal);
    return { ...report, source: session.source };
  },
  json: fleetJson,
  text: fleetLines,
  items: ({ workspaces }) => workspaces.map(fleetRowJson),
  documents: ['csv', 'xlsx', 'html', 'sarif'],
  document: async (result, format, about) => {
    if (format === 'csv') return fleetCsv(result);
    if (format === 'html') return fleetHtml(result);
    if (format === 'xlsx') return (await import('../src/render/xlsx.ts')).renderSheets(fleetSheets(result));
    return renderJson((await import('../src/render/sarif.ts')).sarifLog(fleetSarif(result), about));
  },
  exit: (result, { failOn, allowEmpty }) => fleetExit(result, failOn, allowEmpty),
});

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

/** 1 where a workspace has a failing finding at or above the limit, else 3 where a read failed or there is no workspace, else 0. */
export function fleetExit(
  { complete, gaps, workspaces }: FleetResult,
  failOn: Parameters<typeof isAtLeast>[1],
  allowEmpty: boolean,
): ExitStatus {
  const isFailing = severities.some(
    (one) => isAtLeast(one, failOn) && workspaces.some(({ summary }) => summary.bySeverity[one] > 0),
  );
  if (isFailing) return exitStatus.findings;
  if (workspaces.length === 0 && !allowEmpty) return exitStatus.gaps;
  const failed = gaps.length > 0 || workspaces.some((row) => row.gaps.some(({ isFailure }) => isFailure));
  return failed || (!complete && workspaces.length === 0) ? exitStatus.gaps : exitStatus.done;
}
