// What `--from` and `--parameters` name, read from disk: files, the readable files of folders, what templates link to beside them, and
// Bicep through its compiler. Bounded, so that a folder of any size ends.
import { constants } from 'node:fs';
import { lstat, opendir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { exitStatus, Failure } from '../model/failure.ts';
import type { SkippedFile } from '../model/snapshot.ts';
import { clean, counted } from '../model/text.ts';
import type { FileText } from '../session/files/documents.ts';
import { compileBicep } from './bicep.ts';
import { readText } from './files.ts';

export interface SourceFiles {
  readonly files: readonly FileText[];
  readonly skipped: readonly SkippedFile[];
}

/** Of one folder: files that may be read, their bytes in all, folders inside one another, and entries of any kind. */
const most = { files: 2000, bytes: 128 * 1024 * 1024, depth: 30, entries: 100_000 };
/** Files that templates link to. */
const mostLinked = 200;
/** What tools put beside the sources; names that begin with a dot are left out as well. */
const notSources = new Set(['node_modules', 'bin', 'obj', 'dist', '__pycache__']);
const isReadable = (file: string): boolean => /\.(?:jsonc?|tfstate|bicep|bicepparam)$/i.test(file);

/** The texts of a template that may be links to others. */
type LinksIn = (text: string) => readonly string[];

/** Throws Failure (exit 2) naming the file and why it cannot be read. */
export async function readSources(
  from: readonly string[],
  parameters: readonly string[],
  linksIn: LinksIn,
  signal?: AbortSignal,
): Promise<SourceFiles> {
  const files: FileText[] = [];
  const skipped: SkippedFile[] = [];
  for (const named of from) {
    const isFolder = named !== '-' && (await stat(named).catch(() => undefined))?.isDirectory() === true;
    if (isFolder) files.push(...(await readFolder(named, skipped)));
    else {
      const own = await readNamed(named, { signal });
      files.push(...own, ...(await linkedTo(own.at(-1), linksIn)));
    }
  }
  for (const named of parameters) files.push(...(await readNamed(named, { as: 'parameters', signal })));
  return { files, skipped };
}

async function readNamed(
  file: string,
  { as, signal }: { readonly as?: 'parameters'; readonly signal: AbortSignal | undefined },
): Promise<FileText[]> {
  if (!/\.bicep(?:param)?$/i.test(file)) return [{ path: file, text: await readText(file, process.stdin, { signal }) }];
  const made = await compileBicep(file);
  return as === 'parameters' ? made.filter(({ path: of }) => of === file) : made;
}

/** The files below a folder that may be of a kind that is read, by name; what is left out is said with the reason. */
async function readFolder(folder: string, skipped: SkippedFile[]): Promise<FileText[]> {
  const found = await filesBelow(folder, skipped);
  const bicep = found.filter((file) => /\.bicep(?:param)?$/i.test(file));
  const roots = await rootsOf(bicep);
  const compiled = new Map<string, readonly FileText[]>();
  for (const file of roots) {
    try {
      compiled.set(file, await compileBicep(file));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      skipped.push({ file, reason: error.message.replace(`${clean(file, 300)}: `, '').replace(/\.$/, '') });
    }
  }
  const files: FileText[] = [];
  let bytes = 0;
  for (const file of found) {
    const made = compiled.get(file);
    if (made !== undefined) files.push(...made.map((one) => ({ ...one, role: 'folder' as const })));
    if (bicep.includes(file)) continue;
    const source = file.replace(/\.json$/i, '.bicep');
    if (source !== file && compiled.has(source)) {
      skipped.push({ file, reason: `${path.basename(source)} beside it is compiled` });
      continue;
    }
    const text = await readText(file, process.stdin).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      skipped.push({ file, reason: error.message.replace(`${clean(file, 300)} `, '').replace(/\.$/, '') });
      return undefined;
    });
    bytes += text?.length ?? 0;
    if (bytes > most.bytes) throw tooMuch(folder, `more than ${most.bytes / 1024 / 1024} MiB`);
    if (text !== undefined) files.push({ path: file, text, role: 'folder' });
  }
  return unique(files);
}

