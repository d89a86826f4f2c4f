// Turns an answer that shows nothing into a read failure: what was requested, why it was not given, and the missing ARM action. Pure.
import { isNamed } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import type { ArmRefusal } from './arm-client.ts';
import { refusalOf } from './refusal.ts';
import type { TransportAnswer, TransportError } from './transport.ts';

/** The action Azure names in `AuthorizationFailed`, or the read of the type. */
function actionIn(message: string, type: string): string {
  return /perform action '(\w+\.[\w.]+\/[\w./*-]+)'/.exec(message)?.[1] ?? `${type}/read`;
}

/** A read failure from an HTTP status. Status 404 is kept only where it says that the thing itself is not there. */
export function readFailureOf(id: string, type: string, answer: Pick<TransportAnswer, 'status' | 'body'>): ReadFailure {
  const { status } = answer;
  const refusal = refusalOf(status, answer.body);
  const action = actionIn(refusal.message, type);
  const base = { id, action, code: refusal.code };
  // A subscription that the caller cannot see answers 404 as well; that says nothing about the resource in it.
  if (status === 404 && /^(SubscriptionNotFound|InvalidSubscriptionId)$/.test(refusal.code)) {
    return { ...base, reason: 'Its subscription is not accessible with this sign-in.' };
  }
  if (refusal.code === 'MissingSubscriptionRegistration') {
    const namespace = type.slice(0, type.indexOf('/'));
    const how = `az provider register --namespace ${namespace}`;
    return {
      ...base,
      status,
      action: `${namespace}/register/action`,
      reason: `The subscription is not registered for ${namespace}, so its resources are not shown. Register it with ${how}.`,
    };
  }
  if (status === 404) {
    // Only Azure knows what does not exist: a proxy, a gateway or a type that the region lacks answers 404 as well.
    if (!saysAbsent(refusal, id))
      return { ...base, reason: `Azure did not say that it does not exist: 404, ${refusal.code}.` };
    return { ...base, status, reason: 'It does not exist (status 404).' };
  }
  if (status === 403) return { ...base, status, reason: `Access denied: ${action} is missing.` };
  if (status === 401) return { ...base, status, reason: 'It belongs to another tenant than this sign-in.' };
  return { ...base, status, reason: `Azure returned ${status}, ${refusal.code}: ${clean(refusal.message, 300)}` };
}

/**
 * Codes by which Azure says that the thing itself, or what it is in, is not there: ResourceNotFound, NotFound, ParentResourceNotFound,
 * ResourceGroupNotFound, DeletedVaultNotFound, RoleAssignmentNotFound, PolicyDefinitionNotFound, RoleDefinitionDoesNotExist; UserError of
 * Machine Learning; of a list also InvalidResourceType, since Azure has nothing of a type that it does not know (recorded: GET, 404, tests of azure-cli, azure-cli-extensions and azure-service-operator, read 2026-12-01).
 */
const saysAbsent = ({ code }: ArmRefusal, id: string): boolean =>
  /(?:NotFound|DoesNotExist|NotExists?)$|^UserError$/.test(code) || (code === 'InvalidResourceType' && !isNamed(id));

/** A read failure where no answer came. */
export const readFailureOfError = (id: string, type: string, error: TransportError): ReadFailure => ({
  id,
  action: `${type}/read`,
  code: error.code,
  reason: `The request to Azure failed: ${clean(error.message, 300)}.`,
});

/** A read failure where the answer was not valid. */
export const readFailureOfMalformed = (id: string, type: string, what: string): ReadFailure => ({
  id,
  action: `${type}/read`,
  code: 'UnreadableAnswer',
  reason: `The response of Azure could not be read: ${what}.`,
});
