/* Types of the Rtl and Ldr functions that mingw-w64's headers lack. */
#ifndef FERRY_RTL_TYPES_H
#define FERRY_RTL_TYPES_H

#include "ferry/nt.h"

typedef struct _RTL_BITMAP {
    ULONG SizeOfBitMap; /* bits */
    ULONG *Buffer;
} RTL_BITMAP;

typedef struct _RTL_BITMAP_RUN {
    ULONG StartingIndex;
    ULONG NumberOfBits;
} RTL_BITMAP_RUN;

typedef struct _TIME_FIELDS {
    SHORT Year, Month, Day, Hour, Minute, Second, Milliseconds, Weekday;
} TIME_FIELDS;

typedef enum {
    RtlPathTypeUnknown,
    RtlPathTypeUncAbsolute,
    RtlPathTypeDriveAbsolute,
    RtlPathTypeDriveRelative,
    RtlPathTypeRooted,
    RtlPathTypeRelative,
    RtlPathTypeLocalDevice,
    RtlPathTypeRootLocalDevice,
} RTL_PATH_TYPE;

typedef struct _RTLP_CURDIR_REF {
    LONG ReferenceCount;
    HANDLE DirectoryHandle;
} RTLP_CURDIR_REF;

typedef struct _RTL_RELATIVE_NAME_U {
    UNICODE_STRING RelativeName;
    HANDLE ContainingDirectory;
    RTLP_CURDIR_REF *CurDirRef;
} RTL_RELATIVE_NAME_U;

typedef struct _RTL_UNICODE_STRING_BUFFER {
    UNICODE_STRING String;
    UCHAR *Buffer;
    UCHAR *StaticBuffer;
    SIZE_T BufferSize;
    SIZE_T StaticBufferSize;
    SIZE_T ReservedForAllocatedSize;
    void *ReservedForIMalloc;
    UCHAR MinimumStaticBufferForTerminalNul[sizeof(WCHAR)];
} RTL_UNICODE_STRING_BUFFER;

/* Splay trees. */
typedef struct _RTL_SPLAY_LINKS {
    struct _RTL_SPLAY_LINKS *Parent, *LeftChild, *RightChild;
} RTL_SPLAY_LINKS;

typedef enum { TableEmptyTree, TableFoundNode, TableInsertAsLeft, TableInsertAsRight } TABLE_SEARCH_RESULT;
typedef enum { GenericLessThan, GenericGreaterThan, GenericEqual } RTL_GENERIC_COMPARE_RESULTS;

struct _RTL_GENERIC_TABLE;
typedef RTL_GENERIC_COMPARE_RESULTS(NTAPI *PRTL_GENERIC_COMPARE_ROUTINE)(struct _RTL_GENERIC_TABLE *, void *, void *);
typedef void *(NTAPI *PRTL_GENERIC_ALLOCATE_ROUTINE)(struct _RTL_GENERIC_TABLE *, LONG);
typedef void(NTAPI *PRTL_GENERIC_FREE_ROUTINE)(struct _RTL_GENERIC_TABLE *, void *);

typedef struct _RTL_GENERIC_TABLE {
    RTL_SPLAY_LINKS *TableRoot;
    LIST_ENTRY InsertOrderList;
    LIST_ENTRY *OrderedPointer;
    ULONG WhichOrderedElement;
    ULONG NumberGenericTableElements;
    PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine;
    PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine;
    PRTL_GENERIC_FREE_ROUTINE FreeRoutine;
    void *TableContext;
} RTL_GENERIC_TABLE;

/* AVL trees. */
typedef struct _RTL_BALANCED_LINKS {
    struct _RTL_BALANCED_LINKS *Parent, *LeftChild, *RightChild;
    CHAR Balance;
    UCHAR Reserved[3];
} RTL_BALANCED_LINKS;

struct _RTL_AVL_TABLE;
typedef RTL_GENERIC_COMPARE_RESULTS(NTAPI *PRTL_AVL_COMPARE_ROUTINE)(struct _RTL_AVL_TABLE *, void *, void *);
typedef void *(NTAPI *PRTL_AVL_ALLOCATE_ROUTINE)(struct _RTL_AVL_TABLE *, LONG);
typedef void(NTAPI *PRTL_AVL_FREE_ROUTINE)(struct _RTL_AVL_TABLE *, void *);
typedef NTSTATUS(NTAPI *PRTL_AVL_MATCH_FUNCTION)(struct _RTL_AVL_TABLE *, void *, void *);

typedef struct _RTL_AVL_TABLE {
    RTL_BALANCED_LINKS BalancedRoot;
    void *OrderedPointer;
    ULONG WhichOrderedElement;
    ULONG NumberGenericTableElements;
    ULONG DepthOfTree;
    RTL_BALANCED_LINKS *RestartKey;
    ULONG DeleteCount;
    PRTL_AVL_COMPARE_ROUTINE CompareRoutine;
    PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine;
    PRTL_AVL_FREE_ROUTINE FreeRoutine;
    void *TableContext;
} RTL_AVL_TABLE;

