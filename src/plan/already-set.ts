// Steps of a resumed entry that Azure has already, in words: who set them only as far as change records show it.
import type { AlreadySet, Unproven } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean, utcMinute } from '../model/text.ts';
import { authorText } from './not-undone.ts';

const unproven: Readonly<Record<Unproven, string>> = {
  'no-record': 'Azure has no record of it',
  unread: 'its change records could not be read',
  'not-recorded': 'Azure keeps no change records of it',
  imported: 'no change record of it was read',
  'imported-deletion': 'no change record of it was read',
};

export function alreadySetText({ resource, why }: AlreadySet): string {
  const name = clean(nameInParent(resource), 200);
  if (why === null) return `${name} is already set: an earlier request of the entry did it, by its change record.`;
  if (why.reason === 'not-proven') return `${name} is already set. Who set it is not known: ${unproven[why.why]}.`;
  return `${name} is already set: ${authorText(why)} set it at ${utcMinute(why.at)}, by its change record.`;
}
