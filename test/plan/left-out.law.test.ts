// What a plan of everything says that a fix needs, which it does not include, is all that the fix needs by itself.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type EffectKind, effectFlags, effectKinds } from '../../src/model/effect.ts';
import type { Plan } from '../../src/model/plan.ts';
import { buildPlan, type PlanRequest } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { partOf } from '../support/parts.ts';
import { worldSnapshot } from './worlds.ts';

const worlds = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
const said =
  /Needs --allow-effects (?<kinds>[^ ,]+(?:,[^ ,]+)*)(?: --answer (?<name>[^=]+)=(?<value>[^ ,]+))? or `bastide fix [^`]+`\.(?<blocked> It is also blocked)?/;
const kindsOf = (flags: string): EffectKind[] =>
  flags.split(',').flatMap((flag) => effectKinds.filter((kind) => effectFlags[kind] === flag));

describe.each(partOf(worlds, 3))('%s', (name) => {
  const snapshot = worldSnapshot(name);
  const report = audit(snapshot, rules);
  const plan = (request: Partial<PlanRequest>) =>
    buildPlan({
      ...{ snapshot, rules, report, id: 'p' },
      request: { targets: 'all', answers: {}, ips: [], profile: 'all', ...request },
    });
  const left = plan({}).skipped.flatMap(({ finding, reason }) => {
    const groups = said.exec(reason)?.groups;
    if (groups === undefined || groups.blocked !== undefined) return [];
    const { kinds = '', name: answer, value = '' } = groups;
    return [
      { finding, reason, allowEffects: kindsOf(kinds), answers: answer === undefined ? {} : { [answer]: value } },
    ];
  });

  const byWay = new Map<string, Plan>();

  test('what a fix is said to need includes it', () => {
    const wrong = left.flatMap(({ finding, reason, allowEffects, answers }) => {
      const key = JSON.stringify([allowEffects, answers]);
      const all = byWay.get(key) ?? plan({ allowEffects, answers });
      byWay.set(key, all);
      const whyIn = ({ skipped }: Plan) => skipped.find((one) => one.finding === finding)?.reason;
      if (whyIn(all) === undefined) return [];
      const whys = [whyIn(all), whyIn(plan({ targets: [finding], answers }))];
      return whys.includes(undefined) ? [] : [`${finding}: ${reason}\n  but: ${whys.join('\n  and: ')}`];
    });
    expect(wrong).toEqual([]);
  });
});
