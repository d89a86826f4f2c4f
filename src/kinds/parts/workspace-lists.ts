// Lists of a workspace, changed one element at a time: the IP allow-list in either of its forms, and shared private links.
import type { AddEdit, Edit, ListKey, RemoveEdit } from '../../model/edit.ts';
import { clean } from '../../model/text.ts';
import { vaultIpLegality } from '../../net/ip-rules.ts';
import { textAt } from '../read.ts';
import { sharedLinksPointer } from '../shared-link-view.ts';
import { line } from './shell.ts';

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
 * in one line, which is one write: an entry that Azure refuses today would stop a write that leaves it where it is. Each shared
 * private link is a line of its own; `az resource update` reads the workspace and puts it back whole, as Bastide does.
 */
export function listLines(id: string, edits: readonly Edit[], stable: string, previewed: string): string[] {
  const changes = edits.filter((edit): edit is AddEdit | RemoveEdit => edit.op !== 'set');
  const isLink = ({ pointer }: Edit): boolean => pointer === sharedLinksPointer;
  const update = (apiVersion: string, words: readonly string[]): string =>
    line('az', 'resource', 'update', '--ids', id, '--api-version', apiVersion, words);
  const entries = changes.filter((edit) => !isLink(edit)).flatMap(listWords);
  const links = changes.filter(isLink).map(listWords);
  return [...(entries.length > 0 ? [update(previewed, entries)] : []), ...links.map((words) => update(stable, words))];
}

function listWords(edit: AddEdit | RemoveEdit): string[] {
  const list = edit.pointer.slice(1).replaceAll('/', '.');
  if (edit.op === 'remove') return ['--remove', list, String(edit.at ?? 0)];
  // To a list that is not there the CLI adds nothing.
  if (edit.bare) return ['--set', `${list}=${JSON.stringify([edit.after])}`];
  if (edit.pointer === sharedLinksPointer) return ['--add', list, JSON.stringify(edit.after)];
  const text = typeof edit.after === 'string' ? edit.after : `value=${textAt(edit.after, '/value') ?? ''}`;
  return ['--add', list, text];
}

/** Why an entry of the IP allow-list cannot come back. */
export function refusedEntry(edit: Edit): string | null {
  if (edit.op !== 'add' || !Object.hasOwn(addressLists, edit.pointer)) return null;
  const value = typeof edit.after === 'string' ? edit.after : textAt(edit.after, '/value');
  const verdict = vaultIpLegality(value ?? '');
  const shown = clean(value ?? 'that names no address', 60);
  return verdict.legal ? null : `the entry ${shown} of its IP allow-list stays out: ${verdict.reason}`;
}
