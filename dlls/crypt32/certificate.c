/* wincrypt.h: certificate contexts, their properties and extensions. X.509 as RFC 5280, DER as X.690 have it. */
#include "certificate.h"

/* ---- DER ---- */

struct der {
    const BYTE *at, *end;
};

#define DER_SEQUENCE 0x30
#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTETS 0x04
#define DER_OID 0x06
#define DER_UTC_TIME 0x17
#define DER_TIME 0x18

/* The next element: its tag; contents in *in, all of it in *whole if not NULL. -1: none, or malformed. */
static int der_next(struct der *from, struct der *in, struct der *whole)
{
    const BYTE *at = from->at;
    SIZE_T length;
    int tag, bytes;

    if (from->end - at < 2) return -1;
    tag = *at++;
    length = *at++;
    if (length & 0x80) {
        bytes = length & 0x7f;
        if (!bytes || bytes > 4 || from->end - at < bytes) return -1;
        for (length = 0; bytes; bytes--) length = length << 8 | *at++;
    }
    if (length > (SIZE_T)(from->end - at)) return -1;
    if (whole) *whole = (struct der){from->at, at + length};
    *in = (struct der){at, at + length};
    from->at = at + length;
    return tag;
}

static bool der_take(struct der *from, int tag, struct der *in)
{
    return der_next(from, in, NULL) == tag;
}

static int der_peek(const struct der *from)
{
    return from->at < from->end ? *from->at : -1;
}

static int digits(const BYTE *at, int count)
{
    int value = 0;

    for (; count; count--, at++) {
        if (*at < '0' || *at > '9') return -1;
        value = value * 10 + *at - '0';
    }
    return value;
}

/* UTCTime YYMMDDHHMMSSZ or GeneralizedTime YYYYMMDDHHMMSSZ. */
static bool der_time(struct der *from, FILETIME *time)
{
    struct der in;
    int tag = der_next(from, &in, NULL), year;
    TIME_FIELDS fields = {0};
    LARGE_INTEGER ticks;

    if ((tag != DER_UTC_TIME && tag != DER_TIME) || in.end - in.at != (tag == DER_UTC_TIME ? 13 : 15) ||
        in.end[-1] != 'Z')
        return false;
    year = digits(in.at, tag == DER_UTC_TIME ? 2 : 4);
    in.at += tag == DER_UTC_TIME ? 2 : 4;
    if (year >= 0 && tag == DER_UTC_TIME) year += year < 50 ? 2000 : 1900;
    fields.Year = (SHORT)year;
    fields.Month = (SHORT)digits(in.at, 2);
    fields.Day = (SHORT)digits(in.at + 2, 2);
    fields.Hour = (SHORT)digits(in.at + 4, 2);
    fields.Minute = (SHORT)digits(in.at + 6, 2);
    fields.Second = (SHORT)digits(in.at + 8, 2);
    if (!RtlTimeFieldsToTime(&fields, &ticks)) return false;
    time->dwLowDateTime = ticks.LowPart;
    time->dwHighDateTime = ticks.HighPart;
    return true;
}

/* ---- what a context points to, filled from the front ---- */

struct room {
    BYTE *at, *end;
};

static void *take(struct room *room, SIZE_T size)
{
    BYTE *at = room->at;

    size = (size + 7) & ~(SIZE_T)7;
    if (size > (SIZE_T)(room->end - at)) return NULL;
    room->at += size;
    return at;
}

/* An object identifier as "1.2.840"; NULL if it is malformed. */
static char *oid_text(struct room *room, struct der oid)
{
    char *text = (char *)room->at, *at = text;
    bool first = true;

    if (oid.at == oid.end || (oid.end[-1] & 0x80) || room->end - room->at < 4 * (oid.end - oid.at) + 8) return NULL;
    while (oid.at < oid.end) {
        ULONG value = 0;
        char number[10];
        int count = 0;
        do {
            if (value >> 25) return NULL;
            value = value << 7 | (*oid.at & 0x7f);
        } while (*oid.at++ & 0x80);
        if (first) {
            ULONG top = value < 40 ? 0 : value < 80 ? 1 : 2;
            *at++ = (char)('0' + top);
            value -= top * 40;
            first = false;
        }
        *at++ = '.';
        do number[count++] = (char)('0' + value % 10);
        while (value /= 10);
        while (count) *at++ = number[--count];
    }
    *at++ = 0;
    return take(room, at - text) ? text : NULL;
}

