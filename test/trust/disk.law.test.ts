// A disk that is full at every size, for every file that Bastide keeps: what is there afterwards is the old content or the new one,
// whole; the answer says which; nothing is left beside it; and once there is room the same change is made.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { writeWhole } from '../../src/cli/files.ts';
import { progressStore } from '../../src/history/guide-progress.ts';
import { lastRunStore } from '../../src/history/last-run.ts';
import { lineStore } from '../../src/history/lines.ts';
import { openHistory } from '../../src/history/store.ts';
import type { Entry } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import { withAnswer } from '../../src/model/guide-progress.ts';
import type { LastRun } from '../../src/model/last-run.ts';
import { assumptionsStore } from '../../src/settings/assumptions.ts';
import { recentStore } from '../../src/settings/recent.ts';
import { tagStore } from '../../src/settings/service-tags.ts';
import { openSettings } from '../../src/settings/settings.ts';
import { SimulatorError } from '../../src/simulator/error.ts';
import { storeOfText } from '../../src/simulator/store/load.ts';
import { alone, fingerprint, readState, stateText, writeState } from '../../src/simulator/store/state-file.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { smallDisk } from '../support/small-disk.ts';
import { tellTrust, trustSeed, trustSizes } from '../support/trust-size.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-disk-'));
const disk = smallDisk(scratch);
afterAll(() => {
  disk.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const source = { kind: 'azure', name: 'public' } as const;
const workspace = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';
const { pid } = process;
const now = () => new Date('2026-03-01T12:00:00Z');
const long = 'x'.repeat(2000);

/** What refuses a change: a failure with this exit status, an error of the simulator, or nothing, where a loss is no harm. */
type Refusal = 2 | 4 | 'simulator' | 'silent';
interface KeptFile {
  readonly refusal: Refusal;
  /** Makes the content of this number: 1 is the old one, 2 the new one. */
  put(folder: string, content: 1 | 2): Promise<unknown> | unknown;
  /** The content as the product reads it. */
  get(folder: string): Promise<unknown> | unknown;
  /** What a crash or a full disk may leave beside it for the next to remove. */
  readonly mayLeave?: RegExp;
}
const entry = (content: 1 | 2): Entry => ({
  ...{ id: `entry-${content}`, at: '2026-01-01T00:00:00.000Z', by: long, verb: 'fix', findings: [], resources: [] },
  ...{ steps: [], state: 'done', undoes: null, undoneBy: null, redoes: null, line: 'fix it', workspace: null },
  rehearsal: null,
});
const historyIn = (folder: string) => openHistory({ folder, source, workspace, pid });
const lastRun = (content: 1 | 2): LastRun => ({
  at: '2026-01-01T00:00:00.000Z',
  profile: 'all',
  verdicts: new Map(Array.from({ length: 60 * content }, (_, at) => [`rule-${at}@resource`, 'fail'] as const)),
});
const lastRunIn = (folder: string) => lastRunStore({ folder, source, workspace, profile: 'all' });
const progressIn = (folder: string) => progressStore({ folder, source, workspace, pid, now });
const assumptionsIn = (folder: string) => assumptionsStore({ folder, source: 'public', workspace });
const stateFile = (folder: string) => path.join(folder, 'mixed.json');
const worldOf = (content: 1 | 2) =>
  stateText(
    storeOfText(worldFiles.find(({ name }) => name === (content === 1 ? 'open' : 'mixed'))?.resources() ?? '', 'open'),
  );
const output = (folder: string) => path.join(folder, 'snapshot.json');

const files: Readonly<Record<string, KeptFile>> = {
  settings: {
    refusal: 4,
    async put(folder, content) {
      const settings = openSettings({ folder });
      if (content === 1) await settings.set('lookupUrl', `https://ip.example.org/${'u'.repeat(200)}`);
      await settings.set('theme', content === 1 ? 'dark' : 'light');
    },
    get: (folder) => openSettings({ folder }).all(),
  },
  assumptions: {
    refusal: 4,
    put: (folder, content) =>
      assumptionsIn(folder).set({ devClientIps: content === 1 ? ['203.0.113.7'] : ['203.0.113.7', '203.0.113.8'] }),
    get: (folder) => assumptionsIn(folder).get(),
  },
  'entries of the history': {
    refusal: 4,
    put: (folder, content) => historyIn(folder).append(entry(content)),
    get: async (folder) => (await historyIn(folder).entries()).map(({ id }) => id),
  },
  'bodies beside the history': {
    refusal: 4,
    put: async (folder, content) => {
      const history = historyIn(folder);
      if (content === 1) await history.append(entry(1));
      await history.keepBody('entry-1', `${content}-before`, { content: long });
    },
    get: (folder) => {
      const [bodies = ''] = readdirSync(folder).filter((name) => !name.includes('.'));
      return readdirSync(path.join(folder, bodies))
        .filter((name) => name.endsWith('.json'))
        .map((name) => [name, JSON.parse(readFileSync(path.join(folder, bodies, name), 'utf8')).content.length])
        .toSorted();
    },
  },
  'progress of the guide': {
    refusal: 4,
    put: (folder, content) =>
      progressIn(folder).update((progress) => withAnswer(progress, 'a@b', `name-${content}`, long)),
    get: async (folder) => Object.keys((await progressIn(folder).get()).answers['a@b'] ?? {}),
  },
  'last run': {
    refusal: 'silent',
    put: (folder, content) => lastRunIn(folder).keep(lastRun(content)),
    get: async (folder) => {
      const { seen, note } = await lastRunIn(folder).get();
      return [seen?.verdicts.size, note];
    },
  },
  'recent workspaces': {
    refusal: 'silent',
    put: (folder, content) =>
      recentStore({ folder }).add({ id: `${workspace}-${content}`, source, at: '2026-01-01T00:00:00Z' }),
    get: async (folder) => (await recentStore({ folder }).all()).map(({ id }) => id),
  },
  'lines typed': {
    refusal: 'silent',
    put: (folder, content) => lineStore({ folder, pid }).add(`audit ${content} ${'y'.repeat(1500)}`),
    get: async (folder) => (await lineStore({ folder, pid }).all()).map((line) => line.slice(0, 7)),
  },
  'service tags': {
    refusal: 'silent',
    put: (folder, content) =>
      tagStore({ folder, source }).put({ at: '2026-01-01T00:00:00Z', document: { values: [`${content}${long}`] } }),
    get: (folder) => tagStore({ folder, source }).get(),
  },
  'a file of --output': {
    refusal: 2,
    put: (folder, content) => writeWhole(output(folder), JSON.stringify({ content, long })),
    get: (folder) => JSON.parse(readFileSync(output(folder), 'utf8')).content,
  },
  'state of a demo world': {
    refusal: 'simulator',
    put: (folder, content) => {
      const file = stateFile(folder);
      alone(file, () => writeState(file, worldOf(content), fingerprint(file)));
    },
    get: (folder) => readState(stateFile(folder))?.all().length,
    // Named by the process: the next write is to the same name.
    mayLeave: /^mixed\.json\.\d+\.tmp$/,
  },
};

/** As it should refuse, or undefined. */
function wrongRefusal(error: unknown, refusal: Refusal): string | undefined {
  if (refusal === 'silent') return `it throws ${error}`;
  if (refusal === 'simulator') return error instanceof SimulatorError ? undefined : `it throws ${error}`;
  if (!isFailure(error)) return `it throws ${error instanceof Error ? error.stack : error}`;
  return error.exit === refusal ? undefined : `exit status ${error.exit}, not ${refusal}: ${error.message}`;
}

let trial = 0;
/** What is wrong with one size. */
async function wrongAt(kept: KeptFile, room: number, after: string): Promise<string[]> {
  const wrong: string[] = [];
  trial += 1;
  const folder = path.join(scratch, String(trial));
  mkdirSync(folder);
  await kept.put(folder, 1);
  const before = JSON.stringify(await kept.get(folder));
  disk.room = room;
  let thrown: { readonly error: unknown } | undefined;
  try {
    await kept.put(folder, 2);
  } catch (error) {
    thrown = { error };
  }
  disk.room = Number.POSITIVE_INFINITY;
  const found = await read(kept, folder);
  const beside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /tmp/.test(name));
  // With room for it.
  if (found === before) await kept.put(folder, 2);
  const again = await read(kept, folder);
  if (again !== after) wrong.push(`with room for it, the content is ${again}`);
  if (thrown !== undefined) {
    const why = wrongRefusal(thrown.error, kept.refusal);
    if (why !== undefined) wrong.push(why);
    if (found !== before) wrong.push(`it is refused, and the content is ${found}`);
  } else if (kept.refusal !== 'silent' && found !== after) wrong.push(`it is not refused, and the content is ${found}`);
  if (found !== before && found !== after) wrong.push(`neither the old nor the new content: ${found}`);
  const left = beside.filter((name) => !kept.mayLeave?.test(name));
  if (left.length > 0) wrong.push(`left beside it: ${left}`);
  const still = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /tmp/.test(name));
  if (still.length > 0) wrong.push(`left for good: ${still}`);
  rmSync(folder, { recursive: true, force: true });
  return wrong.map((text) => `${room} bytes: ${text.slice(0, 300)}`);
}
async function read(kept: KeptFile, folder: string): Promise<string> {
  try {
    return JSON.stringify(await kept.get(folder));
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : error}`;
  }
}
/** How many bytes the change writes, and the new content. */
async function needed(kept: KeptFile): Promise<{ readonly most: number; readonly after: string }> {
  trial += 1;
  const folder = path.join(scratch, String(trial));
  mkdirSync(folder);
  await kept.put(folder, 1);
  disk.written = 0;
  await kept.put(folder, 2);
  return { most: disk.written, after: await read(kept, folder) };
}

describe('a full disk', () => {
  test.for(Object.keys(files))('%s', async (name, { task }) => {
    const kept = files[name] as KeptFile;
    const { most, after } = await needed(kept);
    expect(most).toBeGreaterThan(0);
    const count = Math.min(most, Math.max(4, trustSizes - 4));
    const sizes = new Set([0, 1, most - 1, most]);
    for (let at = 0; at < count; at += 1) sizes.add(Math.floor(((at + ((trustSeed * 0.618) % 1)) * most) / count));
    const wrong: string[] = [];
    for (const room of sizes) wrong.push(...(await wrongAt(kept, room, after)));
    tellTrust(task, { suite: 'disk', what: name, tried: sizes.size, wrong: wrong.length });
    expect(wrong).toEqual([]);
  });

  test('it sees a file that is written in place', async () => {
    const careless: KeptFile = {
      refusal: 'silent',
      put: (folder, content) => {
        try {
          writeFileSync(path.join(folder, 'a.json'), JSON.stringify({ content, long }));
        } catch {
          // As if nothing had happened.
        }
      },
      get: (folder) => JSON.parse(readFileSync(path.join(folder, 'a.json'), 'utf8')).content,
    };
    const { after } = await needed(careless);
    expect((await wrongAt(careless, 500, after)).join()).toMatch(/neither the old nor the new/);
  });
});
