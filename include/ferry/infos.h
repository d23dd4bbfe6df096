/* Structures of information classes that hold pointers or sizes and that the mingw-w64 headers lack or hide. The 32-bit
 * twins for the host are made from these (layouts32.list). */
#ifndef FERRY_INFOS_H
#define FERRY_INFOS_H

#include "ferry/nt.h"

/* ---- NtQueryInformationProcess ---- */

typedef struct {
    NTSTATUS ExitStatus;
    void *PebBaseAddress;
    ULONG_PTR AffinityMask;
    LONG BasePriority;
    ULONG_PTR UniqueProcessId;
    ULONG_PTR InheritedFromUniqueProcessId;
} FERRY_PROCESS_BASIC_INFORMATION;

typedef struct {
    SIZE_T PeakVirtualSize;
    SIZE_T VirtualSize;
    ULONG PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
} FERRY_VM_COUNTERS;

typedef struct {
    SIZE_T PeakVirtualSize;
    SIZE_T VirtualSize;
    ULONG PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
    SIZE_T PrivateUsage;
} FERRY_VM_COUNTERS_EX;

/* ---- NtQueryInformationThread ---- */

typedef struct {
    NTSTATUS ExitStatus;
    void *TebBaseAddress;
    CLIENT_ID ClientId;
    ULONG_PTR AffinityMask;
    LONG Priority;
    LONG BasePriority;
} FERRY_THREAD_BASIC_INFORMATION;

/* ---- NtQueryVirtualMemory, NtQuerySection ---- */

typedef struct { /* MEMORY_REGION_INFORMATION */
    void *AllocationBase;
    ULONG AllocationProtect;
    ULONG RegionType; /* 1 private, 2 data file, 4 image, 8 page file */
    SIZE_T RegionSize;
    SIZE_T CommitSize;
    ULONG_PTR PartitionId;
    ULONG_PTR NodePreference;
} FERRY_MEMORY_REGION_INFORMATION;

typedef struct { /* MEMORY_IMAGE_INFORMATION */
    void *ImageBase;
    SIZE_T SizeOfImage;
    ULONG ImageFlags;
} FERRY_MEMORY_IMAGE_INFORMATION;

typedef struct { /* MEMORY_WORKING_SET_EX_INFORMATION */
    void *VirtualAddress;
    ULONG_PTR Attributes;
} FERRY_WORKING_SET_EX;

typedef struct { /* MEMORY_RANGE_ENTRY */
    void *VirtualAddress;
    SIZE_T NumberOfBytes;
} FERRY_MEMORY_RANGE;

typedef struct { /* SECTION_BASIC_INFORMATION */
    void *BaseAddress;
    ULONG AllocationAttributes;
    LARGE_INTEGER MaximumSize;
} FERRY_SECTION_BASIC_INFORMATION;

/* ---- NtQuerySystemInformation ---- */

typedef struct { /* SYSTEM_BASIC_INFORMATION */
    ULONG Reserved;
    ULONG TimerResolution;
    ULONG PageSize;
    ULONG NumberOfPhysicalPages;
    ULONG LowestPhysicalPageNumber;
    ULONG HighestPhysicalPageNumber;
    ULONG AllocationGranularity;
    ULONG_PTR MinimumUserModeAddress;
    ULONG_PTR MaximumUserModeAddress;
    ULONG_PTR ActiveProcessorsAffinityMask;
    CHAR NumberOfProcessors;
} FERRY_SYSTEM_BASIC_INFORMATION;

typedef struct { /* SYSTEM_PROCESS_INFORMATION */
    ULONG NextEntryOffset;
    ULONG NumberOfThreads;
    LARGE_INTEGER WorkingSetPrivateSize;
    ULONG HardFaultCount;
    ULONG NumberOfThreadsHighWatermark;
    ULONGLONG CycleTime;
    LARGE_INTEGER CreateTime;
    LARGE_INTEGER UserTime;
    LARGE_INTEGER KernelTime;
    UNICODE_STRING ImageName;
    LONG BasePriority;
    ULONG_PTR UniqueProcessId;
    ULONG_PTR InheritedFromUniqueProcessId;
    ULONG HandleCount;
    ULONG SessionId;
    ULONG_PTR UniqueProcessKey;
    SIZE_T PeakVirtualSize;
    SIZE_T VirtualSize;
    ULONG PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
    SIZE_T PrivatePageCount;
    LARGE_INTEGER ReadOperationCount;
    LARGE_INTEGER WriteOperationCount;
    LARGE_INTEGER OtherOperationCount;
    LARGE_INTEGER ReadTransferCount;
    LARGE_INTEGER WriteTransferCount;
    LARGE_INTEGER OtherTransferCount;
} FERRY_PROCESS_RECORD;

