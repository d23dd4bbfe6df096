/* oleauto.h: BSTR, VARIANT, SAFEARRAY. */
#include "tap.h"
#include <oleauto.h>

START_TESTS
{
    BSTR s = SysAllocString(L"abc"), t;
    VARIANT a, b;
    SAFEARRAY *array, *copy;
    SAFEARRAYBOUND bounds[2] = {{3, 1}, {2, 0}};
    LONG index[2], value, bound;
    void *at;
    VARTYPE type;

    ok(SysStringLen(s) == 3 && SysStringByteLen(s) == 6 && s[3] == 0, "length");
    ok(SysReAllocStringLen(&s, NULL, 5) && SysStringLen(s) == 5 && s[0] == 'a', "longer");
    t = SysAllocStringByteLen("xyz", 3);
    ok(SysStringByteLen(t) == 3 && SysStringLen(t) == 1 && ((char *)t)[2] == 'z', "odd bytes");
    SysFreeString(t);
    ok(SysStringLen(NULL) == 0 && !SysAllocString(NULL), "NULL");

    VariantInit(&a);
    VariantInit(&b);
    a.vt = VT_BSTR;
    a.bstrVal = s;
    ok(VariantCopy(&b, &a) == S_OK && b.vt == VT_BSTR && b.bstrVal != s && SysStringLen(b.bstrVal) == 5, "copy");
    ok(VariantClear(&a) == S_OK && a.vt == VT_EMPTY, "clear");
    a.vt = VT_BYREF | VT_VARIANT;
    a.pvarVal = &b;
    VARIANT c;
    VariantInit(&c);
    ok(VariantCopyInd(&c, &a) == S_OK && c.vt == VT_BSTR, "by reference");
    VariantClear(&c);
    VariantClear(&b);
    a.vt = 77;
    ok(VariantClear(&a) == DISP_E_BADVARTYPE, "bad type");

    array = SafeArrayCreate(VT_I4, 2, bounds);
    ok(array && SafeArrayGetDim(array) == 2 && SafeArrayGetElemsize(array) == 4, "create");
    ok(SafeArrayGetLBound(array, 1, &bound) == S_OK && bound == 1 && SafeArrayGetUBound(array, 1, &bound) == S_OK && bound == 3, "bounds");
    ok(SafeArrayGetLBound(array, 3, &bound) == DISP_E_BADINDEX, "third dimension");
    index[0] = 2;
    index[1] = 1;
    value = 42;
    ok(SafeArrayPutElement(array, index, &value) == S_OK, "put");
    value = 0;
    ok(SafeArrayGetElement(array, index, &value) == S_OK && value == 42, "get");
    ok(SafeArrayPtrOfIndex(array, index, &at) == S_OK && (char *)at - (char *)array->pvData == (1 + 3) * 4, "place: %d",
       (int)((char *)at - (char *)array->pvData));
    index[0] = 4;
    ok(SafeArrayGetElement(array, index, &value) == DISP_E_BADINDEX, "beyond");
    ok(SafeArrayGetVartype(array, &type) == S_OK && type == VT_I4, "type");
    ok(SafeArrayCopy(array, &copy) == S_OK && copy != array, "copy");
    ok(SafeArrayLock(copy) == S_OK && SafeArrayDestroy(copy) == DISP_E_ARRAYISLOCKED && SafeArrayUnlock(copy) == S_OK, "lock");
    ok(SafeArrayDestroy(copy) == S_OK && SafeArrayDestroy(array) == S_OK, "destroy");
    array = SafeArrayCreateVector(VT_BSTR, 0, 2);
    index[0] = 1;
    s = SysAllocString(L"q");
    ok(SafeArrayPutElement(array, index, s) == S_OK, "string");
    SysFreeString(s);
    ok(SafeArrayGetElement(array, index, &s) == S_OK && SysStringLen(s) == 1 && s[0] == 'q', "string back");
    SysFreeString(s);
    SafeArrayDestroy(array);
}
