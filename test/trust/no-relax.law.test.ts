// No plan made without allowed effects relaxes, deletes, bills, interrupts, or cannot be undone, in any world; and what automatic fixes
// promise is what the plan resolves. The changes are looked at twice: by their effects, and by their bodies without that code.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Change } from '../../src/model/change.ts';
import { type EffectKind, effectFlags, effectKinds, isRisky } from '../../src/model/effect.ts';
import { isObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import { applyChanges, buildPlan, withFixes } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { inEveryRun, partOf } from '../support/parts.ts';

const names = worldFiles.filter(({ name }) => name !== 'large' && name !== 'fleet').map(({ name }) => name);
const planAll = (name: string, allowEffects: readonly EffectKind[] = []) => {
  const snapshot = worldSnapshot(name);
  const request = { targets: 'all', answers: {}, ips: [], profile: 'all', allowEffects } as const;
  return { snapshot, plan: buildPlan({ snapshot, rules, request, id: 'p' }) };
};

/** Types whose creation is billed by the hour. */
const billed = ['natgateways', 'publicipaddresses', 'privateendpoints', 'azurefirewalls', 'outboundrules'];

/** Why a change must not be in such a plan, by its body alone. */
function wrongBy(change: Change): string[] {
  const type = fold(typeOf(change.resource)).split('/').at(-1) ?? '';
  if (change.kind === 'delete') return [`deletes ${change.resource}`];
  if (change.kind === 'create') {
    const properties = isObject(change.body.properties) ? change.body.properties : {};
    const opens =
      type === 'securityrules' &&
      fold(String(properties.access)) === 'allow' &&
      fold(String(properties.direction)) === 'inbound' &&
      ['*', 'internet', '0.0.0.0/0', 'any'].includes(fold(String(properties.sourceAddressPrefix)));
    return [...(billed.includes(type) ? [`bills ${type}`] : []), ...(opens ? ['allows any source in'] : [])];
  }
  return change.edits.flatMap((edit) => {
    const after = edit.op === 'remove' ? undefined : edit.after;
    const before = edit.op === 'add' ? undefined : edit.before;
    const said = (value: unknown) => fold(typeof value === 'string' ? value : '');
    if (/publicNetworkAccess$/.test(edit.pointer) && said(after) === 'enabled') return ['public network access on'];
    if (/defaultAction$/.test(edit.pointer) && said(after) === 'allow') return ['default action Allow'];
    const acls = edit.op === 'set' && isObject(before) ? said(valueAt(before, '/defaultAction')) : '';
    if (acls === 'deny' && said(valueAt(after, '/defaultAction')) !== 'deny')
      return ['a rule object that denied is replaced'];
    if (/(networkSecurityGroup|routeTable)$/.test(edit.pointer) && before !== undefined)
      return [`detaches ${edit.pointer}`];
    if (edit.pointer === '/sku/name') return ['another SKU'];
    if (/managedNetwork/.test(edit.pointer)) return ['the managed network'];
    return [];
  });
}

describe.each(partOf(names, 6))('%s', (name) => {
  test('nothing that was not allowed', () => {
    const { snapshot, plan } = planAll(name);
    expect(plan.effects.filter(isRisky)).toEqual([]);
    expect(plan.steps.flatMap(({ change }) => wrongBy(change))).toEqual([]);
    expect(plan.steps.map(({ undo }) => undo).filter((undo) => undo !== 'exact' && undo !== 'equivalent')).toEqual([]);

    // What is left out for its effect names it, and the fix itself is offered.
    // Of the Deny rules that would be overridden one stands for all: their fixes are alike.
    const overriding = plan.skipped.filter(({ reason }) => reason.startsWith('Allows: '));
    for (const { finding, reason } of plan.skipped.filter((one) => !overriding.slice(1).includes(one))) {
      const kinds = /--allow-effects ([a-z,-]+)/.exec(reason)?.[1]?.split(',') ?? [];
      if (kinds.length === 0) continue;
      const rule = finding.slice(0, finding.indexOf('@'));
      expect(kinds.every((kind) => effectKinds.some((one) => effectFlags[one] === kind))).toBe(true);
      // By its name it may ask whether what is cut off is accepted.
      const answers = { 'accept-cut': 'yes' };
      const request = { targets: [finding], answers, ips: [], profile: 'all' } as const;
      const own = buildPlan({ snapshot, rules, request, id: 'own' });
      // A gate may stop it even so, and says why.
      const stopped = own.skipped.some(({ reason: why }) => /^Blocked: /.test(why));
      expect(own.steps.length > 0 || stopped, `${rule} by its name`).toBe(true);
      expect(stopped || own.effects.some(isRisky)).toBe(true);
    }
  });

  test('promised, planned, resolved, gone', () => {
    const { snapshot, plan } = planAll(name);
    const report = withFixes(audit(snapshot, rules), { snapshot, rules, profile: 'all' });
    const promised = report.findings
      .filter(({ outcome, fix }) => outcome === 'fail' && fix.kind === 'auto')
      .map(({ id }) => id);
    const resolved = new Set(plan.preview.resolves);
    expect(promised.filter((id) => !resolved.has(id))).toEqual([]);
    const planned = new Set(plan.steps.flatMap(({ findings }) => findings));
    const failed = new Set(report.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id));
    expect([...planned].filter((id) => failed.has(id)).toSorted()).toEqual(promised.toSorted());
    const after = applyChanges(
      snapshot,
      plan.steps.map(({ change }) => change),
    );
    const failing = new Set(
      audit(after, rules).findings.flatMap(({ id, outcome }) => (outcome === 'fail' ? [id] : [])),
    );
    expect(plan.preview.resolves.filter((id) => failing.has(id))).toEqual([]);
    // Nothing else is gone, except what is unknown from then on.
    const unknown = new Set(
      audit(after, rules).findings.flatMap(({ id, outcome }) => (outcome === 'unknown' ? [id] : [])),
    );
    expect([...failed].filter((id) => !failing.has(id) && !unknown.has(id)).toSorted()).toEqual(
      plan.preview.resolves.filter((id) => failed.has(id)).toSorted(),
    );
    // What the report calls guided for its effects is not in the plan.
    const risky = report.findings.filter(({ effects = [] }) => effects.some(isRisky));
    const served = new Set(plan.steps.flatMap(({ findings }) => findings));
    expect(risky.map(({ id }) => id).filter((id) => served.has(id) && !resolved.has(id))).toEqual([]);
  });
});

inEveryRun(() => {
  test.each([
    ['machines', 'deletes', 'nsg-nic-web'],
    ['kubernetes', 'deletes', 'nsg-aks'],
    ['drifted', 'costs', 'nat-vnet-ml'],
    ['managed', 'oneWay', 'mlw-sim'],
  ] as const)('%s: a kind enters when it is allowed, with every other kind of the same fix', (name, kind, about) => {
    const told = planAll(name, effectKinds).plan.effects.filter((one) => one.kind === kind);
    expect(told.map(({ resource }) => resource).join()).toContain(about);
    const others = effectKinds.filter((one) => one !== kind);
    expect(planAll(name, others).plan.effects.filter((one) => one.kind === kind)).toEqual([]);
  });
});
