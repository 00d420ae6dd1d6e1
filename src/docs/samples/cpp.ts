import { expressionsOf, type Sample } from './call.ts';
import { cppLiteral } from './text.ts';

/** A call in C++17 with libcurl and OpenSSL. */
export const cppSample: Sample = (call) => {
  const members = expressionsOf(call, cppLiteral, 'gmt8_now()').map(
    ([name, value]) => `        {${cppLiteral(name)}, ${value}},`,
  );
  return `// C++17 with libcurl and OpenSSL: g++ -std=c++17 call.cpp -o call -lcurl -lcrypto
#include <cstdio>
#include <ctime>
#include <map>
#include <string>

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

// The platform's time is GMT+8 whatever the zone of this machine.
static std::string gmt8_now() {
    std::time_t now = std::time(nullptr) + 8 * 3600;
    char text[20];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", std::gmtime(&now));
    return text;
}

// HMAC-SHA256, hexadecimal in capitals.
static std::string hmac_sha256(const std::string& secret, const std::string& text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
    std::string hex;
    for (unsigned int i = 0; i < length; i++) {
        char pair[3];
        std::snprintf(pair, sizeof pair, "%02X", digest[i]);
        hex += pair;
    }
    return hex;
}

int main() {
    const std::string url = ${cppLiteral(call.url)};
    const std::string secret = ${cppLiteral(call.secret)};

    // A map keeps the names in byte order, in which they are signed.
    std::map<std::string, std::string> parameters = {
${members.join('\n')}
    };

    // Names and values joined without separators.
    std::string base;
    for (const auto& [name, value] : parameters) base += name + value;
    parameters["sign"] = hmac_sha256(secret, base);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL* curl = curl_easy_init();
    std::string form;
    for (const auto& [name, value] : parameters) {
        char* escaped = curl_easy_escape(curl, value.data(), static_cast<int>(value.size()));
        form += (form.empty() ? "" : "&") + name + "=" + escaped;
        curl_free(escaped);
    }
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form.c_str());
    // Unless told otherwise libcurl writes the answer to standard output.
    CURLcode result = curl_easy_perform(curl);
    if (result != CURLE_OK) std::fprintf(stderr, "%s\\n", curl_easy_strerror(result));
    curl_easy_cleanup(curl);
    return result == CURLE_OK ? 0 : 1;
}
`;
};
