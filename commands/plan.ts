// `plan`: what a fix would do, as a file that `apply` takes.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import type { Plan } from '../src/model/plan.ts';
import type { Problem } from '../src/model/problem.ts';
import { planLines } from '../src/render/plan-text.ts';
import { planDigest } from '../src/session/digest.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { withManagers } from './parts/managed.ts';
import { fixRequest, selected, targetArgs, withAddress } from './parts/targets.ts';
import { planExit, planJson, planUnread, simulatedIf, whatIfFailure, whatIfFlag } from './parts/what-if.ts';

interface ShownPlan extends Plan {
  /** For documents, computed when one is made; not part of the JSON. */
  gather(): readonly Problem[];
}

export const plan = defineCommand({
  name: 'plan',
  summary: 'Plan fixes without applying them; --output saves the plan for `apply`',
  args: z.object({ ...targetArgs, whatIf: whatIfFlag }),
  positional: ['targets...'],
  effect: 'read',
  artefact: true,
  presents: 'plan',
  examples: [
    { line: 'plan --all', says: 'Show the changes, and the findings they resolve' },
    { line: 'plan --all --output plan.json', says: 'Save the plan; `bastide apply plan.json` applies exactly this' },
    {
      line: 'plan --all --output plan.json --format markdown',
      says: 'Save the plan, and print it for a comment on a pull request',
    },
  ],
  async *run(context, args): AsyncGenerator<SessionEvent, ShownPlan> {
    const request = await fixRequest(context, { ...args, all: args.all || args.targets.length === 0 });
    const session = await context.session();
    const scanned = yield* session.scan(context.signal);
    const wanted = await withAddress(context, selected(context, session, request, scanned), scanned);
    const snapshot = yield* session.named(scanned, (of) => [session.plan(of, wanted)], context.signal);
    const made = session.plan(snapshot, wanted);
    const known = yield* withManagers(context, session, made);
    const shown = yield* simulatedIf(args.whatIf, context, session, known, snapshot);
    return { ...shown, gather: () => session.report(snapshot, context.flags.profile).problems };
  },
  documents: ['markdown'],
  document: async ({ gather, ...plan }) => {
    const { planMarkdown } = await import('../src/render/plan-markdown.ts');
    return planMarkdown({ plan, digest: planDigest(plan), problems: gather() });
  },
  json: ({ gather: _documents, ...plan }) => planJson(plan),
  text: (made) => planLines(made),
  exit: (made) => planExit(made),
  unread: (made) => planUnread(made),
  failure: ({ rehearsal }) => (rehearsal ? whatIfFailure(rehearsal) : null),
});
