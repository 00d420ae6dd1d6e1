import { expressionsOf, type Sample } from './call.ts';
import { shellWord } from './text.ts';

const NOW = 'now';

/** A call in a POSIX shell with curl and openssl. */
export const curlSample: Sample = (call) => {
  const pairs = expressionsOf(call, (text) => text, NOW).map(([name, value]) =>
    name === 'timestamp' ? '"timestamp=$now"' : shellWord(`${name}=${value}`),
  );
  return `#!/bin/sh
# Any POSIX shell with curl and openssl: sh call.sh

url=${shellWord(call.url)}
secret=${shellWord(call.secret)}

# The platform's time is GMT+8 whatever the zone of this machine; POSIX counts zones westward.
now=$(TZ=UTC-8 date '+%Y-%m-%d %H:%M:%S')

set -- \\
  ${pairs.join(' \\\n  ')}

# Names in byte order and their values joined without separators.
base=''
for name in $(for pair in "$@"; do echo "\${pair%%=*}"; done | LC_ALL=C sort); do
  for pair in "$@"; do
    [ "\${pair%%=*}" = "$name" ] && base="$base$name\${pair#*=}"
  done
done

# HMAC-SHA256 with the app's secret, hexadecimal in capitals.
sign=$(printf '%s' "$base" | openssl dgst -sha256 -hmac "$secret" | sed 's/.* //' | tr a-f A-F)

for pair in "$@"; do
  shift
  set -- "$@" --data-urlencode "$pair"
done
curl --silent --show-error "$url" "$@" --data-urlencode "sign=$sign"
echo
`;
};
