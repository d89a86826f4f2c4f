// The reducer: an action in, the next state out, with its derived `view`. Pure; effects are in the controller.
import type { Line } from '../../command/definition.ts';
import { nameInParent } from '../../model/resource-id.ts';
import { clean, counted } from '../../model/text.ts';
import type { SessionEvent } from '../../session/session.ts';
import { edit, type Input, insert } from '../draw/input.ts';
import type { Action } from './actions.ts';
import { overlayKind } from './current.ts';
import { derive } from './derive.ts';
import { changeOpen, closed, closedTo, opened, openOverlay } from './stack.ts';
import type { Overlay, State, StepView } from './state.ts';
import { toured } from './tour.ts';
import { trailed, withoutComputed } from './trail.ts';

const keptMessages = 200;
const keptRequests = 1000;
const keptLines = 500;
/** How long the last message stays, in milliseconds, unless a key comes first. */
export const messageLife = 5000;

export function reduce(state: State, action: Action): State {
  const next = toured(state, trailed(state, withoutStale(state, step(state, action))));
  return next === state ? state : derive(state, next);
}

/** What was said before a dialog or another screen opened is about something else; the list of messages has it. */
function withoutStale(before: State, now: State): State {
  if (now.message === null || now.message !== before.message) return now;
  const isOver = now.overlay !== null && now.overlay.kind !== before.overlay?.kind;
  const isElsewhere = now.screen !== before.screen && now.message.role !== 'ok';
  return isOver || isElsewhere ? { ...now, message: null } : now;
}

function step(state: State, action: Action): State {
  switch (action.type) {
    case 'resized':
      return { ...state, size: { columns: action.columns, rows: action.rows } };
    case 'clock':
      return ticked(state, action.now);
    case 'key': {
      const binding = state.bindings.find(({ name }) => name === action.binding);
      return binding?.change?.({ ...state, count: '' }, action.times) ?? state;
    }
    case 'set':
      return Object.keys(action.members).length === 0 ? state : { ...state, ...action.members };
    case 'typed':
      return withInput(state, (input) => edit(input, action.key));
    case 'pasted':
      return withInput(state, (input) => insert(input, action.text));
    case 'suggested': {
      const { type: _type, ...offered } = action;
      return state.overlay?.kind === 'palette' ? { ...state, overlay: { ...state.overlay, ...offered } } : state;
    }
    case 'working':
      return { ...state, work: action.work };
    case 'event':
      return withEvent(state, action.event);
    case 'scanned': {
      const { snapshot, report, identity, entries, last, audits } = action;
      const again = state.report !== null && state.snapshot?.workspace === snapshot.workspace;
      const before = again ? state.report : null;
      const promise = state.promise?.snapshot === snapshot ? state.promise : null;
      const known = { snapshot, report, promise, before, last, entries, audits, trail: withoutComputed(state) };
      return { ...state, ...known, identity: identity ?? state.identity, problem: null };
    }
    case 'requested': {
      const { kind: _kind, ...event } = action.event;
      const number = (state.requests.at(-1)?.number ?? 0) + 1;
      const request = { ...event, number, at: action.at };
      return { ...state, requests: [...state.requests.slice(1 - keptRequests), request] };
    }
    case 'failed':
      return { ...state, problem: action.problem };
    case 'entries':
      return { ...state, entries: action.entries };
    case 'overlay':
      return action.overlay === null ? closed(state) : { ...state, overlay: action.overlay };
    case 'opened':
      return opened(state, action.overlay);
    case 'promised':
      return state.snapshot === action.promise.snapshot ? { ...state, promise: action.promise } : state;
    case 'acting':
      return { ...closedTo(state, 0), act: action.act, overlay: { kind: 'progress', top: 0 } };
    case 'finished':
      return state.act === null
        ? state
        : following(
            { ...state, act: { ...state.act, outcome: action.outcome, failure: action.failure, endedAt: state.now } },
            0,
          );
    case 'printed':
      return changeOpen(state, 'output', (output) => ({ ...output, lines: action.lines, running: action.running }));
    case 'ran':
      return {
        ...state,
        lines: [...state.lines.filter((line) => line !== action.line), action.line].slice(-keptLines),
      };
    case 'said': {
      const message = { text: action.text, role: action.role, at: state.now };
      return { ...state, message, messages: [...state.messages, message].slice(-keptMessages) };
    }
    case 'themed':
      return { ...state, theme: action.theme };
  }
}

