// Runs rules over a snapshot for the tests of this folder.
import type { Outcome, Severity } from '../../src/model/finding.ts';
import type { ProfileChoice } from '../../src/model/intent.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { GapRead, worldOf } from '../../src/model/world.ts';
import { architectureOf, strategyOf } from '../../src/posture/index.ts';
import { rules } from '../../src/rules/index.ts';

export interface Judged {
  readonly rule: string;
  readonly resource: string;
  readonly where: string | null;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly because: string;
}
export function judgeAll(snapshot: Snapshot, profile: ProfileChoice = 'all', asIfClosed = false): Judged[] {
  const world = worldOf(snapshot);
  const judgement = { world, profile, asIfClosed };
  return rules.flatMap((rule) =>
    rule.subjects(judgement).map((subject): Judged => {
      const base = { rule: rule.id, resource: subject.resource, where: subject.where ?? null, severity: rule.severity };
      const letter = rule.letters === 'subject' ? strategyOf(subject.resource, world) : architectureOf(world).answer;
      if (!rule.for.includes(letter)) return { ...base, outcome: 'notApplicable', because: 'letters' };
      try {
        const verdict = rule.check(subject, judgement);
        return {
          ...base,
          outcome: verdict.outcome,
          because: verdict.because,
          severity: verdict.severity ?? rule.severity,
        };
      } catch (error) {
        if (error instanceof GapRead) return { ...base, outcome: 'unknown', because: error.gap.reason };
        throw error;
      }
    }),
  );
}
export const same = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && fold(a) === fold(b));
