/* MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4). */
#include "hash.h"

/* Fractions of the square roots of the first 16 primes: starts of SHA-512 and SHA-384, in their upper halves of SHA-256. */
static const ULONG64 roots[16] = {
    0x6a09e667f3bcc908ull, 0xbb67ae8584caa73bull, 0x3c6ef372fe94f82bull, 0xa54ff53a5f1d36f1ull,
    0x510e527fade682d1ull, 0x9b05688c2b3e6c1full, 0x1f83d9abfb41bd6bull, 0x5be0cd19137e2179ull,
    0xcbbb9d5dc1059ed8ull, 0x629a292a367cd507ull, 0x9159015a3070dd17ull, 0x152fecd8f70e5939ull,
    0x67332667ffc00b31ull, 0x8eb44a8768581511ull, 0xdb0c2e0d64f98fa7ull, 0x47b5481dbefa4fa4ull,
};

/* Fractions of the cube roots of the first 80 primes: SHA-512's constants, in their upper halves SHA-256's. */
static const ULONG64 cube_roots[80] = {
    0x428a2f98d728ae22ull, 0x7137449123ef65cdull, 0xb5c0fbcfec4d3b2full, 0xe9b5dba58189dbbcull,
    0x3956c25bf348b538ull, 0x59f111f1b605d019ull, 0x923f82a4af194f9bull, 0xab1c5ed5da6d8118ull,
    0xd807aa98a3030242ull, 0x12835b0145706fbeull, 0x243185be4ee4b28cull, 0x550c7dc3d5ffb4e2ull,
    0x72be5d74f27b896full, 0x80deb1fe3b1696b1ull, 0x9bdc06a725c71235ull, 0xc19bf174cf692694ull,
    0xe49b69c19ef14ad2ull, 0xefbe4786384f25e3ull, 0x0fc19dc68b8cd5b5ull, 0x240ca1cc77ac9c65ull,
    0x2de92c6f592b0275ull, 0x4a7484aa6ea6e483ull, 0x5cb0a9dcbd41fbd4ull, 0x76f988da831153b5ull,
    0x983e5152ee66dfabull, 0xa831c66d2db43210ull, 0xb00327c898fb213full, 0xbf597fc7beef0ee4ull,
    0xc6e00bf33da88fc2ull, 0xd5a79147930aa725ull, 0x06ca6351e003826full, 0x142929670a0e6e70ull,
    0x27b70a8546d22ffcull, 0x2e1b21385c26c926ull, 0x4d2c6dfc5ac42aedull, 0x53380d139d95b3dfull,
    0x650a73548baf63deull, 0x766a0abb3c77b2a8ull, 0x81c2c92e47edaee6ull, 0x92722c851482353bull,
    0xa2bfe8a14cf10364ull, 0xa81a664bbc423001ull, 0xc24b8b70d0f89791ull, 0xc76c51a30654be30ull,
    0xd192e819d6ef5218ull, 0xd69906245565a910ull, 0xf40e35855771202aull, 0x106aa07032bbd1b8ull,
    0x19a4c116b8d2d0c8ull, 0x1e376c085141ab53ull, 0x2748774cdf8eeb99ull, 0x34b0bcb5e19b48a8ull,
    0x391c0cb3c5c95a63ull, 0x4ed8aa4ae3418acbull, 0x5b9cca4f7763e373ull, 0x682e6ff3d6b2b8a3ull,
    0x748f82ee5defb2fcull, 0x78a5636f43172f60ull, 0x84c87814a1f0ab72ull, 0x8cc702081a6439ecull,
    0x90befffa23631e28ull, 0xa4506cebde82bde9ull, 0xbef9a3f7b2c67915ull, 0xc67178f2e372532bull,
    0xca273eceea26619cull, 0xd186b8c721c0c207ull, 0xeada7dd6cde0eb1eull, 0xf57d4f7fee6ed178ull,
    0x06f067aa72176fbaull, 0x0a637dc5a2c898a6ull, 0x113f9804bef90daeull, 0x1b710b35131c471bull,
    0x28db77f523047d84ull, 0x32caab7b40c72493ull, 0x3c9ebe0a15c9bebcull, 0x431d67c49c100d4cull,
    0x4cc5d4becb3e42b6ull, 0x597f299cfc657e2aull, 0x5fcb6fab3ad6faecull, 0x6c44198c4a475817ull,
};

/* floor(2^32 * abs(sin(i + 1))) */
static const ULONG sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static ULONG left(ULONG x, int n)
{
    return x << n | x >> (32 - n);
}

static ULONG right(ULONG x, int n)
{
    return x >> n | x << (32 - n);
}

static ULONG64 right64(ULONG64 x, int n)
{
    return x >> n | x << (64 - n);
}

