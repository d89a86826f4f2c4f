// A plan out of a file: foreign text, so every member that apply relies on is checked.
import * as z from 'zod/mini';
import type { CommandContext } from '../../src/command/definition.ts';
import { writeVersionOf } from '../../src/model/api-versions.ts';
import { effectKey, effectsToAllow, introducedBy } from '../../src/model/approval.ts';
import { effectKinds, effectLabels } from '../../src/model/effect.ts';
import { exitStatus, Failure, isFailure } from '../../src/model/failure.ts';
import { isObject, type Json, parseJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold, sameId, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean, counted } from '../../src/model/text.ts';
import { word } from '../../src/resource-types/parts/shell.ts';
import { changesDigest, planDigest } from '../../src/session/digest.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';

const pointer = z.string().check(z.regex(/^(\/|$)/));
const key = z.object({ member: z.nullable(z.string()), fold: z.boolean() });
const edit = z.discriminatedUnion('op', [
  z.object({ op: z.literal('set'), pointer }),
  z.object({ op: z.literal('add'), pointer, after: z.any(), key }),
  z.object({ op: z.literal('remove'), pointer, before: z.any(), key }),
]);
const found = z.object({ besides: z.array(z.string()), pointer, says: z.string().check(z.minLength(1)) });
const resource = z.string().check(z.regex(/^\/subscriptions\//i));
/** Only the members of a resource that stays are edited. */
const noEdits = z.array(z.never());
const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('edit'), resource, edits: z.array(edit), body: z.null(), found: z.optional(found) }),
  z.object({ kind: z.literal('create'), resource, edits: noEdits, body: z.record(z.string(), z.any()) }),
  z.object({
    ...{ kind: z.literal('delete'), resource, edits: noEdits, body: z.record(z.string(), z.any()) },
    read: z.optional(z.record(z.string(), z.any())),
  }),
]);
const texts = z.array(z.string());
const undo = z.enum(['exact', 'equivalent', 'partial', 'none']);
const refusal = z.object({
  status: z.number(),
  code: z.string(),
  message: z.string(),
  details: z.array(z.object({ code: z.string(), message: z.string() })),
});
const rehearsal = z.object({
  at: z.string(),
  snapshot: z.string(),
  outcome: z.enum(['done', 'refused', 'unknown']),
  steps: z.array(
    z.object({
      resource: z.string(),
      state: z.enum(['done', 'refused', 'unknown', 'skipped']),
      refusal: z.nullable(refusal),
      message: z.nullable(z.string()),
      unread: texts,
    }),
  ),
  resolves: texts,
  introduces: texts,
  persists: texts,
  unknown: texts,
  differences: z.array(
    z.object({
      finding: z.string(),
      preview: z.enum(['resolves', 'introduces', 'unchanged']),
      rehearsal: z.enum(['resolves', 'introduces', 'unknown', 'unchanged']),
    }),
  ),
  limits: texts,
});
const planShape = z.object({
  id: z.string(),
  snapshot: z.string(),
  source: z.object({ kind: z.enum(['azure', 'endpoint', 'demo', 'files']), name: z.string() }),
  workspace: z.nullable(z.string()),
  architecture: z.enum(['service-endpoint', 'private-endpoint', 'managed-network', 'unknown']),
  verb: z.enum(['fix', 'undo', 'redo']),
  of: z.nullable(z.string()),
  steps: z.array(
    z.object({
      change,
      phase: z.number().check(z.minimum(0), z.maximum(5)),
      findings: texts,
      needs: texts,
      az: z.string(),
      risk: z.string(),
      undo,
    }),
  ),
  gates: z.array(
    z.object({ kind: z.string(), outcome: z.enum(['pass', 'fail', 'unknown', 'warn']), detail: z.string() }),
  ),
  skipped: z.array(z.object({ finding: z.string(), reason: z.string() })),
  preview: z.object({ resolves: texts, introduces: texts }),
  irreversible: texts,
  gaps: z.optional(z.array(z.object({ id: z.string(), reason: z.string(), action: z.string() }))),
  rehearsal: z.optional(rehearsal),
  unjudged: z.optional(z.int().check(z.minimum(1))),
  ips: z.optional(texts),
});

/** Throws Failure (exit 4) for a plan that was made elsewhere. */
export function requireSameSource({ source }: Plan, session: Session): void {
  if (source.kind === session.source.kind && source.name === session.source.name) return;
  throw new Failure(
    'other-source',
    exitStatus.notSent,
    `The plan was made for source ${clean(source.name, 100)}, not for ${clean(session.source.name, 100)}.`,
    'Use the same source, or make a new plan.',
  );
}

