// `accept`: findings that are tolerated for now, with a reason and an end, kept in `bastide.yaml`.
import * as z from 'zod/mini';
import { nearestTarget } from '../src/audit/index.ts';
import { type CommandContext, defineCommand, type ProjectPort } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Finding } from '../src/model/finding.ts';
import { matchesGlob } from '../src/model/glob.ts';
import {
  type Acceptance,
  acceptedWords,
  findingPattern,
  isDay,
  isExpired,
  type ProjectConfig,
} from '../src/model/project-config.ts';
import { shortFinding } from '../src/model/short-finding.ts';
import { clean, counted } from '../src/model/text.ts';
import { type Line, line } from '../src/model/words.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { scanAndJudge } from './parts/judge.ts';

interface AcceptArgs {
  readonly findings: readonly string[];
  readonly reason?: string | undefined;
  readonly until?: string | undefined;
  readonly by?: string | undefined;
}

interface ListedAcceptance extends Acceptance {
  readonly expired: boolean;
  /** Ids of the failing findings that it names; null where the workspace was not read. */
  readonly findings: readonly string[] | null;
}

interface AcceptResult {
  readonly action: 'accept' | 'remove' | 'list';
  readonly path: string;
  /** Only shown, not written. */
  readonly dryRun: boolean;
  /** What was added or removed. */
  readonly changed: readonly ListedAcceptance[];
  /** Every acceptance of the file, as it is then. */
  readonly acceptances: readonly ListedAcceptance[];
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);

export const accept = defineCommand({
  name: 'accept',
  summary: 'Accept findings in bastide.yaml: they are shown, and do not fail an audit',
  args: z.object({
    findings: flag(z._default(z.array(z.string()), []), 'finding ids, or rule ids for all their findings', {
      value: 'FINDING',
      of: 'target',
    }),
    reason: flag(z.optional(z.string()), 'why they are accepted; shown in every report', { value: 'TEXT' }),
    until: flag(z.optional(z.string()), 'last day of the acceptance, such as 2027-03-31', { value: 'DATE' }),
    by: flag(z.optional(z.string()), 'who accepts them', { value: 'NAME' }),
    remove: flag(z._default(z.boolean(), false), 'remove acceptances instead', { unasked: true }),
    list: flag(z._default(z.boolean(), false), 'list what is accepted', { unasked: true }),
  }),
  positional: ['findings...'],
  effect: 'read',
  writesProject: true,
  invalidates: ({ list }) => (list ? [] : ['report']),
  examples: [
    {
      line: "accept acr.build-cluster-cpu --reason 'Builds need a GPU' --until 2099-03-31 --dry-run",
      says: 'Show what would be accepted; without --dry-run it is written to bastide.yaml',
    },
    { line: 'accept --list', says: 'List what is accepted, until when and why' },
  ],
  check({ list, remove, findings, reason, until, by }) {
    if (list && (remove || findings.length > 0)) {
      throw usage('contradicting-flags', '--list takes no findings.', 'Run `bastide accept --list`.');
    }
    if (list) return;
    if (findings.length === 0) {
      throw usage('missing-argument', 'accept needs FINDING.', 'Run `bastide findings` for the ids.');
    }
    if (remove) requireNothingElse({ reason, until, by });
    else requireReason(reason, until);
  },
  async *run(context, { list, remove, ...args }): AsyncGenerator<SessionEvent, AcceptResult> {
    const project = await context.host.project(context.flags.config, true);
    if (list) return listed(context, project, project.config());
    return remove ? await removed(context, project, args) : yield* added(context, project, args);
  },
  text: acceptLines,
});

function listed(context: CommandContext, { path }: ProjectPort, config: ProjectConfig | null): AcceptResult {
  const acceptances = (config?.accepted ?? []).map((one) => shown(context, one, null));
  return { action: 'list', path, dryRun: false, changed: [], acceptances };
}

const shown = (context: CommandContext, one: Acceptance, findings: readonly Finding[] | null): ListedAcceptance => ({
  ...one,
  expired: isExpired(one, context.now().toISOString()),
  findings: findings?.filter((found) => isNamed(one.finding, found)).map(({ id }) => id) ?? null,
});

const isNamed = (pattern: string, { id, outcome }: Finding): boolean => outcome === 'fail' && matchesGlob(pattern, id);

function requireReason(reason = '', until?: string): void {
  if (reason.trim() === '') {
    throw usage(
      'missing-reason',
      'accept needs --reason: why the finding is accepted.',
      "For example: --reason 'Moves to private endpoints in spring'",
    );
  }
  if (until !== undefined && !isDay(until)) {
    throw usage(
      'bad-value',
      `--until takes a date such as 2027-03-31, not ${clean(until, 40)}.`,
      'Write year, month and day.',
    );
  }
}

