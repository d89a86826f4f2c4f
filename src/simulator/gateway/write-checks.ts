// What a write is refused for before its type handles it: preconditions, the form of the body, the scope, the verb; and the
// refusals that several parts of the gateway share.
import { type ArmObject, text } from '../json.ts';
import type { ProviderCall, ProviderType } from '../providers/provider.ts';
import { misfit } from '../providers/shape.ts';
import { fold } from './address.ts';
import { ArmError, networkError } from './answer.ts';
import type { Job } from './job.ts';

export function checkPreconditions(job: Job, before: ArmObject | undefined, isPut: boolean): void {
  if (!job.provider.etags) return;
  const { headers } = job.call.request;
  const wanted = headers['if-match'];
  const etag = text(before, 'etag');
  const failed = networkError(
    412,
    'PreconditionFailed',
    `The precondition of the request was not met: the etag of resource ${job.id} is ${etag ?? 'not known'}.`,
  );
  if (isPut && before && headers['if-none-match'] === '*') throw failed;
  if (wanted === undefined) return;
  if (!before || (wanted !== '*' && wanted !== etag)) throw failed;
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

export function notFound(call: ProviderCall, provider: ProviderType, id: string): ArmError {
  const { address } = call;
  const [namespace = '', ...types] = provider.type.split('/');
  const isNetworkChild = fold(namespace) === 'microsoft.network' && types.length > 1;
  if (isNetworkChild) return networkError(404, 'NotFound', `Resource ${id} not found.`);
  const names = address.types.map((type, index) => `${type}/${address.names[index] ?? ''}`).join('/');
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${address.namespace}/${names}' under resource group '${address.group ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    { gateway: true },
  );
}

export function notAllowed(job: Job): ArmError {
  return new ArmError(
    405,
    'HttpMethodNotSupported',
    `The resource type '${job.provider.type}' does not support the method '${job.call.request.method}'.`,
  );
}
