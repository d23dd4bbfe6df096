/* The NT structures that the mingw-w64 headers lack or give only in part, as programs read them.
 *
 * Layouts are of Windows 10 22H2 (10.0.19045). The pointer-sized fields make one definition right for both
 * architectures: PE code sees its own layout. Host code, which is 64-bit, sees the 64-bit one; the 32-bit twins
 * for WOW64 processes come with 32-bit support.
 */
#ifndef FERRY_NT_H
#define FERRY_NT_H

#ifndef WIN32_NO_STATUS
#define WIN32_NO_STATUS
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN /* OLE and winsock headers collide with fcntl.h and sys/socket.h */
#endif
#include <windows.h>
#undef WIN32_NO_STATUS
#include <winternl.h>
#include <ntstatus.h>
#include <stddef.h>

typedef struct {
    UNICODE_STRING DosPath;
    HANDLE Handle;
} FERRY_CURDIR;

typedef struct {
    USHORT Flags;
    USHORT Length;
    ULONG TimeStamp;
    UNICODE_STRING DosPath;
} FERRY_DRIVE_LETTER_CURDIR;

/* RTL_USER_PROCESS_PARAMETERS. Strings point into the same allocation when normalised (Flags & 1). */
typedef struct {
    ULONG MaximumLength;
    ULONG Length;
    ULONG Flags;
    ULONG DebugFlags;
    HANDLE ConsoleHandle;
    ULONG ConsoleFlags;
    HANDLE StandardInput;
    HANDLE StandardOutput;
    HANDLE StandardError;
    FERRY_CURDIR CurrentDirectory;
    UNICODE_STRING DllPath;
    UNICODE_STRING ImagePathName;
    UNICODE_STRING CommandLine;
    WCHAR *Environment;
    ULONG StartingX;
    ULONG StartingY;
    ULONG CountX;
    ULONG CountY;
    ULONG CountCharsX;
    ULONG CountCharsY;
    ULONG FillAttribute;
    ULONG WindowFlags;
    ULONG ShowWindowFlags;
    UNICODE_STRING WindowTitle;
    UNICODE_STRING DesktopInfo;
    UNICODE_STRING ShellInfo;
    UNICODE_STRING RuntimeData; /* lpReserved2 of STARTUPINFO: inherited CRT descriptors */
    FERRY_DRIVE_LETTER_CURDIR CurrentDirectories[32];
    SIZE_T EnvironmentSize; /* bytes */
    SIZE_T EnvironmentVersion;
    void *PackageDependencyData;
    ULONG ProcessGroupId;
    ULONG LoaderThreads;
    UNICODE_STRING RedirectionDllName;
    UNICODE_STRING HeapPartitionName;
    void *DefaultThreadpoolCpuSetMasks;
    ULONG DefaultThreadpoolCpuSetMaskCount;
    ULONG DefaultThreadpoolThreadMaximum;
} FERRY_PROCESS_PARAMETERS;

#define FERRY_PARAMETERS_NORMALIZED 0x01

typedef struct {
    ULONG Length;
    UCHAR Initialized;
    HANDLE SsHandle;
    LIST_ENTRY InLoadOrderModuleList;
    LIST_ENTRY InMemoryOrderModuleList;
    LIST_ENTRY InInitializationOrderModuleList;
    void *EntryInProgress;
    UCHAR ShutdownInProgress;
    HANDLE ShutdownThreadId;
} FERRY_PEB_LDR_DATA;

