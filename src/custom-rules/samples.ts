// The samples of a rule file, checked as an audit checks resources: each must have the outcome that it names.
import { audit } from '../audit/index.ts';
import type { RuleTestResult } from '../model/custom-rule.ts';
import type { Outcome } from '../model/finding.ts';
import type { Resource } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { CustomRule, RuleSample } from './read.ts';
import { toRule } from './rule.ts';

/** A rule that was never seen to fail, or never to pass, is not tested. */
const needed: readonly Outcome[] = ['fail', 'pass'];

export function testRule(own: CustomRule, file: string): RuleTestResult {
  const rule = toRule(own, file);
  const samples = own.samples.map((sample) => {
    const [finding] = audit(snapshotOf(own, sample), [rule]).findings;
    const outcome = finding?.outcome ?? 'notApplicable';
    const because = finding?.because ?? `No resource of type ${own.resource} was read.`;
    const { name, line, outcome: expected } = sample;
    return { name, line, expected, outcome, because, ok: outcome === expected };
  });
  const missing = needed.filter((outcome) => !own.samples.some((sample) => sample.outcome === outcome));
  return { rule: own.id, file, line: own.line, samples, missing };
}

/** The sample alone, as a file holds it. */
function snapshotOf({ resource: type }: CustomRule, { body }: RuleSample): Snapshot {
  const [namespace = '', ...types] = type.split('/');
  const name = typeof body.name === 'string' && /^[\w.-]+$/.test(body.name) ? body.name : 'sample';
  const parts = types.map((one, at) => `${one}/${at === types.length - 1 ? name : 'parent'}`);
  const id = `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-sample/providers/${namespace}/${parts.join('/')}`;
  const resource: Resource = { id, type, apiVersion: '', body: { id, name, type, ...body } };
  return {
    schema: 'bastide/snapshot/v1',
    id: 'sample',
    takenAt: '2020-01-01T00:00:00.000Z',
    source: { kind: 'files', name: 'sample' },
    workspace: null,
    identity: null,
    requests: 0,
    resources: [resource],
    collections: [],
    permissions: [],
    gaps: [],
    intents: {},
  };
}
