/** How a format is asked for: in a query or form, a part of a multipart form, JSON or XML. */
const FORMAT = /\bformat["']?(?:\s{0,8}[=:>]\s{0,8}|\r?\n\r?\n)["']?(json|xml)\b/i;
const SIMPLIFY = /\bsimplify["']?(?:\s{0,8}[=:>]\s{0,8}|\r?\n\r?\n)["']?true\b/i;
/** More of a text is not looked at. */
const MOST_READ = 256 * 1024;

/**
 * Adds the wish for a format that stands anywhere in the text of a request to the parameters of one that cannot be read,
 * so that its error is spelled as its caller reads it. What the parameters say already stays.
 */
export function addAskedFormat(parameters: Map<string, string>, text: string): Map<string, string> {
  const read = text.length > MOST_READ ? text.slice(0, MOST_READ) : text;
  const format = FORMAT.exec(read)?.[1];
  if (format !== undefined && !parameters.has('format')) parameters.set('format', format.toLowerCase());
  if (!parameters.has('simplify') && SIMPLIFY.test(read)) parameters.set('simplify', 'true');
  return parameters;
}