/** Throws Failure (exit 4) for a plan of another workspace. */
export function requireSameWorkspace(plan: Plan, { workspace }: Snapshot): void {
  if (plan.workspace === workspace || sameId(plan.workspace, workspace)) return;
  throw new Failure(
    'other-workspace',
    exitStatus.notSent,
    `The plan is for ${clean(plan.workspace ?? 'no workspace', 300)}, not for ${clean(workspace ?? 'none', 300)}.`,
    'Select the workspace of the plan, or make a new plan.',
  );
}

/** A plan as a file holds it. Only its changes are used; the rest is computed again from them (`Session.review`). */
export interface PlanFile {
  readonly plan: Plan;
  /** Null in a file of an older version. */
  readonly digest: string | null;
  /** The api-version that each type was to be written with; null in a file of an older version. */
  readonly apiVersions: Readonly<Record<string, string>> | null;
}

/** The api-version that each type of a plan is written with. */
export const writtenWith = ({ steps }: Pick<Plan, 'steps'>): Record<string, string> =>
  Object.fromEntries(
    [...new Set(steps.map(({ change }) => typeOf(change.resource)))].map((type) => [type, writeVersionOf(type)]),
  );

/**
 * Throws Failure (exit 4) for a file that must not be applied: made by an older version, edited since, or not the approved one.
 * `approved`: the digest that was approved.
 */
export function requireApproved(file: PlanFile, approved: string | undefined): void {
  const { plan, digest } = file;
  const refuse = (code: string, message: string) =>
    new Failure(
      code,
      exitStatus.notSent,
      `${message} Nothing was sent.`,
      'Make a new plan with `bastide plan --output FILE`.',
    );
  if (digest === null) {
    throw refuse('old-plan', 'The plan file has no digest: it was made by an older version.');
  }
  const actual = planDigest(plan);
  if (fold(digest) === changesDigest(plan) && changesDigest(plan) !== actual) {
    throw refuse(
      'old-plan',
      'The digest of the plan file says nothing of its effects: it was made by an older version.',
    );
  }
  if (fold(digest) !== actual) {
    throw refuse(
      'edited-plan',
      'The changes or effects of the plan file do not match its digest: it was edited after it was made.',
    );
  }
  if (approved !== undefined && fold(approved.trim()) !== actual) {
    throw refuse('other-digest', `The digest of the plan is ${actual}, not the one passed with --digest.`);
  }
  requireVersions(file);
}

/** Throws Failure (exit 4) for a plan made from what other api-versions show than those that it would be sent with. */
function requireVersions({ plan, apiVersions }: PlanFile): void {
  const now = Object.entries(writtenWith(plan));
  const older = now.find(([type, version]) => apiVersions?.[type] !== version);
  if (older === undefined) return;
  const [type, version] = older;
  const made = apiVersions?.[type];
  const was = typeof made === 'string' ? `with api-version ${clean(made, 40)}` : 'by an older version of Bastide';
  throw new Failure(
    'old-plan',
    exitStatus.notSent,
    `The plan was made ${was}, and ${clean(type, 200)} is written with ${version} now. Nothing was sent.`,
    `Make it again: ${makingAgain(plan)}`,
    { type, made: made ?? null, now: version },
  );
}

/** The command line that makes the plan again. */
function makingAgain({ verb, of, aim, steps }: Plan): string {
  if (verb !== 'fix') return `bastide ${verb}${of === null ? '' : ` ${word(clean(of, 80))}`} --dry-run`;
  const ids = [...new Set(steps.flatMap(({ findings }) => findings))].map((id) => word(clean(id, 1000)));
  if (aim !== undefined || ids.length === 0) return 'with the command that made it.';
  return `bastide plan ${ids.join(' ')} --output FILE`;
}

/**
 * Throws Failure (exit 4) where the plan that is shown is not the one that its digest names: an approval is of what was shown.
 * `asked`: the plan as it was when it got its digest.
 */