/* Loader. */
typedef struct _LDR_RESOURCE_INFO {
    ULONG_PTR Type, Name, Language;
} LDR_RESOURCE_INFO;

typedef struct _LDR_ENUM_RESOURCE_INFO {
    ULONG_PTR Type, Name, Language;
    void *Data;
    SIZE_T Size;
    ULONG_PTR Reserved;
} LDR_ENUM_RESOURCE_INFO;

typedef void(NTAPI *PLDR_ENUM_CALLBACK)(FERRY_LDR_ENTRY *Entry, void *Context, BOOLEAN *Stop);

typedef struct _LDR_DLL_NOTIFICATION_DATA {
    ULONG Flags;
    const UNICODE_STRING *FullDllName;
    const UNICODE_STRING *BaseDllName;
    void *DllBase;
    ULONG SizeOfImage;
} LDR_DLL_NOTIFICATION_DATA;
#define LDR_DLL_NOTIFICATION_REASON_LOADED 1
#define LDR_DLL_NOTIFICATION_REASON_UNLOADED 2
typedef void(NTAPI *PLDR_DLL_NOTIFICATION_FUNCTION)(ULONG Reason, const LDR_DLL_NOTIFICATION_DATA *Data,
                                                    void *Context);

typedef struct _RTL_PROCESS_MODULE_INFORMATION {
    HANDLE Section;
    void *MappedBase;
    void *ImageBase;
    ULONG ImageSize;
    ULONG Flags;
    USHORT LoadOrderIndex;
    USHORT InitOrderIndex;
    USHORT LoadCount;
    USHORT OffsetToFileName;
    UCHAR FullPathName[256];
} RTL_PROCESS_MODULE_INFORMATION;

typedef struct _RTL_PROCESS_MODULES {
    ULONG NumberOfModules;
    RTL_PROCESS_MODULE_INFORMATION Modules[1];
} RTL_PROCESS_MODULES;

/* Delay loading. */
typedef void *(NTAPI *PDELAYLOAD_FAILURE_DLL_CALLBACK)(ULONG NotificationReason, void *DelayloadInfo);
typedef void *(NTAPI *PDELAYLOAD_FAILURE_SYSTEM_ROUTINE)(const char *DllName, const char *ProcName);

typedef NTSTATUS(NTAPI *PRTL_QUERY_REGISTRY_ROUTINE)(WCHAR *ValueName, ULONG ValueType, void *ValueData,
                                                     ULONG ValueLength, void *Context, void *EntryContext);

typedef int(__cdecl *FERRY_COMPARE_ROUTINE)(const void *, const void *);
typedef int(__cdecl *FERRY_COMPARE_S_ROUTINE)(void *, const void *, const void *);

/* ---- heap, exceptions, synchronisation, threads ---- */

typedef NTSTATUS(NTAPI *PRTL_ENUM_HEAPS_ROUTINE)(void *HeapHandle, void *Parameter);

/* RtlWalkHeap. DataAddress NULL starts; Flags: RTL_HEAP_*. */
typedef struct {
    void *DataAddress;
    SIZE_T DataSize;
    UCHAR OverheadBytes;
    UCHAR SegmentIndex;
    USHORT Flags;
    union {
        struct {
            SIZE_T Settable; /* the user value */
            USHORT TagIndex;
            USHORT AllocatorBackTraceIndex;
            ULONG Reserved[2];
        } Block;
        struct {
            ULONG CommittedSize;
            ULONG UnCommittedSize;
            void *FirstEntry;
            void *LastEntry;
        } Segment;
    };
} RTL_HEAP_WALK_ENTRY;

#define RTL_HEAP_BUSY 0x0001
#define RTL_HEAP_SEGMENT 0x0002
#define RTL_HEAP_SETTABLE_VALUE 0x0010
#define RTL_HEAP_SETTABLE_FLAG1 0x0020
#define RTL_HEAP_SETTABLE_FLAGS 0x00e0
#define RTL_HEAP_UNCOMMITTED_RANGE 0x0100

typedef struct {
    void *OldStackBase, *OldStackLimit;
    void *StackBase, *StackLimit, *StackAllocationBase;
} INITIAL_TEB;

typedef struct {
    RTL_CRITICAL_SECTION CriticalSection;
    HANDLE SharedSemaphore;
    ULONG SharedWaiters;
    HANDLE ExclusiveSemaphore;
    ULONG ExclusiveWaiters;
    LONG NumberActive; /* readers, or -1 */
    HANDLE ExclusiveOwnerThread;
    ULONG TimeoutBoost;
    void *DebugInfo;
} RTL_RESOURCE;

typedef void(NTAPI *PTP_IO_CALLBACK)(TP_CALLBACK_INSTANCE *Instance, void *Context, void *ApcContext,
                                    IO_STATUS_BLOCK *IoStatus, TP_IO *Io);
typedef void(NTAPI *PTP_LEGACY_IO_CALLBACK)(NTSTATUS Status, ULONG_PTR Information, void *ApcContext);

#endif
