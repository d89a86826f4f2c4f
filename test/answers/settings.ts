// What each setting decides: one value of a body at a time is taken away or replaced, in a world of the simulator, and the record says
// which findings, paths and legs of a job are answered otherwise then. Committed as test/fixtures/settings, a file for each type.
import { audit, preflight } from '../../src/audit/index.ts';
import { pathThrough } from '../../src/audit/path.ts';
import { readJob } from '../../src/job/read-job.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { JobFile } from '../../src/model/job.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import { subjectWords } from '../../src/model/short-finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { pathText } from './texts.ts';

/** Those in which most passes come first: what a value decides is seen where it is right. A setting is tried in the first that has it. */
const worlds = [
  ...['closed-private-endpoint', 'closed-service-endpoint', 'closed-managed-network', 'closed-hub-spoke', 'kubernetes'],
  ...['databricks', 'containers', 'machines', 'firewalled', 'closed-perimeter', 'scoring', 'closed-records'],
  ...['closed-hub-project', 'governed'],
];

export const settingFolder = 'test/fixtures/settings';

// biome-ignore lint/suspicious/noExplicitAny: bodies of Azure, edited as they are.
type Value = any;
const jobText = [
  'type: command',
  'command: python main.py',
  "environment: {image: 'mcr.microsoft.com/azureml/base:1', conda_file: {dependencies: [{pip: [torch]}]}}",
  'compute: azureml:cpu-cluster',
  'inputs: {a: {path: azureml://datastores/workspaceblobstore/paths/x}}',
].join('\n');
const nothingBeside = async (): Promise<never> => {
  throw new Error('no file');
};
const job: JobFile = await readJob(jobText, 'job.yml', nothingBeside);

/** Answers by their titles. */
type Answers = ReadonlyMap<string, string>;
const told = ({ outcome, severity, because }: Finding) =>
  `${outcome}${outcome === 'fail' ? ` ${severity}` : ''}: ${because}`;
const rulesById = Map.groupBy(rules, ({ id }) => id);
const typed = ({ resources }: Snapshot, pattern: RegExp) => resources.filter(({ type }) => pattern.test(type));
const ends = [0, 1, 2, 3, 'internet'] as const;
/** From the first compute or machine to one of the first four services, or to the Internet. */
function pathTo(which: (typeof ends)[number], snapshot: Snapshot): Answers {
  const [source] = typed(snapshot, /\/(?:workspaces\/computes|virtualMachines)$/i);
  const services = typed(snapshot, /\/(?:storageAccounts|vaults|registries|workspaces)$/i);
  const destination = which === 'internet' ? which : services[which]?.id;
  if (source === undefined || destination === undefined) return new Map();
  const answer = pathThrough(snapshot, { source: source.id, destination, ports: ['443'], protocol: 'Tcp' });
  return new Map([[`path to ${nameOf(destination)}`, pathText(answer).trimEnd().replaceAll('\n', '\n      ')]]);
}
/** Findings are told by themselves. */
const legsOf = (snapshot: Snapshot): Answers => {
  const { legs } = preflight(job, snapshot, audit(snapshot, [], 'all'));
  return new Map(legs.map(({ leg, verdict, because }) => [`leg ${leg}`, `${verdict}: ${because}`]));
};
/** Questions by their names: a rule's id, `path N`, `legs`. */
const questions = [...rulesById.keys(), ...ends.map((end) => `path ${end}`), 'legs'];
function answersTo(asked: readonly string[], snapshot: Snapshot): Answers {
  const { findings } = audit(
    snapshot,
    asked.flatMap((name) => rulesById.get(name) ?? []),
    'all',
  );
  return new Map([
    ...findings.map((one) => [`${one.rule}  ${subjectWords(one)}`, told(one)] as const),
    ...ends.filter((end) => asked.includes(`path ${end}`)).flatMap((end) => [...pathTo(end, snapshot)]),
    ...(asked.includes('legs') ? legsOf(snapshot) : []),
  ]);
}

