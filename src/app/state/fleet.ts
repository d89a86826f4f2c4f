// Reading the fleet for its screen: stage 1 fills the rows, stage 2 completes them, then each is compared with its last audit on this
// machine.
import type { FleetReport } from '../../model/fleet.ts';
import type { EffectContext } from './effect-context.ts';
import type { FleetShown } from './fleet-shown.ts';
import type { State } from './state.ts';

export const isFleet = ({ screen }: State): boolean => screen === 'fleet';

/** Why it cannot be read here. */
export const noFleet = ({ source }: State): string | null =>
  source.kind === 'files' ? 'The source is files; the fleet is read from Azure Resource Graph.' : null;

/**
 * What stage 1 found is shown while stage 2 is read, unless an earlier reading shows more; a run that is stopped there goes on from
 * there the next time.
 */
export async function readFleet({ change, controller, options, session }: EffectContext): Promise<void> {
  const show = (report: FleetReport, since: FleetShown['since'] = new Map()) =>
    change((state) => ({ ...state, fleet: { report, since } }));
  await controller.work({ title: 'Reading the fleet', writing: false }, async (signal) => {
    if (session.fleet === undefined) return;
    const onStageOne = (report: FleetReport) =>
      change((state) => (state.fleet?.report.complete ? state : { ...state, fleet: { report, since: new Map() } }));
    const request = { subscriptions: [], profile: options.profile, stage: 2, onStageOne } as const;
    const report = await controller.drain(session.fleet(request, signal));
    show(report);
    show(report, await sinceLastAudit(report, options));
  });
}

/** Only a workspace that was read whole is compared: what stage 1 does not know is no change. */
async function sinceLastAudit(
  { workspaces }: FleetReport,
  { context, session, profile }: Pick<EffectContext['options'], 'context' | 'session' | 'profile'>,
): Promise<ReadonlyMap<string, number>> {
  const since = new Map<string, number>();
  for (const { id, stage, at, summary } of workspaces) {
    if (stage !== 2) continue;
    const { records } = await (await context.host.audits(session.source, id)).all();
    const last = records.findLast((one) => one.profile === profile && one.at !== at);
    if (last === undefined) continue;
    const more = summary.fail - last.fail;
    // An audit of the workspace alone knows more: what this one left unknown is not resolved.
    if (more >= 0 || summary.unknown <= last.unknown) since.set(id, more);
  }
  return since;
}
