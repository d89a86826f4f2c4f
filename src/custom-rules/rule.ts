// A rule of a rule file as a rule of the audit: checked for every resource of its type, with the values that decided as evidence.

import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { defineRule } from '../rules/define.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, unknown } from '../rules/parts/verdict.ts';
import type { CheckResult, Rule, Subjects } from '../rules/rule.ts';
import { type ConditionResult, evaluate } from './condition.ts';
import type { CustomRule } from './read.ts';

const mostEvidence = 20;

export function toRule({ id, resource: type, when, require, ...said }: CustomRule, file: string): Rule {
  return defineRule<Resource>({
    file,
    id,
    title: said.requirement,
    problem: said.problem,
    severity: said.severity,
    about: type,
    explain: {
      ...{ why: said.why, fix: said.fix, links: said.sources },
      ...(said.impact === undefined ? {} : { breaks: said.impact }),
    },
    subjects: everyOf(type),
    check(resource) {
      const applies = when === undefined ? undefined : evaluate(when, resource.body);
      if (applies !== undefined && applies.holds !== true) {
        if (applies.holds !== false) return undecided(resource, applies);
        const why = applies.said.map(({ seen }) => seen).join(', ');
        return notApplicable(
          `The rule does not apply to ${displayName(resource.id)}: ${why}.`,
          evidenceOf(resource, applies),
        );
      }
      const result = evaluate(require, resource.body);
      if (typeof result.holds !== 'boolean') return undecided(resource, result);
      return resultOf(result.holds ? pass : fail, resource, result);
    },
  });
}

function resultOf(make: typeof pass, resource: Resource, result: ConditionResult): CheckResult {
  const clauses = result.said.map(({ seen, expected }) => (expected === null ? seen : `${seen}; expected ${expected}`));
  return make(`${displayName(resource.id)}: ${[...new Set(clauses)].join('. ')}.`, evidenceOf(resource, result));
}

function evidenceOf(resource: Resource, { values }: ConditionResult) {
  const seen = new Map(values.map((value) => [value.pointer, value]));
  return [...seen.values()].slice(0, mostEvidence).map(({ pointer, note }) => evidenceAt(resource, pointer, note));
}

/** Throws UnreadableError for a read that failed: the outcome is then unknown, with what was missing. */
function undecided(resource: Resource, { holds }: ConditionResult): CheckResult {
  if (holds instanceof UnreadableError) throw holds;
  const why = typeof holds === 'object' ? holds.undecided : 'the condition could not be evaluated';
  return unknown(`${displayName(resource.id)}: ${why}.`);
}

/** Every resource of a type, and those of it that could not be read; the workspace represents "none". */
const everyOf = (type: string): Subjects<Resource> => ({
  list({ index }) {
    const found = index.ofType(type).map(({ id }) => ({ resource: id }));
    const unread = unreadOf(type, index).filter(({ id }) => sameId(typeOf(id), type) && !isList(id, type));
    const all = [...found, ...unread.map(({ id }) => ({ resource: id }))];
    const { workspace } = index.snapshot;
    const isOpen = all.length === 0 || unreadOf(type, index).some(({ id }) => isList(id, type));
    return isOpen && workspace !== null && !all.some(({ resource }) => sameId(resource, workspace))
      ? [...all, { resource: workspace }]
      : all;
  },
  resolve({ resource }, { index }) {
    const seen = index.peek(resource);
    if (seen.state === 'gap') throw new UnreadableError(seen.gap);
    if (seen.state === 'read' && fold(seen.resource.type) === fold(type)) return seen.resource;
    const list = unreadOf(type, index).find(({ id }) => isList(id, type));
    if (list !== undefined) throw new UnreadableError(list);
    return notApplicable(`No resource of type ${type} was read.`);
  },
});

/** Reads of the type that failed, one resource or a list; what does not exist is no failure. */
const unreadOf = (type: string, { snapshot }: SnapshotIndex): readonly ReadFailure[] =>
  snapshot.gaps.filter(({ id, status }) => status !== 404 && (isList(id, type) || sameId(typeOf(id), type)));

/** `.../providers/Microsoft.Storage/storageAccounts`, and the same below a parent. */
const isList = (id: string, type: string): boolean =>
  fold(nameOf(id)) === fold(nameOf(type)) && sameId(typeOf(id), type) && id.split('/').length % 2 === 0;
