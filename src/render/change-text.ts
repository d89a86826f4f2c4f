// A finding and a change in a few words each, shared by all texts about plans. Pure.
import type { Change } from '../model/change.ts';
import type { Edit } from '../model/edit.ts';
import { type Json, stringifyJson } from '../model/json.ts';
import { findingParts, subjectWords } from '../model/short-finding.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';
import { doesWords } from '../plan/describe.ts';

/** A finding's id in names: `storage.x  stmlsim and snet-train`. */
export function spokenId(id: string): string {
  const parts = findingParts(id);
  return parts === null ? id : `${parts.rule}  ${subjectWords(parts)}`;
}

const shown = (value: Json | undefined): string => (value === undefined ? 'not set' : stringifyJson(value));

export function changeLines(change: Change): Line[] {
  if (change.kind === 'create') return [line('   create ', [stringifyJson(change.body), 'added'])];
  // What is gone is told in words; JSON output has its body.
  if (change.kind === 'delete') return [line('   ', [clean(doesWords(change), 600), 'removed'])];
  return change.edits.flatMap(editLines);
}

function editLines(edit: Edit): Line[] {
  if (edit.op === 'add') return [line(['   + ', 'added'], `${edit.pointer}  `, [shown(edit.after), 'added'])];
  if (edit.op === 'remove') return [line(['   - ', 'removed'], `${edit.pointer}  `, [shown(edit.before), 'removed'])];
  return [line(`   ${edit.pointer}  `, [shown(edit.before), 'removed'], [' → ', 'dim'], [shown(edit.after), 'added'])];
}
