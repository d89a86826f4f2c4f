// What could not be read never turns a verdict round: it makes it unknown, or leaves it as it was.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import { fold } from '../../src/model/resource-id.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { rules } from '../../src/rules/index.ts';
import {
  cluster,
  ids,
  onlineEndpoint,
  refused,
  type Scene,
  snapshotOf,
  withEndpoint,
  withLake,
  withRegistry,
} from '../support/snapshot.ts';
import { withContainers, withDatabricks } from './samples-bricks.ts';

/** A workspace with something of everything: a lake, endpoints, an account half open, two clusters. */
function busy(scene: Scene): void {
  const lake = withLake(scene);
  withRegistry(scene);
  lake.properties.networkAcls.defaultAction = 'Allow';
  lake.properties.networkAcls.bypass = 'None';
  withEndpoint(scene, ids.account, ['blob', 'file'], ids.pe);
  withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
  scene.bodies[`${ids.workspace}/computes/second`] = cluster('second', ids.second);
  scene.bodies[ids.account].properties.networkAcls.ipRules = [{ value: '203.0.113.7/32', action: 'Allow' }];
  scene.bodies[ids.vault].properties.networkAcls.virtualNetworkRules = [];
  scene.bodies[`${ids.workspace}/onlineEndpoints/churn`] = onlineEndpoint('churn');
  withDatabricks(scene);
  withContainers(scene);
  scene.intents = { ...scene.intents, devClientIps: ['203.0.113.7'], architecture: 'service-endpoint' };
}
const lists = ['computes', 'datastores', 'onlineEndpoints'].map((name) => `${ids.workspace}/${name}`);
const readable = [...snapshotOf(busy).resources.map(({ id }) => id), ...lists];
const before = new Map(audit(snapshotOf(busy), rules).findings.map((finding) => [finding.id, finding]));

test.each(readable.map((id) => [id.split('/').slice(-2).join('/'), id]))('without %s', (_name, id) => {
  const snapshot = snapshotOf((scene) => {
    busy(scene);
    scene.gaps.push(refused(id));
  });
  const turned = audit(snapshot, rules).findings.filter((finding) => {
    const old = before.get(finding.id);
    return old && new Set([old.outcome, finding.outcome]).isSupersetOf(new Set(['pass', 'fail']));
  });
  expect(turned.map((finding) => `${finding.id}: ${finding.because}`)).toEqual([]);
});

describe('what depends on an unread resource is unknown', () => {
  const outcomes = (id: string) =>
    new Map(
      audit(
        snapshotOf((scene) => {
          busy(scene);
          scene.gaps.push(refused(id));
        }),
        rules,
      ).findings.map((finding) => [finding.id, finding]),
    );
  test('an account: every rule about it, with the gap named', () => {
    // An account that was not read follows the workspace, whose own way is service endpoints.
    const speaks = new Set(rules.filter((rule) => rule.for.includes('service-endpoint')).map(({ id }) => id));
    const about = [...outcomes(ids.account).values()].filter(
      ({ resource, rule }) => fold(resource) === fold(ids.account) && speaks.has(rule),
    );
    expect(about.length).toBeGreaterThan(10);
    expect(about.filter(({ outcome }) => outcome !== 'unknown').map(({ id }) => id)).toEqual([]);
    for (const { gaps } of about) expect(gaps).toEqual([ids.account]);
  });
  test('the datastores: whether there are other accounts, and lakes', () => {
    const found = outcomes(`${ids.workspace}/datastores`);
    expect(found.get(findingId('storage.nondefault-accounts', ids.workspace))?.outcome).toBe('unknown');
    expect(found.get(findingId('storage.adls2-network-rules', ids.account))?.outcome).toBe('unknown');
  });
  test('the online endpoints: nothing but their own access', () => {
    const found = outcomes(`${ids.workspace}/onlineEndpoints`);
    const others = [...found].filter(([, { rule }]) => rule !== 'workspace.online-endpoint-access');
    expect(others.filter(([id, { outcome }]) => outcome !== before.get(id)?.outcome)).toEqual([]);
  });
  test('the computes: which subnets to allow', () => {
    const found = outcomes(`${ids.workspace}/computes`);
    expect(found.get(findingId('storage.vnet-rule-compute-subnet', ids.account))?.outcome).toBe('unknown');
    expect(found.get(findingId('keyvault.vnet-rule-compute-subnet', ids.vault))?.outcome).toBe('unknown');
  });
  test('the lake stays a failure where one part of it fails whatever the rest would say', () => {
    const found = outcomes(`${ids.workspace}/computes`);
    expect(found.get(findingId('storage.nondefault-accounts', ids.lake))?.outcome).toBe('fail');
  });
});

describe('gates of a closing fix treat public access as denied', () => {
  const verdict = (rule: string, resource: string, assumeDenyByDefault: boolean, where?: string) => {
    const snapshot = snapshotOf((scene) => {
      scene.bodies[ids.account].properties.networkAcls.defaultAction = 'Allow';
      scene.bodies[ids.account].properties.networkAcls.bypass = 'None';
      Reflect.deleteProperty(scene.bodies[ids.vault].properties, 'networkAcls');
      scene.intents = { devClientIps: ['203.0.113.7'] };
    });
    const subject = { resource, ...(where === undefined ? {} : { where }) };
    const found = rules
      .find(({ id }) => id === rule)
      ?.check(subject, { index: indexSnapshot(snapshot), profile: 'all', assumeDenyByDefault });
    return [found?.outcome, found?.severity ?? null];
  };
  test.each([
    ['storage.dev-client-ip', ids.account, undefined, ['notApplicable', null], ['fail', null]],
    ['keyvault.operator-access', ids.vault, undefined, ['notApplicable', null], ['fail', null]],
    ['storage.bypass-azure-services', ids.account, undefined, ['fail', 'high'], ['fail', null]],
    ['storage.resource-instance-rule', ids.account, undefined, ['notApplicable', null], ['fail', null]],
    ['keyvault.vnet-rule-compute-subnet', ids.vault, ids.train, ['fail', 'medium'], ['fail', null]],
  ] as const)('%s', (rule, resource, where, open, shut) => {
    expect(verdict(rule, resource, false, where)).toEqual(open);
    expect(verdict(rule, resource, true, where)).toEqual(shut);
  });
});
