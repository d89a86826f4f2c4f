// Keys of the terminal itself.
import { exitStatus } from '../../../model/failure.ts';
import type { Binding } from '../binding.ts';

export const terminal: readonly Binding[] = [
  {
    name: 'repaint',
    where: ['everywhere'],
    keys: ['ctrl-l'],
    label: 'repaint',
    help: 'Draw the whole screen again',
    effect: ({ repaint }) => repaint(),
  },
  {
    name: 'suspend',
    where: ['everywhere'],
    keys: ['ctrl-z'],
    label: 'suspend',
    help: 'Back to the shell; fg returns here',
    effect: ({ suspend }) => suspend(),
  },
  {
    name: 'leave',
    where: ['screen'],
    keys: ['q'],
    label: 'leave',
    help: 'Leave; asks while changes are being sent',
    effect: ({ leave }) => leave(exitStatus.done),
    hint: 9,
  },
  {
    name: 'interrupt',
    where: ['everywhere'],
    keys: ['ctrl-c'],
    label: 'interrupt',
    help: 'Leave at once with exit status 130; asks while changes are being sent',
    effect: ({ leave }) => leave(exitStatus.interrupted),
  },
];
