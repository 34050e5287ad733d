// OpenSSL's libcrypto: message digests (EVP), HMAC and scrypt.
#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
