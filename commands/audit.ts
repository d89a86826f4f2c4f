// `audit`: the judgement of every rule on the workspace.
import * as z from 'zod/mini';
import { type Context, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { auditResult } from '../src/render/audit-result.ts';
import { auditLines } from '../src/render/audit-text.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { auditDocuments } from './parts/documents.ts';
import { type Judged, judgementExit, scanAndJudge } from './parts/judge.ts';
import { refuseForFiles, sinceLast } from './parts/last-run.ts';
import { liveFlag, scanAndAsk } from './parts/live.ts';

export const audit = defineCommand({
  name: 'audit',
  summary: 'judge the network security of the workspace',
  args: z.object({
    allOutcomes: flag(z._default(z.boolean(), false), 'also list what passes and what does not apply'),
    live: liveFlag,
    diagnose: flag(z._default(z.boolean(), false), 'also ask the service for its own diagnosis of the workspace'),
    sinceLast: flag(z._default(z.boolean(), false), 'also say what has changed since the last audit here'),
  }),
  effect: 'read',
  examples: [
    { line: 'audit', says: 'what is wrong, worst first; exit status 1 when something is' },
    { line: 'audit --fail-on high --format sarif', says: 'for a pipeline: only high and critical findings fail it' },
    { line: 'audit --live', says: 'what the model says held against what Azure says is in effect' },
    { line: 'audit --diagnose', says: 'what the service itself finds, beside the findings it speaks about' },
    { line: 'audit --since-last', says: 'what was mended, fails now or cannot be judged now since the last time' },
    {
      line: 'audit --profile article-2020 --all-outcomes',
      says: 'every rule of the 2020 article, passing ones included',
    },
  ],
  async *run(context, { allOutcomes, live, diagnose, sinceLast: compared }) {
    if (compared) await refuseForFiles(context);
    const judged = yield* live ? scanAndAsk(context) : scanAndJudge(context);
    const { snapshot, report } = diagnose ? yield* diagnosed(context, judged) : judged;
    // The service's own word, which is not always asked for, would look like a change the next time.
    const since = await sinceLast(context, judged);
    return auditResult(snapshot, report, allOutcomes, compared ? since : undefined);
  },
  text: auditLines,
  items: ({ findings }) => findings,
  ...auditDocuments,
  exit: (result, flags) => judgementExit(result, flags.failOn),
});

async function* diagnosed(context: Context, { session, snapshot }: Judged): AsyncGenerator<SessionEvent, Judged> {
  const asked = yield* session.diagnose(snapshot, context.signal);
  return { session, snapshot: asked, report: session.report(asked, context.flags.profile) };
}
