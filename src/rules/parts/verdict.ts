// Results of checks, evidence from the raw body, and names made safe to display.
import type { AssumptionName } from '../../model/assumption.ts';
import { type Evidence, type Severity, severities } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import { readable } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, parentId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { UnreadableError } from '../../model/unreadable-error.ts';
import { isUnresolvedRead } from '../../model/unresolved.ts';
import type { CheckResult } from '../rule.ts';

type Seen = readonly Evidence[];
export const pass = (because: string, evidence: Seen = []): CheckResult => ({ outcome: 'pass', because, evidence });
export const unknown = (because: string, evidence: Seen = []): CheckResult => ({
  outcome: 'unknown',
  because,
  evidence,
});
/** Unknown, because an assumption that decides it is not set. */
export const unset = (name: AssumptionName, because: string): CheckResult => ({ ...unknown(because), unset: name });
export const notApplicable = (because: string, evidence: Seen = []): CheckResult => ({
  outcome: 'notApplicable',
  because,
  evidence,
});
/** `severity`: given where it is lower than the rule's. */
export const fail = (because: string, evidence: Seen = [], severity?: Severity): CheckResult => ({
  outcome: 'fail',
  because,
  evidence,
  ...(severity === undefined ? {} : { severity }),
});

/** One item of evidence: the value at a pointer of the raw body, `null` when absent, an unresolved value as its expression. */
export const evidenceAt = (resource: Resource, pointer: Pointer, note: string): Evidence => ({
  resource: resource.id,
  pointer,
  value: valueOrExpression(resource, pointer),
  note,
});
function valueOrExpression({ body }: Resource, pointer: Pointer): Json {
  try {
    return valueAt(body, pointer) ?? null;
  } catch (error) {
    if (isUnresolvedRead(error)) return error.gap.open?.expression ?? null;
    throw error;
  }
}
/** Evidence for a resource that does not exist, or for an assumption. */
export const noted = (resource: string, value: Json, note: string): Evidence => ({
  resource,
  pointer: '',
  value,
  note,
});

export const displayName = (id: string): string => clean(nameOf(id), 120);
/** `vnet-ml/snet-train`. */
export const subnetShown = (id: string): string => {
  const network = parentId(id);
  return network === undefined ? clean(id, 200) : `${displayName(network)}/${displayName(id)}`;
};
export const listed = (items: readonly string[]): string =>
  items.length <= 1 ? (items[0] ?? 'none') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
/** The same, the first few of many. */
export const few = (items: readonly string[]): string =>
  items.length <= 6 ? listed(items) : listed([...items.slice(0, 5), `${items.length - 5} more`]);
/** Foreign text in quotation marks. */
export const quoted = (text: unknown): string =>
  `"${clean(typeof text === 'string' ? text : JSON.stringify(text), 200)}"`;

/**
 * One result for several: any failure fails (at the worst severity), else anything unknown is unknown. A failed read makes the
 * result unknown, by the same throw, unless another part fails.
 */
export function worstOf(own: Severity, parts: readonly (() => CheckResult)[]): CheckResult {
  const verdicts: CheckResult[] = [];
  let gap: UnreadableError | undefined;
  for (const part of parts) {
    const verdict = readable(part);
    if (verdict.state === 'known') verdicts.push(verdict.value);
    else gap ??= verdict.error;
  }
  const evidence = verdicts.flatMap((verdict) => verdict.evidence ?? []);
  const some = (outcome: CheckResult['outcome']) => verdicts.filter((verdict) => verdict.outcome === outcome);
  const say = (them: readonly CheckResult[]) => [...new Set(them.map((verdict) => verdict.because))].join(' ');
  const failing = some('fail');
  if (failing.length > 0) {
    const levels = failing.map((verdict) => verdict.severity ?? own);
    return fail(say(failing), evidence, severities.find((level) => levels.includes(level)) ?? own);
  }
  if (gap) throw gap;
  const undecided = some('unknown');
  const [first] = undecided;
  if (first !== undefined) {
    const isAlike = undecided.every((verdict) => verdict.unset === first.unset);
    return {
      ...unknown(say(undecided), evidence),
      ...(isAlike && first.unset !== undefined && { unset: first.unset }),
    };
  }
  const passing = some('pass');
  return passing.length > 0 ? pass(say(passing), evidence) : notApplicable(say(verdicts), evidence);
}
