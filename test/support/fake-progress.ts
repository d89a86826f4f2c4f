// The progress of a guided walk, kept in memory.
import type { ProgressPort } from '../../src/command/definition.ts';
import { freshProgress, type GuideProgress } from '../../src/model/guide-progress.ts';

export function fakeProgress(since = '2026-03-01T12:00:00Z'): ProgressPort {
  let progress: GuideProgress = freshProgress(since);
  return {
    get: async () => progress,
    async update(change) {
      progress = change(progress);
      return progress;
    },
    async forget() {
      progress = freshProgress(since);
    },
  };
}
