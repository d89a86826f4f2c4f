// `bastide.yaml` on disk: read when a session is opened, held for the run, and written as a whole.
import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { LockHeld, withLock } from '../disk/lock.ts';
import { readOwnText, TooLarge } from '../disk/read-text.ts';
import { removeLeftovers, renameOver, temporaryName } from '../disk/replace-file.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { type Acceptance, type ProjectConfig, projectFileName } from '../model/project-config.ts';
import { clean } from '../model/text.ts';

/** In bytes; some thousand acceptances. */
const largest = 1024 * 1024;

export interface ProjectFileOptions {
  /** The file of `--config`; undefined: `bastide.yaml` in the working directory, where there is one. */
  readonly file: string | undefined;
  /** The file need not be there: it is about to be written. */
  readonly mayBeNew?: boolean;
  /** Ids of all rules, with those that the file names; `path`: its own. Throws Failure (exit 2). */
  rules(named: { readonly path: string; readonly rules?: readonly string[] }): Promise<readonly string[]>;
}

export interface ProjectStore {
  /** As users name it. */
  readonly path: string;
  /** What the file said when it was last read or written; null where there is none. */
  config(): ProjectConfig | null;
  /** Reads the file again where it was changed. Throws Failure (exit 2) for a mistake; what it said before then holds. */
  reload(): Promise<void>;
  /** Adds acceptances, or removes them; with `dryRun` only says what the file would be. Throws Failure. */
  accept(entries: readonly Acceptance[], dryRun: boolean): Promise<ProjectConfig>;
  remove(findings: readonly string[], dryRun: boolean): Promise<ProjectConfig>;
}

/** Reads the file. Throws Failure (exit 2) that names the line of a mistake. */
export async function openProjectFile({ file, mayBeNew = false, rules }: ProjectFileOptions): Promise<ProjectStore> {
  const name = file ?? projectFileName;
  const shown = clean(name, 300);
  let text = await textOf(name, shown);
  if (text === undefined && file !== undefined && !mayBeNew) {
    throw usage('unreadable-file', `${shown} cannot be read: no such file or folder.`, 'Check the path of --config.');
  }
  const parse = async (from: string): Promise<ProjectConfig> => {
    const [{ readProjectText, rulePathsIn }, { YamlTextError }] = await Promise.all([
      import('./project-text.ts'),
      import('../yaml/read-yaml.ts'),
    ]);
    try {
      return readProjectText(from, shown, await rules({ path: name, rules: rulePathsIn(from) }));
    } catch (error) {
      throw error instanceof YamlTextError ? badText(shown, error) : error;
    }
  };
  let config = text === undefined ? null : await parse(text);
  const change = async (edit: (from: string | null) => Promise<string>, dryRun: boolean): Promise<ProjectConfig> => {
    const next = await edit(text ?? null);
    const wanted = await parse(next);
    if (dryRun) return wanted;
    await write(name, shown, text, next);
    [text, config] = [next, wanted];
    return wanted;
  };
  return {
    path: shown,
    config: () => config,
    async reload() {
      const next = await textOf(name, shown);
      if (next === text) return;
      config = next === undefined ? null : await parse(next);
      text = next;
    },
    accept: (entries, dryRun) =>
      change(async (from) => (await import('./project-text.ts')).withAcceptances(from, entries), dryRun),
    remove: (findings, dryRun) =>
      change(async (from) => (await import('./project-text.ts')).withoutAcceptances(from ?? '', findings), dryRun),
  };
}

async function textOf(file: string, shown: string): Promise<string | undefined> {
  let text: string | undefined;
  try {
    text = await readOwnText(file, largest);
  } catch (error) {
    if (isFailure(error)) throw error;
    const why = error instanceof TooLarge ? error.message : codeOf(error) || 'it is not a file';
    throw usage('unreadable-file', `${shown} cannot be read: ${why}.`, 'Fix the file, or name another with --config.');
  }
  if (text?.includes('\uFFFD')) throw usage('bad-config', `${shown} is not UTF-8 text.`, 'Save it as UTF-8.');
  return text;
}

/** The file whole, where it still holds what was read; else it is left as it is. Throws Failure. */
async function write(file: string, shown: string, before: string | undefined, text: string): Promise<void> {
  // A link is followed: the file that it leads to is written.
  const target = existing(file) ?? path.resolve(file);
  if (!statSync(path.dirname(target), { throwIfNoEntry: false })?.isDirectory()) {
    throw usage('unwritable-file', `${shown} cannot be written: its folder does not exist.`, 'Use another path.');
  }
  try {
    await withLock({ file: target, pid: process.pid, patience: 5000 }, async () => {
      if (currentText(target) !== before) throw changedMeanwhile(shown);
      replace(target, text);
    });
  } catch (error) {
    throw error instanceof LockHeld ? busy(shown, error.pid) : writeFailure(error, shown);
  }
}

function existing(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function currentText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written beside the file and renamed, with the mode of the file. */
function replace(file: string, text: string): void {
  removeLeftovers(file);
  const mode = (statSync(file, { throwIfNoEntry: false })?.mode ?? 0o644) & 0o777;
  const beside = temporaryName(file);
  try {
    const descriptor = openSync(beside, 'wx', mode);
    try {
      const bytes = Buffer.from(text);
      for (let count = 0; count < bytes.length; ) count += writeSync(descriptor, bytes, count);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameOver(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

const usage = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.usage, message, next);

const badText = (file: string, { line, message, next }: { line: number; message: string; next: string }): Failure =>
  usage(
    'bad-config',
    `${file}:${line}: ${message}`,
    next === '' ? `Fix the line, or name another file with --config.` : next,
  );

const changedMeanwhile = (file: string): Failure =>
  new Failure(
    'config-changed',
    exitStatus.notSent,
    `${file} was changed by another program meanwhile, so it was left as it is.`,
    'Run the command again.',
  );

const busy = (file: string, pid: number): Failure =>
  new Failure(
    'config-busy',
    exitStatus.notSent,
    `${file} is being written by process ${pid}, so it was left as it is.`,
    'Retry when that process has ended.',
  );

function writeFailure(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (code === '' || error instanceof Failure) return error;
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(code);
  return new Failure(
    'config-not-written',
    isFull ? exitStatus.notSent : exitStatus.usage,
    `${file} cannot be written (${code}), so it was left as it is.`,
    isFull ? 'Free some space on the disk, then retry.' : 'Make the file and its folder writable, or use --config.',
  );
}

/** The system's name of an error, such as EACCES; '' for any other. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z0-9]+$/.test(code) ? code : '';
}
