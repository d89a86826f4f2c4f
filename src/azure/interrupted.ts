// The one failure that means: the user said stop.
import { exitStatus, Failure } from '../model/failure.ts';

export const interrupted = (): Failure =>
  new Failure('interrupted', exitStatus.interrupted, 'Interrupted.', 'Run the command again.');
