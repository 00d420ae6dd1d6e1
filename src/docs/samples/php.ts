import { expressionsOf, type Sample } from './call.ts';
import { phpLiteral } from './text.ts';

/** A call in PHP 7.4 or later, by streams, which need no extension. */
export const phpSample: Sample = (call) => {
  const members = expressionsOf(call, phpLiteral, "gmdate('Y-m-d H:i:s', time() + 8 * 3600)").map(
    ([name, value]) => `    ${phpLiteral(name)} => ${value},`,
  );
  return `<?php
// PHP 7.4 or later: php call.php

$url = ${phpLiteral(call.url)};
$secret = ${phpLiteral(call.secret)};

// The timestamp is GMT+8 whatever the zone of this machine.
$parameters = [
${members.join('\n')}
];

// Names in byte order and their values joined without separators,
// HMAC-SHA256 with the app's secret, hexadecimal in capitals.
ksort($parameters, SORT_STRING);
$base = '';
foreach ($parameters as $name => $value) {
    $base .= $name . $value;
}
$parameters['sign'] = strtoupper(hash_hmac('sha256', $base, $secret));

$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => 'Content-Type: application/x-www-form-urlencoded;charset=utf-8',
    'content' => http_build_query($parameters, '', '&'),
    'ignore_errors' => true,
]]);
echo file_get_contents($url, false, $context), PHP_EOL;
`;
};
