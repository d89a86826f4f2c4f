// Azure Policy Insights: the compliance of resources, and whether a policy would deny a resource before it is written. Sources:
// learn.microsoft.com, "Policy States - List Query Results" (2019-10-01) and "Policy Restrictions - Check At Resource Group Scope"
// (2022-03-01). Here compliance is evaluated when it is asked for; Azure takes up to 30 minutes after a write.
import { fold, typeOf, within } from '../../gateway/address.ts';
import { ArmError, type GatewayResponse, ok } from '../../gateway/answer.ts';
import { requireAction } from '../../gateway/authorization.ts';
import type { Machine } from '../../gateway/machine.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, object, type Plain, text } from '../../json.ts';
import { deniedBy, type Hit, policyStates } from '../../policy/evaluate.ts';
import type { PolicySubject } from '../../policy/fields.ts';
import { inlineMembers } from '../../store/inline.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderCall, ProviderType } from '../provider.ts';
import type { HttpRoute } from '../route.ts';

/** Later than every version of a type: what is stored is evaluated with the newest. */
const newest = '9999-12-31';
const insights = 'Microsoft.PolicyInsights';

export const policyInsightsRoutes = (types: () => readonly ProviderType[]): readonly HttpRoute[] => [
  {
    path: /^(\/subscriptions\/[^/]+.*?)\/providers\/Microsoft\.PolicyInsights\/policyStates\/latest\/queryResults$/i,
    methods: { POST: (machine, call, [scope = '']) => stateQuery(machine, call, scope, types()) },
  },
  {
    path: /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\/providers\/Microsoft\.PolicyInsights\/checkPolicyRestrictions$/i,
    methods: { POST: (machine, _call, [scope = ''], body) => restrictions(machine, scope, body()) },
  },
];

function subjectsIn(machine: Machine, scope: string, types: readonly ProviderType[]): PolicySubject[] {
  const spelt = new Map(types.map(({ type }) => [fold(type), type]));
  const ids = machine.store.ids().filter((id) => within(id, scope));
  const documents = ids.flatMap((id) => machine.store.document(id) ?? []);
  const parts = [...inlineMembers].flatMap(([type]) => machine.store.ofType(type, scope));
  return [...documents, ...parts].flatMap((document): PolicySubject[] => {
    const id = idOf(document);
    const type = typeOf(id);
    return id === '' ? [] : [{ id, type: spelt.get(fold(type)) ?? type, document, apiVersion: newest }];
  });
}

function stateQuery(
  machine: Machine,
  { request, now }: ProviderCall,
  scope: string,
  types: readonly ProviderType[],
): GatewayResponse {
  requireAction(machine, scope, `${insights}/policyStates/queryResults/read`);
  const rows = subjectsIn(machine, scope, types).flatMap((subject) =>
    policyStates(machine.store, subject, machine.note).map(
      ({ assigned, effect, isCompliant }): Plain => ({
        timestamp: now,
        resourceId: subject.id,
        resourceType: subject.type,
        policyAssignmentId: idOf(assigned.assignment),
        policyDefinitionId: idOf(assigned.definition),
        policyDefinitionAction: effect,
        isCompliant,
        complianceState: isCompliant ? 'Compliant' : 'NonCompliant',
      }),
    ),
  );
  const context = `${request.origin}${scope}/providers/${insights}/policyStates/$metadata#latest`;
  return ok(object({ '@odata.context': context, '@odata.count': rows.length, value: rows }));
}

/** The resource comes partly; what a policy would deny is said for each policy. */
function restrictions(machine: Machine, scope: string, body: ArmObject): GatewayResponse {
  requireAction(machine, scope, `${insights}/checkPolicyRestrictions/read`);
  const content = at(body, 'resourceDetails', 'resourceContent');
  const type = text(content, 'type');
  const name = text(content, 'name');
  if (!isObject(content) || type === undefined) {
    throw new ArmError(400, 'InvalidCheckRestrictionsRequest', 'The resource content is missing, or has no type.');
  }
  const id = `${text(body, 'resourceDetails', 'scope') ?? scope}/providers/${withNames(type, name ?? 'unnamed')}`;
  const apiVersion = text(body, 'resourceDetails', 'apiVersion') ?? newest;
  const hits = deniedBy(machine.store, { id, type, document: content, apiVersion }, machine.note);
  const evaluations = hits.map(evaluation);
  return ok(object({ fieldRestrictions: [], contentEvaluationResult: { policyEvaluations: evaluations } }));
}

/** `Microsoft.X/a/b` and `one/two` as `Microsoft.X/a/one/b/two`. */
function withNames(type: string, name: string): string {
  const [namespace = '', ...types] = type.split('/');
  const names = name.split('/');
  return [namespace, ...types.flatMap((word, index) => [word, names[index] ?? 'unnamed'])].join('/');
}

function evaluation({ assigned: { assignment, definition, set }, expressions }: Hit): ArmJson {
  const reasons = list(assignment, 'properties', 'nonComplianceMessages').flatMap(
    (entry) => text(entry, 'message') ?? [],
  );
  return json({
    policyInfo: {
      policyDefinitionId: idOf(definition),
      policyAssignmentId: idOf(assignment),
      policySetDefinitionId: set && idOf(set),
    },
    evaluationResult: 'NonCompliant',
    evaluationDetails: {
      evaluatedExpressions: expressions.map(({ kind, path, operator, result }) => ({
        result: result ? 'True' : 'False',
        expressionKind: kind,
        path,
        operator,
      })),
      reason: reasons.join(' '),
    },
    effectDetails: { policyEffect: 'Deny' },
  });
}
