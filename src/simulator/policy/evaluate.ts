// Azure Policy in the gateway: a write that an assigned `deny` forbids is refused in Azure's words.
// Other effects refuse nothing; a policy that is not understood decides nothing, and a note says so.
import { fold, nameOf } from '../gateway/address.ts';
import { ArmError } from '../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, json, list, type Plain, stringifyJson, text } from '../json.ts';
import { idOf, type Store } from '../store/store.ts';
import { type Assigned, assignedTo, scopeOfAssignment } from './assigned.ts';
import { type EvaluatedCondition, holds, resolve } from './conditions.ts';
import type { PolicySubject } from './fields.ts';
import { NotUnderstood } from './not-understood.ts';

/** Effects that never refuse a write. */
const harmless = ['audit', 'auditifnotexists', 'disabled', 'deployifnotexists', 'manual', 'denyaction'];

export interface Hit {
  readonly assigned: Assigned;
  readonly expressions: readonly EvaluatedCondition[];
}

/** Throws the 403 when a policy denies this document; `note` hears of every policy that could not be evaluated. */
export function refuseByPolicy(
  store: Store,
  id: string,
  type: string,
  document: ArmObject,
  note: (text: string) => void,
): void {
  const subject: PolicySubject = { id, type, document };
  const hits = assignedTo(store, id).flatMap((assigned) => {
    const expressions = deniedBy(assigned, subject, note);
    return expressions === undefined ? [] : [{ assigned, expressions }];
  });
  if (hits.length > 0) throw disallowed(nameOf(id), hits);
}

/** The comparisons that led to a denial; undefined when there is none. */
function deniedBy(
  assigned: Assigned,
  subject: PolicySubject,
  note: (text: string) => void,
): EvaluatedCondition[] | undefined {
  const { assignment, definition, parameters } = assigned;
  try {
    if (!isMeant(definition, subject)) return undefined;
    const rule = at(definition, 'properties', 'policyRule');
    const effect = resolve(at(rule, 'then', 'effect') ?? null, parameters);
    const word = typeof effect === 'string' ? fold(effect) : '';
    if (harmless.includes(word)) return undefined;
    if (word !== 'deny') throw new NotUnderstood(`the effect '${word}'`);
    const seen: EvaluatedCondition[] = [];
    return holds(at(rule, 'if'), subject, parameters, (expression) => seen.push(expression)) ? seen : undefined;
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    note(
      `policy ${nameOf(idOf(definition))}, assigned as ${nameOf(idOf(assignment))}: not evaluated, ${error.message}`,
    );
    return undefined;
  }
}

/** `Indexed` policies look only at types that have a location and tags. */
function isMeant(definition: ArmObject, { document }: PolicySubject): boolean {
  const mode = text(definition, 'properties', 'mode') ?? 'All';
  if (fold(mode) === 'all') return true;
  if (fold(mode) === 'indexed') return at(document, 'location') !== undefined;
  throw new NotUnderstood(`the mode '${mode}'`);
}

/** The refusal; also what the fault menu gives. */
export function disallowed(name: string, hits: readonly Hit[]): ArmError {
  const reasons = hits.flatMap(({ assigned }) =>
    list(assigned.assignment, 'properties', 'nonComplianceMessages').flatMap((entry) => text(entry, 'message') ?? []),
  );
  const message =
    reasons.length > 0
      ? `Resource '${name}' was disallowed by policy. Reasons: '${reasons.join("', '")}'. See error details for policy resource IDs.`
      : `Resource '${name}' was disallowed by policy. Policy identifiers: '${stringifyJson(json(hits.map(identifiers)))}'.`;
  return new ArmError(403, 'RequestDisallowedByPolicy', message, {
    gateway: true,
    target: name,
    additionalInfo: hits.map((hit) => json({ type: 'PolicyViolation', info: violation(hit) })),
  });
}

const shownName = (body: ArmObject): string => text(body, 'properties', 'displayName') ?? nameOf(idOf(body));

function identifiers({ assigned: { assignment, definition, set } }: Hit): Plain {
  return {
    policyAssignment: { name: shownName(assignment), id: idOf(assignment) },
    policyDefinition: { name: shownName(definition), id: idOf(definition) },
    policySetDefinition: set && { name: shownName(set), id: idOf(set) },
  };
}

function violation({ assigned: { assignment, definition, set }, expressions }: Hit): Plain {
  return {
    evaluationDetails: { evaluatedExpressions: expressions.map(shownExpression) },
    policyDefinitionId: idOf(definition),
    policySetDefinitionId: set && idOf(set),
    policyDefinitionName: nameOf(idOf(definition)),
    policyDefinitionDisplayName: shownName(definition),
    policyDefinitionEffect: 'deny',
    policyAssignmentId: idOf(assignment),
    policyAssignmentName: nameOf(idOf(assignment)),
    policyAssignmentDisplayName: shownName(assignment),
    policyAssignmentScope: scopeOfAssignment(idOf(assignment)),
    policyAssignmentParameters: at(assignment, 'properties', 'parameters') ?? {},
    policyExemptionIds: [],
  };
}

function shownExpression(expression: EvaluatedCondition): Plain {
  const { kind, operator, path, result, target, value } = expression;
  const spelt = operator.charAt(0).toUpperCase() + operator.slice(1);
  return {
    result: result ? 'True' : 'False',
    expressionKind: kind,
    expression: path,
    path: path.includes('/') ? `properties.${path.slice(path.lastIndexOf('/') + 1)}` : path,
    expressionValue: value as ArmJson | undefined,
    targetValue: target,
    operator: spelt,
  };
}
