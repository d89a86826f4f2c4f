// Another client that makes, changes or deletes what a plan creates or deletes, before a request of it: what it made is never taken
// for ours, what it changed is not deleted, and the setting is named.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { OperationAnswer, WriteAnswer } from '../../src/azure/arm-client.ts';
import { type Change, deleteChange, editChange } from '../../src/model/change.ts';
import { Failure, isFailure } from '../../src/model/failure.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { originBy } from '../../src/session/origin-by.ts';
import { drain } from '../support/bench.ts';
import { type Beside, type Coming, openBeside } from '../support/beside-requests.ts';
import { sampleOf } from '../support/trust-size.ts';

interface Kind {
  readonly name: string;
  /** Below the group. */
  readonly path: string;
  readonly body: JsonObject;
  /** With all of these settings and one more, and where that one is. */
  readonly more: JsonObject;
  readonly pointer: string;
  /** With one of these settings otherwise; a zone has none. */
  readonly other?: JsonObject;
}
const location = 'westeurope';
const route = { addressPrefix: '10.70.0.0/16', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' };
const rule = {
  ...{ direction: 'Outbound', access: 'Allow', protocol: 'Tcp', priority: 300, sourceAddressPrefix: '*' },
  ...{ sourcePortRange: '*', destinationAddressPrefix: 'Storage', destinationPortRange: '443' },
};
const theirRule = { name: 'theirs', properties: { ...rule, access: 'Deny', priority: 310 } };
const tags = { owner: 'another team' };
const whole = (name: string, type: string, body: JsonObject, other: JsonObject | undefined): Kind => ({
  ...{ name, path: `Microsoft.Network/${type}`, body, more: { ...body, tags }, pointer: '/tags' },
  ...(other === undefined ? {} : { other }),
});
const address = { publicIPAllocationMethod: 'Static', idleTimeoutInMinutes: 4 };
const kinds: readonly Kind[] = [
  {
    ...{ name: 'a security rule', path: 'Microsoft.Network/networkSecurityGroups/nsg-theirs/securityRules/made' },
    body: { properties: rule },
    more: { properties: { ...rule, description: 'another team needs it' } },
    pointer: '/properties/description',
    other: { properties: { ...rule, access: 'Deny' } },
  },
  {
    ...{ name: 'a route', path: 'Microsoft.Network/routeTables/rt-theirs/routes/made' },
    body: { properties: route },
    more: { properties: { ...route, nextHopIpAddress: '10.0.0.9' } },
    pointer: '/properties/nextHopIpAddress',
    other: { properties: { addressPrefix: '10.70.0.0/16', nextHopType: 'None' } },
  },
  whole(...(['a route table', 'routeTables/rt-made', { location, properties: { routes: [] } }] as const), {
    location,
    properties: { routes: [{ name: 'theirs', properties: { ...route, addressPrefix: '10.71.0.0/16' } }] },
  }),
  whole(
    ...([
      'a security group',
      'networkSecurityGroups/nsg-made',
      { location, properties: { securityRules: [] } },
    ] as const),
    { location, properties: { securityRules: [theirRule] } },
  ),
  whole(
    'a public IP address',
    'publicIPAddresses/pip-made',
    { location, sku: { name: 'Standard' }, properties: address },
    { location, sku: { name: 'Standard' }, properties: { ...address, idleTimeoutInMinutes: 9 } },
  ),
  whole('a zone', 'privateDnsZones/privatelink.made.example', { location: 'global' }, undefined),
];

let beside: Beside;
let world: string;
/** What the next write of the session comes to, in place of its request. */
let answers: ((sent: () => Promise<WriteAnswer>) => Promise<WriteAnswer>) | undefined;
const failedLate: OperationAnswer = {
  state: 'failed',
  refusal: { status: 200, code: 'PreconditionFailed', message: 'The resource exists.', details: [] },
  again: null,
};
beforeAll(async () => {
  beside = await openBeside('mixed', (arm) => ({
    ...arm,
    counts: arm.counts,
    async write(request, signal) {
      const answer = answers;
      answers = undefined;
      const sent = () => arm.write(request, signal);
      return answer === undefined ? sent() : answer(sent);
    },
    follow: async (operation, options) => (operation === 'late' ? failedLate : arm.follow(operation, options)),
  }));
  for (const path of ['routeTables/rt-theirs', 'networkSecurityGroups/nsg-theirs']) {
    beside.write('PUT', `${beside.group}/Microsoft.Network/${path}`, { location, properties: {} });
  }
  world = beside.simulator.stateText();
});
afterAll(() => beside.close());
afterEach(() => {
  answers = undefined;
  beside.hook(undefined);
  beside.simulator.setGraph('');
  beside.simulator.restore(world);
});

async function refusal(act: Promise<unknown>) {
  const error = await act.catch((thrown: unknown) => thrown);
  if (!isFailure(error)) throw new Error(`it was not refused: ${JSON.stringify(error)?.slice(0, 2000)}`);
  return error;
}
/** Right before the first such request. */
function once(isMeant: (coming: Coming) => boolean, act: () => void): void {
  let isDone = false;
  beside.hook((coming) => {
    if (isDone || !isMeant(coming)) return;
    isDone = true;
    act();
  });
}

describe.each(sampleOf(kinds, 3))('$name', ({ path, body, more, pointer, other }) => {
  const id = () => `${beside.group}/${path}`;
  const creation = (): Change => ({ kind: 'create', resource: id(), edits: [], body });
  const put = (next: JsonObject) => beside.write('PUT', id(), next);
  const shown = async () => JSON.stringify(await beside.read(id()));
  const isWrite = ({ verb, id: of }: Coming) => verb === 'write' && of === id();
  const make = async () => {
    const outcome = await beside.apply(await beside.planOf(creation()));
    expect(outcome.steps).toMatchObject([{ state: 'done' }]);
  };
  /** The change is made, and what it left is there after `act`. */
  const staysAfter = async (act: () => Promise<unknown>) => {
    const left = await shown();
    await act();
    expect(await shown()).toBe(left);
  };

  test('made alike by another client right before the request: told, and no undo deletes it', async () => {
    const plan = await beside.planOf(creation());
    once(isWrite, () => put(body));
    const outcome = await beside.apply(plan);
    expect(outcome.steps).toMatchObject([{ state: 'skipped', message: expect.stringMatching(/not created here/) }]);
    await staysAfter(async () => {
      const back = await beside.session.planUndo(outcome.entry ?? undefined);
      expect(back.steps).toEqual([]);
      await beside.apply(back);
    });
  });

  test.runIf(other !== undefined)(
    'made otherwise right before the request: told, left alone, the rest is sent',
    async () => {
      const beyond = `${beside.group}/Microsoft.Network/routeTables/rt-beyond`;
      const more: Change = {
        kind: 'create',
        resource: beyond,
        edits: [],
        body: { location, properties: { routes: [] } },
      };
      const plan = await beside.planOf(creation(), more);
      once(isWrite, () => put(other ?? {}));
      const outcome = await beside.apply(plan);
      expect(outcome.steps).toMatchObject([
        { state: 'failed', message: expect.stringMatching(/not created here/) },
        { state: 'done' },
      ]);
      await staysAfter(async () => {
        const back = await beside.session.planUndo(outcome.entry ?? undefined);
        expect(back.steps.map(({ change }) => change.resource)).toEqual([beyond]);
        await beside.apply(back);
      });
    },
  );

  test('accepted, and refused in the operation because it exists: told, and no undo deletes it', async () => {
    answers = async () => {
      put(body);
      return { state: 'running', requestId: null, operation: 'late', retryAfter: 0, status: 202 };
    };
    const outcome = await beside.apply(await beside.planOf(creation()));
    expect(outcome.steps).toMatchObject([{ state: 'skipped', message: expect.stringMatching(/not created here/) }]);
    await staysAfter(async () => beside.apply(await beside.session.planUndo(outcome.entry ?? undefined)));
  });

  test('without an answer, made alike by another client: its record says whose it is, and an undo leaves it', async () => {
    answers = async () => {
      put(body);
      return { state: 'lost', requestId: null, reason: 'reset' };
    };
    await beside.apply(await beside.planOf(creation()));
    await staysAfter(async () => {
      const back = await beside.session.planUndo();
      expect(back.steps).toEqual([]);
      expect(back.irreversible.join()).toMatch(/is not deleted: anna@simulated\.example .*created it/);
    });
  });

  test('without an answer, made by the request: its record says so, and an undo deletes it', async () => {
    answers = async (sent) => {
      await sent();
      return { state: 'lost', requestId: null, reason: 'reset' };
    };
    await beside.apply(await beside.planOf(creation()));
    await beside.apply(await beside.session.planUndo());
    expect(await beside.read(id())).toBeNull();
  });

  test('changed after its creation: an undo is refused, and names the setting', async () => {
    await make();
    put(more);
    await staysAfter(async () => {
      const error = await refusal(beside.session.planUndo());
      expect([error.code, error.exit]).toEqual(['drift', 4]);
      expect(error.message).toContain(pointer);
    });
  });

  test.each(['read', 'write'] as const)('changed before the %s of an undo: nothing is deleted', async (verb) => {
    await make();
    const back = await beside.session.planUndo();
    let left = '';
    once(
      (coming) => coming.id === id() && coming.verb === verb,
      () => put(more),
    );
    const error = await refusal(beside.apply(back));
    expect(error.message).toContain(pointer);
    expect(error.exit).toBe(verb === 'read' ? 4 : 7);
    left = await shown();
    expect(left).toContain(JSON.stringify(pointer === '/tags' ? tags : undefined) ?? '');
  });

  test('deleted and made alike by another client: an undo says so and leaves it', async () => {
    await make();
    beside.write('DELETE', id());
    put(body);
    await staysAfter(async () => {
      const back = await beside.session.planUndo();
      expect(back.steps).toEqual([]);
      expect(back.irreversible.join()).toMatch(/is not deleted: anna@simulated\.example .*created it/);
    });
  });

  test('deleted and made alike while no record can be read: what stands there must show that it is ours', async () => {
    await make();
    beside.write('DELETE', id());
    put(body);
    beside.simulator.setGraph(`denied=${beside.simulator.subscription}`);
    await staysAfter(async () => {
      const error = await refusal(
        beside.session.planUndo().then((plan) => {
          if (plan.steps.length > 0) throw new Error('it would delete it');
          if (plan.notUndone?.[0]?.reason === 'another-resource') throw new Failure('another-resource', 4, '', '');
        }),
      );
      expect(['undo-not-known', 'another-resource']).toContain(error.code);
    });
  });

  const hasIdentity = /Microsoft\.Network\/(?:routeTables|networkSecurityGroups|publicIPAddresses)\/[^/]+$/.test(path);
  const replace = () => {
    beside.write('DELETE', id());
    put(body);
  };
  test.runIf(hasIdentity)('made alike by another client before any record says so: its identity does', async () => {
    await make();
    beside.simulator.setGraph('held');
    replace();
    await staysAfter(async () => {
      const back = await beside.session.planUndo();
      expect(back.steps).toEqual([]);
      expect(back.notUndone).toEqual([
        { resource: id(), reason: 'another-resource', change: 'create', pointer: '/properties/resourceGuid' },
      ]);
    });
  });

  test.runIf(hasIdentity)('replaced by one alike before it is read after its creation: an undo leaves it', async () => {
    const plan = await beside.planOf(creation());
    beside.simulator.setGraph('held');
    let isWritten = false;
    once(
      (coming) => {
        if (isWritten) return coming.verb === 'read' && coming.id === id();
        isWritten = isWrite(coming);
        return false;
      },
      () => replace(),
    );
    const outcome = await beside.apply(plan);
    expect(outcome.steps).toMatchObject([{ message: expect.stringMatching(/another one has its name/) }]);
    await staysAfter(async () => {
      const back = await beside.session.planUndo();
      expect(back.notUndone).toMatchObject([{ reason: 'another-resource' }]);
      await beside.apply(back);
    });
  });

  test.runIf(hasIdentity)('replaced by one alike before the DELETE is sent: nothing is deleted', async () => {
    await make();
    const back = await beside.session.planUndo();
    for (const nth of [1, 2]) {
      let reads = 0;
      once(
        (coming) => coming.id === id() && coming.verb === 'read' && ++reads === nth,
        () => replace(),
      );
      expect((await refusal(beside.apply(back))).message).toContain('/properties/resourceGuid');
      expect(await beside.read(id())).not.toBeNull();
    }
  });

  test('to be deleted and changed since the plan: nothing is sent, and the setting is named', async () => {
    put(body);
    const plan = await beside.planOf(deleteChange({ id: id(), body: (await beside.read(id())) ?? {} }));
    put(more);
    await staysAfter(async () => {
      const error = await refusal(beside.apply(plan));
      expect([error.code, error.exit]).toEqual(['drift', 4]);
      expect(error.message).toContain(pointer);
    });
  });

  test('deleted while another client changes it: refused, and what it set is there', async () => {
    put(body);
    const plan = await beside.planOf(deleteChange({ id: id(), body: (await beside.read(id())) ?? {} }));
    once(isWrite, () => put(more));
    const error = await refusal(beside.apply(plan));
    expect(error.message).toContain(pointer);
    expect(await beside.read(id())).not.toBeNull();
  });

  test.runIf(!/\/(?:publicIPAddresses|routes)\//.test(path)).each(['read', 'write'] as const)(
    'deleted, and made with one more setting by another client before the %s of an undo: the setting is named',
    async (verb) => {
      put(body);
      await beside.apply(await beside.planOf(deleteChange({ id: id(), body: (await beside.read(id())) ?? {} })));
      const back = await beside.session.planUndo();
      once(
        (coming) => coming.id === id() && coming.verb === verb,
        () => put(more),
      );
      const outcome = await beside.apply(back);
      const message = expect.stringMatching(`exists, with other settings in ${pointer}: it is left as it is`);
      expect(outcome.steps).toMatchObject([{ state: 'skipped', message }]);
      expect(valueAt(await beside.read(id()), pointer)).toEqual(valueAt(more, pointer));
    },
  );

  // The address of a public IP address is gone with it, so none comes back.
  test.runIf(!path.includes('/publicIPAddresses/'))('deleted, and undone: it comes back as it was', async () => {
    put(more);
    const was = await beside.read(id());
    await beside.apply(await beside.planOf(deleteChange({ id: id(), body: was ?? {} })));
    expect(await beside.read(id())).toBeNull();
    await beside.apply(await beside.session.planUndo());
    expect(await beside.read(id())).toMatchObject({ properties: expect.anything() });
    expect(await shown()).toContain(
      JSON.stringify(pointer === '/tags' ? tags : ((more.properties as JsonObject).description ?? '10.0.0.9')),
    );
  });
});

test('a zone that another client puts a record into during an undo is kept', async () => {
  const zone = `${beside.group}/Microsoft.Network/privateDnsZones/privatelink.made.example`;
  const record = { properties: { ttl: 300, aRecords: [{ ipv4Address: '10.77.0.7' }] } };
  await beside.apply(await beside.planOf({ kind: 'create', resource: zone, edits: [], body: { location: 'global' } }));
  const back = await beside.session.planUndo();
  once(
    ({ verb, id }) => verb === 'read' && id === zone,
    () => beside.write('PUT', `${zone}/A/theirs`, record),
  );
  const error = await refusal(beside.apply(back));
  expect(error.message).toMatch(/holds 1 record set/);
  expect(await beside.read(`${zone}/A/theirs`)).not.toBeNull();
});

describe('an edit', () => {
  const account = () => `${beside.group}/Microsoft.Storage/storageAccounts/stmldata`;
  const pointer = '/properties/networkAcls/defaultAction';
  const closing = (): Change => ({
    ...{ kind: 'edit', resource: account(), body: null },
    edits: [{ op: 'set', pointer, before: 'Allow', after: 'Deny' }],
  });
  const actionNow = async () => valueAt((await beside.read(account())) ?? {}, pointer);
  const close = () => beside.write('PATCH', account(), { properties: { networkAcls: { defaultAction: 'Deny' } } });
  /** Another client deletes the account and makes one under its name, alike. */
  const replacing = async () => {
    const { properties, ...body } = (await beside.read(account())) ?? {};
    const { creationTime: _made, ...settings } = properties as JsonObject;
    return () => {
      beside.write('DELETE', account());
      beside.write('PUT', account(), { ...body, properties: settings });
    };
  };
  const lost = (act: (sent: () => Promise<WriteAnswer>) => unknown) => {
    answers = async (sent) => {
      await act(sent);
      return { state: 'lost', requestId: null, reason: 'reset' };
    };
  };

  test('without an answer, made by another client: left undone until a record says whose it is', async () => {
    lost(close);
    beside.simulator.setGraph('held');
    const { entry } = await beside.apply(await beside.planOf(closing()));
    const error = await refusal(beside.session.planUndo());
    expect([error.code, error.exit]).toEqual(['undo-not-known', 4]);
    // Nothing was undone, so the entry stands, and the records decide once they are there.
    beside.simulator.setGraph('');
    const back = await beside.session.planUndo(entry ?? undefined);
    expect(back.steps).toEqual([]);
    expect(back.notUndone).toMatchObject([{ reason: 'made-by-another', by: 'anna@simulated.example' }]);
    expect(await actionNow()).toBe('Deny');
  });

  test('without an answer, made by the request: its record says so, and an undo restores it', async () => {
    lost((sent) => sent());
    await beside.apply(await beside.planOf(closing()));
    await beside.apply(await beside.session.planUndo());
    expect(await actionNow()).toBe('Allow');
  });

  test.each(['undo', 'redo'] as const)(
    'of a resource that another client made again: the %s leaves it',
    async (verb) => {
      await beside.apply(await beside.planOf(closing()));
      if (verb === 'redo') await beside.apply(await beside.session.planUndo());
      (await replacing())();
      const back = await (verb === 'undo' ? beside.session.planUndo() : beside.session.planRedo());
      expect(back.steps).toEqual([]);
      expect(back.notUndone).toMatchObject([{ reason: 'another-resource', pointer: '/properties/creationTime' }]);
    },
  );

  test.each([1, 2])('of a resource made again before read %i of an apply: nothing is sent', async (nth) => {
    const plan = await beside.planOf(closing());
    const replace = await replacing();
    let reads = 0;
    once(
      (coming) => coming.id === account() && coming.verb === 'read' && ++reads === nth,
      () => replace(),
    );
    const error = await refusal(beside.apply(plan));
    expect(error.message).toContain('creationTime');
    expect(await actionNow()).toBe('Allow');
  });
});

test('a part of an edit that another client changes before it is read: the edit is done, and told; the undo names the part', async () => {
  const id = `${beside.group}/Microsoft.Network/routeTables/rt-theirs/routes/edited`;
  beside.write('PUT', id, { properties: route });
  const plan = await beside.planOf({
    ...{ kind: 'edit', resource: id, body: null },
    edits: [
      { op: 'set', pointer: '/properties/nextHopIpAddress', before: route.nextHopIpAddress },
      { op: 'set', pointer: '/properties/nextHopType', before: route.nextHopType, after: 'Internet' },
    ],
  });
  let isWritten = false;
  once(
    (coming) => {
      if (isWritten) return coming.verb === 'read' && coming.id === id;
      isWritten = coming.verb === 'write';
      return false;
    },
    () => beside.write('PUT', id, { properties: { addressPrefix: route.addressPrefix, nextHopType: 'VnetLocal' } }),
  );
  const outcome = await beside.apply(plan);
  const message = expect.stringMatching(/By now edited shows another value at \/properties\/nextHopType;/);
  expect(outcome.steps).toMatchObject([{ state: 'done', message }]);
  const error = await refusal(beside.session.planUndo());
  expect([error.code, error.exit]).toEqual(['drift', 4]);
  expect(error.message).toContain('/properties/nextHopType');
});

test('an undo that Azure refuses names what others have changed since', async () => {
  const id = `${beside.group}/Microsoft.ContainerRegistry/registries/acrtheirs`;
  beside.write('PUT', id, { location, sku: { name: 'Basic' }, properties: {} });
  const edits = [{ op: 'set', pointer: '/sku/name', before: 'Basic', after: 'Premium' }] as const;
  await beside.apply(await beside.planOf({ kind: 'edit', resource: id, body: null, edits }));
  const ipRules = [{ value: '198.51.100.20', action: 'Allow' }];
  beside.write('PATCH', id, { properties: { networkRuleSet: { defaultAction: 'Allow', ipRules } } });
  const error = await refusal(beside.apply(await beside.session.planUndo()));
  expect(error.exit).toBe(7);
  expect(error.message).toMatch(/other settings of acrtheirs have changed: .*\/properties\/networkRuleSet/);
});

test.each([
  'Microsoft.ContainerService/managedClusters/aks/agentPools/made',
  'Microsoft.MachineLearningServices/workspaces/mlw/computes/made',
])('an answer that says that %s existed proves no creation', (path) => {
  const change = {
    kind: 'create',
    edits: [],
    resource: `${beside.group}/${path}`,
    body: { properties: { a: 1 } },
  } as const;
  const by = (status: number) => originBy(change, change.body, { isAnswered: true, status }).reason;
  expect([by(200), by(201)]).toEqual(['not-known', 'answer']);
});

/** A client that signs in as the session does: the correlation ID alone tells its records from those of the session. */
async function sameIdentity(method: 'PUT' | 'DELETE', id: string, body?: JsonObject): Promise<void> {
  const request = { method, id, apiVersion: '2024-05-01', body: body ?? null } as const;
  const answer = await beside.other.write(request);
  if (answer.state === 'refused') throw new Error(answer.refusal.message);
  if (answer.state === 'running') await beside.other.follow(answer.operation, { retryAfter: 0 });
}

test('a rule that another client of the same identity made again is not deleted by an undo', async () => {
  const rule = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-theirs/securityRules/made`;
  const body = { properties: { ...theirRule.properties, priority: 320 } };
  await beside.apply(await beside.planOf({ kind: 'create', resource: rule, edits: [], body }));
  await sameIdentity('DELETE', rule);
  await sameIdentity('PUT', rule, body);
  const back = await beside.session.planUndo();
  expect(back.steps).toEqual([]);
  expect(back.notUndone).toMatchObject([{ reason: 'made-by-another' }]);
});

test('the correlation ID that Azure answers with decides, not the one that was sent', async () => {
  const correlation = '00000000-0000-4000-8000-000000000001';
  const rule = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-theirs/securityRules/made`;
  answers = async (sent) => ({ ...(await sent()), correlation });
  const body = { properties: { ...theirRule.properties, priority: 330 } };
  const { entry } = await beside.apply(await beside.planOf({ kind: 'create', resource: rule, edits: [], body }));
  const kept = (await beside.session.history()).find(({ id }) => id === entry);
  expect(kept?.steps.map((step) => step.correlation)).toEqual([correlation]);
});

test('a deletion without an answer that another client made is not taken back', async () => {
  const rule = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-theirs/securityRules/made`;
  const body = { properties: { ...theirRule.properties, priority: 320 } };
  beside.write('PUT', rule, body);
  const deletion = deleteChange({ id: rule, body: (await beside.read(rule)) ?? {} });
  answers = async () => {
    beside.write('DELETE', rule);
    return { state: 'lost', requestId: null, reason: 'reset' };
  };
  await beside.apply(await beside.planOf(deletion));
  const back = await beside.session.planUndo();
  expect(back.steps).toEqual([]);
  expect(back.notUndone).toMatchObject([{ reason: 'made-by-another', change: 'delete' }]);
  expect(await beside.read(rule)).toBeNull();
});

test('a rule that two acts deleted in turn is there again once the later is undone: nothing is left of the earlier', async () => {
  const rule = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-theirs/securityRules/made`;
  const body = { properties: { ...theirRule.properties, priority: 320 } };
  const entries: (string | null)[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    beside.write('PUT', rule, body);
    const { entry } = await beside.apply(
      await beside.planOf(deleteChange({ id: rule, body: (await beside.read(rule)) ?? {} })),
    );
    entries.push(entry);
  }
  const earlier = () => beside.session.planUndo(entries[0] ?? undefined);
  // The later act deleted it: the earlier one has nothing to put back before that is undone.
  const standing = await earlier();
  expect(standing.notUndone).toMatchObject([{ reason: 'made-by-another', change: 'delete', entry: entries[1] }]);
  expect(standing.irreversible.join()).toContain(`is not restored: history entry ${entries[1]} deleted it at `);
  await beside.apply(await beside.session.planUndo());
  const back = await earlier();
  expect([back.steps, back.notUndone]).toEqual([[], [{ resource: rule, reason: 'already', change: 'delete' }]]);
});

test('a rule that another client made under a name of ours is not ours to delete', async () => {
  const rule = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-train/securityRules/made`;
  const ours = { properties: { ...theirRule.properties, priority: 320 } };
  await beside.apply(await beside.planOf({ kind: 'create', resource: rule, edits: [], body: ours }));
  const deletes = async () => {
    const plan = await beside.planOf(deleteChange({ id: rule, body: (await beside.read(rule)) ?? {} }));
    const snapshot = await drain(beside.session.scan());
    return beside.session.review(snapshot, plan, 'all').effects.some(({ kind }) => kind === 'deletes');
  };
  expect(await deletes()).toBe(false);
  beside.write('DELETE', rule);
  beside.write('PUT', rule, { properties: { ...ours.properties, access: 'Allow' } });
  expect(await deletes()).toBe(true);
});

describe('an edit of two settings, one of which another client sets meanwhile', () => {
  const id = () => `${beside.group}/Microsoft.Network/routeTables/rt-theirs/routes/made`;
  const was = { addressPrefix: '10.70.0.0/16', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' };
  const [prefix, hop] = ['10.72.0.0/16', '10.0.0.9'];
  const change = (): Change =>
    editChange(id(), [
      { op: 'set', pointer: '/properties/addressPrefix', before: was.addressPrefix, after: prefix },
      { op: 'set', pointer: '/properties/nextHopIpAddress', before: was.nextHopIpAddress, after: hop },
    ]);
  const put = (properties: JsonObject) => beside.write('PUT', id(), { properties: { ...was, ...properties } });
  const shown = async () => (await beside.read(id()))?.properties;

  test('made before the first reading and taken back before the request: both are ours, and both are undone', async () => {
    put({});
    const plan = await beside.planOf(change());
    beside.hook(({ verb, id: of, nth }) => {
      if (of !== id() || nth !== 1) return;
      put(verb === 'read' ? { nextHopIpAddress: hop } : {});
    });
    const { entry } = await beside.apply(plan);
    beside.hook(undefined);
    const kept = (await beside.session.history()).find((one) => one.id === entry);
    expect(kept?.steps.map((step) => step.change.edits.length)).toEqual([2]);
    await beside.apply(await beside.session.planUndo());
    expect(await shown()).toMatchObject(was);
  });

  test('changed once Azure said in an operation that both were made: done, and the setting is named', async () => {
    put({});
    const plan = await beside.planOf(change());
    let isSent = false;
    beside.hook(({ verb, id: of }) => {
      if (verb === 'write') isSent = true;
      if (!isSent || verb !== 'read' || of !== id()) return;
      isSent = false;
      put({ addressPrefix: prefix, nextHopIpAddress: '10.0.0.77' });
    });
    const outcome = await beside.apply(plan);
    expect(outcome.steps).toMatchObject([
      { state: 'done', message: expect.stringMatching(/was changed\. By now .*\/properties\/nextHopIpAddress/) },
    ]);
  });
});
