// Runs command lines for the palette, forms and keys: the same commands as in the shell, on the screen's snapshot.

import type { ApplyObserver, Ask, CommandContext, Invalidated, Line } from '../../command/definition.ts';
import { type ParsedCommand, parseCommand } from '../../command/parse-arguments.ts';
import { type Envelope, runCommand } from '../../command/run.ts';
import { isDeclined } from '../../command/send.ts';
import { exitStatus, type FailureValue, isFailure } from '../../model/failure.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { line, word } from '../draw/text.ts';
import { driftOverlay } from '../overlays/drift.tsx';
import { valuesOf } from '../overlays/form/fields.ts';
import { formFor } from '../overlays/form.ts';
import { pathOverlay } from '../overlays/path.tsx';
import { planShown } from '../overlays/plan/value.ts';
import { createObserver } from './applying.ts';
import type { Dispatcher, RunOptions, ScreenController } from './effect-context.ts';
import { remapped } from './keys/remap.ts';
import type { Overlay } from './state.ts';
import type { KnownOf } from './suggestions.ts';

/** Failures of an incomplete line, which a form can complete. */
const lacking = new Set(['missing-argument', 'missing-value', 'missing-reason']);

export function createDispatcher(controller: ScreenController, ask: Ask, known: KnownOf): Dispatcher {
  const { store, options } = controller;
  const { context } = options;
  /** A form and an earlier output make way; anything else stays beneath. */
  const put = (overlay: Overlay) => {
    const top = store.get().overlay?.kind;
    store.dispatch({ type: top === 'form' || top === 'output' || top === 'failure' ? 'overlay' : 'opened', overlay });
  };
  const show = (title: string, lines: readonly Line[], running = false) =>
    put({ kind: 'output', title, lines, running, top: 0 });
  const fail = (title: string, failure: FailureValue) => put({ kind: 'failure', title, failure, top: 0 });
  const refused = (failure: FailureValue) => fail('Not run', failure);

  /** A question is put above what was read last: after a fix of the guide the header has its numbers. */
  const current: Ask = {
    ...ask,
    async choose(question) {
      if (!isSameReading(store.get().snapshot ?? undefined, controller.session.latest())) await controller.refresh();
      return ask.choose(question);
    },
  };

  /** The command of these words; null when it cannot run; the reason has been shown. */
  function parsed(words: readonly string[]): ParsedCommand | null {
    try {
      const made = parseCommand(words, context.verbs, { ...context.flags });
      made.command.check?.(made.args);
      return made;
    } catch (error) {
      if (!isFailure(error)) throw error;
      const command = context.verbs.find(({ name }) => name === words[0]);
      if (command === undefined || !lacking.has(error.code)) refused(error.toJSON());
      else {
        const form = formFor(command, valuesOf(command, words), known(store.get(), controller));
        put(form);
      }
      return null;
    }
  }

  async function run(words: readonly string[], how: RunOptions = {}): Promise<string | null> {
    const command = parsed(words);
    if (command === null) return null;
    const { work, snapshot } = store.get();
    if (work !== null) {
      controller.say(`Wait: ${work.title} is still running.`, 'warn');
      return null;
    }
    if (how.quiet === undefined) {
      store.dispatch({ type: 'ran', line: command.line });
      options.addLine?.(command.line);
      show(command.line, [line(word('Running ...', 'dim'))], true);
    }
    let reason: string | null = null;
    let isRead = true;
    await controller.work({ title: how.title ?? `Running ${command.command.name}`, writing: false }, async (signal) => {
      const told = observed(createObserver(controller));
      const own: CommandContext = {
        ...{ ...context, ask: current, signal, line: command.line, observer: told.observer },
        ...(how.withSnapshot && snapshot !== null ? { snapshot } : {}),
        ...(how.withSnapshot ? { previews: true } : {}),
      };
      const flags = { ...command.flags, readOnly: command.flags.readOnly || options.readOnly };
      const before = controller.session.latest();
      const envelope = await controller.drain(runCommand({ ...command, flags }, own));
      isRead = !told.applied() || !isSameReading(before, controller.session.latest());
      const { failure } = envelope;
      if (failure !== null && isDeclined(failure)) declined(failure.message);
      else if (failure !== null && how.failed) how.failed(failure);
      else if (!told.applied()) answer(command, envelope, how);
      await invalidate(command, envelope, signal);
      if (failure === null) how.shown?.(envelope);
      else if (envelope.exit === exitStatus.usage) reason = clean(`${failure.message} ${failure.next}`, 400);
    });
    // After a stop the workspace has changed and must be rescanned.
    if (!isRead) await controller.work({ title: 'Scanning the workspace', writing: false }, controller.read);
    return reason;
  }

  /** The operator knows: a line in the footer, and no panel to close. */
  function declined(message: string): void {
    if (store.get().overlay?.kind === 'output') store.dispatch({ type: 'overlay', overlay: null });
    controller.say(message);
  }

  function answer({ command, line: text }: ParsedCommand, envelope: Envelope, { quiet, shown }: RunOptions): void {
    const { presents } = command;
    const path = presents === 'path' ? pathOverlay(text, envelope.result) : null;
    const plan = presents === 'plan' ? planShown(text, envelope.result) : null;
    const drift = presents === 'drift' ? driftOverlay(text, envelope.result) : null;
    if (drift !== null) store.dispatch({ type: 'set', members: { drift: drift.drift } });
    const isOpen = store.get().overlay?.kind === 'output';
    // A panel that was closed meanwhile is not reopened.
    if (path !== null && isOpen) {
      store.dispatch({ type: 'overlay', overlay: null });
      // Traced again, it takes the place of the path before.
      store.dispatch({ type: store.get().overlay?.kind === 'path' ? 'overlay' : 'opened', overlay: path });
    } else if ((drift ?? plan) !== null && isOpen) store.dispatch({ type: 'overlay', overlay: drift ?? plan });
    else if (quiet === undefined) store.dispatch({ type: 'printed', lines: answerLines(envelope), running: false });
    else if (envelope.failure !== null) fail('Failed', envelope.failure);
    else if (shown === undefined) show(text, answerLines(envelope));
  }

  /** Reloads what the command may have changed. */
  async function invalidate({ command, args }: ParsedCommand, envelope: Envelope, signal: AbortSignal): Promise<void> {
    const stale = new Set<Invalidated>(envelope.ok ? (command.invalidates?.(args as never) ?? []) : []);
    if (stale.has('theme')) {
      const name = await context.settings.get('theme');
      const theme = options.themes.find((one) => one.name === name);
      if (theme !== undefined) store.dispatch({ type: 'themed', theme });
    }
    if (stale.has('keys')) {
      const { bindings } = remapped(await context.settings.get('keys'));
      store.dispatch({ type: 'set', members: { bindings } });
    }
    if (!isSameReading(store.get().snapshot ?? undefined, controller.session.latest())) await controller.refresh();
    else if (stale.has('snapshot')) await controller.read(signal);
    else if (stale.has('report')) await controller.refresh();
    else if (command.effect === 'cloud') await controller.loadEntries();
  }

  return { run, refused };
}

/** Live answers and a diagnosis are added to a snapshot, which keeps its id. */
const isSameReading = (one: Snapshot | undefined, other: Snapshot | undefined): boolean =>
  one?.id === other?.id &&
  one?.live === other?.live &&
  one?.resources === other?.resources &&
  one?.gaps === other?.gaps;

/** The observer, and whether a plan was applied. */
function observed(observer: ApplyObserver): { readonly observer: ApplyObserver; applied(): boolean } {
  let isApplied = false;
  return {
    applied: () => isApplied,
    observer: {
      ...observer,
      started(...given) {
        isApplied = true;
        observer.started(...given);
      },
    },
  };
}

const failureLines = (failure: FailureValue): Line[] => [
  line(word(clean(failure.message), 'bad')),
  line(word('Next: ', 'dim'), clean(failure.next)),
];

function answerLines(envelope: Envelope): Line[] {
  const told = envelope.view?.text() ?? [];
  const cleaned = told.map((words) => words.map((one) => ({ ...one, text: clean(one.text, 10_000) })));
  const failed = envelope.failure === null ? [] : failureLines(envelope.failure);
  const lines = [...cleaned, ...failed];
  return lines.length > 0 ? lines : [line(word('Done: no output.', 'dim'))];
}
