// libcurl. Swift cannot call variadic C functions, so each kind of option gets a `static inline` shim.
#pragma once
#include <curl/curl.h>
