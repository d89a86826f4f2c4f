// Private endpoints from plan to undo and back, through the real ARM client: what the plan creates exists, is undone unless
// others use it by now, and can be created again.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { isFailure } from '../../src/model/failure.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameOf, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { connectionState, resourceTypeOf, textAt } from '../../src/resource-types/index.ts';
import type { PlanRequest } from '../../src/session/session.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { linkConnection } from '../support/link-connection.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-private-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const request = (...targets: string[]): PlanRequest => ({
  targets,
  answers: { subnet: 'vnet-ml/snet-pe', connection: linkConnection },
  ips: [],
  profile: 'all',
});
const normal = (snapshot: Snapshot) =>
  Object.fromEntries(
    snapshot.resources.map(({ id, type, body }) => [id.toLowerCase(), resourceTypeOf(type).normal(body)]),
  );
/** What waited for approval and was approved is rejected after the undo: no service lets it wait again. */
const rejected = (bodies: ReturnType<typeof normal>): unknown =>
  parseJson(stringifyJson(bodies).replaceAll('"status":"Pending"', '"status":"Rejected"'));
const apply = (bench: Bench, plan: Plan) => drain(bench.session.apply(plan, { line: plan.verb, acceptWarnings: true }));
const made = (plan: Plan, type: string): Change[] =>
  plan.steps.map(({ change }) => change).filter(({ kind, resource }) => kind === 'create' && typeOf(resource) === type);
async function write(bench: Bench, change: Change): Promise<void> {
  const read = await bench.arm.read(change.resource);
  const sent = resourceTypeOf(typeOf(change.resource)).write(change, read.ok ? read.resource : null);
  if (typeof sent === 'string') throw new Error(sent);
  const answer = await bench.arm.write(sent);
  if (answer.state === 'running') await bench.arm.follow(answer.operation, { retryAfter: 0 });
  else if (answer.state !== 'done') throw new Error(JSON.stringify(answer));
}
async function fixed(world: string, ...targets: string[]) {
  const bench = await openBench({ world, scratch });
  const before = await drain(bench.session.scan());
  const plan = bench.session.plan(before, request(...targets));
  const outcome = await apply(bench, plan);
  expect(outcome.steps.map(({ state, message }) => [state, message])).toEqual(plan.steps.map(() => ['done', null]));
  return { bench, before, plan };
}

