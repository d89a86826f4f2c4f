// The interface for programs, described in types/index.d.ts: the commands `audit`, `plan` and `explain` over files, so that a program
// has the results that the command line has. Reads no file and no variable, and opens no connection.
import type * as Api from '../../types/index.d.ts';
import type { Command, CommandContext } from '../command/definition.ts';
import type { Json } from '../model/json.ts';
import type { Rule } from '../rules/rule.ts';
import type { FileText } from '../session/from-files.ts';
import type { Session } from '../session/session.ts';
import { rulesIn } from './rule-texts.ts';

const shell = () => import('../../commands/index.ts');

export const audit: typeof Api.audit = async (input, options = {}) => {
  const { allOutcomes = false, rules: rule = [], skipRules: skipRule = [], areas = [], resources = [] } = options;
  const session = await opened(input, options);
  const args = {
    ...{
      by: 'problem',
      allOutcomes,
      live: false,
      diagnose: false,
      sinceLast: false,
      newOnly: false,
      baseline: undefined,
    },
    ...{ rule, skipRule, area: areas, resource: resources },
  };
  return run<Api.AuditResult>('audit', args, session, options);
};

export const plan: typeof Api.plan = async (input, options) => {
  const { targets, answers = {}, ips = [], resource, allowEffects } = options;
  const session = await opened(input, options);
  const args = {
    ...{ targets: targets === 'all' ? [] : targets, all: targets === 'all', answer: answers, ip: ips, whatIf: false },
    ...{ resource },
  };
  if (targets.length === 0) {
    await refuse(
      'no-target',
      'targets is empty: no finding or rule is given.',
      "Name findings or rules, or pass 'all'.",
    );
  }
  return run<Api.PlanResult>('plan', args, session, options, allowEffects);
};

export const rules: typeof Api.rules = async (options = {}) => {
  const args = { rule: undefined, live: false, error: undefined };
  return (await run<{ rules: readonly Api.RuleSummary[] }>('explain', args, undefined, options)).rules;
};

export const isBastideError: typeof Api.isBastideError = (error): error is Api.BastideError =>
  error instanceof Error && error.name === 'Failure' && 'code' in error && 'next' in error;

async function opened(input: Api.Input, options: Api.CommonOptions): Promise<Session> {
  const [{ createFileSession }, { readFiles }] = await Promise.all([
    import('../session/create-file-session.ts'),
    import('../session/from-files.ts'),
  ]);
  const files = await filesOf(input);
  let count = 0;
  const more = {
    now: () => new Date(),
    newId: () => {
      count += 1;
      return `${count}`;
    },
  };
  const { snapshot, locate } = readFiles(files, {
    ...{ allResources: options.allResources === true, values: options.parameters ?? {} },
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    ...more,
  });
  const sandbox = () => refuse('no-what-if', 'A program simulates no plan.', 'Use `bastide what-if`.');
  return createFileSession({
    ...{ snapshot, rules: await rulesFor(options), sandbox },
    // Parsed JSON has no lines.
    ...(typeof input === 'string' || hasFiles(input) ? { locate } : {}),
    ...more,
    project: () => null,
  });
}

async function filesOf(input: Api.Input): Promise<readonly FileText[]> {
  if (typeof input === 'string') return [{ path: 'input', text: input }];
  const wrong = typeof input !== 'object' || input === null || (hasFiles(input) && !input.files.every(isFile));
  if (wrong) {
    return refuse(
      'bad-input',
      'The input is neither text, JSON nor files.',
      'Pass a snapshot, resources, a template or a plan.',
    );
  }
  return hasFiles(input)
    ? input.files.map(({ name, text }) => ({ path: name, text }))
    : [{ path: 'input', text: JSON.stringify(input) }];
}
const isFile = (file: unknown): boolean => {
  const { name, text } = (file ?? {}) as Partial<Api.InputFile>;
  return typeof name === 'string' && typeof text === 'string';
};
const hasFiles = (input: object): input is { readonly files: readonly Api.InputFile[] } =>
  'files' in input && Array.isArray(input.files) && Object.keys(input).length === 1;

const made = new Map<string, Promise<readonly Rule[]>>();

/** The same list for the same files: a report is made once for a snapshot and a list of rules. */
function rulesFor({ customRules = [] }: Pick<Api.CommonOptions, 'customRules'>): Promise<readonly Rule[]> {
  const key = JSON.stringify(customRules.map(({ name, text }) => [name, text]));
  const known = made.get(key) ?? withCustom(customRules);
  made.clear();
  made.set(key, known);
  return known;
}

async function withCustom(files: readonly Api.InputFile[]): Promise<readonly Rule[]> {
  const { rules: own } = await import('../rules/index.ts');
  if (files.length === 0) return own;
  return [...own, ...(await rulesIn(files.map(({ name, text }) => ({ file: name, text }))))];
}

/** The command's JSON, as the command line prints it. Rejects with its Failure. */
async function run<Result>(
  name: string,
  args: object,
  session: Session | undefined,
  options: Api.CommonOptions,
  allowEffects: readonly string[] = [],
): Promise<Result> {
  const { verbs } = await shell();
  const command = verbs.find((one) => one.name === name) as Command;
  const context = {
    ...{ verbs, rules: await rulesFor(options), session: async () => session, now: () => new Date(), say: () => {} },
    flags: {
      ...{ profile: options.profile ?? 'all', failOn: 'never', allowEmpty: true, rules: [] },
      ...{ yes: false, dryRun: false, readOnly: true, refreshTags: false },
      ...(allowEffects.length === 0 ? {} : { allowEffects: allowEffects.join(',') }),
    },
    signal: new AbortController().signal,
    settings: { get: async () => undefined },
    ask: { text: () => refuse('needs-input', 'A program cannot be asked for an address.', 'Pass it in `ips`.') },
    host: { env: {}, project: async () => ({ path: '', config: () => null }) },
  } as unknown as CommandContext;
  const steps = command.run(context, args as never);
  let next = await steps.next();
  while (!next.done) next = await steps.next();
  const { renderJson } = await import('../render/json.ts');
  return JSON.parse(renderJson((command.json?.(next.value) ?? next.value) as Json)) as Result;
}

async function refuse(code: string, message: string, next: string): Promise<never> {
  const { Failure, exitStatus } = await import('../model/failure.ts');
  throw new Failure(code, exitStatus.usage, message, next);
}