export function requireShown(shown: Plan, { plan: asked }: PlanFile, digest: string): void {
  if (planDigest(shown) === digest) return;
  const kinds = (one: Plan, other: Plan): string => {
    const keys = new Set(effectsToAllow(other).map(effectKey));
    const beyond = effectsToAllow(one).filter((effect) => !keys.has(effectKey(effect)));
    const found = effectKinds.filter((kind) => beyond.some((effect) => effect.kind === kind));
    return found.map((kind) => effectLabels[kind]).join(', ');
  };
  const [gone, more] = [kinds(asked, shown), kinds(shown, asked)];
  const found = (one: Plan, other: Plan): number =>
    introducedBy(one).filter((id) => !introducedBy(other).includes(id)).length;
  const introduced = found(shown, asked) + found(asked, shown);
  const says = [
    ...(changesDigest(shown) === changesDigest(asked)
      ? []
      : [`It would send ${counted(shown.steps.length, 'change')} now; it was made with ${asked.steps.length}.`]),
    ...(gone === '' ? [] : [`Effects that it does not have now: ${gone}.`]),
    ...(more === '' ? [] : [`Effects that it did not have: ${more}.`]),
    ...(introduced === 0 ? [] : ['It introduces other findings.']),
  ];
  throw new Failure(
    'plan-changed',
    exitStatus.notSent,
    `What was read since makes another plan of it, so nothing was approved. ${says.join(' ')}`,
    'Make the plan again, and review it.',
    { digest: planDigest(shown), plan: shown },
  );
}

/**
 * The plan of a file for the workspace as it is. An undo or redo must be the one that the history has for its entry. Throws Failure
 * (exit 4) when it is not.
 */
export async function* reviewed(
  context: Pick<CommandContext, 'flags' | 'signal'>,
  session: Session,
  { plan }: PlanFile,
  scanned: Snapshot,
): AsyncGenerator<SessionEvent, { readonly plan: Plan; readonly snapshot: Snapshot }> {
  if (plan.verb === 'fix') {
    const review = (of: Snapshot): Plan => session.review(of, { ...plan, of: null }, context.flags.profile);
    const snapshot = yield* session.named(scanned, (of) => [review(of)], context.signal);
    const { unjudged, ...of } = review(snapshot);
    // What was asked about is not in the file: how many of its checks were unknown is.
    const open = of.steps.length === 0 ? plan.unjudged : unjudged;
    return { plan: { ...of, ...(open === undefined ? {} : { unjudged: open }) }, snapshot };
  }
  const of = plan.of ?? undefined;
  const back = plan.verb === 'undo' ? session.planUndo(of, context.signal) : session.planRedo(of, context.signal);
  const own = await back.catch((error: unknown) => {
    // In a file the entry is no word of the command line: the file is of another history.
    if (isFailure(error) && error.code === 'unknown-entry') return undefined;
    throw error;
  });
  if (own !== undefined && changesDigest(own) === changesDigest(plan)) return { plan: own, snapshot: scanned };
  throw new Failure(
    'edited-plan',
    exitStatus.notSent,
    `The plan file is not the ${plan.verb} of entry ${clean(plan.of ?? '', 80)}. Nothing was sent.`,
    `Run \`bastide ${plan.verb}\` instead.`,
  );
}

/** The plan in an envelope of `plan` or `fix --dry-run`. Throws Failure (exit 2) that says what is wrong with the file. */
export function readPlan(text: string, path: string): PlanFile {
  const refuse = (why: string) =>
    new Failure(
      'not-a-plan',
      exitStatus.usage,
      `${clean(path, 200)} is not a Bastide plan file: ${clean(why, 200)}.`,
      'Make one with `bastide plan --all --output FILE`.',
    );
  if (text.trim() === '') throw refuse('it is empty');
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const plan = isObject(json) && json.schema === 'bastide/v1' && isObject(json.result) ? json.result : undefined;
  if (plan === undefined) throw refuse('the member schema or result is missing');
  const { command } = json as { readonly command?: unknown };
  if (!('steps' in plan) && typeof command === 'string') throw refuse(`it holds the result of ${command}`);
  requireShape(plan, refuse);
  const { digest, apiVersions } = plan as { readonly digest?: unknown; readonly apiVersions?: Json };
  const versions = isObject(apiVersions)
    ? Object.fromEntries(
        Object.entries(apiVersions).filter((one): one is [string, string] => typeof one[1] === 'string'),
      )
    : null;
  return { plan, digest: typeof digest === 'string' ? digest : null, apiVersions: versions };
}

/** The plan stays as it was parsed: a checked copy would lose members and the text of numbers. */
function requireShape(value: unknown, refuse: (why: string) => Failure): asserts value is Plan {
  const checked = z.safeParse(planShape, value);
  if (checked.success) return;
  const [issue] = checked.error.issues;
  throw refuse(`/${issue?.path.map(String).join('/') ?? ''} is missing or invalid`);
}
