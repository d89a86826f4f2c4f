// acr.workspace-enterprise: the edition that the article asks for. It ended in 2020, so only the article's own profile judges it.
import { textAt } from '../../kinds/read.ts';
import { registryView } from '../../kinds/registry-view.ts';
import { fold } from '../../model/resource-id.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { registryEvidence } from '../parts/registry.ts';
import { registries } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, { world, profile }: Judgement): Verdict {
  if (profile !== 'seed-2020') {
    return notApplicable(
      'Editions ended in September 2020: every workspace made since says Basic, whatever was asked for.',
    );
  }
  const workspace = world.workspace();
  if (!workspace) return notApplicable('There is no workspace whose edition could be judged.');
  if (wall.door === 'open' && !registryView(wall.resource).premium) {
    return notApplicable(
      `The ${wall.name} is open and below Premium: nobody wants it in a network yet.`,
      registryEvidence(wall),
    );
  }
  const stated = ['/sku/tier', '/sku/name'].map((pointer) => ({ pointer, value: textAt(workspace.body, pointer) }));
  const evidence = stated.map(({ pointer }) => seen(workspace, pointer, 'edition of the workspace'));
  const names = stated.flatMap(({ value }) => (value === undefined ? [] : fold(value)));
  if (names.some((name) => name.includes('enterprise')))
    return pass('The workspace is of the Enterprise edition.', evidence);
  return names.includes('basic')
    ? fail(
        'The workspace is of the Basic edition; the article asks for Enterprise, which ended in 2020 and can no longer be had.',
        evidence,
      )
    : unknown(`The edition of the workspace is ${quoted(names[0] ?? 'not shown')}.`, evidence);
}

export const acrWorkspaceEnterprise = defineRule({
  id: 'acr.workspace-enterprise',
  title: 'Workspace is Enterprise edition',
  severity: 'high',
  profiles: ['seed-2020'],
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'In 2020 only workspaces of the Enterprise edition could keep their registry in a network.',
    fix: 'None: the edition ended in September 2020, and asking for it today yields Basic. Nothing of today depends on it.',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  instead: 'acr.private-endpoint',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
});
