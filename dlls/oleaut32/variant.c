/* oleauto.h: VARIANTs: initialise, clear, copy. */
#include "oleaut32.h"

ULONG variant_type_size(VARTYPE type)
{
    switch (type) {
    case VT_I1: case VT_UI1: return 1;
    case VT_I2: case VT_UI2: case VT_BOOL: return 2;
    case VT_I4: case VT_UI4: case VT_INT: case VT_UINT: case VT_R4: case VT_ERROR: return 4;
    case VT_I8: case VT_UI8: case VT_R8: case VT_CY: case VT_DATE: return 8;
    case VT_DECIMAL: return sizeof(DECIMAL);
    case VT_BSTR: case VT_UNKNOWN: case VT_DISPATCH: case VT_RECORD: return sizeof(void *);
    case VT_VARIANT: return sizeof(VARIANT);
    }
    return 0;
}

void WINAPI VariantInit(VARIANTARG *variant)
{
    memset(variant, 0, sizeof(*variant));
}

/* What may stand in a VARIANT (wtypes.h). */
static HRESULT check_type(VARTYPE vt)
{
    VARTYPE base = vt & VT_TYPEMASK, flags = vt & ~VT_TYPEMASK;

    if (flags & (VT_VECTOR | VT_RESERVED)) return DISP_E_BADVARTYPE;
    if (base == VT_EMPTY || base == VT_NULL) return flags ? DISP_E_BADVARTYPE : S_OK;
    if (base == VT_VARIANT) return flags ? S_OK : DISP_E_BADVARTYPE;
    if (base == 15 || base == VT_VOID || base == VT_HRESULT || !variant_type_size(base)) return DISP_E_BADVARTYPE;
    return S_OK;
}

HRESULT WINAPI VariantClear(VARIANTARG *variant)
{
    VARTYPE vt = variant->vt;
    HRESULT result = check_type(vt);

    if (FAILED(result)) return result;
    if (!(vt & VT_BYREF)) {
        if (vt & VT_ARRAY) {
            if (variant->parray && FAILED(result = SafeArrayDestroy(variant->parray))) return result;
        } else if (vt == VT_BSTR) SysFreeString(variant->bstrVal);
        else if ((vt == VT_UNKNOWN || vt == VT_DISPATCH) && variant->punkVal) IUnknown_Release(variant->punkVal);
        else if (vt == VT_RECORD && variant->pRecInfo) {
            IRecordInfo_RecordClear(variant->pRecInfo, variant->pvRecord);
            IRecordInfo_Release(variant->pRecInfo);
        }
    }
    variant->vt = VT_EMPTY;
    return S_OK;
}

HRESULT WINAPI VariantCopy(VARIANTARG *to, VARIANTARG *from)
{
    VARIANT copy = *from;
    VARTYPE vt = from->vt;
    HRESULT result = check_type(vt);

    if (FAILED(result)) return result;
    if (to == from) return S_OK;
    if (FAILED(result = VariantClear(to))) return result;
    if (!(vt & VT_BYREF)) {
        if (vt & VT_ARRAY) {
            copy.parray = NULL;
            if (from->parray && FAILED(result = SafeArrayCopy(from->parray, &copy.parray))) return result;
        } else if (vt == VT_BSTR) {
            if (from->bstrVal && !(copy.bstrVal = SysAllocStringByteLen((char *)from->bstrVal, SysStringByteLen(from->bstrVal))))
                return E_OUTOFMEMORY;
        } else if (vt == VT_UNKNOWN || vt == VT_DISPATCH) {
            if (from->punkVal) IUnknown_AddRef(from->punkVal);
        } else if (vt == VT_RECORD) {
            if (!from->pRecInfo) return E_INVALIDARG;
            if (!(copy.pvRecord = IRecordInfo_RecordCreate(from->pRecInfo))) return E_OUTOFMEMORY;
            IRecordInfo_AddRef(copy.pRecInfo);
            if (FAILED(result = IRecordInfo_RecordCopy(from->pRecInfo, from->pvRecord, copy.pvRecord))) return result;
        }
    }
    *to = copy;
    return S_OK;
}

/* The same, and a VT_BYREF source becomes a copy of what it refers to. */
HRESULT WINAPI VariantCopyInd(VARIANT *to, VARIANTARG *from)
{
    VARIANT direct = *from;
    VARTYPE base = from->vt & ~VT_BYREF;
    HRESULT result = check_type(from->vt);

    if (FAILED(result)) return result;
    if (!(from->vt & VT_BYREF)) return VariantCopy(to, from);
    if (base == (VT_VARIANT)) {
        VARIANT *inner = from->pvarVal;
        if (inner->vt == (VT_BYREF | VT_VARIANT)) return E_INVALIDARG;
        return VariantCopyInd(to, inner);
    }
    direct.vt = base;
    if (base & VT_ARRAY) direct.parray = *from->pparray;
    else if (base == VT_DECIMAL) {
        direct.decVal = *from->pdecVal;
        direct.vt = VT_DECIMAL;
    } else if (base != VT_RECORD) memcpy(&direct.llVal, from->byref, variant_type_size(base));
    if (to == from) { /* what it referred to is not its own */
        VARIANT copy = {0};
        result = VariantCopy(&copy, &direct);
        if (SUCCEEDED(result)) *to = copy;
        return result;
    }
    return VariantCopy(to, &direct);
}
