import type { Label } from './schema.ts';

/**
 * What platform errors 40 and 41 say of the argument that they name behind the colon, for people: their own msg is for
 * programs, and their sub_msg in Chinese. Undefined for every other error.
 */
export function argumentLabels({ code, msg, sub_msg }: ArgumentError): Label | undefined {
  const argument = msg.slice(msg.indexOf(':') + 1);
  if (code === 40) {
    const zh = sub_msg ?? `缺少必填参数 ${argument}`;
    return { zh, en: `The mandatory parameter ${argument} is missing` };
  }
  if (code !== 41) return undefined;
  const zh = sub_msg ?? `参数 ${argument} 不合法`;
  // Batches and requests that cannot be read tell both languages themselves.
  const en = `The parameter ${argument} has a wrong form or value, or is not known`;
  return { zh, en: sub_msg === undefined ? en : `${en}: ${sub_msg}` };
}

type ArgumentError = { readonly code: number; readonly msg: string; readonly sub_msg?: string | undefined };
