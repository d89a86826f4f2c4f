// Lists of a workspace, changed one element at a time: the IP allow-list in either of its forms, and shared private links.
import type { AddEdit, Edit, ListKey, RemoveEdit } from '../../model/edit.ts';
import { clean } from '../../model/text.ts';
import { vaultIpLegality } from '../../net/ip-rules.ts';
import { textAt } from '../read.ts';
import { sharedLinksPointer } from '../shared-link-view.ts';
import { line } from './shell.ts';
import { wholeLine } from './workspace-put.ts';

const addressLists: Readonly<Record<string, ListKey>> = {
  '/properties/ipAllowlist': { member: null, fold: false },
  '/properties/networkAcls/ipRules': { member: 'value', fold: false },
};
export const workspaceLists: Readonly<Record<string, ListKey>> = {
  ...addressLists,
  [sharedLinksPointer]: { member: 'name', fold: true },
};

/**
 * Only the version that shows a list takes a change of it; `previewed` is the one that shows the IP allow-list. Entries of that go
 * in one line, which is one write: an entry that Azure refuses today would stop a write that leaves it where it is.
 */
export function listLines(id: string, edits: readonly Edit[], stable: string, previewed: string): string[] {
  const changes = edits.filter((edit): edit is AddEdit | RemoveEdit => edit.op !== 'set');
  const list = ({ pointer }: Edit): string => pointer.slice(1).replaceAll('/', '.');
  const isLink = ({ pointer }: Edit): boolean => pointer === sharedLinksPointer;
  const entries = changes.filter((edit) => !isLink(edit));
  const words = entries.flatMap((edit) => {
    if (edit.op === 'remove') return ['--remove', list(edit), String(edit.at ?? 0)];
    // To a list that is not there the CLI adds nothing.
    if (edit.bare) return ['--set', `${list(edit)}=${JSON.stringify([edit.after])}`];
    const text = typeof edit.after === 'string' ? edit.after : `value=${textAt(edit.after, '/value') ?? ''}`;
    return ['--add', list(edit), text];
  });
  const start = ['az', 'resource', 'update', '--ids', id, '--api-version', previewed];
  return [
    ...(words.length > 0 ? [line(start, words)] : []),
    ...changes.filter(isLink).map((edit) => wholeLine(id, stable, list(edit), edit)),
  ];
}

/** Why an entry of the IP allow-list cannot come back. */
export function refusedEntry(edit: Edit): string | null {
  if (edit.op !== 'add' || !Object.hasOwn(addressLists, edit.pointer)) return null;
  const value = typeof edit.after === 'string' ? edit.after : textAt(edit.after, '/value');
  const verdict = vaultIpLegality(value ?? '');
  const shown = clean(value ?? 'that names no address', 60);
  return verdict.legal ? null : `the entry ${shown} of its IP allow-list stays out: ${verdict.reason}`;
}
