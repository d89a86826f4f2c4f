// `fix`: fixes findings, after a preview and a confirmation.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { planNamed } from '../src/command/needs.ts';
import { unhurried } from '../src/command/unhurried.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { PlanOffer } from '../src/session/session.ts';
import { act, actOutput, requireWritable, settleFirst } from './parts/act.ts';
import { refuseBlocked } from './parts/blocked.ts';
import { fixRequest, selected, targetArgs, withAddress } from './parts/targets.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

/** A host that lets steps be selected shows, beside all automatic fixes, those that `--all` leaves out for their effects. */
const offersMore = ({ ask, flags }: CommandContext, { all, whatIf }: { all: boolean; whatIf: boolean }): boolean =>
  all && !whatIf && ask.selectsSteps === true && !flags.yes && !flags.dryRun;

export const fix = defineCommand({
  name: 'fix',
  summary: 'Fix findings; --dry-run shows the plan without applying it',
  args: z.object({ ...targetArgs, whatIf: whatIfFlag }),
  positional: ['targets...'],
  effect: 'cloud',
  examples: [
    { line: 'fix --all --dry-run', says: 'Show the plan of all automatic fixes' },
    { line: 'fix --all --yes', says: 'Apply all automatic fixes without confirmation' },
    { line: 'fix --all --what-if --dry-run', says: 'Show the plan and simulate its result' },
    { line: 'fix storage.bypass-azure-services --yes', says: 'Fix all findings of one rule' },
    { line: "fix 'nsg.outbound-*' --dry-run", says: 'Show the plan for several rules; * is a wildcard' },
    { line: 'fix storage.dev-client-ip --ip 203.0.113.7 --yes', says: 'Allow an IP address in the storage firewall' },
  ],
  async *run(context, args) {
    const request = await fixRequest(context, args);
    const session = await context.session();
    requireWritable(context, session);
    yield* settleFirst(context);
    const scanned = context.snapshot ?? (yield* session.scan(context.signal));
    const wanted = await withAddress(context, selected(context, session, request, scanned), scanned);
    if (offersMore(context, args)) {
      const offerOf = async (of: Snapshot): Promise<PlanOffer> => {
        const offer = await unhurried(session.offer(of, wanted), () => !context.signal.aborted);
        if (offer === undefined) throw context.signal.reason;
        return offer;
      };
      const snapshot = yield* session.named(scanned, async (of) => [(await offerOf(of)).whole], context.signal);
      const offer = await offerOf(snapshot);
      return yield* act({ ...context, snapshot }, session, offer.plan, offer);
    }
    const { plan, line, snapshot } = yield* planNamed(context, session, wanted, scanned);
    refuseBlocked(context, request, plan);
    const simulated = yield* simulatedIf(args.whatIf, context, session, plan, snapshot);
    const result = yield* act({ ...context, line, snapshot }, session, simulated);
    return { ...result, gather: () => session.report(snapshot, context.flags.profile).problems };
  },
  ...actOutput,
});
