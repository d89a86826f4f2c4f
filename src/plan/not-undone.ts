// Steps of an entry that an undo or redo leaves out because the history does not vouch for them: as data, and in words.
import type { Change } from '../model/change.ts';
import type { Author, NotUndone, Unproven } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean, utcMinute } from '../model/text.ts';

/** Is it not settled whether the step is to be undone? A change record may show it later. */
export const mayBeUndoneLater = ({ reason }: NotUndone): boolean => reason === 'not-proven';

/** Does what the step made not stand any more, because another client made, changed or deleted the resource since? */
export const isOfAnother = (one: NotUndone): boolean =>
  one.reason === 'made-by-another' || one.reason === 'another-resource' || (one.reason === 'gone' && !mayReturn(one));

/** Once the undo of a later entry of this history creates it again, it is as this one left it. */
const mayReturn = ({ deleted }: Extract<NotUndone, { reason: 'gone' }>): boolean => deleted?.entry !== undefined;

/** What to do where it is not settled. */
export const laterText = (left: readonly NotUndone[], command: string): string =>
  left.some((one) => one.reason === 'not-proven' && (one.why === 'no-record' || one.why === 'unread'))
    ? `Run \`${command}\` again later: change records come some minutes after a write. Or name an older entry.`
    : 'Change it yourself where it is to go, or name an older entry.';

const deeds: Readonly<Record<Change['kind'], string>> = { create: 'created', edit: 'changed', delete: 'deleted' };
const kept: Readonly<Record<Change['kind'], string>> = {
  create: 'not deleted',
  edit: 'not restored',
  delete: 'not restored',
};

const already: Readonly<Record<Change['kind'], string>> = {
  create: 'was gone already: this undo does not delete it.',
  edit: 'was as before the entry already: this undo does not change it.',
  delete: 'was there again already: this undo does not create it.',
};

/** Of a redo that has nothing to do for a change. `isOwn`: the history created the resource. */
export function alreadyRedoneText({ kind, resource }: Change, isOwn: boolean): string {
  const name = clean(nameInParent(resource), 200);
  if (kind === 'edit') return `${name} is set already: this redo does not change it.`;
  if (kind === 'delete') return `${name} is gone already: this redo does not delete it.`;
  return `${name} exists already${isOwn ? '' : ', and was not created here'}: this redo does not create it.`;
}

/** Who made it, by its change record: another entry of this history, or an identity with its client. */
export function authorText({ by, client, entry }: Author): string {
  if (entry !== undefined) return `history entry ${clean(entry, 80)}`;
  return `${clean(by, 200)}${client === null ? '' : ` with ${clean(client, 80)}`}`;
}

export function notUndoneText(one: NotUndone): string {
  const name = clean(nameInParent(one.resource), 200);
  switch (one.reason) {
    case 'no-body':
      return `${name} is left as it is: the history has lost its settings.`;
    case 'unreadable-entry':
      return `${name} is left as it is: history entry ${clean(one.entry, 80)}, which cannot be read, may have changed it since.`;
    case 'another-resource':
      return `${name} is ${kept[one.change]}: its ${one.pointer.slice(1).replaceAll('/', '.')} is not that of the resource that the entry ${deeds[one.change]}, so it is another one with the same name.`;
    case 'made-by-another':
      return `${name} is ${kept[one.change]}: ${authorText(one)} ${deeds[one.change]} it at ${utcMinute(one.at)}, by its change record.`;
    case 'already':
      return `${name} ${already[one.change]}`;
    case 'gone':
      return `${name} is ${kept[one.change]}: ${deletedWords(one.deleted)}`;
    case 'not-proven':
      return `${name} is ${kept[one.change]}: ${unproven(one.why, deeds[one.change])}`;
  }
}

const deletedWords = (deleted: Author | null): string =>
  deleted === null
    ? 'it no longer exists, and no change record shows who deleted it.'
    : `${authorText(deleted)} deleted it at ${utcMinute(deleted.at)}, by its change record.`;

function unproven(why: Unproven, deed: string): string {
  const nothing = `nothing shows that it was ${deed} here: no answer shows it, and`;
  switch (why) {
    case 'imported':
      return 'the entry is imported, and no change record of this identity shows the change.';
    case 'imported-deletion':
      return 'the entry is imported, and no record has the settings of what was deleted.';
    case 'no-record':
      return `${nothing} Azure has no record of it.`;
    case 'unread':
      return `${nothing} its change records could not be read.`;
    case 'not-recorded':
      return `${nothing} Azure keeps no change records of it.`;
  }
}
