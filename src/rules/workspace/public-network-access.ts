// workspace.public-network-access: a workspace that is reached privately has its public door shut.
import { booleanAt } from '../../kinds/read.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import { setMember } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { isMetInPublic } from '../../posture/online-endpoints.ts';
import { defineRule } from '../define.ts';
import { allowlistOf } from '../parts/allowlist.ts';
import { links } from '../parts/links.ts';
import { endpointEvidence, endpointsNamed } from '../parts/online-endpoints.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, notApplicable, pass, seen, shown } from '../parts/verdict.ts';
import {
  accessPointer,
  isOdd,
  oddVerdict,
  publicAccess,
  workspaceJudged,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

/** The switch of the first interface; the newer one overrides it and is overridden by it, whichever was set last. */
const olderPointer = '/properties/allowPublicAccessWhenBehindVnet';

function judge(workspace: Resource, judgement: Judgement): Verdict {
  const { world } = judgement;
  const name = shown(workspace.id);
  const evidence = [
    seen(workspace, accessPointer, 'public network access'),
    seen(workspace, olderPointer, 'the older switch for the same'),
  ];
  const managed = architectureFor(world) === 'managed-network';
  if (managed && customerEndpoints(workspace.id, world).length === 0) {
    return notApplicable(
      `${name} has a managed network and no private endpoint of yours, so its public door is the only one.`,
      evidence,
    );
  }
  switch (publicAccess(workspace)) {
    case 'Disabled':
      return pass(`Public access to ${name} is off${stillPublic(workspace, judgement)}.`, [
        ...evidence,
        ...doorsOfTheirOwn(workspace, judgement),
      ]);
    case 'Enabled':
      return whileOn(workspace, judgement);
    case 'odd':
      return oddVerdict(workspace, accessPointer, 'public network access');
    case 'unset':
      break;
  }
  if (isOdd(workspace, olderPointer, 'boolean')) return oddVerdict(workspace, olderPointer, 'public network access');
  if (booleanAt(workspace.body, olderPointer) === true) {
    return fail(`${name} may be reached from the Internet although it is behind a network.`, evidence);
  }
  return customerEndpoints(workspace.id, world).length > 0
    ? pass(`${name} has a private endpoint and does not say that it may be reached publicly.`, evidence)
    : fail(`${name} has no private endpoint, so its public door is open whatever it says.`, evidence);
}

function whileOn(workspace: Resource, { world }: Judgement): Verdict {
  const name = shown(workspace.id);
  const on = seen(workspace, accessPointer, 'public network access');
  const allowlist = allowlistOf(workspace, world);
  if (allowlist.state === 'odd') return oddVerdict(workspace, allowlist.pointer, 'IP allow-list');
  if (allowlist.restricts) {
    const held = seen(workspace, allowlist.pointer, 'addresses that are let in');
    return pass(
      `Public access to ${name} is on for ${allowlist.entries.length} listed address${allowlist.entries.length === 1 ? '' : 'es'} only.`,
      [on, held],
    );
  }
  const first =
    customerEndpoints(workspace.id, world).length === 0 ? '; it has no private endpoint yet, which comes first' : '';
  return fail(`${name} lets the whole Internet knock at its public door${first}.`, [
    on,
    ...doorsOfTheirOwn(workspace, { world }),
  ]);
}

/** Each online endpoint has a switch of its own, which that of the workspace does not move. */
const doorsOfTheirOwn = (workspace: Resource, { world }: Pick<Judgement, 'world'>): readonly Evidence[] =>
  endpointEvidence(workspace, world, isMetInPublic, 'public network access of an online endpoint, by itself');

function stillPublic(workspace: Resource, { world }: Judgement): string {
  const named = endpointsNamed(workspace, world, isMetInPublic);
  return named === undefined ? '' : `; ${named} can be called from the Internet all the same, which is another switch`;
}

function shut(workspace: Resource, { world }: Judgement): Proposal | string {
  const batch =
    world.snapshot.intents.usesBatchEndpoints === false
      ? ''
      : ' Batch endpoints made behind a private endpoint stay private even when this is taken back.';
  const named = endpointsNamed(workspace, world, isMetInPublic);
  const kept = named === undefined ? '' : ` Callers from the Internet keep ${named}, which is another switch.`;
  return workspaceProposal(
    workspace,
    5,
    (body) => [setMember(body, accessPointer, 'Disabled')],
    `Everybody outside the network loses the studio and the SDK, you included; the control plane stays open, so an undo remains possible.${batch}${kept}`,
  );
}

export const workspacePublicNetworkAccess = defineRule({
  id: 'workspace.public-network-access',
  title: 'Public access to the workspace is off when it is meant to be private',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: workspaceType,
  explain: {
    why: 'A private endpoint adds a door to the workspace; it does not shut the public one.',
    fix: 'Turns public network access off, as the last act of a plan, once the workspace has a private endpoint, its names resolve privately and serverless computes are pinned to a subnet.',
    breaks:
      'Everybody outside the network loses the studio and the SDK at once, pipelines of build servers included. The control plane stays open. Batch endpoints stay private even when public access is turned on again.',
    links: [links.workspacePrivateLink, links.secureWorkspace],
  },
  fixKind: 'auto',
  undo: 'exact',
  gates: ['workspace.private-endpoint', 'workspace.private-dns', 'workspace.serverless-subnet'],
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (workspace) => shut(workspace, judgement)),
});
