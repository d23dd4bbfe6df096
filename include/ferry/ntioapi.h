/* File information classes, structures and control codes that mingw-w64's winternl.h lacks, for both sides.
 * Values and layouts: ntifs.h reference, MS-FSCC 2.4 and 2.5.
 */
#ifndef FERRY_NTIOAPI_H
#define FERRY_NTIOAPI_H

#include "ferry/nt.h"
#include <winioctl.h>

/* FILE_INFORMATION_CLASS, above what winternl.h names. */
#define FileProcessIdsUsingFileInformation_ 47
#define FileNetworkPhysicalNameInformation_ 49
#define FileIoCompletionNotificationInformation_ 41
#define FileIoStatusBlockRangeInformation_ 42
#define FileIoPriorityHintInformation_ 43
#define FileIsRemoteDeviceInformation_ 51
#define FileUnusedInformation_ 52
#define FileNumaNodeInformation_ 53
#define FileRemoteProtocolInformation_ 55
#define FileReplaceCompletionInformation_ 61
#define FileIdInformation_ 59
#define FileIdExtdDirectoryInformation_ 60
#define FileHardLinkFullIdInformation_ 62
#define FileIdExtdBothDirectoryInformation_ 63
#define FileDispositionInformationEx_ 64
#define FileRenameInformationEx_ 65
#define FileRenameInformationExBypassAccessCheck_ 66
#define FileDesiredStorageClassInformation_ 67
#define FileStatInformation_ 68
#define FileMemoryPartitionInformation_ 69
#define FileStatLxInformation_ 70
#define FileCaseSensitiveInformation_ 71
#define FileLinkInformationEx_ 72
#define FileStorageReserveIdInformation_ 74

typedef struct {
    ULONG Flags;
} FERRY_FILE_DISPOSITION_INFORMATION_EX;
#define FERRY_DISPOSITION_DELETE 0x01
#define FERRY_DISPOSITION_POSIX_SEMANTICS 0x02
#define FERRY_DISPOSITION_FORCE_IMAGE_SECTION_CHECK 0x04
#define FERRY_DISPOSITION_ON_CLOSE 0x08
#define FERRY_DISPOSITION_IGNORE_READONLY 0x10

/* FILE_RENAME_INFORMATION(_EX) and FILE_LINK_INFORMATION(_EX): Flags is BOOLEAN ReplaceIfExists in the old class. */
typedef struct {
    ULONG Flags;
    HANDLE RootDirectory;
    ULONG FileNameLength; /* bytes */
    WCHAR FileName[1];
} FERRY_FILE_RENAME_INFORMATION;
#define FERRY_RENAME_REPLACE_IF_EXISTS 0x01
#define FERRY_RENAME_POSIX_SEMANTICS 0x02
#define FERRY_RENAME_IGNORE_READONLY 0x40

typedef struct {
    HANDLE Port;
    void *Key;
} FERRY_FILE_COMPLETION_INFORMATION;

typedef struct {
    ULONG Flags;
} FERRY_FILE_IO_COMPLETION_NOTIFICATION_INFORMATION;

typedef struct {
    ULONG PriorityHint;
} FERRY_FILE_IO_PRIORITY_HINT_INFORMATION;

typedef struct {
    ULONGLONG VolumeSerialNumber;
    UCHAR FileId[16];
} FERRY_FILE_ID_INFORMATION;

