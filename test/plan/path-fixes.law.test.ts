// The smallest changes that open a path: they do, none of them is superfluous, and what is called exact opens nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PathQuestion, tracePath } from '../../src/audit/path.ts';
import { nameOf, parentId } from '../../src/model/resource-id.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { applyChanges } from '../../src/plan/index.ts';
import { pathFixes } from '../../src/plan/path-fixes.ts';
import { both, guardedBy, routed, type SceneChange, subnetIn } from '../facts/path-scenes.ts';
import { ids, type Loose, snapshotOf } from '../support/snapshot.ts';

const nothing: SceneChange = () => undefined;
const closedAccount: SceneChange = ({ bodies }) => {
  const account = bodies[ids.account] as Loose;
  account.properties.networkAcls = {
    defaultAction: 'Deny',
    bypass: 'AzureServices',
    ipRules: [],
    virtualNetworkRules: [],
  };
};
const withoutEndpoint: SceneChange = (scene) => {
  subnetIn(scene, ids.train).properties.serviceEndpoints = [];
};

const verdict = (snapshot: ReturnType<typeof snapshotOf>, question: PathQuestion): string => {
  const trace = tracePath(question, indexSnapshot(snapshot));
  return 'reason' in trace ? trace.reason : trace.answer.verdict;
};
const asked = (destination: string, port = '443'): PathQuestion => ({
  ...{ source: 'snet-train', destination, protocol: 'Tcp', ports: [port] },
});
const fixesOf = (change: SceneChange, question: PathQuestion) => {
  const snapshot = snapshotOf(change);
  return { snapshot, ...pathFixes(snapshot, question) };
};

const ends = ['*', 'Internet', '10.0.0.0/16', '192.0.2.0/24', '192.0.2.7'];
const groups = fc
  .array(fc.tuple(fc.constantFrom('Allow', 'Deny', 'Deny'), fc.constantFrom('Tcp', '*'), fc.constantFrom(...ends)), {
    maxLength: 4,
  })
  .map((rules) =>
    rules.map(([access, protocol, to], at) => `Outbound ${access} ${protocol} * ${to} 0-65535 ${200 + at * 10}`),
  );
const routes = fc.constantFrom([], ['0.0.0.0/0 None'], ['192.0.2.0/24 None'], ['192.0.2.7/32 None', '0.0.0.0/0 None']);
const accounts = fc.constantFrom(nothing, closedAccount, both(closedAccount, withoutEndpoint));

test('a fix opens the path, and not without any of its changes', () => {
  let several = 0;
  fc.assert(
    fc.property(groups, routes, accounts, fc.constantFrom('192.0.2.7', 'stmlsim'), (rules, table, account, to) => {
      const question = asked(to);
      const change = both(
        guardedBy(ids.train, ...rules),
        table.length > 0 ? routed(ids.train, ...table) : nothing,
        account,
      );
      const { snapshot, fixes, manual } = fixesOf(change, question);
      const now = verdict(snapshot, question);
      if (now === 'denied' || now === 'partly') expect(fixes.length + manual.length).toBeGreaterThan(0);
      else expect(fixes).toEqual([]);
      if (fixes.length > 1) several += 1;
      for (const { changes, exact, also, says } of fixes) {
        for (const { resource, kind } of changes) {
          const named = kind === 'edit' ? resource : (parentId(resource) ?? resource);
          expect(says.join(), `names ${named}`).toContain(nameOf(named));
        }
        expect(verdict(applyChanges(snapshot, changes), question)).toBe('allowed');
        expect(exact).toBe(also.length === 0);
        for (const left of changes) {
          const others = changes.filter((one) => one !== left);
          expect(verdict(applyChanges(snapshot, others), question)).not.toBe('allowed');
        }
      }
    }),
    { numRuns: 40 },
  );
  expect(several).toBeGreaterThan(5);
});

describe('alternatives', () => {
  const denied = 'Outbound Deny * * * * 200';
  test('a rule for this traffic alone comes before one that is moved, and that before one that is deleted', () => {
    const { fixes } = fixesOf(
      guardedBy(
        ids.train,
        'Outbound Deny Tcp 10.0.1.0/24 192.0.2.7 443 200',
        'Outbound Allow Tcp 10.0.1.0/24 192.0.2.7 443 300',
      ),
      asked('192.0.2.7'),
    );
    expect(fixes.map(({ says, exact }) => [exact, ...says])).toEqual([
      [true, 'add an allow rule at priority 190 to nsg-snet-train'],
      [true, 'move rule rule-1 of nsg-snet-train from priority 300 to 199'],
      [true, 'delete rule rule-0 of nsg-snet-train (Deny, priority 200)'],
    ]);
  });

  test('every blocked hop is opened in one plan', () => {
    const { fixes } = fixesOf(both(guardedBy(ids.train, denied), closedAccount, withoutEndpoint), asked('stmlsim'));
    const [first] = fixes;
    expect(first?.says.join(', ')).toMatch(
      /allow rule .* nsg-snet-train, add a service endpoint .*, add a virtual network rule/,
    );
    expect(first?.changes.map(({ resource }) => resource.split('/').at(-1))).toEqual([
      'bastide-path-out-443',
      'snet-train',
      'stmlsim',
    ]);
  });

  test('what else a coarser change opens is said, and it is not called exact', () => {
    const { fixes } = fixesOf(closedAccount, { ...asked('stmlsim'), source: '203.0.113.9' });
    expect(fixes.map(({ exact }) => exact)).toEqual([false]);
    expect(fixes[0]?.also[0]).toMatch(/^other traffic from this source to this destination, for example /);
  });

  test('a route that drops all traffic: a narrow route before its deletion, which opens the rest of the Internet', () => {
    const { fixes } = fixesOf(routed(ids.train, '0.0.0.0/0 None'), asked('192.0.2.7'));
    expect(fixes.map(({ says }) => says.join())).toEqual([
      'add a route for 192.0.2.7 to rt-snet-train',
      'delete route r0 of rt-snet-train',
    ]);
    expect(fixes[1]?.also.join(' ')).toContain('to internet');
  });

  test('an open path has none, and a host that only DNS knows is for the operator', () => {
    expect(fixesOf(nothing, asked('192.0.2.7'))).toMatchObject({ fixes: [], manual: [] });
    const { fixes, manual } = fixesOf(guardedBy(ids.train, denied), asked('pypi.org'));
    expect(fixes).toEqual([]);
    expect(manual.join()).toContain('Use a service tag or an address.');
  });
});