const asItIs = new WeakMap<Snapshot, Map<string, Answers>>();
/** Of a snapshot that many changes begin at. */
function answersAsItIs(asked: readonly string[], snapshot: Snapshot): Answers {
  const known = asItIs.get(snapshot) ?? new Map<string, Answers>();
  asItIs.set(snapshot, known);
  const answers = known.get(asked.join()) ?? answersTo(asked, snapshot);
  known.set(asked.join(), answers);
  return answers;
}

/** Bodies that note how often each of their values is read, by the place of the resource and the pointer. */
function readsOf(snapshot: Snapshot, ask: (watched: Snapshot) => unknown): ReadonlyMap<string, number> {
  const reads = new Map<string, number>();
  const watched = (value: Value, at: string): Value => {
    if (typeof value !== 'object' || value === null) return value;
    return new Proxy(value, {
      get(target, name, receiver) {
        const child = Reflect.get(target, name, receiver);
        if (typeof name === 'symbol' || !Object.hasOwn(target, name) || (Array.isArray(target) && name === 'length'))
          return child;
        const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        reads.set(pointer, (reads.get(pointer) ?? 0) + 1);
        return watched(child, pointer);
      },
    });
  };
  const resources = snapshot.resources.map((one, at) => ({ ...one, body: watched(one.body, `${at} `) }));
  ask({ ...snapshot, resources });
  return reads;
}

interface Setting {
  readonly world: string;
  readonly id: string;
  readonly pointer: string;
  /** The questions that read it. */
  readonly asked: readonly string[];
}

const scanned = new Map<string, Promise<Snapshot>>();
function snapshotIn(world: string): Promise<Snapshot> {
  const known = scanned.get(world) ?? scan(world);
  scanned.set(world, known);
  return known;
}
async function scan(world: string): Promise<Snapshot> {
  const session = openInProcess(world);
  try {
    // Without what the session remembers of bodies.
    return JSON.parse(JSON.stringify(await drain(session.scan())));
  } finally {
    await session.close();
  }
}

interface ReadSetting extends Setting {
  readonly type: string;
  readonly asked: string[];
  /** Its values in all worlds. */
  readonly seen: Set<Value>;
}

/** Every setting that some question reads, once a type and pointer without the numbers of elements. */
async function settingsOf(snapshots: ReadonlyMap<string, Snapshot>): Promise<ReadSetting[]> {
  const first = new Map<string, string>();
  const seenAt = new Map<string, Set<Value>>();
  const settings = new Map<string, ReadSetting>();
  for (const [world, snapshot] of snapshots) {
    // Every audit walks through all bodies, which decides nothing.
    const walk = readsOf(snapshot, (watched) => audit(watched, [], 'all'));
    for (const question of questions) {
      for (const [read, times] of readsOf(snapshot, (watched) => answersTo([question], watched))) {
        if (times <= (walk.get(read) ?? 0)) continue;
        const [at = '', pointer = ''] = read.split(/ (.*)/s);
        const { id, type, body } = snapshot.resources[Number(at)] as Resource;
        const pattern = `${fold(type)} ${pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')}`;
        const key = `${world} ${read}`;
        const seen = seenAt.get(pattern) ?? new Set<Value>();
        seenAt.set(pattern, seen.add(valueAt(body, stepsOf(pointer))));
        if (!first.has(pattern)) first.set(pattern, key);
        if (first.get(pattern) !== key) continue;
        const before = settings.get(key);
        if (before === undefined) settings.set(key, { world, type, id, pointer, asked: [question], seen });
        else before.asked.push(question);
      }
    }
  }
  return [...settings.values()];
}

