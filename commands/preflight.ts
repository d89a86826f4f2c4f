// `preflight`: whether a job or deployment file will run in this network, leg by leg; `--fix` plans what would let it.
import path from 'node:path';
import * as z from 'zod/mini';
import { preflightWithReads } from '../src/audit/index.ts';
import { allowedEffects } from '../src/command/allowed-effects.ts';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { planNamed } from '../src/command/needs.ts';
import { quoteWord } from '../src/command/parse-line.ts';
import type { AssetLookup } from '../src/job/resolve.ts';
import { effectFlags, isRisky, kindsOf } from '../src/model/effect.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Finding, Report } from '../src/model/finding.ts';
import type { JobFile } from '../src/model/job.ts';
import type { Preflight } from '../src/model/preflight.ts';
import { sameId } from '../src/model/resource-id.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { resourceIn } from '../src/model/snapshot-index.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { findingsToFix, preflightLines } from '../src/render/preflight-text.ts';
import { unreadIn } from '../src/render/unread.ts';
import type { SessionEvent } from '../src/session/session.ts';
import {
  type ActResult,
  act,
  actExit,
  actFailure,
  actJson,
  actLines,
  requireWritable,
  settleFirst,
} from './parts/act.ts';
import { refuseBlocked } from './parts/blocked.ts';
import { type AuditRun, scanAndJudge } from './parts/judge.ts';
import { fixRequest, selected, targetArgs } from './parts/targets.ts';

interface Checked {
  readonly file: string;
  readonly job: JobFile;
  readonly result: Preflight;
  /** Findings whose fix weakens, deletes, costs or cannot be undone: nobody named them. */
  readonly leftOut: readonly Finding[];
  /** With `--fix`: what became of the plan; null where there is nothing to fix. */
  readonly fixed?: ActResult | null;
  /** Where changes were sent: the job judged again from what was read after them; null where that read failed. */
  readonly after?: Preflight | null;
}

export const preflight = defineCommand({
  name: 'preflight',
  summary: 'Check whether a job or deployment file of the Azure ML CLI (v2) will run in this network',
  args: z.object({
    file: flag(z.string(), 'a YAML file: command, sweep or pipeline job, online or batch deployment; - reads stdin', {
      value: 'FILE|-',
      of: 'file',
    }),
    fix: flag(z._default(z.boolean(), false), 'plan and apply the fixes of what fails, after a confirmation'),
    ip: targetArgs.ip,
    answer: targetArgs.answer,
  }),
  positional: ['file'],
  effect: 'cloud',
  examples: [
    { line: 'preflight job.yml', says: 'Check a job before it is submitted' },
    { line: 'preflight job.yml --fix --dry-run', says: 'Show the plan that would let it run' },
  ],
  check({ fix, ip, answer }) {
    if (fix || (ip.length === 0 && Object.keys(answer).length === 0)) return;
    throw new Failure(
      'contradicting-flags',
      exitStatus.usage,
      '--ip and --answer need --fix.',
      'Add --fix, or remove them.',
    );
  },
  async *run(context, args) {
    const { file, fix } = args;
    const job = await jobIn(file, context);
    const audited = yield* scanAndJudge(context);
    const { session, snapshot, report } = audited;
    const result = yield* checkedWith(job, audited, context.signal);
    if (!fix) return { file, job, result, leftOut: [] };
    const allowed = new Set<string>(allowedEffects(context.flags.allowEffects));
    const { targets, leftOut } = toFix(result, report, allowed);
    const isNothing = targets.length === 0;
    const asked = await fixRequest(context, { ...args, targets, all: isNothing, resource: undefined });
    const request = selected(context, session, asked, snapshot);
    if (isNothing) return { file, job, result, leftOut, fixed: null };
    requireWritable(context, session);
    yield* settleFirst(context);
    const { plan, line: asLine, snapshot: seen } = yield* planNamed(context, session, request, snapshot);
    refuseBlocked(context, request, plan);
    const fixed = yield* act({ ...context, line: asLine, snapshot: seen }, session, plan);
    if (fixed.kind === 'plan' || fixed.outcome.entry === null) return { file, job, result, leftOut, fixed };
    const read = session.latest();
    if (read === undefined || [snapshot.id, seen.id].includes(read.id))
      return { file, job, result, leftOut, fixed, after: null };
    const again = { session, snapshot: read, report: session.report(read, context.flags.profile) };
    return { file, job, result, leftOut, fixed, after: yield* checkedWith(job, again, context.signal) };
  },
  json: ({ file, job, result, leftOut, fixed, after }: Checked) => ({
    file,
    kind: job.kind,
    name: job.name,
    ...result,
    ...standing({ result, after }),
    ...(after === undefined ? {} : { before: { verdict: result.verdict, because: result.because } }),
    fix: { findings: findingsToFix(result), leftOut: leftOut.map(({ id, effects }) => ({ finding: id, effects })) },
    ...(fixed === undefined ? {} : { fixed: fixed === null ? null : actJson(fixed) }),
  }),
  text: ({ file, job, result, leftOut, fixed, after }: Checked) => [
    ...preflightLines(file, job, result, { isFixing: fixed !== undefined, quote: quoteWord }),
    ...leftOut.map((finding) =>
      line(
        ['not included: ', 'warn'],
        `${finding.problem} (${flagsOf(finding).join(', ')}). Name it: bastide fix ${finding.rule}`,
      ),
    ),
    ...(fixed === undefined
      ? []
      : [[], ...(fixed === null ? [line(nothingIncluded(result, leftOut))] : actLines(fixed))]),
    ...(after === undefined ? [] : [[], line(['After the fix', 'heading']), ...afterLines(file, job, after)]),
  ],
  items: (checked: Checked) => standing(checked).legs,
  unread: (checked: Checked) => {
    const { because, legs } = standing(checked);
    return [because, ...unreadIn(legs.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'unknown'))];
  },
  exit(checked: Checked) {
    const { fixed, after } = checked;
    const acted = fixed ? actExit(fixed) : exitStatus.done;
    // A plan that is only shown, and a fix that did not end well, end as a fix does; else the verdict that stands decides.
    if (fixed && (acted !== exitStatus.done || (after === undefined && stepsOf(fixed).length > 0))) return acted;
    const { verdict } = standing(checked);
    if (verdict === 'willFail') return exitStatus.findings;
    return verdict === 'unknown' ? exitStatus.gaps : exitStatus.done;
  },
  failure: ({ fixed }: Checked) => (fixed ? actFailure(fixed) : null),
});

