// What the fixes of private link are made of: names that are the same for the same wish, and the subnet the operator names.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { legalName, nameUuid, onceEach } from '../../src/rules/parts/naming.ts';
import {
  chooseSubnet,
  endpointProposals,
  endpointSubnets,
  freeAddresses,
  roleProposal,
} from '../../src/rules/parts/private-link.ts';
import { ids, type Loose, snapshotOf } from '../support/snapshot.ts';

describe('names', () => {
  test('a wish is named by SHA-1 of the namespace and its text, as RFC 9562 says', () => {
    const namespace = Buffer.from('5d0c6f0e3c1b4b529f0a6f1c1d2b7a94', 'hex');
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
        const hash = createHash('sha1').update(namespace).update(text, 'utf8').digest().subarray(0, 16);
        hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
        hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
        expect(nameUuid(text).replaceAll('-', '')).toBe(hash.toString('hex'));
      }),
    );
  });

  test('are legal whatever they are made of, and no id comes twice', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 80 }), (text, most) => {
        expect(legalName(['pe', text], most)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
        expect(legalName(['pe', text], most).length).toBeLessThanOrEqual(most);
      }),
    );
    expect(onceEach(['/A', '/b', '/a'])).toEqual(['/A', '/b']);
  });

  test('the same role is asked for under the same name, and not where it is held already', () => {
    const wish = { scope: ids.account, role: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', principal: 'p' };
    const judgement = (scope?: string) => ({
      index: indexSnapshot(
        snapshotOf((scene) => {
          if (scope === undefined) return;
          const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/x`;
          const roleDefinitionId = `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${wish.role.toUpperCase()}`;
          scene.bodies[id] = { id, properties: { scope, roleDefinitionId, principalId: 'P' } };
        }),
      ),
      profile: 'all' as const,
      assumeDenyByDefault: false,
    });
    const [first] = roleProposal(wish, judgement());
    const [again] = roleProposal({ ...wish, scope: wish.scope.toUpperCase() }, judgement());
    expect(first?.change.resource.split('/').at(-1)).toBe(again?.change.resource.split('/').at(-1));
    expect(roleProposal(wish, judgement(ids.account.split('/').slice(0, 5).join('/')))).toEqual([]);
    expect(roleProposal(wish, judgement(ids.vault))).toHaveLength(1);
  });
});

describe('the subnet of an endpoint', () => {
  const index = indexSnapshot(
    snapshotOf((scene) => {
      const { subnets } = scene.bodies[ids.vnet].properties;
      const at = (id: string): Loose => subnets.find((one: Loose) => one.id === id).properties;
      at(ids.second).delegations = [{ name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } }];
      at(ids.train).addressPrefix = '10.0.1.0/29';
      at(ids.train).ipConfigurations = [{ id: '/1' }, { id: '/2' }, { id: '/3' }];
      subnets.push({ ...subnets[2], id: `${ids.vnet}/subnets/GatewaySubnet`, name: 'GatewaySubnet' });
    }),
  );
  const candidates = endpointSubnets([ids.vnet, ids.farVnet], index);

  test('is neither delegated nor full nor kept for a gateway', () => {
    expect(candidates.map(({ id }) => id)).toEqual([ids.pe, ids.far]);
    expect(candidates.map(freeAddresses)).toEqual([251, 251]);
  });

  test.each([ids.pe, ids.pe.toUpperCase(), 'vnet-ml/snet-pe', 'VNET-ML/SNET-PE', 'snet-pe', ' snet-pe '])(
    '%s',
    (subnet) => {
      expect(chooseSubnet({ subnet }, candidates)).toMatchObject({ id: ids.pe });
    },
  );

  test('without an answer, or with one that will not do, the choices are named', () => {
    const choices = 'Pass --answer subnet=VNET/NAME, one of vnet-ml/snet-pe (251 free), vnet-far/snet-far (251 free).';
    expect(chooseSubnet({}, candidates)).toBe(choices);
    expect(chooseSubnet({ subnet: 'snet-train' }, candidates)).toBe(
      `"snet-train" is not a subnet that accepts a private endpoint. ${choices}`,
    );
    expect(chooseSubnet({ subnet: '\u001b[31mred' }, candidates)).toContain('"red"');
    expect(chooseSubnet({ subnet: 'snet-pe' }, [])).toMatch(/^No subnet accepts/);
  });
});

describe('an endpoint that the caller may not approve', () => {
  test('is asked for by hand, and says so', () => {
    const snapshot = snapshotOf();
    const may = { scope: ids.account, actions: ['*/read', 'Microsoft.Network/*'], notActions: [] };
    const index = indexSnapshot({ ...snapshot, permissions: [may] });
    const [target, subnet] = [index.get(ids.account), index.get(ids.pe)];
    if (!target || !subnet) throw new Error('not there');
    const judgement = { index, profile: 'all' as const, assumeDenyByDefault: false };
    const made = endpointProposals({ target, groups: ['blob'], subnet, vnets: [ids.vnet] }, judgement);
    if (typeof made === 'string') throw new Error(made);
    const endpoint = made.find(({ change }) => /\/privateEndpoints\/[^/]+$/.test(change.resource));
    expect(JSON.stringify(endpoint?.change.body)).toContain('"privateLinkServiceConnections":[],"manualPrivateLink');
    expect(endpoint?.risk).toContain('You have no permission to approve it');
  });
});
