// Steps of an entry that an undo or redo leaves out because the history does not vouch for them: as data, and in words.
import type { NotUndone } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';

export function notUndoneText(one: NotUndone): string {
  const name = clean(nameInParent(one.resource), 200);
  switch (one.reason) {
    case 'no-body':
      return `${name} is left as it is: the history has lost its settings.`;
    case 'unreadable-entry':
      return `${name} is left as it is: history entry ${clean(one.entry, 80)}, which cannot be read, may have changed it since.`;
    case 'another-resource':
      return `${name} is not deleted: its ${one.pointer.slice(1).replaceAll('/', '.')} is not that of the resource that the entry created, so it is another one with the same name.`;
  }
}
