// Which findings an audit is about: by rule, area and resource, and only those that are new since an earlier audit.
import * as z from 'zod/mini';
import type { CommandContext } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import { assumptionChanges } from '../../src/model/assumption-values.ts';
import { type EarlierAudit, newSince } from '../../src/model/audit-record.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { type Finding, isAccepted } from '../../src/model/finding.ts';
import { matchesAny } from '../../src/model/glob.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { nearest } from '../../src/model/nearest.ts';
import { nameInParent, nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import type { AuditSelection } from '../../src/render/audit-result.ts';
import { readAuditFile, selectionText } from './audit-file.ts';
import { nearestResource } from './targets.ts';

const list = () => z._default(z.array(z.string()), []);

export const selectionFlags = {
  rule: flag(list(), 'check these rules only; * is a wildcard; repeatable', { value: 'RULE', of: 'rule' }),
  skipRule: flag(list(), 'skip these rules; * is a wildcard; repeatable', { value: 'RULE', of: 'rule' }),
  area: flag(list(), 'check rules of this area only, such as storage; repeatable', { value: 'NAME' }),
  resource: flag(list(), 'check this resource only; repeatable', { value: 'ID|NAME', of: 'resource' }),
} as const;

export const newFlags = {
  newOnly: flag(z._default(z.boolean(), false), 'only findings that are new since the last audit on this machine'),
  baseline: flag(z.optional(z.string()), 'only findings that are not in this audit (its JSON)', {
    value: 'FILE',
    of: 'file',
  }),
} as const;

interface Wanted {
  readonly rule: readonly string[];
  readonly skipRule: readonly string[];
  readonly area: readonly string[];
  readonly resource: readonly string[];
}

export interface FindingSelection {
  isWanted(finding: Finding): boolean;
  readonly words: Pick<AuditSelection, 'rules' | 'skipRules' | 'areas' | 'resources'>;
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);

/** Null where nothing is selected. Throws Failure (exit 2) for a selection that matches no known rule. */
export function selectionOf(
  { rules }: CommandContext,
  { rule, skipRule, area, resource }: Wanted,
): FindingSelection | null {
  if ([rule, skipRule, area, resource].every((one) => one.length === 0)) return null;
  const ids = rules.map(({ id }) => id);
  const areas = [...new Set(ids.map(areaOf))];
  for (const pattern of [...rule, ...skipRule]) {
    if (ids.some((id) => matchesAny([pattern], id))) continue;
    const near = nearest(pattern, ids);
    const next = near === undefined ? 'Run `bastide explain` for the list.' : `Did you mean ${near}?`;
    throw usage('unknown-rule', `No rule matches ${clean(pattern, 100)}.`, next);
  }
  for (const name of area) {
    if (areas.includes(name)) continue;
    const near = nearest(name, areas);
    const meant = near === undefined ? '' : `Did you mean ${near}? `;
    throw usage('unknown-area', `Unknown area: ${clean(name, 100)}.`, `${meant}Areas: ${areas.join(', ')}.`);
  }
  const isRule = (id: string): boolean =>
    (rule.length === 0 || matchesAny(rule, id)) &&
    !matchesAny(skipRule, id) &&
    (area.length === 0 || area.includes(areaOf(id)));
  if (!ids.some(isRule)) {
    throw usage('no-rule-selected', 'This selection contains no rule.', 'Remove --skip-rule, --rule or --area.');
  }
  const about = (id: string): boolean => resource.some((one) => sameId(id, one) || sameId(nameOf(id), one));
  return {
    isWanted: ({ rule: id, resource: own, where }) =>
      isRule(id) && (resource.length === 0 || about(own) || (where !== null && about(where))),
    words: { rules: rule, skipRules: skipRule, areas: area, resources: resource },
  };
}

/** Throws Failure (exit 2) for the name or id of a resource that nothing has: neither what was read, nor what `more` names. */
export function requireKnown(
  wanted: readonly string[],
  snapshots: readonly Snapshot[],
  more: () => readonly string[],
): void {
  if (wanted.length === 0) return;
  const read = snapshots.flatMap(({ resources, gaps }) => [...resources, ...gaps].map(({ id }) => id));
  const ids = [...read, ...more()];
  for (const one of wanted) {
    if (ids.some((id) => [id, nameOf(id), nameInParent(id)].some((name) => sameId(name, one)))) continue;
    throw usage('unknown-resource', `No resource is named ${clean(one, 80)}.`, nearestResource(one, ids));
  }
}

/** Ids that findings are about. */
export const subjectsOf = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ resource, where }) => (where === null ? [resource] : [resource, where]));

const areaOf = (rule: string): string => rule.split('.')[0] ?? rule;

export interface EarlierChoice {
  /** Null: there is no earlier audit, so that everything is new. */
  readonly earlier: EarlierAudit | null;
  readonly against: NonNullable<AuditSelection['against']>;
}

export const isNewTo = ({ earlier }: EarlierChoice): ((finding: Finding) => boolean) =>
  newSince(earlier ?? { failing: [], unknowns: [] });

/** The audit of `--baseline`. Throws Failure (exit 2) for another file, or an audit of another workspace. */
export async function readBaseline(
  context: CommandContext,
  file: string,
  { workspace, intents }: Pick<Snapshot, 'workspace' | 'intents'>,
  selected: FindingSelection | null,
): Promise<EarlierChoice> {
  const shown = clean(file, 300);
  const refuse = (why: string) =>
    usage(
      'bad-baseline',
      `${shown} is not the JSON of an audit: ${why}.`,
      'Write one with `bastide audit --format json --output FILE`.',
    );
  let json: Json;
  try {
    json = parseJson(await context.host.readFile(file));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refuse('it is not JSON');
  }
  const read = readAuditFile(json);
  if (read === undefined) throw refuse('it has no findings');
  if (typeof read === 'string') throw refuse(clean(read, 200));
  const { workspace: other, findings, takenAt, profile, selection } = read;
  if (selection !== null && selection !== selectionText({ ...selected?.words, against: null })) {
    throw usage(
      'other-selection',
      `${shown} is an audit of selected findings, and this one has a different selection.`,
      'Use the same --rule, --skip-rule, --area and --resource, or a baseline of everything.',
    );
  }
  if (profile !== null && profile !== context.flags.profile) {
    throw usage(
      'other-profile',
      `${shown} is an audit of the profile ${profile}, and this one is of ${context.flags.profile}.`,
      `Pass --profile ${profile}, or use an audit of this profile.`,
    );
  }
  if (other !== null && workspace !== null && !sameId(other, workspace)) {
    throw usage(
      'other-workspace',
      `${shown} is an audit of ${clean(nameOf(other), 100)}, and the selected workspace is ${clean(nameOf(workspace), 100)}.`,
      'Use an audit of this workspace.',
    );
  }
  const assumptions = assumptionChanges(read.assumptions, intents);
  const having = (outcome: string) =>
    findings.filter((one) => one.outcome === outcome && !isAccepted(one)).map(({ id }) => id);
  return {
    earlier: { failing: having('fail'), unknowns: having('unknown'), ...(read.rules && { rules: read.rules }) },
    against: {
      ...{ kind: 'baseline', file: shown, at: takenAt },
      ...(assumptions?.length === 0 ? {} : { assumptions }),
    },
  };
}
