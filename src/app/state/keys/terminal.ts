// Keys of the terminal itself.
import { exitStatus } from '../../../model/failure.ts';
import type { Binding } from '../binding.ts';

export const terminal: readonly Binding[] = [
  {
    name: 'repaint',
    where: ['everywhere'],
    keys: ['ctrl-l'],
    label: 'repaint',
    help: 'Redraw the screen',
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
    name: 'quit',
    where: ['screen'],
    keys: ['q'],
    label: 'quit',
    help: 'Quit; asks first while a plan is being applied',
    effect: ({ leave }) => leave(exitStatus.done),
    hint: 9,
    hintAlways: true,
  },
  {
    name: 'interrupt',
    where: ['everywhere'],
    keys: ['ctrl-c'],
    label: 'interrupt',
    help: 'Quit with exit status 130; asks first while a plan is being applied',
    effect: ({ leave }) => leave(exitStatus.interrupted),
  },
];
