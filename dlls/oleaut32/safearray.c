/* oleauto.h: SAFEARRAYs. Sixteen bytes lie before the descriptor: the IID, or the type in the last four; bounds are kept
 * in reverse order of the dimensions, as the reference's structure has them. */
#include "oleaut32.h"

#define HIDDEN 16
#define TYPE_FLAGS (FADF_BSTR | FADF_UNKNOWN | FADF_DISPATCH | FADF_VARIANT | FADF_RECORD | FADF_HAVEIID | FADF_HAVEVARTYPE)

static ULONGLONG cell_count(const SAFEARRAY *array)
{
    ULONGLONG count = 1;
    for (unsigned i = 0; i < array->cDims; i++) {
        count *= array->rgsabound[i].cElements;
        if (count > 0x7fffffff) return ~0ull;
    }
    return count;
}

HRESULT WINAPI SafeArrayAllocDescriptor(UINT dimensions, SAFEARRAY **result)
{
    SIZE_T size = HIDDEN + offsetof(SAFEARRAY, rgsabound) + dimensions * sizeof(SAFEARRAYBOUND);
    BYTE *block;

    if (!dimensions || dimensions > 65535 || !result) return E_INVALIDARG;
    if (!(block = mem_alloc(size))) return E_OUTOFMEMORY;
    memset(block, 0, size);
    *result = (SAFEARRAY *)(block + HIDDEN);
    (*result)->cDims = (USHORT)dimensions;
    return S_OK;
}

HRESULT WINAPI SafeArrayAllocDescriptorEx(VARTYPE type, UINT dimensions, SAFEARRAY **result)
{
    HRESULT status = SafeArrayAllocDescriptor(dimensions, result);
    SAFEARRAY *array;
    if (FAILED(status)) return status;
    array = *result;
    array->cbElements = variant_type_size(type);
    switch (type) {
    case VT_BSTR: array->fFeatures = FADF_BSTR | FADF_HAVEVARTYPE; break;
    case VT_VARIANT: array->fFeatures = FADF_VARIANT | FADF_HAVEVARTYPE; break;
    case VT_UNKNOWN: array->fFeatures = FADF_UNKNOWN | FADF_HAVEIID; break;
    case VT_DISPATCH: array->fFeatures = FADF_DISPATCH | FADF_HAVEIID; break;
    case VT_RECORD: array->fFeatures = FADF_RECORD; break;
    default: array->fFeatures = FADF_HAVEVARTYPE;
    }
    if (array->fFeatures & FADF_HAVEVARTYPE) ((DWORD *)array)[-1] = type;
    if (array->fFeatures & FADF_HAVEIID) { /* IID_IUnknown or IID_IDispatch */
        static const IID base = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
        IID iid = base;
        if (type == VT_DISPATCH) iid.Data1 = 0x20400;
        memcpy((BYTE *)array - HIDDEN, &iid, sizeof(iid));
    }
    return S_OK;
}

HRESULT WINAPI SafeArrayAllocData(SAFEARRAY *array)
{
    ULONGLONG bytes;
    if (!array) return E_INVALIDARG;
    bytes = cell_count(array);
    if (bytes == ~0ull || (bytes *= array->cbElements) > 0x7fffffff) return E_OUTOFMEMORY;
    if (!(array->pvData = mem_alloc(bytes ? bytes : 1))) return E_OUTOFMEMORY;
    memset(array->pvData, 0, bytes);
    return S_OK;
}

SAFEARRAY *WINAPI SafeArrayCreateEx(VARTYPE type, UINT dimensions, SAFEARRAYBOUND *bounds, void *extra)
{
    SAFEARRAY *array;
    if (!bounds || !variant_type_size(type) || type == VT_RECORD) return NULL;
    if (FAILED(SafeArrayAllocDescriptorEx(type, dimensions, &array))) return NULL;
    for (UINT i = 0; i < dimensions; i++) array->rgsabound[dimensions - 1 - i] = bounds[i];
    if (extra && array->fFeatures & FADF_HAVEIID) memcpy((BYTE *)array - HIDDEN, extra, sizeof(IID));
    if (FAILED(SafeArrayAllocData(array))) {
        SafeArrayDestroyDescriptor(array);
        return NULL;
    }
    return array;
}

SAFEARRAY *WINAPI SafeArrayCreate(VARTYPE type, UINT dimensions, SAFEARRAYBOUND *bounds)
{
    return SafeArrayCreateEx(type, dimensions, bounds, NULL);
}

SAFEARRAY *WINAPI SafeArrayCreateVector(VARTYPE type, LONG lower, ULONG count)
{
    SAFEARRAYBOUND bound = {count, lower};
    return SafeArrayCreateEx(type, 1, &bound, NULL);
}

SAFEARRAY *WINAPI SafeArrayCreateVectorEx(VARTYPE type, LONG lower, ULONG count, void *extra)
{
    SAFEARRAYBOUND bound = {count, lower};
    return SafeArrayCreateEx(type, 1, &bound, extra);
}