static ULONG big(const UCHAR *at)
{
    return (ULONG)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static void start_five(struct hash *hash)
{
    static const ULONG start[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

    for (int i = 0; i < 5; i++) hash->state.words[i] = start[i]; /* MD5 uses four */
}

static void compress_md5(struct hash *hash, const UCHAR *block)
{
    static const UCHAR shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    ULONG *state = hash->state.words, a = state[0], b = state[1], c = state[2], d = state[3], words[16];
    int i;

    for (i = 0; i < 16; i++)
        words[i] = block[4 * i] | block[4 * i + 1] << 8 | block[4 * i + 2] << 16 | (ULONG)block[4 * i + 3] << 24;
    for (i = 0; i < 64; i++) {
        ULONG f, next;
        int k;
        switch (i / 16) {
        case 0: f = (b & c) | (~b & d); k = i; break;
        case 1: f = (d & b) | (~d & c); k = 5 * i + 1; break;
        case 2: f = b ^ c ^ d; k = 3 * i + 5; break;
        default: f = c ^ (b | ~d); k = 7 * i; break;
        }
        next = b + left(a + f + sines[i] + words[k & 15], shifts[i / 16][i & 3]);
        a = d;
        d = c;
        c = b;
        b = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void compress_sha1(struct hash *hash, const UCHAR *block)
{
    static const ULONG constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    ULONG *state = hash->state.words, a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], words[80];
    int i;

    for (i = 0; i < 16; i++) words[i] = big(block + 4 * i);
    for (; i < 80; i++) words[i] = left(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (i = 0; i < 80; i++) {
        ULONG f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        ULONG next = left(a, 5) + f + e + constants[i / 20] + words[i];
        e = d;
        d = c;
        c = left(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void start_sha256(struct hash *hash)
{
    for (int i = 0; i < 8; i++) hash->state.words[i] = (ULONG)(roots[i] >> 32);
}

static void compress_sha256(struct hash *hash, const UCHAR *block)
{
    ULONG words[64], s[8];
    int i;

    for (i = 0; i < 16; i++) words[i] = big(block + 4 * i);
    for (; i < 64; i++) {
        ULONG a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (right(a, 7) ^ right(a, 18) ^ a >> 3) + words[i - 7] +
                   (right(b, 17) ^ right(b, 19) ^ b >> 10);
    }
    for (i = 0; i < 8; i++) s[i] = hash->state.words[i];
    for (i = 0; i < 64; i++) {
        ULONG first = s[7] + (right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                      (ULONG)(cube_roots[i] >> 32) + words[i];
        ULONG second = (right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)) +
                       ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        for (int j = 7; j; j--) s[j] = s[j - 1];
        s[4] += first;
        s[0] = first + second;
    }
    for (i = 0; i < 8; i++) hash->state.words[i] += s[i];
}

static void start_sha512(struct hash *hash)
{
    for (int i = 0; i < 8; i++) hash->state.longs[i] = roots[i];
}

static void start_sha384(struct hash *hash)
{
    for (int i = 0; i < 8; i++) hash->state.longs[i] = roots[i + 8];
}

static void compress_sha512(struct hash *hash, const UCHAR *block)
{
    ULONG64 words[80], s[8];
    int i;

    for (i = 0; i < 16; i++) words[i] = (ULONG64)big(block + 8 * i) << 32 | big(block + 8 * i + 4);
    for (; i < 80; i++) {
        ULONG64 a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (right64(a, 1) ^ right64(a, 8) ^ a >> 7) + words[i - 7] +
                   (right64(b, 19) ^ right64(b, 61) ^ b >> 6);
    }
    for (i = 0; i < 8; i++) s[i] = hash->state.longs[i];
    for (i = 0; i < 80; i++) {
        ULONG64 first = s[7] + (right64(s[4], 14) ^ right64(s[4], 18) ^ right64(s[4], 41)) +
                        ((s[4] & s[5]) ^ (~s[4] & s[6])) + cube_roots[i] + words[i];
        ULONG64 second = (right64(s[0], 28) ^ right64(s[0], 34) ^ right64(s[0], 39)) +
                         ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        for (int j = 7; j; j--) s[j] = s[j - 1];
        s[4] += first;
        s[0] = first + second;
    }
    for (i = 0; i < 8; i++) hash->state.longs[i] += s[i];
}

const struct hash_algorithm hash_algorithms[HASH_ALGORITHMS] = {
    {L"MD5", 0x8003, 16, 64, start_five, compress_md5, 4, FALSE},
    {L"SHA1", 0x8004, 20, 64, start_five, compress_sha1, 4, TRUE},
    {L"SHA256", 0x800c, 32, 64, start_sha256, compress_sha256, 4, TRUE},
    {L"SHA384", 0x800d, 48, 128, start_sha384, compress_sha512, 8, TRUE},
    {L"SHA512", 0x800e, 64, 128, start_sha512, compress_sha512, 8, TRUE},
};