/** One template that several parameter files use is there once. */
const unique = (files: readonly FileText[]): FileText[] => [...new Map(files.map((one) => [one.path, one])).values()];

const tooMuch = (folder: string, what: string): Failure =>
  new Failure(
    'unreadable-file',
    exitStatus.usage,
    `${clean(folder, 300)}: the folder contains ${what}.`,
    'Pass a folder inside it, or the files themselves.',
    { file: folder },
  );

async function filesBelow(folder: string, skipped: SkippedFile[]): Promise<string[]> {
  const found: string[] = [];
  const others = new Map<string, number>();
  let entries = 0;
  const walk = async (at: string, depth: number): Promise<void> => {
    const names: { name: string; isFolder: boolean; isFile: boolean }[] = [];
    try {
      for await (const entry of await opendir(at)) {
        entries += 1;
        if (entries > most.entries) throw tooMuch(folder, `more than ${most.entries} entries`);
        names.push({ name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() });
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      skipped.push({ file: at, reason: 'the folder cannot be read' });
      return;
    }
    for (const { name, isFolder, isFile } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(at, name);
      if (name.startsWith('.') || (isFolder && notSources.has(name))) continue;
      if (isFolder && depth >= most.depth) skipped.push({ file, reason: `it is more than ${most.depth} folders deep` });
      else if (isFolder) await walk(file, depth + 1);
      else if (!isFile) skipped.push({ file, reason: await linkReason(file) });
      else if (isReadable(name)) found.push(file);
      else others.set(kindOf(name), (others.get(kindOf(name)) ?? 0) + 1);
      if (found.length > most.files) throw tooMuch(folder, `more than ${most.files} files that may be read`);
    }
  };
  await walk(folder, 0);
  for (const [kind, count] of others) {
    const why = `${counted(count, 'file')} of a kind that is not read`;
    skipped.push({ file: path.join(folder, kind), reason: reasons[kind] ?? why });
  }
  return found;
}

const kindOf = (name: string): string => `*${path.extname(name) || name}`;
const reasons: Readonly<Record<string, string>> = {
  '*.tf': 'Terraform is read as a plan: terraform show -json tfplan > plan.json',
};

async function linkReason(file: string): Promise<string> {
  const isLink = (await lstat(file).catch(() => undefined))?.isSymbolicLink() === true;
  return isLink ? 'it is a symbolic link, which is not followed' : 'it is not a regular file';
}

/** The Bicep files that no other one uses: modules are compiled with what uses them, and a template with its parameters. */
async function rootsOf(files: readonly string[]): Promise<string[]> {
  const used = new Set<string>();
  for (const file of files) {
    const text = await readFile(file, { encoding: 'utf8', flag: constants.O_RDONLY }).catch(() => '');
    for (const [, target = ''] of text.matchAll(
      /^[ \t]*(?:module[ \t]+\w+|using|import[ \t].*?[ \t]from|extends)[ \t]+'([^':\n]+)'/gm,
    )) {
      used.add(path.join(path.dirname(file), target));
    }
  }
  return files.filter((file) => !used.has(file));
}

/** Templates that a named template links to, where they are beside it. */
async function linkedTo(file: FileText | undefined, linksIn: LinksIn): Promise<FileText[]> {
  if (file === undefined || file.path === '-' || file.role !== undefined) return [];
  const found = new Map<string, FileText>();
  const look = async ({ path: from, text }: FileText): Promise<void> => {
    for (const link of linksIn(text)) {
      const target = path.join(path.dirname(from), link);
      const isInside = !path.relative(path.dirname(file.path), target).startsWith('..');
      if (!isInside || target === path.normalize(file.path) || found.has(target) || found.size >= mostLinked) continue;
      if ((await lstat(target).catch(() => undefined))?.isFile() !== true) continue;
      const linked: FileText = { path: target, text: await readText(target, process.stdin), role: 'linked' };
      found.set(target, linked);
      await look(linked);
    }
  };
  await look(file);
  return [...found.values()];
}
