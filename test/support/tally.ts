// The end of a test run: what each tier and the slowest files took, which checks did not run and why, and a last line that a script can read:
// `N passed, N failed, N skipped`.
import type { Reporter, TestCase, TestModule } from 'vitest/node';

interface Span {
  files: number;
  from: number;
  to: number;
}

export class Tally implements Reporter {
  readonly #spans = new Map<string, Span>();

  onTestRunStart(): void {
    this.#spans.clear();
  }

  onTestModuleQueued({ project }: TestModule): void {
    const span = this.#spans.get(project.name) ?? { files: 0, from: performance.now(), to: performance.now() };
    span.files += 1;
    this.#spans.set(project.name, span);
  }

  onTestModuleEnd({ project }: TestModule): void {
    const span = this.#spans.get(project.name);
    if (span !== undefined) span.to = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    const notRun = new Map<string, number>();
    for (const module of modules) {
      // A file that cannot even be loaded runs no test, and must not look like success.
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') count.failed += 1;
        else {
          count.skipped += 1;
          const why = reasonOf(test);
          notRun.set(why, (notRun.get(why) ?? 0) + 1);
        }
      }
    }
    const tiers = [...this.#spans].map(([name, { files, from, to }]) => `${name} ${files} files ${seconds(to - from)}`);
    const slowest = modules
      .map((module) => ({ name: module.relativeModuleId, took: module.diagnostic().duration }))
      .toSorted((a, b) => b.took - a.took)
      .slice(0, 20);
    const lines = [
      ...(tiers.length === 0 ? [] : [`Tiers: ${tiers.join(', ')}`]),
      ...(modules.length < 2 ? [] : ['Slowest:', ...slowest.map(({ name, took }) => `  ${seconds(took)} ${name}`)]),
      ...[...notRun].map(([why, tests]) => `Not run: ${why} (${tests} ${tests === 1 ? 'test' : 'tests'})`),
      `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`,
    ];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The outermost name that says why: `recorded reads (skipped: no recordings at …)`; else the file. */
export function reasonOf(test: Pick<TestCase, 'fullName' | 'module'>): string {
  const name = test.fullName.split(' > ').find((part) => part.includes('(skipped: '));
  const [, what, why] = /^(.*?) *\(skipped: (.*)\)$/.exec(name ?? '') ?? [];
  return what === undefined ? `${test.module.relativeModuleId}, no reason given` : `${what}: ${why}`;
}
