// Which api-versions are plausible, and what ARM says about the others (absent, malformed or unknown to the type).
import type { ProviderType } from '../providers/provider.ts';
import type { Address } from './address.ts';
import { fold } from './address.ts';
import { type ArmError, gatewayError } from './answer.ts';

const pattern = /^(20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(-[a-z]+(?:\.?[0-9]+)?)?$/i;
const firstYear = 2014;
const lastYear = 2030;

/** The versions of the types that ARM itself serves. */
const armVersions = ['2024-11-01', '2024-07-01', '2022-12-01', '2022-09-01', '2021-04-01', '2020-06-01', '2015-11-01'];
const someVersions = ['2024-07-01', '2024-01-01', '2023-05-01', '2021-08-01', '2019-06-01'];
const someLocations = ['westeurope', 'northeurope', 'eastus', 'francecentral'];

export function isPlausible(version: string): boolean {
  const year = Number(pattern.exec(version)?.[1] ?? 0);
  return year >= firstYear && year <= lastYear;
}

export function missingVersion(): ArmError {
  return gatewayError(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
  );
}

export function badVersion(version: string, address: Address, provider: ProviderType | undefined): ArmError {
  const { namespace } = address;
  if (namespace === undefined || address.types.length === 0 || fold(namespace) === 'microsoft.resources') {
    return gatewayError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${armVersions.join(',')}'.`,
    );
  }
  const versions = provider?.versions ?? someVersions;
  return gatewayError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location 'westeurope' and API version '${version}' for type '${address.types.join('/')}'. ` +
      `The supported api-versions are '${versions.join(', ')}'. The supported locations are '${someLocations.join(', ')}'.`,
  );
}
