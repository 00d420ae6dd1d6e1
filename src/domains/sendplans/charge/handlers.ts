import { createBatcher } from '../../../batching/batch.ts';
import { keyOf } from '../../../batching/key.ts';
import { createLoader, inOrder } from '../../../batching/loader.ts';
import { invalidArgument } from '../../../contract/errors.ts';
import type { Handlers } from '../../../contract/method.ts';
import {
  CHARGE_RESULTS,
  type supplyCharge,
  type thirdCycleVipStatus,
  VIP_STATUS_RESULTS,
} from '../../../contract/sendplans/charge.ts';
import type { Sql } from '../../../database/pool.ts';
import { plainPhone } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { BIZ_KEY_SEALED, BIZ_SECRET_SEALED, MEMBER_PURPOSE, MEMBER_SEALED } from '../sealed.ts';
import { decryptMobile, isFresh, isSigned } from './crypto.ts';
import {
  type Biz,
  type ChargeCommand,
  charge,
  findBiz,
  findCharged,
  findVipStatus,
  type VipKey,
  type VipStatus,
} from './queries.ts';

type Contracts = readonly [typeof supplyCharge, typeof thirdCycleVipStatus];
type Code = keyof typeof CHARGE_RESULTS;

const answer = (code: Code) => ({
  result: { ret_value: code === '0', ret_code: code, ret_msg: CHARGE_RESULTS[code].zh },
});

/** Carries out the charging of memberships, and tells which of them renew themselves. */
export const chargeHandlers = ({ sql, vault }: { sql: Sql; vault: Vault }): Handlers<Contracts> => {
  const loadBiz = createLoader<string, Biz>({ load: (codes) => findBiz(sql, codes) });
  const charges = createBatcher<ChargeCommand, number>({ run: (code, commands) => charge(sql, code, commands) });
  const loadStatus = createLoader<VipKey, VipStatus>({
    keyOf: ({ source, perform_type, member_hash, second }) => keyOf(source, perform_type, member_hash, second),
    load: inOrder((keys) => findVipStatus(sql, keys)),
  });
  return {
    'alibaba.ai.content.business.supply.charge': async ({ member_charge_request: request }, { now }) => {
      if (request.order_no.length < 16) throw tooShort();
      const biz = await loadBiz(request.biz_code);
      if (biz === undefined || biz.status !== 1) return answer('2001');
      // Whoever has not the secret learns nothing of the private key: the signature is asked for first.
      const row = [request.biz_code];
      if (!isSigned(request, vault.open(BIZ_SECRET_SEALED, row, biz.secret_sealed))) return answer('2002');
      const private_key = vault.open(BIZ_KEY_SEALED, row, biz.private_key_sealed);
      const mobile = decryptMobile(request.encrypted_mobile, private_key);
      if (mobile === undefined) return answer(isFresh(request.timestamp, now) ? '2004' : '2003');
      const member_hash = vault.hash(MEMBER_PURPOSE, mobile).toString('hex');
      // Who repeats a charge, however late, is told what became of it; nothing is charged by that.
      if (!isFresh(request.timestamp, now)) {
        const repeated = (await findCharged(sql, request.biz_code, request.order_no)) === member_hash;
        return answer(repeated ? '0' : '2003');
      }
      const outcome = await charges.submit(request.biz_code, {
        at: now.getTime(),
        order_no: request.order_no,
        member_hash,
        member_sealed: vault.seal(MEMBER_SEALED, [request.biz_code, member_hash], mobile).toString('base64'),
      });
      return answer(String(outcome) as Code);
    },
    'alibaba.ai.content.business.get.third.cycle.vip.status': async (request, { now }) => {
      const { source, perform_type, third_user_id } = request.get_third_vip_status_request;
      const mobile = plainPhone(third_user_id);
      const key: VipKey = {
        source,
        perform_type,
        member_hash: vault.hash(MEMBER_PURPOSE, mobile).toString('hex'),
        second: Math.floor(now.getTime() / 1000),
      };
      const { known, renewing } = (await loadStatus(key)) as VipStatus;
      const code = known ? '0' : '3001';
      const said = { ret_value: renewing, ret_code: Number(code), ret_msg: VIP_STATUS_RESULTS[code].zh };
      return known ? said : { ...said, error_level: 'WARN' };
    },
  };
};

const tooShort = (): Error => invalidArgument('member_charge_request.order_no', '不少于 16 个字符');
