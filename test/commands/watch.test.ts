// `watch`: a planted change is told once, with its settings; a scan that fails is told and tried again, and never counts as no change;
// it stops at the signal. Time is given by the test.
import { describe, expect, test } from 'vitest';
import { watch } from '../../commands/watch.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { settingChanges } from '../../src/model/snapshot-changes.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { openInProcess } from '../support/in-process.ts';

interface Round {
  /** Runs before the scan of this round, from 1. */
  before?(round: number): Promise<void> | void;
}
interface Heard {
  readonly items: (Record<string, unknown> & { kind: string })[];
  readonly text: string;
  readonly waits: number[];
  readonly executed: string[];
  readonly records: AuditRecord[];
  readonly error: unknown;
}

/** Runs `watch` with a session whose scan may be made to fail; the clock goes on by what is waited. */
async function watching(
  session: Session,
  { before }: Round,
  args: { every?: string; times?: number; exec?: string; area?: string[] },
  stop = new AbortController(),
): Promise<Heard> {
  const items: Heard['items'] = [];
  const texts: string[] = [];
  const waits: number[] = [];
  const executed: string[] = [];
  const records: AuditRecord[] = [];
  let time = Date.UTC(2026, 10, 28);
  let round = 0;
  const { context } = fakeOptions();
  const own = {
    ...context,
    ask: {} as CommandContext['ask'],
    signal: stop.signal,
    rules,
    now: () => new Date(time),
    session: async () => ({
      ...session,
      async *scan(signal?: AbortSignal) {
        round += 1;
        time += 1000;
        await before?.(round);
        const snapshot = yield* session.scan(signal);
        return { ...snapshot, takenAt: new Date(time).toISOString() };
      },
    }),
    host: {
      ...context.host,
      emit: async (lines: Parameters<CommandContext['host']['emit']>[0], item: object) => {
        texts.push(...lines.map(plainText));
        items.push(item as Heard['items'][number]);
      },
      wait: async (ms: number, signal: AbortSignal) => {
        signal.throwIfAborted();
        waits.push(ms);
        time += ms;
      },
      execute: async (_command: string, files: Readonly<Record<string, string>>) => {
        executed.push(files.BASTIDE_CHANGE_FILE ?? '');
        return 1;
      },
      audits: async () => ({
        all: async () => ({ records, damaged: 0 }),
        add: async (record: AuditRecord) => {
          records.push(record);
        },
      }),
    },
  } satisfies Partial<CommandContext> as unknown as CommandContext;
  const wanted = { rule: [], skipRule: [], area: [], resource: [] };
  let error: unknown = null;
  try {
    const running = watch.run(own, { every: '5m', ...wanted, ...args } as never);
    for (let next = await running.next(); next.done !== true; next = await running.next());
  } catch (thrown) {
    error = thrown;
  }
  return { items, text: texts.join('\n'), waits, executed, records, error };
}

const refused = () => new Failure('refused', exitStatus.refused, 'Azure did not answer.', 'Retry.');
const apply = async (session: Session, target: string): Promise<void> => {
  const snapshot = session.latest();
  if (snapshot === undefined) throw new Error('nothing was read');
  const plan = session.plan(snapshot, { targets: [target], answers: {}, ips: [], profile: 'all' });
  const running = session.apply(plan, { line: 'fix', acceptWarnings: true });
  for (let next = await running.next(); next.done !== true; next = await running.next());
};

