// The meaning of the names that no service-tag file holds. Source: network-security-groups-overview, service-tags-overview,
// what-is-ip-address-168-63-129-16 (Microsoft docs, 2025) and Azure's own expansions recorded 2016 to 2020.
import { type Addresses, either, fixed, without } from './addresses.ts';

/** The virtual public address of the host: probes, DNS, agent. */
export const hostAddress = fixed('168.63.129.16');
/** The address of the instance metadata service. */
export const metadataAddress = fixed('169.254.169.254');
/** Outbound to these is not subject to NSGs unless a rule names the platform's tag. */
export const platformAddresses: Addresses = either(hostAddress, metadataAddress);

/**
 * What `Internet` can hold at most: the public space, with 168.63.129.16 in it. Azure excludes some of its own blocks, which
 * change over the years; no service tag is in them, so they stay included.
 */
export const publicSpace: Addresses = without(
  fixed('0.0.0.0/0', '2000::/3'),
  fixed(
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '224.0.0.0/3',
  ),
);

/** What nobody routes on the Internet (RFC 1918, 6598 and 4193). */
export const privateSpace: Addresses = fixed(
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
);

/** The IPv4 addresses of the public space. */
export const publicIpv4: Addresses = { v4: publicSpace.v4, v6: [] };

/** The targets of Windows activation (kms and azkms.core.windows.net; troubleshoot-activation-problems, 2024). */
const licensing = fixed('23.102.135.246', '20.118.99.224', '40.83.235.53');

/** Names with a built-in meaning that no network changes, in lower case. */
export const builtInTags: ReadonlyMap<string, Addresses> = new Map([
  ['azureloadbalancer', hostAddress],
  ['azureplatformdns', hostAddress],
  ['azureplatformimds', metadataAddress],
  ['azureplatformlkm', licensing],
]);

/** The tags that disable the exception of the platform's addresses, in lower case. */
export const isPlatformTag = (name: string): boolean => /^azureplatform/i.test(name);
/** Names of no service: never looked up in a service-tag file. */
export const isSpecialTag = (name: string): boolean =>
  ['*', 'internet', 'virtualnetwork'].includes(name.toLowerCase()) || builtInTags.has(name.toLowerCase());

/**
 * Tags that share no address, in either family, so that a rule about one does not match another. Regional tags count with
 * their global one. Source: ServiceTags_Public_20251110 (change 376).
 */
const apart = new Set([
  'azuremachinelearning',
  'batchnodemanagement',
  'storage',
  'azurecontainerregistry',
  'microsoftcontainerregistry',
  'azureactivedirectory',
  'azureresourcemanager',
  'azurefrontdoor.firstparty',
  'azurefrontdoor.frontend',
  'azurefrontdoor.backend',
  'azuremonitor',
  'azurekeyvault',
]);

/** Are these two global tags, in lower case, known to be disjoint? */
export const areApart = (a: string, b: string): boolean => a !== b && apart.has(a) && apart.has(b);
