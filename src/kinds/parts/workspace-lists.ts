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

/** Only the version that shows a list takes a change of it; `previewed` is the one that shows the IP allow-list. */
export function listLine(id: string, edit: AddEdit | RemoveEdit, stable: string, previewed: string): string {
  const list = edit.pointer.slice(1).replaceAll('/', '.');
  if (edit.pointer === sharedLinksPointer) {
    return wholeLine(id, stable, list, edit.op === 'add' ? edit.after : (edit.at ?? 0));
  }
  const start = ['az', 'resource', 'update', '--ids', id, '--api-version', previewed];
  if (edit.op === 'remove') return line(start, '--remove', list, String(edit.at ?? 0));
  const text = typeof edit.after === 'string' ? edit.after : `value=${textAt(edit.after, '/value') ?? ''}`;
  return line(start, '--add', list, text);
}

/** Why an entry of the IP allow-list cannot come back. */
export function refusedEntry(edit: Edit): string | null {
  if (edit.op !== 'add' || !Object.hasOwn(addressLists, edit.pointer)) return null;
  const value = typeof edit.after === 'string' ? edit.after : textAt(edit.after, '/value');
  const verdict = vaultIpLegality(value ?? '');
  const shown = clean(value ?? 'that names no address', 60);
  return verdict.legal ? null : `the entry ${shown} of its IP allow-list stays out: ${verdict.reason}`;
}
