// libcurl. Swift cannot call variadic C functions, so each kind of option gets a `static inline` shim.
// The parentheses around `curl_easy_setopt` keep curl's type-checking macro out: the option is not a constant here.
#pragma once
#include <curl/curl.h>

/// An option of type long: numbers and switches.
static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// An option of type curl_off_t: sizes beyond 2 GiB.
static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// An option of type char *: libcurl copies the text. NULL resets.
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// An option of type void * or char * whose memory libcurl only borrows (CURLOPT_ERRORBUFFER).
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// An option of type struct curl_slist *: borrowed until the transfer is over.
static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// CURLOPT_CURLU: borrowed until the transfer is over.
static inline CURLcode ccurl_set_url(CURL *easy, CURLU *url) {
    return (curl_easy_setopt)(easy, CURLOPT_CURLU, url);
}

/// CURLOPT_OPENSOCKETFUNCTION with its context.
static inline CURLcode ccurl_on_open_socket(CURL *easy, curl_opensocket_callback call, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, call);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, context);
}

/// CURLOPT_PREREQFUNCTION with its context: the connection stands, the request is not sent yet.
static inline CURLcode ccurl_on_connected(CURL *easy, curl_prereq_callback call, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, call);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_PREREQDATA, context);
}

/// CURLOPT_HEADERFUNCTION with its context: one line of the answer's head, or of a trailer.
static inline CURLcode ccurl_on_header(CURL *easy, curl_write_callback call, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, call);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, context);
}

/// CURLOPT_WRITEFUNCTION with its context: bytes of the body.
static inline CURLcode ccurl_on_body(CURL *easy, curl_write_callback call, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, call);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, context);
}

/// CURLOPT_XFERINFOFUNCTION with its context: called at least once a second, also while nothing moves.
static inline CURLcode ccurl_on_progress(CURL *easy, curl_xferinfo_callback call, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_XFERINFOFUNCTION, call);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_XFERINFODATA, context);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_NOPROGRESS, 0L);
}

/// An information of type long.
static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

/// An information of type curl_off_t.
static inline CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

/// An information of type char *: valid until the handle is cleaned up.
static inline CURLcode ccurl_get_text(CURL *easy, CURLINFO info, const char **value) {
    return (curl_easy_getinfo)(easy, info, value);
}

/// Where the address begins that libcurl is about to connect to: its declared type is shorter than an IPv6 address.
static inline const struct sockaddr *ccurl_address(const struct curl_sockaddr *about) {
    return &about->addr;
}

/// CURL_GLOBAL_DEFAULT is an expression that Swift does not import.
static inline CURLcode ccurl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}