/* PEB */
typedef struct FERRY_PEB {
    UCHAR InheritedAddressSpace;
    UCHAR ReadImageFileExecOptions;
    UCHAR BeingDebugged;
    UCHAR BitField;
    HANDLE Mutant;
    void *ImageBaseAddress;
    FERRY_PEB_LDR_DATA *Ldr;
    FERRY_PROCESS_PARAMETERS *ProcessParameters;
    void *SubSystemData;
    HANDLE ProcessHeap;
    RTL_CRITICAL_SECTION *FastPebLock;
    void *AtlThunkSListPtr;
    void *IFEOKey;
    ULONG CrossProcessFlags;
    void *KernelCallbackTable;
    ULONG SystemReserved;
    ULONG AtlThunkSListPtr32;
    void *ApiSetMap;
    ULONG TlsExpansionCounter;
    void *TlsBitmap;
    ULONG TlsBitmapBits[2];
    void *ReadOnlySharedMemoryBase;
    void *SharedData;
    void **ReadOnlyStaticServerData;
    void *AnsiCodePageData;
    void *OemCodePageData;
    void *UnicodeCaseTableData;
    ULONG NumberOfProcessors;
    ULONG NtGlobalFlag;
    LARGE_INTEGER CriticalSectionTimeout;
    SIZE_T HeapSegmentReserve;
    SIZE_T HeapSegmentCommit;
    SIZE_T HeapDeCommitTotalFreeThreshold;
    SIZE_T HeapDeCommitFreeBlockThreshold;
    ULONG NumberOfHeaps;
    ULONG MaximumNumberOfHeaps;
    void **ProcessHeaps;
    void *GdiSharedHandleTable;
    void *ProcessStarterHelper;
    ULONG GdiDCAttributeList;
    RTL_CRITICAL_SECTION *LoaderLock;
    ULONG OSMajorVersion;
    ULONG OSMinorVersion;
    USHORT OSBuildNumber;
    USHORT OSCSDVersion;
    ULONG OSPlatformId;
    ULONG ImageSubsystem;
    ULONG ImageSubsystemMajorVersion;
    ULONG ImageSubsystemMinorVersion;
    ULONG_PTR ActiveProcessAffinityMask;
#ifdef _WIN64
    ULONG GdiHandleBuffer[60];
#else
    ULONG GdiHandleBuffer[34];
#endif
    void *PostProcessInitRoutine;
    void *TlsExpansionBitmap;
    ULONG TlsExpansionBitmapBits[32];
    ULONG SessionId;
    ULARGE_INTEGER AppCompatFlags;
    ULARGE_INTEGER AppCompatFlagsUser;
    void *pShimData;
    void *AppCompatInfo;
    UNICODE_STRING CSDVersion;
    void *ActivationContextData;
    void *ProcessAssemblyStorageMap;
    void *SystemDefaultActivationContextData;
    void *SystemAssemblyStorageMap;
    SIZE_T MinimumStackCommit;
    void *SparePointers[2];
    void *PatchLoaderData;
    void *ChpeV2ProcessInfo;
    ULONG AppModelFeatureState;
    ULONG SpareUlongs[2];
    USHORT ActiveCodePage;
    USHORT OemCodePage;
    USHORT UseCaseMapping;
    USHORT UnusedNlsField;
    void *WerRegistrationData;
    void *WerShipAssertPtr;
    void *EcCodeBitMap;
    void *pImageHeaderHash;
    ULONG TracingFlags;
    ULONGLONG CsrServerReadOnlySharedMemoryBase;
    SIZE_T TppWorkerpListLock;
    LIST_ENTRY TppWorkerpList;
    void *WaitOnAddressHashTable[128];
} FERRY_PEB;

typedef struct {
    void *ActiveFrame;
    LIST_ENTRY FrameListCache;
    ULONG Flags;
    ULONG NextCookieSequenceNumber;
    ULONG StackId;
} FERRY_ACTIVATION_CONTEXT_STACK;

