// The session of a source: files, a demo world, or Azure behind whichever endpoint and sign-in were named.
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import type { HostFlags } from '../command/common-flags.ts';
import type { CommonFlags } from '../command/definition.ts';
import type { Source } from '../model/snapshot.ts';
import type { TagOptions } from '../session/service-tags.ts';
import type { Session } from '../session/session.ts';
import { openArm } from './open-arm.ts';
import { openDemo } from './open-demo.ts';
import { openFiles } from './open-files.ts';
import type { JudgedBy } from './own-rules.ts';
import type { MainRun } from './run.ts';

export async function openSession(
  run: MainRun,
  host: HostFlags,
  { readOnly, serviceTags, refreshTags }: CommonFlags,
  judged: JudgedBy,
): Promise<Session> {
  const file = serviceTags === undefined ? undefined : await readTags(serviceTags);
  if (host.from.length > 0) return openFiles(run, host, file, judged);
  const tags: TagOptions = { refresh: refreshTags, ...(file === undefined ? {} : { file }) };
  if (host.demo !== undefined) return openDemo(run, host, { readOnly, tags, judged });
  const ca = host.ca === undefined ? undefined : await readAuthority(host.ca);
  const [{ clouds, cloudAt }, { signInWith }] = await Promise.all([
    import('../azure/clouds.ts'),
    import('../azure/sign-in.ts'),
  ]);
  const { endpoint } = host;
  const credential = signInWith({
    cloud: (signal) => (endpoint === undefined ? Promise.resolve(clouds[host.cloud]) : cloudAt(endpoint, ca, signal)),
    environment: process.env,
    readFile: readSmall,
    isAzureMachine,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    ...(host.auth === undefined ? {} : { auth: host.auth }),
    ...(ca === undefined ? {} : { ca }),
  });
  const source: Source =
    endpoint === undefined ? { kind: 'azure', name: host.cloud } : { kind: 'endpoint', name: originOf(endpoint) };
  const { tagStore } = await import('../settings/service-tags.ts');
  const store = tagStore({ folder: run.folders.tags, source });
  const address = endpoint ?? clouds[host.cloud].endpoint;
  return openArm(run, { host, source, endpoint: address, credential, ca, readOnly, tags: { ...tags, store }, judged });
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

/** A certificate or a token. */
async function readSmall(file: string): Promise<string> {
  const { readFileBytes } = await import('../disk/read-text.ts');
  return (await readFileBytes(file, 64 * 1024)).toString('utf8');
}

/** The tag that Azure gives the chassis of its virtual machines, or the agent of Azure Arc. */
function isAzureMachine(): boolean {
  const arc =
    process.platform === 'win32'
      ? 'C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe'
      : '/opt/azcmagent/bin/himds';
  if (existsSync(arc)) return true;
  try {
    return readFileSync('/sys/class/dmi/id/chassis_asset_tag', 'utf8').trim() === '7783-7084-3265-9085-8269-3286-77';
  } catch {
    return false;
  }
}

async function readAuthority(file: string): Promise<string> {
  const { readText } = await import('../cli/files.ts');
  return readText(file, process.stdin);
}

async function readTags(file: string): Promise<NonNullable<TagOptions['file']>> {
  const [{ readText }, { tagsFromText }] = await Promise.all([
    import('../cli/files.ts'),
    import('../session/files/service-tags.ts'),
  ]);
  return tagsFromText(await readText(file, process.stdin), file);
}