/* Releases `count` cells from `at` and leaves zeros. */
static void clear_cells(SAFEARRAY *array, void *at, ULONGLONG count)
{
    if (array->fFeatures & FADF_BSTR)
        for (BSTR *s = at; count--; s++) SysFreeString(*s), *s = NULL;
    else if (array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH))
        for (IUnknown **u = at; count--; u++) {
            if (*u) IUnknown_Release(*u);
            *u = NULL;
        }
    else if (array->fFeatures & FADF_VARIANT)
        for (VARIANT *v = at; count--; v++) VariantClear(v);
    else memset(at, 0, count * array->cbElements);
}

HRESULT WINAPI SafeArrayDestroyData(SAFEARRAY *array)
{
    if (!array) return E_INVALIDARG;
    if (array->cLocks) return DISP_E_ARRAYISLOCKED;
    if (!array->pvData) return S_OK;
    clear_cells(array, array->pvData, cell_count(array));
    if (!(array->fFeatures & FADF_STATIC)) {
        mem_free(array->pvData);
        array->pvData = NULL;
    }
    return S_OK;
}

HRESULT WINAPI SafeArrayDestroyDescriptor(SAFEARRAY *array)
{
    if (!array) return S_OK;
    if (array->cLocks) return DISP_E_ARRAYISLOCKED;
    if (!(array->fFeatures & (FADF_AUTO | FADF_STATIC))) mem_free((BYTE *)array - HIDDEN);
    return S_OK;
}

HRESULT WINAPI SafeArrayDestroy(SAFEARRAY *array)
{
    HRESULT result;
    if (!array) return S_OK;
    if (FAILED(result = SafeArrayDestroyData(array))) return result;
    return SafeArrayDestroyDescriptor(array);
}

UINT WINAPI SafeArrayGetDim(SAFEARRAY *array)
{
    return array ? array->cDims : 0;
}

UINT WINAPI SafeArrayGetElemsize(SAFEARRAY *array)
{
    return array ? array->cbElements : 0;
}

HRESULT WINAPI SafeArrayGetLBound(SAFEARRAY *array, UINT dimension, LONG *bound)
{
    if (!array || !bound) return E_INVALIDARG;
    if (!dimension || dimension > array->cDims) return DISP_E_BADINDEX;
    *bound = array->rgsabound[array->cDims - dimension].lLbound;
    return S_OK;
}

HRESULT WINAPI SafeArrayGetUBound(SAFEARRAY *array, UINT dimension, LONG *bound)
{
    if (!array || !bound) return E_INVALIDARG;
    if (!dimension || dimension > array->cDims) return DISP_E_BADINDEX;
    const SAFEARRAYBOUND *b = &array->rgsabound[array->cDims - dimension];
    *bound = b->lLbound + (LONG)b->cElements - 1;
    return S_OK;
}

HRESULT WINAPI SafeArrayLock(SAFEARRAY *array)
{
    if (!array) return E_INVALIDARG;
    if (InterlockedIncrement((LONG *)&array->cLocks) > 0xffff) {
        InterlockedDecrement((LONG *)&array->cLocks);
        return E_UNEXPECTED;
    }
    return S_OK;
}

HRESULT WINAPI SafeArrayUnlock(SAFEARRAY *array)
{
    if (!array) return E_INVALIDARG;
    if (InterlockedDecrement((LONG *)&array->cLocks) < 0) {
        InterlockedIncrement((LONG *)&array->cLocks);
        return E_UNEXPECTED;
    }
    return S_OK;
}

HRESULT WINAPI SafeArrayAccessData(SAFEARRAY *array, void **data)
{
    HRESULT result;
    if (!array || !data) return E_INVALIDARG;
    result = SafeArrayLock(array);
    *data = SUCCEEDED(result) ? array->pvData : NULL;
    return result;
}

HRESULT WINAPI SafeArrayUnaccessData(SAFEARRAY *array)
{
    return SafeArrayUnlock(array);
}

/* indices[0] is the first dimension, which varies fastest. */
HRESULT WINAPI SafeArrayPtrOfIndex(SAFEARRAY *array, LONG *indices, void **data)
{
    ULONGLONG at = 0, step = 1;
    if (!array || !indices || !data) return E_INVALIDARG;
    for (unsigned i = 0; i < array->cDims; i++) {
        const SAFEARRAYBOUND *bound = &array->rgsabound[array->cDims - 1 - i];
        LONGLONG index = (LONGLONG)indices[i] - bound->lLbound;
        if (index < 0 || index >= bound->cElements) return DISP_E_BADINDEX;
        at += index * step;
        step *= bound->cElements;
    }
    *data = (BYTE *)array->pvData + at * array->cbElements;
    return S_OK;
}

/* A copy of its own of one cell. */
static HRESULT copy_cell(const SAFEARRAY *array, void *to, const void *from)
{
    if (array->fFeatures & FADF_BSTR) {
        BSTR old = *(BSTR const *)from, fresh = NULL;
        if (old && !(fresh = SysAllocStringByteLen((char *)old, SysStringByteLen(old)))) return E_OUTOFMEMORY;
        *(BSTR *)to = fresh;
    } else if (array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) {
        IUnknown *unknown = *(IUnknown *const *)from;
        if (unknown) IUnknown_AddRef(unknown);
        *(IUnknown **)to = unknown;
    } else if (array->fFeatures & FADF_VARIANT) {
        VariantInit(to);
        return VariantCopy(to, (VARIANT *)from);
    } else memcpy(to, from, array->cbElements);
    return S_OK;
}

