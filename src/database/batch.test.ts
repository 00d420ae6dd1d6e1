import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { BusyError, createBatcher } from './batch.ts';
import { isTransient } from './errors.ts';
import { createLoader } from './load.ts';

/** Batches that end when the test says so. */
function controlled<C, R>(answer: (command: C) => R) {
  const calls: { key: string; commands: C[]; finish(error?: unknown): Promise<void> }[] = [];
  const run = (key: string, commands: C[]) =>
    new Promise<R[]>((resolve, reject) => {
      const finish = async (error?: unknown) => {
        if (error === undefined) resolve(commands.map(answer));
        else reject(error);
        await turn();
      };
      calls.push({ key, commands, finish });
    });
  return { calls, run };
}

const lost = () => Object.assign(new Error('connection lost'), { code: 'CONNECTION_CLOSED' });

/** Starts the first one, lets the event loop turn, so that it is sent alone, and starts the others. */
async function firstAlone<T, R>(
  [first, ...others]: T[],
  start: (item: T) => Promise<R>,
): Promise<{ all: Promise<R>[] }> {
  const all = [start(first as T)];
  await turn();
  return { all: [...all, ...others.map(start)] };
}

describe('a batcher', () => {
  test('sends commands of one turn of the event loop together', async () => {
    const { calls, run } = controlled((command: number) => command);
    const batcher = createBatcher({ run });
    const results = [1, 2, 3].map((command) => batcher.submit('a', command));
    await turn();
    expect(calls.map(({ commands }) => commands)).toEqual([[1, 2, 3]]);
    await calls[0]?.finish();
    expect(await Promise.all(results)).toEqual([1, 2, 3]);
  });

  test('sends the first command by itself and what comes meanwhile as one batch, in the order it came', async () => {
    const { calls, run } = controlled((command: number) => command * 10);
    const batcher = createBatcher({ run });
    const { all: results } = await firstAlone([1, 2, 3, 4], (command) => batcher.submit('a', command));
    expect(calls.map(({ commands }) => commands)).toEqual([[1]]);
    await calls[0]?.finish();
    expect(calls.map(({ commands }) => commands)).toEqual([[1], [2, 3, 4]]);
    await calls[1]?.finish();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40]);
  });

  test('has one batch of a key in flight, and keys do not wait for each other', async () => {
    const { calls, run } = controlled((command: number) => command);
    const batcher = createBatcher({ run });
    const results = [batcher.submit('a', 0), batcher.submit('b', 1)];
    await turn();
    results.push(...['a', 'b', 'a'].map((key, index) => batcher.submit(key, index + 2)));
    expect(calls.map(({ key, commands }) => [key, commands])).toEqual([
      ['a', [0]],
      ['b', [1]],
    ]);
    await calls[1]?.finish();
    expect(calls.slice(2).map(({ key, commands }) => [key, commands])).toEqual([['b', [3]]]);
    await calls[0]?.finish();
    expect(calls.slice(3).map(({ key, commands }) => [key, commands])).toEqual([['a', [2, 4]]]);
    for (const { finish } of calls) await finish();
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4]);
  });

  test('takes at most a thousand commands into a batch', async () => {
    const batches: number[][] = [];
    const run = async (_key: string, commands: number[]) => {
      batches.push(commands);
      await turn();
      return commands;
    };
    const batcher = createBatcher({ run });
    const commands = Array.from({ length: 2501 }, (_, index) => index);
    const { all } = await firstAlone(commands, (command) => batcher.submit('a', command));
    expect(await Promise.all(all)).toEqual(commands);
    expect(batches.map(({ length }) => length)).toEqual([1, 1000, 1000, 500]);
    expect(batches.flat()).toEqual(commands);
  });

  test('refuses with BusyError what would wait beyond the bound, for that key alone, and only as long', async () => {
    const { calls, run } = controlled((command: number) => command);
    const batcher = createBatcher({ run, maxQueue: 2 });
    const { all: taken } = await firstAlone([1, 2, 3], (command) => batcher.submit('a', command));
    await expect(batcher.submit('a', 4)).rejects.toThrow(BusyError);
    taken.push(batcher.submit('b', 5));
    await calls[0]?.finish();
    taken.push(batcher.submit('a', 6));
    for (let index = 0; index < calls.length; index++) await calls[index]?.finish();
    expect(await Promise.all(taken)).toEqual([1, 2, 3, 5, 6]);
  });

  test('runs a batch of unknown fate again with the same commands, and nothing overtakes it', async () => {
    const seen: number[][] = [];
    const run = async (_key: string, commands: number[]) => {
      seen.push(commands);
      if (seen.length < 4) throw lost();
      return commands;
    };
    const batcher = createBatcher({ run });
    const { all } = await firstAlone([1, 2], (command) => batcher.submit('a', command));
    expect(await Promise.all(all)).toEqual([1, 2]);
    expect(seen).toEqual([[1], [1], [1], [1], [2]]);
  });

  test('gives up after a bounded number of tries and goes on with the next batch', async () => {
    let tries = 0;
    const run = async (_key: string, [first]: string[]) => {
      if (first === 'good') return ['done'];
      tries++;
      throw lost();
    };
    const batcher = createBatcher({ run });
    const bad = batcher.submit('a', 'bad');
    await turn();
    const good = batcher.submit('a', 'good');
    await expect(bad).rejects.toThrow('connection lost');
    expect(await good).toBe('done');
    expect(tries).toBe(6);
  });

  test('another error rejects every command of its batch once, and the key goes on', async () => {
    const { calls, run } = controlled((command: number) => command);
    const batcher = createBatcher({ run });
    const { all } = await firstAlone([1, 2, 3], (command) => batcher.submit('a', command));
    const results = Promise.allSettled(all);
    await calls[0]?.finish();
    await calls[1]?.finish(new Error('check violated'));
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(calls).toHaveLength(2);
    const next = batcher.submit('a', 4);
    await turn();
    await calls[2]?.finish();
    expect(await next).toBe(4);
  });

  test('a run that throws at once or gives too few results rejects its commands', async () => {
    const thrower = createBatcher<number, number>({
      run: () => {
        throw new Error('at once');
      },
    });
    await expect(thrower.submit('a', 1)).rejects.toThrow('at once');
    const short = createBatcher<number, number>({ run: async () => [] });
    await expect(short.submit('a', 1)).rejects.toThrow('a batch of 1 commands for a gave 0 results');
  });

  test('drain waits for everything in flight or waiting, also for what comes meanwhile', async () => {
    const { calls, run } = controlled((command: number) => command);
    const batcher = createBatcher({ run });
    await batcher.drain();
    const results = [batcher.submit('a', 0), batcher.submit('b', 1)];
    await turn();
    results.push(batcher.submit('a', 2));
    let drained = false;
    const draining = batcher.drain().then(() => {
      drained = true;
    });
    await calls[1]?.finish();
    results.push(batcher.submit('c', 3));
    await turn();
    await calls[0]?.finish();
    await calls[2]?.finish();
    expect(drained).toBe(false);
    for (const { finish } of calls) await finish();
    await draining;
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
  });
});

