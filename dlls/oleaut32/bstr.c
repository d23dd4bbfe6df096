/* oleauto.h: BSTRs: a 4-byte count of bytes, the text, two zero bytes. */
#include "oleaut32.h"

#define PREFIX sizeof(void *) /* the count is its last four bytes, so that the text is aligned */

BSTR WINAPI SysAllocStringByteLen(LPCSTR from, UINT size)
{
    BYTE *block;
    if (size > 0xffffffff - PREFIX - sizeof(WCHAR) || !(block = mem_alloc(PREFIX + (SIZE_T)size + sizeof(WCHAR)))) return NULL;
    block += PREFIX;
    ((DWORD *)block)[-1] = size;
    if (from) memcpy(block, from, size);
    memset(block + size, 0, sizeof(WCHAR)); /* also after an odd size */
    return (BSTR)block;
}

BSTR WINAPI SysAllocStringLen(const OLECHAR *from, UINT count)
{
    if (count > (0xffffffff - PREFIX - sizeof(WCHAR)) / sizeof(WCHAR)) return NULL;
    return SysAllocStringByteLen((LPCSTR)from, count * sizeof(WCHAR));
}

BSTR WINAPI SysAllocString(const OLECHAR *from)
{
    return from ? SysAllocStringLen(from, lstrlenW(from)) : NULL;
}

void WINAPI SysFreeString(BSTR string)
{
    if (string) mem_free((BYTE *)string - PREFIX);
}

UINT WINAPI SysStringByteLen(BSTR string)
{
    return string ? ((DWORD *)string)[-1] : 0;
}

UINT WINAPI SysStringLen(BSTR string)
{
    return SysStringByteLen(string) / sizeof(WCHAR);
}

/* `from` may lie within the old string, or be NULL to keep what is there. */
INT WINAPI SysReAllocStringLen(BSTR *string, const OLECHAR *from, UINT count)
{
    BSTR old, fresh;
    UINT keep;

    if (!string) return FALSE;
    old = *string;
    if (!(fresh = SysAllocStringLen(NULL, count))) return FALSE;
    keep = from ? count : SysStringLen(old) < count ? SysStringLen(old) : count;
    if (from || old) memcpy(fresh, from ? from : old, keep * sizeof(WCHAR));
    fresh[count] = 0;
    *string = fresh;
    SysFreeString(old);
    return TRUE;
}

INT WINAPI SysReAllocString(BSTR *string, const OLECHAR *from)
{
    if (!string) return FALSE;
    if (from) return SysReAllocStringLen(string, from, lstrlenW(from));
    SysFreeString(*string);
    *string = NULL;
    return TRUE;
}
