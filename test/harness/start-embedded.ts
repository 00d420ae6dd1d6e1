import { startEmbedded } from '../../src/embedded/embedded.ts';

// A process that starts the embedded server on the folder of its first argument, tells so, and stays.
try {
  const { target, dataFolder, socketDir } = await startEmbedded({ home: process.argv[2] ?? '' });
  console.log(JSON.stringify({ target, dataFolder, socketDir }));
  process.stdin.resume();
} catch (error) {
  console.log(JSON.stringify({ refused: `${(error as Error).name}: ${(error as Error).message}` }));
}
