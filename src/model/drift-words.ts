// Drift in words, for the text of commands and for the screen. Pure.
import type { ChangeAuthor, DriftReport, DriftSetting } from './drift.ts';
import type { Finding } from './finding.ts';
import type { MayBeOwn } from './hidden-acts.ts';
import type { Json } from './json.ts';
import { isNothingRecorded, notComparedWords, provesMissing } from './not-compared.ts';
import { nameInParent } from './resource-id.ts';
import type { NotRead } from './snapshot-changes.ts';
import { clean, counted, utcMinute } from './text.ts';

export const settingValueWords = (value: Json): string =>
  value === null ? 'not set' : clean(JSON.stringify(value), 200);

/**
 * `3 settings of 2 resources changed; 1 finding opened, 0 closed`; a roll-up is none. Where the older state is made of records, these words
 * are about what Azure recorded.
 */
export function driftNumbers(drift: DriftReport): string {
  const { changes, notes, opened, closed, unknown = [], notKnownBefore = [], notCompared = [], notRead, since } = drift;
  const late = notCompared.find((one) => one.reason === 'records-late');
  const isAllLate = isNothingRecorded(notCompared, since.at);
  const by =
    late === undefined
      ? ''
      : isAllLate
        ? 'by what Azure has recorded so far, '
        : `by change records, which may lack writes after ${utcMinute(late.data.until)}, `;
  const settings = changes.reduce((sum, one) => sum + one.settings.length, 0);
  const resources = new Set(changes.map(({ target }) => target.toLowerCase())).size;
  const isDoubtful = isAllLate || notes.length > 0 || notCompared.some(provesMissing);
  const changed =
    settings === 0
      ? `no setting ${notRead === undefined ? '' : 'that was read '}${isDoubtful ? 'is known to have ' : ''}changed`
      : `${counted(settings, 'setting')} of ${counted(resources, 'resource')} changed`;
  const count = (findings: readonly Pick<Finding, 'rollUp'>[]) => findings.filter((one) => one.rollUp !== true).length;
  const open = count(unknown) === 0 ? '' : `, ${count(unknown)} now unknown`;
  const before = count(notKnownBefore) === 0 ? '' : `, ${count(notKnownBefore)} not known before`;
  return `${by}${changed}; ${counted(count(opened), 'finding')} opened, ${count(closed)} closed${open}${before}`;
}

const kindOf = ({ changedByType }: ChangeAuthor): string =>
  changedByType === null ? '' : `${changedByType.toLowerCase()} `;

/** `user anna@example.org with Azure Portal, 2026-11-28 10:20 UTC` */
function authorWords(author: ChangeAuthor): string {
  const { changedBy, client, at, entry } = author;
  const own = entry === null ? '' : `Bastide, history entry ${clean(entry, 60)}`;
  if (changedBy === null) return own === '' ? `unknown caller, ${utcMinute(at)}` : `${own}, ${utcMinute(at)}`;
  const isSystem = changedBy.toLowerCase() === 'system';
  const who = isSystem ? 'Azure itself' : `${kindOf(author)}${clean(changedBy, 200)}`;
  const by = client === null || client === changedBy ? '' : ` with ${clean(client, 100)}`;
  return `${who}${by}${own === '' ? '' : ` (${own})`}, ${utcMinute(at)}`;
}

/** Said of what passes since an act, and fails with its changes alone. */
export const byOthersWords = 'not by these changes';

/** What fails since an act and not by it: by whom it changed, as far as that is known. */
export const meanwhileWords = (
  reason: 'changed' | 'not-known-before' | 'may-be-own',
  authors: readonly ChangeAuthor[],
): string => {
  if (reason === 'may-be-own') return 'not known whether by these changes: what could not be read decides';
  if (reason === 'not-known-before') return 'not by these changes: it was not known before whether it fails';
  const by = authors.length === 0 ? 'by whom is not known' : `by ${authors.map(authorWords).join(', then ')}`;
  return `not by these changes: changed meanwhile, ${by}`;
};

/** By whom, of one setting: all who changed it in turn. */
export const settingAuthorWords = ({ authors, unknown, mayBeOwn }: DriftSetting): string => {
  const who =
    authors.length === 0 ? `author unknown: ${lower(unknown ?? '')}` : `by ${authors.map(authorWords).join(', then ')}`;
  return mayBeOwn === undefined ? who : `${who}; whether Bastide itself did is not known`;
};
const hiddenWords = (why: MayBeOwn): string => {
  switch (why.reason) {
    case 'entry-unreadable':
      return `: the record of history entry ${clean(why.data.entry, 80)} is damaged`;
    case 'outcome-not-known':
      return `: the outcome of history entry ${clean(why.data.entry, 80)} is not known`;
    case 'other-time':
      return `: history entry ${clean(why.data.entry, 80)} made the same change, at another time by the clock of its machine`;
    case 'history-unreadable':
      return `. ${lower(clean(why.data.detail, 300))}`;
  }
};
/** By which change the findings opened that no change lists: by none only where each was played. */
export function causeWords({ changes }: Pick<DriftReport, 'changes'>): string {
  const open = changes.filter(({ opened }) => opened === undefined).length;
  if (open === 0) return 'by none of these changes';
  if (open === changes.length) return `(by which of ${counted(open, 'change')} was not computed)`;
  return `by one of ${counted(open, 'change')} that cannot be played back, or by none`;
}

/** A sentence for each reason why it is not known whether Bastide itself changed these settings. */
export function mayBeOwnWords(settings: readonly DriftSetting[]): string[] {
  const doubtful = settings.flatMap(({ resource, mayBeOwn }) =>
    mayBeOwn ? [{ resource, says: hiddenWords(mayBeOwn) }] : [],
  );
  return [...Map.groupBy(doubtful, ({ says }) => says)].map(([says, own]) => {
    const names = [...new Set(own.map(({ resource }) => clean(nameInParent(resource), 120)))].join(', ');
    return `Whether Bastide itself changed ${names} is not known${says}.`;
  });
}
const lower = (text: string): string => text.replace(/\.$/, '');

/** A sentence for each resource that was not read in one of two snapshots, or in both. */
export const notReadWords = ({ inOlder, inNewer, inBoth = [] }: NotRead = { inOlder: [], inNewer: [] }): string[] => [
  ...inBoth.map((id) => `${clean(nameInParent(id), 200)} could not be read: whether it changed is not known`),
  ...inNewer.map(
    (id) => `${clean(nameInParent(id), 200)} was not read in the newer one: whether it was deleted is not known`,
  ),
  ...inOlder.map(
    (id) => `${clean(nameInParent(id), 200)} was not read in the older one: whether it was created is not known`,
  ),
];

/** A sentence for each part of the workspace, or of the time, that the report says nothing of. */
export const leftOpenWords = ({
  notRead,
  notCompared = [],
}: Pick<DriftReport, 'notRead' | 'notCompared'>): string[] => [
  ...notReadWords(notRead),
  ...notCompared.map(notComparedWords),
];
