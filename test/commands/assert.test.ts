// The exit status of access scopes, in an audit and alone.
import { expect, test } from 'vitest';
import { judgementExit, scopesExit } from '../../commands/parts/judge.ts';
import type { ScopeResult } from '../../src/model/access-scope.ts';

const scope = (outcome: ScopeResult['outcome'], gaps: readonly string[] = []): ScopeResult => ({
  ...{ scope: 's', outcome, because: 'Because.', witness: null, path: null, gaps },
});
const [broken, holds, unknown] = [scope('broken'), scope('holds'), scope('unknown')];
const unread = scope('unknown', ['/x']);

test.each([
  [[holds], 'high', 0],
  [[holds, unknown], 'high', 3],
  [[unread, holds], 'high', 3],
  [[unread, broken], 'high', 1],
  [[broken], 'medium', 1],
  [[broken], 'critical', 0],
  [[broken, unread], 'never', 3],
] as const)('%# scopes with --fail-on %s', (scopes, failOn, status) => {
  expect(scopesExit(scopes, failOn)).toBe(status);
  expect(judgementExit({ findings: [], scopes }, failOn)).toBe(status);
});

test('nothing to check is said before an unread scope, and after a broken one', () => {
  expect(judgementExit({ findings: [], empty: '0 checks', scopes: [broken] }, 'high')).toBe(1);
  expect(judgementExit({ findings: [], empty: '0 checks', scopes: [holds] }, 'high')).toBe(3);
  expect(judgementExit({ findings: [], empty: '0 checks', scopes: [unread] }, 'high', true)).toBe(3);
});
