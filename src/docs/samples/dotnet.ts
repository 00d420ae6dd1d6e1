import { expressionsOf, type Sample } from './call.ts';
import { csharpLiteral } from './text.ts';

const NOW = 'DateTime.UtcNow.AddHours(8).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)';

/** A call in C# 6 or later, so that .NET Framework takes it as .NET does. */
export const dotnetSample: Sample = (call) => {
  const members = expressionsOf(call, csharpLiteral, NOW).map(
    ([name, value]) => `            [${csharpLiteral(name)}] = ${value},`,
  );
  return `// .NET 6 or later: Program.cs of a console project. .NET Framework 4.6 or later: add a reference to System.Net.Http.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;

class Program
{
    static void Main()
    {
        var url = ${csharpLiteral(call.url)};
        var secret = ${csharpLiteral(call.secret)};

        // Signed in ordinal order of the names; the timestamp is GMT+8 whatever the zone of this machine.
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
${members.join('\n')}
        };

        // Names and values joined without separators, HMAC-SHA256 with the app's secret, hexadecimal in capitals.
        var baseText = string.Concat(parameters.Select(each => each.Key + each.Value));
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            var digest = hmac.ComputeHash(Encoding.UTF8.GetBytes(baseText));
            parameters["sign"] = BitConverter.ToString(digest).Replace("-", "");
        }

        using (var client = new HttpClient())
        using (var answer = client.PostAsync(url, new FormUrlEncodedContent(parameters)).Result)
        {
            Console.OutputEncoding = new UTF8Encoding(false);
            Console.WriteLine(answer.Content.ReadAsStringAsync().Result);
        }
    }
}
`;
};
