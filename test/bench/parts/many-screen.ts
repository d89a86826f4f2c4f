// A program that is nothing but the screen over a session without Azure, with as many findings as its argument says, spread over
// a hundredth as many resources.
import process from 'node:process';
import { startApp } from '../../../src/app/start.tsx';
import type { Finding } from '../../../src/model/finding.ts';
import { findingId } from '../../../src/model/finding.ts';
import type { ProblemReport } from '../../../src/model/problem.ts';
import { chooseTheme } from '../../../src/theme/choose.ts';
import { themes } from '../../../themes/index.ts';
import { fakeOptions } from '../../support/fake-options.ts';
import { fakeSession, ids } from '../../support/fake-session.ts';

const wanted = Number(process.argv[2]);
const names = Array.from(
  { length: Math.ceil(wanted / 100) },
  (_, at) => `${ids.storage}${String(at).padStart(5, '0')}`,
);
const fake = fakeSession({
  now: () => new Date(),
  extra: names.map((id) => ({ id, type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-05-01', body: { id } })),
});
const session = {
  ...fake,
  report(...given: Parameters<typeof fake.report>): ProblemReport {
    const report = fake.report(...given);
    const kinds = report.findings.filter(({ outcome }) => outcome === 'fail');
    const findings = Array.from({ length: wanted }, (_, at): Finding => {
      const like = kinds[at % kinds.length] as Finding;
      const resource = names[at % names.length] ?? '';
      const where = `${ids.network}/subnets/snet-${Math.floor(at / names.length)}`;
      // Some pass, and are shown only where all are asked for.
      const outcome = at % 16 === 15 ? 'pass' : like.outcome;
      // As in a real report, hardly two say the same.
      const because = `${like.because} ${resource} meets ${where}.`;
      return { ...like, id: findingId(like.rule, resource, where), resource, where, outcome, because };
    });
    return { ...report, findings };
  },
};
const status = await startApp(fakeOptions({ session, theme: chooseTheme({ depth: 'full', themes }) }));
process.exit(status);
