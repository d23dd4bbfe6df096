/* wincrypt.h: CryptStringToBinary, CryptBinaryToString. */
#include "tap.h"
#include <wincrypt.h>

static void test_write(void)
{
    static const BYTE data[] = {0, 1, 2, 0xfe, 0xff};
    char text[256];
    WCHAR wide[256];
    DWORD length = 0;

    ok(CryptBinaryToStringA(data, 5, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF, NULL, &length) && length == 9, "size: %lu", length);
    length = sizeof(text);
    ok(CryptBinaryToStringA(data, 5, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF, text, &length) && length == 8 &&
       !lstrcmpA(text, "AAEC/v8="), "base64: %s", text);
    length = sizeof(text);
    ok(CryptBinaryToStringA(data, 3, CRYPT_STRING_BASE64, text, &length) && !lstrcmpA(text, "AAEC\r\n"), "line: %s", text);
    length = 256;
    ok(CryptBinaryToStringW(data, 5, CRYPT_STRING_HEXRAW | CRYPT_STRING_NOCRLF, wide, &length) && length == 10 &&
       !lstrcmpW(wide, L"000102feff"), "hex: %S", wide);
    length = sizeof(text);
    ok(CryptBinaryToStringA(data, 1, CRYPT_STRING_BASE64HEADER, text, &length) &&
       !lstrcmpA(text, "-----BEGIN CERTIFICATE-----\r\nAA==\r\n-----END CERTIFICATE-----\r\n"), "header: %s", text);
    length = 4;
    SetLastError(0);
    ok(!CryptBinaryToStringA(data, 5, CRYPT_STRING_BASE64, text, &length) && GetLastError() == ERROR_MORE_DATA, "no room: %lu", GetLastError());
    ok(!CryptBinaryToStringA(NULL, 5, CRYPT_STRING_BASE64, text, &length) && GetLastError() == ERROR_INVALID_PARAMETER, "no data");
}

static void test_read(void)
{
    BYTE data[64];
    DWORD size, skip, used;

    size = sizeof(data);
    ok(CryptStringToBinaryA("AAEC/v8=", 0, CRYPT_STRING_BASE64, data, &size, NULL, NULL) && size == 5 && data[3] == 0xfe, "base64: %lu", size);
    ok(CryptStringToBinaryA("AAEC\r\n/v8=\r\n", 0, CRYPT_STRING_BASE64, NULL, &size, NULL, NULL) && size == 5, "lines: %lu", size);
    size = sizeof(data);
    ok(CryptStringToBinaryW(L"x\n-----BEGIN A-----\nAAEC\n-----END A-----\n", 0, CRYPT_STRING_ANY, data, &size, &skip, &used) &&
       size == 3 && skip == 2 && used == CRYPT_STRING_BASE64HEADER, "header: %lu, %lu, %lu", size, skip, used);
    size = sizeof(data);
    ok(CryptStringToBinaryA("AAEC", 0, CRYPT_STRING_BASE64_ANY, data, &size, &skip, &used) && used == CRYPT_STRING_BASE64 && !skip, "any");
    size = sizeof(data);
    ok(!CryptStringToBinaryA("A!EC", 0, CRYPT_STRING_BASE64, data, &size, NULL, NULL) && GetLastError() == ERROR_INVALID_DATA, "wrong: %lu", GetLastError());
    size = 2; /* the reference: the size needed comes back; Wine leaves it */
    ok(!CryptStringToBinaryA("AAEC", 0, CRYPT_STRING_BASE64, data, &size, NULL, NULL) && GetLastError() == ERROR_MORE_DATA && size == 3, "no room");
    ok(!CryptStringToBinaryA(NULL, 0, CRYPT_STRING_BASE64, data, &size, NULL, NULL) && GetLastError() == ERROR_INVALID_PARAMETER, "no text");
}

START_TESTS
{
    test_write();
    test_read();
}
