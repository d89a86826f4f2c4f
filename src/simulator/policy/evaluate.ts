// Azure Policy in the gateway: a write that an assigned `deny` forbids is refused in Azure's words; and what the assigned policies
// say of a resource as it is. A policy that is not understood decides nothing, and a note says so.
import { fold, nameOf } from '../gateway/address.ts';
import { ArmError } from '../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, type Plain, stringifyJson, text } from '../json.ts';
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
export function refuseByPolicy(store: Store, subject: PolicySubject, note: (text: string) => void): void {
  const hits = deniedBy(store, subject, note);
  if (hits.length > 0) throw disallowed(nameOf(subject.id), hits);
}

/** The policies that deny this document. */
export function deniedBy(store: Store, subject: PolicySubject, note: (text: string) => void): Hit[] {
  return assignedTo(store, subject.id, true).flatMap((assigned): Hit[] => {
    const expressions = understood(assigned, note, () => {
      const word = effectOf(assigned);
      if (harmless.includes(word) || !isMeant(assigned.definition, subject)) return undefined;
      if (word !== 'deny') throw new NotUnderstood(`the effect '${word}'`);
      return metBy(assigned, subject);
    });
    return expressions === undefined ? [] : [{ assigned, expressions }];
  });
}

/** What one assigned policy says of a resource as it is. */
export interface PolicyState {
  readonly assigned: Assigned;
  /** In lower case: `audit`, `deny`, `auditifnotexists`. */
  readonly effect: string;
  readonly isCompliant: boolean;
}

const judging = ['audit', 'deny', 'auditifnotexists'];

/** The states of a resource under every policy assigned to it that is about it. */
export function policyStates(store: Store, subject: PolicySubject, note: (text: string) => void): PolicyState[] {
  return assignedTo(store, subject.id, false).flatMap((assigned): PolicyState[] => {
    const found = understood(assigned, note, (): PolicyState | undefined => {
      const effect = effectOf(assigned);
      if (effect === 'disabled' || !isMeant(assigned.definition, subject) || !isAbout(assigned, subject))
        return undefined;
      if (!judging.includes(effect)) throw new NotUnderstood(`the effect '${effect}'`);
      const isMet = metBy(assigned, subject) !== undefined;
      return {
        assigned,
        effect,
        isCompliant: !isMet || (effect === 'auditifnotexists' && hasRelated(store, assigned, subject)),
      };
    });
    return found === undefined ? [] : [found];
  });
}

/** Is the type of the resource one that the rule names? A policy says nothing of the others. */
function isAbout({ definition, parameters }: Assigned, subject: PolicySubject): boolean {
  const types: string[] = [];
  const look = (condition: ArmJson | undefined): void => {
    if (Array.isArray(condition)) for (const item of condition) look(item);
    if (!isObject(condition)) return;
    if (text(condition, 'field')?.toLowerCase() === 'type') {
      const value = at(condition, 'equals') ?? at(condition, 'in') ?? null;
      for (const type of [resolve(value, parameters, subject)].flat())
        if (typeof type === 'string') types.push(fold(type));
    }
    for (const value of condition.values()) look(value);
  };
  look(at(definition, 'properties', 'policyRule', 'if'));
  return types.length === 0 || types.includes(fold(subject.type));
}

/** Does one of the related resources exist, and fulfil the existence condition? */
function hasRelated(store: Store, { definition, parameters }: Assigned, subject: PolicySubject): boolean {
  const details = at(definition, 'properties', 'policyRule', 'then', 'details');
  const type = text(details, 'type');
  if (type === undefined) throw new NotUnderstood('an existence without a type');
  const condition = at(details, 'existenceCondition');
  return store
    .ofType(type, subject.id)
    .some(
      (document) =>
        condition === undefined ||
        holds(condition, { ...subject, id: idOf(document), type, document }, parameters, () => {}),
    );
}

function effectOf({ definition, parameters }: Assigned): string {
  const effect = resolve(at(definition, 'properties', 'policyRule', 'then', 'effect') ?? null, parameters);
  return typeof effect === 'string' ? fold(effect) : '';
}

/** The comparisons by which the rule's condition is met; undefined when it is not. */
function metBy({ definition, parameters }: Assigned, subject: PolicySubject): EvaluatedCondition[] | undefined {
  const seen: EvaluatedCondition[] = [];
  const rule = at(definition, 'properties', 'policyRule', 'if');
  return holds(rule, subject, parameters, (expression) => seen.push(expression)) ? seen : undefined;
}

/** What is computed about a policy; undefined, with a note, where it says something that is not evaluated here. */
function understood<T>(
  { assignment, definition }: Assigned,
  note: (text: string) => void,
  compute: () => T | undefined,
): T | undefined {
  try {
    return compute();
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
