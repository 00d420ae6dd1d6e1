/** The parameters that the protocol takes for itself (TOP protocol 2): every method knows them, and no other means them. */
export const PUBLIC_PARAMETERS: ReadonlySet<string> = new Set([
  'method',
  'app_key',
  'session',
  'timestamp',
  'format',
  'v',
  'simplify',
  'sign_method',
  'sign',
  'partner_id',
  'target_app_key',
]);
