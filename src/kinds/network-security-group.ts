// Network security groups: made whole with their rules, and from then on changed rule by rule (security-rule.ts).
import { isObject, type JsonObject } from '../model/json.ts';
import { updateAt, withMember } from '../model/pointer.ts';
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { networkVersion } from './network-view.ts';
import { eachObject, groupOf, insideWhole, sendable, without } from './parts/bodies.ts';
import type { Shape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';
import { securityGroupType, securityRulesPointer, sharersOf } from './security-group-view.ts';
import { ruleLine, rulePlurals, ruleSpellings, securityRuleSent } from './security-rule.ts';

const inline = `${securityRulesPointer}/*`;
const computed = ['defaultSecurityRules', 'subnets', 'networkInterfaces', 'resourceGuid', 'flowLogs'];
const shape: Shape = {
  volatile: [...['etag', 'id', 'type', 'properties/provisioningState'].map((name) => `${inline}/${name}`)],
  sets: {
    [securityRulesPointer]: { member: 'name', fold: true },
    ...Object.fromEntries(rulePlurals.map((name) => [`${inline}/properties/${name}`, { member: null, fold: true }])),
  },
  rewrite: Object.fromEntries(
    Object.entries(ruleSpellings).map(([name, spell]) => [`${inline}/properties/${name}`, spell]),
  ),
};

/** The body of a PUT: without what Azure computes, in the group and in each of its rules, which is told by its name there. */
function sent(body: JsonObject): JsonObject {
  const after = updateAt(sendable(body), ['properties'], (value) => {
    if (!isObject(value)) return value;
    const kept = without(value, [...computed, 'provisioningState']);
    const rules = eachObject(kept.securityRules, insideWhole(securityRuleSent));
    return rules === undefined ? kept : withMember(kept, 'securityRules', rules);
  });
  return isObject(after) ? after : body;
}

export const networkSecurityGroup = defineResourceType({
  type: securityGroupType,
  label: 'network security group',
  plural: 'network security groups',
  apiVersion: networkVersion,
  computed,
  shape,
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Rules', value: ({ body }) => String(listAt(body, securityRulesPointer).length) },
    { title: 'Subnets', value: (resource) => sharersOf(resource).subnets.map(nameOf).join(', ') },
  ],
  references(body) {
    const { subnets, cards } = sharersOf({ id: '', type: securityGroupType, apiVersion: '', body });
    return [...subnets, ...cards];
  },
  write: {
    body: sent,
    create: true,
    delete: 'if-match',
    refused: 'network security group; its rules are written one by one',
  },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'network', 'nsg', 'delete', at);
    if (change.kind === 'edit') return '';
    const made = line('az', 'network', 'nsg', 'create', at, '-l', textAt(change.body, '/location') ?? '');
    const rules = listAt(change.body, securityRulesPointer).map((rule) =>
      ruleLine('create', `${change.resource}/securityRules/${textAt(rule, '/name') ?? ''}`, rule as JsonObject),
    );
    return lines([made, ...rules]);
  },
});
