// `npm run release-gate`: fails where an api-version of the table ends within 180 days of today, or has ended, also one that only a
// cloud that lags is asked. `-- --date 2027-01-31` takes another day for today.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { loadBundled } from './load-bundled.mjs';

/** What is to be said of a day, and the exit status. */
export async function gate(day, table) {
  const { endingInTable, endingWords, warningDays } = await loadBundled('src/model/api-versions.ts');
  const ending = endingInTable(day, table);
  return ending.length === 0
    ? { status: 0, text: `No api-version of the table ends within ${warningDays} days of ${day}.` }
    : {
        status: 1,
        text: [
          ...ending.map((one) => `${endingWords(one)} ${one.source}`),
          'Change src/model/api-version-table.ts.',
        ].join('\n'),
      };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [flag, given] = process.argv.slice(2);
  const day = flag === undefined ? new Date().toISOString().slice(0, 10) : given;
  if (
    (flag !== undefined && flag !== '--date') ||
    !/^\d{4}-\d\d-\d\d$/.test(day ?? '') ||
    Number.isNaN(Date.parse(day))
  ) {
    process.stderr.write('usage: npm run release-gate -- [--date 2027-01-31]\n');
    process.exitCode = 2;
  } else {
    const { status, text } = await gate(day);
    process.stdout.write(`${text}\n`);
    process.exitCode = status;
  }
}
