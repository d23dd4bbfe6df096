/* combaseapi.h: GUIDs and their text. */
#include "combase.h"

/* "{XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}": 39 characters with the terminator, or 0 if `room` is less. */
int WINAPI StringFromGUID2(REFGUID guid, WCHAR *to, int room)
{
    static const signed char order[] = {3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
    const BYTE *bytes = (const BYTE *)guid;

    if (room < 39) return 0;
    *to++ = '{';
    for (unsigned i = 0; i < sizeof(order); i++) {
        if (order[i] < 0) *to++ = '-';
        else {
            *to++ = L"0123456789ABCDEF"[bytes[order[i]] >> 4];
            *to++ = L"0123456789ABCDEF"[bytes[order[i]] & 15];
        }
    }
    *to++ = '}';
    *to = 0;
    return 39;
}

static int digit(WCHAR c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse(const WCHAR *text, GUID *guid)
{
    static const signed char order[] = {3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
    GUID value;
    if (*text++ != '{') return false;
    for (unsigned i = 0; i < sizeof(order); i++) {
        if (order[i] < 0) {
            if (*text++ != '-') return false;
            continue;
        }
        int high = digit(text[0]), low = high < 0 ? -1 : digit(text[1]);
        if (low < 0) return false;
        ((BYTE *)&value)[order[i]] = (BYTE)(high << 4 | low);
        text += 2;
    }
    if (text[0] != '}' || text[1]) return false;
    *guid = value;
    return true;
}

HRESULT WINAPI IIDFromString(const WCHAR *text, IID *iid)
{
    if (!iid) return E_INVALIDARG;
    memset(iid, 0, sizeof(*iid));
    if (!text) return S_OK;
    return parse(text, iid) ? S_OK : E_INVALIDARG;
}

/* A registered ProgID is no CLSID text here: what is not one in braces gives CO_E_CLASSSTRING. */
HRESULT WINAPI CLSIDFromString(const WCHAR *text, CLSID *clsid)
{
    if (!clsid) return E_INVALIDARG;
    memset(clsid, 0, sizeof(*clsid));
    if (!text) return S_OK;
    return parse(text, clsid) ? S_OK : CO_E_CLASSSTRING;
}

static HRESULT to_task_string(REFGUID guid, WCHAR **text)
{
    if (!text) return E_INVALIDARG;
    if (!(*text = CoTaskMemAlloc(39 * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    StringFromGUID2(guid, *text, 39);
    return S_OK;
}

HRESULT WINAPI StringFromCLSID(REFCLSID clsid, WCHAR **text)
{
    return to_task_string(clsid, text);
}

HRESULT WINAPI StringFromIID(REFIID iid, WCHAR **text)
{
    return to_task_string(iid, text);
}

/* Version 4, variant 1 (RFC 4122). */
HRESULT WINAPI CoCreateGuid(GUID *guid)
{
    if (!guid) return E_INVALIDARG;
    if (NtFerryRandom(guid, sizeof(*guid)) < 0) return E_FAIL;
    guid->Data3 = (guid->Data3 & 0x0fff) | 0x4000;
    guid->Data4[0] = (guid->Data4[0] & 0x3f) | 0x80;
    return S_OK;
}
