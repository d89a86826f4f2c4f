// The way of packets in small networks made for one question each: which hop stops them, and how sure that is.
import { describe, expect, test } from 'vitest';
import { ids, refused, withAdminRules, zoneId } from '../support/snapshot.ts';
import { fromTrain, type PathRow, toTrain } from './path-rows.ts';
import {
  asked,
  both,
  guardedBy,
  machine,
  network,
  privately,
  put,
  rule,
  type SceneChange,
  withoutEndpoint,
} from './path-scenes.ts';

const told = (rows: readonly PathRow[]) => rows.map((row) => ({ what: row[0], row }));

describe('from the cluster', () => {
  test.each(told(fromTrain))('$what', ({ row: [, change, destination, verdict, stoppedBy, ports] }) => {
    const { answer } = asked(change, 'cpu-cluster', destination, ports);
    expect({ verdict: answer.verdict, stoppedBy: answer.stoppedBy, because: answer.because }).toMatchObject({
      verdict,
      stoppedBy,
    });
    expect(answer.hops.some((hop) => hop.hop === 'reply' && stoppedBy === 'route')).toBe(false);
  });
});

describe('to the cluster', () => {
  test.each(told(toTrain))('$what', ({ row: [, change, source, verdict, stoppedBy] }) => {
    const { answer } = asked(change, source, 'cpu-cluster', '29876-29877');
    expect({ verdict: answer.verdict, stoppedBy: answer.stoppedBy, because: answer.because }).toMatchObject({
      verdict,
      stoppedBy,
    });
  });
});

describe('from a virtual machine', () => {
  const card = network('networkSecurityGroups', 'nsg-card');
  const guarded = (...rules: readonly string[]): SceneChange =>
    both(machine({ networkSecurityGroup: { id: card } }), (scene) => {
      put(scene, card, { securityRules: rules.map(rule) });
    });
  test('the group of its NIC decides before that of its subnet', () => {
    const denied = asked(guarded('Outbound Deny * * Internet * 100'), 'vm-one', 'internet').answer;
    expect(denied).toMatchObject({ verdict: 'denied', stoppedBy: 'sourceCard' });
    expect(asked(guarded(), 'vm-one', 'internet').answer.verdict).toBe('allowed');
    const twice = both(guarded(), guardedBy(ids.second, 'Outbound Deny * * Internet * 100'));
    const { hops, stoppedBy } = asked(twice, 'vm-one', 'internet').answer;
    expect(stoppedBy).toBe('sourceSubnet');
    expect(hops.map(({ hop }) => hop).filter((hop) => hop.startsWith('source'))).toEqual([
      'source',
      'sourceCard',
      'sourceSubnet',
    ]);
  });
});

describe('what was not read', () => {
  const nsg = network('networkSecurityGroups', 'nsg-snet-train');
  test('a group that was refused makes its hop unknown, and is not asked for again', () => {
    const refusing = both(guardedBy(ids.train), (scene) => {
      delete scene.bodies[nsg];
      scene.gaps.push(refused(nsg));
    });
    const { answer, toRead } = asked(refusing, 'snet-train', 'stmlsim');
    expect(answer).toMatchObject({ verdict: 'unknown', stoppedBy: 'sourceSubnet' });
    expect(answer.hops.find(({ hop }) => hop === 'sourceSubnet')?.gaps).toEqual([nsg]);
    expect(toRead).toEqual([]);
  });
  test('a service that was refused is known by its name, and its firewall is not', () => {
    const refusing: SceneChange = (scene) => {
      delete scene.bodies[ids.vault];
      scene.gaps.push(refused(ids.vault));
    };
    for (const name of ['kv-mlsim', 'kv-mlsim.vault.azure.net']) {
      const { answer } = asked(refusing, 'cpu-cluster', name);
      expect(answer).toMatchObject({ verdict: 'unknown', stoppedBy: 'name' });
      expect(answer.hops.find(({ hop }) => hop === 'service')).toMatchObject({ verdict: 'unknown', gaps: [ids.vault] });
    }
  });
  test('a record that was not read is requested', () => {
    const { toRead } = asked(privately(undefined, false), 'snet-train', 'stmlsim');
    expect(toRead).toEqual([`${zoneId('privatelink.blob.core.windows.net')}/A/stmlsim`]);
  });
  test('a group that was not read is requested', () => {
    const unread = both(guardedBy(ids.train), (scene) => {
      delete scene.bodies[nsg];
    });
    expect(asked(unread, 'snet-train', 'stmlsim').toRead).toEqual([nsg]);
  });
  test('what stops it stops it, whatever was not read before', () => {
    const shut = both(guardedBy(ids.train), withoutEndpoint(ids.train), (scene) => {
      delete scene.bodies[nsg];
    });
    expect(asked(shut, 'snet-train', 'stmlsim').answer).toMatchObject({ verdict: 'denied', stoppedBy: 'service' });
  });
});

describe('the rules that a security group is said to decide by', () => {
  const admin = (...rules: readonly string[]): SceneChange =>
    both(guardedBy(ids.train, 'Outbound Deny Tcp * Internet 22 300'), (scene) =>
      withAdminRules(scene, ids.vnet, ...rules),
    );
  const groupHop = (change: SceneChange, ports: string) =>
    asked(change, 'snet-train', 'internet', ports).answer.hops.find(({ hop }) => hop === 'sourceSubnet');
  test.each([
    [
      'Outbound Deny Tcp * Internet 443 100',
      '443',
      'Security admin rules deny the traffic before nsg-snet-train applies.',
    ],
    [
      'Outbound Deny Tcp * Internet 443 100',
      '443,80',
      'nsg-snet-train allows by AllowInternetOutBound (65001) what no security admin rule denies.',
    ],
    ['Outbound Deny Tcp * Internet 443 100', '443,22', 'nsg-snet-train denies the traffic by rule-0 (300).'],
    ['Outbound AlwaysAllow Tcp * Internet 22 100', '22', 'Security admin rules allow the traffic, not nsg-snet-train.'],
    [
      'Outbound Allow Tcp * Internet 22 100',
      '22,80',
      'nsg-snet-train allows some of the traffic by AllowInternetOutBound (65001) and denies some by rule-0 (300).',
    ],
  ])('%s, to port %s', (rule, ports, because) => {
    const hop = groupHop(admin(rule), ports);
    expect(hop?.because).toBe(because);
    expect(hop?.evidence.map(({ resource }) => resource)).not.toContain(ids.vnet);
    expect(JSON.stringify(hop?.evidence)).not.toContain('admin-0');
  });
  test('a rule that may decide is quoted', () => {
    const vague = guardedBy(ids.train, 'Inbound Allow Tcp BatchNodeManagement.westeurope * 29876-29877 100');
    const { answer } = asked(vague, 'BatchNodeManagement', 'cpu-cluster', '29876-29877');
    const hop = answer.hops.find((one) => one.hop === 'destinationSubnet');
    expect(hop).toMatchObject({ verdict: 'unknown', because: 'The result at nsg-snet-train depends on rule-0 (100).' });
    expect(hop?.evidence[0]).toMatchObject({ pointer: '/properties/securityRules/0', note: 'Allow at priority 100' });
  });
});
