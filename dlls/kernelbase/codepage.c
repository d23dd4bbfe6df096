/* winnls.h: code pages of the process, their properties. */
#include "nls.h"

extern __declspec(dllimport) USHORT NlsAnsiCodePage;
NTSYSAPI VOID NTAPI RtlGetDefaultCodePage(USHORT *ansi, USHORT *oem);

UINT WINAPI GetACP(void)
{
    return NlsAnsiCodePage;
}

UINT WINAPI GetOEMCP(void)
{
    USHORT ansi, oem;
    RtlGetDefaultCodePage(&ansi, &oem);
    return oem;
}

const CODEPAGE *codepage_table(UINT *codepage)
{
    switch (*codepage) {
    case CP_ACP: *codepage = GetACP(); break;
    case CP_OEMCP: *codepage = GetOEMCP(); break;
    case CP_MACCP: *codepage = 10000; break;
    case CP_THREAD_ACP: {
        DWORD number;
        if (GetLocaleInfoW(GetThreadLocale(), LOCALE_IDEFAULTANSICODEPAGE | LOCALE_RETURN_NUMBER, (WCHAR *)&number, 2) &&
            number)
            *codepage = number;
        else *codepage = GetACP();
        break;
    }
    }
    if (*codepage == CP_UTF8 || *codepage == CP_UTF7 || *codepage == CP_SYMBOL) return NULL;
    return FerryNlsBlock(NLS_CODEPAGE, *codepage);
}

/* CP_ACP and its like are no code pages here (winnls.h reference: IsValidCodePage). */
BOOL WINAPI IsValidCodePage(UINT codepage)
{
    if (codepage == CP_UTF8 || codepage == CP_UTF7) return TRUE;
    if (codepage <= CP_THREAD_ACP || codepage == CP_SYMBOL) return FALSE;
    return FerryNlsBlock(NLS_CODEPAGE, codepage) != NULL;
}

BOOL WINAPI IsDBCSLeadByteEx(UINT codepage, BYTE byte)
{
    const CODEPAGE *table = codepage_table(&codepage);
    return table && codepage_is_lead(table, byte);
}

BOOL WINAPI IsDBCSLeadByte(BYTE byte)
{
    return IsDBCSLeadByteEx(CP_ACP, byte);
}

BOOL WINAPI GetCPInfoExW(UINT codepage, DWORD flags, CPINFOEXW *info)
{
    const CODEPAGE *table = codepage_table(&codepage);

    if (!info) return set_error(ERROR_INVALID_PARAMETER);
    if (!table && codepage != CP_UTF8 && codepage != CP_UTF7) return set_error(ERROR_INVALID_PARAMETER);
    memset(info, 0, sizeof(*info));
    info->CodePage = codepage;
    if (table) {
        info->MaxCharSize = table->max_char_size;
        info->DefaultChar[0] = (BYTE)table->default_char;
        info->UnicodeDefaultChar = table->unicode_default_char;
        memcpy(info->LeadByte, table->lead_bytes, sizeof(info->LeadByte));
        for (int i = 0; table->name[i]; i++) info->CodePageName[i] = table->name[i];
    } else {
        const char *name = codepage == CP_UTF8 ? "65001 (UTF-8)" : "65000 (UTF-7)";
        info->MaxCharSize = codepage == CP_UTF8 ? 4 : 5;
        info->DefaultChar[0] = '?';
        info->UnicodeDefaultChar = 0xfffd;
        for (int i = 0; name[i]; i++) info->CodePageName[i] = name[i];
    }
    return TRUE;
}

BOOL WINAPI GetCPInfoExA(UINT codepage, DWORD flags, CPINFOEXA *info)
{
    CPINFOEXW wide;
    if (!info) return set_error(ERROR_INVALID_PARAMETER);
    if (!GetCPInfoExW(codepage, flags, &wide)) return FALSE;
    memcpy(info, &wide, offsetof(CPINFOEXA, CodePageName));
    for (int i = 0; i < MAX_PATH; i++) info->CodePageName[i] = (char)wide.CodePageName[i];
    return TRUE;
}

BOOL WINAPI GetCPInfo(UINT codepage, CPINFO *info)
{
    CPINFOEXW wide;
    if (!info) return set_error(ERROR_INVALID_PARAMETER);
    if (!GetCPInfoExW(codepage, 0, &wide)) return FALSE;
    info->MaxCharSize = wide.MaxCharSize;
    memcpy(info->DefaultChar, wide.DefaultChar, sizeof(info->DefaultChar));
    memcpy(info->LeadByte, wide.LeadByte, sizeof(info->LeadByte));
    return TRUE;
}

/* Every code page that the data file may hold; the file decides. */
static const USHORT numbers[] = {
    37,    437,   500,   720,   737,   775,   850,   852,   855,   857,   858,   860,   861,   862,
    863,   864,   865,   866,   869,   874,   932,   936,   949,   950,   1026,  1250,  1251,  1252,
    1253,  1254,  1255,  1256,  1257,  1258,  1361,  10000, 10006, 10007, 10029, 10079, 10081, 20127,
    20866, 21866, 28591, 28592, 28593, 28594, 28595, 28596, 28597, 28598, 28599, 28603, 28605, 65000,
    65001,
};

static int decimal(UINT value, WCHAR *to)
{
    WCHAR digits[10];
    int count = 0, length;
    do digits[count++] = '0' + value % 10;
    while (value /= 10);
    for (length = count; count; count--) *to++ = digits[count - 1];
    *to = 0;
    return length;
}

BOOL WINAPI EnumSystemCodePagesW(CODEPAGE_ENUMPROCW callback, DWORD flags)
{
    if (!callback) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(CP_INSTALLED | CP_SUPPORTED) || !flags) return set_error(ERROR_INVALID_FLAGS);
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        WCHAR name[12];
        if (!IsValidCodePage(numbers[i])) continue;
        decimal(numbers[i], name);
        if (!callback(name)) break;
    }
    return TRUE;
}

BOOL WINAPI EnumSystemCodePagesA(CODEPAGE_ENUMPROCA callback, DWORD flags)
{
    if (!callback) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~(CP_INSTALLED | CP_SUPPORTED) || !flags) return set_error(ERROR_INVALID_FLAGS);
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        WCHAR name[12];
        char narrow[12];
        if (!IsValidCodePage(numbers[i])) continue;
        for (int at = decimal(numbers[i], name); at >= 0; at--) narrow[at] = (char)name[at];
        if (!callback(narrow)) break;
    }
    return TRUE;
}
