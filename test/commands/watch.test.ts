// `watch`: a planted change is told once, with its settings; a scan that fails is told and tried again, and never counts as no change;
// it stops at the signal. Time is given by the test.
import { describe, expect, test } from 'vitest';
import { watch } from '../../commands/watch.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import type { DriftSetting } from '../../src/model/drift.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { settingChanges } from '../../src/model/snapshot-changes.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { actors } from '../../src/simulator/gateway/token.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { openInProcess, simulated } from '../support/in-process.ts';

interface Round {
  /** Runs before the scan of this round, from 1; `now` in milliseconds. */
  before?(round: number, now: number): Promise<void> | void;
  /** Have change records arrived in this round? They have unless given. */
  arrived?(round: number): boolean;
  /** Milliseconds since 1970. */
  readonly start?: number;
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
  { before, arrived = () => true, start = Date.UTC(2026, 10, 28) }: Round,
  args: { every?: string; times?: number; exec?: string; area?: string[] },
  stop = new AbortController(),
): Promise<Heard> {
  const items: Heard['items'] = [];
  const texts: string[] = [];
  const waits: number[] = [];
  const executed: string[] = [];
  const records: AuditRecord[] = [];
  let time = start;
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
        await before?.(round, time);
        const snapshot = yield* session.scan(signal);
        return { ...snapshot, takenAt: new Date(time).toISOString() };
      },
      async *changeRecords(...asked: Parameters<Session['changeRecords']>) {
        const read = yield* session.changeRecords(...asked);
        return arrived(round) ? read : { ...read, records: [] };
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
      ...{ authors: [], unknown: 'Azure has no record of this change' },
    });
    expect(text).toMatch(
      /^ {2}~ \S+ exceptions \(bypass\): None → AzureServices {2}\/properties\/networkAcls\/bypass$/m,
    );
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

