// Firewall policies: read, never written; their rules are in rule collection groups.
import { nameOf } from '../model/resource-id.ts';
import { basePolicyOf, firewallPolicyType } from './firewall-view.ts';
import type { Kind } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { actionOn, readOnly } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { listAt, textAt } from './read.ts';

/** What others are to it, which changes with them. */
const others = ['firewalls', 'childPolicies', 'ruleCollectionGroups'];
const shape: Shape = { volatile: ['size', ...others].map((name) => `/properties/${name}`), sets: {} };

export const firewallPolicy: Kind = {
  type: firewallPolicyType,
  label: 'firewall policy',
  plural: 'firewall policies',
  apiVersion: networkVersion,
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
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => id,
  write: (change) => readOnly('firewall policy; its rules are written group by group', change),
  az: () => '',
  needs: (change) => [actionOn(`${firewallPolicyType}/write`, change.resource)],
};
