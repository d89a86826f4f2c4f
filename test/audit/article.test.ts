// The summary of the article of 2020: it holds every rule of the article, and tells what a workspace does not follow although
// nothing fails.
import { expect, test } from 'vitest';
import { articleSummary, articleText } from '../../src/audit/article.ts';
import { audit } from '../../src/audit/index.ts';
import { plainText } from '../../src/model/words.ts';
import { auditResult } from '../../src/render/audit-result.ts';
import { auditLines } from '../../src/render/audit-text.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { rules } from '../../src/rules/index.ts';
import { ids, type Scene, snapshotOf, withEndpoint, withRegistry } from '../support/snapshot.ts';

const reported = (change?: (scene: Scene) => void) => audit(snapshotOf(change), rules, 'article-2020');
const stated = (change?: (scene: Scene) => void) =>
  new Map(articleSummary(reported(change))?.sections.map((section) => [section.section, section]));
const privately = (scene: Scene): void => {
  for (const [id, groups] of [
    [ids.account, ['blob']],
    [ids.account, ['file']],
    [ids.vault, ['vault']],
  ] as const) {
    scene.bodies[id].properties.networkAcls.virtualNetworkRules = [];
    withEndpoint(scene, id, groups, ids.pe);
  }
  scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
};

test('every rule of the article is in one sentence, and nothing else is', () => {
  const listed = articleText.flatMap(([, ...sentences]) =>
    sentences.flatMap(([, ...parts]) => parts.filter((part) => typeof part === 'string')),
  );
  const own = rules.filter(({ profiles }) => profiles.includes('article-2020')).map(({ id }) => id);
  expect(listed.toSorted()).toEqual(own.toSorted());
});

test('a workspace closed by service endpoints follows it, as far as Azure still does', () => {
  const sections = stated();
  expect(sections.get('Key vault')?.state).toBe('followed');
  expect(sections.get('Storage account')?.state).toBe('followed');
  expect(sections.get('Azure Kubernetes Service')?.state).toBe('notUsed');
  const registry = stated(withRegistry)
    .get('Azure Container Registry')
    ?.statements.map(({ state }) => state);
  expect(registry?.[0]).toBe('retired');
});

test('one closed by private endpoints fails nowhere, and follows other steps', () => {
  const sections = stated(privately);
  const storage = sections.get('Storage account');
  expect([storage?.state, storage?.replacedBy]).toEqual(['replaced', 'private-endpoint']);
  expect(storage?.statements.find(({ rules: own }) => own.includes('storage.default-action-deny'))?.state).toBe(
    'followed',
  );
  expect(sections.get('Key vault')?.state).toBe('replaced');
});

test('an open account does not follow it, an unread one is unknown', () => {
  const open = stated((scene) => {
    scene.bodies[ids.account].properties.networkAcls.defaultAction = 'Allow';
  }).get('Storage account');
  expect(open?.state).toBe('notFollowed');
  expect(open?.statements[1]?.state).toBe('notFollowed');
  const unread = stated((scene) => {
    scene.gaps.push({ id: ids.vault, reason: 'Access is denied.', action: 'Microsoft.KeyVault/vaults/read' });
  }).get('Key vault');
  expect(unread?.state).toBe('unknown');
});

test('each format tells it, for this profile alone', () => {
  const snapshot = snapshotOf(privately);
  const formats = (profile: 'all' | 'article-2020') => {
    const result = auditResult(
      snapshot,
      { ...audit(snapshot, rules, profile), problems: [] },
      { allOutcomes: false, by: 'finding' },
    );
    const text = auditLines(result).map(plainText).join('\n');
    return [text, renderMarkdown(result), [...renderHtml(result)].join(''), JSON.stringify(result)];
  };
  const told = /replaced by private endpoints|"replacedBy":"private-endpoint"/;
  expect(formats('article-2020').map((text) => told.test(text))).toEqual([true, true, true, true]);
  expect(formats('all').map((text) => told.test(text))).toEqual([false, false, false, false]);
});