describe('authors', () => {
  const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
  const account = (name: string) => `${group}/Microsoft.Storage/storageAccounts/${name}`;
  const vault = `${group}/Microsoft.KeyVault/vaults/kv-mlsim`;
  const nsg = `${group}/Microsoft.Network/networkSecurityGroups/nsg-train`;
  const portal = 'Mozilla/5.0 (Windows NT 10.0)';
  const terraform = 'HashiCorp Terraform/1.9.8 terraform-provider-azurerm/4.1.0';
  const tagged = (owner: string) => ({ tags: { owner } });
  const rule = {
    properties: {
      ...{ priority: 300, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: 'Internet' },
      ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' },
    },
  };
  /** `stmldata /tags/owner: upn Azure Portal`, of each setting of an item. */
  const told = (item: Heard['items'][number] | undefined): string[] =>
    ((item?.settings ?? []) as DriftSetting[]).map(({ resource, kind, pointer, authors, unknown }) => {
      const by = authors.map(({ changedBy, client }) => `${changedBy} ${client}`).join(' > ');
      return `${nameInParent(resource)} ${kind === 'changed' ? pointer : kind}: ${unknown ?? by}`;
    });
  const threeHoursAgo = () => Date.now() - 3 * 3_600_000;
  const at = (now: number) => ({ at: new Date(now - 60_000) });

  test('three callers with two clients are named, each with its time and in its own round', async () => {
    const opened = simulated('mixed');
    const before = (round: number, now: number) => {
      const sent = { 2: ['user', account('stmldata'), portal], 3: ['pipeline', vault, terraform] } as const;
      const [actor, path, agent] = sent[round as 2 | 3] ?? [];
      if (actor !== undefined) opened.plant(actor, { method: 'PATCH', path, body: tagged('a'), agent }, at(now));
      if (round === 3) {
        opened.plant(
          'identity',
          { method: 'PUT', path: `${nsg}/securityRules/ssh`, body: rule, agent: terraform },
          at(now),
        );
      }
    };
    const { items, text, executed, error } = await watching(
      opened.session,
      { before, start: threeHoursAgo() },
      { times: 4, exec: 'x' },
    );
    expect(error).toBeNull();
    expect(items.map(({ kind }) => kind)).toEqual(['watching', 'audit', 'change', 'change', 'audit']);
    expect(told(items[2])).toEqual([`stmldata /tags/owner: ${actors.user.upn} Azure Portal`]);
    expect(told(items[3]).toSorted()).toEqual([
      `kv-mlsim /tags/owner: ${actors.pipeline.client} Terraform`,
      `nsg-train/ssh created: ${actors.identity.client} Terraform`,
    ]);
    expect(executed.map((one) => told(JSON.parse(one)))).toEqual([told(items[2]), told(items[3])]);
    expect(text).toContain(`by user ${actors.user.upn} with Azure Portal, `);
    expect(text).not.toContain('author unknown');
  });

  test('what no whole record proves is unknown; a record that comes later names its author once', async () => {
    const opened = simulated('mixed');
    const before = (round: number, now: number) => {
      if (round !== 2) return;
      const patch = (name: string) => ({
        method: 'PATCH',
        path: account(name),
        body: tagged('somebody else'),
        agent: portal,
      });
      opened.plant('user', patch('stmldata'), at(now));
      opened.plant('pipeline', patch('stmlsim'), { ...at(now), fault: 'missing' });
      opened.plant('identity', patch('stmlarch'), { ...at(now), fault: 'truncated' });
    };
    const { items, text } = await watching(
      opened.session,
      { before, arrived: (round) => round > 3, start: threeHoursAgo() },
      { times: 6 },
    );
    expect(items.map(({ kind }) => kind)).toEqual([
      'watching',
      'audit',
      'change',
      'audit',
      'authors',
      'audit',
      'audit',
      'audit',
    ]);
    expect(told(items[2]).toSorted()).toEqual(
      ['stmlarch', 'stmldata', 'stmlsim'].map((name) => `${name} /tags/owner: Azure has no record of this change`),
    );
    expect(items[4]).toMatchObject({ at: items[2]?.at, since: items[2]?.since });
    expect(told(items[4])).toEqual([`stmldata /tags/owner: ${actors.user.upn} Azure Portal`]);
    expect(text.match(/Azure records a change minutes later/g)).toHaveLength(1);
    expect(text.match(/Authors of the change at/g)).toHaveLength(1);
  });

  test('a change by one caller is not laid on another who changed it back before', async () => {
    const opened = simulated('mixed');
    const patch = (owner: string) => ({ method: 'PATCH', path: vault, body: tagged(owner), agent: portal });
    const before = (round: number, now: number) => {
      if (round === 1) opened.plant('user', patch('a'), at(now - 120_000));
      if (round === 2) opened.plant('user', patch('b'), at(now));
      if (round === 3) opened.plant('pipeline', patch('a'), at(now));
      if (round === 4) opened.plant('identity', patch('b'), at(now));
    };
    const { items } = await watching(opened.session, { before, start: threeHoursAgo() }, { every: '2m', times: 4 });
    const by = ['user', 'pipeline', 'identity'] as const;
    expect(items.filter(({ kind }) => kind === 'change').map(told)).toEqual(
      by.map((actor) => {
        const { upn, client } = { upn: undefined, ...actors[actor] };
        return [`kv-mlsim /tags/owner: ${upn ?? client} Azure Portal`];
      }),
    );
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
    const unled = { ...one, resources: one.resources.filter(({ id }) => id !== group.id) };
    const gone = { id: group.id, reason: 'It does not exist.', action: '', status: 404 };
    const without = { ...unled, gaps: [...one.gaps, gone] };
    // Nothing led to it: whether it is there is not known.
    expect([settingChanges(one, unled), settingChanges(unled, one)]).toEqual([[], []]);
    expect(settingChanges(one, without)).toMatchObject([{ resource: group.id, kind: 'deleted' }]);
    expect(settingChanges(without, one)).toMatchObject([{ resource: group.id, kind: 'created' }]);
  });

  test('what could not be read is neither deleted nor created', () => {
    const gap = { id: group.id, reason: 'Forbidden.', action: '' };
    const unread = { ...one, resources: one.resources.filter(({ id }) => id !== group.id), gaps: [...one.gaps, gap] };
    expect([settingChanges(one, unread), settingChanges(unread, one)]).toEqual([[], []]);
  });
});
