// What a workspace follows of the article of 2020: as lines of tagged words, as Markdown and as HTML. Pure.
import type { ArticleSection, ArticleState, ArticleStatement, ArticleSummary } from '../audit/article.ts';
import { type Line, line } from '../model/words.ts';

const architectures = {
  'service-endpoint': 'service endpoints',
  'private-endpoint': 'private endpoints',
  'managed-network': 'a managed network',
} as const;
const marks = {
  followed: ['\u2713', 'ok'],
  notFollowed: ['\u2717', 'bad'],
  unknown: ['?', 'unknown'],
  replaced: ['\u00b7', 'dim'],
  retired: ['\u00b7', 'dim'],
  notUsed: ['\u00b7', 'dim'],
} as const satisfies Readonly<Record<ArticleState, readonly [string, string]>>;

function stateWords({ state, replacedBy }: Pick<ArticleSection, 'state' | 'replacedBy'>): string {
  switch (state) {
    case 'followed':
      return 'followed';
    case 'notFollowed':
      return 'not followed';
    case 'unknown':
      return 'unknown';
    case 'retired':
      return 'not followed, and retired by Azure';
    case 'notUsed':
      return 'not used here';
    default:
      return `replaced by ${replacedBy === null ? 'another architecture' : architectures[replacedBy]}`;
  }
}

const heading = 'Article of 2020, section by section';
const intro =
  'A section without failures does not mean that the steps of the article were followed: another architecture replaces some of them.';

/** Sentences that a reader of one line per section would miss. */
const telling = ({ state, statements }: ArticleSection): readonly ArticleStatement[] =>
  statements.filter(
    (one) => one.state !== 'followed' && one.state !== 'notUsed' && (one.state !== 'replaced' || state !== 'replaced'),
  );

export const articleLines = ({ sections }: ArticleSummary): Line[] => [
  line([heading, 'heading']),
  line([intro, 'dim']),
  ...sections.flatMap((section) => {
    const [mark, role] = marks[section.state];
    return [
      line([`${mark} `, role], [section.section, 'text'], [`  ${stateWords(section)}`, 'dim']),
      ...telling(section).map((one) =>
        line([`    ${one.statement} `, 'text'], [`${stateWords(one)}  ${one.rules.join(', ')}`, 'dim']),
      ),
    ];
  }),
];

/** A heading and a table, each sentence in a row; `safe` escapes text. */
export const articleMarkdown = ({ sections }: ArticleSummary, safe: (text: string) => string): string[] => [
  `## ${safe(heading)}`,
  '',
  safe(intro),
  '',
  '| section | sentence | state | rules |',
  '| --- | --- | --- | --- |',
  ...sections.flatMap((section) => [
    `| **${safe(section.section)}** | | **${safe(stateWords(section))}** | |`,
    ...section.statements.map(
      (one) => `| | ${safe(one.statement)} | ${safe(stateWords(one))} | ${safe(one.rules.join(', '))} |`,
    ),
  ]),
];

export const articleHtml = ({ sections }: ArticleSummary, safe: (text: string) => string): string =>
  [
    `<h3>${safe(heading)}</h3>`,
    `<p>${safe(intro)}</p>`,
    '<table>',
    '<thead><tr><th scope="col">Section</th><th scope="col">Sentence</th><th scope="col">State</th><th scope="col">Rules</th></tr></thead>',
    '<tbody>',
    ...sections.flatMap((section) => [
      `<tr><th scope="row">${safe(section.section)}</th><td></td><td><strong>${safe(stateWords(section))}</strong></td><td></td></tr>`,
      ...section.statements.map(
        (one) =>
          `<tr><td></td><td>${safe(one.statement)}</td><td>${safe(stateWords(one))}</td><td><code>${safe(one.rules.join(', '))}</code></td></tr>`,
      ),
    ]),
    '</tbody>',
    '</table>',
    '',
  ].join('\n');
