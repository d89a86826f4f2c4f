// Which api-versions a type has, and what ARM says about the others (absent, malformed or unknown to the type).
import type { Address } from './address.ts';
import { fold } from './address.ts';
import { type ArmError, gatewayError } from './answer.ts';
import existing from './existing-versions.json' with { type: 'json' };

const pattern = /^20(?:1[4-9]|2[0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(-[a-z]+(?:\.?[0-9]+)?)?$/i;
/** The versions of the types that ARM itself serves. */
const armVersions = ['2024-11-01', '2024-07-01', '2022-12-01', '2022-09-01', '2021-04-01', '2020-06-01', '2015-11-01'];
const someVersions = ['2024-07-01', '2024-01-01', '2023-05-01', '2021-08-01', '2019-06-01'];
const someLocations = ['westeurope', 'northeurope', 'eastus', 'francecentral'];

interface ExistingVersions {
  /** Newest first. */
  readonly stable: readonly string[];
  readonly newestPreview: string | null;
}
const each = (lines: readonly string[]): string[] => lines.flatMap((line) => line.split(' '));

/**
 * The api-versions that exist, of the types that Bastide reads or writes: every stable one, and the newest preview. Previews come and
 * go, so older ones are taken for existing. Most types of Microsoft.Network have the versions of all from one on.
 * Sources: Azure/terraform-provider-azapi internal/azure/generated (commit c43c57bbdd5e, 2026-08-13); newer ones are those that
 * Microsoft's own clients send (azure-sdk-for-java and azure-sdk-for-js, November 2026).
 */
const byType = new Map(
  existing.rows.flatMap(({ types, stable, networkSince, newestPreview }): [string, ExistingVersions][] => {
    const versions = stable ?? existing.network;
    const row = { stable: each(versions).filter((one) => one >= (networkSince ?? '')), newestPreview };
    return types.map((type) => [fold(type), row]);
  }),
);
const isPreview = (version: string): boolean => version.length > 10;

/** Does a type have this version? Of a type without a list: may it have it? */
export function exists(version: string, type: string | undefined): boolean {
  if (!pattern.test(version)) return false;
  const row = byType.get(fold(type ?? ''));
  if (row === undefined || !isPreview(version)) {
    return row?.stable.includes(version) ?? version.slice(0, 10) <= existing.newestAnywhere;
  }
  const newest = [row.newestPreview ?? '', row.stable[0] ?? ''].toSorted().at(-1) ?? '';
  return version.slice(0, 10) <= newest.slice(0, 10);
}

/** The versions that ARM lists for a type, newest first: its own, or those of the type that it is in. */
export function versionsOf(type: string): readonly string[] {
  const parts = fold(type).split('/');
  for (let length = parts.length; length > 1; length -= 1) {
    const row = byType.get(parts.slice(0, length).join('/'));
    if (row !== undefined) return [...row.stable, ...(row.newestPreview === null ? [] : [row.newestPreview])];
  }
  return someVersions;
}

/** The same in a cloud that lags. */
export function isServed(version: string, type: string | undefined, newest: Readonly<Record<string, string>>): boolean {
  const limit = Object.entries(newest).find(([of]) => `${fold(type ?? '')}/`.startsWith(`${fold(of)}/`));
  return exists(version, type) && (limit === undefined || version.slice(0, 10) <= limit[1]);
}

export function missingVersion(): ArmError {
  return gatewayError(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
  );
}

export function badVersion(version: string, address: Address, newest: Readonly<Record<string, string>> = {}): ArmError {
  const { namespace } = address;
  if (namespace === undefined || address.types.length === 0 || fold(namespace) === 'microsoft.resources') {
    return gatewayError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${armVersions.join(',')}'.`,
    );
  }
  const type = address.type ?? '';
  const versions = versionsOf(type).filter((one) => isServed(one, type, newest));
  return gatewayError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location 'westeurope' and API version '${version}' for type '${address.types.join('/')}'. ` +
      `The supported api-versions are '${versions.join(', ')}'. The supported locations are '${someLocations.join(', ')}'.`,
  );
}
