import type { Contract } from '../../contract/method.ts';
import { exampleCall } from '../examples.ts';
import { sampleLanguages, sampleOf } from '../samples/index.ts';
import { codeBlock, tabs } from './code.ts';
import { gatewayUrl, sampleCredentials, textsOf, type View } from './site.ts';

/** The call of a method's example, as a program in each language. */
export function sampleTabs(view: View, contract: Contract): string {
  const { app_key, secret, session_key } = sampleCredentials(view.site);
  const call = exampleCall(contract, { url: gatewayUrl(view), app_key, secret, session: session_key });
  const label = textsOf(view).samples;
  const all = sampleLanguages.map(({ id, label: name, file }) => ({
    id,
    label: name,
    body: codeBlock(sampleOf(id, call), id, `${label} ${name}`, file),
  }));
  return tabs('samples', label, all);
}