static CRYPT_DATA_BLOB blob_of(struct der part)
{
    return (CRYPT_DATA_BLOB){(DWORD)(part.end - part.at), (BYTE *)part.at};
}

static bool read_algorithm(struct room *room, struct der *from, CRYPT_ALGORITHM_IDENTIFIER *algorithm)
{
    struct der sequence, oid;

    if (!der_take(from, DER_SEQUENCE, &sequence) || !der_take(&sequence, DER_OID, &oid)) return false;
    algorithm->pszObjId = oid_text(room, oid);
    algorithm->Parameters = blob_of(sequence); /* encoded, as is the rest */
    return algorithm->pszObjId != NULL;
}

static bool read_bits(struct der in, CRYPT_BIT_BLOB *bits)
{
    if (in.at == in.end || *in.at > 7) return false;
    *bits = (CRYPT_BIT_BLOB){(DWORD)(in.end - in.at - 1), (BYTE *)in.at + 1, *in.at};
    return true;
}

static bool read_extensions(struct room *room, struct der from, CERT_INFO *info)
{
    struct der list, extension, part, counting;
    DWORD count = 0;

    if (!der_take(&from, DER_SEQUENCE, &list)) return false;
    for (counting = list; counting.at < counting.end; count++)
        if (!der_take(&counting, DER_SEQUENCE, &part)) return false;
    info->rgExtension = take(room, count * sizeof(CERT_EXTENSION));
    if (!info->rgExtension) return false;
    for (; list.at < list.end; info->cExtension++) {
        CERT_EXTENSION *to = &info->rgExtension[info->cExtension];
        der_take(&list, DER_SEQUENCE, &extension);
        if (!der_take(&extension, DER_OID, &part) || !(to->pszObjId = oid_text(room, part))) return false;
        to->fCritical = FALSE;
        if (der_peek(&extension) == 0x01) {
            if (der_next(&extension, &part, NULL) < 0 || part.end - part.at != 1) return false;
            to->fCritical = *part.at != 0;
        }
        if (!der_take(&extension, DER_OCTETS, &part)) return false;
        to->Value = blob_of(part);
    }
    return true;
}

static bool read_serial(struct room *room, struct der in, CERT_INFO *info)
{
    DWORD size = (DWORD)(in.end - in.at), i;
    BYTE *to = take(room, size);

    if (!size || !to) return false;
    for (i = 0; i < size; i++) to[i] = in.end[-1 - (int)i]; /* the least significant byte first */
    info->SerialNumber = (CRYPT_DATA_BLOB){size, to};
    return true;
}

static bool parse(struct room *room, struct der from, CERT_INFO *info)
{
    struct der outer, tbs, in, whole, validity;

    if (!der_take(&from, DER_SEQUENCE, &outer) || from.at != from.end || !der_take(&outer, DER_SEQUENCE, &tbs)) return false;
    if (der_peek(&tbs) == 0xa0) {
        if (der_next(&tbs, &in, NULL) < 0 || !der_take(&in, DER_INTEGER, &whole) || whole.end - whole.at != 1) return false;
        info->dwVersion = *whole.at;
    }
    if (!der_take(&tbs, DER_INTEGER, &in) || !read_serial(room, in, info) ||
        !read_algorithm(room, &tbs, &info->SignatureAlgorithm) || der_next(&tbs, &in, &whole) != DER_SEQUENCE)
        return false;
    info->Issuer = blob_of(whole);
    if (!der_take(&tbs, DER_SEQUENCE, &validity) || !der_time(&validity, &info->NotBefore) ||
        !der_time(&validity, &info->NotAfter) || der_next(&tbs, &in, &whole) != DER_SEQUENCE)
        return false;
    info->Subject = blob_of(whole);
    if (!der_take(&tbs, DER_SEQUENCE, &whole) || !read_algorithm(room, &whole, &info->SubjectPublicKeyInfo.Algorithm) ||
        !der_take(&whole, DER_BIT_STRING, &in) || !read_bits(in, &info->SubjectPublicKeyInfo.PublicKey))
        return false;
    while (tbs.at < tbs.end) {
        switch (der_next(&tbs, &in, NULL)) {
        case 0x81:
            if (!read_bits(in, &info->IssuerUniqueId)) return false;
            break;
        case 0x82:
            if (!read_bits(in, &info->SubjectUniqueId)) return false;
            break;
        case 0xa3:
            if (!read_extensions(room, in, info)) return false;
            break;
        default:
            return false;
        }
    }
    return der_next(&outer, &in, NULL) == DER_SEQUENCE && der_take(&outer, DER_BIT_STRING, &in);
}

