// storage.nondefault-accounts: the other accounts the workspace uses are secured like the default one.
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { datastoresOf, unresolvedAccounts } from '../../posture/accounts.ts';
import { defineRule } from '../define.ts';
import { closedToo, closeToo, closingGates } from '../parts/closed-too.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { otherAccounts, proposalsOn } from '../parts/subjects.ts';
import { listed, notApplicable, noted, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const namedBy = (id: string, judgement: Judgement): string[] =>
  otherAccounts(judgement)
    .filter((account) => sameId(account.id, id))
    .flatMap(({ datastores }) => datastores.map((datastore) => shown(datastore.id)));

function subjects(judgement: Judgement): Subject[] {
  const { world } = judgement;
  const { workspace } = world.snapshot;
  const others = otherAccounts(judgement).map(({ id }) => ({ resource: id }));
  if (workspace === null) return others;
  const lost = unresolvedAccounts(world).map(({ name }) => ({ resource: workspace, where: name }));
  const found = [...others, ...lost];
  return found.length > 0 ? found : [{ resource: workspace }];
}

/** The workspace as subject: nothing is named, or a name leads nowhere, or the list of datastores was refused. */
function judgeWorkspace(subject: Subject, { world }: Judgement): Verdict {
  if (subject.where !== undefined) {
    return unknown(
      `Datastores name the storage account ${clean(subject.where, 60)}, which no subscription that was read holds.`,
      [noted(subject.resource, subject.where, 'account name')],
    );
  }
  world.list(datastoresOf(subject.resource));
  return notApplicable('The workspace uses no storage account beside its default one.');
}

function judge(subject: Subject, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (subject.resource === world.snapshot.workspace) return judgeWorkspace(subject, judgement);
  const names = namedBy(subject.resource, judgement);
  const by = noted(subject.resource, names, 'datastores that name it');
  if (!world.get(subject.resource)) {
    return unknown(
      `The storage account ${shown(subject.resource)}${names.length > 0 ? `, named by ${listed(names)},` : ''} was not found.`,
      [by],
    );
  }
  const verdict = accountJudged(subject.resource, judgement, (wall) => closedToo(wall, judgement));
  return { ...verdict, evidence: [...(verdict.evidence ?? []), by] };
}

export const storageNondefaultAccounts = defineRule({
  id: 'storage.nondefault-accounts',
  title: 'Other accounts used by the workspace are secured too',
  severity: 'critical',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Training data often lives in a second account that nobody closed.',
    fix: 'Does to that account what is done to the default one: admits the computes’ subnets, lets trusted services pass, and denies by default at the end.',
    breaks:
      'Every client of that account that no rule names loses its data access at once, programs outside the workspace included.',
    links: [links.secureWorkspace, links.storageFirewall],
  },
  fixKind: 'auto',
  undo: 'exact',
  gates: closingGates,
  subjects,
  check: judge,
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => closeToo(wallOf(account, 'storage'), judgement)),
});
