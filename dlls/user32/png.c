/* PNG images inside icons: a decoder for every colour type, without interlacing (as icons have them). PNG specification,
 * second edition; RFC 1950, RFC 1951. */
#include "icon.h"

/* ---- inflate ---- */

struct bits {
    const BYTE *at, *end;
    DWORD hold;
    int count;
    bool failed;
};

static DWORD take(struct bits *bits, int count)
{
    while (bits->count < count) {
        if (bits->at == bits->end) {
            bits->failed = true;
            return 0;
        }
        bits->hold |= (DWORD)*bits->at++ << bits->count;
        bits->count += 8;
    }
    DWORD value = bits->hold & ((1u << count) - 1);
    bits->hold >>= count;
    bits->count -= count;
    return value;
}

struct codes {
    WORD counts[16], symbols[288];
};

static void make_codes(struct codes *codes, const BYTE *lengths, int count)
{
    WORD offsets[16];

    memset(codes->counts, 0, sizeof(codes->counts));
    for (int i = 0; i < count; i++) codes->counts[lengths[i]]++;
    codes->counts[0] = 0;
    offsets[1] = 0;
    for (int i = 1; i < 15; i++) offsets[i + 1] = (WORD)(offsets[i] + codes->counts[i]);
    for (int i = 0; i < count; i++)
        if (lengths[i]) codes->symbols[offsets[lengths[i]]++] = (WORD)i;
}