/* TEB */
typedef struct {
    NT_TIB Tib;
    void *EnvironmentPointer;
    CLIENT_ID ClientId;
    void *ActiveRpcHandle;
    void **ThreadLocalStoragePointer;
    FERRY_PEB *ProcessEnvironmentBlock;
    ULONG LastErrorValue;
    ULONG CountOfOwnedCriticalSections;
    void *CsrClientThread;
    void *Win32ThreadInfo;
    ULONG User32Reserved[26];
    ULONG UserReserved[5];
    void *WOW32Reserved; /* i386: where system call stubs go (fs:[0xc0]) */
    ULONG CurrentLocale;
    ULONG FpSoftwareStatusRegister;
    void *ReservedForDebuggerInstrumentation[16];
#ifdef _WIN64
    void *SystemReserved1[30];
#else
    void *SystemReserved1[26];
#endif
    CHAR PlaceholderCompatibilityMode;
    UCHAR PlaceholderHydrationAlwaysExplicit;
    CHAR PlaceholderReserved[10];
    ULONG ProxiedProcessId;
    FERRY_ACTIVATION_CONTEXT_STACK ActivationStack;
    UCHAR WorkingOnBehalfTicket[8];
    LONG ExceptionCode;
    FERRY_ACTIVATION_CONTEXT_STACK *ActivationContextStackPointer;
    ULONG_PTR InstrumentationCallbackSp;
    ULONG_PTR InstrumentationCallbackPreviousPc;
    ULONG_PTR InstrumentationCallbackPreviousSp;
#ifdef _WIN64
    ULONG TxFsContext;
    UCHAR InstrumentationCallbackDisabled;
    UCHAR UnalignedLoadStoreExceptions;
#else
    UCHAR InstrumentationCallbackDisabled;
    UCHAR SpareBytes[23];
    ULONG TxFsContext;
#endif
    struct {
        ULONG Offset;
        ULONG_PTR HDC;
        ULONG Buffer[310];
    } GdiTebBatch;
    CLIENT_ID RealClientId;
    HANDLE GdiCachedProcessHandle;
    ULONG GdiClientPID;
    ULONG GdiClientTID;
    void *GdiThreadLocalInfo;
    ULONG_PTR Win32ClientInfo[62];
    void *glDispatchTable[233];
    ULONG_PTR glReserved1[29];
    void *glReserved2;
    void *glSectionInfo;
    void *glSection;
    void *glTable;
    void *glCurrentRC;
    void *glContext;
    NTSTATUS LastStatusValue;
    UNICODE_STRING StaticUnicodeString;
    WCHAR StaticUnicodeBuffer[261];
    void *DeallocationStack;
    void *TlsSlots[64];
    LIST_ENTRY TlsLinks;
    void *Vdm;
    void *ReservedForNtRpc;
    void *DbgSsReserved[2];
    ULONG HardErrorMode;
#ifdef _WIN64
    /* Instrumentation[11] of the reference; Ferry keeps its own pointers here. */
    void *FerryThread; /* gs:[0x16b8]: the host's struct thread of this thread */
    void *FerryTrace;  /* gs:[0x16c0]: call trace buffer, NULL when tracing is off */
    void *FerryHeap;   /* ntdll.dll's heap: this thread's lists of small free blocks */
    void *Instrumentation[8];
#else
    void *FerryTrace;
    void *FerryHeap;
    void *Instrumentation[7];
#endif
    GUID ActivityId;
    void *SubProcessTag;
    void *PerflibData;
    void *EtwTraceData;
    void *WinSockData;
    ULONG GdiBatchCount;
    ULONG CurrentIdealProcessor;
    ULONG GuaranteedStackBytes;
    void *ReservedForPerf;
    void *ReservedForOle;
    ULONG WaitingOnLoaderLock;
    void *SavedPriorityState;
    ULONG_PTR ReservedForCodeCoverage;
    void *ThreadPoolData;
    void **TlsExpansionSlots;
#ifdef _WIN64
    void *DeallocationBStore;
    void *BStoreLimit;
#endif
    ULONG MuiGeneration;
    ULONG IsImpersonating;
    void *NlsCache;
    void *pShimData;
    ULONG HeapData;
    HANDLE CurrentTransactionHandle;
    void *ActiveFrame;
    void *FlsData;
    void *PreferredLanguages;
    void *UserPrefLanguages;
    void *MergedPrefLanguages;
    ULONG MuiImpersonation;
    USHORT CrossTebFlags;
    USHORT SameTebFlags;
    void *TxnScopeEnterCallback;
    void *TxnScopeExitCallback;
    void *TxnScopeContext;
    ULONG LockCount;
    LONG WowTebOffset;
    void *ResourceRetValue;
    void *ReservedForWdf;
    ULONGLONG ReservedForCrt;
    GUID EffectiveContainerId;
    ULONGLONG LastSleepCounter;
    ULONG SpinCallCount;
    ULONGLONG ExtendedFeatureDisableMask;
} FERRY_TEB;

