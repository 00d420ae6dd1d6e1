import pino from 'pino';
import { readConfig, readMasterKeys } from '../src/config.ts';
import { lotteryPerformance } from '../src/contract/lottery/lottery.ts';
import type { Handler } from '../src/contract/method.ts';
import { openKeyring } from '../src/database/keyring.ts';
import { connect } from '../src/database/pool.ts';
import { openAppStore } from '../src/gateway/apps.ts';
import { type AnyHandler, failCall } from '../src/gateway/call.ts';
import { openCallLog } from '../src/gateway/call-log.ts';
import { openDeadlines } from '../src/gateway/deadlines.ts';
import { createDispatcher } from '../src/gateway/dispatcher.ts';
import { openSignatureExplainer } from '../src/gateway/explain-signature.ts';
import { openBodyRoom } from '../src/gateway/http/body.ts';
import { openMetrics } from '../src/gateway/metrics.ts';
import { openQuotas } from '../src/gateway/quotas.ts';

import { buildServer } from '../src/gateway/server.ts';
import { openSessionStore } from '../src/gateway/sessions.ts';
import { engineWay, interactiveWay, redisWay, type Way } from './stock-ways.ts';

/**
 * The platform's own HTTP front with the draw behind it done in one of three ways: `engine`, `interactive`, or `redis`
 * with the socket as second argument. Prints its port.
 */
const [name, socket] = process.argv.slice(2);
const config = readConfig(true);
const sql = connect(config.databaseUrl as string, { max: config.databaseConnections });
const ways: Record<string, () => Way | Promise<Way>> = {
  engine: () => engineWay(sql),
  interactive: () => interactiveWay(sql),
  redis: () => redisWay(socket as string),
};
const way = await (ways[name as string] as () => Way | Promise<Way>)();

const draw: Handler<typeof lotteryPerformance> = async ({ lottery_performance_top_param: param }, { now }) =>
  (await way({ out_biz_id: param.out_biz_id, mix_user_id: param.mix_user_id, now }))
    ? { return_code: '0', return_value: { result_code: 1, rewards: [] }, return_message: '成功' }
    : { return_code: '200007', return_message: '本时段库存已发完' };

const { vault } = await openKeyring(sql, () => readMasterKeys(config));
const clock = (): Date => new Date();
const apps = openAppStore(sql, vault);
const logger = pino({ level: 'error' }, pino.destination(2));
const callLog = openCallLog(connect(config.databaseUrl as string, { max: 1 }), {
  days: 1,
  clock,
  onError: (error) => logger.error(error),
});
const metrics = openMetrics([lotteryPerformance.name], () => callLog.figures);
const dispatcher = createDispatcher({
  contracts: [lotteryPerformance],
  handlers: { [lotteryPerformance.name]: draw as AnyHandler },
  apps,
  sessions: openSessionStore(sql, vault),
  quotas: openQuotas(sql, apps),
  callLog,
  metrics,
  signPolicy: { legacySign: false },
  explainSignature: openSignatureExplainer(false),
  clock,
  deadlines: openDeadlines(30_000, 20_000, failCall),
  acting: { findUser: async () => undefined, enter: async () => undefined },
  onUnexpected: (error) => logger.error(error),
});
const { bodyLimit, bodyMemory } = config;
const bodyRoom = openBodyRoom(bodyMemory);
const server = buildServer({
  dispatcher,
  metrics,
  ping: () => sql`select 1`,
  logger,
  bodyLimit,
  bodyRoom,
  trustProxy: [],
  kind: 'sandbox',
  unwritable: async () => undefined,
  ownHosts: undefined,
});
await server.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${(server.server.address() as { port: number }).port}\n`);
process.on('SIGTERM', () => process.exit(0));
