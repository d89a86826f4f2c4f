// Findings in few words, for lists where the whole id would hide the rule. A pair is `A and B` everywhere: a slash means parent
// and child.
import { nameOf } from './resource-id.ts';
import { clean } from './text.ts';

/** What a finding is about: `stmlsim`, or `stmlsim and snet-train` of a pair. */
export const subjectWords = (
  { resource, where }: { readonly resource: string; readonly where?: string | null | undefined },
  name: (id: string) => string = nameOf,
): string => `${name(resource)}${(where ?? null) === null ? '' : ` and ${name(where ?? '')}`}`;

/** The parts of a finding's id; null where it is none. */
export function findingParts(id: string): { rule: string; resource: string; where: string | undefined } | null {
  const [, rule, resource, where] = /^([^@]+)@([^#]*)(?:#(.*))?$/.exec(id) ?? [];
  return rule === undefined || resource === undefined ? null : { rule, resource, where };
}

/** `rule on name`. */
export function shortFinding(id: string): string {
  const parts = findingParts(id);
  if (parts === null || parts.resource === '') return clean(id.split('@')[0] ?? id);
  return clean(`${parts.rule} on ${subjectWords(parts)}`);
}
