// A session over files: offline, read-only, replayable. It has no ARM client and no history.
import { mapOf } from '../audit/map.ts';
import type { Assumptions } from '../model/assumption.ts';
import { whenDropped } from '../model/caches.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { creationPlan, driftOf, reviewPlan, selectableInSteps, withoutSteps } from '../plan/index.ts';
import { cutTags } from '../resource-types/index.ts';
import type { Rule } from '../rules/rule.ts';
import { eventChannel } from './channel.ts';
import { planner } from './planner.ts';
import { type ReportOptions, reporter, type SupposedValues, usable } from './report.ts';
import type { TagOptions } from './service-tags.ts';
import type { Session, SessionEvent } from './session.ts';
import type { OpenWhatIfSimulator } from './what-if/simulator.ts';
import { runWhatIf } from './what-if/what-if.ts';

export interface FileSessionOptions extends Pick<ReportOptions, 'project' | 'locate'> {
  /** Parameters that the files leave open, and the files read with values for them. */
  readonly supposed?: Pick<SupposedValues, 'parameters'> & {
    read(values: Readonly<Record<string, string>>): Snapshot | undefined;
  };
  readonly snapshot: Snapshot;
  readonly rules: readonly Rule[];
  /** The operator's own service tags, in place of those that the files hold. */
  readonly tags?: TagOptions['file'];
  /** Called whenever an audit has dropped what it computed for some resources. */
  readonly whenDropped?: () => void;
  /** Where plans are simulated. */
  readonly sandbox: OpenWhatIfSimulator;
  now(): Date;
  newId(): string;
}

/** Checking so many resources takes long enough to say it. */
const saidFrom = 1000;

const refuse = (): Failure =>
  new Failure(
    'read-only',
    exitStatus.notSent,
    'Files are read-only: changes cannot be applied to them.',
    'Use --dry-run to see the plan.',
  );

export function createFileSession({
  snapshot: given,
  rules,
  tags,
  whenDropped: collect,
  sandbox,
  now: clock,
  newId,
  project,
  locate,
  supposed,
}: FileSessionOptions): Session {
  if (collect !== undefined) whenDropped(collect);
  const snapshot: Snapshot =
    tags === undefined
      ? given
      : { ...given, serviceTags: { ...tags, document: cutTags(tags.document, given.resources) } };
  let intents: Assumptions = usable(snapshot.intents, project?.());
  const now = (): Snapshot => {
    const scopes = project?.()?.scopes ?? snapshot.scopes;
    return { ...snapshot, intents, ...(scopes === undefined ? {} : { scopes }) };
  };
  const worlds = new Map<string, Snapshot | undefined>();
  const assumedIn = new Map<string, { readonly like: readonly unknown[]; readonly world: Snapshot }>();
  const worldOf: SupposedValues['worldOf'] = (values, { intents: assumed, scopes, serviceTags }) => {
    const key = JSON.stringify(values);
    const world = worlds.has(key) ? worlds.get(key) : supposed?.read(values);
    worlds.set(key, world);
    if (world === undefined) return undefined;
    // The same object as long as nothing else is assumed: what is audited once is not audited again.
    const like = [assumed, scopes, serviceTags];
    const known = assumedIn.get(key);
    if (known?.like.every((one, at) => one === like[at])) return known.world;
    const made = {
      ...{ ...world, intents: assumed },
      ...(scopes === undefined ? {} : { scopes }),
      ...(serviceTags === undefined ? {} : { serviceTags }),
    };
    assumedIn.set(key, { like, world: made });
    return made;
  };
  const { report, judged, byEveryRule, leftOut, decideIn } = reporter({
    ...{ rules, project, locate, now: clock },
    supposed: supposed && { parameters: supposed.parameters, worldOf },
  });
  const saying = <Result>(result: () => Result | Promise<Result>) =>
    eventChannel<SessionEvent, Result>(async () => result());
  return {
    source: snapshot.source,
    readOnly: true,
    identity: async () => snapshot.identity ?? { name: 'files', how: 'no sign-in' },
    workspace: async () => snapshot.workspace,
    scan: () =>
      eventChannel(async (say) => {
        const of = now();
        const { length } = of.resources;
        const detail = `checking ${length} resources of the files`;
        if (length >= saidFrom) say({ kind: 'progress', stage: 'scan', done: 0, total: 0, detail });
        return of;
      }),
    look: (of) => saying(() => of),
    named: (of) => saying(() => of),
    live: () =>
      saying(() => {
        throw new Failure(
          'nobody-to-ask',
          exitStatus.usage,
          'Effective rules and routes cannot be read from files.',
          'Remove --live, or audit the workspace in Azure.',
        );
      }),
    diagnose: () =>
      saying(() => {
        throw new Failure(
          'nobody-to-ask',
          exitStatus.usage,
          'The diagnosis of Azure Machine Learning cannot be read from files.',
          'Remove --diagnose, or audit the workspace in Azure.',
        );
      }),
    latest: now,
    report,
    judged,
    byEveryRule,
    changeRecords: () => saying(() => ({ records: [], unread: 'Files contain no change records.' })),
    drift: (input) => driftOf({ ...input, rules }),
    map: mapOf,
    ...planner(
      (of, request) => ({ snapshot: of, rules, request, leftOut, decide: decideIn(of), id: newId() }),
      project,
    ),
    review: (of, plan, profile) => reviewPlan({ snapshot: of, plan, rules, profile, decide: decideIn(of) }),
    selectable: (of, plan, profile) => selectableInSteps({ snapshot: of, plan, rules, profile, decide: decideIn(of) }),
    without: (of, plan, steps, profile) =>
      withoutSteps({ snapshot: of, plan, rules, profile, decide: decideIn(of) }, steps),
    planCreation: (of, creation) => creationPlan({ snapshot: of, rules, creation, id: newId() }),
    whatIf: (of, plan, { profile, signal }) =>
      eventChannel(
        (say, stop) =>
          runWhatIf({
            ...{ snapshot: of, plan, rules, profile, decide: decideIn(of) },
            ...{ open: sandbox, signal: stop, now: clock, newId, say },
          }),
        signal,
      ),
    apply: () =>
      saying(() => {
        throw refuse();
      }),
    planUndo: () => Promise.reject(refuse()),
    planRedo: () => Promise.reject(refuse()),
    planUndoTo: () => Promise.reject(refuse()),
    planRestore: () => Promise.reject(refuse()),
    planResume: () => Promise.reject(refuse()),
    history: async () => [],
    historyNotes: async () => [],
    recover: () => saying(() => []),
    intents: async () => intents,
    async setIntents(change) {
      intents = usable({ ...intents, ...change }, project?.());
      return intents;
    },
    onEvent: () => () => {},
    close: async () => {},
  };
}
