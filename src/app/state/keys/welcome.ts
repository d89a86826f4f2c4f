// The key of Welcome that opens the selected workspace, instead of the unreadable one: restarts with it.
import { exitStatus } from '../../../model/failure.ts';
import type { Binding } from '../binding.ts';
import { chosen } from '../welcome.ts';

export const welcome: readonly Binding[] = [
  {
    name: 'workspace-open',
    where: ['welcome'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the selected workspace',
    effect({ options, store, leave }) {
      const workspace = chosen(store.get());
      if (workspace === undefined || options.workspaces === undefined) return;
      options.workspaces.open(workspace);
      leave(exitStatus.done);
    },
    hint: 1,
  },
];
