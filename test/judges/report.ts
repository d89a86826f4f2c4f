// What the hearing of a run's exchanges came to, in lines for a reader of the test run.
import type { HearingResult } from './hearing.ts';

export function reportOf(verdicts: HearingResult): string[] {
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
  const {
    seen,
    elsewhere,
    distinct,
    validated,
    byContract,
    standIns,
    faults,
    faultsJudged,
    notJudged,
    oursNotJudged,
    excepted,
  } = verdicts;
  const unjudged = [...notJudged].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    `Exchanges seen: ${seen}, of which ${elsewhere} with Entra ID or the metadata service.`,
    `Distinct with ARM: ${distinct}. Validated: ${validated}, of which ${standIns} by another version's document.`,
    `Polls of long operations held to ARM's contract: ${byContract}.`,
    `Under an injected fault: ${faults}, of which ${faultsJudged} answered in ARM's name and were validated.`,
    `Not judged, no document at hand: ${sum(notJudged.values())}, of which ${sum(oursNotJudged.values())} asked by Bastide.`,
    ...unjudged.map(
      ([operation, count]) => `  ${count} ${operation}${oursNotJudged.has(operation) ? ' (Bastide)' : ''}`,
    ),
    `Problems covered by an exception: ${[...excepted.values()].flat().length}.`,
    ...[...excepted].map(([{ id, source }, covered]) => `  ${covered.length} ${id} (${source})`),
    `Problems: ${verdicts.complaints.length}.`,
  ];
}