HRESULT WINAPI SafeArrayGetElement(SAFEARRAY *array, LONG *indices, void *value)
{
    void *cell;
    HRESULT result;
    if (!array || !indices || !value) return E_INVALIDARG;
    if (FAILED(result = SafeArrayLock(array))) return result;
    if (SUCCEEDED(result = SafeArrayPtrOfIndex(array, indices, &cell))) result = copy_cell(array, value, cell);
    SafeArrayUnlock(array);
    return result;
}

/* `value`: for BSTR and interfaces the value itself, otherwise a pointer to it. */
HRESULT WINAPI SafeArrayPutElement(SAFEARRAY *array, LONG *indices, void *value)
{
    void *cell;
    HRESULT result;
    if (!array || !indices) return E_INVALIDARG;
    if (FAILED(result = SafeArrayLock(array))) return result;
    if (SUCCEEDED(result = SafeArrayPtrOfIndex(array, indices, &cell))) {
        BYTE fresh[sizeof(VARIANT)];
        bool is_pointer = array->fFeatures & (FADF_BSTR | FADF_UNKNOWN | FADF_DISPATCH);
        if (array->cbElements > sizeof(fresh)) memcpy(cell, value, array->cbElements);
        else if (SUCCEEDED(result = copy_cell(array, fresh, is_pointer ? (void *)&value : value))) {
            clear_cells(array, cell, 1);
            memcpy(cell, fresh, array->cbElements);
        }
    }
    SafeArrayUnlock(array);
    return result;
}

HRESULT WINAPI SafeArrayCopy(SAFEARRAY *from, SAFEARRAY **result)
{
    SAFEARRAY *copy;
    HRESULT status;

    if (!result) return E_INVALIDARG;
    *result = NULL;
    if (!from) return S_OK;
    if (FAILED(status = SafeArrayAllocDescriptor(from->cDims, &copy))) return status;
    memcpy((BYTE *)copy - HIDDEN, (BYTE *)from - HIDDEN, HIDDEN);
    copy->fFeatures = from->fFeatures & TYPE_FLAGS;
    copy->cbElements = from->cbElements;
    memcpy(copy->rgsabound, from->rgsabound, from->cDims * sizeof(SAFEARRAYBOUND));
    if (from->pvData) {
        if (FAILED(status = SafeArrayAllocData(copy))) {
            SafeArrayDestroyDescriptor(copy);
            return status;
        }
        ULONGLONG count = cell_count(from);
        for (ULONGLONG i = 0; i < count && SUCCEEDED(status); i++)
            status = copy_cell(from, (BYTE *)copy->pvData + i * from->cbElements, (BYTE *)from->pvData + i * from->cbElements);
        if (FAILED(status)) {
            SafeArrayDestroy(copy);
            return status;
        }
    }
    *result = copy;
    return S_OK;
}

/* Changes the bound of the last dimension; cells beyond it are released, new ones are zero. */
HRESULT WINAPI SafeArrayRedim(SAFEARRAY *array, SAFEARRAYBOUND *bound)
{
    ULONGLONG before, after;
    void *data;

    if (!array || !bound || array->fFeatures & FADF_FIXEDSIZE) return E_INVALIDARG;
    if (array->cLocks) return DISP_E_ARRAYISLOCKED;
    before = cell_count(array);
    SAFEARRAYBOUND old = array->rgsabound[0];
    array->rgsabound[0] = *bound;
    after = cell_count(array);
    if (after == ~0ull || after * array->cbElements > 0x7fffffff || !(data = mem_alloc(after * array->cbElements + 1))) {
        array->rgsabound[0] = old;
        return E_OUTOFMEMORY;
    }
    memset(data, 0, after * array->cbElements);
    if (after < before) clear_cells(array, (BYTE *)array->pvData + after * array->cbElements, before - after);
    memcpy(data, array->pvData, (after < before ? after : before) * array->cbElements);
    mem_free(array->pvData);
    array->pvData = data;
    return S_OK;
}

HRESULT WINAPI SafeArrayGetVartype(SAFEARRAY *array, VARTYPE *type)
{
    if (!array || !type) return E_INVALIDARG;
    if (array->fFeatures & FADF_HAVEVARTYPE) *type = (VARTYPE)((DWORD *)array)[-1];
    else if (array->fFeatures & FADF_BSTR) *type = VT_BSTR;
    else if (array->fFeatures & FADF_UNKNOWN) *type = VT_UNKNOWN;
    else if (array->fFeatures & FADF_DISPATCH) *type = VT_DISPATCH;
    else if (array->fFeatures & FADF_VARIANT) *type = VT_VARIANT;
    else if (array->fFeatures & FADF_RECORD) *type = VT_RECORD;
    else return E_INVALIDARG;
    return S_OK;
}
