// `undo`: undoes a change of the history, with the same preview, confirmation and verification as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { type ActResult, act, actExit, actFailure, actJson, actLines, requireWritable } from './parts/act.ts';
import {
  takenBackExit,
  takenBackFailure,
  takenBackJson,
  takenBackLines,
  type UndoToResult,
  undoTo,
} from './parts/undo-to.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

type Undone = ActResult | { readonly kind: 'undo-to'; readonly value: UndoToResult };

export const undo = defineCommand({
  name: 'undo',
  summary: 'Undo the latest change, or a given one',
  args: z.object({
    entry: flag(z.optional(z.string()), 'entry ID from `bastide history`', { value: 'ENTRY', of: 'entry' }),
    to: flag(z.optional(z.string()), 'undo every change back to this one, newest first', {
      value: 'ENTRY',
      of: 'entry',
    }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'undo --dry-run', says: 'Show the changes without applying them' },
    { line: 'undo --yes', says: 'Undo the latest change; its effects need no --allow-effects' },
  ],
  async *run(context, { entry, to, whatIf }): AsyncGenerator<SessionEvent, Undone> {
    const session = await context.session();
    requireWritable(context, session);
    if (to !== undefined) {
      if (entry === undefined && !whatIf) {
        return { kind: 'undo-to', value: yield* undoTo(context, session, to) };
      }
      throw new Failure(
        'usage',
        exitStatus.usage,
        '--to cannot be combined with an entry or with --what-if.',
        'Name the last entry to undo: `bastide undo --to ENTRY`.',
      );
    }
    const plan = await session.planUndo(entry, context.signal);
    return yield* act(context, session, yield* simulatedIf(whatIf, context, session, plan));
  },
  documents: ['markdown'],
  async document(result) {
    const { actMarkdown, textMarkdown } = await import('./parts/act-markdown.ts');
    return result.kind === 'undo-to' ? textMarkdown(takenBackLines(result.value)) : actMarkdown(result);
  },
  json: (result) => (result.kind === 'undo-to' ? takenBackJson(result.value) : actJson(result)),
  text: (result) => (result.kind === 'undo-to' ? takenBackLines(result.value) : actLines(result)),
  exit: (result) => (result.kind === 'undo-to' ? takenBackExit(result.value) : actExit(result)),
  failure: (result) => (result.kind === 'undo-to' ? takenBackFailure(result.value) : actFailure(result)),
});
