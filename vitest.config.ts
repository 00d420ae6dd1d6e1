import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import notRunReporter from './test/harness/not-run-reporter.ts';

/** Files that drive browsers and compilers, or start and kill servers, take long; begun last, they would run on alone. */
const LONG =
  /\/test\/(browser\/|samples\.|every-method|start\.|lifecycle\.|operations\.|overload\.|cli-codes\.)|\/(embedded|batches)\.test\./;

/** Long files first, also in a fresh clone, where nothing is known of their times. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/long/**'],
    reporters: ['default', notRunReporter()],
    globalSetup: ['test/harness/global-setup.ts'],
    setupFiles: ['test/harness/file-setup.ts'],
    // Tests start servers and send signals, which needs processes; a new one for every file would load all anew.
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    // Far above what any test takes: a busy machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Less than a test has, so that what was waited for is told.
    expect: { poll: { timeout: 60_000, interval: 25 } },
  },
});
