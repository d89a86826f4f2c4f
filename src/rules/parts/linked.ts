// The account, the vault and the registry a workspace names in its own body, and whether they can be read
// (`storage.default-account`, `keyvault.resolved`, `acr.resolved`).
import { workspaceView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { fail, notApplicable, noted, pass, seen, shown, unknown } from './verdict.ts';

type Member = 'storageAccount' | 'keyVault' | 'containerRegistry';

export interface Asked {
  readonly member: Member;
  readonly what: string;
  readonly shows: readonly string[];
  /** The sentence for a workspace that names none, where that is no fault. */
  readonly none?: string;
  /** What follows when it is gone; by default, that the workspace cannot be given another. */
  readonly gone?: string;
}

/** A project keeps none of its own: its hub's counts. Throws GapRead when the hub could not be read. */
function linkedId(workspace: Resource, member: Member, { world }: Judgement): string | undefined {
  const own = workspaceView(workspace);
  if (own[member] !== undefined || own.kind !== 'Project' || own.hubResourceId === undefined) return own[member];
  const hub = world.get(own.hubResourceId);
  return hub && workspaceView(hub)[member];
}

/** The linked thing itself, or the workspace where its id is not known; nothing without a workspace. */
export function linkedSubject(judgement: Judgement, member: Member): Subject[] {
  const id = judgement.world.snapshot.workspace;
  if (id === null) return [];
  const workspace = judgement.world.peek(id);
  if (workspace.state !== 'read') return [{ resource: id }];
  const view = workspaceView(workspace.resource);
  const own = view[member];
  const hubId = own === undefined && view.kind === 'Project' ? view.hubResourceId : undefined;
  const hub = hubId === undefined ? undefined : judgement.world.peek(hubId);
  const inherited = hub?.state === 'read' ? workspaceView(hub.resource)[member] : undefined;
  const named = own ?? inherited ?? id;
  const found = judgement.world.peek(named);
  return [{ resource: found.state === 'read' ? found.resource.id : named }];
}

export function linked(subject: Subject, judgement: Judgement, asked: Asked): Verdict {
  const { world } = judgement;
  const workspace = world.workspace();
  if (!workspace) return notApplicable('There is no workspace to name it; workspace.exists speaks of that.');
  const pointer = `/properties/${asked.member}`;
  const id = linkedId(workspace, asked.member, judgement);
  if (id === undefined) {
    if (asked.none !== undefined) return notApplicable(asked.none, [seen(workspace, pointer, 'no id')]);
    return unknown(`The workspace ${shown(workspace.id)} does not say which ${asked.what} is its own.`, [
      seen(workspace, pointer, 'no id'),
    ]);
  }
  const found = world.get(sameId(id, subject.resource) ? subject.resource : id);
  const names = seen(workspace, pointer, `the ${asked.what} of the workspace`);
  return found
    ? pass(`The ${asked.what} ${shown(id)} is there and can be read.`, [
        names,
        ...asked.shows.map((show) => seen(found, show, show.split('/').at(-1) ?? show)),
      ])
    : fail(
        `The ${asked.what} ${shown(id)} of the workspace no longer exists${asked.gone ?? ', and the workspace cannot be given another'}.`,
        [names, noted(id, null, 'Azure answers 404')],
      );
}
