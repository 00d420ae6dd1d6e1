/** The client of a Piaoquan platform, or of any gateway that speaks the TOP protocol: what `piaoquan/sdk` gives. */
export { createClient } from './client.ts';
export { type ErrorAnswer, type NetworkFault, TopError, TopNetworkError } from './errors.ts';
export type { Methods } from './methods.ts';
export type {
  AnswerOf,
  BatchCall,
  CallOptions,
  Client,
  ClientOptions,
  CodeExport,
  ExportedCode,
  ExportPage,
  ExportQuery,
  ItemOf,
  LooseRequest,
  MethodName,
  OtherMethod,
  RequestOf,
} from './types.ts';
