import { fault, type Handlers, type RequestOf } from '../../../contract/method.ts';
import { type adminChargeContracts, bizSave, vipRenewUpdate } from '../../../contract/sendplans/admin-charges.ts';
import { type Changing, keyBytes, logged } from '../../../database/change-log.ts';
import type { Sql } from '../../../database/pool.ts';
import { plainPhone } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { BIZ_KEY_SEALED, BIZ_SECRET_SEALED, MEMBER_PURPOSE } from '../sealed.ts';
import { newKeyPair } from './crypto.ts';
import { type Biz, findBiz, findBizCodes, saveBiz, setRenewing } from './queries.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };

/** The administration of business codes and of the renewal of memberships. */
export const chargeAdminHandlers = ({ sql, vault }: Parts): Handlers<typeof adminChargeContracts> => ({
  'piaoquan.sendplan.biz.save': async ({ status, secret, ...biz }, context) => {
    const keys = (await findBiz(sql, [biz.biz_code])).get(biz.biz_code) ?? (await newBiz(vault, biz, secret));
    const changed = {
      ...biz,
      ...(status != null && { status }),
      ...(secret != null && { secret_sealed: vault.seal(BIZ_SECRET_SEALED, [biz.biz_code], secret) }),
    };
    await sql.begin((tx) =>
      logged(tx, context, [['sendplan_biz', { biz_code: biz.biz_code }]], () =>
        saveBiz(tx, { ...keys, ...changed }, changed),
      ),
    );
    // Another call may have created it just now: its keys are the ones that hold.
    const saved = (await findBiz(sql, [biz.biz_code])).get(biz.biz_code) as Biz;
    return { public_key: saved.public_key };
  },
  'piaoquan.sendplan.vip.renew.update': async ({ source, perform_type, third_user_id, renewing }, context) => {
    const hash = vault.hash(MEMBER_PURPOSE, plainPhone(third_user_id));
    const member_hash = hash.toString('hex');
    const set = await sql.begin(async (tx) => {
      const codes = await findBizCodes(tx, source, perform_type);
      const rows = codes.map((biz_code): Changing => ['sendplan_vip', { biz_code, member_hash: keyBytes(hash) }]);
      return logged(tx, context, rows, () => setRenewing(tx, { source, perform_type, member_hash }, renewing));
    });
    if (!set) throw fault(vipRenewUpdate, 'isv.vip-not-found');
    return { is_success: true };
  },
});

type BizRequest = Omit<RequestOf<typeof bizSave>, 'status' | 'secret'>;

async function newBiz(vault: Vault, biz: BizRequest, secret: string | null | undefined): Promise<Biz> {
  if (secret == null) throw fault(bizSave, 'isv.secret-required');
  const { publicKey, privateKey } = await newKeyPair();
  return {
    ...biz,
    status: 1,
    secret_sealed: vault.seal(BIZ_SECRET_SEALED, [biz.biz_code], secret),
    private_key_sealed: vault.seal(BIZ_KEY_SEALED, [biz.biz_code], privateKey),
    public_key: publicKey,
  };
}
