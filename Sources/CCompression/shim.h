// zlib, liblzma and libzstd. What they declare as macros Swift cannot call, so those get a `static inline` shim.
#pragma once
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/// inflateInit2 for what gzip writes: its header and its CRC are checked.
static inline int ccompression_inflate_gzip(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    return inflateInit2(stream, 16 + MAX_WBITS);
}

/// inflateInit2 for bare deflated data, as in a ZIP archive.
static inline int ccompression_inflate_bare(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    return inflateInit2(stream, -MAX_WBITS);
}

/// lzma_stream_decoder for .xz files, also several behind one another.
static inline lzma_ret ccompression_xz(lzma_stream *stream, uint64_t memory_max) {
    lzma_stream empty = LZMA_STREAM_INIT;
    *stream = empty;
    return lzma_stream_decoder(stream, memory_max, LZMA_CONCATENATED);
}
