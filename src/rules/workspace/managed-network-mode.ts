// workspace.managed-network-mode: the mode of the workspace's own network is the one wished for.
import { textsAt } from '../../kinds/read.ts';
import { workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import { setMember } from '../../model/edit.ts';
import { isObject } from '../../model/json.ts';
import { needSentence } from '../../model/need.ts';
import { memberNames, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { managedComputes } from '../../posture/compute-networks.ts';
import { computesOf } from '../../posture/needs.ts';
import { isOnService, onlineEndpoints } from '../../posture/online-endpoints.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { endpointEvidence, endpointsNamed } from '../parts/online-endpoints.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, quoted, seen, shown } from '../parts/verdict.ts';
import {
  isOdd,
  managedPointer,
  managedStatusPointer,
  modePointer,
  oddVerdict,
  workspaceJudged,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

/** From the laxest to the strictest; a workspace only ever moves to the right. */
const modes: readonly string[] = ['AllowInternetOutbound', 'AllowOnlyApprovedOutbound'];
const changeable = `${managedPointer}/changeableIsolationModes`;

function judge(workspace: Resource, { world }: Judgement): Verdict {
  const { intents } = world.snapshot;
  const anew = () => endpointEvidence(workspace, world, isOnService, 'online endpoint, to be made anew; who meets it');
  const rules = valueAt(workspace.body, `${managedPointer}/outboundRules`);
  const evidence = [
    seen(workspace, modePointer, 'isolation mode'),
    seen(workspace, managedStatusPointer, 'state of the managed network'),
    seen(workspace, `${managedPointer}/firewallSku`, 'SKU of its firewall'),
    noted(workspace.id, isObject(rules) ? memberNames(rules).length : 0, 'outbound rules'),
  ];
  if (isOdd(workspace, managedPointer, 'object')) return oddVerdict(workspace, managedPointer, 'managed network');
  if (isOdd(workspace, modePointer, 'string')) return oddVerdict(workspace, modePointer, 'isolation mode');
  const { mode } = workspaceView(workspace).managedNetwork;
  const name = shown(workspace.id);
  switch (mode) {
    case undefined:
    case 'Disabled':
      return intents.architecture === 'managed-network'
        ? fail(`You answered that ${name} is to have a managed network, and it has none.`, [...evidence, ...anew()])
        : notApplicable(`${name} has no managed network.`, evidence);
    case 'AllowOnlyApprovedOutbound':
      return pass(`The managed network of ${name} lets out only what is approved.`, evidence);
    case 'AllowInternetOutbound':
      return intents.outboundMode === 'limited'
        ? fail(`The managed network of ${name} lets all traffic out, and you answered that it is to be limited.`, [
            ...evidence,
            ...anew(),
          ])
        : pass(`The managed network of ${name} lets traffic out to the Internet, which nothing forbids.`, evidence);
    default:
      return oddVerdict(workspace, modePointer, 'isolation mode');
  }
}

/** The stricter modes that mend the finding and, where Azure lists them, that the workspace may still move to. */
function offered(workspace: Resource, { world }: Judgement): readonly string[] {
  const { mode } = workspaceView(workspace).managedNetwork;
  const stricter = modes.slice(modes.indexOf(mode ?? '') + 1);
  const mending = world.snapshot.intents.outboundMode === 'limited' ? stricter.slice(-1) : stricter;
  if (valueAt(workspace.body, changeable) === undefined) return mending;
  const listedModes = textsAt(workspace.body, changeable).map(fold);
  return mending.filter((one) => listedModes.includes(fold(one)));
}

function setMode(workspace: Resource, judgement: Judgement, answers: Answers): Proposal | string {
  const choices = offered(workspace, judgement);
  if (choices.length === 0) {
    return `Azure does not let ${shown(workspace.id)} move to a stricter mode (changeableIsolationModes): make a new workspace with the mode wished for.`;
  }
  const chosen = choices.find((mode) => fold(mode) === fold(answers.mode ?? ''));
  if (chosen === undefined) {
    const said = answers.mode === undefined ? '' : `${quoted(answers.mode)} is none of its choices. `;
    const options = choices.map((mode) => ({ name: 'mode', value: mode, says: '' }));
    return `${said}${needSentence({ kind: 'choice', options })} There is no way back.`;
  }
  return workspaceProposal(
    workspace,
    1,
    (body) => [
      isObject(valueAt(body, managedPointer))
        ? setMember(body, modePointer, chosen)
        : setMember(body, managedPointer, { isolationMode: chosen }),
    ],
    `Irreversible: a managed network is never turned off again, nor made less strict. Managed computes and online endpoints must be deleted and made anew; with approved traffic only, the first rule for a host name starts a firewall that is billed.${standing(workspace, judgement)}${deployed(workspace, judgement)}`,
  );
}

/** Microsoft asks for computes to be gone before the network is turned on; what Azure does where they are not, nobody says. */
function standing(workspace: Resource, { world }: Judgement): string {
  if (workspaceView(workspace).managedNetwork.on) return '';
  const names = world.hasList(computesOf(workspace.id)) ? managedComputes(world).map(({ id }) => shown(id)) : [];
  return names.length === 0
    ? ''
    : ` Microsoft asks to delete ${listed(names)} first: Azure may refuse the change while they stand.`;
}

/** Which online endpoints that is, as far as it is known. */
function deployed(workspace: Resource, { world }: Judgement): string {
  if (onlineEndpoints(workspace.id, world) === undefined) {
    return ' Which online endpoints there are could not be read.';
  }
  const named = endpointsNamed(workspace, world, isOnService);
  return named === undefined ? '' : ` To be made anew: ${named}, with all that is deployed there.`;
}

export const workspaceManagedNetworkMode = defineRule({
  id: 'workspace.managed-network-mode',
  title: 'Managed network isolation mode',
  severity: 'medium',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'With a managed network the service keeps the computes in a network of its own, most subnet rules fall silent, and its mode alone decides what may leave.',
    fix: 'Sets the mode you name (answer mode=AllowInternetOutbound or mode=AllowOnlyApprovedOutbound), as far as Azure lists it as still reachable.',
    breaks:
      'There is no way back: a managed network stays on and never gets less strict. Managed computes and online endpoints must be deleted and made anew; computes in your own network are not supported beside it; rules for host names start a billed firewall.',
    links: [links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (workspace) => setMode(workspace, judgement, answers)),
});
