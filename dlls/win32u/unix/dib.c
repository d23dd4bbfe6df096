/* Reading, writing and converting pixels of every depth. */
#include "dib.h"

#include <immintrin.h>
#include <string.h>

static void mask_position(uint32_t mask, uint8_t *shift, uint8_t *bits)
{
    *shift = mask ? __builtin_ctz(mask) : 0;
    *bits = mask ? 32 - __builtin_clz(mask >> *shift) : 0;
}

bool dib_set_format(struct dib *dib, int bpp, const uint32_t *masks)
{
    static const uint32_t masks555[3] = { 0x7c00, 0x3e0, 0x1f }, masks888[3] = { 0xff0000, 0xff00, 0xff };

    if (bpp != 1 && bpp != 4 && bpp != 8 && bpp != 16 && bpp != 24 && bpp != 32) return false;
    dib->bpp = bpp;
    if (!masks || bpp == 24) masks = bpp == 16 ? masks555 : masks888;
    for (int i = 0; i < 3; i++) {
        if (bpp > 8 && !masks[i]) return false;
        dib->mask[i] = masks[i];
        mask_position(masks[i], &dib->shift[i], &dib->bits[i]);
    }
    dib->rgb888 = bpp >= 24 && !memcmp(masks, masks888, sizeof(masks888));
    return true;
}

void dib_read(const struct dib *dib, int x, int y, int count, uint32_t *pixels)
{
    const uint8_t *row = dib_row(dib, y);

    switch (dib->bpp) {
    case 32: memcpy(pixels, row + (size_t)x * 4, (size_t)count * 4); break;
    case 24:
        row += (size_t)x * 3;
        for (int i = 0; i < count; i++, row += 3) pixels[i] = row[0] | row[1] << 8 | row[2] << 16;
        break;
    case 16:
        for (int i = 0; i < count; i++) pixels[i] = ((const uint16_t *)row)[x + i];
        break;
    case 8:
        for (int i = 0; i < count; i++) pixels[i] = row[x + i];
        break;
    case 4:
        for (int i = 0; i < count; i++, x++) pixels[i] = x & 1 ? row[x / 2] & 15 : row[x / 2] >> 4;
        break;
    default:
        for (int i = 0; i < count; i++, x++) pixels[i] = row[x / 8] >> (7 - (x & 7)) & 1;
        break;
    }
}

void dib_write(const struct dib *dib, int x, int y, int count, const uint32_t *pixels)
{
    uint8_t *row = dib_row(dib, y);

    switch (dib->bpp) {
    case 32: memcpy(row + (size_t)x * 4, pixels, (size_t)count * 4); break;
    case 24:
        row += (size_t)x * 3;
        for (int i = 0; i < count; i++, row += 3) row[0] = pixels[i], row[1] = pixels[i] >> 8, row[2] = pixels[i] >> 16;
        break;
    case 16:
        for (int i = 0; i < count; i++) ((uint16_t *)row)[x + i] = pixels[i];
        break;
    case 8:
        for (int i = 0; i < count; i++) row[x + i] = pixels[i];
        break;
    case 4:
        for (int i = 0; i < count; i++, x++)
            row[x / 2] = x & 1 ? (row[x / 2] & 0xf0) | (pixels[i] & 15) : (row[x / 2] & 0x0f) | pixels[i] << 4;
        break;
    default:
        for (int i = 0; i < count; i++, x++) {
            uint8_t bit = 0x80 >> (x & 7);
            if (pixels[i] & 1) row[x / 8] |= bit;
            else row[x / 8] &= ~bit;
        }
        break;
    }
}

/* A field of `bits` bits as 8 bits: the high bits repeated below, so that the highest value is 255. */
static uint32_t widen(uint32_t value, int bits)
{
    if (bits >= 8) return value >> (bits - 8);
    if (!bits) return 0;
    uint32_t result = value << (8 - bits);
    for (int have = bits; have < 8; have += bits) result |= result >> bits;
    return result & 0xff;
}

uint32_t dib_to_rgb(const struct dib *dib, uint32_t pixel)
{
    if (dib->bpp <= 8) {
        if (dib->mono) return pixel ? 0xffffff : 0;
        if (pixel >= (uint32_t)dib->color_count) return 0;
        const RGBQUAD *color = &dib->colors[pixel];
        return color->rgbRed << 16 | color->rgbGreen << 8 | color->rgbBlue;
    }
    if (dib->rgb888) return pixel & 0xffffff;
    return widen((pixel & dib->mask[0]) >> dib->shift[0], dib->bits[0]) << 16 |
        widen((pixel & dib->mask[1]) >> dib->shift[1], dib->bits[1]) << 8 |
        widen((pixel & dib->mask[2]) >> dib->shift[2], dib->bits[2]);
}

