import { hmac } from '@noble/hashes/hmac.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { baseText, type Digests, type Parameters, type SignMethod } from '../../src/wire/base-text.ts';

/** The digests as a browser computes them, in small letters (TOP protocol 4.3). */
export const browserDigests: Digests = {
  md5: (secret, text) => bytesToHex(md5(utf8ToBytes(secret + text + secret))),
  hmac: (secret, text) => bytesToHex(hmac(md5, utf8ToBytes(secret), utf8ToBytes(text))),
  'hmac-sha256': (secret, text) => bytesToHex(hmac(sha256, utf8ToBytes(secret), utf8ToBytes(text))),
};

/** Signs a call in the browser, in capitals (TOP protocol 4.3). */
export const signInBrowser = (method: SignMethod, secret: string, parameters: Parameters, body: string): string =>
  browserDigests[method](secret, baseText(parameters) + body).toUpperCase();