describe('endpoints of accounts', () => {
  test('undone and made again, all of it, twice', async () => {
    const { bench, before, plan } = await fixed('drifted', 'storage.private-endpoints', 'keyvault.private-endpoint');
    try {
      expect(made(plan, 'Microsoft.Network/privateEndpoints').length).toBeGreaterThan(1);
      const after = normal(await drain(bench.session.scan()));
      for (let round = 0; round < 2; round += 1) {
        await apply(bench, await bench.session.planUndo());
        expect(normal(await drain(bench.session.scan()))).toEqual(rejected(normal(before)));
        const redo = await bench.session.planRedo();
        expect(redo.steps.map(({ change }) => change.resource)).toEqual(
          plan.steps.map(({ change }) => change.resource),
        );
        const again = await apply(bench, redo);
        expect(again.steps.every(({ state }) => state === 'done')).toBe(true);
        expect(Object.keys(normal(await drain(bench.session.scan()))).length).toBe(Object.keys(after).length);
      }
    } finally {
      await bench.close();
    }
  });

  test('a zone that others have linked to another network since stays, and says so', async () => {
    const { bench, before, plan } = await fixed('drifted', 'storage.private-endpoints');
    try {
      const [zone] = made(plan, 'Microsoft.Network/privateDnsZones');
      if (!zone) throw new Error('the plan makes no zone');
      const other = before.resources.find(({ id }) => /virtualNetworks\/vnet-old$/i.test(id))?.id ?? '';
      const body = { location: 'global', properties: { virtualNetwork: { id: other }, registrationEnabled: false } };
      const link = `${zone.resource}/virtualNetworkLinks/theirs`;
      await write(bench, { kind: 'create', resource: link, edits: [], body });
      const undo = await bench.session.planUndo();
      const gone = undo.steps.map(({ change }) => change.resource);
      expect(gone).not.toContain(zone.resource);
      expect(gone.length).toBe(plan.steps.length - 1);
      expect(undo.irreversible.join(' ')).toContain(`${nameOf(zone.resource)}: the zone is kept: theirs`);
      const outcome = await apply(bench, undo);
      expect(outcome.steps.every(({ state }) => state === 'done')).toBe(true);
      const left = await drain(bench.session.scan());
      expect(left.resources.some(({ id }) => id === zone.resource)).toBe(true);
    } finally {
      await bench.close();
    }
  });

  test('what others have put in the place of what was created is not deleted', async () => {
    const { bench, plan } = await fixed('drifted', 'storage.private-endpoints');
    try {
      const [group] = made(plan, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups');
      if (!group) throw new Error('the plan makes no zone group');
      const read = await bench.arm.read(group.resource);
      if (!read.ok) throw new Error(read.gap.reason);
      const pointer = '/properties/privateDnsZoneConfigs/0/name';
      const renamed = setMember(read.resource.body, pointer, 'another-name');
      await write(bench, { kind: 'edit', resource: group.resource, edits: [renamed], body: null });
      const answer = await bench.session.planUndo().catch((error: unknown) => error);
      if (!isFailure(answer)) throw new Error('the undo did not refuse');
      expect(answer.exit).toBe(4);
      expect(answer.message).toContain(nameOf(group.resource));
    } finally {
      await bench.close();
    }
  });

  test('a plan whose endpoints others have created meanwhile, in the same way, is done already', async () => {
    const bench = await openBench({ world: 'drifted', scratch });
    try {
      const before = await drain(bench.session.scan());
      const plan = bench.session.plan(before, request('storage.private-endpoints'));
      for (const { change } of plan.steps) await write(bench, change);
      const outcome = await apply(bench, plan);
      expect(outcome.entry).toBeNull();
      expect(outcome.steps.every(({ state }) => state === 'skipped')).toBe(true);
    } finally {
      await bench.close();
    }
  });
});

describe('the managed network', () => {
  test('its rules are made and it is provisioned, once; an undo takes the rules out and says what stays', async () => {
    const { bench, plan } = await fixed('managed', 'storage.private-endpoints', 'keyvault.private-endpoint');
    try {
      const posts = plan.steps.filter(({ change }) => change.kind === 'edit');
      expect(posts.map(({ change }) => typeOf(change.resource))).toEqual([
        'Microsoft.MachineLearningServices/workspaces',
      ]);
      expect(plan.irreversible.join(' ')).toMatch(/managed network/i);
      const seen = await drain(bench.session.scan());
      const left = bench.session.report(seen, 'all').findings.filter(({ outcome }) => outcome === 'fail');
      expect(left.map(({ rule }) => rule)).not.toContain('storage.private-endpoints');
      expect(left.map(({ rule }) => rule)).not.toContain('keyvault.private-endpoint');
      const undo = await bench.session.planUndo();
      expect(undo.steps.map(({ change }) => change.resource)).toEqual(
        made(plan, 'Microsoft.MachineLearningServices/workspaces/outboundRules')
          .map(({ resource }) => resource)
          .toReversed(),
      );
      expect(undo.irreversible.join(' ')).toContain('remains provisioned');
      const outcome = await apply(bench, undo);
      expect(outcome.steps.every(({ state }) => state === 'done')).toBe(true);
    } finally {
      await bench.close();
    }
  });
});

test('an approval is undone by a rejection, which the plan says before, and can be given again', async () => {
  const { bench, plan } = await fixed('registry', 'acr.shared-private-link-approved');
  const target = plan.steps[0]?.change.resource ?? '';
  const status = async () => {
    const read = await bench.arm.read(target);
    return read.ok ? textAt(read.resource.body, `${connectionState}/status`) : read.gap.reason;
  };
  try {
    expect(plan.steps.map(({ undo }) => undo)).toEqual(['partial']);
    expect(plan.irreversible.join()).toContain('an undo rejects the connection');
    const undo = await bench.session.planUndo();
    expect(undo.steps.map(({ advice }) => advice)).toEqual([expect.stringMatching(/^Azure does not set back/)]);
    await apply(bench, undo);
    expect(await status()).toBe('Rejected');
    await apply(bench, await bench.session.planRedo());
    expect(await status()).toBe('Approved');
    await apply(bench, await bench.session.planUndo());
    expect(await status()).toBe('Rejected');
  } finally {
    await bench.close();
  }
});
