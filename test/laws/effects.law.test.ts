// Laws of effects over all worlds: a step has the same effects in whichever plan it is; no plan that nobody selected introduces a finding
// of medium severity or higher; the risk of a step and its effects never contradict each other; and JSON keeps the kinds of version 0.1.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { changedFlows, type PathPackets, pathThrough, tracePath } from '../../src/audit/path.ts';
import { places } from '../../src/facts/path/places.ts';
import type { Change } from '../../src/model/change.ts';
import {
  currentEffects,
  type Effect,
  type EffectEnd,
  effectKinds,
  isCurrent,
  isRisky,
  oldEffectKinds,
} from '../../src/model/effect.ts';
import type { Report } from '../../src/model/finding.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import type { Parts } from '../../src/net/decision.ts';
import { newlyAllowed } from '../../src/net/openings.ts';
import { afterChange } from '../../src/plan/effects.ts';
import { buildPlan, type PlanRequest, reviewPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { partOf } from '../support/parts.ts';

const worlds = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');

interface Made {
  readonly snapshot: Snapshot;
  readonly report: Report;
  /** By what they were made for: `--all`, `--allow-effects`, rules, findings. */
  readonly plans: ReadonlyMap<string, Plan>;
}

/** Plans of everything, of every rule that fails, and of single findings. */
function plansOf(name: string): Made {
  const snapshot = worldSnapshot(name);
  const report = audit(snapshot, rules);
  const make = (request: Partial<PlanRequest>): Plan =>
    buildPlan({
      ...{ snapshot, rules, report, id: 'p' },
      request: { targets: 'all', answers: {}, ips: [], profile: 'all', ...request },
    });
  const failing = report.findings.filter(({ outcome }) => outcome === 'fail');
  const ids = [...new Set(failing.map(({ rule }) => rule))].filter((id) =>
    rules.some((one) => one.id === id && one.fix),
  );
  // Of a rule with several findings, the last one alone.
  const findings = ids.flatMap((id) => failing.findLast(({ rule }) => rule === id)?.id ?? []);
  return {
    ...{ snapshot, report },
    plans: new Map([
      ['--all', make({})],
      ['--allow-effects', make({ allowEffects: effectKinds })],
      ...ids.map((id) => [id, make({ targets: [id] })] as const),
      ...findings.map((id) => [id, make({ targets: [id] })] as const),
    ]),
  };
}

const shown = (effects: readonly Effect[]): string[] =>
  currentEffects(effects)
    .map(({ kind, reason, detail, subject }) => `${kind} ${reason} ${subject} ${detail}`)
    .toSorted();
/** Of two ends that are resources; addresses are divided anew by every change. */
const endsOf = (from: EffectEnd, to: EffectEnd): string[] =>
  from.id === null || to.id === null ? [] : [`${fold(from.id)} ${fold(to.id)}`];
const asText = (change: Change): string => JSON.stringify(change);

interface Placed {
  readonly by: string;
  readonly step: Step;
  /** What the plan changes before it. */
  readonly earlier: ReadonlySet<string>;
}

/** Every step by its change, with the plans that contain it. */
function placed(plans: ReadonlyMap<string, Plan>): Map<string, Placed[]> {
  const found = new Map<string, Placed[]>();
  for (const [by, { steps }] of plans) {
    const earlier = new Set<string>();
    for (const step of steps) {
      const text = asText(step.change);
      found.set(text, [...(found.get(text) ?? []), { by, step, earlier: new Set(earlier) }]);
      earlier.add(text);
    }
  }
  return found;
}

const rank = ['info', 'low', 'medium', 'high', 'critical'];
const severityOf = (finding: string): number =>
  rank.indexOf(rules.find(({ id }) => id === finding.slice(0, finding.indexOf('@')))?.severity ?? 'critical');

describe.each(partOf(worlds, 5))('%s', (name) => {
  const { snapshot, plans } = plansOf(name);

  test('a step has the same effects in every plan that contains it', () => {
    const odd: string[] = [];
    for (const [, all] of placed(plans)) {
      const [first, ...others] = all;
      if (first === undefined) continue;
      for (const other of others) {
        const isSame = shown(first.step.effects).join() === shown(other.step.effects).join();
        // Only what a plan changed before may make a difference: that a way out was made, or an account closed.
        const isBeside = first.earlier.symmetricDifference(other.earlier).size === 0;
        if (!isSame && isBeside) odd.push(`${first.by} and ${other.by}: ${first.step.does}`);
        const ends = ({ step }: Placed) => [...step.findings].toSorted().join();
        const flags = ({ step }: Placed) =>
          currentEffects(step.effects)
            .map((one) => one.automatic)
            .join();
        if (isSame && ends(first) === ends(other) && flags(first) !== flags(other))
          odd.push(`${first.by} and ${other.by}: ${first.step.does} is automatic in one`);
      }
    }
    expect(odd).toEqual([]);
  });

  test('read again from a file, a plan has the same effects', () => {
    for (const [by, made] of plans) {
      if (made.steps.length === 0 || by.includes('@')) continue;
      const again = reviewPlan({ plan: made, snapshot, rules });
      expect(
        again.steps.map(({ effects }) => shown(effects)),
        by,
      ).toEqual(made.steps.map(({ effects }) => shown(effects)));
    }
  });

  test('what nobody has to select introduces nothing of medium severity or higher, and harms nobody', () => {
    const all = plans.get('--all');
    expect(all?.preview.introduces.filter((id) => severityOf(id) >= rank.indexOf('medium'))).toEqual([]);
    expect(all?.steps.flatMap(({ effects }) => effects).filter(isRisky)).toEqual([]);
  });

  test('a plan cuts off what the last world denies and the first allowed, and nothing else', () => {
    for (const [by, { steps, effects }] of plans) {
      if (steps.length < 2) continue;
      const last = steps.reduce((world, { change }) => afterChange(world, change), snapshot);
      const told = effects.flatMap((one) =>
        one.kind === 'cutsOff' && one.reason === 'flow' ? endsOf(one.data.from, one.data.to) : [],
      );
      const net = changedFlows(snapshot, last).filter(({ kind }) => kind === 'cutsOff');
      const all = net.flatMap(({ from, to }) => endsOf(from, to));
      const surely = net.flatMap(({ certain, from, to }) => (certain ? endsOf(from, to) : []));
      expect(
        told.filter((one) => !all.includes(one)),
        by,
      ).toEqual([]);
      expect(
        surely.filter((one) => !told.includes(one)),
        by,
      ).toEqual([]);
    }
  });

  test('what was followed in earlier worlds of a plan is what is followed anew', () => {
    for (const [by, { steps }] of plans) {
      if (by.includes('@')) continue;
      let before = snapshot;
      for (const { change } of steps) {
        const after = afterChange(before, change);
        const told = changedFlows(before, after);
        expect(changedFlows({ ...before }, { ...after }), `${by}: ${change.resource}`).toEqual(told);
        before = after;
      }
    }
  });

  test('the way back opens what the way there cuts off, and cuts off what it opens', () => {
    for (const [by, { steps }] of plans) {
      if (by.includes('@')) continue;
      const last = steps.reduce((world, { change }) => afterChange(world, change), snapshot);
      const [there, back] = [changedFlows(snapshot, last), changedFlows(last, snapshot)];
      const pairs = (flows: typeof there, kind: string) =>
        [...new Set(flows.flatMap((one) => (one.kind === kind ? endsOf(one.from, one.to) : [])))].toSorted();
      expect(pairs(back, 'opens'), by).toEqual(pairs(there, 'cutsOff'));
      expect(pairs(back, 'cutsOff'), by).toEqual(pairs(there, 'opens'));
    }
  });

  test('the Internet is opened or cut off only where all of it is reached', () => {
    const odd = new Set<string>();
    for (const [by, { steps }] of plans) {
      if (by.includes('@')) continue;
      let before = snapshot;
      for (const { change, effects } of steps) {
        const after = afterChange(before, change);
        for (const one of currentEffects(effects)) {
          if ((one.kind !== 'opens' && one.kind !== 'cutsOff') || one.reason !== 'flow') continue;
          const { from, to, traffic } = one.data;
          if (to.name !== 'the Internet' || !/\/subnets\/[^/]+$/i.test(from.id ?? '')) continue;
          const named = [...traffic.matchAll(/TCP[^;]*? (\d+)/g)].map(([, port = '']) => port);
          const world = one.kind === 'opens' ? after : before;
          for (const port of traffic === 'any protocol' ? ['443'] : named) {
            for (const destination of ['1.1.1.1', '9.9.9.9', '200.1.1.1']) {
              const asked = { source: from.id ?? '', destination, protocol: 'Tcp', ports: [port] } as const;
              const result = pathThrough(world, asked);
              if (result.state === 'answered' && result.answer.verdict === 'denied')
                odd.add(`${by}: ${from.name} does not reach ${destination} at ${port}`);
            }
          }
        }
        before = after;
      }
    }
    expect([...odd]).toEqual([]);
  });

  test('the risk of a step says what its effects say', () => {
    for (const [by, { steps }] of plans) {
      for (const { effects, risk, undo, does } of steps) {
        const current = currentEffects(effects);
        const grave = current.filter((one) => !['opens', 'otherScope'].includes(one.kind) || isRisky(one));
        const where = `${by}: ${does}`;
        if (/only adds access|adds access for the named source/i.test(risk)) expect(grave, where).toEqual([]);
        if (undo === 'exact')
          expect(
            current.filter(({ kind }) => kind === 'oneWay'),
            where,
          ).toEqual([]);
        if (/\b(?:nothing|no one|nobody)\b/i.test(risk)) expect(current, where).toEqual([]);
        // The gravest is said first.
        if (current.some(isRisky)) expect(risk, where).not.toBe('');
      }
    }
  });

  test('the kinds of version 0.1 stand beside the others', () => {
    const effects = [...plans.values()].flatMap(({ steps }) => steps.flatMap((step) => step.effects));
    const old = effects.filter((one) => !isCurrent(one));
    expect(old.every(({ kind }) => oldEffectKinds.some((one) => one === kind))).toBe(true);
    // A firewall that closes restricts, in the words of 0.1 too.
    const closing = [...plans.values()].flatMap(({ steps }) =>
      steps.filter(({ change }) =>
        change.edits.some((edit) => edit.op === 'set' && /defaultAction$/.test(edit.pointer) && edit.after === 'Deny'),
      ),
    );
    for (const step of closing) expect(step.effects.map(({ kind }) => kind)).toContain('restricts');
  });
});

describe('what declared clients reach is in some effect, however wide they are', () => {
  const widths: readonly (readonly string[])[] = [
    ['203.0.113.77'],
    ['203.0.113.0/24'],
    ['203.0.112.0/20', '198.51.100.7'],
    ['20.0.0.0/8'],
    ['10.0.0.0/8'],
    ['64.0.0.0/3'],
    ['0.0.0.0/1', '128.0.0.0/1'],
    ['0.0.0.0/0'],
  ];

  /** What the Internet reaches at every place and service, packet by packet. */
  function fromInternet(snapshot: Snapshot): ReadonlyMap<string, Parts> {
    const index = indexSnapshot(snapshot);
    const services = snapshot.resources.filter(({ type }) => /\/(?:storageAccounts|vaults)$/i.test(type));
    const asked = [
      ...places(index).map((one) => ({ destination: one.asked, ports: ['22', '443'] })),
      ...services.map(({ id }) => ({ destination: id, ports: ['443'] })),
    ];
    const reached = asked.map(({ destination, ports }): readonly [string, Parts] => {
      const trace = tracePath({ source: 'internet', destination, protocol: 'Tcp', ports }, index);
      return [destination, 'reason' in trace ? [] : trace.outcome];
    });
    return new Map(reached);
  }

  const opened = ({ parts }: PathPackets): Parts => parts.map((part) => ({ ...part, outcome: 'allowed' })) as Parts;

  test.each(['limited', 'machines', 'open', 'drifted'].flatMap((name) => widths.map((clients) => ({ name, clients }))))(
    '$name: $clients',
    ({ name, clients }) => {
      const world = worldSnapshot(name);
      const snapshot = { ...world, intents: { ...world.intents, sshWanted: true, devClientIps: clients } };
      const request = { targets: 'all', answers: {}, ips: [], profile: 'all', allowEffects: effectKinds } as const;
      const made = buildPlan({ snapshot, rules, request, id: 'p' });
      let [before, was] = [snapshot as Snapshot, fromInternet(snapshot)];
      for (const { change, does } of made.steps) {
        const after = afterChange(before, change);
        const is = fromInternet(after);
        const told = changedFlows(before, after)
          .filter(({ kind, asAddresses }) => kind === 'opens' && asAddresses !== true)
          .flatMap(({ packets }) => opened(packets));
        for (const [place, parts] of is) {
          const gained = newlyAllowed(was.get(place) ?? [], parts, []);
          expect(newlyAllowed(told, gained, []), `${does}: ${place}`).toEqual([]);
        }
        [before, was] = [after, is];
      }
    },
  );
});
