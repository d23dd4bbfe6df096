/* Numbers that math.c needs exactly. Every one is the stated value rounded to 64 bits, or cut in parts whose sum is. */
#ifndef MATH_TABLES_H
#define MATH_TABLES_H

/* pi/2 in three parts; the first two have 33 bits, so that small multiples are exact */
#define HALF_PI_1 0x1921fb544.0p-32L
#define HALF_PI_2 0x10b4611a6.0p-66L
#define HALF_PI_3 0x98cc51701b839a25.0p-132L
#define LN2_1 0xb17217f8.0p-32L /* 32 bits */
#define LN2_2 -0xb8c21950d87131a0.0p-98L
#define LN2 0xb17217f7d1cf79ac.0p-64L
#define LOG2_E 0xb8aa3b295c17f0bc.0p-63L
#define LOG10_2 0x9a209a84fbcff799.0p-65L
#define HALF_PI 0xc90fdaa22168c235.0p-63L
/* 2/ln 2 */
#define TWO_LOG2_E_1 0xb8aa3b295c17f0bc.0p-62L
#define TWO_LOG2_E_2 -0x82f0025f2dc582ee.0p-127L

/* 2/pi after the point, 32 bits a word */
static const unsigned two_over_pi[] = {
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
    0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
    0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
    0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b,
    0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d,
    0xa9e39161, 0x5ee61b08,
};

/* log2(i / 32) for i from 22 to 46: 40 bits, then the rest */
static const long double log2_table[25][2] = {
    { -0x8a62b07f34.0p-40L, -0xaf880e0a0f337d55.0p-105L },
    { -0xf3efaff29c.0p-41L, -0xab34efb515ac93b4.0p-106L },
    { -0xd47fcb8c08.0p-41L, -0xa5e1817fd3b7d7e6.0p-106L },
    { -0xb6587b432e.0p-41L, -0x8ea036da8120164a.0p-106L },
    { -0x995ff71b87.0p-41L, -0xe6865a24978de35a.0p-106L },
    { -0xfafec54832.0p-42L, 0xe5b7b8084d8784e9.0p-110L },
    { -0xc544c055fe.0p-42L, 0xb36665592074827d.0p-109L },
    { -0x916d6e155a.0p-42L, 0xb692d2dc50cd8e32.0p-107L },
    { -0xbeb024b67e.0p-43L, 0x967318975dc0e7a9.0p-109L },
    { -0xbb9ca64ecb.0p-44L, 0xe55443478fe03ef2.0p-110L },
    { 0.0L, 0.0L },
    { 0xb5d69bac78.0p-44L, -0x9e33b27e43da5210.0p-111L },
    { 0xb31fb7d649.0p-43L, -0xce98333ac7d9ebbb.0p-108L },
    { 0x8462c466d4.0p-42L, -0xc38d3b087205eb56.0p-108L },
    { 0xae00d1cfdf.0p-42L, -0x978605ff4edf5f97.0p-107L },
    { 0xd67af16da7.0p-42L, 0xc93efe11ecbc0183.0p-107L },
    { 0xfde0b5c813.0p-42L, 0x80a23a8d998a784f.0p-107L },
    { 0x92203d5870.0p-41L, 0xe73048b729748980.0p-107L },
    { 0xa4d3c25e69.0p-41L, -0x8ea036da8120164a.0p-107L },
    { 0xb7110e6ce8.0p-41L, 0xcde578d520b44f70.0p-106L },
    { 0xc8ddd448f9.0p-41L, -0x8f74b4d4afa94796.0p-106L },
    { 0xda3f5fb9c4.0p-41L, 0xa829051bbe3f628a.0p-108L },
    { 0xeb3a9f0197.0p-41L, 0xa0efe3ebe1990555.0p-106L },
    { 0xfbd42b4658.0p-41L, 0xd9d9c32630008a1f.0p-107L },
    { 0x86082806b2.0p-40L, -0xab34efb515ac93b4.0p-106L },
};

#endif
