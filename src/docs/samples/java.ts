import { expressionsOf, type Sample } from './call.ts';
import { javaLiteral } from './text.ts';

/** A call in Java 11 or later, by its own HTTP client. */
export const javaSample: Sample = (call) => {
  const puts = expressionsOf(call, javaLiteral, 'now').map(
    ([name, value]) => `        parameters.put(${javaLiteral(name)}, ${value});`,
  );
  return `import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

// Java 11 or later: java Call.java
public class Call {
    static final String URL = ${javaLiteral(call.url)};
    static final String SECRET = ${javaLiteral(call.secret)};

    public static void main(String[] args) throws Exception {
        // The platform's time is GMT+8 whatever the zone of this machine.
        String now = LocalDateTime.now(ZoneOffset.ofHours(8))
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));

        // A TreeMap keeps the names in the order in which they are signed.
        Map<String, String> parameters = new TreeMap<>();
${puts.join('\n')}
        parameters.put("sign", sign(parameters));

        String form = parameters.entrySet().stream()
            .map(each -> URLEncoder.encode(each.getKey(), UTF_8) + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        new PrintStream(System.out, true, UTF_8).println(answer.body());
    }

    // Names and values joined without separators, HMAC-SHA256 with the app's secret, hexadecimal in capitals.
    static String sign(Map<String, String> parameters) throws Exception {
        StringBuilder base = new StringBuilder();
        parameters.forEach((name, value) -> base.append(name).append(value));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
        StringBuilder sign = new StringBuilder();
        for (byte each : mac.doFinal(base.toString().getBytes(UTF_8))) sign.append(String.format("%02X", each));
        return sign.toString();
    }
}
`;
};
