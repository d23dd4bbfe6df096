/* Internal header of the language functions of kernelbase.dll. */
#ifndef KERNELBASE_NLS_H
#define KERNELBASE_NLS_H

#include "kernelbase.h"
#include <winnls.h>
#include "ferry/codepage.h"

/* The table of a code page number; CP_ACP, CP_OEMCP, CP_MACCP and CP_THREAD_ACP resolved. NULL for CP_UTF8, CP_UTF7,
 * CP_SYMBOL and unknown ones; `*codepage` gets the number. */
const CODEPAGE *codepage_table(UINT *codepage);

size_t utf7_decode(WCHAR *to, size_t room, const char *from, size_t size, size_t *used);
size_t utf7_encode(char *to, size_t room, const WCHAR *from, size_t count, size_t *used);

/* C1, C2, C3 of a character (winnls.h: GetStringType). */
const uint16_t *ctype_of(WCHAR c);

/* ---- locales (locale.c) ---- */

/* A row of the locale table. */
typedef const uint32_t LOCALE_ROW;

/* By name: NULL is the user's default, "" the invariant locale, LOCALE_NAME_SYSTEM_DEFAULT. NULL when unknown. */
LOCALE_ROW *locale_by_name(const WCHAR *name);
/* By LCID, LOCALE_USER_DEFAULT and its like included. NULL when unknown. */
LOCALE_ROW *locale_by_lcid(LCID lcid);
/* The text of an LCTYPE (without its flags); NULL for a type that does not exist. */
const WCHAR *locale_text(LOCALE_ROW *locale, LCTYPE type);
const WCHAR *locale_name(LOCALE_ROW *locale);
static inline LCID locale_lcid(LOCALE_ROW *locale)
{
    return locale[0];
}
/* A text that is a decimal number. */
unsigned locale_number(LOCALE_ROW *locale, LCTYPE type);
/* The code page for the A functions with this locale: LOCALE_IDEFAULTANSICODEPAGE, or CP_ACP where it is 0 or
 * LOCALE_USE_CP_ACP asks for it. */
UINT locale_codepage(LOCALE_ROW *locale, DWORD flags);
/* Turkish and Azeri: dotted and dotless i are different letters. */
bool locale_has_dotless_i(LOCALE_ROW *locale);

/* Result of the ...A functions: converts, returns units with terminator, ERROR_INSUFFICIENT_BUFFER. */
int nls_result_ansi(UINT codepage, const WCHAR *text, int count, char *to, int room);
/* The same for the W ones; room 0 only counts. */
int nls_result_wide(const WCHAR *text, int count, WCHAR *to, int room);

/* A converted ANSI argument in the code page of a locale or of the caller. */
static inline WCHAR *nls_to_wide(UINT codepage, const char *text, int size, WCHAR *small, int small_units, int *units)
{
    int count = MultiByteToWideChar(codepage, 0, text, size, NULL, 0);
    WCHAR *wide = count <= small_units ? small : mem_alloc(count * sizeof(WCHAR));
    if (wide) *units = MultiByteToWideChar(codepage, 0, text, size, wide, count);
    else set_error(ERROR_NOT_ENOUGH_MEMORY);
    return wide;
}

#endif
