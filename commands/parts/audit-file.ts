// An audit out of a file: the JSON of `audit`. Foreign text, so every member that is used is checked.
import * as z from 'zod/mini';
import { type Assumptions, type ProfileChoice, profileChoices, readProfile } from '../../src/model/assumption.ts';
import { checkAssumptions } from '../../src/model/assumption-values.ts';
import { type Finding, severities } from '../../src/model/finding.ts';
import { isArray, isObject, type Json } from '../../src/model/json.ts';
import { member } from '../../src/model/pointer.ts';
import { type Reading, readingOfFailures, readRules } from '../../src/model/reading.ts';
import { findingParts } from '../../src/model/short-finding.ts';
import { clean } from '../../src/model/text.ts';

/** The JSON of an audit. */
export interface AuditFile {
  readonly takenAt: string | null;
  readonly workspace: string | null;
  readonly findings: readonly Finding[];
  /** It lists what passes and does not apply too. */
  readonly isComplete: boolean;
  /** What could not be read. */
  readonly reading: Reading;
  /** Which findings it was narrowed to, as text to compare; null for an audit of everything. */
  readonly selection: string | null;
  /** Null in the JSON of an older version. */
  readonly profile: ProfileChoice | null;
  /** As they were declared; null in the JSON of an older version. */
  readonly assumptions: Assumptions | null;
  /** Ids of the rules that were checked; absent in the JSON of an older version. */
  readonly rules?: readonly string[];
}

const id = z.string().check(z.minLength(1), z.maxLength(4096));
const texts = z._default(z.array(z.string()), []);
const accepted = z.nullable(
  z.object({
    reason: z.string(),
    by: z._default(z.nullable(z.string()), null),
    until: z._default(z.nullable(z.string()), null),
  }),
);
const location = z.nullable(
  z.object({ file: z.string(), line: z.number(), column: z.number(), address: z.optional(z.string()) }),
);
/** A baseline that was written by hand may name no more than ids and outcomes. */
const findingShape = z.object({
  ...{ id, rule: z.optional(z.string()), resource: z.optional(z.string()), where: z.optional(z.nullable(z.string())) },
  ...{ title: z._default(z.string(), ''), problem: z.optional(z.string()), because: z._default(z.string(), '') },
  severity: z._default(z.enum(severities), 'medium'),
  outcome: z.enum(['pass', 'fail', 'unknown', 'notApplicable']),
  profiles: texts,
  fix: z._default(
    z.object({ kind: z.enum(['auto', 'guided', 'none']), undo: z.enum(['exact', 'equivalent', 'partial', 'none']) }),
    { kind: 'none', undo: 'none' },
  ),
  gaps: texts,
  unless: z.optional(z.array(z.string())),
  accepted: z.optional(accepted),
  location: z.optional(location),
  rollUp: z.optional(z.boolean()),
});

/** Undefined where the JSON has no findings: it may be another file. A sentence where one of them is no finding. */
export function readAuditFile(json: Json): AuditFile | string | undefined {
  const result = isObject(json) ? (member(json, 'result') ?? json) : json;
  const list = isObject(result) ? member(result, 'findings') : undefined;
  if (!isObject(result) || !isArray(list)) return undefined;
  const findings: Finding[] = [];
  for (const [at, one] of list.entries()) {
    const read = z.safeParse(findingShape, one);
    if (!read.success)
      return `/findings/${at}/${read.error.issues[0]?.path.map(String).join('/') ?? ''} is missing or invalid`;
    findings.push(findingOf(read.data));
  }
  const snapshot = member(result, 'snapshot');
  const text = (name: string, most: number) => {
    const value = isObject(snapshot) ? member(snapshot, name) : undefined;
    return typeof value === 'string' ? clean(value, most) : null;
  };
  return {
    takenAt: text('takenAt', 40),
    workspace: text('workspace', 2000),
    findings,
    isComplete: findings.some(({ outcome }) => outcome === 'pass' || outcome === 'notApplicable'),
    reading: readingIn(snapshot, findings),
    selection: selectionText(member(result, 'selection')),
    profile: readProfile(member(result, 'profile')) ?? null,
    assumptions: assumptionsIn(snapshot),
    ...readRules(member(result, 'rules')),
  };
}

function findingOf({
  profiles,
  rule,
  resource,
  where,
  problem,
  accepted: tolerated,
  location: place,
  rollUp,
  ...rest
}: z.output<typeof findingShape>): Finding {
  const parts = findingParts(rest.id);
  return {
    ...rest,
    rule: rule ?? parts?.rule ?? rest.id,
    resource: resource ?? parts?.resource ?? '',
    where: where ?? null,
    problem: problem ?? rest.title,
    profiles: profileChoices.filter((one) => one !== 'all' && profiles.includes(one)) as Finding['profiles'],
    evidence: [],
    ...(tolerated == null ? {} : { accepted: tolerated }),
    ...(place == null ? {} : { location: place as NonNullable<Finding['location']> }),
    ...(rollUp === true ? { rollUp } : {}),
  };
}

const failureShape = z.object({ id, status: z.optional(z.number()), code: z.optional(z.string()) });

/** The failed reads that the audit lists; where it lists none, as one written by hand, those that made findings unknown. */
function readingIn(snapshot: Json | undefined, findings: readonly Finding[]): Reading {
  const listed = z.safeParse(z.array(failureShape), isObject(snapshot) ? member(snapshot, 'gaps') : undefined);
  if (listed.success) return readingOfFailures(listed.data);
  return readingOfFailures(findings.flatMap(({ gaps }) => gaps.map((one) => ({ id: one }))));
}

function assumptionsIn(snapshot: Json | undefined): Assumptions | null {
  const told = isObject(snapshot) ? member(snapshot, 'assumptions') : undefined;
  return told === undefined ? null : checkAssumptions(told).intents;
}

/** A selection as text to compare; null where there is none. */
export function selectionText(selection: Json | undefined): string | null {
  if (!isObject(selection)) return null;
  const { rules = [], skipRules = [], areas = [], resources = [], against = null } = selection;
  return JSON.stringify([rules, skipRules, areas, resources, against]);
}
