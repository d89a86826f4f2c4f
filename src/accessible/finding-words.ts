// A finding in sentences. Pure.

import { type Evidence, type Finding, headline, isCounted, takesOf, type UndoClass } from '../model/finding.ts';
import { stringifyJson } from '../model/json.ts';
import { nameInParent, typeOf } from '../model/resource-id.ts';
import { findingParts, subjectWords } from '../model/short-finding.ts';
import { clean } from '../model/text.ts';
import { undoWords } from '../plan/describe.ts';
import { resourceTypeOf } from '../resource-types/index.ts';

const outcomes = {
  fail: 'fails',
  unknown: 'could not be checked',
  pass: 'passes',
  notApplicable: 'does not apply',
} as const;

/** What an undo does, as the end of a sentence. */
export const undoText = (undo: UndoClass): string => undoWords[undo].replace(/^[\w ]+: /, '');

/** `storage.x on stmlsim and snet-train`, from a finding's id. */
export function spokenFinding(id: string): string {
  const parts = findingParts(id);
  return clean(parts === null ? id : `${parts.rule} on ${subjectWords(parts)}`, 300);
}

/** One sentence to choose by. */
export function briefly(finding: Finding): string {
  const { severity, outcome } = finding;
  const repeats = isCounted(finding) ? '' : ', a roll-up';
  return clean(`${severity}, ${outcomes[outcome]}: ${headline(finding)}. ${subjectWords(finding)}${repeats}`, 400);
}

/** All details, without the rule's explanation. */
export function atLength(finding: Finding): string[] {
  const { severity, outcome, resource, where, because, evidence, id } = finding;
  return [
    clean(headline(finding), 400),
    `Severity ${severity}; it ${outcomes[outcome]}.`,
    clean(`On ${resourceTypeOf(typeOf(resource)).label} ${nameInParent(resource)}.`, 400),
    ...(where === null ? [] : [clean(`And ${resourceTypeOf(typeOf(where)).label} ${nameInParent(where)}.`, 400)]),
    clean(`Because: ${because}`, 1500),
    ...evidence.slice(0, 10).map((one, at) => clean(`Evidence ${at + 1}: ${evidenceText(one)}`, 900)),
    ...fixSentences(finding),
    `Finding ID: ${clean(id, 600)}`,
  ];
}

/** Nothing is fixable before it can be read. */
function fixSentences(finding: Finding): string[] {
  if (finding.outcome === 'unknown') return ['It can be fixed only after the missing data could be read.'];
  if (finding.outcome !== 'fail') return [];
  const takes = takesOf(finding);
  if (takes === 'manual') return ['No automatic fix; the explanation lists the manual steps.'];
  const says = { fix: 'Auto-fixable', answer: 'Fixable, needs input', review: 'Fixable, needs review' }[takes];
  return [`${says}. Undo: ${undoText(finding.fix.undo)}.`];
}

/** `stmlsim, /properties/isHnsEnabled is not set; hierarchical namespace`; what has no pointer by its note. */
function evidenceText({ resource, pointer, value, note }: Evidence): string {
  const none = value === undefined || value === null;
  const shown = none ? '' : stringifyJson(value).slice(0, 300);
  const known = none ? 'not known' : shown;
  if (pointer === '')
    return `${nameInParent(resource)}, ${note.endsWith('.') ? `${known}; ${note}` : `${note}: ${known}`}`;
  return `${nameInParent(resource)}, ${pointer} is ${none ? 'not set' : shown}${note === '' ? '' : `; ${note}`}`;
}

/** Items of a list that are read out; the rest is counted. */
export const listed = 12;

/** `storage.x on a and s, b`: findings of one rule in one sentence. */
export function byRule(ids: readonly string[]): string[] {
  const groups = [...Map.groupBy(ids, (id) => id.split('@')[0] ?? id)];
  return groups.map(([rule, own]) => {
    const names = own.slice(0, listed).map((id) => subjectWords(findingParts(id) ?? { resource: id }));
    const rest = own.length - names.length;
    return clean(`${rule} on ${names.join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`, 1500);
  });
}
