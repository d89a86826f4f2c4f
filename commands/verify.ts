// `verify`: audits again and checks that applied fixes are still in place.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { countedIn, type LaterOutcome, laterOutcomes, rollUpWords } from '../src/model/compare.ts';
import type { Entry } from '../src/model/entry.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { isCounted, type Report } from '../src/model/finding.ts';
import { shortFinding } from '../src/model/short-finding.ts';
import { clean, counted } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { type AuditResult, auditResult, unreadSentences } from '../src/render/audit-result.ts';
import { auditLines } from '../src/render/audit-text.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { auditDocuments } from './parts/documents.ts';
import { judgementExit, pageOf, scanAndJudge } from './parts/judge.ts';

interface Held {
  readonly entry: string;
  readonly resolved: readonly string[];
  readonly persisting: readonly string[];
  readonly unknown: readonly string[];
  /** Those of them that could not be judged: the audit does not hold them, and a read failed that may have hidden them. */
  readonly notJudged?: readonly string[];
  /** Those of all these that only repeat others, and are not counted. */
  readonly rollUps?: readonly string[];
}
interface Verified extends AuditResult {
  /** Acts that were done and are not undone, newest last. */
  readonly entries: readonly Held[];
}

export const verify = defineCommand({
  name: 'verify',
  summary: 'Audit again and check that applied fixes are still in place',
  args: z.object({
    entry: flag(z.optional(z.string()), 'check this history entry only', { value: 'ENTRY', of: 'entry' }),
  }),
  positional: ['entry'],
  effect: 'read',
  examples: [{ line: 'verify', says: 'Exit status 1 if a check fails, as for `audit`' }],
  async *run(context, { entry: wanted }): AsyncGenerator<SessionEvent, Verified> {
    const audited = yield* scanAndJudge(context);
    const { session, snapshot, report } = audited;
    const standing = (await session.history()).filter(
      (entry) => entry.verb !== 'undo' && entry.undoneBy === null && (wanted === undefined || entry.id === wanted),
    );
    if (wanted !== undefined && standing.length === 0) {
      throw new Failure(
        'unknown-entry',
        exitStatus.usage,
        `${clean(wanted, 80)} is not an applied change: the entry is unknown, undone, or an undo itself.`,
        'Run `bastide history` for the list.',
      );
    }
    const entries = standing.map((entry) => held(entry, report));
    const shown = auditResult(snapshot, report, { allOutcomes: false, by: 'problem' });
    return { ...shown, gather: pageOf(context, audited), entries };
  },
  text(verified: Verified) {
    return [
      ...auditLines(verified),
      ...verified.entries.map((entry) =>
        line(
          [`${entry.entry}  `, 'accent'],
          `${counted(countedIn(entry.resolved, entry.rollUps), 'finding')} still resolved`,
          [
            entry.persisting.length === 0
              ? ''
              : `, ${countedIn(entry.persisting, entry.rollUps)} still failing: ${entry.persisting.map((id) => `${id}${rollUpWords(id, entry.rollUps)}`).join(', ')}`,
            'bad',
          ],
          [entry.unknown.length === 0 ? '' : `, ${countedIn(entry.unknown, entry.rollUps)} unknown`, 'unknown'],
          [notJudgedWords(entry), 'unknown'],
        ),
      ),
    ];
  },
  ...auditDocuments,
  unread: unreadSentences,
  exit(result: Verified, { failOn, allowEmpty }) {
    const status = judgementExit(result, failOn, allowEmpty);
    const isHidden = result.entries.some(({ notJudged = [] }) => notJudged.length > 0);
    return status === exitStatus.done && isHidden ? exitStatus.gaps : status;
  },
});

const notJudgedWords = ({ notJudged = [] }: Held): string =>
  notJudged.length === 0
    ? ''
    : `: what could not be read may have hidden ${notJudged.map((id) => shortFinding(id)).join(', ')}`;

function held(entry: Entry, report: Report): Held {
  // What could not be read when the entry was made is not kept.
  const later = laterOutcomes({ failed: [] }, report);
  const about = entry.resolves ?? entry.findings;
  const having = (...outcomes: readonly LaterOutcome[]) => about.filter((id) => outcomes.includes(later(id)));
  const notJudged = having('notJudged');
  const own = new Set(about);
  // What is resolved repeats nothing any more: only the entry knows that it did.
  const now = report.findings.filter((one) => !isCounted(one) && own.has(one.id)).map(({ id }) => id);
  const rollUps = [...new Set([...(entry.rollUps ?? []).filter((id) => own.has(id)), ...now])];
  return {
    entry: entry.id,
    resolved: having('pass', 'notApplicable', 'gone'),
    persisting: having('fail'),
    unknown: having('unknown', 'notJudged'),
    ...(notJudged.length === 0 ? {} : { notJudged }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
  };
}
