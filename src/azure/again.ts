// Which refusals of a write mean that it was not applied and may be sent again. Pure; the one table of them.
import type { Again, ArmRefusal } from './arm-client.ts';

interface BusyError {
  /** Azure's code, of the error or of one inside it. */
  readonly code: RegExp;
  /** What its message says, where the code alone means other things as well. */
  readonly message?: RegExp;
  /** Seconds until it is given up, where that is sooner than for the others. */
  readonly longest?: number;
  readonly source: string;
}

/** Azure has not begun the change: another one is under way, or what it needs is not ready yet. */
const busyErrors: readonly BusyError[] = [
  {
    code: /^AnotherOperationInProgress$/,
    source: 'recorded: PUT of a subnet and of a firewall, 409, azure-cli tests',
  },
  {
    code: /^CanceledAndSupersededDueToAnotherOperation$/,
    source: "Microsoft's REST documents of Microsoft.Network, 2024",
  },
  {
    code: /^RetryableError(?:DueToAnotherOperation)?$/,
    source: 'recorded: PUT of a subnet and of a route, 429, azure-service-operator tests',
  },
  {
    code: /^ReferencedResourceNotProvisioned$/,
    source: 'recorded: PUT of a peering and of a NAT gateway, 400 and 429, azure-service-operator tests',
  },
  {
    code: /^SubnetsNotProvisioned$/,
    source: 'github.com/Azure/azure-rest-api-specs/issues/11143',
  },
  {
    code: /^StorageAccountOperationInProgress$/,
    source: 'github.com/Azure/terraform-azurerm-avm-res-storage-storageaccount/pull/382',
  },
  {
    code: /^StorageAccountIsNotProvisioned$/,
    source: 'recorded: POST listKeys of an account, 409, azure-service-operator tests',
  },
  {
    code: /^Conflict(?:Error)?$/,
    message:
      /another operation|operation is (?:pending|in progress)|concurrent request|parallel operations|changed from the point the operation began/i,
    source:
      'recorded: PATCH of a machine, 409, azure-cli tests; github.com/hashicorp/terraform-provider-azurerm/pull/32261',
  },
  {
    code: /^PrincipalNotFound$/,
    message: /replication delay/i,
    longest: 120,
    source: 'recorded: PUT of a role assignment, 400, azure-service-operator tests',
  },
];

/** What a refusal says of sending the same write again; null where it would be refused again. */
export function againOf(refusal: ArmRefusal): Again | null {
  if (refusal.status === 412) return { why: 'changed' };
  const inner = /"code"\s*:\s*\\?"(\w{1,80})/g;
  const said = [refusal, ...refusal.details];
  // Resource providers wrap the error of another one, as text.
  const codes = said.flatMap(({ code, message }) => [
    { code, message },
    ...[...message.matchAll(inner)].map(([, one = '']) => ({ code: one, message })),
  ]);
  const busy = busyErrors.find(({ code, message = /^/ }) =>
    codes.some((one) => code.test(one.code) && message.test(one.message)),
  );
  if (busy !== undefined) return { why: 'busy', ...(busy.longest === undefined ? {} : { longest: busy.longest }) };
  return refusal.status === 429 || refusal.status === 503 ? { why: 'throttled' } : null;
}

/** Seconds that a message asks to wait, where no header does. */
export function secondsIn({ message, details }: ArmRefusal): number | undefined {
  for (const text of [message, ...details.map((detail) => detail.message)]) {
    const [, seconds] = /can be retried in (\d{1,4}) seconds/.exec(text) ?? [];
    if (seconds !== undefined) return Number(seconds);
  }
  return undefined;
}
