// acr.resolved: the workspace's registry is known.
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { linked, linkedSubject } from '../parts/linked.ts';
import { links } from '../parts/links.ts';

export const acrResolved = defineRule({
  id: 'acr.resolved',
  title: "The workspace's registry is known",
  severity: 'medium',
  about: registryType,
  explain: {
    why: 'Every registry rule needs to know which one it is. A workspace has none until an environment is built or a model deployed for the first time.',
    fix: 'None: train or deploy once and the service makes a registry, or give the workspace one with az ml workspace update --container-registry.',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: (judgement) => linkedSubject(judgement, 'containerRegistry'),
  check: (subject, judgement) =>
    linked(subject, judgement, {
      member: 'containerRegistry',
      what: 'container registry',
      shows: ['/properties/loginServer', '/sku/name'],
      none: 'The workspace has no container registry yet: one is made when an environment is built for the first time, so train or deploy once to have it.',
      gone: ': no environment can be built and no image pulled until it is given another',
    }),
});
