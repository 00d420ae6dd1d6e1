import { expressionsOf, type Sample } from './call.ts';
import { scriptLiteral } from './text.ts';

/** A call in Python 3 with its standard library. */
export const pythonSample: Sample = (call) => {
  const members = expressionsOf(call, scriptLiteral, 'now').map(
    ([name, value]) => `    ${scriptLiteral(name)}: ${value},`,
  );
  return `# Python 3.6 or later: python3 call.py
import hashlib
import hmac
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode
from urllib.request import urlopen

url = ${scriptLiteral(call.url)}
secret = ${scriptLiteral(call.secret)}

# The platform's time is GMT+8 whatever the zone of this machine.
now = datetime.now(timezone(timedelta(hours=8))).strftime('%Y-%m-%d %H:%M:%S')

parameters = {
${members.join('\n')}
}

# Names in order and their values joined without separators,
# HMAC-SHA256 with the app's secret, hexadecimal in capitals.
base = ''.join(name + parameters[name] for name in sorted(parameters))
parameters['sign'] = hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest().upper()

with urlopen(url, urlencode(parameters).encode()) as answer:
    print(answer.read().decode())
`;
};
