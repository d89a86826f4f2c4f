// The smallest sets of changes that open a blocked path, the least risk first. Each is played on a copy of the snapshot: it opens
// the path whole, not without any of its changes, and what else it opens is said. Sends nothing, reads nothing.
import {
  changesAt,
  outcomeOf,
  type PathChange,
  type PathQuestion,
  type PathStage,
  questionsAround,
  tracePath,
  type Widening,
  widenings,
} from '../audit/path.ts';
import type { Change } from '../model/change.ts';
import { EditConflict } from '../model/edit.ts';
import type { PathFix, PathFixes } from '../model/path.ts';
import type { Plan, Step } from '../model/plan.ts';
import { attempt } from '../model/readable.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { applyChanges } from './simulate.ts';

/** Alternatives at one hop, sets that are found, and copies that are made for them. */
const [mostAtHop, mostFound, mostCopies] = [3, 6, 80];

type Trace = Exclude<ReturnType<typeof tracePath>, { readonly reason: string }>;

const traceOf = (question: PathQuestion, snapshot: Snapshot): Trace | undefined =>
  attempt(
    () => {
      const trace = tracePath(question, indexSnapshot(snapshot));
      return 'reason' in trace ? undefined : trace;
    },
    () => undefined,
  );

/** `fixes`: [] where the path is open, or where `manual` says what stands against every one. */
export function pathFixes(snapshot: Snapshot, question: PathQuestion): PathFixes {
  const trace = traceOf(question, snapshot);
  if (!trace || trace.answer.blockers.length === 0) return { fixes: [], manual: [] };
  const search = new Search(question);
  search.from(snapshot, []);
  const minimal = search.found.map((steps) => minimalOf(steps, snapshot, question));
  const unique = [...new Map(minimal.map((steps) => [keyOf(steps), steps])).values()];
  const around = questionsAround(trace, indexSnapshot(snapshot));
  const known = new Map(around.map((one) => [one, outcomeOf(one.question, indexSnapshot(snapshot))]));
  const asked = { parts: trace.packets.whole, uncounted: trace.packets.uncounted };
  const found = unique.map((steps): { readonly fix: PathFix; readonly risk: number } => {
    const after = applied(snapshot, changesOf(steps));
    const also = after ? widenings(around, (one) => known.get(one), indexSnapshot(after), asked) : [];
    const fix = {
      exact: also.length === 0,
      says: steps.map(({ says }) => says),
      also: also.map(wideWords),
      changes: changesOf(steps),
    };
    return { fix, risk: Math.max(...steps.map(({ risk }) => risk)) };
  });
  const fixes = found
    .toSorted(
      (a, b) =>
        Number(b.fix.exact) - Number(a.fix.exact) || a.risk - b.risk || a.fix.changes.length - b.fix.changes.length,
    )
    .map(({ fix }) => fix);
  return { fixes, manual: fixes.length > 0 ? [] : [...search.manual] };
}

const wideWords = ({ own, source, destination, witness }: Widening): string =>
  own
    ? `other traffic from this source to this destination, for example ${witness}`
    : `${source} to ${destination}, for example ${witness}`;

const changesOf = (steps: readonly PathChange[]): Change[] => steps.flatMap(({ changes }) => changes);
const keyOf = (steps: readonly PathChange[]): string => JSON.stringify(changesOf(steps));

/** The snapshot after the changes; undefined where one no longer fits. */
function applied(snapshot: Snapshot, changes: readonly Change[]): Snapshot | undefined {
  try {
    return applyChanges(snapshot, changes);
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}

const isOpen = (question: PathQuestion, snapshot: Snapshot | undefined): boolean =>
  snapshot !== undefined && traceOf(question, snapshot)?.answer.verdict === 'allowed';

/** Opens one hop after the other, each in every way there is. */
class Search {
  readonly found: (readonly PathChange[])[] = [];
  /** Why hops cannot be opened. */
  readonly manual = new Set<string>();
  private copies = 0;

  constructor(private readonly question: PathQuestion) {}

  from(snapshot: Snapshot, steps: readonly PathChange[]): void {
    this.copies += 1;
    if (this.found.length >= mostFound || this.copies > mostCopies) return;
    const trace = traceOf(this.question, snapshot);
    if (!trace) return;
    if (trace.answer.verdict === 'allowed') {
      this.found.push(steps);
      return;
    }
    const index = indexSnapshot(snapshot);
    const blocked = trace.stages.filter(({ hop }) =>
      trace.answer.blockers.some((one) => one.hop === hop.hop && one.at === hop.at),
    );
    if (blocked.length === 0) this.manual.add(trace.answer.because);
    const offers = blocked.map((stage) =>
      attempt(
        () => changesAt(stage, trace, this.question, index),
        (error) => error.gap.reason,
      ),
    );
    for (const offer of offers) if (typeof offer === 'string') this.manual.add(offer);
    // The order does not matter: every blocked hop has to be opened.
    const at = offers.findIndex((offer) => typeof offer !== 'string');
    const [next = [], stage] = [offers[at], blocked[at]];
    if (typeof next === 'string' || stage === undefined) return;
    const isSame = (one: PathStage) =>
      one.hop.hop === stage.hop.hop && one.hop.at === stage.hop.at && one.blockedBy?.join() === stage.blockedBy?.join();
    for (const offer of next.slice(0, mostAtHop)) {
      const after = applied(snapshot, offer.changes);
      const left = after && traceOf(this.question, after);
      // A change after which the same rules still deny leads nowhere.
      const isVain = left?.stages.some((one) => isSame(one) && one.hop.verdict === stage.hop.verdict);
      if (after && !isVain) this.from(after, [...steps, offer]);
    }
  }
}

/** Without the steps, and in each step the changes, that the path does not need. */
function minimalOf(steps: readonly PathChange[], snapshot: Snapshot, question: PathQuestion): readonly PathChange[] {
  let left = steps;
  for (const step of steps) {
    for (const change of step.changes) {
      const less = left
        .map((one) =>
          one.changes.includes(change) ? { ...one, changes: one.changes.filter((own) => own !== change) } : one,
        )
        .filter(({ changes }) => changes.length > 0);
      if (less.length > 0 && isOpen(question, applied(snapshot, changesOf(less)))) left = less;
    }
  }
  return left;
}

/** A fix as a plan; everything else in it is computed by a review. */
export function planOfPathFix(fix: Pick<PathFix, 'changes'>, snapshot: Snapshot, aim: NonNullable<Plan['aim']>): Plan {
  const steps = fix.changes.map(
    (change): Step => ({
      ...{ change, phase: 2, findings: [], needs: [], az: '', risk: '', undo: 'exact', does: '', effects: [] },
    }),
  );
  return {
    ...{
      id: `${aim}-${snapshot.id}`,
      aim,
      snapshot: snapshot.id,
      source: snapshot.source,
      workspace: snapshot.workspace,
      architecture: 'unknown',
    },
    ...{ verb: 'fix', of: null, steps, gates: [], skipped: [], preview: { resolves: [], introduces: [] } },
    ...{ irreversible: [], effects: [], gaps: [] },
  };
}
