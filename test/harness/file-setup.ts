/**
 * Files share their worker's process, which saves loading every module for each of them; what a file changes in the
 * environment (master key, time zone) must not reach the next, so each begins with that of the first.
 */
const kept = globalThis as { environmentAtStart?: NodeJS.ProcessEnv };
kept.environmentAtStart ??= { ...process.env };
for (const name of Object.keys(process.env)) if (!(name in kept.environmentAtStart)) delete process.env[name];
Object.assign(process.env, kept.environmentAtStart);