#define FERRY_TEB_SAME_INITIAL_THREAD 0x0400 /* SameTebFlags: the process's first thread */
#define FERRY_TEB_SAME_FIBER 0x0004

#ifdef _WIN64
_Static_assert(offsetof(FERRY_TEB, LastErrorValue) == 0x68, "TEB");
_Static_assert(offsetof(FERRY_TEB, ActivationStack) == 0x290, "TEB");
_Static_assert(offsetof(FERRY_TEB, ExceptionCode) == 0x2c0, "TEB");
_Static_assert(offsetof(FERRY_TEB, GdiTebBatch) == 0x2f0, "TEB");
_Static_assert(offsetof(FERRY_TEB, glContext) == 0x1248, "TEB");
_Static_assert(offsetof(FERRY_TEB, DeallocationStack) == 0x1478, "TEB");
_Static_assert(offsetof(FERRY_TEB, TlsSlots) == 0x1480, "TEB");
_Static_assert(offsetof(FERRY_TEB, FerryThread) == 0x16b8, "TEB");
_Static_assert(offsetof(FERRY_TEB, ActivityId) == 0x1710, "TEB");
_Static_assert(offsetof(FERRY_TEB, TlsExpansionSlots) == 0x1780, "TEB");
_Static_assert(offsetof(FERRY_TEB, FlsData) == 0x17c8, "TEB");
_Static_assert(offsetof(FERRY_TEB, SameTebFlags) == 0x17ee, "TEB");
_Static_assert(offsetof(FERRY_PEB, ProcessHeap) == 0x30, "PEB");
_Static_assert(offsetof(FERRY_PEB, ApiSetMap) == 0x68, "PEB");
_Static_assert(offsetof(FERRY_PEB, NumberOfProcessors) == 0xb8, "PEB");
_Static_assert(offsetof(FERRY_PEB, OSMajorVersion) == 0x118, "PEB");
_Static_assert(offsetof(FERRY_PEB, SessionId) == 0x2c0, "PEB");
_Static_assert(offsetof(FERRY_PROCESS_PARAMETERS, Environment) == 0x80, "parameters");
_Static_assert(offsetof(FERRY_PROCESS_PARAMETERS, EnvironmentSize) == 0x3f0, "parameters");
#else
_Static_assert(offsetof(FERRY_TEB, LastErrorValue) == 0x34, "TEB");
_Static_assert(offsetof(FERRY_TEB, WOW32Reserved) == 0xc0, "TEB");
_Static_assert(offsetof(FERRY_TEB, ExceptionCode) == 0x1a4, "TEB");
_Static_assert(offsetof(FERRY_TEB, GdiTebBatch) == 0x1d4, "TEB");
_Static_assert(offsetof(FERRY_TEB, LastStatusValue) == 0xbf4, "TEB");
_Static_assert(offsetof(FERRY_TEB, TlsSlots) == 0xe10, "TEB");
_Static_assert(offsetof(FERRY_TEB, ActivityId) == 0xf50, "TEB");
_Static_assert(offsetof(FERRY_TEB, TlsExpansionSlots) == 0xf94, "TEB");
_Static_assert(offsetof(FERRY_TEB, FlsData) == 0xfb4, "TEB");
_Static_assert(offsetof(FERRY_PEB, ProcessHeap) == 0x18, "PEB");
_Static_assert(offsetof(FERRY_PEB, OSMajorVersion) == 0xa4, "PEB");
_Static_assert(offsetof(FERRY_PEB, SessionId) == 0x1d4, "PEB");
#endif

