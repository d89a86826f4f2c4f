// Findings as JSON and NDJSON give them: with the older names of their profiles, which `bastide/v1` keeps. Pure.
import { profilesWithAliases } from '../model/assumption.ts';
import type { KnowledgeChange } from '../model/audit-diff.ts';
import type { Finding } from '../model/finding.ts';
import { JsonItems } from '../model/json.ts';

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

/** More are made one by one when they are written. */
const mostAtOnce = 1000;

/** A result that holds findings; `listed` in place of these where they are too many to be in memory together. */
export function withFindingsJson<
  Result extends { readonly findings: readonly Finding[]; readonly listed?: () => Iterable<Finding> },
>({ listed, ...result }: Result) {
  const { findings } = result;
  function* made(): Generator<FindingJson, void> {
    for (const one of listed?.() ?? findings) yield findingJson(one);
  }
  const isLong = listed !== undefined || findings.length > mostAtOnce;
  return { ...result, findings: isLong ? new JsonItems(made) : findings.map(findingJson) };
}

/** A finding that became known or unknown, with what it was and is. */
export const knowledgeJson = ({ was, now, wasUnread, ...one }: KnowledgeChange) => ({
  ...findingJson(one),
  ...{ was, now },
  ...(wasUnread === undefined ? {} : { wasUnread }),
});
