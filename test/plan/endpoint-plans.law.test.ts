// Plans of private endpoints, zone groups, links and records: what the copy of the snapshot says comes of them is what the simulated
// Azure makes of them, record by record and flow by flow, in every network that resolves by the zones.
import { describe, expect, test } from 'vitest';
import { changedFlows } from '../../src/audit/path.ts';
import { type EffectEnd, effectKinds } from '../../src/model/effect.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceIn, resourcesOfType } from '../../src/model/snapshot-index.ts';
import { applyChanges, type PlanRequest } from '../../src/plan/index.ts';
import { addressesIn, aRecordType, holdsLaterAddress, subnetType } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { drain, simulated } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';
import { withFirstChoices } from './first-choices.ts';

const isNaming = (id: string): boolean => /\/(?:privateEndpoints|privateDnsZones)(?:\/|$)/i.test(typeOf(id));
const small = worldFiles.map(({ name }) => name).filter((name) => !['fleet', 'large'].includes(name));

const planned = (session: Session, snapshot: Snapshot, request: Partial<PlanRequest>): Plan =>
  session.plan(snapshot, {
    targets: 'all',
    answers: {},
    ips: [],
    profile: 'all',
    allowEffects: effectKinds,
    ...request,
  });

/** What asks for such a plan: everything, and each rule that fails with the first choice that it offers. */
async function requestsIn(world: string): Promise<Partial<PlanRequest>[]> {
  const { session } = simulated(world, new Date('2026-01-02T03:04:05Z'));
  const snapshot = await drain(session.scan());
  const failing = session.report(snapshot, 'all').findings.filter(({ outcome }) => outcome === 'fail');
  const ids = new Set(failing.map(({ rule }) => rule));
  const named = rules.filter(({ id, fixKind }) => fixKind !== 'none' && ids.has(id)).map(({ id }) => id);
  const asked = named.map((id) => ({
    targets: [id],
    answers: withFirstChoices((answers) => planned(session, snapshot, { targets: [id], answers })).answers,
  }));
  const all: Partial<PlanRequest>[] = [{}, ...asked];
  const found = all.filter((one) =>
    planned(session, snapshot, one).steps.some(({ change }) => isNaming(change.resource)),
  );
  await session.close();
  return found;
}

const recordsIn = (snapshot: Snapshot) => resourcesOfType(snapshot, aRecordType);
const endsOf = (from: EffectEnd, to: EffectEnd): string[] =>
  from.id === null || to.id === null ? [] : [`${from.id} to ${to.id}`.toLowerCase()];

describe.each(partOf(small, 8))('%s', (world) => {
  test('is what Azure makes of them', async () => {
    for (const request of await requestsIn(world)) {
      const by = `${request.targets ?? '--all'} ${JSON.stringify(request.answers)}`;
      const { session } = simulated(world, new Date('2026-01-02T03:04:05Z'));
      const before = await drain(session.scan());
      const plan = planned(session, before, request);
      const twin = applyChanges(
        before,
        plan.steps.map(({ change }) => change),
      );
      const { entry } = await drain(session.apply(plan, { line: 'fix', acceptWarnings: true }));
      expect(entry, by).not.toBe(null);
      const after = await drain(session.scan());

      const records = (one: Snapshot) =>
        new Map(recordsIn(one).map((record) => [fold(record.id), addressesIn(record).join()]));
      const [wanted, found] = [records(twin), records(after)];
      expect([...wanted.keys()].toSorted(), by).toEqual([...found.keys()].toSorted());
      for (const record of recordsIn(twin))
        if (!holdsLaterAddress(record))
          expect([by, record.id, found.get(fold(record.id))]).toEqual([by, record.id, wanted.get(fold(record.id))]);

      // Nodes outside the networks resolve public names; of a network that nothing links any more a scan reads nothing.
      const isThere = ({ id }: EffectEnd) =>
        id !== null && fold(typeOf(id)) === fold(subnetType) && resourceIn(after, id) !== undefined;
      const real = changedFlows(before, after).filter(({ from }) => isThere(from));
      for (const kind of ['opens', 'cutsOff'] as const) {
        const told = plan.effects.flatMap((one) =>
          one.kind === kind && one.reason === 'flow' && isThere(one.data.from) ? [one.data] : [],
        );
        const [all, certain] = [told, told.filter((one) => one.certain)].map((some) =>
          some.flatMap(({ from, to }) => endsOf(from, to)),
        );
        const flows = real.filter((one) => one.kind === kind);
        const [came, surely] = [flows, flows.filter((one) => one.certain)].map((some) =>
          some.flatMap(({ from, to }) => endsOf(from, to)),
        );
        expect(
          certain?.filter((one) => !came?.includes(one)),
          `${by}: told, and not so (${kind})`,
        ).toEqual([]);
        expect(
          surely?.filter((one) => !all?.includes(one)),
          `${by}: so, and not told (${kind})`,
        ).toEqual([]);
      }
      await session.close();
    }
  });
});
