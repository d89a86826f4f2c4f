// Who changed what fails since an act and not by it, as far as change records prove it. Never throws for an answer of Azure.
import type { ArmClient } from '../azure/arm-client.ts';
import { authorsOnly, type ChangeAuthor, namesOfCaller } from '../model/drift.ts';
import type { Entry } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import type { Finding } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { driftOf } from '../plan/index.ts';
import type { Rule } from '../rules/rule.ts';
import { readChangeRecords } from './change-records.ts';
import type { ApplyResult } from './session.ts';

export interface MeanwhileContext {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** The audit of the newer one. */
  readonly findings: readonly Finding[];
  readonly rules: readonly Rule[];
  readonly arm: Pick<ArmClient, 'graph' | 'identity'>;
  readonly entries: () => Promise<readonly Entry[]>;
  readonly signal: AbortSignal;
}

/** An author is named for a finding only through a change that opens it, played on a copy. */
export async function withAuthors(
  verified: ApplyResult['verified'],
  { before, after, findings, rules, arm, entries, signal }: MeanwhileContext,
): Promise<ApplyResult['verified']> {
  const { meanwhile = [] } = verified;
  const changed = new Set(meanwhile.flatMap(({ finding, reason }) => (reason === 'changed' ? [finding] : [])));
  if (changed.size === 0) return verified;
  try {
    const records = await readChangeRecords(arm, [after, before], before.takenAt, signal);
    const own = namesOfCaller(await arm.identity(signal));
    const known = { records, entries: await entries(), profile: 'all' as const, own, rules };
    const opened = findings.filter(({ id }) => changed.has(id));
    const { changes } = driftOf({ ...authorsOnly(before, after, known), diff: { opened, closed: [] } });
    const authorsOf = (finding: string): ChangeAuthor[] =>
      changes
        .filter((change) => change.opened?.includes(finding))
        .flatMap(({ settings }) => settings.flatMap(({ authors }) => authors.filter(({ entry }) => entry === null)));
    const told = meanwhile.map((one) =>
      one.reason === 'changed' ? { ...one, by: unique(authorsOf(one.finding)) } : one,
    );
    return { ...verified, meanwhile: told };
  } catch (error) {
    if (isFailure(error)) return verified;
    throw error;
  }
}

const unique = (authors: readonly ChangeAuthor[]): ChangeAuthor[] => [
  ...new Map(authors.map((one) => [`${one.record ?? ''} ${one.at} ${one.changedBy ?? ''}`, one])).values(),
];
