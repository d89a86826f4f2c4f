// Everything that is printed from a registry: `npm run docs` writes it, and a test compares it with what is committed.
import { verbs } from '../../commands/index.ts';
import { bindings } from '../../src/app/state/keys/index.ts';
import { rules } from '../../src/rules/index.ts';
import { themes } from '../../themes/index.ts';
import { commandPages, keyPages, themePages } from './commands.ts';
import { customRulePages } from './custom-rules.ts';
import { manPages } from './man.ts';
import type { Page } from './markdown.ts';
import { policyPages } from './policy.ts';
import { projectFilePages } from './project-file.ts';
import { rulePages } from './rules.ts';

export const pages = (): Page[] => [
  ...rulePages(rules),
  ...commandPages(verbs),
  ...manPages(verbs),
  ...keyPages(bindings),
  ...themePages(themes),
  ...projectFilePages(),
  ...customRulePages(),
  ...policyPages(),
];