typedef struct {
    ULONG NumberOfAccessibleLinks;
    ULONG TotalNumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FERRY_FILE_STANDARD_LINK_INFORMATION;

typedef struct {
    LARGE_INTEGER FileId;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG FileAttributes;
    ULONG ReparseTag;
    ULONG NumberOfLinks;
    ACCESS_MASK EffectiveAccess;
} FERRY_FILE_STAT_INFORMATION;

typedef struct {
    ULONG Flags; /* 1: the directory is case sensitive */
} FERRY_FILE_CASE_SENSITIVE_INFORMATION;

typedef struct {
    LARGE_INTEGER CompressedFileSize;
    USHORT CompressionFormat;
    UCHAR CompressionUnitShift;
    UCHAR ChunkShift;
    UCHAR ClusterShift;
    UCHAR Reserved[3];
} FERRY_FILE_COMPRESSION_INFORMATION;

typedef struct {
    ULONG NextEntryOffset;
    LONGLONG ParentFileId;
    ULONG FileNameLength; /* characters */
    WCHAR FileName[1];
} FERRY_FILE_LINK_ENTRY_INFORMATION;

typedef struct {
    ULONG BytesNeeded;
    ULONG EntriesReturned;
    FERRY_FILE_LINK_ENTRY_INFORMATION Entry;
} FERRY_FILE_LINKS_INFORMATION;

typedef struct {
    BOOLEAN IsRemote;
} FERRY_FILE_IS_REMOTE_DEVICE_INFORMATION;

typedef struct {
    LARGE_INTEGER ValidDataLength;
} FERRY_FILE_VALID_DATA_LENGTH_INFORMATION;

/* Directory entries with 128-bit ids. */
typedef struct {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    ULONG ReparsePointTag;
    UCHAR FileId[16];
    WCHAR FileName[1];
} FERRY_FILE_ID_EXTD_DIR_INFORMATION;

typedef struct {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    ULONG ReparsePointTag;
    UCHAR FileId[16];
    CHAR ShortNameLength;
    WCHAR ShortName[12];
    WCHAR FileName[1];
} FERRY_FILE_ID_EXTD_BOTH_DIR_INFORMATION;

/* Volumes. */
typedef struct {
    ULONG LogicalBytesPerSector;
    ULONG PhysicalBytesPerSectorForAtomicity;
    ULONG PhysicalBytesPerSectorForPerformance;
    ULONG FileSystemEffectivePhysicalBytesPerSectorForAtomicity;
    ULONG Flags;
    ULONG ByteOffsetForSectorAlignment;
    ULONG ByteOffsetForPartitionAlignment;
} FERRY_FILE_FS_SECTOR_SIZE_INFORMATION;
#define FileFsSectorSizeInformation_ 11

/* Pipes. */
typedef struct {
    ULONG ReadMode;
    ULONG CompletionMode;
} FERRY_FILE_PIPE_INFORMATION;

typedef struct {
    ULONG NamedPipeState;
    ULONG ReadDataAvailable;
    ULONG NumberOfMessages;
    ULONG MessageLength;
    CHAR Data[1];
} FERRY_FILE_PIPE_PEEK_BUFFER;

typedef struct {
    LARGE_INTEGER Timeout;
    ULONG NameLength; /* bytes */
    BOOLEAN TimeoutSpecified;
    WCHAR Name[1];
} FERRY_FILE_PIPE_WAIT_FOR_BUFFER;

#define FERRY_PIPE_DISCONNECTED_STATE 1
#define FERRY_PIPE_LISTENING_STATE 2
#define FERRY_PIPE_CONNECTED_STATE 3
#define FERRY_PIPE_CLOSING_STATE 4

#define FERRY_FSCTL_PIPE_ASSIGN_EVENT 0x00110000
#define FERRY_FSCTL_PIPE_DISCONNECT 0x00110004
#define FERRY_FSCTL_PIPE_LISTEN 0x00110008
#define FERRY_FSCTL_PIPE_PEEK 0x0011400c
#define FERRY_FSCTL_PIPE_QUERY_EVENT 0x00110010
#define FERRY_FSCTL_PIPE_TRANSCEIVE 0x0011c017
#define FERRY_FSCTL_PIPE_WAIT 0x00110018
#define FERRY_FSCTL_PIPE_IMPERSONATE 0x0011001c
#define FERRY_FSCTL_PIPE_GET_PIPE_ATTRIBUTE 0x00110028
#define FERRY_FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE 0x00110030
#define FERRY_FSCTL_PIPE_SET_CLIENT_PROCESS 0x00110024

/* REPARSE_DATA_BUFFER */
typedef struct {
    ULONG ReparseTag;
    USHORT ReparseDataLength;
    USHORT Reserved;
    union {
        struct {
            USHORT SubstituteNameOffset;
            USHORT SubstituteNameLength;
            USHORT PrintNameOffset;
            USHORT PrintNameLength;
            ULONG Flags; /* 1: relative */
            WCHAR PathBuffer[1];
        } SymbolicLink;
        struct {
            USHORT SubstituteNameOffset;
            USHORT SubstituteNameLength;
            USHORT PrintNameOffset;
            USHORT PrintNameLength;
            WCHAR PathBuffer[1];
        } MountPoint;
        UCHAR Generic[1];
    };
} FERRY_REPARSE_DATA_BUFFER;

#endif
