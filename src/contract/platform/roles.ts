import type { Contract } from '../method.ts';
import type { Label } from '../schema.ts';

/** What operators of the console are, with the words for it. */
export const ROLES = {
  owner: { zh: '所有者', en: 'owner: everything, operators included' },
  operator: { zh: '运营', en: 'operator: runs the campaigns' },
  viewer: { zh: '只读', en: 'viewer: sees, changes nothing' },
  developer: { zh: '开发者', en: 'developer: sees, and administers apps, sessions and quotas' },
} as const satisfies Record<string, Label>;

/** The role of an operator. */
export type Role = keyof typeof ROLES;

/** What stands for the app in calls from the console. No app bears it: app_keys are digits. */
export const CONSOLE_APP_KEY = 'console';

/** Reads whose answers let their reader in or redeem: plain voucher codes and tickets' QR codes. */
const REVEALING = new Set([
  'taobao.film.fcode.export.query',
  'alibaba.damai.maizuo.openapi.eticket.qrcode',
  'piaoquan.ticketing.ticket.code.get',
]);

/** Whether a method belongs to the platform itself: apps, secrets, sessions, quotas, tokens. */
const isPlatform = ({ name, package: held }: Contract): boolean =>
  name.startsWith('piaoquan.platform.') || held === 'platform.base';

/** Whether a role may act for a user of its choice, as methods ask that need a user's session. */
export const mayActForUser = (role: Role): boolean => role === 'owner' || role === 'operator';

/**
 * Whether a role may call a method from the console. Owners may call everything and alone administer operators. Viewers
 * read what reveals no code or ticket and acts for no user; developers besides write what belongs to the platform;
 * operators read everything and write what belongs to the business.
 */
export function mayCall(role: Role, contract: Contract): boolean {
  if (role === 'owner') return true;
  if (contract.name.startsWith('piaoquan.operator.')) return false;
  const harmless = contract.kind === 'read' && contract.session !== 'required' && !REVEALING.has(contract.name);
  switch (role) {
    case 'viewer':
      return harmless;
    case 'developer':
      return harmless || isPlatform(contract);
    case 'operator':
      return contract.kind === 'read' || !isPlatform(contract);
  }
}