/** The verdict that stands: after a fix, that of what was read after it. */
const standing = ({ result, after }: Pick<Checked, 'result' | 'after'>): Preflight =>
  after === null ? { ...result, ...notReadAfter, legs: [] } : (after ?? result);
const notReadAfter = {
  verdict: 'unknown',
  because: 'The workspace could not be read after the fix: whether the job will run is not known.',
} as const;

const afterLines = (file: string, job: JobFile, after: Preflight | null) =>
  after === null
    ? [line(notReadAfter.because)]
    : preflightLines(file, job, after, { isFixing: true, quote: quoteWord });

/** Why `--fix` plans nothing. */
function nothingIncluded({ verdict }: Preflight, leftOut: readonly Finding[]): string {
  const flags = [...new Set(leftOut.flatMap(flagsOf))].join(',');
  const [count, are] = [leftOut.length, leftOut.length === 1 ? 'is' : 'are'];
  if (count > 0)
    return `No fix is included; ${count} ${are} offered. To include ${count === 1 ? 'it' : 'them'}, pass --allow-effects ${flags}, or run a command above.`;
  if (verdict === 'willFail') return 'No fix is offered for what fails.';
  return verdict === 'unknown' ? 'Nothing to fix: whether it will run is unknown.' : 'Nothing to fix.';
}

const stepsOf = (done: ActResult) => (done.kind === 'plan' ? done.plan : done.outcome).steps;

/** Requests at most, one after another: a label, its version, an environment of that, roles, their definitions. */
const rounds = 5;

/** The verdict, once what the job names in the workspace is read. */
async function* checkedWith(
  job: JobFile,
  { session, snapshot: scanned, report }: AuditRun,
  signal: AbortSignal,
): AsyncGenerator<SessionEvent, Preflight> {
  const { resolveJob } = await import('../src/job/resolve.ts');
  let snapshot = scanned;
  for (let round = 0; ; round += 1) {
    const lookup = lookupIn(snapshot);
    const { job: known, toRead } = resolveJob(job, snapshot.workspace ?? '', lookup);
    const { result, reads } = preflightWithReads(known, snapshot, report);
    const ids = [...toRead, ...reads.ids].filter((id) => lookup(id).state === 'unread');
    if ((ids.length === 0 && reads.lists.size === 0) || round >= rounds || snapshot.source.kind === 'files')
      return result;
    snapshot = yield* session.look(snapshot, ids, signal, [...reads.lists.values()]);
  }
}

const lookupIn =
  (snapshot: Snapshot): AssetLookup =>
  (id) => {
    const resource = resourceIn(snapshot, id);
    if (resource !== undefined) return { state: 'read', body: resource.body };
    const gap = snapshot.gaps.find((one) => sameId(one.id, id));
    if (gap === undefined) return { state: 'unread' };
    return gap.status === 404 ? { state: 'missing' } : { state: 'gap', reason: gap.reason };
  };

const flagsOf = ({ effects = [] }: Finding): string[] =>
  kindsOf(effects.filter(isRisky)).map((kind) => effectFlags[kind]);

/** The findings to fix, without those whose effects the operator has not allowed. */
function toFix(result: Preflight, { findings }: Report, allowed: ReadonlySet<string>) {
  const failing = findingsToFix(result).flatMap((id) => findings.find((finding) => finding.id === id) ?? []);
  const isLeftOut = ({ effects = [] }: Finding) =>
    effects.some((effect) => isRisky(effect) && !allowed.has(effect.kind));
  return { targets: failing.filter((one) => !isLeftOut(one)).map(({ id }) => id), leftOut: failing.filter(isLeftOut) };
}

/** Throws Failure (exit 2) for a file that cannot be read or is no job. */
async function jobIn(file: string, { host }: CommandContext): Promise<JobFile> {
  const [text, { JobTextError, readJob }] = await Promise.all([host.readFile(file), import('../src/job/read-job.ts')]);
  const open = async (from: string, name: string) => {
    const beside = path.resolve(path.dirname(from), name);
    return { path: beside, text: await host.readFile(beside) };
  };
  try {
    return await readJob(text, file === '-' ? 'stdin' : file, open);
  } catch (error) {
    if (!(error instanceof JobTextError)) throw error;
    const place = error.line === null ? '' : ` (line ${error.line})`;
    throw new Failure(
      'bad-job',
      exitStatus.usage,
      `${clean(error.message, 400).replace(/\.$/, '')}${place}.`,
      error.next,
    );
  }
}
