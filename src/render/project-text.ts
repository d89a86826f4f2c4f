// What `bastide.yaml` decides, in results: its path with two numbers, what has expired, and findings that are accepted. Pure.
import type { ProjectSummary } from '../model/project-config.ts';
import { projectWarnings, projectWords } from '../model/project-config.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

export const projectLines = (config: ProjectSummary | undefined): Line[] =>
  config === undefined
    ? []
    : [
        line([clean(projectWords(config), 600), 'dim']),
        ...projectWarnings(config).map((text) => line(['! ', 'warn'], [clean(text, 3000), 'warn'])),
      ];

/** The same as sentences, for documents. */
export const projectSentences = (config: ProjectSummary | undefined): string[] =>
  config === undefined ? [] : [`${projectWords(config)}.`, ...projectWarnings(config)];
