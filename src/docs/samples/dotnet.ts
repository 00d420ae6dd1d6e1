import { expressionsOf, type Sample } from './call.ts';
import { csharpLiteral } from './text.ts';

const NOW = 'DateTime.UtcNow.AddHours(8).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)';

/** A call in C# 10 or later, as a program of top-level statements. */
export const dotnetSample: Sample = (call) => {
  const members = expressionsOf(call, csharpLiteral, NOW).map(
    ([name, value]) => `    [${csharpLiteral(name)}] = ${value},`,
  );
  return `// .NET 6 or later: Program.cs of a console project
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;

var url = ${csharpLiteral(call.url)};
var secret = ${csharpLiteral(call.secret)};

// Signed in ordinal order of the names; the timestamp is GMT+8 whatever the zone of this machine.
var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
{
${members.join('\n')}
};

// Names and values joined without separators, HMAC-SHA256 with the app's secret, hexadecimal in capitals.
var baseText = string.Concat(parameters.Select(each => each.Key + each.Value));
using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret));
parameters["sign"] = Convert.ToHexString(hmac.ComputeHash(Encoding.UTF8.GetBytes(baseText)));

using var client = new HttpClient();
using var answer = await client.PostAsync(url, new FormUrlEncodedContent(parameters));
Console.OutputEncoding = Encoding.UTF8;
Console.WriteLine(await answer.Content.ReadAsStringAsync());
`;
};
