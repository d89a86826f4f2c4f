// workspace.monitor-private-only: compute can send its telemetry although its network has an endpoint of Azure Monitor.

import { monitorEndpoints } from '../../facts/azure-monitor.ts';
import { placements } from '../../facts/compute-networks.ts';
import { refusedLike, unreadWorkspace } from '../../facts/unread.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { accessModeFor, accessModes, accessModesPointer } from '../../resource-types/private-link-scope.ts';
import { textAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { editable } from '../parts/proposals.ts';
import { orElse, perPlace } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, listed, notApplicable, pass, quoted, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext, Subjects } from '../rule.ts';

interface MonitorScope {
  readonly scope: Resource;
  /** Ids of its endpoints in the networks of compute, and in their peers. */
  readonly endpoints: readonly string[];
}

/** Endpoints of Azure Monitor in the networks of compute, and in their peers. */
const endpointsNear = ({ index }: RuleContext) =>
  monitorEndpoints(onceEach(placements(index).map(({ subnet }) => vnetOf(subnet))), index);

const endpointLists = /\/providers\/Microsoft\.Network\/privateEndpoints$/i;

const scopes: Subjects<MonitorScope> = {
  list(context) {
    const { workspace } = context.index.snapshot;
    if (workspace === null) return [];
    return perPlace(workspace, onceEach(orElse(() => endpointsNear(context), []).map(({ scope }) => scope)));
  },
  resolve({ where }, context) {
    const near = endpointsNear(context).filter(({ scope }) => sameId(scope, where));
    if (where === undefined) {
      const unread = unreadWorkspace(context.index) ?? refusedLike(endpointLists, context.index);
      if (unread) throw new UnreadableError(unread);
      return notApplicable('No network of compute has a private endpoint of Azure Monitor.');
    }
    const scope = context.index.get(where);
    return scope
      ? { scope, endpoints: near.map(({ id }) => id) }
      : notApplicable(`The private link scope ${displayName(where)} does not exist.`);
  },
};

function check({ scope, endpoints }: MonitorScope): CheckResult {
  const name = `the private link scope ${displayName(scope.id)}`;
  const evidence = [
    ...accessModes.map((mode) => evidenceAt(scope, `${accessModesPointer}/${mode}`, 'access mode')),
    evidenceAt(scope, `${accessModesPointer}/exclusions`, 'other modes by connection'),
  ];
  const modes = accessModes.flatMap((mode) =>
    endpoints.map((endpoint) => [mode, accessModeFor(scope, mode, endpoint)] as const),
  );
  const closed = modes.filter(([, value]) => fold(value ?? '') === 'privateonly');
  if (closed.length > 0) {
    const which = [...new Set(closed.map(([mode]) => mode))];
    const what = `${listed(which)} of ${name} ${which.length === 1 ? 'is' : 'are'}`;
    return fail(`The ${what} PrivateOnly: telemetry of Azure Machine Learning outside the scope is blocked.`, evidence);
  }
  const odd = modes.find(([, value]) => fold(value ?? '') !== 'open');
  return odd
    ? unknown(`The ${odd[0]} of ${name} is ${odd[1] === undefined ? 'not shown' : quoted(odd[1])}.`, evidence)
    : pass(`The access modes of ${name} are Open.`, evidence);
}

export const workspaceMonitorPrivateOnly = defineRule({
  id: 'workspace.monitor-private-only',
  title: 'Azure Monitor private link scope is in Open mode',
  problem: 'Azure Monitor private link scope is PrivateOnly',
  severity: 'low',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: 'An endpoint of Azure Monitor changes its names for the whole network. In mode PrivateOnly only resources of the scope are reachable, and Azure Machine Learning sends its own telemetry elsewhere.',
    fix: 'Sets both access modes of the scope to Open. Its exclusions stay.',
    breaks:
      'Nothing stops working. Networks with an endpoint of the scope reach Azure Monitor resources outside it as well.',
    links: [links.secureWorkspace],
  },
  fixKind: 'guided',
  subjects: scopes,
  check,
  fix({ scope }) {
    const closed = accessModes
      .map((mode) => `${accessModesPointer}/${mode}`)
      .filter((pointer) => fold(textAt(scope.body, pointer) ?? '') !== 'open');
    if (closed.length === 0)
      return 'An exclusion of the scope is PrivateOnly for this endpoint. Remove it from the scope.';
    return editable(scope, () => {
      const edits = closed.map((pointer) => setMember(scope.body, pointer, 'Open'));
      return { change: editChange(scope.id, edits), phase: 2 as const };
    });
  },
});
