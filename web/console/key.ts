/** A fresh key of a business act. Works on plain http too, where crypto.randomUUID does not. */
export const newKey = (prefix: string): string =>
  `${prefix}-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
