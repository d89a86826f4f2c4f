// Findings in few words, for lists where the whole id would hide the rule.
import { nameOf } from './resource-id.ts';
import { clean } from './text.ts';

/** `rule on name`. */
export function shortFinding(id: string): string {
  const [rule = id, subject = ''] = id.split('@');
  const [resource = '', where] = subject.split('#');
  if (resource === '') return clean(rule);
  return clean(`${rule} on ${nameOf(resource)}${where === undefined ? '' : ` (${nameOf(where)})`}`);
}
