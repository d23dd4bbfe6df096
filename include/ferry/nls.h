/* ferry.nls: the characters, code pages, collation and locales of every Windows process of this installation.
 *
 * tools/nls.py writes it at build time; ntdll maps it read-only, and only when a program first needs something that
 * is not compiled in (dlls/ntdll/nls_tables: case tables, code pages 1252 and 437). Little endian. Every offset
 * counts bytes: in the directory from the start of the file, inside a block from the start of that block. Blocks
 * are aligned to 16 bytes, those of a page or more to 4096.
 *
 *     struct nls_header, struct nls_entry[count] sorted by (kind, key), blocks
 */
#ifndef FERRY_NLS_H
#define FERRY_NLS_H

#include <stdint.h>

#define NLS_MAGIC 0x534c4e46 /* "FNLS" */
#define NLS_VERSION 1

struct nls_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size;     /* of the file, bytes */
    uint32_t checksum; /* CRC-32 of header and directory with this field zero */
    uint32_t count;    /* directory entries */
    uint32_t unicode;  /* version of the character data, 0x0f00 for 15.0 */
    uint32_t reserved[2];
};

struct nls_entry {
    uint32_t kind; /* NLS_* */
    uint32_t key;  /* code page number for NLS_CODEPAGE, 0 for a single block of its kind */
    uint32_t offset;
    uint32_t size;
};

#define NLS_CODEPAGE 1  /* struct nls_codepage */
#define NLS_CTYPE 2     /* struct nls_ctype */
#define NLS_NORMALIZE 3 /* struct nls_normalize */
#define NLS_COLLATION 4 /* struct nls_collation */
#define NLS_LOCALES 5   /* struct nls_locales */
#define NLS_GEO 6       /* struct nls_geo */
#define NLS_CASE 7      /* struct nls_case: linguistic case, the differences to the file-system one */
#define NLS_IDN 8

/* A code page with one or two bytes a character. Tables of both directions give the default character where there
 * is no mapping. A mapping that does not come back to the same character is a best fit. */
struct nls_codepage {
    uint32_t size;
    uint16_t codepage;
    uint8_t max_char_size; /* 1 or 2 */
    uint8_t ascii;         /* 1: bytes 0 to 7f are ASCII, both ways */
    uint16_t default_char;               /* for characters without mapping */
    uint16_t unicode_default_char;       /* for bytes without mapping */
    uint16_t trans_default_char;         /* default_char as Unicode */
    uint16_t trans_unicode_default_char; /* unicode_default_char in the code page */
    uint8_t lead_bytes[12];              /* ranges first, last; ends with 0, 0 */
    uint32_t to_wide;    /* uint16_t[256] of single bytes */
    uint32_t lead;       /* uint8_t[256]: 0, or number of the trail byte table (from 1). 0: no such table */
    uint32_t trail;      /* uint16_t[][256], the first is number 1 */
    uint32_t from_index; /* uint16_t[256]: by the high byte of a character, number of its page (from 0) */
    uint32_t from_pages; /* uint8_t[][256] or, with two bytes a character, uint16_t[][256] (lead byte high) */
    char name[64];       /* as CPINFOEX has it, "1252  (ANSI - Latin I)" */
};

/* Character types: class[page[c >> 6] * 64 + (c & 63)] selects a triple. */
struct nls_ctype {
    uint32_t size;
    uint32_t index;   /* uint16_t[1024] */
    uint32_t classes; /* uint8_t[][64] */
    uint32_t triples; /* uint16_t[][3]: C1, C2, C3 */
};

/* Normalisation. Full decompositions, sorted by code point << 1 | compatibility form; ranges of combining classes;
 * canonical pairs that compose, sorted. Hangul syllables are computed. */
struct nls_decomposition {
    uint32_t code; /* code point << 1, | 1 for the compatibility one where it differs */
    uint16_t at;   /* in the pool */
    uint16_t units;
};
struct nls_class_range {
    uint32_t first, last, combining_class;
};
struct nls_pair {
    uint32_t first, second, composed;
};
struct nls_normalize {
    uint32_t size;
    uint32_t decompositions, decomposition_count;
    uint32_t classes, class_count;
    uint32_t pairs, pair_count;
    uint32_t pool; /* UTF-16 */
};

/* Sort weights: cells[index[c >> 6] * 64 + (c & 63)] is
 *     primary << 14 | secondary << 5 | tertiary     or, with bit 31,
 *     count << 20 | place in expansions             (count above bit 31 removed)
 * 0 is ignored. Tertiaries are those of the Unicode collation algorithm. */
struct nls_collation {
    uint32_t size;
    uint32_t index;      /* uint16_t[1024] */
    uint32_t cells;      /* uint32_t[][64] */
    uint32_t expansions; /* uint32_t[] */
    uint32_t first_digit; /* primary of 0; below are blanks, punctuation and symbols */
    uint32_t common;      /* secondary of an unmarked letter */
    uint32_t han;         /* primary of U+4E00 */
    uint32_t reserved;
};

/* Locales, sorted by name in lower case. A row is lcid, place of the name, and for each type the place of its text in
 * the pool, where texts end with 0. */
struct nls_locales {
    uint32_t size;
    uint32_t count;
    uint32_t type_count;
    uint32_t types;   /* uint16_t[type_count]: LCTYPE numbers, sorted; 0x2038… are genitive month names */
    uint32_t rows;    /* uint32_t[count][2 + type_count] */
    uint32_t by_lcid; /* uint16_t[count]: row numbers sorted by LCID */
    uint32_t pool;    /* UTF-16 */
};

#define NLS_AT(block, member, type) ((const type *)((const char *)(block) + (block)->member))

#endif
