// What to do about what Azure refused: the words of the known errors, for a step that failed or came to another end than wanted. Pure.
import { whatToDo } from '../diagnosis/index.ts';
import type { EntryStep } from '../model/entry.ts';

export const nextFor = ({ state, flaw, refusal }: Pick<EntryStep, 'state' | 'flaw' | 'refusal'>): string | undefined =>
  state === 'failed' || flaw !== undefined ? whatToDo(refusal) : undefined;
