// Work for idle time: what the keys of the screens will need, and the promise of the overview. A few milliseconds at a time, with
// keys handled in between. What a key needs sooner is computed for it.
import type { StepwiseTask } from '../../model/stepwise.ts';
import type { Session } from '../../session/session.ts';
import { screens } from '../screens/index.ts';
import type { Action } from './actions.ts';
import type { State } from './state.ts';
import type { StateStore } from './store.ts';

/** Milliseconds of work at a time; and without a key before the plan of all fixes is computed. */
const atOnce = 4;
const quiet = 300;

/** Called after every change; continues until the last report is prepared or replaced. */
export function createPrefetch(store: StateStore<State, Action>, session: Session): () => void {
  let { report } = store.get();
  let lists: StepwiseTask<void> | null = null;
  let promise: StepwiseTask<void> | null = null;
  let isRunning = false;
  let changedAt = 0;

  /** The work that may go on now: the plan of all fixes only while the overview waits for a key. */
  const current = (): StepwiseTask<void> | null => lists ?? (isIdle(store.get()) ? promise : null);
  const slice = () => {
    for (const end = performance.now() + atOnce; performance.now() < end; ) {
      const task = current();
      const wait = task === promise ? changedAt + quiet - performance.now() : 0;
      if (task !== null && wait > 0) return void setTimeout(slice, wait);
      if (task === null) {
        isRunning = false;
        return;
      }
      if (!task.next().done) continue;
      if (task === lists) lists = null;
      else promise = null;
    }
    setImmediate(slice);
  };
  return () => {
    const state = store.get();
    changedAt = performance.now();
    if (state.report !== report) {
      report = state.report;
      lists = report === null ? null : prepared(state);
      promise = report === null ? null : promised(store, session);
    }
    if (isRunning || current() === null) return;
    isRunning = true;
    setImmediate(slice);
  };
}

function* prepared(state: State): StepwiseTask<void> {
  for (const screen of screens) if ('prefetch' in screen) yield* screen.prefetch?.(state) ?? [];
}

/** Nothing runs, nothing is asked, and the overview is shown. */
const isIdle = ({ work, overlay, screen }: State): boolean =>
  work === null && overlay === null && screen === 'overview';

/** Plans all automatic fixes, and says what that resolves; then plans what may be added, so that the key finds both. */
function* promised({ get, dispatch }: StateStore<State, Action>, session: Session): StepwiseTask<void> {
  const { snapshot, profile } = get();
  if (snapshot === null) return;
  const request = { targets: 'all', answers: {}, ips: [], profile } as const;
  const { steps, preview } = yield* session.planInSteps(snapshot, request);
  const rollUps = new Set(preview.rollUps);
  const resolves = preview.resolves.filter((id) => !rollUps.has(id));
  dispatch({ type: 'promised', promise: { snapshot, changes: steps.length, resolves } });
  yield* session.offer(snapshot, request);
}