/* ---- contexts ---- */

struct certificate *certificate_new(const BYTE *encoded, DWORD size)
{
    /* identifiers as text take up to four times their bytes, an extension's record up to six times */
    SIZE_T total = sizeof(struct certificate) + sizeof(CERT_INFO) + (SIZE_T)size * 8 + 512;
    struct certificate *certificate = size > 0x1000000 ? NULL : RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, total);
    struct room room;
    BYTE *copy;

    if (!certificate) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    room = (struct room){(BYTE *)(certificate + 1), (BYTE *)certificate + total};
    certificate->context.pCertInfo = take(&room, sizeof(CERT_INFO));
    copy = take(&room, size);
    memcpy(copy, encoded, size);
    certificate->references = 1;
    certificate->context.dwCertEncodingType = X509_ASN_ENCODING;
    certificate->context.pbCertEncoded = copy;
    certificate->context.cbCertEncoded = size;
    if (parse(&room, (struct der){copy, copy + size}, certificate->context.pCertInfo)) {
        /* in its place: others point into it */
        RtlReAllocateHeap(GetProcessHeap(), HEAP_REALLOC_IN_PLACE_ONLY, certificate, room.at - (BYTE *)certificate);
        return certificate;
    }
    RtlFreeHeap(GetProcessHeap(), 0, certificate);
    SetLastError(CRYPT_E_ASN1_BADTAG);
    return NULL;
}

void certificate_release(struct certificate *certificate)
{
    struct store *store = certificate->context.hCertStore;

    if (InterlockedDecrement(&certificate->references)) return;
    RtlFreeHeap(GetProcessHeap(), 0, certificate);
    if (store) store_release(store);
}

void certificate_hash(PCCERT_CONTEXT context, ULONG algorithm, BYTE *value)
{
    struct hash hash;
    int i;

    for (i = 0; hash_algorithms[i].id != algorithm; i++)
        ;
    hash_start(&hash, &hash_algorithms[i]);
    hash_add(&hash, context->pbCertEncoded, context->cbCertEncoded);
    hash_end(&hash, value);
}

bool blob_equal(const CRYPT_DATA_BLOB *a, const CRYPT_DATA_BLOB *b)
{
    return a->cbData == b->cbData && !memcmp(a->pbData, b->pbData, a->cbData);
}

PCCERT_CONTEXT WINAPI CertCreateCertificateContext(DWORD encoding, const BYTE *encoded, DWORD size)
{
    struct certificate *certificate;

    if ((encoding & CERT_ENCODING_TYPE_MASK) != X509_ASN_ENCODING || !encoded) {
        SetLastError(E_INVALIDARG);
        return NULL;
    }
    certificate = certificate_new(encoded, size);
    return certificate ? &certificate->context : NULL;
}

PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT context)
{
    if (context) InterlockedIncrement(&certificate_from(context)->references);
    return context;
}

BOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT context)
{
    if (context) certificate_release(certificate_from(context));
    return TRUE;
}

