// What a write is refused for before its type handles it: preconditions, the form of the body, the scope, the verb; and the
// refusals that several parts of the gateway share.
import { type ArmObject, text } from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import type { ProviderCall, ProviderType } from '../providers/provider.ts';
import { misfit } from '../providers/shape.ts';
import { missingResource } from '../wire/missing.ts';
import { fold, nameOf, typeOf } from './address.ts';
import { ArmError, networkError } from './answer.ts';
import type { Job } from './job.ts';

/** The refusal of a write whose `If-Match` or `If-None-Match` does not hold; undefined where they do. */
export function unmetPrecondition(job: Job, before: ArmObject | undefined, isPut: boolean): ArmError | undefined {
  const { id, name, provider } = job;
  if (!provider.etags) return undefined;
  const { headers } = job.call.request;
  const wanted = headers['if-match'];
  const etag = text(before, 'etag');
  const isMade = isPut && before !== undefined && headers['if-none-match'] === '*';
  const isOther = wanted !== undefined && (!before || (wanted !== '*' && wanted !== etag));
  if (!isMade && !isOther) return undefined;
  if (provider.calls !== undefined) {
    const why = isMade ? 'exists already and hence cannot be created again' : 'has been modified (etag mismatch)';
    return new ArmError(412, 'PreconditionFailed', `The ${provider.calls} ${name} ${why}.`, { bare: true });
  }
  return networkError(
    412,
    'PreconditionFailed',
    `The precondition of the request was not met: the etag of resource ${id} is ${etag ?? 'not known'}.`,
  );
}

export function checkShape(provider: ProviderType, body: ArmObject): void {
  const where = provider.shape && misfit(body, provider.shape);
  if (where === undefined) return;
  const why = `Error converting value at path '${where}'.`;
  throw fold(provider.type).startsWith('microsoft.network/')
    ? networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [{ code: 'InvalidJson', message: why }])
    : new ArmError(
        400,
        'InvalidRequestContent',
        `The request content was invalid and could not be deserialized: '${why}'.`,
      );
}

export function checkLocation(job: Job, before: ArmObject | undefined, body: ArmObject): void {
  const [old, asked] = [text(before, 'location'), text(body, 'location')];
  if (old === undefined || asked === undefined || plainLocation(old) === plainLocation(asked)) return;
  const group = job.call.address.group ?? '';
  throw new ArmError(
    409,
    'InvalidResourceLocation',
    `The resource '${job.name}' already exists in location '${old}' in resource group '${group}'. A resource with the same name cannot be created in location '${asked}'. Please select a new resource name.`,
    { gateway: true },
  );
}

const plainLocation = (name: string): string => fold(name).replaceAll(' ', '');

export function inProgress(url: string): ArmError {
  return networkError(
    409,
    'AnotherOperationInProgress',
    `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${url}.`,
  );
}

const waitForAnother = 11;

/** What runs on the parent or beside: Azure says when the call can be retried. */
export function busyWith({ id, verb, target, holds }: LongOperation): ArmError {
  const verbs: Readonly<Record<string, string>> = { PUT: 'Put', PATCH: 'Put', DELETE: 'Delete', POST: 'Post' };
  const type = nameOf(typeOf(target)).replace(/ies$/, 'y').replace(/s$/, '');
  const message = `Operation ${verbs[verb]}${type.charAt(0).toUpperCase()}${type.slice(1)}Operation (${id}) is updating resource ${holds}. The call can be retried in ${waitForAnother} seconds.`;
  return new ArmError(429, 'RetryableError', 'A retryable error occurred.', {
    details: [{ code: 'RetryableErrorDueToAnotherOperation', message }],
    headers: { 'retry-after': String(waitForAnother) },
  });
}

export const notFound = ({ address }: ProviderCall, { type }: ProviderType, id: string): ArmError =>
  missingResource(type, address, id);

export function notAllowed(job: Job): ArmError {
  return new ArmError(
    405,
    'HttpMethodNotSupported',
    `The resource type '${job.provider.type}' does not support the method '${job.call.request.method}'.`,
  );
}
