// Bicep files compiled by the operator's own compiler, `bicep` or `az bicep`, whichever is on the PATH. It is given time and room that no
// honest file needs more of, and what it prints on stderr is shown where it fails.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { FileText } from '../session/files/documents.ts';
import { readText } from './files.ts';

const most = { milliseconds: 120_000, bytes: 64 * 1024 * 1024, stderr: 64 * 1024 };

type Run =
  | { readonly state: 'done'; readonly status: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly state: 'missing' }
  | { readonly state: 'stopped'; readonly why: string };

const failed = (file: string, what: string, next: string): Failure =>
  new Failure('unreadable-file', exitStatus.usage, `${clean(file, 300)}: ${what}`, next, { file });

/** The template that a file compiles to; of a `.bicepparam` the parameters, and the template that it uses. Throws Failure (exit 2). */
export async function compileBicep(file: string): Promise<FileText[]> {
  const source = await readText(file, process.stdin);
  const isParameters = /\.bicepparam$/i.test(file);
  const stdout = await compiled(file, isParameters);
  if (!isParameters) return [{ path: file, text: stdout, bicep: source }];
  const parts = partsOf(stdout);
  if (parts === undefined) {
    throw failed(file, 'the Bicep compiler printed no parameters.', 'Install a newer one: az bicep upgrade.');
  }
  const used = /^[ \t]*using[ \t]+'([^'\n]+)'/m.exec(source)?.[1];
  const using = used?.endsWith('.bicep') ? path.join(path.dirname(file), used) : `${file}.template`;
  const template = parts.template === undefined ? [] : [await templateOf(using, parts.template)];
  return [...template, { path: file, text: parts.parameters, ...(template.length === 0 ? {} : { using }) }];
}

async function templateOf(file: string, text: string): Promise<FileText> {
  const bicep = await readText(file, process.stdin).catch(() => undefined);
  return { path: file, text, ...(bicep === undefined ? {} : { bicep }) };
}

/** What `build-params --stdout` prints: both as texts inside one object. */
function partsOf(stdout: string): { readonly parameters: string; readonly template: string | undefined } | undefined {
  try {
    const { parametersJson, templateJson } = JSON.parse(stdout) as Record<string, unknown>;
    if (typeof parametersJson !== 'string') return undefined;
    return { parameters: parametersJson, template: typeof templateJson === 'string' ? templateJson : undefined };
  } catch {
    return undefined;
  }
}

function lacksBicep(said: string): boolean {
  const at = said.toLowerCase().indexOf('bicep');
  return at >= 0 && /not installed|not found|'bicep' is misspelled/i.test(said.slice(Math.max(0, at - 1)));
}

async function compiled(file: string, isParameters: boolean): Promise<string> {
  const verb = isParameters ? 'build-params' : 'build';
  const ways = [
    ['bicep', verb, file, '--stdout'],
    ['az', 'bicep', verb, '--file', file, '--stdout', '--only-show-errors'],
  ];
  for (const [program = '', ...args] of ways) {
    const ran = await run(program, args);
    if (ran.state === 'missing') continue;
    if (ran.state === 'stopped')
      throw failed(file, `the Bicep compiler ${ran.why}.`, 'Compile the file yourself, and pass the JSON.');
    if (ran.status === 0 && ran.stdout.trim() !== '') return ran.stdout;
    // The Azure CLI without its Bicep is no compiler.
    if (program === 'az' && lacksBicep(ran.stderr)) continue;
    const lines = ran.stderr.split('\n').map((line) => line.trim());
    const said =
      clean(lines.filter((line) => line !== '').join(' '), 1500) || `it ended with status ${ran.status ?? 'none'}`;
    throw failed(file, `the Bicep compiler refuses it: ${said.replace(/\.$/, '')}.`, 'Correct the file.');
  }
  const example = `bicep ${verb} ${path.basename(file)}`;
  throw failed(
    file,
    'Bicep is not read without its compiler, and neither bicep nor az is on the PATH.',
    `Install one (az bicep install), or pass the JSON of \`${example}\`.`,
  );
}

function run(program: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const isWindows = process.platform === 'win32';
    // Programs of Windows may be scripts, which only the shell starts: the arguments are quoted for it.
    const child = isWindows
      ? spawn([program, ...args.map((arg) => `"${arg.replaceAll('"', '')}"`)].join(' '), {
          shell: true,
          windowsHide: true,
        })
      : spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let [size, stderr, why] = [0, '', undefined as string | undefined];
    const stop = (reason: string): void => {
      why ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(`took more than ${most.milliseconds / 1000} seconds`), most.milliseconds);
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most.bytes) stop(`printed more than ${most.bytes / 1024 / 1024} MiB`);
      else chunks.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < most.stderr) stderr += chunk.toString('utf8');
    });
    child.once('error', () => {
      clearTimeout(timer);
      resolve({ state: 'missing' });
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      const isMissing = isWindows && /is not recognized/i.test(stderr);
      if (why !== undefined) resolve({ state: 'stopped', why });
      else
        resolve(
          isMissing
            ? { state: 'missing' }
            : { state: 'done', status, stdout: Buffer.concat(chunks).toString('utf8'), stderr },
        );
    });
  });
}
