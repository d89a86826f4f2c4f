// Who changed what fails since an act and not by it, as far as change records prove it. Never throws for an answer of Azure.
import type { ArmClient } from '../azure/arm-client.ts';
import { authorsOnly, type ChangeAuthor, namesOfCaller } from '../model/drift.ts';
import type { Entry } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import { isWithin } from '../model/resource-id.ts';
import { findingParts } from '../model/short-finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { driftOf } from '../plan/index.ts';
import { readChangeRecords } from './change-records.ts';
import type { ApplyResult } from './session.ts';

export interface MeanwhileContext {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly arm: Pick<ArmClient, 'graph' | 'identity'>;
  readonly entries: () => Promise<readonly Entry[]>;
  readonly signal: AbortSignal;
}

export async function withAuthors(
  verified: ApplyResult['verified'],
  { before, after, arm, entries, signal }: MeanwhileContext,
): Promise<ApplyResult['verified']> {
  const { meanwhile = [] } = verified;
  if (!meanwhile.some(({ reason }) => reason === 'changed')) return verified;
  try {
    const records = await readChangeRecords(arm, [after, before], before.takenAt, signal);
    const own = namesOfCaller(await arm.identity(signal));
    const known = { records, entries: await entries(), profile: 'all' as const, own, rules: [] };
    const { changes } = driftOf(authorsOnly(before, after, known));
    const authorsOf = (finding: string): ChangeAuthor[] => {
      const { resource = '', where = '' } = findingParts(finding) ?? {};
      const settings = changes
        .flatMap((change) => change.settings)
        .filter((one) => isNear(one.resource, [resource, where]));
      return settings.flatMap(({ authors }) => authors.filter(({ entry }) => entry === null));
    };
    const told = meanwhile.map((one) =>
      one.reason === 'changed' ? { ...one, by: unique(authorsOf(one.finding)) } : one,
    );
    return { ...verified, meanwhile: told };
  } catch (error) {
    if (isFailure(error)) return verified;
    throw error;
  }
}

const isNear = (id: string, subjects: readonly string[]): boolean =>
  subjects.some((one) => one.startsWith('/') && (isWithin(id, one) || isWithin(one, id)));

const unique = (authors: readonly ChangeAuthor[]): ChangeAuthor[] => [
  ...new Map(authors.map((one) => [`${one.record ?? ''} ${one.at} ${one.changedBy ?? ''}`, one])).values(),
];
