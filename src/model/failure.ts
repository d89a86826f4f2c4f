// Expected errors. Anything else that is thrown is a bug (exit status 70).
import type { Json } from './json.ts';

/** The exit statuses of the command line. */
export const exitStatus = {
  done: 0,
  findings: 1,
  usage: 2,
  gaps: 3,
  notSent: 4,
  partial: 5,
  signIn: 6,
  refused: 7,
  oldNode: 69,
  bug: 70,
  interrupted: 130,
} as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** What each exit status means, for help. */
export const exitMeanings: Readonly<Record<ExitStatus, string>> = {
  0: 'success; no failing finding at or above --fail-on',
  1: 'audit, verify, watch, fleet audit: failing findings at or above --fail-on; verify: a change of the history that is not in place; diff, drift: new ones; assert: not as asserted; preflight: the job will fail, with --fix: after the fix; rules test: a sample fails; every command that applies changes: it introduced a critical or high finding, whatever --fail-on says; path --fix: the path is not open after it; what an undo brings back, which failed before the changes it undoes, does not count',
  2: 'usage error: unknown command, flag or value, or a file that cannot be read or written',
  3: 'audit, verify, watch, fleet audit, diff, drift, assert, path, preflight, plan, fix, apply, fleet fix, what-if, history --script: data needed for a result could not be read; assert, audit: an access scope is unknown; every command that applies changes: a read after it failed, so that what it resolved or introduced is not known',
  4: 'nothing was sent: not confirmed, read-only, blocked, settings changed, nothing to undo; what-if: Azure would reject',
  5: 'some changes were applied and some not, some entries were undone and others not, an outcome is not known, or stopped after something was sent (goes before 1); see the history',
  6: 'not signed in, or sign-in refused',
  7: 'Azure rejected the first change, or a read that is always needed',
  69: 'the Node.js version is too old',
  70: 'a bug in Bastide',
  130: 'interrupted before anything was sent (5 after)',
};

export interface FailureValue {
  readonly code: string;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do next, one sentence or a command. */
  readonly next: string;
  readonly details?: Json;
}

/** Of an act that was applied, and introduced what is critical or high. */
export const introducedCode = 'introduced';

/** An expected error: code, what happened, what to do next, exit status. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly details?: Json;
  constructor(
    readonly code: string,
    readonly exit: ExitStatus,
    message: string,
    readonly next: string,
    details?: Json | object,
  ) {
    super(message);
    if (details !== undefined) this.details = details as Json;
  }
  toJSON(): FailureValue {
    return {
      code: this.code,
      message: this.message,
      next: this.next,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

export const isFailure = (error: unknown): error is Failure => error instanceof Failure;

/** A command was stopped by a signal, and nothing was sent. */
export const stoppedUnsent = (): Failure =>
  new Failure('interrupted', exitStatus.interrupted, 'Stopped before anything was sent.', 'Run the command again.');
