// `drift`: what changed since a time or a snapshot, who changed it, and which findings that opened and closed.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import type { DriftReport } from '../src/model/drift.ts';
import { notReadWords } from '../src/model/drift-words.ts';
import { exitStatus } from '../src/model/failure.ts';
import { isNothingRecorded, provesMissing } from '../src/model/not-compared.ts';
import { line } from '../src/model/words.ts';
import { driftLines } from '../src/render/drift-text.ts';
import { findingJson, knowledgeJson } from '../src/render/finding-json.ts';
import { fewUnread, unreadIn } from '../src/render/unread.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { drifted, driftFlags } from './parts/drift.ts';
import { judgementExit, mayBeNew, notKnownBeforeWords } from './parts/judge.ts';

export const drift = defineCommand({
  name: 'drift',
  summary: 'Show what changed since a time or a snapshot, who changed it, and which findings opened or closed',
  args: z.object(driftFlags),
  effect: 'read',
  presents: 'drift',
  examples: [
    { line: 'drift', says: 'Changes of the last 24 hours, from the change records of Azure' },
    { line: 'drift --since 3d --format markdown', says: 'Changes of three days, as a report' },
    {
      line: 'drift --baseline old.json',
      says: 'Compare with a snapshot that `bastide scan --output old.json` wrote',
    },
  ],
  async *run(context, wanted): AsyncGenerator<SessionEvent, DriftReport> {
    return (yield* drifted(context, wanted)).drift;
  },
  json: ({ opened, closed, unknown, notKnownBefore, ...rest }) => ({
    ...rest,
    opened: opened.map(findingJson),
    closed: closed.map((one) => ({ ...findingJson(one), now: one.now })),
    ...(unknown === undefined ? {} : { unknown: unknown.map(knowledgeJson) }),
    ...(notKnownBefore === undefined ? {} : { notKnownBefore: notKnownBefore.map(knowledgeJson) }),
  }),
  text: (result) => [...driftLines(result), ...restoreHint(result)],
  items: ({ changes, opened, closed, unknown = [], notKnownBefore = [], notRead, notCompared = [] }) => [
    ...changes.map((one) => ({ kind: 'change', ...one })),
    ...opened.map((one) => ({ kind: 'opened', ...findingJson(one) })),
    ...closed.map((one) => ({ kind: 'closed', ...findingJson(one), now: one.now })),
    ...unknown.map((one) => ({ kind: 'unknown', ...knowledgeJson(one) })),
    ...notKnownBefore.map((one) => ({ kind: 'notKnownBefore', ...knowledgeJson(one) })),
    ...(notRead === undefined ? [] : [{ kind: 'notRead', ...notRead }]),
    ...notCompared.map((one) => ({ kind: 'notCompared', ...one })),
  ],
  documents: ['markdown'],
  document: async (result) => (await import('../src/render/drift-text.ts')).driftMarkdown(result),
  unread: ({ opened, unknown = [], notKnownBefore, notRead }) => [
    ...unreadIn([...opened.filter(({ outcome }) => outcome === 'unknown'), ...unknown]),
    ...fewUnread(notKnownBeforeWords(notKnownBefore)),
    ...fewUnread(notReadWords(notRead).map((words) => `${words}.`)),
  ],
  exit(drift, { failOn }) {
    const status = judgementExit({ findings: [...drift.opened, ...(drift.unknown ?? [])] }, failOn);
    const isOpen = isOpenQuestion(drift) || mayBeNew(drift.notKnownBefore, failOn);
    return status === exitStatus.done && isOpen ? exitStatus.gaps : status;
  },
});

/** Is it not known what changed, or which findings that opened? */
function isOpenQuestion({ changes, olderUnread, notCompared = [], notRead, since }: DriftReport): boolean {
  const isPart = olderUnread !== undefined || notCompared.some(provesMissing);
  return isPart || notRead !== undefined || (changes.length === 0 && isNothingRecorded(notCompared, since.at));
}

const restoreHint = ({ changes }: DriftReport) =>
  changes.some(({ author, notRestorable }) => author?.entry == null && notRestorable === null)
    ? [
        [],
        line(
          ['To preview reverting the changes of others: ', 'dim'],
          ['bastide restore --dry-run', 'key'],
          [' with the same --since or --baseline, and --resource for one resource', 'dim'],
        ),
      ]
    : [];