/* LDR_DATA_TABLE_ENTRY up to what programs read. The loader (dlls/ntdll/ldr*.c) wraps it in its own record. */
typedef struct {
    LIST_ENTRY InLoadOrderLinks;
    LIST_ENTRY InMemoryOrderLinks;
    LIST_ENTRY InInitializationOrderLinks;
    void *DllBase;
    void *EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName;
    UNICODE_STRING BaseDllName;
    ULONG Flags;
    USHORT ObsoleteLoadCount;
    USHORT TlsIndex;
    LIST_ENTRY HashLinks;
    ULONG TimeDateStamp;
    void *EntryPointActivationContext;
    void *Lock;
    void *DdagNode;
    LIST_ENTRY NodeModuleLink;
    void *LoadContext;
    void *ParentDllBase;
    void *SwitchBackContext;
    void *BaseAddressIndexNode[3];
    void *MappingInfoIndexNode[3];
    ULONG_PTR OriginalBase;
    LARGE_INTEGER LoadTime;
    ULONG BaseNameHashValue;
    ULONG LoadReason;
    ULONG ImplicitPathOptions;
    ULONG ReferenceCount;
} FERRY_LDR_ENTRY;

typedef struct {
    ULONG_PTR Attribute;
    SIZE_T Size;
    union {
        ULONG_PTR Value;
        void *ValuePtr;
    };
    SIZE_T *ReturnLength;
} PS_ATTRIBUTE;

typedef struct {
    SIZE_T TotalLength;
    PS_ATTRIBUTE Attributes[];
} PS_ATTRIBUTE_LIST;

typedef struct {
    SIZE_T Size;
    ULONG State;
    UCHAR Info[72];
} PS_CREATE_INFO;

#define PS_ATTRIBUTE_PARENT_PROCESS 0x00060000
#define PS_ATTRIBUTE_CLIENT_ID 0x00010003
#define PS_ATTRIBUTE_TEB_ADDRESS 0x00010004
#define PS_ATTRIBUTE_IMAGE_NAME 0x00020005
#define PS_ATTRIBUTE_IMAGE_INFO 0x00000006
#define PS_ATTRIBUTE_STD_HANDLE_INFO 0x0002000a
#define PS_ATTRIBUTE_HANDLE_LIST 0x0002000b
#define PS_ATTRIBUTE_JOB_LIST 0x00020013

#define THREAD_CREATE_FLAGS_CREATE_SUSPENDED 0x00000001
#define THREAD_CREATE_FLAGS_SKIP_THREAD_ATTACH 0x00000002
#define THREAD_CREATE_FLAGS_HIDE_FROM_DEBUGGER 0x00000004
#define PROCESS_CREATE_FLAGS_INHERIT_HANDLES 0x00000004

typedef struct {
    void *KeyContext;
    void *ApcContext;
    IO_STATUS_BLOCK IoStatusBlock;
} FILE_IO_COMPLETION_INFORMATION;

/* SECTION_IMAGE_INFORMATION */
typedef struct {
    void *TransferAddress;
    ULONG ZeroBits;
    SIZE_T MaximumStackSize;
    SIZE_T CommittedStackSize;
    ULONG SubSystemType;
    USHORT SubSystemMinorVersion;
    USHORT SubSystemMajorVersion;
    USHORT OperatingSystemMinorVersion;
    USHORT OperatingSystemMajorVersion;
    USHORT ImageCharacteristics;
    USHORT DllCharacteristics;
    USHORT Machine;
    UCHAR ImageContainsCode;
    UCHAR ImageFlags;
    ULONG LoaderFlags;
    ULONG ImageFileSize;
    ULONG CheckSum;
} FERRY_SECTION_IMAGE_INFORMATION;

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define NtCurrentThread() ((HANDLE)(LONG_PTR)-2)

/* PE code only: the running thread's blocks. (Host code uses thread_self() of thread.h.) */
#ifdef FERRY_PE
static inline FERRY_TEB *ferry_teb(void)
{
    FERRY_TEB *teb; /* not NtCurrentTeb(): gcc warns of array bounds in its i386 form */
#ifdef _WIN64
    __asm__("movq %%gs:0x30, %0" : "=r"(teb));
#else
    __asm__("movl %%fs:0x18, %0" : "=r"(teb));
#endif
    return teb;
}
static inline FERRY_PEB *ferry_peb(void)
{
    return ferry_teb()->ProcessEnvironmentBlock;
}
#endif

#endif