int nearest_color(const RGBQUAD *colors, int count, uint32_t rgb)
{
    int red = rgb >> 16 & 0xff, green = rgb >> 8 & 0xff, blue = rgb & 0xff, best = 0;
    unsigned best_distance = ~0u;

    for (int i = 0; i < count; i++) {
        int r = colors[i].rgbRed - red, g = colors[i].rgbGreen - green, b = colors[i].rgbBlue - blue;
        unsigned distance = r * r + g * g + b * b;
        if (distance < best_distance) {
            best = i;
            best_distance = distance;
            if (!distance) break;
        }
    }
    return best;
}

static uint32_t narrow(uint32_t value, int bits)
{
    return bits >= 8 ? value << (bits - 8) : value >> (8 - bits);
}

uint32_t dib_from_rgb(const struct dib *dib, uint32_t rgb)
{
    if (dib->bpp <= 8) {
        if (dib->mono) return (rgb >> 16 & 0xff) * 30 + (rgb >> 8 & 0xff) * 59 + (rgb & 0xff) * 11 > 255 * 50;
        return nearest_color(dib->colors, dib->color_count, rgb);
    }
    if (dib->rgb888) return rgb & 0xffffff;
    return narrow(rgb >> 16 & 0xff, dib->bits[0]) << dib->shift[0] | narrow(rgb >> 8 & 0xff, dib->bits[1]) << dib->shift[1] |
        narrow(rgb & 0xff, dib->bits[2]) << dib->shift[2];
}

/* ---- translation ---- */

static bool same_format(const struct dib *a, const struct dib *b)
{
    if (a->bpp != b->bpp) return false;
    if (a->bpp > 8) return !memcmp(a->mask, b->mask, sizeof(a->mask));
    if (a->mono || b->mono) return a->mono && b->mono;
    return a->color_count == b->color_count &&
        (a->colors == b->colors || !memcmp(a->colors, b->colors, sizeof(RGBQUAD) * a->color_count));
}

void translation_init(struct translation *t, const struct dib *from, const struct dib *to, uint32_t foreground,
                      uint32_t background, uint32_t match)
{
    t->from = from;
    t->to = to;
    if (same_format(from, to)) {
        t->kind = TRANSLATE_NONE;
    } else if (from->mono) {
        t->kind = TRANSLATE_TABLE;
        t->table[0] = dib_from_rgb(to, foreground);
        t->table[1] = dib_from_rgb(to, background);
    } else if (to->mono) {
        t->kind = TRANSLATE_MATCH;
        t->match = match;
        t->then_pixel = 1;
        t->else_pixel = 0;
    } else if (from->bpp <= 8) {
        t->kind = TRANSLATE_TABLE;
        for (int i = 0; i < 1 << from->bpp; i++) t->table[i] = dib_from_rgb(to, dib_to_rgb(from, i));
    } else {
        t->kind = from->rgb888 && to->rgb888 ? TRANSLATE_NONE : TRANSLATE_RGB;
        if (t->kind == TRANSLATE_NONE && from->bpp == 32 && to->bpp == 24) t->kind = TRANSLATE_NONE;
    }
}

void translate_row(const struct translation *t, uint32_t *pixels, int count)
{
    uint32_t last, last_result;

    switch (t->kind) {
    case TRANSLATE_NONE: break;
    case TRANSLATE_TABLE:
        for (int i = 0; i < count; i++) pixels[i] = t->table[pixels[i] & 0xff];
        break;
    case TRANSLATE_MATCH:
        for (int i = 0; i < count; i++)
            pixels[i] = dib_to_rgb(t->from, pixels[i]) == t->match ? t->then_pixel : t->else_pixel;
        break;
    case TRANSLATE_RGB:
        if (count <= 0) return;
        last = pixels[0];
        last_result = dib_from_rgb(t->to, dib_to_rgb(t->from, last));
        for (int i = 0; i < count; i++) {
            if (pixels[i] != last) {
                last = pixels[i];
                last_result = dib_from_rgb(t->to, dib_to_rgb(t->from, last));
            }
            pixels[i] = last_result;
        }
        break;
    }
}

/* ---- filling ---- */

static int rop_bit(int rop3, int pattern, int destination)
{
    return rop3 >> (pattern * 4 + destination) & 1;
}

struct solid solid_from_rop(int rop3, uint32_t pixel, uint32_t pixel_mask)
{
    struct solid solid;
    uint32_t p0_d0 = -rop_bit(rop3, 0, 0), p0_d1 = -rop_bit(rop3, 0, 1), p1_d0 = -rop_bit(rop3, 1, 0),
        p1_d1 = -rop_bit(rop3, 1, 1);
    uint32_t on0 = (~pixel & p0_d0) | (pixel & p1_d0), on1 = (~pixel & p0_d1) | (pixel & p1_d1);
    solid.xor = on0 & pixel_mask;
    solid.and = (on0 ^ on1) & pixel_mask;
    return solid;
}

