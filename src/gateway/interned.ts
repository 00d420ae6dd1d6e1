import { remember } from '../remember.ts';

/** Form of every app_key; no other text is worth asking the database about. */
export const APP_KEY = /^\d{1,20}$/;

/** Form of every method's name. */
const METHOD = /^[a-z][a-z0-9._]{1,127}$/;

const MOST_KEPT = 1000;

/** Texts of a form. Each is kept as a text of its own: a record must not hold on to the request that it was cut from. */
function intern(form: RegExp): (text: string | undefined) => string | undefined {
  const kept = new Map<string, string>();
  return (text = '') => {
    const known = kept.get(text);
    if (known !== undefined || !form.test(text)) return known;
    const own = Buffer.from(text).toString('latin1');
    return remember(kept, MOST_KEPT, own, own);
  };
}

/** The one copy of an app_key that records hold; undefined if a text has not the form of one. */
export const internAppKey = intern(APP_KEY);

/** The one copy of a method's name that records hold; undefined if a text has not the form of one. */
export const internMethod = intern(METHOD);
