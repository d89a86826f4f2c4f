// What online endpoints and their deployments have in common: names, the service's way of refusing, identities, the workspace that
// they are of.
import { fold, parentOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  JsonNumber,
  object,
  put,
  stringifyJson,
  text,
} from '../../json.ts';
import { mergeDocument } from '../documents.ts';

export const endpointType = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
export const deploymentType = `${endpointType}/deployments`;

/** Begins with a letter, three to thirty-two letters, digits and single dashes (learn.microsoft.com, "Manage resources and quotas"). */
const names = /^(?=.{3,32}$)[a-z](?:-?[a-z0-9])*$/i;

/** Behind the workspace is another service, whose answer the workspace passes on inside its own. */
export function invalid(message: string): ArmError {
  const inner = object({ errors: { '': [message] }, title: 'One or more validation errors occurred.' });
  return new ArmError(400, 'BadRequest', 'The request is invalid.', {
    details: [{ code: 'InferencingClientCallFailed', message: stringifyJson(inner) }],
  });
}

export function checkName(name: string, what: string): void {
  if (names.test(name)) return;
  throw invalid(
    `The ${what} name '${name}' is invalid. It must begin with a letter, be 3-32 characters in length, and consist of letters, numbers and single dashes.`,
  );
}

/** One of the values that are known, whatever its letter case; throws for any other. */
export function oneOf(value: ArmJson | undefined, known: readonly string[], what: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const found = known.find((one) => typeof value === 'string' && fold(one) === fold(value));
  if (found === undefined) throw invalid(`The value of ${what} is not one of ${known.join(', ')}.`);
  return found;
}

/** A PATCH changes members of this list only; throws for others, but for those that the address says already. */
export function patched(before: ArmObject, body: ArmObject, members: readonly string[]): ArmObject {
  const said = ['id', 'name', 'type', 'location'];
  const strange = [...body.keys()].find((name) => ![...members, ...said].includes(fold(name)));
  if (strange !== undefined) throw invalid(`The member ${strange} cannot be patched, only ${members.join(' and ')}.`);
  return mergeDocument(before, new Map([...body].filter(([name]) => members.includes(fold(name)))));
}

/** The service makes the principal of an identity of the resource's own, which stays while the identity does. */
export function settleIdentity(before: ArmObject | undefined, next: ArmObject, newId: () => string): void {
  const [old, identity] = [at(before, 'identity'), at(next, 'identity')];
  if (!isObject(identity) || !/systemassigned/i.test(text(identity, 'type') ?? '')) return;
  for (const name of ['principalId', 'tenantId']) put(identity, name, at(old, name) ?? newId());
}

/** `westeurope`, whatever way it is written. */
export const regionOf = (body: ArmObject | undefined): string => fold(text(body, 'location') ?? '').replaceAll(' ', '');

/** The id of the workspace that an endpoint, or a deployment of one, is of. */
export const workspaceOf = (id: string): string => {
  const parent = parentOf(id);
  return /\/onlineendpoints\//i.test(parent) ? parentOf(parent) : parent;
};

export const numberOf = (value: ArmJson | undefined): number =>
  value instanceof JsonNumber ? Number(value.text) : Number.NaN;