describe('watch', () => {
  test('tells a planted change once, with the settings behind it', async () => {
    const session = openInProcess('mixed');
    const before = async (round: number) => {
      if (round === 3) await apply(session, 'storage.bypass-azure-services');
    };
    const { items, text, waits, executed, records, error } = await watching(
      session,
      { before },
      { times: 4, exec: 'x' },
    );
    expect(error).toBeNull();
    expect(items.map(({ kind }) => kind)).toEqual(['watching', 'audit', 'audit', 'change', 'audit']);
    const change = items[3];
    expect(change).toMatchObject({ introduced: [], unknown: [], gone: [], moreSettings: 0 });
    expect(change?.resolved).toContainEqual(expect.stringMatching(/^storage\.bypass-azure-services@/));
    expect(change?.settings).toContainEqual({
      resource: expect.stringContaining('/storageAccounts/'),
      ...{ kind: 'changed', pointer: '/properties/networkAcls/bypass', before: 'None', after: 'AzureServices' },
    });
    expect(text).toMatch(/^ {2}~ \S+ \/properties\/networkAcls\/bypass: "None" → "AzureServices"$/m);
    expect(text).toMatch(/✓ storage\.bypass-azure-services on \S+ {2}resolved/);
    // Each scan begins five minutes after the one before.
    expect(waits).toEqual([299_000, 299_000, 299_000]);
    expect(executed.map((one) => JSON.parse(one).kind)).toEqual(['change']);
    // An audit that says the same is not kept again.
    expect(records).toHaveLength(2);
  });

  test('a scan that fails is told, tried again sooner, and hides no change', async () => {
    const session = openInProcess('mixed');
    const before = async (round: number) => {
      if (round === 2) await apply(session, 'storage.bypass-azure-services');
      if (round > 1 && round < 5) throw refused();
    };
    const { items, text, waits, error } = await watching(session, { before }, { times: 5 });
    expect(error).toBeNull();
    expect(items.map(({ kind }) => kind)).toEqual(['watching', 'audit', 'failed', 'failed', 'failed', 'change']);
    expect(waits).toEqual([299_000, 10_000, 20_000, 40_000]);
    expect(text).toContain('scan failed: Azure did not answer. Next scan in 10s.');
  });

  test('the last scan, a wrong name and a missing sign-in end it with their own exit status', async () => {
    const fails = (failure: Failure) => ({
      before: () => {
        throw failure;
      },
    });
    for (const exit of [exitStatus.usage, exitStatus.signIn]) {
      const failure = new Failure('x', exit, 'No.', '');
      expect((await watching(openInProcess('mixed'), fails(failure), {})).error).toBe(failure);
    }
    const failure = refused();
    const { error, items } = await watching(openInProcess('mixed'), fails(failure), { times: 2 });
    expect(error).toBe(failure);
    expect(items.map(({ kind }) => kind)).toEqual(['watching', 'failed']);
    const bad = await watching(openInProcess('mixed'), {}, { every: '5' });
    expect(bad.error).toMatchObject({ exit: exitStatus.usage, message: expect.stringContaining('--every') });
  });

  test('the signal stops it between two scans and in one', async () => {
    for (const at of ['wait', 'scan'] as const) {
      const stop = new AbortController();
      const before = (round: number) => {
        if (round !== 2) return;
        stop.abort(new DOMException('stopped', 'AbortError'));
        if (at === 'scan') stop.signal.throwIfAborted();
      };
      const { error } = await watching(openInProcess('mixed'), { before }, {}, stop);
      // The engine says the same as a failure of its own.
      if (error !== stop.signal.reason) expect(error).toMatchObject({ exit: exitStatus.interrupted });
    }
  });
});

describe('settings that changed', () => {
  const one = worldSnapshot('mixed');
  const named = (type: string): Snapshot['resources'][number] => {
    const found = one.resources.find((resource) => resource.type === type);
    if (found === undefined) throw new Error(`no ${type}`);
    return found;
  };
  const withBody = (id: string, change: (body: never) => object): Snapshot => ({
    ...one,
    resources: one.resources.map((own) =>
      own.id === id ? { ...own, body: change(structuredClone(own.body) as never) as never } : own,
    ),
  });
  const group = named('Microsoft.Network/networkSecurityGroups');

  test('nothing, whatever the order of lists, times, counters and etags', () => {
    expect(settingChanges(one, one)).toEqual([]);
    const other = withBody(
      group.id,
      (body: { etag?: string; properties: { securityRules: object[]; x?: object } }) => ({
        ...body,
        etag: 'other',
        systemData: { lastModifiedAt: 'now' },
        properties: {
          ...body.properties,
          securityRules: body.properties.securityRules.toReversed(),
          resourceGuid: 'x',
        },
      }),
    );
    expect(settingChanges(one, other)).toEqual([]);
  });

  test('an item of a list by its name; a secret by no value; created and deleted', () => {
    const other = withBody(
      group.id,
      (body: { properties: { securityRules: { name: string; properties: object }[] } }) => {
        const [first, ...rest] = body.properties.securityRules;
        return {
          ...body,
          properties: {
            ...body.properties,
            adminPassword: 'hunter2-hunter2',
            securityRules: [{ ...first, properties: { ...first?.properties, access: 'Audit' } }, ...rest],
          },
        };
      },
    );
    const changes = settingChanges(one, other);
    expect(changes.map(({ pointer }) => pointer)).toContainEqual(
      expect.stringMatching(/^\/properties\/securityRules\/[^/]+\/properties\/access$/),
    );
    expect(JSON.stringify(changes)).not.toContain('hunter2');
    const without = { ...one, resources: one.resources.filter(({ id }) => id !== group.id) };
    expect(settingChanges(one, without)).toMatchObject([{ resource: group.id, kind: 'deleted' }]);
    expect(settingChanges(without, one)).toMatchObject([{ resource: group.id, kind: 'created' }]);
  });

  test('what could not be read is neither deleted nor created', () => {
    const gap = { id: group.id, reason: 'Forbidden.', action: '' };
    const unread = { ...one, resources: one.resources.filter(({ id }) => id !== group.id), gaps: [...one.gaps, gap] };
    expect([settingChanges(one, unread), settingChanges(unread, one)]).toEqual([[], []]);
  });
});
