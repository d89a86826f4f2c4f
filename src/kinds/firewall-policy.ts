// Firewall policies: read, never written; their rules are in rule collection groups.
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { basePolicyOf, firewallPolicyType } from './firewall-view.ts';
import { networkVersion } from './network-view.ts';
import { listAt, textAt } from './read.ts';

/** What others are to it, which changes with them. */
const others = ['firewalls', 'childPolicies', 'ruleCollectionGroups'];

export const firewallPolicy = defineResourceType({
  type: firewallPolicyType,
  label: 'firewall policy',
  plural: 'firewall policies',
  apiVersion: networkVersion,
  computed: ['size', ...others],
  columns: [
    { title: 'Inherits from', value: (resource) => nameOf(basePolicyOf(resource) ?? '') },
    {
      title: 'Firewalls',
      value: ({ body }) =>
        listAt(body, '/properties/firewalls')
          .map((item) => nameOf(textAt(item, '/id') ?? ''))
          .join(', '),
    },
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
  ],
  references(body) {
    const base = textAt(body, '/properties/basePolicy/id');
    const linked = others.flatMap((name) =>
      listAt(body, `/properties/${name}`).flatMap((item) => textAt(item, '/id') ?? []),
    );
    return base === undefined ? linked : [base, ...linked];
  },
  write: { refused: 'firewall policy; its rules are written group by group' },
});
