// `export`: a plan in the language of another tool, for those who carry changes out by pipelines. What that language cannot say is
// said beside it, never dropped.
import * as z from 'zod/mini';
import { verifierIntents } from '../src/audit/verifier.ts';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { countedIn } from '../src/model/compare.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Plan } from '../src/model/plan.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { clean } from '../src/model/text.ts';
import { noChanges } from '../src/plan/describe.ts';
import { type PolicyDocument, policyEffects, policyNotes, policyScript } from '../src/policy/index.ts';
import { spokenId } from '../src/render/change-text.ts';
import { exported, inAscii, shapes } from '../src/render/export/index.ts';
import type { PlanRequest, SessionEvent } from '../src/session/session.ts';
import { refuseBlocked } from './parts/blocked.ts';
import { readPlan, requireSameSource } from './parts/plan-file.ts';
import { fixedBy, type PolicySource, policiesFor } from './parts/policy.ts';
import { fixRequest, selected, targetArgs } from './parts/targets.ts';

/** The plan to export: from a file, or to be made. */
type Wanted =
  | { readonly kind: 'file'; readonly saved: Plan }
  | { readonly kind: 'request'; readonly request: PlanRequest };

const intentShape = 'verifier-intents';
/** Azure Policy, as a document of bodies or as a script. */
const policyShapes = ['policy', 'policy-az'];
const names: [string, ...string[]] = [
  shapes[0].name,
  ...shapes.slice(1).map(({ name }) => name),
  intentShape,
  ...policyShapes,
];

export const exportPlan = defineCommand({
  name: 'export',
  summary: 'Export a plan as a template or script, the network as verifier intents, or what is fixed as Azure Policy',
  args: z.object({
    ...targetArgs,
    targets: flag(z._default(z.array(z.string()), []), 'a plan file, or finding and rule IDs as for `plan`', {
      ...{ value: 'PLAN|FINDING|RULE', of: 'target' },
    }),
    as: flag(
      z._default(z.enum(names), names[0]),
      `output: ${shapes.map(({ name, title }) => `${title} (${name})`).join(', ')}, intents of Azure Virtual Network Verifier (${intentShape}), or Azure Policy that keeps fixed what is fixed (policy; as an Azure CLI script: policy-az)`,
      {
        value: 'SHAPE',
      },
    ),
    effect: flag(
      z.optional(z.enum(policyEffects)),
      'policy effect: Audit (default) only reports, Deny refuses writes by everyone; built-in definitions without Deny use Audit',
      { only: { as: policyShapes } },
    ),
    entry: flag(z.optional(z.string()), 'what this history entry fixed, instead of a plan or findings', {
      ...{ value: 'ENTRY', of: 'entry', only: { as: policyShapes } },
    }),
  }),
  positional: ['targets...'],
  effect: 'read',
  examples: [
    { line: 'export --all --as arm --output template.json', says: 'Export all automatic fixes as a template' },
    {
      line: 'export acr.shared-private-link --answer link=Acr',
      says: 'Export the shared private link to the registry as a template',
    },
    {
      line: 'export --as verifier-intents',
      says: 'Reachability from compute subnets, as intents for Azure Virtual Network Verifier',
    },
    { line: 'export --as policy', says: 'Azure Policy assignments for everything that passes or can be fixed' },
    {
      line: 'export storage.default-action-deny --as policy-az --effect Deny',
      says: 'A script for policies that refuse to open the storage firewall again',
    },
    { line: 'export plan.json --as az', says: 'Export a saved plan as an Azure CLI script' },
    { line: 'export --all --as pwsh --output plan.ps1', says: 'Export it as a PowerShell script' },
  ],
  async *run(context, { as, effect, entry, ...args }): AsyncGenerator<SessionEvent, ExportResult> {
    const isPolicy = policyShapes.includes(as);
    if (entry !== undefined && (args.targets.length > 0 || args.all)) throw entryTakesNoPlan();
    const shape = shapes.find(({ name }) => name === as) ?? shapes[0];
    const [file] = args.targets;
    const wanted: Wanted =
      file !== undefined && isFile(file)
        ? { kind: 'file', saved: readPlan(await context.host.readFile(file), file).plan }
        : {
            kind: 'request',
            request: await fixRequest(context, { ...args, all: args.all || args.targets.length === 0 }),
          };
    if (wanted.kind === 'file' && (args.targets.length > 1 || args.all)) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        'A plan file cannot be combined with other targets or --all.',
        'Remove one of them.',
      );
    }
    const session = await context.session();
    if (as === intentShape) {
      if (args.targets.length > 0 || args.all) throw intentsTakeNoPlan();
      const { intents, notes } = verifierIntents(session.map(yield* session.scan(context.signal)));
      for (const note of notes) context.say(clean(note, 2000));
      return { as, plan: null, text: `${JSON.stringify({ value: intents }, null, 2)}\n`, notes };
    }
    if (wanted.kind === 'file') requireSameSource(wanted.saved, session);
    // Before anything is read: an unknown entry is a mistake in the line.
    const fixed = entry === undefined ? undefined : await fixedBy(session, entry);
    const scanned = yield* session.scan(context.signal);
    if (fixed !== undefined)
      return policyResult(
        context,
        as,
        policiesFor(context, session, scanned, {
          source: { kind: 'entry', findings: fixed },
          effect: effect ?? 'Audit',
        }),
      );
    const request = wanted.kind === 'file' ? null : selected(context, session, wanted.request, scanned);
    const planOf = (of: Snapshot): Plan =>
      wanted.kind === 'file'
        ? session.review(of, wanted.saved, context.flags.profile)
        : session.plan(of, request ?? wanted.request);
    const snapshot = yield* session.named(scanned, (of) => [planOf(of)], context.signal);
    const plan = planOf(snapshot);
    if (isPolicy) {
      const source: PolicySource = request === null ? { kind: 'plan', plan } : { kind: 'request', request, plan };
      return policyResult(context, as, policiesFor(context, session, snapshot, { source, effect: effect ?? 'Audit' }));
    }
    if (wanted.kind === 'request') refuseBlocked(context, wanted.request, plan);
    const { text, notes } = exported(plan, snapshot, shape);
    const skipped = leftOut(plan);
    const nothing = plan.steps.length === 0 ? [noChanges(plan).replace(/\.$/, ': the export is empty.')] : [];
    const all = plan.steps.length === 0 ? [...nothing, ...skipped] : [...notes, ...skipped];
    for (const note of all) context.say(clean(note, 2000));
    return { as: shape.name, plan: plan.id, text, notes: all };
  },
  text: ({ text: document }) =>
    document
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => [{ text }]),
});

