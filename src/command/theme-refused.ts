// A theme that cannot be chosen, said alike by every host and command. Both exit 2.
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';

/** Its file is wrong. */
export const badTheme = (name: string, file: string | null, why: string | undefined): Failure =>
  new Failure(
    'bad-theme',
    exitStatus.usage,
    `The theme ${clean(name, 60)} cannot be used: in ${file}, ${why}.`,
    'Fix the file, or choose another theme: run `bastide theme` for the list.',
  );

export const unknownTheme = (name: string, next: string): Failure =>
  new Failure('unknown-theme', exitStatus.usage, `Unknown theme: ${clean(name, 60)}.`, next);
