// What Azure was recorded to answer to writes, by type: status, body, headers of long operations and Retry-After.
// One row of `recorded.json` a type, verb and case. What is in no row is answered as ARM's contract for resource providers says.
// Sources, read 2026-11-30: public test recordings of azure-cli (d8453938), azure-cli-extensions (2a0caa45, 2025-11),
// azure-service-operator (4c8c8b4b, 2026-08) and cloud-custodian (df800e9e); each row says how many answers were alike.

import { fold } from '../gateway/address.ts';
import { type ArmObject, at, isObject, stringifyJson } from '../json.ts';
import answers from './recorded.json' with { type: 'json' };

export type WriteVerb = 'PUT' | 'PATCH' | 'DELETE';
/** The headers that say where a long operation can be followed. */
export type FollowedBy = 'async' | 'location' | 'both' | 'none';

export interface RecordedAnswer {
  readonly types: readonly string[];
  readonly verb: WriteVerb;
  /** Whether the resource was there; both unless said. */
  readonly of?: 'new' | 'there';
  readonly status: 200 | 201 | 202;
  readonly body: 'resource' | 'object' | 'none';
  readonly followed: FollowedBy;
  /** Seconds. */
  readonly retryAfter?: number;
  /** `provisioningState` in the answer where it is not that of the type. */
  readonly state?: string;
  /** What leaves the properties as they were is over at once, says Succeeded and asks nobody to wait. */
  readonly settles?: true;
  /** Preconditions are checked by the operation, not by the answer. */
  readonly late?: true;
  /** Only in these api-versions. */
  readonly versions?: readonly string[];
  /** Only where the body says something of one of these members of `properties`. */
  readonly members?: readonly string[];
  /** How many were recorded so, of which clients. */
  readonly source: string;
}

export const recordedAnswers = answers as readonly RecordedAnswer[];

/** Azure sends Retry-After in every version; the recorders of these did not keep it, or they are of before it was sent. */
const withoutRetryAfter: Readonly<Record<string, readonly string[]>> = {
  'microsoft.network': [
    ...['2018-02-01', '2018-09-01', '2018-10-01', '2021-02-01', '2021-03-01', '2021-05-01', '2021-08-01', '2022-01-01'],
    ...['2024-01-01', '2024-07-01', '2024-10-01'],
  ],
  'microsoft.storage': [
    ...['2018-07-01', '2019-04-01', '2021-02-01', '2021-09-01', '2022-09-01', '2024-01-01', '2025-01-01'],
  ],
};

const byType = new Map<string, RecordedAnswer[]>();
for (const row of recordedAnswers) {
  for (const type of row.types) byType.set(fold(type), [...(byType.get(fold(type)) ?? []), row]);
}

export interface RecordedWrite {
  readonly type: string;
  readonly verb: WriteVerb;
  readonly apiVersion: string;
  readonly before: ArmObject | undefined;
  /** Undefined for DELETE. */
  readonly body?: ArmObject | undefined;
}

/** The first row that fits. */
export function recordedAnswer(write: RecordedWrite): RecordedAnswer | undefined {
  return byType.get(fold(write.type))?.find((row) => {
    const of = write.before === undefined ? 'new' : 'there';
    return (
      row.verb === write.verb &&
      (row.of ?? of) === of &&
      (row.versions?.includes(write.apiVersion) ?? true) &&
      (row.members?.some((name) => at(write.body, 'properties', name) !== undefined) ?? true)
    );
  });
}

/** Seconds that an answer asks to wait; null where it asks for none. */
export function recordedWait(row: RecordedAnswer, type: string, apiVersion: string): number | null {
  const [namespace = ''] = fold(type).split('/');
  return withoutRetryAfter[namespace]?.includes(apiVersion) ? null : (row.retryAfter ?? null);
}

const passing = ['etag', 'provisioningstate', 'resourceguid'];

/** Does a write leave the properties as they were? Microsoft.Network then has nothing to wait for. */
export function leavesProperties(before: ArmObject, next: ArmObject): boolean {
  return stringifyJson(lasting(at(before, 'properties'))) === stringifyJson(lasting(at(next, 'properties')));
}

function lasting(value: ReturnType<typeof at>): NonNullable<ReturnType<typeof at>> | null {
  if (Array.isArray(value)) return value.map(lasting);
  if (!isObject(value)) return value ?? null;
  return new Map(
    [...value].filter(([name]) => !passing.includes(fold(name))).map(([name, item]) => [name, lasting(item)]),
  );
}
