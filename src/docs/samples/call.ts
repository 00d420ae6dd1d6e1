/** A call as a sample makes it. */
export type SampleCall = {
  /** Where calls are posted, such as `http://127.0.0.1:7001/router/rest`. */
  readonly url: string;
  readonly app_key: string;
  readonly secret: string;
  readonly session?: string | undefined;
  readonly method: string;
  /** Business parameters as they go over the wire. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The same as the values that the SDK's typed call takes, instants as Date; made of the texts when left out. */
  readonly request?: Readonly<Record<string, unknown>> | undefined;
};

/** Writes the program of a sample. */
export type Sample = (call: SampleCall) => string;

/**
 * The parameters of a call but its signature, each value as an expression of the sample's language.
 * @param literal writes a text as a literal
 * @param timestamp the expression of the present time in GMT+8
 */
export const expressionsOf = (
  call: SampleCall,
  literal: (text: string) => string,
  timestamp: string,
): readonly (readonly [name: string, expression: string])[] => [
  ['method', literal(call.method)],
  ['app_key', literal(call.app_key)],
  ...(call.session ? [['session', literal(call.session)] as const] : []),
  ['timestamp', timestamp],
  ['v', literal('2.0')],
  ['sign_method', literal('hmac-sha256')],
  ['format', literal('json')],
  ...Object.entries(call.parameters).map(([name, value]) => [name, literal(value)] as const),
];
