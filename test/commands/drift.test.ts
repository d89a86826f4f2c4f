// `drift` and `restore --since`: changes planted by three callers with two clients are found with author, time and finding; where
// records are missing or cut the author is unknown; what is put back is a plan, and afterwards nothing has drifted.
import { describe, expect, test } from 'vitest';
import { drift } from '../../commands/drift.ts';
import { timeOf } from '../../commands/parts/drift.ts';
import { restore } from '../../commands/restore.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import type { DriftReport } from '../../src/model/drift.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { plainText } from '../../src/model/words.ts';
import { driftMarkdown } from '../../src/render/drift-text.ts';
import { rules } from '../../src/rules/index.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { actors } from '../../src/simulator/gateway/token.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { type InProcess, simulated } from '../support/in-process.ts';

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
const account = (name: string) => `${group}/Microsoft.Storage/storageAccounts/${name}`;
const nsg = `${group}/Microsoft.Network/networkSecurityGroups/nsg-train`;
const subnet = `${group}/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-gpu`;
const vault = `${group}/Microsoft.KeyVault/vaults/kv-mlsim`;
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const portal = 'Mozilla/5.0 (Windows NT 10.0)';
const terraform = 'HashiCorp Terraform/1.9.8 terraform-provider-azurerm/4.1.0';

async function finished<T>(act: AsyncGenerator<SessionEvent, T>): Promise<T> {
  for (;;) {
    const step = await act.next();
    if (step.done) return step.value;
  }
}

function contextOf(opened: InProcess, baseline?: Snapshot): CommandContext {
  const { context } = fakeOptions();
  return {
    ...context,
    ask: {} as CommandContext['ask'],
    signal: new AbortController().signal,
    rules,
    say: () => {},
    now: () => new Date(),
    flags: { ...context.flags, profile: 'all', dryRun: true },
    session: async () => opened.session,
    host: {
      ...context.host,
      openFiles: async () => ({
        ...opened.session,
        // biome-ignore lint/correctness/useYield: a scan of files has nothing to tell.
        async *scan() {
          return baseline;
        },
      }),
    },
  } as unknown as CommandContext;
}

/** As it was three hours ago. */
async function threeHoursAgo(opened: InProcess): Promise<Snapshot> {
  const snapshot = await finished(opened.session.scan());
  return { ...snapshot, takenAt: ago(180).toISOString() };
}
const compared = (opened: InProcess, baseline?: Snapshot): Promise<DriftReport> =>
  finished(
    drift.run(
      contextOf(opened, baseline),
      baseline === undefined ? { since: '3h' } : { baseline: 'old.json' },
    ) as AsyncGenerator<SessionEvent, DriftReport>,
  );
/** `stmldata /properties/…: by anna with Azure Portal`, of each setting. */
const told = ({ changes }: DriftReport): string[] =>
  changes.flatMap(({ settings }) =>
    settings.map(({ resource, kind, pointer, authors, unknown }) => {
      const by = authors.map(({ changedBy, client }) => `${changedBy} ${client}`).join(' > ');
      return `${nameInParent(resource)} ${kind === 'changed' ? pointer : kind}: ${unknown ?? by}`;
    }),
  );

const open = { properties: { networkAcls: { defaultAction: 'Allow' } } };
const rule = {
  properties: {
    ...{ priority: 300, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sourceAddressPrefix: 'Internet' },
    ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' },
  },
};

/** A person in the portal, a pipeline with Terraform, an identity with Terraform. */
function plantAll(opened: InProcess): Date[] {
  const times = [ago(120), ago(90), ago(60)];
  const [first, second, third] = times;
  const sent = [
    opened.plant(
      'user',
      { method: 'PATCH', path: account('stmldata'), body: open, agent: portal },
      { at: first as Date },
    ),
    opened.plant(
      ...(['pipeline', { method: 'PUT', path: `${nsg}/securityRules/ssh`, body: rule, agent: terraform }] as const),
      { at: second as Date },
    ),
    opened.plant(
      'identity',
      { method: 'PATCH', path: vault, body: { properties: { publicNetworkAccess: 'Disabled' } }, agent: terraform },
      { at: third as Date },
    ),
  ];
  expect(sent.every((status) => status < 300)).toBe(true);
  return times;
}

