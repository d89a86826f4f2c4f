// Whether a managed online endpoint can be called from the Internet although its workspace cannot be reached from there.

import { customerEndpoints } from '../../facts/endpoints.ts';
import { isOnService, onlineEndpointsOf } from '../../facts/online-endpoints.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { endpointAccessPointer, onlineEndpointType, onlineEndpointView } from '../../resource-types/online-endpoint.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { resourcesOr } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, unknown } from '../parts/verdict.ts';
import { accessPointer, publicAccess } from '../parts/workspace.ts';
import type { CheckResult, RuleContext } from '../rule.ts';

function check(endpoint: Resource, { index }: RuleContext): CheckResult {
  const name = displayName(endpoint.id);
  const { kind, publicNetworkAccess } = onlineEndpointView(endpoint);
  const evidence = [
    evidenceAt(endpoint, endpointAccessPointer, 'public network access of the online endpoint'),
    evidenceAt(endpoint, '/kind', 'where its models run'),
  ];
  if (!isOnService(endpoint)) {
    return notApplicable(
      `${name} runs on a Kubernetes cluster; the network of the cluster decides who can call it.`,
      evidence,
    );
  }
  if (publicNetworkAccess === undefined) {
    return unknown(`The public network access of ${name} has an unexpected value.`, evidence);
  }
  if (publicNetworkAccess === 'Disabled') {
    return pass(`${name} is reachable through the private endpoint of the workspace only.`, evidence);
  }
  const workspace = index.workspace();
  if (workspace === undefined) return notApplicable('There is no workspace.');
  const seen = [...evidence, evidenceAt(workspace, accessPointer, 'public network access of the workspace')];
  const access = publicAccess(workspace);
  if (access === 'Enabled') {
    return notApplicable(`${name} is public, and so is its workspace; see workspace.public-network-access.`, seen);
  }
  return access === 'odd'
    ? unknown(`The public network access of ${displayName(workspace.id)} has an unexpected value.`, seen)
    : fail(
        `${name} (${kind}) can be called from the Internet: its public network access is Enabled. The setting of the workspace does not apply to it.`,
        seen,
      );
}

export const workspaceOnlineEndpointAccess = defineRule({
  id: 'workspace.online-endpoint-access',
  title: 'Managed online endpoints are as private as the workspace',
  problem: 'Online endpoint of a private workspace is public',
  severity: 'medium',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: onlineEndpointType,
  explain: {
    why: 'Each managed online endpoint has its own public network access setting. The setting of the workspace does not apply to it, so models of a private workspace can be called from the Internet.',
    fix: 'Sets publicNetworkAccess of the online endpoint to Disabled. Calls then come through the private endpoint of the workspace.',
    breaks: 'Callers outside the virtual network can no longer call the endpoint.',
    links: [links.onlineEndpoints],
  },
  fixKind: 'guided',
  subjects: resourcesOr('The workspace has no online endpoint.', ({ index }) =>
    index.snapshot.workspace === null ? [] : index.list(onlineEndpointsOf(index.snapshot.workspace)),
  ),
  check,
  fix(endpoint, { index }) {
    const { workspace } = index.snapshot;
    const isAlone = workspace !== null && customerEndpoints(workspace, index).length === 0;
    const alone = isAlone
      ? {
          advice: `${displayName(workspace)} has no approved private endpoint of yours: create one first, to call the online endpoint through it.`,
        }
      : {};
    return {
      change: editChange(endpoint.id, [setMember(endpoint.body, endpointAccessPointer, 'Disabled')]),
      phase: 5,
      ...alone,
    };
  },
});
