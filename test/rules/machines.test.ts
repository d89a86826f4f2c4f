// Attached machines through the real ARM client against the simulator: what a scan reads of them, the group that a NIC gets
// from the operator's answer, and what is sent for it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editChange, invertChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { isObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-machines-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
const bareCompute = `${group}/Microsoft.MachineLearningServices/workspaces/mlw-sim/computes/vm-bare`;
const bareCard = `${group}/Microsoft.Network/networkInterfaces/nic-vm-bare`;
const made = `${group}/Microsoft.Network/networkSecurityGroups/nsg-nic-vm-bare`;

let bench: Bench;
let snapshot: Snapshot;
beforeEach(async () => {
  bench = await openBench({ world: 'machines', scratch });
  snapshot = await drain(bench.session.scan());
});
afterEach(() => bench.close());

const target = 'vm.ssh-inbound-azureml';
const plan = (answers: Readonly<Record<string, string>>) =>
  bench.session.plan(snapshot, { targets: [target], answers, ips: [], profile: 'all' });
const outcomeOf = (where: Snapshot, compute: string): string | undefined =>
  bench.session
    .report(where, 'all')
    .findings.find(({ rule, resource }) => rule === target && fold(resource) === fold(compute))?.outcome;
const bodyOf = (where: Snapshot, id: string) => where.resources.find((one) => fold(one.id) === fold(id))?.body;

test('a scan reads the groups and addresses of interfaces, and asks an agent only where the image does not tell', () => {
  const ids = snapshot.resources.map(({ id }) => fold(id));
  const has = (id: string): boolean => ids.includes(fold(`${group}/${id}`));
  expect(has('Microsoft.Network/networkSecurityGroups/nsg-nic-tools')).toBe(true);
  expect(has('Microsoft.Network/networkSecurityGroups/nsg-nic-tools/securityRules/AllowService')).toBe(true);
  expect(has('Microsoft.Network/publicIPAddresses/pip-vm-bare')).toBe(true);
  expect(ids.filter((id) => id.endsWith('/instanceview'))).toEqual([
    fold(`${group}/Microsoft.Compute/virtualMachines/vm-web/instanceView`),
  ]);
});

describe('a machine without a security group', () => {
  test('gets none without the answer, and is told which', () => {
    const { steps, skipped } = plan({});
    expect(steps.map(({ change }) => change.resource)).not.toContain(bareCard);
    const reasons = skipped.filter(({ finding }) => fold(finding).includes('vm-bare')).map(({ reason }) => reason);
    expect(reasons).toEqual([expect.stringContaining('group=make')]);
  });

  test('gets one with the answer: the service is allowed, a second run plans nothing, and an undo leaves no trace', async () => {
    const before = bodyOf(snapshot, bareCard);
    const applied = await drain(
      bench.session.apply(plan({ group: 'make' }), { line: `fix ${target}`, acceptWarnings: true }),
    );
    expect(applied.steps.filter(({ state }) => state !== 'done')).toEqual([]);
    const after = await drain(bench.session.scan());
    expect(outcomeOf(after, bareCompute)).toBe('pass');
    expect(bodyOf(after, bareCard)?.properties).toMatchObject({ networkSecurityGroup: { id: made } });
    expect(
      bench.session.plan(after, { targets: [target], answers: { group: 'make' }, ips: [], profile: 'all' }).steps,
    ).toEqual([]);

    const undone = await drain(
      bench.session.apply(await bench.session.planUndo(), { line: 'undo', acceptWarnings: true }),
    );
    expect(undone.steps.filter(({ state }) => state !== 'done')).toEqual([]);
    const back = await drain(bench.session.scan());
    const { normal } = resourceTypeOf('Microsoft.Network/networkInterfaces');
    expect(before && normal(bodyOf(back, bareCard) ?? {})).toEqual(before && normal(before));
    expect(bodyOf(back, made)).toBeUndefined();
  });
});

describe('the interface', () => {
  const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkInterfaces/nic';
  const body =
    parseJson(`{"id": "${id}", "name": "nic", "etag": "W/\\"7\\"", "type": "Microsoft.Network/networkInterfaces",
    "location": "westeurope", "tags": {"odd": "1.0"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "g",
      "macAddress": "00-0D", "primary": true, "virtualMachine": {"id": "/vm"}, "hostedWorkloads": [], "more": 1.0,
      "dnsSettings": {"dnsServers": ["10.0.0.4"], "appliedDnsServers": [], "internalDomainNameSuffix": "x"},
      "ipConfigurations": [{"name": "one", "id": "${id}/ipConfigurations/one", "etag": "W/\\"7\\"", "properties":
        {"provisioningState": "Succeeded", "privateIPAddress": "10.0.1.4", "subnet": {"id": "/snet"}}}]}}`);
  if (!isObject(body)) throw new Error('not an object');
  const current = { id, type: 'Microsoft.Network/networkInterfaces', apiVersion: '2024-01-01', body };
  const kind = resourceTypeOf(current.type);
  const hang = editChange(id, [setMember(body, '/properties/networkSecurityGroup', { id: '/nsg' })]);

  test('is written whole, unknown members and numbers as they came, without what Azure computes', () => {
    const request = kind.write(hang, current);
    expect(request).toMatchObject({ method: 'PUT', id, ifMatch: 'W/"7"' });
    expect(typeof request === 'string' ? request : stringifyJson(request.body)).toBe(
      '{"location":"westeurope","tags":{"odd":"1.0"},"properties":{"more":1.0,"dnsSettings":{"dnsServers":["10.0.0.4"]},' +
        `"ipConfigurations":[{"name":"one","id":"${id}/ipConfigurations/one","properties":{"privateIPAddress":"10.0.1.4","subnet":{"id":"/snet"}}}],` +
        '"networkSecurityGroup":{"id":"/nsg"}}}',
    );
  });

  test('is written only after it was read, and only its security group', () => {
    expect(kind.write(hang, null)).toContain('was not read');
    expect(kind.write(editChange(id, [setMember(body, '/tags', {})]), current)).toContain('does not write /tags');
  });

  test('is said in the words of the Azure CLI', () => {
    expect(kind.az(hang)).toBe('az network nic update -g rg -n nic --network-security-group /nsg');
    expect(kind.az(invertChange(hang))).toBe('az network nic update -g rg -n nic --remove networkSecurityGroup');
  });
});
