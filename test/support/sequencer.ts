// The order of test files within a tier: those that take long first, so that no worker is left alone with one at the end. In a fresh
// clone no times are known and the runner goes by the size of a file; a short one calls a suite of test/support, which takes long.
import { statSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const short = 1000;

export class SuitesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (files.every((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined)) return sorted;
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const isLate = ({ moduleId }: TestSpecification) => Number(statSync(moduleId).size >= short);
    return sorted.toSorted((a, b) => group(a) - group(b) || isLate(a) - isLate(b));
  }
}
