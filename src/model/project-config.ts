// What `bastide.yaml` says: findings that are accepted, rules that are off, and how strictly the rest is judged. Read by
// settings/project-file.ts; applied to a report by audit/project.ts. Pure.
import type { Assumptions } from './assumption.ts';
import type { Accepted, Finding, Severity } from './finding.ts';
import { matchesGlob } from './glob.ts';
import { fold, nameOf } from './resource-id.ts';
import { counted } from './text.ts';

export const projectFileName = 'bastide.yaml';

export interface Acceptance extends Accepted {
  /** A finding id; `*` stands for any text. */
  readonly finding: string;
}

export interface ProjectConfig {
  /** The file, as users name it. */
  readonly path: string;
  readonly accepted: readonly Acceptance[];
  /** Ids of rules; `*` stands for any text. */
  readonly rulesOff: readonly string[];
  /** By the id of a rule, or a pattern; a later one counts before an earlier one. */
  readonly severities: Readonly<Record<string, Severity>>;
  readonly assumptions: Assumptions;
  readonly failOn?: Severity | 'never';
  /** Folders and files of the team's own rules, from the folder of this file. */
  readonly rules?: readonly string[];
  /** Access scopes, as sentences that are valid. */
  readonly scopes?: readonly string[];
  /** Every workspace, or those with these names. */
  readonly production: boolean | readonly string[];
}

/** What of it stands in every result. */
export interface ProjectSummary {
  readonly path: string;
  /** How many rules are off. */
  readonly rulesOff: number;
  /** How many failing findings are accepted; a roll-up is none. */
  readonly accepted: number;
  /** Acceptances whose last day is over; what they name counts again. */
  readonly expired: readonly ExpiredAcceptance[];
  /** Acceptances that no failing finding matches. */
  readonly unused: readonly string[];
  /** Is this workspace marked as production? */
  readonly production: boolean;
}

export interface ExpiredAcceptance extends Acceptance {
  /** Ids of the failing findings that it names. */
  readonly findings: readonly string[];
}

/** A day of the calendar, as 2027-03-31. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The last day of an acceptance counts: it is over when the next day begins in UTC. */
export const isExpired = ({ until }: Accepted, today: string): boolean => until !== null && until < today.slice(0, 10);

/** The acceptance of a finding; the first that names it and is not over. */
export const acceptanceOf = (
  all: readonly Acceptance[],
  { id }: Pick<Finding, 'id'>,
  today: string,
): Acceptance | undefined => all.find((one) => !isExpired(one, today) && matchesGlob(one.finding, id));

export function isProduction({ production }: Pick<ProjectConfig, 'production'>, workspace: string | null): boolean {
  if (typeof production === 'boolean') return production;
  return workspace !== null && production.some((name) => matchesGlob(name, nameOf(workspace)));
}

/** `accepted until 2027-03-31 by ann: moves to private endpoints in spring` */
export const acceptedWords = ({ reason, until, by }: Accepted): string =>
  `accepted${until === null ? '' : ` until ${until}`}${by === null ? '' : ` by ${by}`}: ${reason}`;

/** `acceptance by ann expired on 2027-03-31: moves to private endpoints in spring` */
export const expiredWords = ({ reason, until, by }: Accepted): string =>
  `acceptance${by === null ? '' : ` by ${by}`} expired on ${until}: ${reason}`;

/** `bastide.yaml: 2 rules off, 3 accepted` */
export const projectWords = ({ path, rulesOff, accepted, production }: ProjectSummary): string =>
  `${path}: ${counted(rulesOff, 'rule')} off, ${accepted} accepted${production ? ', production' : ''}`;

/** What must be said aloud: acceptances that are over while what they name still fails. */
export const projectWarnings = ({ expired }: ProjectSummary): string[] =>
  expired.flatMap(({ finding, until, findings }) => {
    if (findings.length === 0) return [];
    const again = `${counted(findings.length, 'finding')} ${findings.length === 1 ? 'counts' : 'count'} again`;
    return [`Acceptance expired on ${until}, ${again}: ${finding}`];
  });

/** A rule id stands for all its findings. */
export const findingPattern = (text: string): string => {
  const pattern = fold(text.trim());
  return pattern.includes('@') ? pattern : `${pattern}@*`;
};