function requireNothingElse(rest: Omit<AcceptArgs, 'findings'>): void {
  const [extra] = Object.keys(rest).filter((key) => rest[key as keyof typeof rest] !== undefined);
  if (extra === undefined) return;
  throw usage('contradicting-flags', `--remove and --${extra} cannot be combined.`, `Remove --${extra}.`);
}

async function* added(
  context: CommandContext,
  project: ProjectPort,
  { findings: named, reason = '', until, by }: AcceptArgs,
): AsyncGenerator<SessionEvent, AcceptResult> {
  const today = context.now().toISOString().slice(0, 10);
  if (until !== undefined && until < today) {
    throw usage('bad-value', `--until is ${until}, and today is ${today}.`, 'Use today or a later day.');
  }
  // A host that shows the workspace has read it.
  const snapshot = context.snapshot ?? (await context.session()).latest();
  const { report } = yield* scanAndJudge({ ...context, ...(snapshot === undefined ? {} : { snapshot }) });
  const entries = named.map((text): Acceptance => {
    const finding = findingPattern(text);
    requireFailing(finding, text, report.findings, context.rules);
    return { finding, reason: clean(reason.trim(), 1000), until: until ?? null, by: by?.trim() || null };
  });
  const { dryRun } = context.flags;
  const config = await project.accept(entries, dryRun);
  const { path } = project;
  const all = config.accepted.map((one) => shown(context, one, report.findings));
  const own = new Set(entries.map(({ finding }) => finding));
  return { action: 'accept', path, dryRun, changed: all.filter(({ finding }) => own.has(finding)), acceptances: all };
}

/** Only what fails can be accepted: what cannot be read must stay visible. Throws Failure (exit 2). */
function requireFailing(pattern: string, text: string, all: readonly Finding[], rules: CommandContext['rules']): void {
  const named = all.filter(({ id }) => matchesGlob(pattern, id));
  if (named.some(({ outcome }) => outcome === 'fail')) return;
  const told = clean(text, 300);
  const [one] = named;
  if (one === undefined) {
    const near = nearestTarget({ findings: all }, rules, text);
    throw usage('unknown-finding', `${told} is not a finding.`, near ?? 'Run `bastide findings` for the ids.');
  }
  const why = { pass: 'passes', unknown: 'is unknown', notApplicable: 'does not apply', fail: '' }[one.outcome];
  throw usage(
    'nothing-to-accept',
    named.length === 1 ? `${told} ${why}: only a failing finding can be accepted.` : `No finding of ${told} fails.`,
    'Run `bastide findings` for the failing ones.',
  );
}

async function removed(
  context: CommandContext,
  project: ProjectPort,
  { findings: named }: AcceptArgs,
): Promise<AcceptResult> {
  const known = project.config()?.accepted ?? [];
  const patterns = named.map((text) => {
    const pattern = findingPattern(text);
    if (known.some(({ finding }) => finding === pattern)) return pattern;
    const wider = known.find(({ finding }) => matchesGlob(finding, pattern));
    throw usage(
      'not-accepted',
      `${clean(text, 300)} is not accepted in ${project.path}.`,
      wider === undefined
        ? 'Run `bastide accept --list`.'
        : `It is accepted by ${wider.finding}; remove that acceptance.`,
    );
  });
  const gone = known.filter(({ finding }) => patterns.includes(finding));
  const { dryRun } = context.flags;
  const config = await project.remove(patterns, dryRun);
  const { path } = project;
  const [changed, acceptances] = [gone, config.accepted].map((all) => all.map((one) => shown(context, one, null)));
  return { action: 'remove', path, dryRun, changed: changed ?? [], acceptances: acceptances ?? [] };
}

function acceptLines({ action, path, dryRun, changed, acceptances }: AcceptResult): Line[] {
  if (action === 'list') {
    return acceptances.length === 0
      ? [line(`Nothing is accepted in ${path}.`)]
      : [line([`${path}: ${acceptances.length} accepted`, 'heading']), ...acceptances.flatMap(acceptanceLines)];
  }
  const told = action === 'accept' ? 'Accepted in' : 'No longer accepted in';
  return [
    dryRun ? line(`Dry run: ${path} is not changed.`) : line([`${told} ${path}`, 'ok']),
    ...changed.flatMap(acceptanceLines),
    line([
      action === 'accept'
        ? 'They stay in every report as accepted, and do not count for --fail-on.'
        : 'Findings that still fail count again.',
      'dim',
    ]),
  ];
}

function acceptanceLines(one: ListedAcceptance): Line[] {
  const { finding, expired, findings } = one;
  const count = findings === null ? '' : `  ${counted(findings.length, 'failing finding')}`;
  return [
    line(
      [expired ? '! ' : '· ', expired ? 'warn' : 'dim'],
      finding.includes('*') ? clean(finding, 400) : shortFinding(finding),
      [count, 'dim'],
      [expired ? '  expired' : '', 'warn'],
    ),
    line([`  ${clean(acceptedWords(one), 1500)}`, 'dim']),
  ];
}
