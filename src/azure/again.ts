// Which refusals of a write mean that it was not applied and may be sent again. Pure; the one table of them.
import type { Again, ArmRefusal } from './arm-client.ts';

/** A row without a code is about the status alone. */
interface AgainRow extends Again {
  /** Azure's code, of the error or of one inside it. */
  readonly code?: RegExp;
  /** What its message says, where the code alone means other things as well. */
  readonly message?: RegExp;
  readonly status?: readonly number[];
  readonly source: string;
}

/** The first row that fits decides; what no row fits would be refused again. */
export const againTable: readonly AgainRow[] = [
  {
    why: 'changed',
    status: [412],
    source: 'RFC 9110, 15.5.13, 2022; recorded: PATCH of a record set, azure-cli tests',
  },
  {
    why: 'changed',
    code: /^PreconditionFailed$/,
    source: 'recorded: the operation of a PUT of a private DNS zone, which ends with HTTP 200, azure-cli tests',
  },
  {
    why: 'busy',
    code: /^AnotherOperationInProgress$/,
    source: 'recorded: PUT of a subnet and of a firewall, 409, azure-service-operator tests',
  },
  {
    why: 'busy',
    code: /^CanceledAndSupersededDueToAnotherOperation$/,
    source: "Microsoft's REST documents of Microsoft.Network, 2024",
  },
  {
    why: 'busy',
    code: /^RetryableError(?:DueToAnotherOperation)?$/,
    source: 'recorded: PUT of a subnet and of a route, 429, azure-service-operator tests',
  },
  {
    why: 'busy',
    code: /^ReferencedResourceNotProvisioned$/,
    source: 'recorded: PUT of a peering and of a NAT gateway, 400 and 429, azure-service-operator tests',
  },
  {
    why: 'busy',
    code: /^SubnetsNotProvisioned$/,
    source: 'github.com/Azure/azure-rest-api-specs/issues/11143',
  },
  {
    why: 'busy',
    code: /^StorageAccountOperationInProgress$/,
    source: 'github.com/Azure/terraform-azurerm-avm-res-storage-storageaccount/pull/382',
  },
  {
    why: 'busy',
    code: /^StorageAccountIsNotProvisioned$/,
    source: 'recorded: POST listKeys of an account, 409, azure-service-operator tests',
  },
  {
    why: 'busy',
    code: /^Conflict(?:Error)?$/,
    message:
      /another operation|operation is (?:pending|in progress)|concurrent request|parallel operations|changed from the point the operation began/i,
    source:
      'recorded: the operation of a PUT of a DNS resolver, HTTP 200, azure-service-operator tests; PATCH of a machine, 409, azure-cli tests; github.com/hashicorp/terraform-provider-azurerm/pull/32261',
  },
  {
    why: 'busy',
    code: /^PrincipalNotFound$/,
    message: /replication delay/i,
    longest: 120,
    source: 'recorded: PUT of a role assignment, 400, azure-service-operator tests',
  },
  {
    why: 'throttled',
    status: [429, 503],
    source: `RFC 9110, 10.2.3 and RFC 6585, 4; recorded: DELETE of an account, 503, azure-service-operator tests`,
  },
];

/** What a refusal says of sending the same write again; null where it would be refused again. */
export function againOf(refusal: ArmRefusal): Again | null {
  const inner = /"code"\s*:\s*\\?"(\w{1,80})/g;
  const said = [refusal, ...refusal.details];
  // Resource providers wrap the error of another one, as text.
  const codes = said.flatMap(({ code, message }) => [
    { code, message },
    ...[...message.matchAll(inner)].map(([, one = '']) => ({ code: one, message })),
  ]);
  const row = againTable.find(
    ({ status, code = /^/, message = /^/ }) =>
      (status?.includes(refusal.status) ?? true) &&
      codes.some((one) => code.test(one.code) && message.test(one.message)),
  );
  if (row === undefined) return null;
  return { why: row.why, ...(row.longest === undefined ? {} : { longest: row.longest }) };
}

/** Seconds that a message asks to wait, where no header does. */
export function secondsIn({ message, details }: ArmRefusal): number | undefined {
  for (const text of [message, ...details.map((detail) => detail.message)]) {
    const [, seconds] = /can be retried in (\d{1,4}) seconds/.exec(text) ?? [];
    if (seconds !== undefined) return Number(seconds);
  }
  return undefined;
}