function ticked(state: State, now: number): State {
  const stale = state.message !== null && now - state.message.at >= messageLife;
  return { ...state, now, message: stale ? null : state.message };
}

/** The text being typed in the current input. */
export const inputIn = (overlay: Overlay | null): Input | null =>
  overlay === null ? null : (overlayKind(overlay).input?.(overlay) ?? null);

function withInput(state: State, change: (input: Input) => Input): State {
  const { overlay } = state;
  const input = inputIn(overlay);
  if (input === null || overlay === null || !('input' in overlay)) return state;
  const next = change(input);
  if (next === input) return state;
  return overlayKind(overlay).typed?.(overlay, next, state) ?? { ...state, overlay: { ...overlay, input: next } };
}

function withEvent(state: State, event: SessionEvent): State {
  switch (event.kind) {
    case 'progress': {
      const { done, total, detail } = event;
      return state.work === null ? state : { ...state, work: { ...state.work, done, total, detail } };
    }
    case 'step': {
      if (openOverlay(state, 'output')?.running === true) {
        return changeOpen(state, 'output', (output) => ({ ...output, lines: withStep(output.lines, event) }));
      }
      if (state.act === null || state.act.outcome !== null) return state;
      const steps = state.act.steps.map((one, index) => (index === event.index ? stepped(one, event, state.now) : one));
      return following({ ...state, act: { ...state.act, steps, note: '' } }, event.index);
    }
    case 'wait': {
      const note = clean(event.reason);
      const work = state.work === null ? null : { ...state.work, detail: note };
      return { ...state, work, act: state.act === null ? null : { ...state.act, note } };
    }
    case 'sign-in': {
      const { step, state: came, detail, ms } = event;
      const way = { step, state: came, detail, ms };
      const known = state.signInSteps.some((one) => one.step === step);
      const signInSteps = known
        ? state.signInSteps.map((one) => (one.step === step ? way : one))
        : [...state.signInSteps, way];
      const work = state.work === null || came === 'no' ? state.work : { ...state.work, detail: signInText(event) };
      return { ...state, signInSteps, work };
    }
    default:
      return state;
  }
}

/** A device code message has the page and the code on separate lines. */
function signInText({ code, step }: Extract<SessionEvent, { kind: 'sign-in' }>): string {
  if (code === undefined) return `signing in: ${step}`;
  const minutes = Math.ceil(code.expiresIn / 60);
  return [
    'To sign in, open this page on any machine:',
    clean(code.page),
    'and enter this code:',
    clean(code.code),
    `The code expires in ${counted(minutes, 'minute')}. Enter a code only if you started this sign-in yourself.`,
  ].join('\n');
}

function stepped(step: StepView, event: Extract<SessionEvent, { kind: 'step' }>, now: number): StepView {
  const over = ['done', 'failed', 'skipped', 'unknown', 'verified'].includes(event.state);
  return {
    ...step,
    state: event.state,
    detail: event.detail,
    since: step.since ?? now,
    until: over ? now : null,
    polls: step.polls + (event.state === 'running' ? 1 : 0),
  };
}

/** The panel of the steps, scrolled so that the current step and its neighbours are visible. */
function following(state: State, step: number): State {
  return changeOpen(state, 'progress', (progress) => ({ ...progress, top: Math.max(0, step - 7) }));
}

/** While a command sends changes, its panel has one line per step below the first. */
function withStep(lines: readonly Line[], event: Extract<SessionEvent, { kind: 'step' }>): readonly Line[] {
  const words = [
    { text: `${event.index + 1}/${event.total} `, role: 'dim' },
    { text: `${clean(nameInParent(event.resource))} ` },
    { text: event.state, role: event.state === 'failed' ? 'bad' : 'accent' },
  ];
  const all = [...lines];
  all[event.index + 1] = words;
  return Array.from(all, (one) => one ?? []);
}
