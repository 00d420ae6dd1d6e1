import type { Contract } from '../../contract/method.ts';
import type { Label } from '../../contract/schema.ts';
import { type Language, type Texts, texts } from '../labels.ts';

/** Credentials that a page may show because they are public. */
export type DemoCredentials = { readonly app_key: string; readonly secret: string; readonly session_key: string };

/** A guide: its address, title and Markdown in both languages. */
export type Guide = {
  readonly slug: string;
  readonly title: Label;
  /** One sentence for lists. */
  readonly summary: Label;
  readonly markdown: Label;
};

/** What the documentation is about. */
export type Site = {
  /** The methods, in the order of the documentation. */
  readonly contracts: readonly Contract[];
  readonly guides: readonly Guide[];
  /** The sandbox's credentials; absent in production, where pages show placeholders. */
  readonly demo: DemoCredentials | undefined;
  /** Whether the browser's part is built. */
  readonly built: boolean;
  /** Names of the built files that the pages' script imports, to be fetched along with it. */
  readonly chunks: readonly string[];
};

/** One wish for a page: what is documented, for whom, and at which address. */
export type View = {
  readonly site: Site;
  readonly language: Language;
  /** Where the reader reached the server, e.g. `http://127.0.0.1:7001`. */
  readonly origin: string;
  /** The page's address without the language, e.g. `/errors`; `/` is home. */
  readonly path: string;
};

/** A page before the frame is put around it. */
export type Page = {
  readonly title: string;
  readonly description: string;
  /** HTML of the main part. */
  readonly body: string;
};

/** The texts of the page's language. */
export const textsOf = ({ language }: View): Texts => texts[language];

/** The address of a page in the reader's language; `path` begins with a slash. */
export const href = ({ language }: Pick<View, 'language'>, path: string): string => `/${language}${path}`;

/** The address of a method's page, without the language. */
export const methodPath = (name: string): string => `/api/${name}`;

/** The address of the gateway as callers write it. */
export const gatewayUrl = ({ origin }: Pick<View, 'origin'>): string => `${origin}/router/rest`;

/** What samples sign with: the sandbox's credentials, or in production placeholders that say what to put there. */
export const sampleCredentials = ({ demo }: Site): DemoCredentials =>
  demo ?? { app_key: 'YOUR_APP_KEY', secret: 'YOUR_APP_SECRET', session_key: 'YOUR_SESSION_KEY' };