static int decode(struct bits *bits, const struct codes *codes)
{
    int code = 0, first = 0, index = 0;

    for (int length = 1; length < 16; length++) {
        code |= (int)take(bits, 1);
        if (bits->failed) return -1;
        int count = codes->counts[length];
        if (code - count < first) return codes->symbols[index + code - first];
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    bits->failed = true;
    return -1;
}

static void read_tables(struct bits *bits, struct codes *literals, struct codes *distances)
{
    static const BYTE order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
    BYTE lengths[320];
    struct codes codes;
    int literal_count = (int)take(bits, 5) + 257, distance_count = (int)take(bits, 5) + 1, count = (int)take(bits, 4) + 4, at = 0;

    memset(lengths, 0, sizeof(lengths));
    for (int i = 0; i < count; i++) lengths[order[i]] = (BYTE)take(bits, 3);
    make_codes(&codes, lengths, 19);
    memset(lengths, 0, sizeof(lengths));
    while (at < literal_count + distance_count && !bits->failed) {
        int symbol = decode(bits, &codes), repeat, value = 0;
        if (symbol < 16) {
            lengths[at++] = (BYTE)symbol;
            continue;
        }
        if (symbol == 16) value = at ? lengths[at - 1] : 0, repeat = 3 + (int)take(bits, 2);
        else repeat = symbol == 17 ? 3 + (int)take(bits, 3) : 11 + (int)take(bits, 7);
        while (repeat-- && at < literal_count + distance_count) lengths[at++] = (BYTE)value;
    }
    if (literal_count > 288) bits->failed = true;
    if (bits->failed) return;
    make_codes(literals, lengths, literal_count);
    make_codes(distances, lengths + literal_count, distance_count);
}

static bool inflate(const BYTE *data, SIZE_T bytes, BYTE *out, SIZE_T room)
{
    static const WORD length_base[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
    static const BYTE length_extra[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };
    static const WORD distance_base[] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };
    static const BYTE distance_extra[] = { 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13 };
    struct bits bits = { data + 2, data + bytes, 0, 0, false };
    struct codes literals, distances;
    SIZE_T at = 0;
    bool last = false;

    if (bytes < 6) return false;
    while (!last && !bits.failed) {
        last = take(&bits, 1);
        int kind = (int)take(&bits, 2);
        if (kind == 0) {
            bits.hold = 0;
            bits.count = 0;
            if (bits.end - bits.at < 4) return false;
            SIZE_T length = bits.at[0] | (SIZE_T)bits.at[1] << 8;
            bits.at += 4;
            if ((SIZE_T)(bits.end - bits.at) < length || length > room - at) return false;
            memcpy(out + at, bits.at, length);
            bits.at += length;
            at += length;
            continue;
        }
        if (kind == 1) {
            BYTE lengths[288];
            for (int i = 0; i < 288; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
            make_codes(&literals, lengths, 288);
            memset(lengths, 5, 30);
            make_codes(&distances, lengths, 30);
        } else if (kind == 2) {
            read_tables(&bits, &literals, &distances);
        } else {
            return false;
        }
        while (!bits.failed) {
            int symbol = decode(&bits, &literals);
            if (symbol < 0 || symbol == 256) break;
            if (symbol < 256) {
                if (at == room) return false;
                out[at++] = (BYTE)symbol;
                continue;
            }
            if (symbol > 285) return false;
            SIZE_T length = length_base[symbol - 257] + take(&bits, length_extra[symbol - 257]);
            int code = decode(&bits, &distances);
            if (code < 0 || code > 29) return false;
            SIZE_T distance = distance_base[code] + take(&bits, distance_extra[code]);
            if (distance > at || length > room - at) return false;
            for (; length; length--, at++) out[at] = out[at - distance];
        }
    }
    return !bits.failed && at == room;
}

/* ---- the image ---- */

static DWORD big_endian(const BYTE *at)
{
    return (DWORD)at[0] << 24 | (DWORD)at[1] << 16 | (DWORD)at[2] << 8 | at[3];
}

static BYTE paeth(int a, int b, int c)
{
    int p = a + b - c, pa = p > a ? p - a : a - p, pb = p > b ? p - b : b - p, pc = p > c ? p - c : c - p;

    return (BYTE)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

static bool unfilter(BYTE *rows, int height, SIZE_T stride, SIZE_T pixel)
{
    for (int y = 0; y < height; y++) {
        BYTE *row = rows + (stride + 1) * (SIZE_T)y + 1, *above = y ? row - stride - 1 : NULL, filter = row[-1];
        if (filter > 4) return false;
        for (SIZE_T x = 0; x < stride; x++) {
            int a = x >= pixel ? row[x - pixel] : 0, b = above ? above[x] : 0, c = above && x >= pixel ? above[x - pixel] : 0;
            row[x] = (BYTE)(row[x] + (filter == 1 ? a : filter == 2 ? b : filter == 3 ? (a + b) / 2 : filter == 4 ? paeth(a, b, c) : 0));
        }
    }
    return true;
}

DWORD *png_decode(const BYTE *data, DWORD bytes, int *width, int *height)
{
    static const BYTE signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    static const int channels_of[] = { 1, 0, 3, 1, 2, 0, 4 };
    const BYTE *palette = NULL, *transparent = NULL;
    DWORD palette_count = 0, transparent_count = 0;
    DWORD *pixels = NULL;
    BYTE *packed = NULL, *rows = NULL;
    SIZE_T packed_bytes = 0;

    if (bytes < 45 || memcmp(data, signature, sizeof(signature)) || big_endian(data + 12) != 0x49484452) return NULL;
    *width = (int)big_endian(data + 16);
    *height = (int)big_endian(data + 20);
    int depth = data[24], type = data[25];
    if (*width <= 0 || *height <= 0 || *width > 4096 || *height > 4096 || type > 6 || !channels_of[type] || data[28]) return NULL;
    if (depth != 1 && depth != 2 && depth != 4 && depth != 8 && depth != 16) return NULL;
    if (!(packed = mem_alloc(bytes))) return NULL;
    for (DWORD at = 8; at + 12 <= bytes;) {
        DWORD length = big_endian(data + at), name = big_endian(data + at + 4);
        if (length > bytes - at - 12) break;
        const BYTE *chunk = data + at + 8;
        if (name == 0x49444154) { /* IDAT */
            memcpy(packed + packed_bytes, chunk, length);
            packed_bytes += length;
        } else if (name == 0x504c5445) palette = chunk, palette_count = length / 3;
        else if (name == 0x74524e53) transparent = chunk, transparent_count = length;
        at += length + 12;
    }
    int channels = channels_of[type];
    SIZE_T stride = ((SIZE_T)*width * (SIZE_T)(channels * depth) + 7) / 8, size = (stride + 1) * (SIZE_T)*height;
    if (!(rows = mem_alloc(size)) || !inflate(packed, packed_bytes, rows, size)) goto out;
    if (!unfilter(rows, *height, stride, (SIZE_T)(channels * depth + 7) / 8)) goto out;
    if (!(pixels = mem_alloc((SIZE_T)*width * (SIZE_T)*height * 4))) goto out;
    for (int y = 0; y < *height; y++) {
        const BYTE *row = rows + (stride + 1) * (SIZE_T)y + 1;
        for (int x = 0; x < *width; x++) {
            BYTE sample[4] = { 0 };
            for (int c = 0; c < channels; c++) {
                SIZE_T bit = ((SIZE_T)x * (SIZE_T)channels + (SIZE_T)c) * (SIZE_T)depth;
                if (depth >= 8) sample[c] = row[bit / 8];
                else {
                    int value = row[bit / 8] >> (8 - depth - (int)(bit % 8)) & ((1 << depth) - 1);
                    sample[c] = (BYTE)(type == 3 ? value : value * 255 / ((1 << depth) - 1));
                }
            }
            DWORD r, g, b, a = 255;
            if (type == 3) {
                const BYTE *color = palette && sample[0] < palette_count ? palette + sample[0] * 3 : signature;
                r = color[0], g = color[1], b = color[2];
                if (sample[0] < transparent_count) a = transparent[sample[0]];
            } else if (type == 0 || type == 4) {
                r = g = b = sample[0];
                if (type == 4) a = sample[1];
            } else {
                r = sample[0], g = sample[1], b = sample[2];
                if (type == 6) a = sample[3];
            }
            pixels[y * *width + x] = a << 24 | r << 16 | g << 8 | b;
        }
    }
out:
    mem_free(packed);
    mem_free(rows);
    return pixels;
}
