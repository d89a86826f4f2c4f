// Where Azure lets a long operation be followed: the addresses of each service, as long and signed as Azure's, and how it answers there.
import { createHash } from 'node:crypto';
import { fold } from '../gateway/address.ts';

interface Place {
  /** A type with all that is below it, or a namespace. */
  readonly of: string;
  /** Last segments but one of the two addresses. */
  readonly status: string;
  readonly result: string;
  /** Of the two addresses, besides `api-version`. */
  readonly query?: { readonly status: string; readonly result: string };
  /** The addresses are below the resource group, not below a location. */
  readonly inGroup?: true;
  /** The address of the status is below the resource. */
  readonly ofResource?: true;
  /** The service's own version of its operations. */
  readonly version?: string;
  /** Status of HTTP while it runs, at the address of the status; 200 unless said. */
  readonly running?: 202;
  /** The name of an operation, of its GUID. */
  readonly name?: (id: string) => string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64url');

/** As recorded; the first that fits. `docs/reference/retries.md` says how a client follows them. */
const places: readonly Place[] = [
  {
    ...{ of: 'Microsoft.Network/privateDnsZones', inGroup: true, running: 202 },
    ...{ status: 'privateDnsOperationStatuses', result: 'privateDnsOperationResults' },
    name: (id) => base64(`FrontEndAsyncOperation;UpsertPrivateDnsZone;${id}_8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8`),
  },
  {
    of: 'Microsoft.Network/networkSecurityPerimeters',
    ...{ status: 'networkSecurityPerimeterOperationStatuses', result: 'networkSecurityPerimeterOperationStatuses' },
  },
  { of: 'Microsoft.Network/firewallPolicies', status: 'nfvOperations', result: 'nfvOperationResults' },
  {
    of: 'Microsoft.Storage',
    status: 'asyncoperations',
    result: 'asyncoperations',
    query: { status: '', result: 'monitor=true&' },
  },
  {
    ...{ of: 'Microsoft.MachineLearningServices/workspaces/computes', status: 'computeOperationsStatus' },
    ...{ result: 'computeOperationResults', query: { status: 'service=new&', result: 'service=new&' } },
  },
  {
    ...{ of: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints' },
    ...{ status: 'mfeOperationsStatus', result: 'mfeOperationResults', name: (id) => `oe:${id}:${id}` },
  },
  {
    ...{ of: 'Microsoft.MachineLearningServices', status: 'workspaceOperationsStatus' },
    ...{ result: 'workspaceOperationsStatus', query: { status: 'type=async&', result: 'type=location&' } },
    name: (id) => createHash('sha256').update(id).digest('base64url'),
  },
  {
    ...{
      of: 'Microsoft.Databricks',
      inGroup: true,
      running: 202,
      status: 'operationStatuses',
      result: 'operationStatuses',
    },
    name: (id) => base64(JSON.stringify({ fullyQualifiedApplianceId: id.repeat(5), jobId: id.repeat(3) })),
  },
  {
    ...{ of: 'Microsoft.ContainerRegistry', ofResource: true, status: 'operationStatuses', result: 'operationResults' },
    name: (id) => `registries-${id}`,
  },
  { of: 'Microsoft.ContainerService', status: 'operations', result: 'operationresults', version: '2016-03-30' },
  { of: '', status: 'operations', result: 'operationResults' },
];

const placeOf = (type: string): Place =>
  places.find(({ of }) => of === '' || `${fold(type)}/`.startsWith(`${fold(of)}/`)) ?? {
    of: '',
    status: 'operations',
    result: 'operationResults',
  };

export const operationName = (type: string, id: string): string => placeOf(type).name?.(id) ?? id;

export interface Followable {
  readonly origin: string;
  readonly type: string;
  /** Of the resource. */
  readonly id: string;
  readonly subscription: string;
  readonly apiVersion: string;
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function operationAddress(what: Followable, kind: 'status' | 'result'): string {
  const { origin, type, id, subscription, apiVersion, operation, now } = what;
  const place = placeOf(type);
  const [namespace = ''] = type.split('/');
  const group = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/i.exec(id)?.[0] ?? `/subscriptions/${subscription}`;
  const scope = place.inGroup
    ? `${group}/providers/${namespace}`
    : `/subscriptions/${subscription}/providers/${namespace}/locations/westeurope`;
  const above = place.ofResource && kind === 'status' ? id : scope;
  return `${origin}${above}/${place[kind]}/${operation}?${place.query?.[kind] ?? ''}api-version=${place.version ?? apiVersion}${signature(operation, now)}`;
}

/** The time, a certificate, a signature and a hash: as long as Azure's, and nothing is proven by them. */
function signature(operation: string, now: number): string {
  const ticks = BigInt(now) * 10_000n + 621_355_968_000_000_000n;
  const hash = createHash('sha256').update(operation).digest('base64url');
  return `&t=${ticks}&c=${certificate}&s=${hash.repeat(8).slice(0, 342)}&h=${hash}`;
}

const certificate =
  `MIIHlTCCBn2gAwIBAgIRANCla${createHash('sha512').update('asyncoperationsigningcertificate').digest('base64url').repeat(31)}`.slice(
    0,
    2615,
  );

export type AskedOperation = {
  readonly operation: string;
  readonly kind: 'status' | 'result';
  readonly running: 200 | 202;
};

/** What a request asks of which operation; undefined when its path is none of an operation. */
export function askedOperation(path: string, query: URLSearchParams): AskedOperation | undefined {
  const [, word = '', operation = ''] = /\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const place = places.find(({ status, result }) => [status, result].some((one) => fold(one) === fold(word)));
  if (place === undefined) return undefined;
  const isResult =
    fold(place.status) === fold(place.result)
      ? query.get('type') === 'location' || query.get('monitor') === 'true'
      : fold(word) === fold(place.result);
  return { operation, kind: isResult ? 'result' : 'status', running: isResult ? 200 : (place.running ?? 200) };
}