const absent = 'absent';
/** At most so many other values of a setting are tried. */
const most = 2;
/** Values of the same kind; what other worlds have comes first. */
function others(value: Value, seen: ReadonlySet<Value>): Value[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1];
  if (Array.isArray(value)) return value.length === 0 ? [] : [[]];
  if (typeof value !== 'string') return [];
  if (/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(value)) return ['198.51.100.0/24'];
  if (/^\d+\.\d+\.\d+\.\d+$/.test(value)) return ['198.51.100.7'];
  const words = [...seen].filter((one) => typeof one === 'string' && /^[A-Za-z*]+$/.test(one) && one !== value);
  return [...words, `${value}-other`].slice(0, most);
}
const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
const valueAt = (body: Value, steps: readonly string[]): Value => steps.reduce((inner, step) => inner?.[step], body);

/** The snapshot with one value taken away, or replaced by this JSON. */
function changed(snapshot: Snapshot, { id, pointer }: Setting, value: string): Snapshot {
  const before = snapshot.resources.find((one) => one.id === id);
  const body: Value = structuredClone(before?.body);
  const steps = stepsOf(pointer);
  const last = steps.pop() ?? '';
  const parent = valueAt(body, steps);
  if (value !== absent) parent[last] = JSON.parse(value);
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return { ...snapshot, resources: snapshot.resources.map((one) => (one === before ? { ...one, body } : one)) };
}

/** A setting as the record has it: what is answered otherwise for each value that it is given instead. */
function entry(snapshot: Snapshot, setting: Setting, values: readonly string[]): string {
  const before = answersAsItIs(setting.asked, snapshot);
  const lines = values.flatMap((value) => {
    const after = answersTo(setting.asked, changed(snapshot, setting, value));
    const titles = [...new Set([...before.keys(), ...after.keys()])];
    const differ = titles.filter((title) => before.get(title) !== after.get(title));
    return [`- ${value}`, ...differ.map((title) => `    ${title}: ${after.get(title) ?? 'no longer asked'}`)];
  });
  const { world, id, pointer, asked } = setting;
  return [`## ${world} ${id}#${pointer}`, `asks: ${asked.join(', ')}`, ...lines].join('\n');
}
const fileOf = (type: string): string =>
  `${settingFolder}/${fold(type)
    .replace(/^microsoft\./, '')
    .replaceAll('/', '-')}.txt`;
const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
const short = (text: string): string => text.replaceAll(group, '$RG');

/** Each file with its text. */
export async function settingFiles(): Promise<{ readonly file: string; readonly text: string }[]> {
  const snapshots = new Map<string, Snapshot>();
  for (const world of worlds) snapshots.set(world, await snapshotIn(world));
  const found = await settingsOf(snapshots);
  const byFile = Map.groupBy(found, ({ type }) => fileOf(type));
  return [...byFile].map(([file, own]) => {
    const entries = own.map(({ seen, ...setting }) => {
      const snapshot = snapshots.get(setting.world) as Snapshot;
      const body = snapshot.resources.find(({ id }) => id === setting.id)?.body;
      const values = others(valueAt(body, stepsOf(setting.pointer)), seen).map((one) => JSON.stringify(one));
      return entry(snapshot, setting, [absent, ...values]);
    });
    return { file, text: `${short(entries.join('\n\n'))}\n` };
  });
}

/** The entries of a file that are answered otherwise today: what was recorded, and what is answered. */
export async function changedEntries(text: string): Promise<{ readonly recorded: string; readonly now: string }[]> {
  const answered = text
    .trimEnd()
    .split(/\n\n(?=## )/)
    .map(async (recorded) => {
      const [title = '', asks = '', ...lines] = recorded.replaceAll('$RG', group).split('\n');
      const [, world = '', id = '', pointer = ''] = /^## (\S+) (.*?)#(.*)$/.exec(title) ?? [];
      const asked = asks.replace('asks: ', '').split(', ');
      const values = lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
      return { recorded, now: short(entry(await snapshotIn(world), { world, id, pointer, asked }, values)) };
    });
  return (await Promise.all(answered)).filter(({ recorded, now }) => recorded !== now);
}
