// Findings in few words, for lists where the whole id would drown the rule.
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';

/** `rule on name`. */
export function shortFinding(id: string): string {
  const [rule = id, subject = ''] = id.split('@');
  const [resource = '', where] = subject.split('#');
  if (resource === '') return clean(rule);
  return clean(`${rule} on ${nameOf(resource)}${where === undefined ? '' : ` (${nameOf(where)})`}`);
}

/** What each undo class promises. */
export const undoWords: Readonly<Record<string, string>> = {
  exact: 'exact: undo puts it back as it was',
  equivalent: 'equivalent: undo gives the same effect, not the same text',
  partial: 'partial: undo brings back only a part',
  none: 'none: it cannot be taken back',
};
