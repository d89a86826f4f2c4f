// workspace.ip-allowlist: the addresses a workspace lets in are ones the service takes.
import { workspaceType } from '../../kinds/workspace-view.ts';
import { type ListKey, removeFrom } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { vaultIpLegality } from '../../net/ip-rules.ts';
import { defineRule } from '../define.ts';
import { type Allowlist, type AllowlistEntry, allowlistOf } from '../parts/allowlist.ts';
import { links } from '../parts/links.ts';
import { addressKey, editsInTurn } from '../parts/proposals.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, shown } from '../parts/verdict.ts';
import { oddVerdict, workspaceJudged, workspaceProposal } from '../parts/workspace.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

/** Entries a workspace may hold (Microsoft Learn, "Configure a private endpoint", read 2026). */
const MOST = 200;
const plainKey: ListKey = { member: null, fold: false };

/** Why an entry is refused, or undefined. A single address may carry its `/32`, as in a vault. */
function refusalOf({ value }: AllowlistEntry): string | undefined {
  if (value === undefined) return 'It names no address.';
  const verdict = vaultIpLegality(value);
  return verdict.legal ? undefined : verdict.reason;
}
const refusedIn = ({ entries }: Allowlist) =>
  entries.flatMap((entry) => {
    const reason = refusalOf(entry);
    return reason === undefined ? [] : [{ entry, reason }];
  });

function judge(workspace: Resource, { world }: Judgement): Verdict {
  const allowlist = allowlistOf(workspace, world);
  const name = shown(workspace.id);
  const list = seen(workspace, allowlist.pointer, 'addresses that are let in');
  if (allowlist.state === 'odd') return oddVerdict(workspace, allowlist.pointer, 'IP allow-list');
  const { entries } = allowlist;
  if (entries.length === 0) return notApplicable(`${name} has no IP allow-list.`, [list]);
  const refused = refusedIn(allowlist);
  const [first] = refused;
  if (first) {
    const count = refused.length === 1 ? 'an entry' : `${refused.length} entries`;
    return fail(
      `The IP allow-list of ${name} holds ${count} the service refuses, ${quoted(first.entry.value ?? first.entry.raw)} first: ${first.reason}`,
      refused.map(({ entry, reason }) => seen(workspace, entry.pointer, reason)),
    );
  }
  if (entries.length > MOST) {
    return fail(
      `The IP allow-list of ${name} holds ${entries.length} entries, and the service takes ${MOST}.`,
      entries.slice(MOST).map(({ pointer }) => seen(workspace, pointer, `beyond the ${MOST} that are taken`)),
    );
  }
  return pass(`Every entry of the IP allow-list of ${name} is one the service takes.`, [list]);
}

function dropRefused(workspace: Resource, { world }: Judgement): Proposal | string {
  const allowlist = allowlistOf(workspace, world);
  const refused = refusedIn(allowlist);
  const left = allowlist.entries.length - refused.length;
  if (left > MOST) {
    return `${left} legal entries are left and ${MOST} are taken: which ones to give up, or to join into blocks, is yours to say (az ml workspace update --network-acls).`;
  }
  const key = allowlist.pointer.endsWith('/ipRules') ? addressKey : plainKey;
  return workspaceProposal(
    workspace,
    2,
    (body) =>
      editsInTurn(
        body,
        refused.map(({ entry }) => (here) => [removeFrom(here, allowlist.pointer, entry.raw, key)]),
      ),
    'Takes out only entries the service refuses, which never let anybody in; they cannot be put back.',
  );
}

export const workspaceIpAllowlist = defineRule({
  id: 'workspace.ip-allowlist',
  title: 'Workspace IP allow-list is legal',
  severity: 'low',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'The service checks the whole list at every write: one entry it refuses blocks every other change of the workspace.',
    fix: 'Takes out the entries that are refused: private, reserved or IPv6 addresses and what is no address at all.',
    breaks: 'Nothing: what is taken out never let anybody in. An undo cannot put back what the service refuses.',
    links: [links.workspacePrivateLink],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (workspace) => dropRefused(workspace, judgement)),
});
