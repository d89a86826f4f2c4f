// Findings as JSON and NDJSON give them: with the older names of their profiles, which `bastide/v1` keeps. Pure.
import { profilesWithAliases } from '../model/assumption.ts';
import type { Finding } from '../model/finding.ts';

export type FindingJson = Omit<Finding, 'profiles' | 'accepted' | 'location'> & {
  readonly profiles: readonly string[];
  readonly accepted: Finding['accepted'] | null;
  readonly location: Finding['location'] | null;
};

export const findingJson = (finding: Finding): FindingJson => ({
  ...finding,
  profiles: profilesWithAliases(finding.profiles),
  accepted: finding.accepted ?? null,
  location: finding.location ?? null,
});

/** A result that holds findings. */
export const withFindingsJson = <Result extends { readonly findings: readonly Finding[] }>(result: Result) => ({
  ...result,
  findings: result.findings.map(findingJson),
});