interface ExportResult {
  readonly as: string;
  /** Id of the plan; null where none is exported. */
  readonly plan: string | null;
  /** The document or script. */
  readonly text: string;
  readonly notes: readonly string[];
  /** With `--as policy`: what the document holds, and for each finding that it does not hold, why. */
  readonly policy?: Pick<PolicyDocument, 'digest' | 'effect' | 'held' | 'notExpressed'>;
}

function policyResult(context: CommandContext, as: string, document: PolicyDocument): ExportResult {
  const notes = policyNotes(document);
  for (const note of notes) context.say(clean(note, 2000));
  const { digest, effect, held, notExpressed } = document;
  const text = as === 'policy' ? `${inAscii(JSON.stringify(document, null, 2))}\n` : policyScript(document);
  return { as, plan: null, text, notes, policy: { digest, effect, held, notExpressed } };
}

const entryTakesNoPlan = (): Failure =>
  new Failure(
    'contradicting-flags',
    exitStatus.usage,
    '--entry cannot be combined with a plan, findings, rules or --all.',
    'Remove --entry or the targets.',
  );

/** A few findings with their reasons; of many, how many. */
const leftOut = ({ skipped, preview }: Plan): string[] =>
  skipped.length > 5
    ? [
        `${countedIn(
          skipped.map(({ finding }) => finding),
          preview.rollUps,
        )} findings are not included in the plan; \`bastide plan\` for the same findings shows why.`,
      ]
    : skipped.map(({ finding, reason }) => `Not included: ${spokenId(finding)}: ${reason}`);

/** A rule or finding id is no file's name, and a file's name ends in .json or leads somewhere. */
const isFile = (target: string): boolean =>
  target === '-' || (!target.includes('@') && (/\.json$/i.test(target) || /^[./~]|[\\/]/.test(target)));

const intentsTakeNoPlan = (): Failure =>
  new Failure(
    'contradicting-flags',
    exitStatus.usage,
    'Intents describe the network as it is now, and cannot be combined with a plan, findings, rules or --all.',
    'Remove the targets, or use another --as.',
  );
