// The operator's assumptions where Azure has no answer. An assumption that is not declared is absent, which differs from one
// declared with the default value.

export type Architecture = 'service-endpoint' | 'private-endpoint' | 'managed-network';
export type Profile = 'article-2020' | 'current';
export const profileChoices = ['article-2020', 'current', 'all'] as const;
export type ProfileChoice = (typeof profileChoices)[number];
/** Names of version 0.1, still accepted by flags, settings and files. */
export const profileAliases: Readonly<Record<string, Profile>> = { 'seed-2020': 'article-2020' };
/** The profile of a name, today's or an alias; undefined for any other value. */
export const readProfile = (name: unknown): ProfileChoice | undefined =>
  profileChoices.find((one) => one === name) ??
  (typeof name === 'string' && Object.hasOwn(profileAliases, name) ? profileAliases[name] : undefined);
/** What machine-readable output calls the profiles: `bastide/v1` carries today's name and its alias. */
export const profilesWithAliases = (profiles: readonly Profile[]): string[] =>
  profiles.flatMap((profile) => [
    profile,
    ...Object.entries(profileAliases).flatMap(([alias, named]) => (named === profile ? [alias] : [])),
  ]);

export type AssumptionName = keyof Assumptions;

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
  readonly usesVsCode?: boolean;
  readonly azureMonitorSecured?: boolean;
  readonly usesServerless?: boolean;
  readonly usesAci?: boolean;
  /** Ids of the subnets intended for container instances. */
  readonly aciSubnets?: readonly string[];
  readonly architecture?: 'auto' | Architecture;
  /** Ids of storage accounts the workspace uses beside its datastores. */
  readonly storageAccounts?: readonly string[];
}
