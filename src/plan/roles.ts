// Role assignments: a plan, file or history writes none but those that rules plan. Pure.
import type { Change } from '../model/change.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Gate } from '../model/plan.ts';
import { attempt } from '../model/readable.ts';
import { fold, isWithin, resourceGroupOf, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { refusedRole, roleAssignmentType, roleAssignmentView } from '../resource-types/index.ts';

/** Types whose identities rules assign roles to. */
const holders = ['Microsoft.MachineLearningServices/workspaces', 'Microsoft.ContainerService/managedClusters'];

/** A failing gate for an assignment that no rule plans: another role, a condition, another identity, or a wider scope. */
export function roleGates(change: Change, index: SnapshotIndex): Gate[] {
  if (change.kind !== 'create' || !sameId(typeOf(change.resource), roleAssignmentType)) return [];
  const { resource: id, body } = change;
  const why = attempt(
    () => refusedRole(id, body) ?? strange(id, body, index),
    ({ gap }) => gap.reason,
  );
  return why === undefined
    ? []
    : [{ kind: 'state', outcome: 'fail', detail: `The role assignment is not written. ${why}` }];
}

function strange(id: string, body: Change['body'], index: SnapshotIndex): string | undefined {
  const { principal = '', scope } = roleAssignmentView({
    id,
    type: roleAssignmentType,
    apiVersion: '',
    body: body ?? {},
  });
  const { resources } = index.snapshot;
  if (resourceGroupOf(scope) === undefined || !resources.some((one) => isWithin(one.id, scope)))
    return 'Its scope is no resource, and no resource group of one, that was read.';
  const isKnown = resources.some(
    (one) => holders.some((type) => sameId(type, one.type)) && identitiesIn(one.body).includes(fold(principal)),
  );
  return isKnown ? undefined : 'Its principal is no identity of the workspace or of a cluster that was read.';
}

/** Object ids of the identities that a body names. */
function identitiesIn(body: Json): string[] {
  if (!isObject(body)) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    ['principalId', 'objectId'].includes(name) && typeof value === 'string' ? [fold(value)] : identitiesIn(value),
  );
}