/* CRYPT_E_NOT_FOUND for what a certificate does not have: keys, friendly names. */
BOOL WINAPI CertGetCertificateContextProperty(PCCERT_CONTEXT context, DWORD property, void *data, DWORD *size)
{
    static const struct {
        DWORD property, algorithm, size;
    } hashes[] = {{CERT_SHA1_HASH_PROP_ID, CALG_SHA1, 20}, {CERT_MD5_HASH_PROP_ID, CALG_MD5, 16},
                  {107 /* CERT_SHA256_HASH_PROP_ID */, CALG_SHA_256, 32}};
    unsigned i;

    if (!context || !size) return fail(E_INVALIDARG);
    for (i = 0; i < ARRAYSIZE(hashes); i++) {
        DWORD room = *size;
        if (hashes[i].property != property) continue;
        *size = hashes[i].size;
        if (!data) return TRUE;
        if (room < hashes[i].size) return fail(ERROR_MORE_DATA);
        certificate_hash(context, hashes[i].algorithm, data);
        return TRUE;
    }
    return fail((DWORD)CRYPT_E_NOT_FOUND);
}

PCERT_EXTENSION WINAPI CertFindExtension(LPCSTR oid, DWORD count, CERT_EXTENSION *extensions)
{
    DWORD i;

    for (i = 0; oid && i < count; i++)
        if (!strcmp(extensions[i].pszObjId, oid)) return &extensions[i];
    if (!oid) SetLastError(E_INVALIDARG);
    return NULL;
}

static LONGLONG ticks_of(const FILETIME *time)
{
    return (LONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

/* -1 before the time of validity, 1 after it, 0 within. NULL: now. */
LONG WINAPI CertVerifyTimeValidity(FILETIME *when, PCERT_INFO info)
{
    FILETIME now;

    if (!when) {
        GetSystemTimeAsFileTime(&now);
        when = &now;
    }
    return ticks_of(when) < ticks_of(&info->NotBefore) ? -1 : ticks_of(when) > ticks_of(&info->NotAfter) ? 1 : 0;
}

/* The extension's usages; TRUE with none and CRYPT_E_NOT_FOUND as last error: good for all. `usage` NULL asks for the size. */
BOOL WINAPI CertGetEnhancedKeyUsage(PCCERT_CONTEXT context, DWORD flags, PCERT_ENHKEY_USAGE usage, DWORD *size)
{
    const CERT_EXTENSION *extension;
    struct der list = {0}, oid, counting;
    DWORD count = 0, needed, available;
    struct room room;

    if (!context || !size || (flags & ~(CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG | CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG)))
        return fail(E_INVALIDARG);
    if (flags == CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG) return fail((DWORD)CRYPT_E_NOT_FOUND);
    extension = CertFindExtension(szOID_ENHANCED_KEY_USAGE, context->pCertInfo->cExtension, context->pCertInfo->rgExtension);
    if (!extension && flags) return fail((DWORD)CRYPT_E_NOT_FOUND);
    if (extension) {
        struct der value = {extension->Value.pbData, extension->Value.pbData + extension->Value.cbData};
        if (!der_take(&value, DER_SEQUENCE, &list)) return fail((DWORD)CRYPT_E_ASN1_BADTAG);
    }
    needed = sizeof(*usage) + 8;
    for (counting = list; counting.at < counting.end; count++) {
        if (!der_take(&counting, DER_OID, &oid)) return fail((DWORD)CRYPT_E_ASN1_BADTAG);
        needed += sizeof(char *) + 4 * (DWORD)(oid.end - oid.at) + 16;
    }
    available = *size;
    *size = needed;
    if (usage) {
        if (available < needed) return fail(ERROR_MORE_DATA);
        room = (struct room){(BYTE *)(usage + 1), (BYTE *)usage + needed};
        usage->cUsageIdentifier = count;
        usage->rgpszUsageIdentifier = take(&room, count * sizeof(char *));
        for (DWORD i = 0; i < count; i++) {
            der_take(&list, DER_OID, &oid);
            if (!(usage->rgpszUsageIdentifier[i] = oid_text(&room, oid))) return fail((DWORD)CRYPT_E_ASN1_BADTAG);
        }
    }
    SetLastError(extension ? ERROR_SUCCESS : (DWORD)CRYPT_E_NOT_FOUND);
    return TRUE;
}
