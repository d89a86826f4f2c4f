// Looking findings up gives what searching for them would, the worst first, a pair once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingsAt, rank } from '../../src/app/screens/resources/findings-at.ts';
import { type Finding, type Report, severities } from '../../src/model/finding.ts';
import { fold } from '../../src/model/resource-id.ts';
import { fakeSession } from '../support/fake-session.ts';

const id = fc.constantFrom('/a', '/A', '/b', '/b/c', '/d');
const pairs = fc.array(
  fc.record({
    resource: id,
    where: fc.option(id),
    severity: fc.constantFrom(...severities),
    outcome: fc.constantFrom('pass', 'fail', 'unknown', 'notApplicable'),
  }),
  { maxLength: 20 },
);

test('looked up is what searched for would be', async () => {
  const session = fakeSession();
  const scan = session.scan(new AbortController().signal);
  let next = await scan.next();
  while (next.done !== true) next = await scan.next();
  const base = session.report(next.value, 'all');
  const like = base.findings[0] as Finding;
  fc.assert(
    fc.property(pairs, fc.option(fc.uniqueArray(id.map(fold))), (made, wanted) => {
      const report: Report = { ...base, findings: made.map((one) => ({ ...like, ...one })) };
      const covers = wanted === null ? null : new Set(wanted);
      const searched = report.findings
        .filter(
          ({ resource, where }) =>
            covers === null || covers.has(fold(resource)) || (where !== null && covers.has(fold(where))),
        )
        .toSorted((a, b) => rank(a) - rank(b));
      expect([...findingsAt(report, covers)]).toEqual(searched);
      expect(findingsAt(report, covers)).toBe(findingsAt(report, covers));
    }),
  );
});
