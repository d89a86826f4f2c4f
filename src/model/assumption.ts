// The operator's assumptions where Azure has no answer. An assumption that is not declared is absent, which differs from one
// declared with the default value.

export type Architecture = 'service-endpoint' | 'private-endpoint' | 'managed-network';
export type Profile = 'seed-2020' | 'current';
export const profileChoices = ['seed-2020', 'current', 'all'] as const;
export type ProfileChoice = (typeof profileChoices)[number];
/** How users write a profile, where that differs from its stored name; both are accepted. */
export const profileSpellings: Readonly<Record<string, Profile>> = { 'article-2020': 'seed-2020' };
export const profileName = (profile: string): string =>
  Object.entries(profileSpellings).find(([, stored]) => stored === profile)?.[0] ?? profile;

export interface Assumptions {
  readonly outboundMode?: 'auto' | 'open' | 'limited';
  readonly sshWanted?: boolean;
  readonly externalScoring?: boolean;
  readonly useMicrosoftImagesUserManaged?: boolean;
  /** Addresses or CIDRs of the operator's machines; `[]` is the answer "none". */
  readonly devClientIps?: readonly string[];
  readonly usesStudio?: boolean;
  readonly usesBatchEndpoints?: boolean;
  readonly usesRStudio?: boolean;
  readonly azureMonitorSecured?: boolean;
  readonly usesAci?: boolean;
  /** Ids of the subnets meant for container instances. */
  readonly aciSubnets?: readonly string[];
  readonly architecture?: 'auto' | Architecture;
  /** Ids of storage accounts the workspace uses beside its datastores. */
  readonly storageAccounts?: readonly string[];
}
