// A list that Azure does not know at the newest api-version is asked for at the older one, where the type has one.
import { expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { vaultPerimeterType } from '../../src/resource-types/index.ts';
import { collectorOf } from '../../src/session/collector.ts';

const list =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv/networkSecurityPerimeterConfigurations';

/** What is asked for, and what is noted, where Azure answers the first question so. */
async function asked(code: string | undefined, type = vaultPerimeterType): Promise<readonly [string[], string[]]> {
  const versions: string[] = [];
  const arm: Pick<ArmClient, 'list'> = {
    async list(id, { apiVersion }) {
      versions.push(apiVersion);
      return code !== undefined && versions.length === 1
        ? { ok: false, gap: { id, reason: 'refused', action: 'read', code, status: 400 } }
        : { ok: true, resources: [] };
    },
  };
  const collector = collectorOf(arm as ArmClient, () => undefined);
  await collector.list(list, type);
  return [versions, collector.collected().gaps.map((gap) => gap.code ?? '')];
}

test('only where the type or its version is not known, and only once', async () => {
  expect(await asked(undefined)).toEqual([['2024-11-01'], []]);
  expect(await asked('NoRegisteredProviderFound')).toEqual([['2024-11-01', '2024-04-01-preview'], []]);
  expect(await asked('AuthorizationFailed')).toEqual([['2024-11-01'], ['AuthorizationFailed']]);
  expect(await asked('InvalidResourceType', 'Microsoft.Network/virtualNetworks')).toEqual([
    ['2024-01-01'],
    ['InvalidResourceType'],
  ]);
});
