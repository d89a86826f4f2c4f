// `what-if`: simulates a plan on a copy of what was read. Nothing is sent to Azure.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { withWhatIf } from '../src/command/send.ts';
import type { Plan } from '../src/model/plan.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { whatIfPlanLines } from '../src/render/what-if-text.ts';
import { withManagers } from './parts/managed.ts';
import { readPlan, requireSameWorkspace } from './parts/plan-file.ts';
import { fixRequest, selected, targetArgs } from './parts/targets.ts';
import { planExit, planJson, planUnread, whatIfFailure } from './parts/what-if.ts';

export const whatIf = defineCommand({
  name: 'what-if',
  aliases: ['rehearse'],
  summary: 'Simulate a plan locally: what it fixes, breaks, and what Azure would reject',
  args: z.object(targetArgs),
  positional: ['targets...'],
  effect: 'read',
  artefact: true,
  presents: 'plan',
  examples: [
    { line: 'what-if --all', says: 'Simulate all automatic fixes' },
    { line: "what-if 'nsg.outbound-*'", says: 'Simulate the fixes of several rules' },
    { line: 'what-if plan.json', says: 'Simulate a plan made by `bastide plan --output`' },
    { line: 'what-if --all --format markdown', says: 'Print the result for a comment on a pull request' },
    { line: 'what-if --all --output plan.json', says: 'Save the plan with its what-if result for `bastide apply`' },
  ],
  async *run(context, args) {
    const [only] = args.targets;
    const file = args.targets.length === 1 && only !== undefined && isFile(only, context) ? only : undefined;
    if (file !== undefined) {
      const saved = readPlan(await context.host.readFile(file), file);
      const session = await context.session();
      const scanned = yield* session.scan(context.signal);
      requireSameWorkspace(saved.plan, scanned);
      const reviewed = (of: Snapshot): Plan => session.review(of, saved.plan, context.flags.profile);
      const snapshot = yield* session.named(scanned, (of) => [reviewed(of)], context.signal);
      const plan = reviewed(snapshot);
      return yield* withWhatIf(context, session, yield* withManagers(context, session, plan), snapshot);
    }
    const request = await fixRequest(context, { ...args, all: args.all || args.targets.length === 0 });
    const session = await context.session();
    const scanned = yield* session.scan(context.signal);
    const wanted = selected(context, session, request, scanned);
    const snapshot = yield* session.named(scanned, (of) => [session.plan(of, wanted)], context.signal);
    const plan = yield* withManagers(context, session, session.plan(snapshot, wanted));
    return yield* withWhatIf(context, session, plan, snapshot);
  },
  documents: ['markdown'],
  document: async (plan) => (await import('./parts/act-markdown.ts')).actMarkdown({ kind: 'plan', plan }),
  json: (plan) => planJson(plan),
  text: (plan) => whatIfPlanLines(plan, plan.rehearsal),
  exit: (made) => planExit(made),
  unread: (made) => planUnread(made),
  failure: ({ rehearsal }) => whatIfFailure(rehearsal),
});

/** A word that is neither a rule's name nor a finding's is the path of a plan. */
const isFile = (word: string, { rules }: CommandContext): boolean =>
  !/[@*]/.test(word) && !rules.some(({ id }) => id.toLowerCase() === word.toLowerCase());