static void fill_narrow(uint8_t *row, int left, int right, int bpp, struct solid solid)
{
    int per_byte = 8 / bpp;
    uint8_t and = 0, xor = 0, mask = (1 << bpp) - 1;

    for (int i = 0; i < 8; i += bpp) and |= (solid.and & mask) << i, xor |= (solid.xor & mask) << i;
    for (int x = left; x < right;) {
        if (x % per_byte == 0 && right - x >= per_byte) {
            row[x / per_byte] = (row[x / per_byte] & and) ^ xor;
            x += per_byte;
        } else {
            uint8_t here = mask << (8 - bpp - x % per_byte * bpp), *at = &row[x / per_byte];
            *at = (*at & ~here) | (((*at & and) ^ xor) & here);
            x++;
        }
    }
}

__attribute__((target("avx2"))) static void fill_words_avx2(uint32_t *at, uint32_t value, size_t count)
{
    __m256i all = _mm256_set1_epi32((int)value);
    uint32_t *end = at + count;

    _mm256_storeu_si256((__m256i *)at, all);
    at = (uint32_t *)(((uintptr_t)at + 32) & ~(uintptr_t)31);
    for (; at + 32 <= end; at += 32) {
        _mm256_store_si256((__m256i *)at, all);
        _mm256_store_si256((__m256i *)at + 1, all);
        _mm256_store_si256((__m256i *)at + 2, all);
        _mm256_store_si256((__m256i *)at + 3, all);
    }
    for (; at + 8 <= end; at += 8) _mm256_store_si256((__m256i *)at, all);
    _mm256_storeu_si256((__m256i *)(end - 8), all);
}

static void fill_words(uint32_t *at, uint32_t value, size_t count)
{
    if (count >= 16 && __builtin_cpu_supports("avx2")) fill_words_avx2(at, value, count);
    else for (size_t i = 0; i < count; i++) at[i] = value;
}

__attribute__((optimize("O3"))) void dib_fill(const struct dib *dib, int left, int top, int right, int bottom,
                                              struct solid solid)
{
    int width = right - left;

    if (width <= 0) return;
    for (int y = top; y < bottom; y++) {
        uint8_t *row = dib_row(dib, y);
        switch (dib->bpp) {
        case 32: {
            uint32_t *at = (uint32_t *)row + left;
            if (!solid.and) fill_words(at, solid.xor, width);
            else for (int i = 0; i < width; i++) at[i] = (at[i] & solid.and) ^ solid.xor;
            break;
        }
        case 24: {
            uint8_t *at = row + left * 3;
            for (int i = 0; i < width; i++, at += 3) {
                at[0] = (at[0] & solid.and) ^ solid.xor;
                at[1] = (at[1] & solid.and >> 8) ^ solid.xor >> 8;
                at[2] = (at[2] & solid.and >> 16) ^ solid.xor >> 16;
            }
            break;
        }
        case 16: {
            uint16_t *at = (uint16_t *)row + left;
            for (int i = 0; i < width; i++) at[i] = (at[i] & solid.and) ^ solid.xor;
            break;
        }
        case 8:
            if (!solid.and) memset(row + left, solid.xor, width);
            else for (int i = left; i < right; i++) row[i] = (row[i] & solid.and) ^ solid.xor;
            break;
        default: fill_narrow(row, left, right, dib->bpp, solid);
        }
    }
}

/* ---- raster operations ---- */

int rop3_from_rop2(int rop2)
{
    int result = 0;

    for (int i = 0; i < 8; i++)
        if ((rop2 - 1) >> ((i >> 2) << 1 | (i & 1)) & 1) result |= 1 << i;
    return result;
}

__attribute__((optimize("O3"))) void rop_row(int rop3, uint32_t *restrict d, const uint32_t *restrict s,
                                             const uint32_t *restrict p, int count)
{
    switch (rop3) {
    case 0xcc: memcpy(d, s, (size_t)count * 4); return;
    case 0xf0: memcpy(d, p, (size_t)count * 4); return;
    case 0x88: for (int i = 0; i < count; i++) d[i] &= s[i]; return;
    case 0xee: for (int i = 0; i < count; i++) d[i] |= s[i]; return;
    case 0x66: for (int i = 0; i < count; i++) d[i] ^= s[i]; return;
    case 0x33: for (int i = 0; i < count; i++) d[i] = ~s[i]; return;
    case 0x44: for (int i = 0; i < count; i++) d[i] = s[i] & ~d[i]; return;
    case 0x5a: for (int i = 0; i < count; i++) d[i] ^= p[i]; return;
    case 0xaa: return;
    }
    uint32_t term[8];
    for (int i = 0; i < 8; i++) term[i] = -(rop3 >> i & 1);
    for (int i = 0; i < count; i++) {
        uint32_t D = d[i], S = s ? s[i] : 0, P = p ? p[i] : 0;
        uint32_t high = (~S & ((~D & term[4]) | (D & term[5]))) | (S & ((~D & term[6]) | (D & term[7])));
        uint32_t low = (~S & ((~D & term[0]) | (D & term[1]))) | (S & ((~D & term[2]) | (D & term[3])));
        d[i] = (P & high) | (~P & low);
    }
}