typedef struct { /* SYSTEM_THREAD_INFORMATION */
    LARGE_INTEGER KernelTime;
    LARGE_INTEGER UserTime;
    LARGE_INTEGER CreateTime;
    ULONG WaitTime;
    void *StartAddress;
    ULONG_PTR UniqueProcess;
    ULONG_PTR UniqueThread;
    LONG Priority;
    LONG BasePriority;
    ULONG ContextSwitches;
    ULONG ThreadState;
    ULONG WaitReason;
} FERRY_THREAD_RECORD;

typedef struct { /* SYSTEM_EXTENDED_THREAD_INFORMATION */
    FERRY_THREAD_RECORD Thread;
    void *StackBase;
    void *StackLimit;
    void *Win32StartAddress;
    void *TebBase;
    ULONG_PTR Reserved2;
    ULONG_PTR Reserved3;
    ULONG_PTR Reserved4;
} FERRY_EXTENDED_THREAD_RECORD;

typedef struct { /* SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX */
    ULONG_PTR Object;
    ULONG_PTR UniqueProcessId;
    ULONG_PTR HandleValue;
    ULONG GrantedAccess;
    USHORT CreatorBackTraceIndex;
    USHORT ObjectTypeIndex;
    ULONG HandleAttributes;
    ULONG Reserved;
} FERRY_HANDLE_RECORD;

typedef struct { /* SYSTEM_HANDLE_TABLE_ENTRY_INFO */
    USHORT UniqueProcessId;
    USHORT CreatorBackTraceIndex;
    UCHAR ObjectTypeIndex;
    UCHAR HandleAttributes;
    USHORT HandleValue;
    ULONG_PTR Object;
    ULONG GrantedAccess;
} FERRY_OLD_HANDLE_RECORD;

typedef struct { /* SYSTEM_PROCESS_ID_INFORMATION */
    ULONG_PTR ProcessId;
    UNICODE_STRING ImageName;
} FERRY_PROCESS_ID_INFORMATION;

typedef struct { /* SYSTEM_FILECACHE_INFORMATION */
    SIZE_T CurrentSize;
    SIZE_T PeakSize;
    ULONG PageFaultCount;
    SIZE_T MinimumWorkingSet;
    SIZE_T MaximumWorkingSet;
    SIZE_T CurrentSizeIncludingTransitionInPages;
    SIZE_T PeakSizeIncludingTransitionInPages;
    ULONG TransitionRePurposeCount;
    ULONG Flags;
} FERRY_FILECACHE_INFORMATION;

typedef struct { /* SYSTEM_REGISTRY_QUOTA_INFORMATION */
    ULONG RegistryQuotaAllowed;
    ULONG RegistryQuotaUsed;
    SIZE_T PagedPoolSize;
} FERRY_REGISTRY_QUOTA_INFORMATION;

typedef struct { /* SYSTEM_PAGEFILE_INFORMATION */
    ULONG NextEntryOffset;
    ULONG TotalSize;
    ULONG TotalInUse;
    ULONG PeakUsage;
    UNICODE_STRING PageFileName;
} FERRY_PAGEFILE_INFORMATION;

typedef struct { /* RTL_PROCESS_MODULES with one module */
    ULONG NumberOfModules;
    HANDLE Section;
    void *MappedBase;
    void *ImageBase;
    ULONG ImageSize;
    ULONG Flags;
    USHORT LoadOrderIndex;
    USHORT InitOrderIndex;
    USHORT LoadCount;
    USHORT OffsetToFileName;
    CHAR FullPathName[256];
} FERRY_SYSTEM_MODULES;

#endif
