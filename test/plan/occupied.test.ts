// A subnet is empty only where nothing in its own body says that something is, or may be, there.
import { describe, expect, test } from 'vitest';
import { applyEdits, setMember } from '../../src/model/edit.ts';
import { isRisky } from '../../src/model/effect.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { subnetsOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

const web = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-web/providers';
const members: readonly (readonly [string, unknown, string])[] = [
  ['ipConfigurations', { id: `${web}/Microsoft.Network/networkInterfaces/nic-web/ipConfigurations/ip` }, 'nic-web'],
  [
    'ipConfigurationProfiles',
    { id: `${web}/Microsoft.Network/networkProfiles/np/containerNetworkInterfaceConfigurations/e/ipConfigurations/ip` },
    'np',
  ],
  [
    'applicationGatewayIPConfigurations',
    { id: `${web}/Microsoft.Network/applicationGateways/agw/gatewayIPConfigurations/ip` },
    'agw',
  ],
  ['resourceNavigationLinks', { name: 'r', properties: { link: `${web}/Microsoft.Sql/managedInstances/mi` } }, 'mi'],
  ['serviceAssociationLinks', { name: 's', properties: { link: `${web}/Microsoft.Web/serverfarms/plan` } }, 'plan'],
  ['serviceAssociationLinks', { name: 's', properties: { linkedResourceType: 'Microsoft.Web/serverfarms' } }, ''],
  ['delegations', { name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } }, ''],
];

/** The world `open` in which no subnet but `snet-aks` has what the member says. */
function holding(member: string, item: unknown): Snapshot {
  const value = parseJson(JSON.stringify([item])) as JsonObject;
  return worldSnapshot('open', {
    intents: { usesServerless: false, devClientIps: [] },
    change: (all) =>
      all.map((one) => {
        if (!/\/virtualNetworks\/vnet-ml$/.test(one.id)) return one;
        const at = subnetsOf(one).findIndex(({ id }) => /\/snet-aks$/.test(id));
        const edit = setMember(one.body, `/properties/subnets/${at}/properties/${member}`, value);
        return { ...one, body: applyEdits(one.body, [edit]) as JsonObject };
      }),
  });
}

describe('a service is not closed to a subnet without a question', () => {
  test.each(members)('that shows %s', (member, item, who) => {
    const plan = buildPlan({
      ...{ snapshot: holding(member, item), rules, id: 'plan-1' },
      request: { targets: ['storage.default-action-deny'], answers: {}, ips: [], profile: 'all' },
    });
    const cut = plan.effects.filter(
      (one) => one.kind === 'cutsOff' && one.reason === 'flow' && /\/snet-aks$/.test(one.data.from.id ?? ''),
    );
    expect(cut.length).toBeGreaterThan(0);
    for (const one of cut) {
      expect(isRisky(one)).toBe(true);
      expect(one.detail).toContain(who);
      expect(one.detail).not.toContain('Nothing was read');
    }
  });
});