describe('what may be run again', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  test('a query whose connection the server ended, and a serialization failure, but not a violated constraint', async () => {
    const { sql } = db;
    await sql`create table counter (id int primary key, taken int check (taken <= 3))`;
    await sql`insert into counter values (1, 0)`;
    const ended = await sql`select pg_terminate_backend(pg_backend_pid())`.catch((error) => error);
    expect(isTransient(ended)).toBe(true);
    const stale = sql.begin('isolation level serializable', async (tx) => {
      await tx`select * from counter`;
      await sql`update counter set taken = taken + 1`;
      await tx`update counter set taken = taken + 1`;
    });
    expect(isTransient(await stale.catch((error) => error))).toBe(true);
    expect(isTransient(await sql`update counter set taken = 9`.catch((error) => error))).toBe(false);
  });

  test.each(['57P01', '57P03', '08006', '40P01', 'ECONNREFUSED', 'CONNECTION_CLOSED'])(
    'an error of code %s',
    (code) => {
      expect(isTransient(Object.assign(new Error('lost'), { code }))).toBe(true);
    },
  );

  test.each(['23505', '57014', '42P01', 'CONNECTION_ENDED', undefined])('not an error of code %s', (code) => {
    expect(isTransient(Object.assign(new Error('no'), { code }))).toBe(false);
    expect(isTransient(code)).toBe(false);
  });

  test('a batch goes through although the server ends its connections', async () => {
    const { sql } = db;
    let runs = 0;
    const batcher = createBatcher<number, number>({
      run: async (_key, commands) => {
        if (++runs < 3) await sql`select pg_terminate_backend(pg_backend_pid())`;
        const rows = await sql<{ id: number }[]>`select unnest(${commands}::int[]) as id`;
        return rows.map(({ id }) => id);
      },
    });
    expect(await Promise.all([7, 8, 9].map((command) => batcher.submit('a', command)))).toEqual([7, 8, 9]);
  });
});

