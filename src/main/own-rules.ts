// The operator's own rules on disk: found in folders, read once, and added to Bastide's. Loaded only where some are named.
import type { CommandHost, CommonFlags, ProjectPort } from '../command/definition.ts';
import type { Rule } from '../rules/rule.ts';
import { type RuleFileText, ruleFilesOf, rulesIn } from './rule-texts.ts';

export type RuleFlags = Pick<CommonFlags, 'config' | 'rules'>;
/** What `bastide.yaml` names, and where it is. */
export interface ProjectRules {
  readonly path: string;
  readonly rules?: readonly string[];
}
/** What a session is opened with to audit. */
export interface JudgedBy {
  readonly project: Pick<ProjectPort, 'config'>;
  rules(): Promise<readonly Rule[]>;
}

/** In one folder. */
const most = { files: 500, depth: 10, bytes: 1024 * 1024 };

export function ruleFolders() {
  const made = new Map<string, Promise<readonly Rule[]>>();
  return {
    /** Bastide's rules, then the operator's; the same list whenever the same places are named. Throws Failure (exit 2). */
    all(paths: readonly string[], { path: config, rules: named = [] }: ProjectRules): Promise<readonly Rule[]> {
      if (paths.length === 0 && named.length === 0) return bastideRules();
      const key = JSON.stringify([paths, named, named.length === 0 ? '' : config]);
      const known = made.get(key);
      if (known !== undefined) return known;
      const reading = readAll(paths, config, named);
      made.set(key, reading);
      reading.catch(() => made.delete(key));
      return reading;
    },
    async test(paths: readonly string[]): ReturnType<CommandHost['testRules']> {
      const { testRule } = await import('../custom-rules/samples.ts');
      const files = await ruleFilesOf(await textsIn(paths));
      return files.flatMap(({ file, rules }) => rules.map((rule) => testRule(rule, file)));
    },
  };
}

const bastideRules = async (): Promise<readonly Rule[]> => (await import('../rules/index.ts')).rules;

async function readAll(paths: readonly string[], config: string, named: readonly string[]): Promise<readonly Rule[]> {
  const [own, below] = await Promise.all([bastideRules(), placesBelow(config, named)]);
  return [...own, ...(await rulesIn(await textsIn([...paths, ...below])))];
}

/** What `bastide.yaml` names must be below its own folder, links followed. */
async function placesBelow(config: string, named: readonly string[]): Promise<string[]> {
  const [{ realpath }, path, { exitStatus, Failure }, { clean }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('../model/failure.ts'),
    import('../model/text.ts'),
  ]);
  const folder = path.dirname(path.resolve(config));
  const real = await realpath(folder).catch(() => folder);
  const places: string[] = [];
  for (const one of named) {
    const place = path.resolve(folder, one);
    const target = await realpath(place).catch(() => place);
    const inside = path.relative(target === place ? folder : real, target);
    if (inside.startsWith('..') || path.isAbsolute(inside)) {
      throw new Failure(
        'bad-config',
        exitStatus.usage,
        `${clean(config, 300)}: ${clean(one, 300)} leads out of the folder of the file.`,
        'Copy the rules beside the file, or pass their folder with --rules.',
      );
    }
    places.push(path.relative('.', place) || '.');
  }
  return places;
}

/** The texts of files and folders, each file once. Throws Failure (exit 2). */
async function textsIn(paths: readonly string[]): Promise<RuleFileText[]> {
  const [{ readText }, { exitStatus, Failure }, { clean }, path] = await Promise.all([
    import('../cli/files.ts'),
    import('../model/failure.ts'),
    import('../model/text.ts'),
    import('node:path'),
  ]);
  const found = new Map<string, RuleFileText>();
  for (const named of paths) {
    const files = await ruleFilesAt(named);
    if (files.length === 0) {
      throw new Failure(
        'no-rules',
        exitStatus.usage,
        `${clean(named, 300)} contains no rule: no file in it ends in .yaml or .yml.`,
        'Pass the folder of your rules.',
      );
    }
    for (const file of files) {
      const whole = path.resolve(file);
      if (!found.has(whole))
        found.set(whole, { file, text: await readText(file, process.stdin, { most: most.bytes }) });
    }
  }
  return [...found.values()];
}

/** The file itself, or the rule files of a folder in the order of their names; links and hidden files are not followed. */
async function ruleFilesAt(named: string): Promise<string[]> {
  const [{ readdir, stat }, path, { exitStatus, Failure }, { clean }, { whyNot }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('../model/failure.ts'),
    import('../model/text.ts'),
    import('../cli/files.ts'),
  ]);
  const files: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = path.join(folder, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory() && depth < most.depth) await walk(at, depth + 1);
      else if (entry.isFile() && /\.ya?ml$/i.test(entry.name)) files.push(at);
    }
    if (files.length <= most.files) return;
    throw new Failure(
      'no-rules',
      exitStatus.usage,
      `${clean(named, 300)} contains more than ${most.files} YAML files.`,
      'Pass the folder of your rules.',
    );
  };
  try {
    if (!(await stat(named)).isDirectory()) return [named];
    await walk(named, 0);
    return files;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'unreadable-file',
      exitStatus.usage,
      `${clean(named, 300)} cannot be read: ${whyNot(error)}.`,
      'Check the path of --rules.',
    );
  }
}
