/** A column of sealed texts: how `piaoquan key rotate` finds its rows and what each text is bound to. */
export type SealedColumn = {
  /** Under which the texts are sealed: `table.column` of where they were sealed first. */
  readonly place: string;
  readonly table: string;
  readonly column: string;
  /** The primary key in its order, each column with its type. */
  readonly key: Readonly<Record<string, string>>;
  /** What the vault is given as the row's key, in SQL: `t` is the row. */
  readonly row: readonly string[];
  /** Which rows hold a sealed text, where the column holds other things too. */
  readonly where?: string;
  /** What the row's key takes beside the row. */
  readonly join?: string;
};

/** Where the secrets of apps are sealed; their row is the app_key and the instant of creation. */
export const APP_SECRET = 'platform_app_secret.secret';
/** Where the secrets of second factors are sealed; their row is the login. */
export const TOTP_SECRET = 'platform_operator.totp_sealed';

/** The sealed columns of the platform itself. */
export const platformSealed: readonly SealedColumn[] = [
  {
    place: APP_SECRET,
    table: 'platform_app_secret',
    column: 'secret',
    key: { app_key: 'text', created_at: 'timestamptz' },
    row: ['t.app_key', 't.created_at'],
  },
  {
    place: TOTP_SECRET,
    table: 'platform_operator',
    column: 'totp_sealed',
    key: { login: 'text' },
    row: ['t.login'],
  },
];