describe('a loader', () => {
  /** Queries that end when the test says so; each answers what the source held when it was sent. */
  function source() {
    const state = { value: 1 };
    const sent: { keys: string[]; finish(error?: unknown): Promise<void> }[] = [];
    const load = (keys: string[]) => {
      const answer = new Map(keys.filter((key) => key !== 'absent').map((key) => [key, state.value]));
      return new Promise<Map<string, number>>((resolve, reject) => {
        const finish = async (error?: unknown) => {
          if (error === undefined) resolve(answer);
          else reject(error);
          await turn();
        };
        sent.push({ keys, finish });
      });
    };
    return { state, sent, load };
  }

  test('never gives a request the answer of a query that was sent before it came', async () => {
    const { state, sent, load } = source();
    const read = createLoader({ load, maxInFlight: 1 });
    const before = read('a');
    await turn();
    state.value = 2;
    const after = read('a');
    await sent[0]?.finish();
    await sent[1]?.finish();
    expect(await before).toBe(1);
    expect(await after).toBe(2);
  });

  test('one query answers all that wait, each key once', async () => {
    const { sent, load } = source();
    const read = createLoader({ load, maxInFlight: 1 });
    const { all: answers } = await firstAlone(['a', 'a', 'b', 'a', 'absent'], read);
    expect(sent.map(({ keys }) => keys)).toEqual([['a']]);
    await sent[0]?.finish();
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['a', 'b', 'absent']]);
    await sent[1]?.finish();
    expect(await Promise.all(answers)).toEqual([1, 1, 1, 1, undefined]);
  });

  test('has at most two queries in flight unless told otherwise', async () => {
    const { sent, load } = source();
    const read = createLoader({ load });
    const answers = [];
    for (const key of ['a', 'b', 'c', 'd']) {
      answers.push(read(key));
      await turn();
    }
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b']]);
    await sent[1]?.finish();
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b'], ['c', 'd']]);
    await Promise.all(sent.map(({ finish }) => finish()));
    expect(await Promise.all(answers)).toEqual([1, 1, 1, 1]);
  });

  test('asks for at most a thousand keys at once', async () => {
    const sizes: number[] = [];
    const load = async (keys: number[]) => {
      sizes.push(keys.length);
      await turn();
      return new Map(keys.map((key) => [key, key]));
    };
    const read = createLoader({ load, maxInFlight: 1 });
    const keys = Array.from({ length: 1501 }, (_, index) => index);
    const { all } = await firstAlone(keys, read);
    expect(await Promise.all(all)).toEqual(keys);
    expect(sizes).toEqual([1, 1000, 500]);
  });

  test('a failed query rejects its own requests only', async () => {
    const { sent, load } = source();
    const read = createLoader({ load, maxInFlight: 1 });
    const { all } = await firstAlone(['a', 'b', 'c'], read);
    const results = Promise.allSettled(all);
    await sent[0]?.finish(new Error('refused'));
    await sent[1]?.finish();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });
});