describe('drift', () => {
  test('a baseline of tomorrow is refused: no record of then was asked for', async () => {
    const opened = simulated('mixed');
    await finished(opened.session.scan());
    const baseline = await threeHoursAgo(opened);
    const takenAt = new Date(Date.now() + 86_400_000).toISOString();
    await expect(compared(opened, { ...baseline, takenAt })).rejects.toMatchObject({ code: 'bad-baseline', exit: 2 });
  });

  test('names three callers with two clients, the time, and the findings of each change', async () => {
    const opened = simulated('mixed');
    await finished(opened.session.scan());
    const closing = opened.plant(
      'user',
      { method: 'PATCH', path: account('stmldata'), body: { properties: { networkAcls: { defaultAction: 'Deny' } } } },
      { at: ago(2000) },
    );
    expect(closing).toBe(200);
    const baseline = await threeHoursAgo(opened);
    const times = plantAll(opened);
    for (const found of [await compared(opened, baseline), await compared(opened)]) {
      expect(told(found).toSorted()).toEqual([
        `kv-mlsim /properties/publicNetworkAccess: ${actors.identity.client} Terraform`,
        `nsg-train/ssh created: ${actors.pipeline.client} Terraform`,
        `stmldata /properties/networkAcls/defaultAction: ${actors.user.upn} Azure Portal`,
      ]);
      const of = (name: string) => found.changes.find(({ target }) => target.toLowerCase().endsWith(name));
      expect(['stmldata', 'nsg-train', 'kv-mlsim'].map((name) => of(name)?.author?.at)).toEqual(
        times.map((time) => time.toISOString()),
      );
      expect(of('stmldata')?.opened).toContain(`storage.default-action-deny@${account('stmldata').toLowerCase()}`);
      expect(of('nsg-train')?.opened?.some((id) => id.startsWith('nsg.'))).toBe(true);
      expect(of('stmldata')?.opened?.filter((id) => of('nsg-train')?.opened?.includes(id))).toEqual([]);
      expect(found.opened.length).toBeGreaterThan(1);
    }
  });

  test('missing, cut and late records, and a change by several in a row, give no wrong author', async () => {
    const opened = simulated('mixed');
    const baseline = await threeHoursAgo(opened);
    const patch = (name: string, body: object) => ({ method: 'PATCH', path: account(name), body, agent: portal });
    const deny = { properties: { networkAcls: { defaultAction: 'Deny' } } };
    const acts: Parameters<InProcess['plant']>[] = [
      ['user', patch('stmldata', deny), { at: ago(120), fault: 'missing' }],
      ['user', patch('stmlsim', deny), { at: ago(120), fault: 'truncated' }],
      ['user', patch('stmlarch', deny), { at: ago(5), fault: 'late=3600' }],
      // The first of two is recorded, and must not stand for the last.
      ['user', patch('lakemlsim', { tags: { owner: 'a' } }), { at: ago(120) }],
      ['pipeline', patch('lakemlsim', { tags: { owner: 'b' } }), { at: ago(100), fault: 'missing' }],
      ['identity', { ...patch('x', { tags: { owner: 'a' } }), path: vault }, { at: ago(120) }],
      ['pipeline', { ...patch('x', { tags: { owner: 'b' } }), path: vault }, { at: ago(100) }],
    ];
    for (const one of acts) expect(opened.plant(...one)).toBe(200);
    const found = await compared(opened, baseline);
    expect(
      told(found)
        .filter((one) => !one.includes('kv-mlsim'))
        .every((one) => /: (?:Azure has no|the change)/.test(one)),
    ).toBe(true);
    expect(found.changes.filter(({ author }) => author !== null)).toHaveLength(1);
    expect(told(found)).toContain(
      `kv-mlsim /tags/owner: ${actors.identity.client} Azure Portal > ${actors.pipeline.client} Azure Portal`,
    );
    const text = drift.text(found).map(plainText).join('\n');
    expect(text).toContain('author unknown: Azure has no record of this change');
    expect(driftMarkdown(found)).toContain('author unknown');
  });

  test('orders that mislead: two in a minute, there and back, deleted and made again, a tag, over a thousand records', async () => {
    const opened = simulated('mixed');
    const baseline = await threeHoursAgo(opened);
    const minutes = (count: number, seconds = 0) => new Date(ago(count).getTime() + seconds * 1000);
    const patch = (name: string, body: object) => ({ method: 'PATCH', path: account(name), body, agent: portal });
    const aclsOf = (name: string): { readonly bypass?: string } => {
      const { properties } = baseline.resources.find(({ id }) => id === account(name))?.body ?? {};
      return (properties as { readonly networkAcls?: object } | undefined)?.networkAcls ?? {};
    };
    const acl = (name: string, bypass = 'None') =>
      patch(name, { properties: { networkAcls: { ...aclsOf(name), bypass } } });
    const acts: Parameters<InProcess['plant']>[] = [
      // The same setting by two, seconds apart, the records in another order.
      ['pipeline', acl('stmldata', 'Logging'), { at: minutes(100, 20) }],
      ['user', acl('stmldata', 'Metrics'), { at: minutes(100, 50) }],
      // There and back by two: nothing is left, and nobody is named for it.
      ['user', acl('stmlsim', 'Logging'), { at: minutes(80) }],
      ['pipeline', acl('stmlsim', aclsOf('stmlsim').bypass), { at: minutes(79) }],
      ['user', { method: 'PUT', path: `${nsg}/securityRules/ssh`, body: rule, agent: portal }, { at: minutes(70) }],
      ['identity', { method: 'DELETE', path: `${nsg}/securityRules/ssh`, agent: terraform }, { at: minutes(60) }],
      [
        'pipeline',
        { method: 'PUT', path: `${nsg}/securityRules/ssh`, body: rule, agent: terraform },
        { at: minutes(50) },
      ],
    ];
    for (const one of acts) expect(opened.plant(...one)).toBeLessThan(300);
    const writes = 1_050;
    for (let at = 0; at < writes; at += 1) {
      const by = at === writes - 1 ? 'identity' : at % 2 === 0 ? 'user' : 'pipeline';
      const body = { tags: { owner: `owner-${at}` } };
      opened.plant(by, { method: 'PATCH', path: vault, body, agent: portal }, { at: minutes(40, at) });
    }
    const found = await compared(opened, baseline);
    const lines = told(found);
    expect(lines.find((one) => one.startsWith('stmldata'))).toBe(
      `stmldata /properties/networkAcls/bypass: ${actors.pipeline.client} Azure Portal > ${actors.user.upn} Azure Portal`,
    );
    expect(lines.filter((one) => one.startsWith('stmlsim'))).toEqual([]);
    const made = lines.find((one) => one.startsWith('nsg-train/ssh'));
    expect(made?.endsWith(`${actors.pipeline.client} Terraform`)).toBe(true);
    const tag = found.changes.find(({ target }) => target.toLowerCase() === vault.toLowerCase());
    expect([tag?.author?.changedBy, tag?.opened, tag?.closed]).toEqual([actors.identity.client, [], []]);
    expect(tag?.settings[0]?.authors.length).toBe(writes);
  }, 60_000);

  test('a write of Bastide is told apart, with its history entry', async () => {
    const opened = simulated('mixed');
    const baseline = await threeHoursAgo(opened);
    const snapshot = await finished(opened.session.scan());
    const plan = opened.session.plan(snapshot, {
      ...{
        targets: ['storage.default-action-deny'],
        answers: {},
        ips: [],
        profile: 'all',
        resource: account('stmldata'),
      },
    });
    const applied = await finished(opened.session.apply(plan, { line: 'fix', acceptWarnings: true }));
    expect(applied.entry).not.toBeNull();
    opened.plant('user', { method: 'PATCH', path: vault, body: { tags: { owner: 'a' } } });
    const found = await compared(opened, baseline);
    expect(told(found).join()).toMatch(/stmldata .*virtualNetworkRules.*snet-train/);
    for (const { target, author } of found.changes) {
      expect(author?.entry ?? null, target).toBe(target === vault ? null : applied.entry);
    }
  });

  test('a write of the history that no record shows is said, with status 3, and nothing is called unchanged', async () => {
    const whole = simulated('mixed');
    let hides = true;
    const session: InProcess['session'] = {
      ...whole.session,
      async *changeRecords(...asked) {
        const read = yield* whole.session.changeRecords(...asked);
        return hides ? { ...read, records: [] } : read;
      },
    };
    const opened = { ...whole, session };
    const snapshot = await finished(session.scan());
    const asked = { answers: {}, ips: [], profile: 'all', resource: account('stmldata') } as const;
    const plan = session.plan(snapshot, { targets: ['storage.default-action-deny'], ...asked });
    const { entry } = await finished(session.apply(plan, { line: 'fix', acceptWarnings: true }));
    const found = await compared(opened);
    const missing = found.notCompared?.filter(({ reason }) => reason === 'own-write') ?? [];
    expect(missing.map(({ data }) => 'entry' in data && data.entry)).toContain(entry);
    expect(drift.exit?.({ ...found, opened: [] }, { failOn: 'never' } as never)).toBe(3);
    const text = drift.text(found).map(plainText).join('\n');
    expect(text).toContain('by change records, which may lack writes after');
    expect(text).toContain('no setting is known to have changed');
    expect(text).toMatch(/stmldata: history entry .* changed it at .*, and no change record shows that yet/);
    expect(driftMarkdown(found)).toContain('no change record shows that yet');
    const wanted = { resource: [], setting: [], whatIf: false, since: '3h' };
    await expect(
      finished(restore.run(contextOf(opened), wanted) as AsyncGenerator<SessionEvent, unknown>),
    ).rejects.toMatchObject({ code: 'restore-not-known' });
    hides = false;
    const later = await compared(opened);
    expect(later.notCompared?.filter(({ reason }) => reason === 'own-write')).toEqual([]);
    expect(later.changes.every(({ author }) => author?.entry === entry)).toBe(true);
  });

  test('whose a change is no clock decides: a correlation ID does, and where none is known it may be its own', async () => {
    const whole = simulated('mixed');
    const snapshot = await finished(whole.session.scan());
    const asked = { answers: {}, ips: [], profile: 'all', resource: account('stmldata') } as const;
    const plan = whole.session.plan(snapshot, { targets: ['storage.default-action-deny'], ...asked });
    const { entry } = await finished(whole.session.apply(plan, { line: 'fix', acceptWarnings: true }));
    const made = await whole.session.history();
    const shifted = (hours: number, correlation: 'kept' | 'none' | 'other'): InProcess => {
      const moved = (at: string) => new Date(Date.parse(at) + hours * 3_600_000).toISOString();
      const of = { kept: undefined, none: undefined, other: 'other' }[correlation];
      const entries = made.map((one) => ({
        ...{ ...one, at: moved(one.at) },
        steps: one.steps.map(({ correlation: own, begun, ...step }) => ({
          ...{ ...step, ...(begun === undefined ? {} : { begun: moved(begun) }) },
          ...(correlation === 'none' ? {} : { correlation: of ?? own ?? '' }),
        })),
      }));
      return { ...whole, session: { ...whole.session, history: async () => entries } };
    };
    const wanted = { resource: [], setting: [], whatIf: false, since: '3h' };
    for (const hours of [-9, -1, 1, 9]) {
      const { changes } = await compared(shifted(hours, 'kept'));
      expect(changes.length).toBeGreaterThan(0);
      expect(changes.every(({ author }) => author?.entry === entry)).toBe(true);
    }
    const doubtful = shifted(1, 'none');
    const found = await compared(doubtful);
    expect(new Set(found.changes.flatMap(({ settings }) => settings.map(({ mayBeOwn }) => mayBeOwn?.reason)))).toEqual(
      new Set(['other-time']),
    );
    await expect(
      finished(restore.run(contextOf(doubtful), wanted) as AsyncGenerator<SessionEvent, unknown>),
    ).rejects.toMatchObject({ code: 'restore-not-known' });
    const { changes } = await compared(shifted(0, 'other'));
    expect(changes.flatMap(({ author, settings }) => [author?.entry, ...settings.map((one) => one.mayBeOwn)])).toEqual(
      changes.flatMap(({ settings }) => [null, ...settings.map(() => undefined)]),
    );
  });

  test('a scan that is dated by a slow clock leaves out later records, and says so', async () => {
    const whole = simulated('mixed');
    const session: InProcess['session'] = {
      ...whole.session,
      async *scan(...asked) {
        const snapshot = yield* whole.session.scan(...asked);
        return { ...snapshot, takenAt: ago(60).toISOString() };
      },
    };
    plantAll(whole);
    whole.plant('user', { method: 'PATCH', path: vault, body: { tags: { owner: 'a' } } }, { at: ago(10) });
    const found = await compared({ ...whole, session });
    expect(found.notCompared?.[0]).toMatchObject({ reason: 'later-records', data: { count: 1 } });
    expect(drift.exit?.({ ...found, opened: [] }, { failOn: 'never' } as never)).toBe(3);
    expect(drift.text(found).map(plainText).join('\n')).toContain('so the clock of this machine is behind');
  });

  test('what Azure keeps no records of is named, and what its body says of its creation is told', async () => {
    const opened = simulated('mixed');
    const { workspace } = await finished(opened.session.scan());
    const compute = (name: string, properties: object) =>
      opened.plant('user', {
        ...{ method: 'PUT', path: `${workspace}/computes/${name}`, agent: portal },
        body: { location: 'westeurope', properties: { computeType: 'AmlCompute', properties } },
      });
    const scale = { minNodeCount: 0, maxNodeCount: 1, nodeIdleTimeBeforeScaleDown: 'PT2M' };
    expect(compute('evil', { vmSize: 'STANDARD_DS3_V2', scaleSettings: scale })).toBeLessThan(300);
    const found = await compared(opened);
    expect(told(found)).toEqual(['mlw-sim/evil created: Azure keeps no change records of this type']);
    expect(found.changes[0]?.opened?.some((id) => id.startsWith('compute.'))).toBe(true);
    const kinds = found.notCompared?.flatMap((one) => (one.reason === 'not-recorded' ? [one.data.kind] : []));
    expect(kinds).toEqual(expect.arrayContaining(['compute', 'datastore']));
    const text = drift.text(found).map(plainText).join('\n');
    expect(text).toMatch(/Not compared[\s\S]*\d+ computes: Azure keeps no change records of this type \(/);
    const old = (await finished(opened.session.scan())).resources.find(({ id }) => id.includes('/computes/cpu'));
    const body = { ...old?.body, properties: { ...(old?.body.properties as object), description: 'changed' } };
    expect(opened.plant('user', { method: 'PUT', path: old?.id ?? '', body, agent: portal })).toBeLessThan(300);
    const modified = (await compared(opened)).notCompared?.filter(({ reason }) => reason === 'modified');
    expect(modified?.map(({ data }) => 'resource' in data && data.resource)).toEqual([old?.id]);
  });

  test('what nothing leads to any more is looked for: called deleted where it is not there, and not known where that is refused', async () => {
    const lost = async (change: (opened: InProcess) => void) => {
      const opened = simulated('perimeter');
      await finished(opened.session.scan());
      const baseline = await threeHoursAgo(opened);
      for (const id of opened.store.ids()) if (/\/datastores\/[^/]+$/i.test(id)) opened.store.remove(id);
      change(opened);
      const found = await compared(opened, baseline);
      const about = told(found).filter((one) => one.startsWith('stmldata '));
      return { found, about, status: drift.exit?.({ ...found, opened: [] }, { failOn: 'never' } as never) };
    };
    const there = await lost(() => {});
    expect([there.about, there.found.notRead, there.status]).toEqual([[], undefined, 0]);
    const gone = await lost(({ store }) => store.remove(account('stmldata')));
    expect([gone.about, gone.status]).toEqual([['stmldata deleted: Azure has no record of this change'], 0]);
    const refused = await lost(({ refuse }) => refuse(account('stmldata')));
    expect([refused.about, refused.found.notRead?.inNewer[0], refused.status]).toEqual([[], account('stmldata'), 3]);
    const words = 'stmldata was not read in the newer one: whether it was deleted is not known';
    expect(drift.text(refused.found).map(plainText).join('\n')).toContain(words);
    expect(drift.unread?.(refused.found)[0]).toBe(`${words}.`);
  });

  test('what others changed is put back as a plan, and then nothing has drifted', async () => {
    const opened = simulated('mixed');
    const baseline = await threeHoursAgo(opened);
    plantAll(opened);
    opened.plant('user', { method: 'DELETE', path: subnet }, { at: ago(20) });
    const madeOf = (resource: string[]) =>
      finished(
        restore.run(contextOf(opened, baseline), {
          ...{ resource, setting: [], whatIf: false, baseline: 'old.json' },
        }) as AsyncGenerator<SessionEvent, { readonly plan: Plan }>,
      );
    // Nobody named what would fail again.
    const unnamed = await madeOf([]);
    expect(unnamed.plan.steps.map(({ change }) => change.kind)).toEqual(['delete']);
    expect(unnamed.plan.notRestored?.map(({ why }) => why)).toEqual([
      expect.stringMatching(/^Introduces \S+ \((?:critical|high|medium)\) on /),
      expect.stringMatching(/^Introduces /),
      expect.stringMatching(/^Introduces .* name it with --resource\.$/),
    ]);
    const all = [...unnamed.plan.steps.map(({ change }) => change), ...(unnamed.plan.notRestored ?? [])];
    const made = await madeOf(all.map(({ resource }) => resource ?? ''));
    expect(made.plan.notRestored).toBeUndefined();
    expect(made.plan.steps.map(({ change }) => change.kind).toSorted()).toEqual(['create', 'delete', 'edit', 'edit']);
    await finished(opened.session.apply(made.plan, { line: 'restore', acceptWarnings: true }));
    const left = await compared(opened, baseline);
    expect(told(left)).toEqual([]);
  });

  test('what could not be read is left, and named, and never said to be as it was', async () => {
    const opened = simulated('mixed');
    const baseline = await threeHoursAgo(opened);
    plantAll(opened);
    opened.refuse(account('stmldata'));
    const restored = (resource: string[]) =>
      finished(
        restore.run(contextOf(opened, baseline), {
          ...{ resource, setting: [], whatIf: false, baseline: 'old.json' },
        }) as AsyncGenerator<SessionEvent, { readonly plan: Plan }>,
      );
    const why = /What others changed is not known, or not all: stmldata was not read in the newer one/;
    await expect(restored(['stmldata'])).rejects.toMatchObject({
      code: 'restore-not-known',
      message: expect.stringMatching(why),
    });
    const { plan } = await restored([]);
    expect(plan.notRestored?.map((one) => one.why)).toContainEqual(expect.stringMatching(why));
  });

  test('times', () => {
    const now = new Date('2026-11-28T10:00:00Z');
    expect(timeOf('2h', now)).toBe('2026-11-28T08:00:00.000Z');
    expect(timeOf('2026-11-27T08:00+02:00', now)).toBe('2026-11-27T06:00:00.000Z');
    for (const bad of ['', '2', 'yesterday', '2026-13-01', '15d', '2026-11-29', '2h; rm', '1e3h']) {
      expect(() => timeOf(bad, now)).toThrow(/--since/);
    }
  });
});
