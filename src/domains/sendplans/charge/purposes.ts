/** Purposes under which the vault keeps members by their phone, the secrets of business codes, and their private keys. */
export const MEMBER_PURPOSE = 'sendplan-member';
export const BIZ_SECRET_PURPOSE = 'sendplan-biz-secret';
export const BIZ_KEY_PURPOSE = 'sendplan-biz-key';
